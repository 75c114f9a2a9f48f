"""What a partner is told: every error has its problem, every problem its status, and none says anything of a register."""

import re
from pathlib import Path

import msgspec
import pytest

from tallystick import errors
from tallystick.adapters import peer_client
from tallystick.server import problems

SPEC = (Path(__file__).parents[2] / "spec" / "exchange-v1.md").read_text(encoding="utf-8")
SECTION = SPEC.partition("## 12. Refusals")[2].partition("\n## ")[0]
PROBLEMS = [each for each in vars(problems).values() if isinstance(each, problems.Problem)]


def tree(root: type[errors.Error] = errors.Error) -> list[type[errors.Error]]:
    return [root, *(each for child in root.__subclasses__() for each in tree(child))]


def statuses_of_the_spec() -> dict[str, int]:
    rows = re.findall(r"^\| (`.+?`) \| (\d{3}) \|", SECTION, re.MULTILINE)
    return {name: int(status) for names, status in rows for name in re.findall(r"`([a-z-]+)`", names)}


@pytest.mark.parametrize("error", tree(), ids=lambda error: error.__name__)
def test_every_error_has_its_row(error: type[errors.Error]) -> None:
    assert problems.OF_ERROR[error] in PROBLEMS


def test_no_row_is_left_over() -> None:
    assert set(problems.OF_ERROR) == set(tree())


def test_problems_and_statuses_are_those_of_the_specification() -> None:
    assert {each.name: each.status for each in PROBLEMS} == statuses_of_the_spec()
    assert f"`{problems.PREFIX}`" in SECTION


def test_whoever_is_refused_knows_every_problem() -> None:
    assert set(peer_client._REFUSALS) == set(statuses_of_the_spec())
    assert peer_client.PROBLEM == problems.PREFIX


@pytest.mark.parametrize("name", ["budget-spent", "unavailable"])
def test_what_may_be_tried_again_says_when(name: str) -> None:
    (problem,) = [each for each in PROBLEMS if each.name == name]
    assert problem.retry_after_s > 0


@pytest.mark.parametrize("error", [*tree(), ValueError, KeyError], ids=lambda error: error.__name__)
def test_what_is_said_does_not_depend_on_the_message(error: type[Exception]) -> None:
    said = problems.problem_of(error("zq7canary")).body()
    assert said == problems.problem_of(error("another")).body()
    assert b"zq7canary" not in said
    assert set(msgspec.json.decode(said)) <= {"type", "title", "status", "detail"}
