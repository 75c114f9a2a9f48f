"""Transcripts of `weights learn`: with a truth, without, refused, and its file in use."""

import json
from pathlib import Path

import pytest

from lib.made import Lines, made
from lib.transcripts import Run
from tallystick.matching import default_parameters, read_parameters
from tallystick.matching.learning import drawn
from tallystick.node.labelled import RegisterPair

SIZE = 500


def write(pair: RegisterPair, folder: Path, *, name: str = "") -> None:
    for side, register in (("a", pair.a), ("b", pair.b)):
        assert isinstance(register, Lines)
        (folder / f"{name}{side}.jsonl").write_bytes(b"".join(register.chunks()))
    rows = "".join(f"{a},{b}\n" for a, b in sorted(pair.truth or ()))
    (folder / f"{name}truth.csv").write_text(f"id_a,id_b\n{rows}", encoding="utf-8")


@pytest.fixture(autouse=True)
def registers(folder: Path) -> None:
    write(made(SIZE, 7), folder)


LEARN = ("weights", "learn", "a.jsonl", "b.jsonl", "--out", "mine.json")
WITH_TRUTH = (*LEARN, "--truth", "truth.csv", "--even-if-worse")


def test_learn_with_a_truth(run: Run, folder: Path) -> None:
    said = run(*WITH_TRUTH)
    assert said.code == 0, said.err
    for word in ("old bits", "new bits", "birth", "held out", "log loss, bits", "calibration error", "learned", "digest"):
        assert word in said.out
    assert "only 1" in said.err  # a hundred pairs teach
    learned = read_parameters((folder / "mine.json").read_text(encoding="utf-8"), default_parameters().frequencies)
    assert learned.digest in said.out
    assert learned.version in said.out
    shown = json.loads(run("weights", "show", "--parameters", "mine.json", "--json").out)
    assert (shown["digest"], shown["weights"]) == (learned.digest, learned.weights)


def test_learn_says_the_same_in_json(run: Run) -> None:
    told = json.loads(run(*WITH_TRUTH, "--json").out)
    assert {"before", "after", "changes", "sets", "version", "digest", "is_worse", "warnings", "moved_bits"} <= set(told)
    assert told["sets"][0]["matches"] == SIZE * 0.3
    assert told["after"]["matches"] == told["before"]["matches"] > 0
    assert all(set(each) == {"feature", "before", "after", "heard"} for each in told["changes"])


def test_learn_twice_writes_the_same_bytes(run: Run, folder: Path) -> None:
    assert run(*WITH_TRUTH).code == 0
    first = (folder / "mine.json").read_bytes()
    assert run(*WITH_TRUTH).code == 0
    assert (folder / "mine.json").read_bytes() == first


def test_learn_without_a_truth(run: Run, folder: Path) -> None:
    said = run(*LEARN, "--rounds", "2", "--json")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert (told["before"], told["after"]) == (None, None)
    assert len(told["moved_bits"]) == 2
    assert "nothing was held out" in said.err
    assert (folder / "mine.json").is_file()


def test_learn_from_several_pairs_of_registers(run: Run, folder: Path) -> None:
    write(made(SIZE, 8), folder, name="other-")
    told = json.loads(run(*WITH_TRUTH, "--also", "other-a.jsonl", "other-b.jsonl", "other-truth.csv", "--json").out)
    assert [each["name"] for each in told["sets"]] == ["a.jsonl with b.jsonl", "other-a.jsonl with other-b.jsonl"]


