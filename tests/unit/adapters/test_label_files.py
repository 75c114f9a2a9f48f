"""Truth files and pairs of writings, good and bad."""

import gzip
from pathlib import Path

import pytest

from tallystick.adapters.label_files import read_truth, read_writings
from tallystick.errors import InputError


def test_a_truth_is_two_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("how,id_b,id_a\nhand,b1,a1\n\nhand,b2,a2\nhand,b2,a2\n", encoding="utf-8")
    assert read_truth(tmp_path / "t.csv") == {("a1", "b1"), ("a2", "b2")}


def test_other_headers_mean_the_first_two_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbfleft,right,how\r\na1,b1,x\r\n"))
    assert read_truth(tmp_path / "t.csv.gz") == {("a1", "b1")}


def test_an_empty_truth_is_empty(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("", encoding="utf-8")
    assert read_truth(tmp_path / "t.csv") == frozenset()


@pytest.mark.parametrize("rows", ["id_a,id_b\nzq7canary\n", "id_a,id_b\na1,b1\n,zq7canary\n"])
def test_a_row_without_two_ids_is_refused_by_its_number(tmp_path: Path, rows: str) -> None:
    (tmp_path / "t.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_truth(tmp_path / "t.csv")
    assert f"line {rows.count(chr(10))}" in str(caught.value)
    assert "zq7canary" not in f"{caught.value} {caught.value.hint}"


def test_writings_are_two_columns(tmp_path: Path) -> None:
    (tmp_path / "n.tsv").write_text("Иван\tIvan\t3\n\nПётр\tPyotr\n", encoding="utf-8")
    assert list(read_writings(tmp_path / "n.tsv")) == [("Иван", "Ivan"), ("Пётр", "Pyotr")]


@pytest.mark.parametrize("content", [b"zq7canary\n", b"\xff\xfe\tzq7canary\n"])
def test_writings_that_are_none_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "n.tsv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(read_writings(tmp_path / "n.tsv"))
    assert "zq7canary" not in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_truth(tmp_path / "none.csv")
