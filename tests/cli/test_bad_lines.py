"""Lines that are no records, in linking and finding: counted, told without a value, kept on request; nothing is overwritten."""

import gzip
import json
import stat
from pathlib import Path

import pytest

from lib.transcripts import Run

GOOD = '{"id":"g","names":["Maria Ivanova"]}'
BAD = '{"id":"zq7canary","names":[]}'
NOT_UTF8 = b'{"id":"h","names":["\xff\xfe"]}'


@pytest.fixture
def mixed(register: object, folder: Path) -> Path:  # noqa: ARG001
    """Write a file of seven lines, of which two are records and one is blank."""
    path = folder / "mixed.jsonl"
    path.write_bytes(
        b"\n".join([GOOD.encode(), BAD.encode(), b"", NOT_UTF8, b"nonsense", b"[]", b'{"id":"i","names":["Li Wei"]}'])
    )
    return path


def kept(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.usefixtures("mixed")
def test_link_counts_and_tells_them(run: Run) -> None:
    said = run("link", "watch", "mixed.jsonl", "--out", "pairs.csv", "--json")
    assert said.code == 0
    told = json.loads(said.out)
    assert (told["records_b"], told["bad_a"], told["bad_b"]) == (2, 0, 4)
    lines = said.err.splitlines()
    assert [line.partition(" is left out: ")[0] for line in lines[:4]] == [f"mixed.jsonl: line {n}" for n in (2, 4, 5, 6)]
    assert lines[4] == "give --quarantine FILE to keep what is left out"
    assert "zq7canary" not in said.err


@pytest.mark.usefixtures("mixed")
def test_link_keeps_them_with_their_side(run: Run, folder: Path) -> None:
    said = run("link", "mixed.jsonl", "watch", "--out", "pairs.csv", "--quarantine", "q.jsonl")
    assert said.code == 0
    assert "see q.jsonl for what was left out, and why" in said.err
    rows = kept(folder / "q.jsonl")
    assert [(row["side"], row["line"]) for row in rows] == [("a", 2), ("a", 4), ("a", 5), ("a", 6)]
    assert rows[0] == {"side": "a", "line": 2, "reason": "record has no name", "original": BAD}
    assert "original_base64" in rows[1]
    assert stat.S_IMODE((folder / "q.jsonl").stat().st_mode) == 0o600


@pytest.mark.usefixtures("mixed")
def test_a_batch_keeps_those_of_both_files(run: Run, folder: Path) -> None:
    (folder / "more.jsonl").write_text(f"{GOOD}\n{BAD}\n", encoding="utf-8")
    words = ("find", "mixed.jsonl", "--queries", "more.jsonl", "--out", "hits.csv", "--quarantine", "q.jsonl", "--json")
    told = json.loads(run(*words).out)
    assert (told["records"], told["bad_records"], told["queries"], told["bad_queries"]) == (2, 4, 1, 1)
    rows = kept(folder / "q.jsonl")
    assert [row["side"] for row in rows] == ["register"] * 4 + ["queries"]


@pytest.mark.usefixtures("register")
def test_no_quarantine_is_made_when_nothing_is_bad(run: Run, folder: Path) -> None:
    said = run("link", "watch", "watch.jsonl", "--out", "pairs.csv", "--quarantine", "q.jsonl")
    assert said.code == 0
    assert not (folder / "q.jsonl").exists()
    assert "left out" not in said.err


@pytest.mark.usefixtures("register")
def test_many_bad_lines_are_not_all_told(run: Run, folder: Path) -> None:
    (folder / "bad.jsonl").write_text("nonsense\n" * 1000, encoding="utf-8")
    said = run("link", "watch", "bad.jsonl", "--out", "pairs.csv")
    assert len(said.err.splitlines()) < 30
    assert "bad.jsonl holds no record in the native format" in said.err
    assert "bad.jsonl: 1,000 lines are left out in all" in said.err


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    "words",
    [
        ("link", "watch", "mixed.jsonl", "--out", "mixed.jsonl"),
        ("link", "watch", "mixed.jsonl", "--out", "pairs.csv", "--quarantine", "./mixed.jsonl"),
        ("link", "watch", "mixed.jsonl", "--out", "same", "--quarantine", "same"),
        ("find", "watch", "--queries", "mixed.jsonl", "--out", "mixed.jsonl"),
        ("find", "watch.jsonl", "--queries", "mixed.jsonl", "--quarantine", "watch.jsonl"),
    ],
    ids=" ".join,
)
def test_nothing_is_written_over_what_is_read(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    before = {path: path.read_bytes() for path in folder.glob("*.jsonl")}
    said = run(*words)
    assert said.code == 3
    assert "cannot be read and written at once" in said.err
    assert {path: path.read_bytes() for path in folder.glob("*.jsonl")} == before


@pytest.mark.usefixtures("mixed")
def test_pairs_go_to_standard_output_alone(run: Run) -> None:
    said = run("link", "watch", "mixed.jsonl")
    assert said.code == 0
    rows = said.out.splitlines()
    assert rows[0] == "id_a,id_b,weight_bits,probability,decision"
    assert rows[1].startswith("a2,g,")
    assert "links" in said.err


@pytest.mark.usefixtures("mixed")
def test_a_summary_for_programs_needs_a_file_for_the_pairs(run: Run) -> None:
    assert run("link", "watch", "mixed.jsonl", "--json").code == 2


@pytest.mark.usefixtures("mixed")
def test_a_batch_without_a_file_prints_its_hits(run: Run) -> None:
    said = run("find", "watch", "--queries", "mixed.jsonl")
    assert said.code == 0
    assert said.out.splitlines()[0] == "query_id,record_id,weight_bits,probability,decision"
    assert said.out.splitlines()[1].startswith("g,a2,")


def test_a_line_of_ten_megabytes_is_one_bad_line(run: Run, mixed: Path, folder: Path) -> None:
    huge = '{"id":"x","names":["' + "x" * (10 << 20) + '"]}'
    mixed.write_text(f"{GOOD}\n{huge}\n{GOOD.replace('g', 'h', 1)}\n", encoding="utf-8")
    said = run("link", "watch", "mixed.jsonl", "--out", "pairs.csv", "--quarantine", "q.jsonl", "--json")
    assert said.code == 0
    told = json.loads(said.out)
    assert (told["records_b"], told["bad_b"]) == (2, 1)
    assert [row["line"] for row in kept(folder / "q.jsonl")] == [2]


@pytest.mark.parametrize("broken", ["register", "queries"])
def test_a_file_that_breaks_off_leaves_the_old_hits(run: Run, mixed: Path, folder: Path, broken: str) -> None:
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(mixed.read_bytes())[:-9])
    (folder / "hits.csv").write_text("old", encoding="utf-8")
    register, queries = ("cut.jsonl.gz", "watch.jsonl") if broken == "register" else ("watch", "cut.jsonl.gz")
    said = run("find", register, "--queries", queries, "--out", "hits.csv")
    assert said.code == 3
    assert "cut.jsonl.gz is broken or cut off" in said.err
    assert (folder / "hits.csv").read_text(encoding="utf-8") == "old"
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("mixed")
def test_names_that_confuse_a_terminal_are_found_and_shown_plainly(run: Run, folder: Path) -> None:
    hostile = '{"id":"\\u202ee","names":["\\u202eMaria\\u0007 \\u001b[31mIvanova\\u200b"]}'
    (folder / "hostile.jsonl").write_text(hostile, encoding="utf-8")
    said = run("find", "hostile.jsonl", "Maria Ivanova", "--min-bits=-20")
    assert said.code == 0, said.err
    assert not set("\u202e\u0007\u001b\u200b") & set(said.out)


