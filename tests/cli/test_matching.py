"""Transcripts of finding, linking and explaining: as typed, in batches, from files and from the store."""

import csv
import gzip
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lib.transcripts import Run, Said, as_program

ARABIC = "\u0645\u0646\u064a\u0631 \u0627\u0644\u062a\u0648\u0632\u0627\u0646\u064a"
CYRILLIC = "\u041c\u0443\u043d\u0438\u0440 \u042d\u043b\u044c-\u0422\u0443\u0437\u0430\u043d\u0438"
PEOPLE = f"""\
{{"id":"p1","names":["{CYRILLIC}"],"birth_dates":["1974-09-03"],"nationalities":["ma"]}}
{{"id":"p2","names":["Ivanova, Maria"],"birth_dates":["1970-02-01"],"nationalities":["ru"]}}
{{"id":"p3","names":["Li Wei"],"birth_dates":["1955"],"nationalities":["cn"]}}
"""
LINKED = {("a1", "p1"), ("a2", "p2")}


@pytest.fixture
def people(register: Said, folder: Path) -> Path:  # noqa: ARG001
    """Write a file of three persons, two of whom are in the register `watch`."""
    path = folder / "people.jsonl"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def pairs(path: Path) -> set[tuple[str, str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = list(csv.DictReader(content.decode().splitlines()))
    for row in rows:
        assert list(row) == ["id_a", "id_b", "weight_bits", "probability", "decision"]
        assert row["decision"] in {"link", "possible"}
        assert 0 <= float(row["probability"]) <= 1
    return {(row["id_a"], row["id_b"]) for row in rows}


# --- find ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    "name", ["Mounir El Touzani", "Munir al Tuzani", "\u0645\u0646\u064a\u0631 \u0627\u0644\u062a\u0648\u0632\u0627\u0646\u064a"]
)
def test_find_in_a_register(run: Run, name: str) -> None:
    said = run("find", "watch", name, "--born", "1974", "--country", "MA")
    assert said.code == 0, said.err
    assert "a1" in said.out
    assert "a2" not in said.out


@pytest.mark.usefixtures("register")
def test_find_in_a_file_is_the_same(run: Run) -> None:
    words = ("Munir al Tuzani", "--born", "1974-09-03", "--json")
    [in_store] = json.loads(run("find", "watch", *words).out)
    [in_file] = json.loads(run("find", "watch.jsonl", *words).out)
    assert in_store["id"] == in_file["id"] == "a1"
    assert in_store["record"] == in_file["record"]


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("where", ["watch", "watch.jsonl"])
def test_nobody_found_is_an_answer(run: Run, where: str) -> None:
    said = run("find", where, "Wolfgang Amadeus Zzyzx")
    assert (said.out, said.code) == ("", 1)
    assert said.err.startswith(f"nobody is found in {where} (2 records)\n")
    assert run("find", where, "Wolfgang Amadeus Zzyzx", "--json") == Said("[]\n", "", 1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("find", "watch"), 2),
        (("find", "watch", "Li", "--queries", "people.jsonl"), 2),
        (("find", "watch", "Li", "--born", "yesterday"), 3),
        (("find", "watch", "Li", "--country", "Atlantis"), 3),
        (("find", "watch", "\u202e"), 3),
        (("find", "nothing", "Li"), 3),
        (("find", "nothing.jsonl", "Li"), 3),
        (("find", "watch", "--queries", "nothing.jsonl"), 3),
        (("find", "watch", "--queries", "people.jsonl", "--json"), 2),
    ],
    ids=str,
)
@pytest.mark.usefixtures("people")
def test_what_cannot_be_asked_is_said(run: Run, words: tuple[str, ...], code: int) -> None:
    said = run(*words)
    assert (said.code, said.out) == (code, "")
    assert "yesterday" not in said.err
    assert "Atlantis" not in said.err


