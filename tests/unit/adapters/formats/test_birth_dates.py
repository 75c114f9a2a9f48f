"""Birth dates as lists write them."""

import pytest

from tallystick.adapters.formats.birth_dates import (
    COMPLETED,
    IMPOSSIBLE,
    NOT_UNDERSTOOD,
    OTHER_CALENDAR,
    TWO_DIGITS,
    read_birth_date,
    read_days,
    read_parts,
    read_years,
)


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("1964", "1964"),
        ("00/00/1964", "1964"),
        ("00/05/1964", "1964-05"),
        ("05/1964", "1964-05"),
        ("03/05/1964", "1964-05-03"),
        ("3.5.1964", "1964-05-03"),
        ("3-5-1964", "1964-05-03"),
        ("1964-05-03", "1964-05-03"),
        ("1964-05", "1964-05"),
        ("1964/05/03", "1964-05-03"),
        ("19640503", "1964-05-03"),
        ("1964-05-03T00:00:00", "1964-05-03"),
        ("03 May 1964", "1964-05-03"),
        ("3rd May 1964", "1964-05-03"),
        ("May 1964", "1964-05"),
        ("May 3, 1964", "1964-05-03"),
        ("3. März 1964", "1964-03-03"),
        ("3 de mayo de 1964", "1964-05-03"),
        ("circa 1964", "1964~"),
        ("c. 1964", "1964~"),
        ("ca. 1964", "1964~"),
        ("1964~", "1964~"),
        ("approximately 1964", "1964~"),
        ("circa 01 Jan 1961", "1961-01-01~"),
        ("circa 1979-1982", "1979~/1982~"),
        ("1960 to 1965", "1960/1965"),
        ("1960/1965", "1960/1965"),
        ("1960-1965", "1960/1965"),
        ("between 1960 and 1965", "1960/1965"),
        ("1960-01-02/1961-03-04", "1960-01-02/1961-03-04"),
        ("08 Nov 1985 to 07 Nov 1986", "1985-11-08/1986-11-07"),
        ("01 Jan 1966 to 31 Dec 1968", "1966/1968"),
        ("01 Jan 1971 to 31 Jan 1971", "1971-01"),
        ("01 Jan 1943 to 31 Dec 1943", "1943"),
        ("Mar 1980 to Mar 1981", "1980-03/1981-03"),
        ("1960s", "1960/1969"),
        ("late 1960s", "1965/1969"),
        ("١٩٦٤/٠٥/٠٣", "1964-05-03"),
        ("03.05.1964 00:00", "1964-05-03"), ("05/1964 0:00:00", "1964-05"), ("1964-05-03 00:00:00.000", "1964-05-03"),
        ("1964年5月3日", "1964-05-03"), ("1964年5月", "1964-05"), ("1964년 5월 3일", "1964-05-03"),
        ("3 мая 1964", "1964-05-03"), ("3 Mayıs 1964", "1964-05-03"), ("3 maja 1964", "1964-05-03"),
        ("3 مايو 1964", "1964-05-03"),
        ("", ""),
        (" - ", ""),
    ],
)  # fmt: skip
def test_reads(written: str, edtf: str) -> None:
    assert read_birth_date(written) == (edtf, "" if edtf or not written.strip(" -") else NOT_UNDERSTOOD)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("31/02/1964", IMPOSSIBLE),
        ("1964-13-01", IMPOSSIBLE),
        ("1964-02-30", IMPOSSIBLE),
        ("0000", IMPOSSIBLE),
        ("9999", IMPOSSIBLE),
        ("1965 to 1960", IMPOSSIBLE),
        ("1385", OTHER_CALENDAR),
        ("12/06/1385", OTHER_CALENDAR),
        ("1385-06-12", OTHER_CALENDAR),
        ("unknown", NOT_UNDERSTOOD),
        ("03.05.64", TWO_DIGITS),
        ("03-May-64", TWO_DIGITS),
        ("5 Foo 1964", NOT_UNDERSTOOD),
        ("1900 to 1999", NOT_UNDERSTOOD),
        ("9" * 5000, NOT_UNDERSTOOD),
    ],
)
def test_leaves_out_with_a_reason(written: str, problem: str) -> None:
    assert read_birth_date(written) == ("", problem)


def test_month_first_where_the_table_says_so() -> None:
    assert read_birth_date("05/03/1964", month_first=True).edtf == "1964-05-03"
    assert read_birth_date("05/03/1964").edtf == "1964-03-05"
    assert read_birth_date("05/1964", month_first=True).edtf == "1964-05"


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("03.05.64", "1964-05-03"),
        ("3/5/27", "1927-05-03"),
        ("3/5/26", "2026-05-03"),
        ("00.00.64", "1964"),
        ("03-May-04", "2004-05-03"),
        ("03.05.1964", "1964-05-03"),
    ],
)
def test_a_year_of_two_digits_is_of_the_hundred_years_that_are_given(written: str, edtf: str) -> None:
    read = read_birth_date(written, two_digit_years=1927)
    assert read == (edtf, "" if "1964" in written else COMPLETED)


def test_a_completed_year_makes_no_date_possible() -> None:
    assert read_birth_date("31.02.64", two_digit_years=1927) == ("", IMPOSSIBLE)


def test_reads_parts_years_and_days() -> None:
    assert read_parts(1964, 5, 3).edtf == "1964-05-03"
    assert read_parts(1964, about=True).edtf == "1964~"
    assert read_parts(1964, 0, 7).edtf == "1964"
    assert read_years(1960, 1963).edtf == "1960/1963"
    assert read_days((1964, 1, 1), (1964, 12, 31)).edtf == "1964"
    assert read_days((1964, 13, 1), (1964, 0, 31)).problem == IMPOSSIBLE
