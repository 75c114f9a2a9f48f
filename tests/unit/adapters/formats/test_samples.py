"""Every format: what is read from which field, on made-up samples; the facts all lists share come out the same."""

from pathlib import Path

import pytest
from lxml import etree

from lib.list_samples import EU_CSV_1_1, OFAC_ADD, OFAC_ALT, SAMPLES, UK_CSV_2014
from tallystick.adapters.formats import FORMATS, FileSource, open_source, suggest_mapping
from tallystick.model import Address, Identifier, Record, decode, encode
from tallystick.node.ports import NOT_A_PERSON, SourceRow

PASSPORT = Identifier(type="passport", country="jo", number="T123456")
HOME = Address(street="1 Long Road", city="Amman", postcode="11181", country="jo")
CROSS_REFERENCES = ("XX", "NOW0001", "EU.1", "777")


def source_of(folder: Path, kind: str) -> FileSource:
    """Write the sample of a format and open it as a user would."""
    name, body = SAMPLES[kind]
    path = folder / name
    path.write_bytes(body)
    if kind == "ofac-csv":
        (folder / "alt.csv").write_text(OFAC_ALT)
        (folder / "add.csv").write_text(OFAC_ADD)
    return open_source(path, mapping=suggest_mapping(path) if kind == "table" else None)


def rows_of(folder: Path, kind: str) -> list[SourceRow]:
    return list(source_of(folder, kind).rows())


def records_of(folder: Path, kind: str) -> list[Record]:
    return [row.record for row in rows_of(folder, kind) if row.record is not None]


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(FORMATS)


@pytest.mark.parametrize("kind", FORMATS)
def test_reads_both_persons_and_counts_the_company(tmp_path: Path, kind: str) -> None:
    rows = rows_of(tmp_path, kind)
    assert [row.record is not None for row in rows].count(True) == 2
    others = [row for row in rows if row.record is None]
    assert [row.reason for row in others] == ([] if kind in {"native", "table"} else [NOT_A_PERSON])
    assert all(row.original for row in rows if row.record is not None)
    positions = [row.position for row in rows]
    assert len(set(positions)) == len(positions)
    assert min(positions) >= 1


@pytest.mark.parametrize("kind", FORMATS)
def test_records_are_canonical_and_the_same_twice(tmp_path: Path, kind: str) -> None:
    first, second = records_of(tmp_path, kind), records_of(tmp_path, kind)
    assert first == second
    assert [decode(encode(record)) for record in first] == first


@pytest.mark.parametrize("kind", FORMATS)
def test_agrees_on_who_the_man_is(tmp_path: Path, kind: str) -> None:
    man = next(record for record in records_of(tmp_path, kind) if record.id != "902" and "Leyla" not in record.names[0].title())
    assert man.birth_dates[0] == "1964-05-03"
    assert man.names[0].title().split()[0] == "Tariq"
    assert man.names[0].title().endswith("Zubi")
    assert man.nationalities == (() if kind == "canada" else ("jo",))
    assert PASSPORT.number in {each.number for each in man.identifiers} or kind in {"canada", "native"}


@pytest.mark.parametrize("kind", FORMATS)
def test_takes_no_titles_reasons_or_numbers_of_other_lists(tmp_path: Path, kind: str) -> None:
    lines = b"".join(encode(record) for record in records_of(tmp_path, kind)).decode()
    for word in (*CROSS_REFERENCES, "Minister", "Dr", "LONG ROAD TRADING", "Long Road Trading", "sanction", "secret"):
        assert word not in lines


@pytest.mark.parametrize("kind", FORMATS)
def test_counts_bytes_for_a_progress_bar(tmp_path: Path, kind: str) -> None:
    source = source_of(tmp_path, kind)
    assert source.bytes_read == 0
    assert source.bytes_total > 0
    list(source.rows())
    assert source.bytes_read == source.bytes_total


def test_un(tmp_path: Path) -> None:
    row = rows_of(tmp_path, "un")[0]
    assert row.record == Record(
        id="un:901",
        names=("TARIQ BEN NASSER AL-ZUBI", "طارق بن ناصر الزعبي", "Tarek Zoubi", "Tarik Zubi", "طارق زعبي"),
        weak_names=("Abu Nasser",),
        birth_dates=("1964-05-03", "1965~", "1960/1963"),
        birth_places=("Irbid, Jordan",),
        nationalities=("jo",),
        identifiers=(PASSPORT,),
        gender="m",
        addresses=(HOME,),
    )
    assert row.repaired == ("country dropped: unknown",)
    assert row.original.startswith(b"<INDIVIDUAL>")


def test_ofac_csv_with_its_siblings(tmp_path: Path) -> None:
    row = rows_of(tmp_path, "ofac-csv")[0]
    assert row.record == Record(
        id="ofac:901",
        names=("Tariq Ben Nasser AL-ZUBI", "Tarek ZOUBI", "Tarik ZUBI JR."),
        weak_names=("Abu NASSER",),
        birth_dates=("1964-05-03", "1965~", "1960/1963"),
        birth_places=("Irbid, Jordan",),
        nationalities=("jo",),
        identifiers=(PASSPORT, Identifier(type="national_id", country="jo", number="9641005")),
        gender="m",
        addresses=(Address(street="1 Long Road", city="Amman 11181", country="jo"),),
        phones=("96261",),
        emails=("t@example.org",),
    )


