"""Transcripts of the ways to link: by match keys alone, by every engine, with clusters, and going on after an interruption."""

import csv
import json
import stat
from pathlib import Path

import pytest

from lib.transcripts import Run, Said

PEOPLE = """\
{"id":"p1","names":["Munir El-Touzani"],"birth_dates":["1974-09-03"],"nationalities":["ma"]}
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


# --- clusters -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("people")
def test_clusters_are_written_beside_the_pairs(run: Run, folder: Path) -> None:
    said = run("link", "watch", "people.jsonl", "--out", "pairs.csv", "--clusters", "persons.csv", "--json")
    assert said.code == 0, said.err
    found = rows(folder / "persons.csv")
    assert [(row["register"], row["record_id"]) for row in found] == [("people.jsonl", "p1"), ("watch", "a1")]
    assert found[0]["cluster_id"] == found[1]["cluster_id"]
    told = json.loads(said.out)
    assert (told["links"], told["clusters"], told["clustered_records"]) == (1, 1, 2)
    assert stat.S_IMODE((folder / "persons.csv").stat().st_mode) == 0o600


@pytest.mark.usefixtures("people")
def test_a_register_with_itself_tells_who_is_in_it_twice(run: Run, folder: Path) -> None:
    people = [
        {"id": "1", "names": ["Rosalind Achterberg"], "birth_dates": ["1955-08-17"]},
        {"id": "2", "names": ["Ilse Waldmann"], "birth_dates": ["1970-01-30"]},
        {"id": "3", "names": ["Achterberg, Rosalind"], "birth_dates": ["1955-08-17"]},
    ]
    body = "".join(json.dumps(each) + "\n" for each in people)
    (folder / "a.jsonl").write_text(body + "nonsense\n")
    said = run("link", "a.jsonl", "a.jsonl", "--out", "twice.csv", "--clusters", "persons.csv", "--quarantine", "bad.jsonl")
    assert said.code == 0, said.err
    assert "a.jsonl with itself" in said.err
    assert len((folder / "bad.jsonl").read_text().splitlines()) == 1  # read twice, told once
    assert [(row["id_a"], row["id_b"]) for row in rows(folder / "twice.csv")] == [("1", "3")]
    assert [(row["register"], row["record_id"]) for row in rows(folder / "persons.csv")] == [("a.jsonl", "1"), ("a.jsonl", "3")]


def test_match_keys_within_one_register_have_no_meaning(run: Run, people: Path) -> None:
    assert run("link", people.name, people.name, "--keys-only").code == 2


def test_match_keys_make_no_clusters(run: Run) -> None:
    assert run("link", "watch", "people.jsonl", "--keys-only", "--clusters", "persons.csv").code == 2


# --- engines and work folders -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("engine", ["duckdb", "memory"])
def test_every_engine_writes_the_same(run: Run, folder: Path, engine: str) -> None:
    words = ("link", "watch", "people.jsonl", "--min-bits", "-100")
    assert run(*words, "--out", "native.csv").code == 0
    assert run(*words, "--out", "other.csv", "--engine", engine).code == 0
    assert (folder / "other.csv").read_bytes() == (folder / "native.csv").read_bytes()


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("engine", ["duckdb", "native"])
def test_a_work_folder_serves_one_run_only(run: Run, folder: Path, engine: str) -> None:
    words = ("link", "watch", "people.jsonl", "--engine", engine, "--work", "work")
    assert run(*words, "--out", "first.csv").code == 0
    assert run(*words, "--out", "again.csv").code == 0
    assert (folder / "first.csv").read_bytes() == (folder / "again.csv").read_bytes()
    (folder / "people.jsonl").write_text(PEOPLE.replace("1974", "1988"), encoding="utf-8")
    said = run(*words, "--out", "other.csv")
    assert said.code == 4
    assert "belongs to another run: side b differ" in said.err
    assert not (folder / "other.csv").exists()


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "words",
    [("--engine", "memory", "--work", "work"), ("--engine", "duckdb", "--memory", "much"), ("--work", "watch.jsonl/x")],
    ids=str,
)
def test_what_an_engine_cannot_do_is_said(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    said = run("link", "watch", "people.jsonl", "--out", "pairs.csv", *words)
    assert said.code in {3, 4}
    assert said.err.startswith("error: ")
    assert not (folder / "pairs.csv").exists()


# --- for people who look at it ----------------------------------------------------------------------------------------------


def test_names_stand_beside_the_pairs_for_who_looks_at_them(run: Run, folder: Path, people: Path) -> None:  # noqa: ARG001
    plain = run("link", "people.jsonl", "watch").out
    said = run("link", "people.jsonl", "watch", "--with-names", "--out", "pairs.csv")
    assert said.code == 0, said.err
    row = next(each for each in rows(folder / "pairs.csv") if each["id_a"] == "p1")
    assert (row["name_a"], row["name_b"]) == ("Munir El-Touzani", "Mounir El Touzani")
    without = [",".join(list(each.values())[:5]) for each in rows(folder / "pairs.csv")]
    assert without == plain.splitlines()[1:]
