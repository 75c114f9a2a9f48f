"""Tables and JSON lines that were cut off, mangled, or made to do harm; each test is named by the fault."""

import json
import time
from pathlib import Path

import pytest

from lib.list_reading import PEOPLE, read, read_to_the_break
from lib.list_samples import NATIVE, SAMPLES, TABLE, UK_CSV, UN
from tallystick.adapters.formats import Mapping, open_source
from tallystick.adapters.formats.draft import MAX_ORIGINAL_BYTES
from tallystick.adapters.formats.spool import Spool
from tallystick.adapters.formats.table import TableSource
from tallystick.errors import InputError, UnavailableError
from tallystick.node.ports import NOT_A_PERSON

MIB = 1 << 20


def test_csv_field_of_ten_megabytes(tmp_path: Path) -> None:
    long = TABLE + "903;" + "x" * (10 * MIB) + ";Ali;1964;m;;;;\r\n904;Orhan;Ali;1964;m;;;;\r\n"
    rows = read(tmp_path / "people.csv", long, "table")
    assert [row.record.id if row.record else row.reason for row in rows] == [
        "901",
        "902",
        "line is longer than 1048576 bytes; its original is cut",
        "904",
    ]
    assert rows[2].original.startswith(b"903;xxx")
    assert len(rows[2].original) <= MAX_ORIGINAL_BYTES


def test_csv_quote_that_is_never_closed(tmp_path: Path) -> None:
    text = (
        TABLE
        + '903;"Orhan;Ali;1964;m;;;;\r\n904;Orhan;Ali;1964;m;;;;\r\n'
        + '905;"Or\r\nhan";Ali;1964;m;;;;\r\n906;Orhan "X;Ali;1964;m;;;;\r\n'
    )
    rows = read(tmp_path / "people.csv", text, "table")
    assert [(row.position, row.record.id if row.record else row.reason) for row in rows[2:]] == [
        (4, "a quoted field is not closed"),
        (5, "904"),
        (6, "905"),
        (8, "906"),
    ]


def test_csv_quote_open_to_the_end_costs_one_line(tmp_path: Path) -> None:
    text = TABLE + '903;"Orhan;Ali;1964;m;;;;\r\n' + "".join(f"{number};Orhan;Ali;1964;m;;;;\r\n" for number in range(1000, 1500))
    rows = read(tmp_path / "people.csv", text, "table")
    assert rows[2].reason == "a quoted field is not closed"
    assert rows[2].original == b'903;"Orhan;Ali;1964;m;;;;\r\n'
    assert [row.record.id for row in rows[3:] if row.record] == [str(number) for number in range(1000, 1500)]


