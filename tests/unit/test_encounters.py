"""Encounters: what is one, and what is refused without repeating it."""

import pytest

from tallystick.errors import RecordError
from tallystick.model import Record
from tallystick.model.encounter import Encounter

GOOD = {"kind": "border", "country": "be", "time": "2026-11-25T14:05Z", "place": "post 4"}


def met(**changes: str) -> Encounter:
    return Encounter(person=Record(id="x", names=("N",)), **{**GOOD, **changes})


@pytest.mark.parametrize(
    "time", ["2026-11-25", "2026-11", "2026~", "2026-11-01/2026-11-05", "2026-11-25T14:05Z", "2026-11-25T14:05:09Z"]
)
def test_a_time_is_as_exact_as_it_is_known(time: str) -> None:
    assert met(time=time).time == time


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "meeting"}, {"country": "BE"}, {"country": ""}, {"time": "yesterday"}, {"time": "2026-13-01"},
        {"time": "2026-11-25T25:00Z"}, {"time": "2026-11-25T14:05"}, {"place": "a\nb"}, {"place": "x" * 201},
    ],
)  # fmt: skip
def test_what_is_outside_its_format_is_refused_without_repeating_it(changes: dict[str, str]) -> None:
    with pytest.raises(RecordError) as refused:
        met(**changes)
    [value] = changes.values()
    assert not value or value not in str(refused.value)


def test_an_encounter_shows_no_person() -> None:
    assert "N" not in repr(met()).replace("None", "")
