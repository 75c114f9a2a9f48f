"""Birth dates in EDTF: what is read, what it spans, what is refused and how."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.strategies import birth_dates
from tallystick.errors import RecordError
from tallystick.model import parse_birth_date

SPANS = [
    ("1964", date(1964, 1, 1), date(1964, 12, 31), False),
    ("1964-02", date(1964, 2, 1), date(1964, 2, 29), False),
    ("1900-02", date(1900, 2, 1), date(1900, 2, 28), False),
    ("1964-12", date(1964, 12, 1), date(1964, 12, 31), False),
    ("1964-05-03", date(1964, 5, 3), date(1964, 5, 3), False),
    ("2000-02-29", date(2000, 2, 29), date(2000, 2, 29), False),
    ("1964~", date(1964, 1, 1), date(1964, 12, 31), True),
    ("1964-05-03~", date(1964, 5, 3), date(1964, 5, 3), True),
    ("1960/1965", date(1960, 1, 1), date(1965, 12, 31), False),
    ("1960-03/1965-04-01", date(1960, 3, 1), date(1965, 4, 1), False),
    ("1960~/1965", date(1960, 1, 1), date(1965, 12, 31), True),
    ("1964/1964-05", date(1964, 1, 1), date(1964, 12, 31), False),
    ("1800", date(1800, 1, 1), date(1800, 12, 31), False),
    ("2100", date(2100, 1, 1), date(2100, 12, 31), False),
]


@pytest.mark.parametrize(("edtf", "first", "last", "about"), SPANS)
def test_a_date_spans_its_own_precision(edtf: str, first: date, last: date, about: bool) -> None:  # noqa: FBT001
    read = parse_birth_date(edtf)
    assert (read.first, read.last, read.about, read.edtf) == (first, last, about, edtf)


REFUSED = {
    "no such day": "1965-02-29",
    "no such month": "1964-13",
    "day nought": "1964-05-00",
    "Hijri year": "1385",
    "Hijri date": "1385-07-12",
    "Buddhist year": "2507",
    "interval backwards": "1965/1960",
    "three ends": "1960/1962/1964",
    "open end": "1960/",
    "open start": "/1960",
    "other order": "03-05-1964",
    "slashes": "03/05/1964",
    "Arabic-Indic digits": "\u0661\u0669\u0666\u0664",
    "fullwidth digits": "\uff11\uff19\uff16\uff14",
    "blank": " 1964",
    "line break": "1964\n",
    "nothing": "",
    "question mark": "1964?",
    "two digits": "64",
    "five digits": "19644",
    "NUL": "1964\x00",
    "very long": "1" * 100_000,
}


@pytest.mark.parametrize("edtf", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_birth_date_is_refused_without_being_repeated(edtf: str) -> None:
    with pytest.raises(RecordError) as refused:
        parse_birth_date(edtf)
    said = str(refused.value)
    assert refused.value.hint
    assert len(said) < 100
    assert not edtf.strip() or edtf not in said


@given(birth_dates)
def test_every_date_has_a_first_day_not_after_its_last(edtf: str) -> None:
    read = parse_birth_date(edtf)
    assert read.first <= read.last
    assert edtf not in repr(read)


@given(st.text(string.digits + "-/~? xX", max_size=12))
def test_any_text_is_a_date_or_a_record_error(text: str) -> None:
    try:
        read = parse_birth_date(text)
    except RecordError:
        return
    assert read.edtf == text
    assert read.first <= read.last
