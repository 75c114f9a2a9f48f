"""Every test of the command line has a folder and a store of its own."""

from pathlib import Path

import pytest

from lib.transcripts import Run, Said, in_process

ARABIC = "\u0645\u0646\u064a\u0631 \u0627\u0644\u062a\u0648\u0632\u0627\u0646\u064a"
NATIVE = f"""\
{{"id":"a1","names":["Mounir El Touzani","{ARABIC}"],"birth_dates":["1974-09-03"],"nationalities":["ma"]}}
{{"id":"a2","names":["Maria Ivanova"],"birth_dates":["1970"],"custody":{{"expires_on":"2030-01-01"}}}}
"""
CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change into an empty folder, with no setting from outside."""
    for variable in ("TALLYSTICK_STORE", "TALLYSTICK_DEBUG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run() -> Run:
    """Run a command in this process."""
    return in_process


@pytest.fixture
def register(folder: Path) -> Said:
    """Make a store with one register, `watch`, of two records."""
    (folder / "watch.jsonl").write_text(NATIVE, encoding="utf-8")
    assert in_process("init").code == 0
    said = in_process("import", "watch", "watch.jsonl", *CUSTODY)
    assert said.code == 0, said.err
    return said
