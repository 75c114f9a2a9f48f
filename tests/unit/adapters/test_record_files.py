"""Files of records in chunks: whole lines, whatever the size of a chunk; long lines never collected."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.adapters import record_files
from tallystick.adapters.record_files import RecordFile, chunks, is_record_file, joined
from tallystick.errors import InputError
from tallystick.model.codec import MAX_LINE_BYTES


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_files, "CHUNK_BYTES", 7)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=20), ends=st.booleans())
def test_chunks_are_whole_lines_and_lose_nothing(tmp_path: Path, lines: list[bytes], *, ends: bool) -> None:
    content = b"\n".join(lines) + (b"\n" if ends and lines else b"")
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    read = list(chunks(path))
    assert all(chunk.endswith(b"\n") for chunk in read)
    expected = content.removeprefix(b"\xef\xbb\xbf")
    assert b"".join(read) == expected + (b"" if not expected or expected.endswith(b"\n") else b"\n")


def test_a_line_that_is_too_long_comes_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_files, "CHUNK_BYTES", 100_000)
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"a\n" + b"x" * (3 * MAX_LINE_BYTES) + b"\nb\n")
    read = b"".join(chunks(path)).split(b"\n")
    assert [read[0], *read[2:]] == [b"a", b"b", b""]
    assert MAX_LINE_BYTES < len(read[1]) <= MAX_LINE_BYTES + 100_001


def test_gzip_is_unpacked_and_progress_told(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(b"a\nb\n"))
    told: list[int] = []
    assert b"".join(chunks(path, told.append)) == b"a\nb\n"
    assert told[-1] == path.stat().st_size


def test_joined_lines_are_chunks() -> None:
    assert b"".join(joined(b"%d" % number for number in range(12_001))) == b"".join(b"%d\n" % number for number in range(12_001))
    assert list(joined([])) == []


def test_a_record_is_found_however_its_id_is_spelt(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(
        'nonsense "\u00e9"\n{"id":"\\u00e9","names":["A"]}\n{"id":"\u00e9","names":["B"]}\n{"id":"x","names":["\u00e9"]}\n',
        encoding="utf-8",
    )
    assert RecordFile(path).record("\u00e9").names == ("A",)
    with pytest.raises(InputError, match="record y is not in"):
        RecordFile(path).record("y")


@pytest.mark.parametrize(("name", "is_file"), [("a.jsonl", True), ("x/b.jsonl.gz", True), ("un", False), ("a.json", False)])
def test_what_means_a_file(name: str, *, is_file: bool) -> None:
    assert is_record_file(name) is is_file


def test_a_record_is_found_by_an_id_that_is_not_clean_or_oddly_escaped(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id":"\\u202ee\\u0066","names":["A"]}\n{"id":"g","names":["B"]}\n', encoding="utf-8")
    assert RecordFile(path).records(["\u202eef", "g"]).keys() == {"\u202eef", "g"}
    assert RecordFile(path).record("ef").names == ("A",)
