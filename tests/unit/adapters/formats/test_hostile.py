"""Files that were cut off, mangled, or made to do harm; each test is named by the fault."""

import gzip
import io
import json
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from lib.list_samples import NATIVE, SAMPLES, TABLE, UK_CSV, UN, uk_workbook, workbook
from tallystick.adapters.formats import FORMATS, Mapping, open_source
from tallystick.adapters.formats.draft import MAX_ORIGINAL_BYTES
from tallystick.adapters.formats.spool import Spool
from tallystick.errors import InputError, UnavailableError
from tallystick.node.ports import NOT_A_PERSON, SourceRow

XML = [kind for kind, (name, _body) in SAMPLES.items() if name.endswith(".xml")]
PEOPLE = Mapping(id="Nr", name_parts=("Vorname", "Name"), birth_dates=("Geburtsdatum",))
MIB = 1 << 20


def read(path: Path, body: bytes | str, kind: str | None = None) -> list[SourceRow]:
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return list(open_source(path, format=kind, mapping=PEOPLE if kind == "table" else None).rows())


def read_to_the_break(path: Path, body: bytes, kind: str) -> tuple[list[SourceRow], InputError]:
    path.write_bytes(body)
    source = open_source(path, format=kind, mapping=PEOPLE if kind == "table" else None)
    rows: list[SourceRow] = []
    with pytest.raises(InputError) as caught:
        rows.extend(source.rows())
    return rows, caught.value


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "uk-xlsx"])
def test_truncated_gzip(tmp_path: Path, kind: str) -> None:
    body = gzip.compress(SAMPLES[kind][1], 0)  # stored, so that rows come out before the break
    rows, error = read_to_the_break(tmp_path / "list.gz", body[:-10], kind)
    assert "list.gz is broken or cut off, at byte" in str(error)
    assert error.hint
    assert rows or kind in {"uk-csv", "eu-csv"}  # these gather the whole file before the first record


def test_gzip_with_a_wrong_checksum(tmp_path: Path) -> None:
    body = bytearray(gzip.compress(NATIVE.encode()))
    body[-6] ^= 1
    rows, error = read_to_the_break(tmp_path / "list.gz", bytes(body), "native")
    assert "broken or cut off" in str(error)
    assert len(rows) == 2


@pytest.mark.parametrize("kind", XML)
def test_truncated_xml(tmp_path: Path, kind: str) -> None:
    body = SAMPLES[kind][1]
    rows, error = read_to_the_break(tmp_path / "list.xml", body[:-20], kind)
    assert "list.xml is not well-formed XML or cut off, at line" in str(error)
    assert len([row for row in rows if row.record]) == 2


def test_truncated_in_the_middle_of_an_entry_loses_nothing_before_it(tmp_path: Path) -> None:
    cut = UN.index("<DATAID>902")
    rows, error = read_to_the_break(tmp_path / "un.xml", UN.encode()[: len(UN[:cut].encode()) + 4], "un")
    assert [row.record.id for row in rows if row.record] == ["un:901"]
    assert "at line" in str(error)


@pytest.mark.parametrize("kind", XML)
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://192.0.2.1/evil.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://192.0.2.1/evil.dtd">%p;]>',
        "<!-- harmless --><!DOCTYPE x>",
    ],
)
def test_document_types_are_refused(tmp_path: Path, kind: str, doctype: str) -> None:
    declaration, rest = SAMPLES[kind][1].decode().split("?>", 1)
    for body in (f"{declaration}?>{doctype}{rest}", f"{declaration}?>{'<!-- long -->' * 9000}{doctype}{rest}"):
        rows, error = read_to_the_break(tmp_path / "list.xml", body.encode(), kind)
        assert rows == []
        assert "declares a document type" in str(error)


def test_entities_that_are_not_declared(tmp_path: Path) -> None:
    _rows, error = read_to_the_break(tmp_path / "un.xml", UN.replace("Tarek", "&evil;").encode(), "un")
    assert "not well-formed" in str(error)


