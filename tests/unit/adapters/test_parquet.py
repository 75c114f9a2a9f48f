"""Columns written as Parquet are read back by DuckDB, number by number."""

from array import array
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.adapters import parquet

int64 = st.integers(-(2**63), 2**63 - 1)
int32 = st.integers(-(2**31), 2**31 - 1)


def read(path: Path) -> list[tuple[int, ...]]:
    with duckdb.connect() as connection:
        return connection.read_parquet(str(path)).fetchall()


def write(path: Path, rows: list[tuple[int, int]]) -> int:
    keys, records = array("q", [row[0] for row in rows]), array("i", [row[1] for row in rows])
    return parquet.write_columns(path, {"key": ("int64", keys.tobytes()), "record": ("int32", records.tobytes())})


@settings(max_examples=30)
@given(st.lists(st.tuples(int64, int32), max_size=50))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int]]) -> None:
    path = tmp_path_factory.mktemp("parquet") / "rows.parquet"
    assert write(path, rows) == len(rows)
    assert read(path) == rows


@pytest.mark.parametrize("in_group", [1, 3, 100])
def test_row_groups_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_group: int) -> None:
    monkeypatch.setattr(parquet, "ROWS_IN_GROUP", in_group)
    rows = [(k << 40, k) for k in range(100)]
    write(tmp_path / "rows.parquet", rows)
    assert read(tmp_path / "rows.parquet") == rows


def test_columns_of_different_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too many values"):
        parquet.write_columns(tmp_path / "x", {"a": ("int32", bytes(4)), "b": ("int32", bytes(8))})


def test_a_second_engine_reads_it(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: only DuckDB reads the file here")
    write(tmp_path / "rows.parquet", [(1, 2), (-3, 4)])
    assert arrow.read_table(tmp_path / "rows.parquet").to_pydict() == {"key": [1, -3], "record": [2, 4]}
