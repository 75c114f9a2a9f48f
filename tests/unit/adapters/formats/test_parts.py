"""The small readers the formats share: countries, names, numbered cells, documents, drafts, the spool."""

import pytest

from tallystick.adapters.formats.birth_dates import Reading
from tallystick.adapters.formats.countries import country_code
from tallystick.adapters.formats.document_numbers import documents
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft
from tallystick.adapters.formats.numbered import numbered
from tallystick.adapters.formats.spool import MAX_PARTS, Spool
from tallystick.adapters.formats.written_names import turned, written_names


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Jordan", "jo"),
        ("JO", "jo"),
        ("JOR", "jo"),
        ("Jordanian", "jo"),
        ("Korea, North", "kp"),
        ("Congo (Democratic Republic)", "cd"),
        ("Libya (previous)", "ly"),
        ("Possibly Ethiopian", "et"),
        ("Palestinian", "ps"),
        ("Scotland", "gb"),
        ("Kosovo", "xk"),
        ("USSR", None),
        ("Atlantis", None),
        ("", None),
        ("-", None),
        ("x" * 5000, None),
    ],
)
def test_countries(written: str, code: str | None) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Abu Ali", ["Abu Ali"]),
        ("Abu Ali (ابو علي)", ["Abu Ali", "ابو علي"]),
        ("Abubakar (original script: Абубакар)", ["Abubakar", "Абубакар"]),
        ("Ali (the elder)", ["Ali (the elder)"]),
        ("Mohammad Ishaq, born in 1963", ["Mohammad Ishaq"]),
        ("Ezatullah (previously listed as)", ["Ezatullah"]),
        ("((((", ["(((("]),
        ("", []),
    ],
)
def test_written_names(written: str, names: list[str]) -> None:
    assert written_names(written) == names


@pytest.mark.parametrize(
    ("written", "natural"),
    [
        ("AL-ZUBI, Tariq", "Tariq AL-ZUBI"),
        ("KNOWLES, JR., Samuel", "Samuel KNOWLES JR."),
        ("LAVILLA, Ruben Pestano, Jr.", "Ruben Pestano LAVILLA Jr."),
        ("MARUF, Taha, Muhyi al-Din", "Taha Muhyi al-Din MARUF"),
        ("KHUN SA", "KHUN SA"),
    ],
)
def test_turned(written: str, natural: str) -> None:
    assert turned(written) == natural


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("Mali", {1: "Mali"}),
        ("(1) Mali (2) Chad", {1: "Mali", 2: "Chad"}),
        ("(1) Bulgaria\u00a0(2) Russia", {1: "Bulgaria", 2: "Russia"}),
        ("(1)-(2) Tunisia (3) Libya", {1: "Tunisia", 2: "Tunisia", 3: "Libya"}),
        ("(1) 203037 (2) 347834(3) 434021161", {1: "203037", 2: "347834", 3: "434021161"}),
        ("1) Uzbek 2) Afghan", {1: "Uzbek", 2: "Afghan"}),
        ("(1) Manzil Tmim (2)-(6) -", {1: "Manzil Tmim"}),
        ("(1) - (2) Syrian. Issued 25 May 2011.", {2: "Syrian. Issued 25 May 2011"}),
        ("Yearbook (2) of 1964", {1: "Yearbook (2) of 1964"}),
        ("", {}),
    ],
)
def test_numbered(cell: str, values: dict[int, str]) -> None:
    assert numbered(cell) == values


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Passport", "passport"),
        ("Número de pasaporte", "passport"),
        ("Driver's License No.", "driving_licence"),
        ("Tax ID No.", "tax_id"),
        ("R.F.C.", "tax_id"),
        ("C.U.R.P.", "national_id"),
        ("Cedula No.", "national_id"),
        ("SSN", "social_security"),
        ("tax_id", "tax_id"),
        ("Serial", "other"),
    ],
)
def test_document_kinds(text: str, kind: str) -> None:
    assert document_kind(text) == kind