def test_xml_nested_too_deeply(tmp_path: Path) -> None:
    deep = UN.replace("<TITLE>", "<TITLE>" + "<X>" * 5000 + "</X>" * 5000)
    _rows, error = read_to_the_break(tmp_path / "un.xml", deep.encode(), "un")
    assert "not well-formed" in str(error)


def test_xml_text_of_ten_megabytes(tmp_path: Path) -> None:
    long = UN.replace("Also listed", "x" * (9 * MIB) + " Also listed")
    rows = read(tmp_path / "un.xml", long, "un")
    assert [row.reason for row in rows] == ["entry is too large; its original is cut", "", NOT_A_PERSON]
    assert len(rows[0].original) <= MAX_ORIGINAL_BYTES


def test_gzip_bomb(tmp_path: Path) -> None:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb") as packed:
        for _ in range(128):
            packed.write(b" " * MIB)
    rows, error = read_to_the_break(tmp_path / "bomb.gz", file.getvalue(), "native")
    assert rows == []
    assert "bomb.gz grows beyond" in str(error)
    assert "unpack it" in error.hint


def test_zip_bomb(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("list.xml", "w") as member:
        member.write(UN.encode()[:200])
        for _ in range(128):
            member.write(b" " * MIB)
    _rows, error = read_to_the_break(tmp_path / "bomb.zip", file.getvalue(), "un")
    assert "bomb.zip grows beyond" in str(error)


def test_zip_with_several_files_encrypted_or_broken(tmp_path: Path) -> None:
    several = io.BytesIO()
    with zipfile.ZipFile(several, "w") as archive:
        archive.writestr("a.xml", UN)
        archive.writestr("b.xml", UN)
    _rows, error = read_to_the_break(tmp_path / "list.zip", several.getvalue(), "un")
    assert "holds 2 files" in str(error)
    one = io.BytesIO()
    with zipfile.ZipFile(one, "w") as archive:
        archive.writestr("a.xml", UN)
    encrypted = bytearray(one.getvalue())
    encrypted[6] |= 1
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    for body in (bytes(encrypted), one.getvalue()[:-30], one.getvalue().replace(b"TARIQ", b"TARIK")):
        _rows, error = read_to_the_break(tmp_path / "list.zip", body, "un")
        assert "list.zip" in str(error)


def test_workbook_bomb(tmp_path: Path) -> None:
    file = io.BytesIO(uk_workbook())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/image.bin", "w") as member:
        for _ in range(128):
            member.write(b" " * MIB)
    _rows, error = read_to_the_break(tmp_path / "list.xlsx", file.getvalue(), "uk-xlsx")
    assert "unpacks to" in str(error)


def test_workbook_with_a_document_type(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(uk_workbook())) as old, zipfile.ZipFile(file, "w") as new:
        for info in old.infolist():
            body = old.read(info)
            if info.filename.startswith("xl/worksheets"):
                body = b'<!DOCTYPE x [<!ENTITY a "ha">]>' + body
            new.writestr(info.filename, body)
    _rows, error = read_to_the_break(tmp_path / "list.xlsx", file.getvalue(), "uk-xlsx")
    assert "declares a document type" in str(error)


def test_workbook_that_is_broken(tmp_path: Path) -> None:
    for body in (uk_workbook()[:-300], b"PK\x03\x04" + b"x" * 400, b""):
        _rows, error = read_to_the_break(tmp_path / "list.xlsx", body, "uk-xlsx")
        assert "list.xlsx is broken" in str(error)


def test_workbook_with_empty_sheets_formulas_dates_and_long_cells(tmp_path: Path) -> None:
    from datetime import datetime

    header: list[object] = ["Name 6", "Name 1", "DOB", "Group Type", "Group ID"]
    body = workbook(
        [
            ["Last Updated", "01/01/2025"],
            [],
            header,
            ["Al-Zubi", "Tariq", datetime(1964, 5, 3), "Individual", 901.0],  # noqa: DTZ001  # as a spreadsheet has it
            ["=1+1", "=A1", 1971, "Individual", 902],
            ["x" * 32_000, "Leyla", None, "Individual", 903],
        ]
    )
    rows = read(tmp_path / "list.xlsx", body, "uk-xlsx")
    assert [row.reason for row in rows] == ["", "record has no name", "names holds a value of more than 1000 characters"]
    assert rows[0].record is not None
    assert rows[0].record.birth_dates == ("1964-05-03",)
    _rows, error = read_to_the_break(tmp_path / "empty.xlsx", workbook([]), "uk-xlsx")
    assert "no header of the British list" in str(error)


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
        (4, "row has 12 cells, header has 9"),
        (8, "906"),
    ] or [(row.position, row.record.id if row.record else row.reason) for row in rows[2:]] == [
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


def test_csv_with_ragged_rows(tmp_path: Path) -> None:
    rows = read(
        tmp_path / "people.csv", TABLE + "903;Orhan\r\n904;Orhan;Ali;1964;m;;;;;;extra\r\n905;Orhan;Ali;1964\r\n\r\n", "table"
    )
    assert [row.record.id if row.record else row.reason for row in rows[2:]] == [
        "row has 2 cells, header has 9",
        "row has 11 cells, header has 9",
        "905",
    ]
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


_ALIASES = """
import gzip, resource, sys
from pathlib import Path
from tallystick.adapters.formats import open_source
path, before = Path(sys.argv[1]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = list(open_source(path).rows())
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print([row.reason for row in rows], grown)
"""


@pytest.mark.slow
def test_a_million_aliases_are_quarantined_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "un.xml.gz"
    alias = b"<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Alias %d</ALIAS_NAME></INDIVIDUAL_ALIAS>"
    with gzip.open(path, "wb", 1) as file:
        file.write(b"<CONSOLIDATED_LIST><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>A</FIRST_NAME>")
        file.writelines(alias % number for number in range(1_000_000))
        file.write(b"</INDIVIDUAL><INDIVIDUAL><DATAID>2</DATAID><FIRST_NAME>B</FIRST_NAME></INDIVIDUAL></CONSOLIDATED_LIST>")
    done = subprocess.run([sys.executable, "-c", _ALIASES, str(path)], capture_output=True, text=True, check=True)
    reasons, grown = done.stdout.rsplit(maxsplit=1)
    assert reasons == "['entry is too large; its original is cut', '']"
    assert int(grown) < 60
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


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


@pytest.mark.slow
def test_workbook_with_rows_at_the_end_of_the_world(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(uk_workbook())) as old, zipfile.ZipFile(file, "w") as new:
        for info in old.infolist():
            body = old.read(info).replace(b'<row r="7"', b'<row r="999999999"').replace(b'r="A7"', b'r="XFD7"')
            new.writestr(info.filename, body)
    rows = read(tmp_path / "list.xlsx", file.getvalue(), "uk-xlsx")
    assert [row.record.id for row in rows if row.record] == ["uk:901", "uk:902"]


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig", "utf-32"])
def test_an_element_with_a_hundred_thousand_attributes(tmp_path: Path, encoding: str) -> None:
    bomb = "".join(f' a{number}=">\u3c00"' for number in range(100_000))
    body = UN.split("?>", 1)[1].replace("<TITLE>", f"<TITLE{bomb}>")
    begun = time.process_time()
    _rows, error = read_to_the_break(tmp_path / "un.xml", body.encode(encoding), "un")
    assert "element with over 5000 attributes" in str(error)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("encoding", ["iso-2022-jp", "utf-7", "ebcdic-cp-us", "cp037", "shift_jis", "klingon", "base64"])
def test_xml_in_encodings_that_are_not_accepted(tmp_path: Path, encoding: str) -> None:
    _rows, error = read_to_the_break(tmp_path / "un.xml", UN.replace("UTF-8", encoding).encode(), "un")
    assert "encoding that is not accepted" in str(error)


def test_xml_in_ebcdic(tmp_path: Path) -> None:
    _rows, error = read_to_the_break(tmp_path / "sema.xml", SAMPLES["canada"][1].decode().encode("cp037", "replace"), "canada")
    assert "sema.xml is not well-formed XML" in str(error)