def test_ofac_csv_alone_or_with_siblings_named(tmp_path: Path) -> None:
    sdn, alt = tmp_path / "sdn.csv", tmp_path / "else" / "alt.csv"
    sdn.write_bytes(SAMPLES["ofac-csv"][1])
    alt.parent.mkdir()
    alt.write_text(OFAC_ALT)
    alone, named = open_source(sdn), open_source(sdn, siblings=[alt])
    assert [path.name for path in alone.paths] == ["sdn.csv"]
    assert [path.name for path in named.paths] == ["sdn.csv", "alt.csv"]
    names = [next(row.record.names for row in source.rows() if row.record) for source in (alone, named)]
    assert [len(each) for each in names] == [1, 3]


def test_ofac_csv_of_another_day_is_told_of(tmp_path: Path) -> None:
    sdn, alt = tmp_path / "sdn_2024-05-03.csv", tmp_path / "alt_20250106.csv"
    sdn.write_bytes(SAMPLES["ofac-csv"][1])
    alt.write_text(OFAC_ALT + '77,1,"aka","NOBODY",-0- \r\n88,1,"aka","NOBODY ELSE",-0- \r\n')
    source = open_source(sdn)
    assert [len(row.record.names) for row in source.rows() if row.record] == [3, 1]
    other_day, ownerless = source.warnings
    assert other_day.startswith("sdn_2024-05-03.csv is of 2024-05-03, but alt_20250106.csv of 2025-01-06: ")
    assert ownerless == "alt_20250106.csv: 2 rows have no entry in sdn_2024-05-03.csv"


def test_ofac_csv_of_one_day_has_no_warning(tmp_path: Path) -> None:
    source = source_of(tmp_path, "ofac-csv")
    assert list(source.rows())
    assert source.warnings == []


def test_ofac_remarks_go_on_in_the_comments_file(tmp_path: Path) -> None:
    cut = "DOB 1964; " + "Linked To: NOBODY; " * 50 + "a.k.a. 'ABU NAS"
    (tmp_path / "sdn.csv").write_text(f'901,"AL-ZUBI, Tariq","individual",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{cut}"\r\n')
    (tmp_path / "sdn_comments.csv").write_text('901,"SER\'; Gender Male."\r\n')
    (record,) = (row.record for row in open_source(tmp_path / "sdn.csv").rows())
    assert record is not None
    assert record.weak_names == ("ABU NASSER",)
    assert record.gender == "m"


def test_ofac_enhanced(tmp_path: Path) -> None:
    record = records_of(tmp_path, "ofac-enhanced")[0]
    assert record == Record(
        id="ofac:901",
        names=("Tariq AL-ZUBI", "朱立克"),
        weak_names=("ABU NASSER",),
        birth_dates=("1964-05-03", "1965~"),
        birth_places=("Irbid, Jordan",),
        nationalities=("jo",),
        identifiers=(PASSPORT,),
        gender="m",
        addresses=(HOME,),
        emails=("t@example.org",),
    )


def test_ofac_advanced(tmp_path: Path) -> None:
    row = rows_of(tmp_path, "ofac-advanced")[0]
    assert row.record == Record(
        id="ofac:901",
        names=("Tariq AL-ZUBI", "Тарик АЗ-ЗУБИ"),
        weak_names=("ABU NASSER",),
        birth_dates=("1964-05-03", "1965~"),
        birth_places=("Irbid, Jordan",),
        nationalities=("jo",),
        identifiers=(PASSPORT,),
        gender="m",
        addresses=(Address(street="1 Long Road", city="Amman", country="jo"),),
    )
    assert row.repaired == ("birth date dropped: other calendar",)


@pytest.mark.parametrize("kind", ["uk-csv", "uk-xlsx"])
def test_uk(tmp_path: Path, kind: str) -> None:
    row = rows_of(tmp_path, kind)[0]
    assert row.record == Record(
        id="uk:901",
        names=("Tariq Ben Nasser AL-ZUBI", "طارق الزعبي", "Tarek ZOUBI"),
        weak_names=("ABU NASSER",),
        birth_dates=("1964-05-03", "1965"),
        birth_places=("Irbid, Jordan", "Zarqa, Jordan"),
        nationalities=("jo",),
        identifiers=(
            PASSPORT,
            Identifier(type="passport", number="T654321"),
            Identifier(type="tax_id", number="9641005"),
        ),
        gender="m",
        addresses=(HOME,),
        phones=("+962 6 1",),
        emails=("t@example.org",),
    )
    assert row.repaired == ("country dropped: unknown",)