def test_the_learned_file_is_used(run: Run, folder: Path) -> None:
    assert run(*WITH_TRUTH, "--keys", "--frequencies-out", "names.tsv").code == 0
    with_it = ("--parameters", "mine.json", "--frequencies", "names.tsv")
    linked = json.loads(run("link", "a.jsonl", "b.jsonl", "--out", "pairs.csv", "--json", *with_it).out)
    assert linked["links"] == pytest.approx(SIZE * 0.3, rel=0.1)
    record = json.loads((folder / "a.jsonl").read_text(encoding="utf-8").splitlines()[0])
    found = run("find", "a.jsonl", record["names"][0], "--json", *with_it)
    assert record["id"] in {each["id"] for each in json.loads(found.out)}
    id_a, id_b = (folder / "truth.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    explained = json.loads(run("explain", f"a.jsonl:{id_a}", f"b.jsonl:{id_b}", "--json", *with_it).out)
    assert explained["weight_bits"] > 0


def test_names_teach_channels(run: Run, folder: Path) -> None:
    letters = dict(zip("abdegiklmnorst", "абдегиклмнорст", strict=True))
    heads, ends = ("bar", "del", "gim", "kon", "lis", "mat", "nor"), ("bas", "ted", "kin", "ros", "mal", "gob", "sit", "den")
    parts = [f"{head}{vowel}{end}" for head in heads for vowel in "aeio" for end in ends]
    rows = "".join(f"{''.join(letters[each] for each in part)}\t{part}\n" for part in parts)
    (folder / "names.tsv").write_text(f"{rows}Иван Петров\tIvan Petrov\n", encoding="utf-8")
    said = run(*LEARN, "--names", "names.tsv", "--rounds", "1")
    assert said.code == 0, said.err
    assert "cyrillic 224" in said.err
    assert "1 lines were of no use" in said.err
    shipped = json.loads(default_parameters().text)
    learned = json.loads((folder / "mine.json").read_text(encoding="utf-8"))
    assert learned["channels"]["cyrillic"] != shipped["channels"]["cyrillic"]
    assert learned["channels"]["arabic"] == shipped["channels"]["arabic"]


def test_a_worse_set_is_not_written(run: Run, folder: Path) -> None:
    # The truth is right about the records that judge and wrong about those that teach.
    pairs = [line.split(",") for line in (folder / "truth.csv").read_text(encoding="utf-8").splitlines()[1:]]
    wrong = dict(zip([a for a, _ in pairs], [b for _, b in pairs[1:]], strict=False))
    rows = [(a, b if drawn(a, "part") < 0.3 else wrong.get(a, b)) for a, b in pairs]
    (folder / "wrong.csv").write_text("id_a,id_b\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    (folder / "mine.json").write_text("kept", encoding="utf-8")
    said = run(*LEARN, "--truth", "wrong.csv")
    assert said.code == 5
    assert "error: mine.json is not written: the learned set is worse on the records held out\n" in said.err
    assert "hint:  label more pairs, or add --even-if-worse" in said.err
    assert (folder / "mine.json").read_text(encoding="utf-8") == "kept"
    assert run(*LEARN, "--truth", "wrong.csv", "--even-if-worse").code == 0
    assert (folder / "mine.json").read_text(encoding="utf-8") != "kept"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--truth", "empty.csv"), 3),
        (("--truth", "strangers.csv"), 3),
        (("--truth", "none.csv"), 3),
        (("--truth", "truth.csv", "--parameters", "truth.csv"), 4),
        (("--names", "truth.csv"), 3),
        (("--keys",), 2),
        (("--also", "a.jsonl", "b.jsonl", "truth.csv"), 2),
        (("--truth", "truth.csv", "--hold-out", "1"), 2),
        (("--truth", "truth.csv", "--out", "a.jsonl"), 3),
    ],
    ids=str,
)
def test_what_cannot_be_learned_is_said(run: Run, folder: Path, words: tuple[str, ...], code: int) -> None:
    (folder / "empty.csv").write_text("id_a,id_b\n", encoding="utf-8")
    (folder / "strangers.csv").write_text("id_a,id_b\nx,y\n", encoding="utf-8")
    before = (folder / "a.jsonl").read_bytes()
    said = run(*LEARN, *words)
    assert (said.code, said.out) == (code, ""), said.err
    assert not (folder / "mine.json").exists()
    assert (folder / "a.jsonl").read_bytes() == before


def test_no_name_is_told(run: Run, folder: Path) -> None:
    names = {name for line in (folder / "a.jsonl").read_text(encoding="utf-8").splitlines() for name in json.loads(line)["names"]}
    said = run(*WITH_TRUTH)
    assert not [name for name in names if name in said.out + said.err]