def test_the_id_of_a_ragged_row_is_of_the_column_that_ids_are_read_of(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("no,name,no,\n1,Ada King,7,\n2,Ben King,8,,x\n")
    rows = list(TableSource(tmp_path / "people.csv", Mapping(id="no", names=("name",))).rows())
    assert [row.record.id if row.record else row.refused_id for row in rows] == ["1", "2"]
    rows = list(TableSource(tmp_path / "people.csv", Mapping(names=("name",))).rows())
    assert [row.record.id if row.record else row.refused_id for row in rows] == ["row-2", ""]


def test_csv_with_ragged_rows(tmp_path: Path) -> None:
    rows = read(
        tmp_path / "people.csv", TABLE + "903;Orhan\r\n904;Orhan;Ali;1964;m;;;;;;extra\r\n905;Orhan;Ali;1964\r\n\r\n", "table"
    )
    assert [row.record.id if row.record else row.reason for row in rows[2:]] == [
        "row has 2 cells, header has 9",
        "row has 11 cells, header has 9",
        "905",
    ]
    assert [row.refused_id for row in rows[2:]] == ["903", "904", ""]
    uk = UK_CSV.replace("ORHAN,Leyla,", "ORHAN,Leyla,,")
    rows = read(tmp_path / "uk.csv", uk, "uk-csv")
    assert [row.reason for row in rows] == ["row has 37 cells, header has 36", "", NOT_A_PERSON]
    assert rows[0].original.startswith(b"ORHAN")


def test_lines_that_are_not_in_the_encoding_of_the_file(tmp_path: Path) -> None:
    good = NATIVE + '{"id":"903","names":["Zoë"]}\n'
    bad = good.encode() + b'{"id":"904","names":["Zo\xeb"]}\n' + b'{"id":"905","names":["Ali"]}\n'
    rows = read(tmp_path / "records.jsonl", bad, "native")
    assert [row.record is not None for row in rows] == [True, True, True, False, True]
    assert "utf-8" in rows[3].reason.lower()
    assert rows[3].original == b'{"id":"904","names":["Zo\xeb"]}\n'
    table = TABLE.encode() + b"904;Z\xebo;Ali;1964;m;;;;\r\n905;Orhan;Ali;1964;m;;;;\r\n"
    rows = read(tmp_path / "people.csv", table, "table")
    assert [row.reason for row in rows[2:]] == ["line is not utf-8", ""]


def test_a_guessed_encoding_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(TABLE.replace("Orhan", "Örhan").replace("hö", "ho").encode("cp1252"))
    warnings = []
    for mapping in (PEOPLE, Mapping(names=("Name",), encoding="cp1252")):
        source = open_source(tmp_path / "people.csv", mapping=mapping)
        assert len(list(source.rows())) == 2
        warnings.append(source.warnings)
    (told,), silent = warnings
    assert told.startswith("people.csv is not UTF-8 and is read as cp1252")
    assert silent == []


def test_a_whole_file_in_windows_1252(tmp_path: Path) -> None:
    rows = read(tmp_path / "people.csv", TABLE.replace("Orhan", "Örhan").replace("hö", "ho").encode("cp1252"), "table")
    assert rows[1].record is not None
    assert rows[1].record.names == ("Leyla Örhan",)


def test_control_and_bidirectional_characters_are_cleaned_and_counted(tmp_path: Path) -> None:
    dirty = "Ta\u202eriq\u0000 Al\u200b-Zubi\u2066"
    for kind, body in {
        "native": json.dumps({"id": "1", "names": [dirty]}),
        "ftm": json.dumps({"id": "1", "schema": "Person", "properties": {"name": [dirty]}}),
        "table": f"Nr;Name;Vorname;Geburtsdatum\r\n1;{dirty};;\r\n",
        "un": UN.replace("TARIQ", "TA\u202eRIQ\u2066"),
        "uk-csv": UK_CSV.replace("AL-ZUBI,Tariq", "AL-ZUBI\0,Ta\u202eriq"),
    }.items():
        (row, *_rest) = read(tmp_path / kind, body, kind)
        assert row.record is not None
        assert row.repaired.count("invisible character removed") == 1
        assert all(name.isprintable() for name in row.record.names)


def test_raw_control_characters_in_json_are_refused(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "records.jsonl", '{"id":"1","names":["A\0"]}\n', "native")
    assert row.record is None
    assert row.original == b'{"id":"1","names":["A\0"]}\n'


def test_impossible_and_hijri_dates_do_not_take_the_record(tmp_path: Path) -> None:
    dates = ("31/02/1964", "1385", "12/06/1402", "9999", "yesterday")
    text = "Nr;Name;Vorname;Geburtsdatum\r\n" + "".join(f"{number};Ali;;{date}\r\n" for number, date in enumerate(dates))
    rows = read(tmp_path / "people.csv", text, "table")
    assert all(row.record is not None and row.record.birth_dates == () for row in rows)
    assert [row.repaired for row in rows] == [
        ("birth date dropped: no day of the calendar",),
        ("birth date dropped: other calendar",),
        ("birth date dropped: other calendar",),
        ("birth date dropped: no day of the calendar",),
        ("birth date dropped: not understood",),
    ]


def test_duplicate_ids_come_through_for_the_store_to_judge(tmp_path: Path) -> None:
    rows = read(tmp_path / "records.jsonl", NATIVE * 2, "native")
    assert [row.record.id for row in rows if row.record] == ["901", "902", "901", "902"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("native", '{"id":"1","names":["\u200b \u202e"]}\n'),
        ("ftm", '{"id":"1","schema":"Person","properties":{}}\n'),
        ("un", "<CONSOLIDATED_LIST><INDIVIDUAL><DATAID>1</DATAID></INDIVIDUAL></CONSOLIDATED_LIST>"),
        ("canada", "<data-set><record><Country>Iran</Country><Item>1</Item></record></data-set>"),
        ("table", "Nr;Name;Vorname;Geburtsdatum\r\n1; ;;1964\r\n"),
        ("ofac-csv", '1,"-0- ","individual",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'),
    ],
)
def test_empty_names(tmp_path: Path, kind: str, body: str) -> None:
    (row,) = read(tmp_path / "list", body, kind)
    assert row.record is None
    assert row.reason == "record has no name"
    assert row.original


