"""Formats are known by content, packed or not, whatever the name says."""

import gzip
from pathlib import Path

import pytest

from lib.list_samples import OFAC_ALT, SAMPLES, UK_CSV_2014, workbook, zipped
from tallystick.adapters.formats import FORMATS, Mapping, detect, open_source
from tallystick.errors import ConfigError, InputError


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("packing", ["plain", "gzip", "zip"])
def test_content_decides_not_the_name(tmp_path: Path, kind: str, packing: str) -> None:
    body = SAMPLES[kind][1]
    path = tmp_path / "list.dat"
    path.write_bytes({"plain": body, "gzip": gzip.compress(body), "zip": zipped("inside", body)}[packing])
    if kind == "uk-xlsx" and packing != "plain":
        with pytest.raises(InputError, match="in no format known here"):
            detect(path)
    else:
        assert detect(path) == kind


def test_the_british_layout_of_2014(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(UK_CSV_2014)
    assert detect(tmp_path / "list") == "uk-csv"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
@pytest.mark.parametrize("kind", ["native", "ftm", "uk-csv", "table"])
def test_other_encodings(tmp_path: Path, kind: str, encoding: str) -> None:
    path = tmp_path / "list"
    path.write_bytes(SAMPLES[kind][1].decode().encode(encoding))
    assert detect(path) == kind
    mapping = Mapping(id="Nr", name_parts=("Vorname", "Name")) if kind == "table" else None
    records = [row.record for row in open_source(path, mapping=mapping).rows() if row.record]
    assert [record.id.removeprefix("uk:") for record in records] == ["901", "902"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_xml_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = SAMPLES["canada"][1].decode().replace("UTF-8", encoding)
    (tmp_path / "list.xml").write_bytes(text.encode(encoding))
    source = open_source(tmp_path / "list.xml")
    assert [row.record.names[0] for row in source.rows() if row.record] == ["Tariq Zubi", "Leyla Orhan"]


@pytest.mark.parametrize(
    "body", [b"", b"hello\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, b"<html/>", b"[1,2]", b"{}", b'{"a":1}\n']
)
def test_the_unknown_is_refused_with_a_list_of_the_known(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "list").write_bytes(body)
    with pytest.raises(InputError, match="list is in no format known here") as caught:
        detect(tmp_path / "list")
    assert all(kind in caught.value.hint for kind in FORMATS)


def test_a_table_needs_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "alt.csv").write_text(OFAC_ALT)
    with pytest.raises(InputError, match="table of no known list") as caught:
        open_source(tmp_path / "alt.csv")
    assert "--suggest-mapping" in caught.value.hint
    with pytest.raises(InputError, match="needs a column mapping"):
        open_source(tmp_path / "alt.csv", format="table")


def test_a_format_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="named pdf"):
        open_source(tmp_path / "x", format="pdf")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path, tmp_path / "no" / "sdn.csv"):
        with pytest.raises(InputError, match="cannot read file"):
            open_source(path)
        with pytest.raises(InputError, match="cannot read file"):
            open_source(path, format="un")
        with pytest.raises(InputError, match="cannot read file"):
            open_source(path, format="ofac-csv")


def test_the_wrong_format_by_name(tmp_path: Path) -> None:
    for kind in FORMATS:
        other = "canada" if kind != "canada" else "un"
        path = tmp_path / kind
        path.write_bytes(SAMPLES[other][1])
        mapping = Mapping(names=("Name",)) if kind == "table" else None
        source = open_source(path, format=kind, mapping=mapping)
        if kind in {"native", "ftm", "ofac-csv"}:
            assert all(row.record is None for row in source.rows())
        else:
            with pytest.raises((InputError, ConfigError)):
                list(source.rows())


def test_any_other_workbook(tmp_path: Path) -> None:
    (tmp_path / "people.xlsx").write_bytes(workbook([["Name"], ["Ali"]]))
    assert detect(tmp_path / "people.xlsx") == "table"
