"""The quarantine file: what it holds, for whom, and when there is none."""

import json
import stat
from pathlib import Path

import pytest

from tallystick.adapters.quarantine import JsonLinesQuarantine
from tallystick.errors import ConfigError


def test_text_stays_text_and_bytes_become_base64(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    with JsonLinesQuarantine(path) as quarantine:
        quarantine.put(position=7, reason="record has no name", original='{"id": "ä\n"}'.encode())
        quarantine.put(position=9, reason="line is not UTF-8", original=b"\xff\x00")
    assert [json.loads(line) for line in path.read_bytes().splitlines()] == [
        {"line": 7, "reason": "record has no name", "original": '{"id": "ä\n"}'},
        {"line": 9, "reason": "line is not UTF-8", "original_base64": "/wA="},
    ]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    with JsonLinesQuarantine(path) as quarantine:
        quarantine.put(position=1, reason="x", original=b"")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_clean_import_leaves_no_file_and_takes_the_old_one_away(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("from the last import")
    with JsonLinesQuarantine(path):
        pass
    assert not path.exists()


def test_it_never_writes_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    path = tmp_path / "bad.jsonl"
    with JsonLinesQuarantine(path) as quarantine:
        path.symlink_to(target)
        with pytest.raises(ConfigError, match="cannot be written"):
            quarantine.put(position=1, reason="x", original=b"y")
    assert target.read_text() == "precious"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with JsonLinesQuarantine(tmp_path / "deeper" / "bad.jsonl") as quarantine:
        with pytest.raises(ConfigError, match="cannot be written") as caught:
            quarantine.put(position=1, reason="x", original=b"secret")
        assert "secret" not in str(caught.value)
