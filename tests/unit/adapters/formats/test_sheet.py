"""A register as a table for spreadsheets: what is in it, that it comes back, and that no cell is a formula."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tallystick.adapters.formats import open_source, suggest_mapping
from tallystick.adapters.formats.formula_cells import guarded_cell, plain_cell
from tallystick.adapters.formats.sheet import COLUMNS, sheet_header, sheet_lines
from tallystick.model import Address, Identifier, Record

RECORD = Record(
    id="7",
    names=("Tariq Zubi", "\u0637\u0627\u0631\u0642 \u0627\u0644\u0632\u0639\u0628\u064a"),
    weak_names=("Abu T",),
    birth_dates=("1964-05-03", "1965"),
    birth_places=("Zarqa, Jordan",),
    nationalities=("jo", "at"),
    gender="m",
    identifiers=(Identifier(type="passport", country="jo", number="L01X"),),
    addresses=(Address(street="Langer Weg 1", city="Wien", postcode="01010", country="at"),),
    phones=("+43 1 234",),
    emails=("t@example.org",),
)


def sheet(*records: Record) -> bytes:
    return sheet_header() + b"".join(line for record in records for line in sheet_lines(record))


def test_a_record_is_one_row_that_people_can_read() -> None:
    (row,) = csv.DictReader(io.StringIO(sheet(RECORD).decode("utf-8-sig"), newline=""))
    assert tuple(row) == COLUMNS
    assert row["birth date"] == "1964-05-03 | 1965"
    assert row["document numbers"] == "passport jo L01X"
    assert (row["postcode"], row["phone"]) == ("01010", "+43 1 234")


def test_it_comes_back_by_the_mapping_that_is_proposed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(sheet(RECORD, Record(id="8", names=("Ada King", "A. King"), birth_dates=("1970~",))))
    first, second = (row.record for row in open_source(tmp_path / "a.csv", mapping=suggest_mapping(tmp_path / "a.csv")).rows())
    assert first is not None
    assert second is not None
    for name in (
        "id",
        "names",
        "weak_names",
        "birth_dates",
        "birth_places",
        "nationalities",
        "gender",
        "addresses",
        "phones",
        "emails",
    ):
        assert getattr(first, name) == getattr(RECORD, name), name
    assert (second.names, second.birth_dates) == (("Ada King", "A. King"), ("1970~",))


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "\t=1"])
def test_no_cell_is_a_formula(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(sheet(Record(id="1", names=(name,))).decode("utf-8-sig"), newline=""))
    assert row["name"] == f"'{name}"


@given(st.text(min_size=1))
def test_whatever_a_name_is_no_cell_begins_as_a_formula_does(name: str) -> None:
    text = name.encode("utf-8", "replace").decode().replace("\0", "")
    (_, row) = csv.reader(io.StringIO(sheet(Record(id="1", names=(text,))).decode("utf-8-sig"), newline=""))
    assert row[1][:1] not in {"=", "@", "\t"}


@given(st.text(), st.integers(0, 3))
@example("=1+1", 0)
def test_a_cell_comes_back_as_it_was(text: str, apostrophes: int) -> None:
    cell = "'" * apostrophes + text
    assert plain_cell(guarded_cell(cell)) == cell


def test_an_id_that_begins_as_a_formula_comes_back(tmp_path: Path) -> None:
    ids = ("=7", "'=7", "-A7", "'7")
    (tmp_path / "a.csv").write_bytes(sheet(*(Record(id=each, names=("Ada King",)) for each in ids)))
    rows = open_source(tmp_path / "a.csv", mapping=suggest_mapping(tmp_path / "a.csv")).rows()
    assert [row.record.id for row in rows if row.record] == list(ids)