@pytest.mark.parametrize("where", ["watch", "watch.jsonl"])
def test_find_in_batch(run: Run, people: Path, folder: Path, where: str) -> None:
    said = run("find", where, "--queries", people, "--out", "hits.csv", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert (told["records"], told["queries"]) == (2, 3)
    rows = list(csv.reader((folder / "hits.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["query_id", "record_id", "weight_bits", "probability", "decision"]
    assert {(row[1], row[0]) for row in rows[1:]} == LINKED
    assert told["hits"] == len(rows) - 1
    assert stat.S_IMODE((folder / "hits.csv").stat().st_mode) == 0o600


@pytest.mark.usefixtures("people")
def test_a_line_that_is_no_record_is_left_out_and_said(run: Run, folder: Path) -> None:
    (folder / "bad.jsonl").write_text('{"id":"zq7canary"}\n{"id":"q","names":["Li Wei"]}\n', encoding="utf-8")
    said = run("find", "people.jsonl", "--queries", "bad.jsonl", "--min-bits", "0")
    assert said.err.startswith("bad.jsonl: line 1 is left out: ")
    assert "zq7canary" not in said.err
    assert "q,p3," in said.out


@pytest.mark.usefixtures("register")
def test_find_stays_small_and_loads_no_more_than_it_needs(folder: Path) -> None:
    """How long it takes, `bench/run cold-start` measures, beside its bar."""
    # The process looks at itself: of a child, the system would count the memory of its parent, too.
    code = (
        "import sys, tallystick.cli as cli\n"
        "try: cli.main(['find', 'watch', 'Munir al Tuzani', '--born', '1974'])\n"
        "finally: print(open('/proc/self/status').read(), *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert int(done.stderr.partition("VmHWM:")[2].split()[0]) < 100_000
    heavy = {"rigour", "duckdb", "psycopg", "cryptography", "httpx", "starlette", "jinja2", "trafilatura", "openpyxl"}
    assert not heavy & set(done.stderr.split())


# --- link ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("a", ["watch", "watch.jsonl"])
def test_link_writes_the_pairs(run: Run, folder: Path, a: str) -> None:
    said = run("link", a, "people.jsonl", "--out", "pairs.csv", "--json")
    assert said.code == 0, said.err
    assert pairs(folder / "pairs.csv") == LINKED
    told = json.loads(said.out)
    assert (told["records_a"], told["records_b"], told["links"] + told["possible_links"]) == (2, 3, 2)


def test_link_reads_gzip_and_writes_it(run: Run, people: Path, folder: Path) -> None:
    (folder / "people.jsonl.gz").write_bytes(gzip.compress(people.read_bytes()))
    assert run("link", "watch", "people.jsonl.gz", "--out", "pairs.csv.gz").code == 0
    assert pairs(folder / "pairs.csv.gz") == LINKED
    assert stat.S_IMODE((folder / "pairs.csv.gz").stat().st_mode) == 0o600


def test_a_side_that_breaks_off_leaves_no_pairs(run: Run, people: Path, folder: Path) -> None:
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(people.read_bytes())[:-12])
    said = run("link", "watch", "cut.jsonl.gz", "--out", "pairs.csv")
    assert said.code == 3
    assert not (folder / "pairs.csv").exists()


@pytest.mark.usefixtures("people")
def test_link_as_a_program(folder: Path) -> None:
    said = as_program("link", "watch", "people.jsonl", "--out", "pairs.csv", folder=folder)
    assert said.code == 0
    assert said.out == ""
    assert "links" in said.err
    assert "Ayoub" not in said.out + said.err


# --- explain ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("a", ["watch:a1", "watch.jsonl:a1"])
def test_explain_field_by_field(run: Run, a: str) -> None:
    told = json.loads(run("explain", a, "people.jsonl:p1", "--json").out)
    fields = {each["field"]: each for each in told["fields"]}
    assert fields["birth"]["level"] == "same"
    assert fields["name"]["bits"] > 0
    assert fields["phone"]["level"] == "unknown"
    assert sum(each["bits"] for each in told["fields"]) == pytest.approx(told["weight_bits"], abs=0.01)
    assert told["decision"] == "link"


@pytest.mark.usefixtures("people")
def test_explain_as_a_table(run: Run) -> None:
    said = run("explain", "watch:a2", "people.jsonl:p2", "--prior-bits", "-20")
    assert said.code == 0
    assert "birth" in said.out
    assert "prior bits" in said.out
    assert "-20.0" in said.out
    assert said.err.startswith("not on both sides: ")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("a", ["watch:zz", "people.jsonl:zz", "nothing:a1", "nothing.jsonl:a1", "watch", ":a1", "watch:"])
def test_explain_says_what_is_not_there(run: Run, a: str) -> None:
    said = run("explain", a, "people.jsonl:p1")
    assert (said.code, said.out) == (3, "")
    assert said.err.count("\n") == 2
