"""Transcripts of the ways to link: by match keys alone, by every engine, with clusters, and going on after an interruption."""

import csv
import json
from pathlib import Path

import pytest

from lib.transcripts import Run, Said

PEOPLE = """\
{"id":"p1","names":["Ayub El-Khazzani"],"birth_dates":["1989-09-03"],"nationalities":["ma"]}
{"id":"p2","names":["Petra Novotna"],"birth_dates":["1970-02-01"]}
"""


@pytest.fixture
def people(register: Said, folder: Path) -> Path:  # noqa: ARG001
    """Write a file of two persons, one of whom is in the register `watch`."""
    path = folder / "people.jsonl"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


# --- by match keys alone ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("people")
def test_match_keys_alone_state_a_weight_and_no_probability(run: Run, folder: Path) -> None:
    said = run("link", "watch", "people.jsonl", "--out", "hits.csv", "--keys-only", "--json")
    assert said.code == 0, said.err
    [row] = rows(folder / "hits.csv")
    assert (row["id_a"], row["id_b"], row["probability"], row["decision"]) == ("a1", "p1", "", "link")
    assert float(row["weight_bits"]) > 10
    told = json.loads(said.out)
    assert (told["links"], told["possible_links"], told["records_a"]) == (1, 0, 2)


def test_match_keys_pass_over_lines_that_are_no_records(run: Run, people: Path, folder: Path) -> None:
    people.write_text("{}\n\n" + PEOPLE, encoding="utf-8")
    said = run("link", "watch", "people.jsonl", "--out", "hits.csv", "--keys-only")
    assert said.code == 0, said.err
    assert "people.jsonl: line 1 is left out" in said.err
    assert [row["id_b"] for row in rows(folder / "hits.csv")] == ["p1"]


@pytest.mark.usefixtures("people")
def test_match_keys_know_no_non_links(run: Run) -> None:
    assert run("link", "watch", "people.jsonl", "--out", "hits.csv", "--keys-only", "--min-bits", "0").code == 2