def test_uk_layout_of_2014(tmp_path: Path) -> None:
    (tmp_path / "sanctionsconlist.csv").write_bytes(UK_CSV_2014)
    record = next(row.record for row in open_source(tmp_path / "sanctionsconlist.csv").rows())
    assert record == Record(
        id="uk:901",
        names=("Tariq AL-ZUBI",),
        birth_dates=("1964-05-03",),
        birth_places=("Irbid, Jordan",),
        nationalities=("jo",),
        identifiers=(PASSPORT, Identifier(type="national_id", country="jo", number="9641005")),
        addresses=(Address(street="Café Road", city="Amman", country="jo"),),
    )


def test_uk_keeps_all_rows_of_a_group_as_its_original(tmp_path: Path) -> None:
    row = rows_of(tmp_path, "uk-csv")[0]
    assert row.original.count(b"\r\n") == 3
    assert row.position == 3


def test_eu_xml(tmp_path: Path) -> None:
    row = rows_of(tmp_path, "eu-xml")[0]
    assert row.record == Record(
        id="eu:901",
        names=("Tariq Ben Nasser Al-Zubi", "طارق الزعبي"),
        weak_names=("Abu Nasser",),
        birth_dates=("1964-05-03", "1965~", "1960/1963"),
        birth_places=("Irbid, JORDAN",),
        nationalities=("jo",),
        identifiers=(PASSPORT,),
        gender="m",
        addresses=(HOME,),
        phones=("+962 6 1",),
        emails=("t@example.org",),
    )
    assert row.repaired == ("birth date dropped: other calendar",)


def test_eu_csv_gathers_rows_far_apart(tmp_path: Path) -> None:
    record = records_of(tmp_path, "eu-csv")[0]
    assert record == Record(
        id="eu:901",
        names=("Tariq Al-Zubi",),
        birth_dates=("1964-05-03",),
        birth_places=("Irbid, JOR",),
        nationalities=("jo",),
        identifiers=(PASSPORT,),
        gender="m",
        addresses=(HOME,),
    )


def test_eu_csv_1_1(tmp_path: Path) -> None:
    (tmp_path / "eu.csv").write_text(EU_CSV_1_1, encoding="utf-8")
    rows = list(open_source(tmp_path / "eu.csv").rows())
    assert [row.reason for row in rows] == ["", "", NOT_A_PERSON]
    assert rows[0].record == Record(
        id="eu:901",
        names=("Tariq Al-Zubi",),
        birth_dates=("1964-05-03", "1965~", "1960/1963"),
        birth_places=("Irbid, JORDAN",),
        nationalities=("jo",),
        identifiers=(PASSPORT,),
        gender="m",
        addresses=(HOME,),
    )


def test_eu_csv_with_every_line_in_quotes(tmp_path: Path) -> None:
    plain = records_of(tmp_path, "eu-csv")
    wrapped = b"".join(b'"' + line + b'\t\t\t"\r\n' for line in SAMPLES["eu-csv"][1].splitlines())
    (tmp_path / "wrapped.csv").write_bytes(wrapped)
    assert [row.record for row in open_source(tmp_path / "wrapped.csv").rows() if row.record] == plain


def test_canada(tmp_path: Path) -> None:
    assert records_of(tmp_path, "canada") == [
        Record(id="ca:belarus:1-part-1:11", names=("Tariq Zubi", "Tarek Zoubi", "Tarik Zubi"), birth_dates=("1964-05-03",)),
        Record(id="ca:iran:1:2", names=("Leyla Orhan",)),
    ]


def test_ftm_parts_may_stand_before_and_after_the_person(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "ftm")
    assert rows[0].record == Record(
        id="901",
        names=("Tariq Al-Zubi", "Tarek Zoubi"),
        weak_names=("Abu Nasser",),
        birth_dates=("1964-05-03",),
        birth_places=("Irbid",),
        nationalities=("jo",),
        identifiers=(PASSPORT, Identifier(type="other", number="9641005")),
        gender="m",
        addresses=(Address(street="1 Long Road", city="Amman", country="jo"),),
        phones=("+962 6 1",),
        emails=("t@example.org",),
    )
    assert rows[0].dropped == ("religion", "ethnicity")
    assert rows[1].record == Record(id="902", names=("Leyla Orhan",), nationalities=("tr",))


def test_table_by_its_suggested_mapping(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "table")
    assert rows[0].record == Record(
        id="901",
        names=("Tariq Al-Zubi",),
        birth_dates=("1964-05-03",),
        nationalities=("jo",),
        identifiers=(Identifier(type="passport", number="T123456"),),
        gender="m",
        phones=("+962 6 1",),
    )
    assert [row.dropped for row in rows] == [("Religion",), ()]


@pytest.mark.data
@pytest.mark.parametrize(("kind", "schema"), [("eu-xml", "eu_fsf_1.1.xsd"), ("ofac-advanced", "ofac_sdn_advanced.xsd")])
def test_samples_are_valid_by_the_official_schema(data: Path, kind: str, schema: str) -> None:
    official = etree.XMLSchema(etree.parse(data / "lists" / "schema" / schema))
    official.assertValid(etree.fromstring(SAMPLES[kind][1]))
