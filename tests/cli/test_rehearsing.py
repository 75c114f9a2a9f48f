"""Transcripts of rehearsals: what a private match finds is what shared match keys find, and both sides are told the price."""

import csv
import json
import stat
from pathlib import Path

import pytest

from lib.made import made
from lib.transcripts import Run, Said

PEOPLE = """\
{"id":"p1","names":["Munir El-Touzani"],"birth_dates":["1974-09-03"],"nationalities":["ma"]}
{"id":"p2","names":["Petra Novotna"],"birth_dates":["1970-02-01"]}
"""


def pairs(path: Path) -> list[tuple[str, str]]:
    return [(row["id_a"], row["id_b"]) for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


@pytest.fixture
def people(register: Said, folder: Path) -> Path:  # noqa: ARG001
    """Write a file of two persons, one of whom is in the register `watch`."""
    path = folder / "people.jsonl"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


@pytest.mark.usefixtures("people")
def test_a_rehearsal_tells_what_each_side_would_learn(run: Run, folder: Path) -> None:
    said = run("rehearse", "watch", "people.jsonl", "--out", "hits.csv")
    assert said.code == 0, said.err
    assert said.out == ""
    for line in ("records of a, of b", "b learns: points asked", "a learns: hits", "the hits are in hits.csv"):
        assert line in said.err
    header, row = (folder / "hits.csv").read_text(encoding="utf-8").splitlines()
    assert header == "id_a,id_b,weight_bits"
    assert row.startswith("a1,p1,")
    assert float(row.rpartition(",")[2]) >= 14
    assert stat.S_IMODE((folder / "hits.csv").stat().st_mode) == 0o600


@pytest.mark.usefixtures("people")
def test_a_rehearsal_counts_for_programs(run: Run, folder: Path) -> None:
    said = run("rehearse", "watch", "people.jsonl", "--out", "hits.csv", "--json")
    told = json.loads(said.out)
    assert (told["records_a"], told["records_b"], told["hits"], told["found_a"], told["found_b"]) == (2, 2, 1, 1, 1)
    assert (told["requests"], told["points"], told["left_out"], told["cut_a"]) == (1, 256, 0, 0)
    assert (told["request_bytes"], told["response_bytes"]) == (8 + 32 * 256, 12 + 32 * 256 + 64)
    assert told["index_bytes"] == 15 * told["index_notches"]
    assert told["index_notches"] >= 4 * 256
    assert told["index_notches"] % 256 == 0
    again = run("rehearse", "watch", "people.jsonl", "--out", "hits.csv", "--report", "told.json")
    assert again.out == ""
    assert json.loads((folder / "told.json").read_bytes())["hits"] == 1


@pytest.mark.usefixtures("people")
def test_a_higher_threshold_finds_less(run: Run, folder: Path) -> None:
    said = run("rehearse", "watch", "people.jsonl", "--out", "hits.csv", "--threshold-bits", "60", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["threshold_bits"] == 60
    assert pairs(folder / "hits.csv") == []


@pytest.mark.usefixtures("register")
def test_nobody_holds_nothing_and_nobody_asks_nothing(run: Run, folder: Path) -> None:
    (folder / "none.jsonl").write_text("", encoding="utf-8")
    for sides in (("watch", "none.jsonl"), ("none.jsonl", "watch")):
        assert run("rehearse", *sides, "--out", "hits.csv").code == 0
        assert pairs(folder / "hits.csv") == []


def test_lines_that_are_no_records_are_left_out(run: Run, people: Path, folder: Path) -> None:
    people.write_text("{}\n\n" + PEOPLE, encoding="utf-8")
    said = run("rehearse", "watch", "people.jsonl", "--out", "hits.csv", "--quarantine", "bad.jsonl")
    assert "people.jsonl: line 1 is left out" in said.err
    assert (folder / "bad.jsonl").exists()
    assert pairs(folder / "hits.csv") == [("a1", "p1")]


def test_what_is_read_is_not_written_over(run: Run, people: Path) -> None:
    assert run("rehearse", "watch", people.name, "--out", people.name).code == 3
    assert people.read_text(encoding="utf-8") == PEOPLE


def test_records_under_full_keys_are_told(run: Run, people: Path, folder: Path) -> None:
    person = json.loads(PEOPLE.splitlines()[0])
    many = [json.dumps({**person, "id": f"many{number}"}) for number in range(70)]
    (folder / "many.jsonl").write_text("\n".join(many), encoding="utf-8")
    told = json.loads(run("rehearse", people, "many.jsonl", "--out", "hits.csv", "--json").out)
    assert told["left_out"] * 70 == told["keys_b"] * 6
    assert 64 <= told["hits"] <= 70


# --- the same as shared match keys --------------------------------------------------------------------------------------


def test_a_rehearsal_finds_what_shared_match_keys_find(run: Run, folder: Path) -> None:
    registers = made(600)
    for side, name in ((registers.a, "a.jsonl"), (registers.b, "b.jsonl")):
        (folder / name).write_bytes(b"".join(side.chunks()))
    assert_same_as_keys_only(run, folder / "a.jsonl", folder / "b.jsonl", folder)


@pytest.mark.data
def test_a_rehearsal_finds_what_shared_match_keys_find_in_published_lists(run: Run, data: Path, folder: Path) -> None:
    un, uk = data / "lists/un/un_2025.records.jsonl.gz", data / "lists/uk/uk_2025.records.jsonl.gz"
    assert_same_as_keys_only(run, un, uk, folder)


def assert_same_as_keys_only(run: Run, a: Path, b: Path, folder: Path) -> None:
    said = run("rehearse", a, b, "--out", "hits.csv", "--json")
    assert said.code == 0, said.err
    assert run("link", a, b, "--out", "keys.csv", "--keys-only").code == 0
    assert json.loads(said.out)["left_out"] == 0
    found, expected = pairs(folder / "hits.csv"), pairs(folder / "keys.csv")
    assert len(found) > 50
    assert sorted(found) == sorted(expected)
    assert [a for a, _ in found] == [a for a, _ in expected]