DATES = """\
{"id":"d1","names":["Maria Ivanova"],"birth_dates":["1970","zq7canary"]}

{"id":"d2","names":["Li Wei"],"birth_dates":["1375-02-30","31/12/1970"]}
{"id":"d3","names":["Li Wei"],"birth_dates":["1970-02-03",""]}
"""


@pytest.fixture
def undated(register: object, folder: Path) -> Path:  # noqa: ARG001
    path = folder / "dates.jsonl"
    path.write_text(DATES, encoding="utf-8")
    return path


@pytest.mark.usefixtures("undated")
@pytest.mark.parametrize("engine", ["native", "memory", "duckdb"])
def test_birth_dates_that_cannot_be_read_are_counted_and_told(run: Run, engine: str) -> None:
    said = run("link", "watch", "dates.jsonl", "--out", "pairs.csv", "--json", "--engine", engine)
    told = json.loads(said.out)
    assert (told["records_b"], told["bad_b"], told["dropped_values"]) == (3, 0, 3)
    assert said.err.splitlines() == [
        "dates.jsonl: record d1 in line 1: birth date cannot be read and is taken for unknown",
        "dates.jsonl: record d2 in line 3: 2 birth dates cannot be read and are taken for unknown",
    ]


@pytest.mark.usefixtures("undated")
def test_dropped_birth_dates_are_told_by_their_side_and_in_all(run: Run, folder: Path) -> None:
    lines = [f'{{"id":"e{n}","names":["Li Wei"],"birth_dates":["1375"]}}' for n in range(7000)]
    (folder / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = run("link", "many.jsonl", "dates.jsonl", "--out", "pairs.csv", "--keys-only")
    assert " dropped values 7,003" in [" ".join(line.split()).join((" ", "")) for line in said.err.splitlines()]
    assert "many.jsonl: record e4 in line 5: birth date cannot be read and is taken for unknown" in said.err
    assert "many.jsonl: record e5 " not in said.err
    assert "many.jsonl: 7,000 records have values that cannot be read" in said.err


@pytest.mark.usefixtures("undated")
def test_find_tells_of_birth_dates_it_cannot_read(run: Run, folder: Path) -> None:
    assert "record d2 in line 3: 2 birth dates" in run("find", "dates.jsonl", "Maria Ivanova").err
    (folder / "asked.jsonl").write_text(DATES, encoding="utf-8")
    said = run("find", "dates.jsonl", "--queries", "asked.jsonl", "--out", "hits.csv", "--json")
    assert json.loads(said.out)["dropped_values"] == 6
    assert "asked.jsonl: record d1 in line 1: birth date cannot be read" in said.err
    assert "zq7canary" not in said.err


LOOSE = """\
{"id":"l1","names":["Maria Ivanova"],"birth_dates":["1970"],"nationalities":["RU","zq7canary"],"gender":"Female","phones":null}
{"id":"l2","names":["Li Wei"],"birth_dates":["1961"],"gender":"zq7canary","zq7canary":"x","dataset":null}
{"id":"l3","names":["Li Wei"],"identifiers":[{"type":"passport","country":"CHINA","number":"12345"}],"gender":""}
"""


@pytest.mark.parametrize("engine", ["native", "memory", "duckdb"])
def test_a_person_stays_though_a_country_a_gender_or_a_field_cannot_be_read(
    run: Run,
    register: object,  # noqa: ARG001
    folder: Path,
    engine: str,
) -> None:
    (folder / "loose.jsonl").write_text(LOOSE, encoding="utf-8")
    said = run("link", "watch", "loose.jsonl", "--out", "pairs.csv", "--json", "--engine", engine)
    told = json.loads(said.out)
    assert (told["records_b"], told["bad_b"], told["dropped_values"]) == (3, 0, 4)
    assert said.err.splitlines() == [
        "loose.jsonl: record l1 in line 1: country cannot be read and is taken for unknown",
        "loose.jsonl: record l2 in line 2: gender cannot be read and is taken for unknown",
        "loose.jsonl: record l2 in line 2: field cannot be read and is left out",
        "loose.jsonl: record l3 in line 3: country cannot be read and is taken for unknown",
    ]


def test_countries_and_genders_weigh_the_same_in_any_writing(run: Run, folder: Path) -> None:
    plain = '{"id":"p","names":["Maria Ivanova"],"birth_dates":["1970"],"nationalities":["ru"],"gender":"f"}'
    for each in ("asked", "plain"):
        (folder / f"{each}.jsonl").write_text(plain, encoding="utf-8")
    (folder / "loud.jsonl").write_text(plain.replace('"ru"', '"RU"').replace('"f"', '"FEMALE"'), encoding="utf-8")
    for each in ("plain", "loud"):
        assert run("link", "asked.jsonl", f"{each}.jsonl", "--out", f"{each}.csv").code == 0
    written = (folder / "plain.csv").read_text(encoding="utf-8")
    assert ",link" in written
    assert written == (folder / "loud.csv").read_text(encoding="utf-8")


def hostile() -> list[str]:
    """Return lines that do harm: too long, too many, unseen characters, nobody's name, half a character, one id twice."""
    return [
        json.dumps({"id": "h1", "names": ["x" * (10 << 20)]}),
        json.dumps({"id": "h2", "names": [f"Alias {n}" for n in range(1_000_000)]}),
        json.dumps({"id": "h3", "names": ["\u202e \u0000"]}),
        json.dumps({"id": "h4", "names": ["Maria\u202e\u0000 Iva\u200bnova"]}),
        '{"id":"h5","names":["\\ud800"]}',
        json.dumps({"id": "h4", "names": ["Somebody Else"]}),
        json.dumps({"id": "h6", "names": ["Maria Ivanova"], "birth_dates": ["1970"]}),
    ]


@pytest.mark.usefixtures("register")
def test_hostile_lines_do_not_stop_linking_or_finding(run: Run, folder: Path) -> None:
    (folder / "hostile.jsonl").write_text("\n".join(hostile()), encoding="utf-8")
    said = run("link", "hostile.jsonl", "watch", "--out", "pairs.csv", "--json", "--quarantine", "q.jsonl")
    told = json.loads(said.out)
    assert (told["records_a"] + told["bad_a"], told["records_a"]) == (7, 2)
    assert [(row["line"], row["reason"]) for row in kept(folder / "q.jsonl")] == [
        (1, "line is longer than 1048576 bytes"),
        (2, "line is longer than 1048576 bytes"),
        (3, "record has no name"),
        (5, "line is not a JSON object"),
        (6, "duplicate id; the first record keeps it"),
    ]
    assert (folder / "pairs.csv").read_text().splitlines()[1:] != []
    found = run("find", "hostile.jsonl", "Maria Ivanova", "--json")
    assert {each["id"] for each in json.loads(found.out)} >= {"h6"}
