"""Archives, XML and workbooks that were cut off, mangled, or made to do harm; each test is named by the fault."""

import gzip
import io
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from lib.list_reading import read, read_to_the_break
from lib.list_samples import NATIVE, SAMPLES, UN, uk_workbook, workbook
from tallystick.adapters.formats import FORMATS
from tallystick.adapters.formats.draft import MAX_ORIGINAL_BYTES
from tallystick.node.ports import NOT_A_PERSON

XML = [kind for kind, (name, _body) in SAMPLES.items() if name.endswith(".xml")]
MIB = 1 << 20


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


@pytest.mark.slow
def test_workbook_with_rows_at_the_end_of_the_world(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(uk_workbook())) as old, zipfile.ZipFile(file, "w") as new:
        for info in old.infolist():
            body = old.read(info).replace(b'<row r="7"', b'<row r="999999999"').replace(b'r="A7"', b'r="XFD7"')
            new.writestr(info.filename, body)
    rows = read(tmp_path / "list.xlsx", file.getvalue(), "uk-xlsx")
    assert [row.record.id for row in rows if row.record] == ["uk:901", "uk:902"]


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
