"""Transcripts of explaining: records beside each other, two names, and the weights themselves."""

import json
from pathlib import Path

import pytest

from lib.transcripts import Run
from tallystick.matching import default_parameters

HEBREW = "\u05de\u05d5\u05e0\u05d9\u05e8 \u05d0\u05dc \u05ea\u05d5\u05d6\u05d0\u05e0\u05d9"
PEOPLE = f"""\
{{"id":"p/1","names":["Nobody Here","{HEBREW}"],"birth_dates":["1974-09-03"],"emails":["a@example.org"],"nationalities":["ma"]}}
{{"id":"p:2","names":["Maria Ivanova"],"weak_names":["Mimi"],"birth_dates":["1944-05-05"],"gender":"f"}}
"""


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" ─")]


@pytest.fixture
def people(register: object, folder: Path) -> Path:  # noqa: ARG001
    path = folder / "people.jsonl"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


@pytest.mark.usefixtures("people")
def test_the_records_stand_beside_each_other(run: Run) -> None:
    said = run("explain", "watch/a1", "people.jsonl:p/1")
    assert said.code == 0, said.err
    shown = words(said.out)
    assert shown[0] == "field a1 p/1 agreement bits why"
    assert HEBREW in shown[1]
    assert "Nobody Here" not in said.out
    assert shown[2].startswith("birth 1974-09-03 1974-09-03 same +")
    assert shown[-2] == "weight bits prior bits probability decision"
    assert shown[-1].endswith(" link")
    assert said.err == "not on both sides: gender, place, identifier, city, postcode, phone, email\n"


@pytest.mark.usefixtures("people")
def test_what_speaks_against_is_negative(run: Run) -> None:
    told = json.loads(run("explain", "watch/a2", "people.jsonl:p:2", "--json").out)
    assert (told["a"], told["b"]) == ("watch/a2", "people.jsonl:p:2")
    birth = next(each for each in told["fields"] if each["field"] == "birth")
    assert birth["level"] == "different"
    assert birth["bits"] < 0


def test_two_names_need_no_store(run: Run, folder: Path) -> None:
    said = run("explain", "--names", "Munir al Tuzani", HEBREW)
    assert said.code == 0, said.err
    assert said.err == ""
    assert words(said.out)[1].startswith(f"name Munir al Tuzani {HEBREW} similar +")
    assert not list(folder.iterdir())


def test_equal_names_weigh_more_than_unequal_ones(run: Run) -> None:
    def bits(x: str, y: str) -> float:
        return float(json.loads(run("explain", "--names", x, y, "--json").out)["weight_bits"])

    assert bits("Maria Ivanova", "Ivanova, Maria") > 5
    assert bits("Maria Ivanova", "Li Wei") < 0


def test_the_prior_is_what_was_given(run: Run) -> None:
    words = ("explain", "--names", "Maria Ivanova", "Marija Ivanova", "--json", "--prior-bits")
    told = [json.loads(run(*words, prior).out) for prior in ("-30", "0")]
    assert told[0]["weight_bits"] == told[1]["weight_bits"]
    assert told[0]["probability"] < told[1]["probability"]


@pytest.mark.parametrize(
    "line", [(), ("watch/a1",), ("a/1", "b/1", "c/1"), ("a/1", "b/1", "--names", "X", "Y"), ("--names", "X")], ids=str
)
def test_a_wrong_question_is_a_usage_error(run: Run, line: tuple[str, ...]) -> None:
    assert run("explain", *line).code == 2


def test_weights_are_shown_as_they_are_used(run: Run) -> None:
    told = json.loads(run("weights", "show", "--json").out)
    shipped = default_parameters()
    assert (told["version"], told["digest"], told["weights"]) == (shipped.version, shipped.digest, shipped.weights)
    assert (told["thresholds"]["link"], told["thresholds"]["possible"]) == shipped.thresholds
    shown = words(run("weights", "show").out)
    assert f"digest {shipped.digest}" in shown
    assert f"birth day {shipped.weights['birth.day']:+.2f}" in shown


def test_other_parameters_weigh_otherwise(run: Run, folder: Path) -> None:
    text = json.loads(default_parameters().text)
    text["version"] = "mine"
    text["weights"]["alone.first"] = 0.1
    (folder / "mine.json").write_text(json.dumps(text), encoding="utf-8")
    assert json.loads(run("weights", "show", "--parameters", "mine.json", "--json").out)["version"] == "mine"
    names = ("explain", "--names", "Maria Ivanova", "Maria Ivanova", "--json")
    shipped, mine = (json.loads(run(*names, *more).out)["weight_bits"] for more in ((), ("--parameters", "mine.json")))
    assert mine < shipped


@pytest.mark.parametrize("content", [b"{}", b"\xff", None])
def test_what_is_no_parameter_file_is_a_wrong_setting(run: Run, folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / "mine.json").write_bytes(content)
    said = run("weights", "show", "--parameters", "mine.json")
    assert (said.code, said.out) == (4, "")
    assert said.err.count("\n") == 2