@pytest.mark.parametrize(
    ("numbers", "details", "found"),
    [
        (
            "(1) A-1 (2) B-2",
            "(1) India number, issued in Bombay (2) -",
            [("passport", "A-1", "India"), ("passport", "B-2", None)],
        ),
        ("644286444. 644813919", "", [("passport", "644286444", None), ("passport", "644813919", None)]),
        ("", "OB 0243318 (Libyan). Issued in Tripoli.", [("passport", "OB 0243318", "Libyan")]),
        ("R00012098, South Sudan", "", [("passport", "R00012098", "South Sudan")]),
        ("German travel document (Reiseausweis) A 0139243", "", [("passport", "A 0139243", None)]),
        ("", "In possession of a UK passport", []),
    ],
)
def test_uk_documents(numbers: str, details: str, found: list[tuple[str, str, str | None]]) -> None:
    assert list(documents("passport", numbers, details)) == found


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ("INN number: 770200946783", [("tax_id", "770200946783", None)]),
        ("TIN 0411004918 OGRN 1020400752558", [("tax_id", "0411004918", None), ("registration", "1020400752558", None)]),
        ("Afghan national identification card (tazkira) number 300786", [("national_id", "300786", "Afghan")]),
        ("Italian Fiscal Code LBR HBB 61S17 Z352F", [("tax_id", "LBR HBB 61S17 Z352F", None)]),
        ("V-15222057", [("national_id", "V-15222057", None)]),
        ("423-31-3021 (US)", [("national_id", "423-31-3021", "US")]),
        ("8208 No. 555627", [("national_id", "8208 No. 555627", None)]),
        ("none", []),
    ],
)
def test_labels_are_no_part_of_a_number(numbers: str, found: list[tuple[str, str, str | None]]) -> None:
    assert list(documents("national_id", numbers, "")) == found


def test_a_weak_name_counts_where_there_is_no_other() -> None:
    draft = Draft("1")
    draft.name("Abu Ali", weak=True)
    row = draft.row(1, b"")
    assert row.record is not None
    assert row.record.names == ("Abu Ali",)
    assert row.repaired == ("weak name kept as name: there is no other",)


def test_what_has_no_letter_is_no_name() -> None:
    draft = Draft("1")
    for name in ("-", "007", "?", "李", "Ali"):
        draft.name(name)
    row = draft.row(1, b"")
    assert row.record is not None
    assert row.record.names == ("李", "Ali")
    assert row.repaired == ("name dropped: no letter in it",) * 3


def test_only_a_missing_name_costs_the_entry() -> None:
    draft = Draft("1")
    draft.born(Reading("", "birth date dropped: other calendar"))
    assert draft.row(7, b"raw").record is None
    draft.name("Ali")
    draft.birth_place("x" * 2000)
    draft.gender("purple")
    row = draft.row(7, b"raw")
    assert row.record is not None
    assert row.repaired == ("birth date dropped: other calendar", "value dropped: too long", "gender dropped: unknown")


def test_the_spool_gathers_in_order_and_stops_at_its_bound() -> None:
    with Spool() as spool:
        spool.put("b", 1, ["x"])
        spool.put("a", 2, ["\ud800"])
        for position in range(MAX_PARTS + 1):
            spool.put("b", position + 3, ["y"])
        spool.put("c", 9, ["x" * 5_000_000])
        spool.put("c", 9, ["x" * 5_000_000])
        spool.put("c", 9, ["y"])
        groups = {group.key: group for group in spool.groups()}
        assert list(groups) == ["b", "a", "c"]
        assert (groups["c"].cut, len(groups["c"].parts)) == (True, 2)
        assert (groups["b"].cut, len(groups["b"].parts), groups["b"].parts[0].cells) == (True, MAX_PARTS, ["x"])
        assert groups["a"].parts[0].cells == ["?"]
        assert spool.get("nobody").parts == []