def test_an_entry_without_id(tmp_path: Path) -> None:
    rows = read(tmp_path / "un.xml", UN.replace("<DATAID>901</DATAID>", ""), "un")
    assert rows[0].reason == "record has no usable id"


@pytest.mark.parametrize("kind", ["native", "ftm"])
def test_json_nested_too_deeply(tmp_path: Path, kind: str) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    body = f'{{"id":"1","names":{deep},"schema":"Person","properties":{{"name":{deep}}}}}\n{{"id":"2","names":["Ali"]}}\n'
    rows = read(tmp_path / "records.jsonl", body, kind)
    assert rows[0].record is None
    assert rows[0].original.startswith(b'{"id":"1"')
    assert len(rows) == 2


@pytest.mark.parametrize("kind", ["native", "ftm"])
@pytest.mark.parametrize(
    "line", ["null", "[]", "7", '"x"', "{", "{}", '{"id":7}', '{"id":"1","schema":"Person","properties":[]}', "\udcff"]
)
def test_json_of_the_wrong_shape(tmp_path: Path, kind: str, line: str) -> None:
    (row,) = read(tmp_path / "records.jsonl", line.encode("utf-8", "surrogateescape") + b"\n", kind)
    assert row.record is None
    assert row.reason


def test_more_names_than_a_record_may_have(tmp_path: Path) -> None:
    aliases = "".join(f"<INDIVIDUAL_ALIAS><ALIAS_NAME>Alias {number}</ALIAS_NAME></INDIVIDUAL_ALIAS>" for number in range(2000))
    rows = read(tmp_path / "un.xml", UN.replace("<GENDER>Male", aliases + "<GENDER>Male"), "un")
    assert rows[0].reason == "names holds more than 1000 values"
    assert rows[1].record is not None


def test_a_group_with_too_many_rows(tmp_path: Path) -> None:
    head, rest = UK_CSV.split("ORHAN", 1)
    line = "ORHAN" + rest.split("\r\n", 1)[0] + "\r\n"
    rows = read(tmp_path / "uk.csv", head + line * 10_001, "uk-csv")
    assert [row.reason for row in rows] == ["", NOT_A_PERSON, "entry has too many rows"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("un", "<CONSOLIDATED_LIST><INDIVIDUALS/><ENTITIES/></CONSOLIDATED_LIST>"),
        ("canada", "<data-set/>"),
        ("uk-csv", "\r\n".join(UK_CSV.split("\r\n")[:2])),
        ("eu-csv", SAMPLES["eu-csv"][1].decode().split("\r\n")[0]),
    ],
)
def test_a_list_without_entries_is_an_accident(tmp_path: Path, kind: str, body: str) -> None:
    _rows, error = read_to_the_break(tmp_path / "list", body.encode(), kind)
    assert "list holds no entries" in str(error)


