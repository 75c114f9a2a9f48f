import gzip
import json
from pathlib import Path

from lib.transcripts import Run


def test_two_registers_and_their_truth(run: Run, folder: Path) -> None:
    said = run("make-registers", "--size", 50, "--cross-script", 0.5, "--aliases", "--out", "made", "--json")
    assert said.code == 0
    summary = json.loads(said.out)
    assert summary["records_a"] == summary["records_b"] == 50
    assert summary["same"] == 10
    with gzip.open(folder / "made" / "a.jsonl.gz", "rt", encoding="utf-8") as file:
        assert len(file.readlines()) == 50


def test_a_person_reads_a_sentence(run: Run) -> None:
    said = run("make-registers", "--size", 0, "--out", "made")
    assert said.code == 0
    assert "0 persons are in both (made/truth.csv)" in said.err


def test_shares_beyond_one_are_refused(run: Run) -> None:
    assert run("make-registers", "--overlap", 2, "--out", "made").code == 2