def test_a_table_without_header(tmp_path: Path) -> None:
    _rows, error = read_to_the_break(tmp_path / "list", b"\n\n", "table")
    assert "no header" in str(error)


@pytest.mark.parametrize("encoding", ["base64", "rot13", "punycode", "undefined", "klingon", "utf-7"])
def test_encodings_that_are_none(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    source = open_source(path, mapping=Mapping(names=("Name",), encoding=encoding, delimiter=";"))
    try:
        rows = list(source.rows())
    except InputError as error:
        assert error.hint  # noqa: PT017  # some are refused, some make nonsense of the header, none may do worse
    else:
        assert all(row.record is not None or row.reason for row in rows)


def test_temporary_space_that_cannot_be_used() -> None:
    with Spool() as spool:
        spool._db.execute("PRAGMA max_page_count = 1")
        with pytest.raises(UnavailableError, match="temporary space"):
            spool.put("a", 1, ["x" * 90_000])


@pytest.mark.parametrize(
    "cell",
    [
        "(" * (MIB - 9999),
        " " * (MIB - 9999) + "x",
        "1" * (MIB - 9999),
        "a.1 " * 200_000,
        "(1) " * 200_000,
        "born " * 200_000,
        "Passport " * 100_000,
        "x;" * 400_000,
    ],
)
@pytest.mark.parametrize("place", ["AL-ZUBI", "(Gender)", "T123456 (2)", "Tax number", "(2) Atlantis", "03/05/1964", "Amman"])
def test_no_cell_takes_forever(tmp_path: Path, cell: str, place: str) -> None:
    begun = time.process_time()
    rows = read(tmp_path / "uk.csv", UK_CSV.replace(place, cell, 1), "uk-csv")
    assert len(rows) >= 3
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "cell",
    ["Passport " * 50_000, "No. " * 100_000, "1" * 500_000, "; DOB 1964" * 50_000, " " * 500_000 + "x", "a.k.a. '" * 90_000],
)
def test_no_remark_takes_forever(tmp_path: Path, cell: str) -> None:
    begun = time.process_time()
    rows = read(tmp_path / "sdn.csv", SAMPLES["ofac-csv"][1].replace(b"Gender Female", cell.encode()), "ofac-csv")
    assert len(rows) == 3
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "text", ["<!" * 30_000, "<!--" * 16_000, "<!DOCTYPE [" * 6_000, "<?" * 30_000, "<" * 60_000, "{" * 60_000, '"' * 60_000]
)
def test_no_beginning_takes_forever(tmp_path: Path, text: str) -> None:
    begun = time.process_time()
    (tmp_path / "list").write_text(text)
    with pytest.raises(InputError):
        open_source(tmp_path / "list")
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("kind", "word", "other"),
    [
        ("ofac-csv", '"individual","SDGT",-0-', '"indivi dual","SDGT",-0-'),
        ("ofac-enhanced", '<entityType refId="600">Individual</entityType></generalInfo><names>', "</generalInfo><names>"),
        ("ofac-advanced", '902" PartySubTypeID="4"', '902" PartySubTypeID="9"'),
        ("uk-csv", "Individual,Primary name,,Nowhere,01/01/2020,01/01/2020,01/01/2020,902", "Idol,,,,,,,902"),
        (
            "eu-xml",
            '<subjectType code="person" classificationCode="P"/>\n<nameAlias firstName="Leyla"',
            '<nameAlias firstName="Leyla"',
        ),
        ("eu-csv", "902;P", "902;Q"),
    ],
)
def test_an_entry_of_no_known_kind_is_not_taken_for_a_company(tmp_path: Path, kind: str, word: str, other: str) -> None:
    body = SAMPLES[kind][1].decode()
    assert word in body
    rows = read(tmp_path / "list", body.replace(word, other), kind)
    assert [row.reason for row in rows if row.record is None].count("entry is of no known kind") == 1
    assert [row.reason for row in rows].count(NOT_A_PERSON) == 1
