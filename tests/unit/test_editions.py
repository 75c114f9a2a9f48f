"""What a row of an edition does, as a table over what is held."""

from datetime import date

import pytest

from tallystick.node.editions import Held, Plan, State, has_expired, index_difference, line_digest, plan_batch
from tallystick.node.ports import Duplicate, EditionRow, IndexEntry

TODAY = date(2026, 3, 1)
TOMORROW = date(2026, 3, 2)


def row(line: bytes = b"new", *, record_id: str = "p1", position: int = 1, expires_on: date | None = None) -> EditionRow:
    return EditionRow(
        position=position, record_id=record_id, line=line, expires_on=expires_on, entry=IndexEntry(keys=[], parts=[])
    )


def plan(*rows: EditionRow, held: dict[str, Held] | None = None, register_expires_on: date | None = None) -> Plan:
    return plan_batch(rows, held or {}, today=TODAY, register_expires_on=register_expires_on)


@pytest.mark.parametrize(
    ("held", "line", "expires_on", "count", "change"),
    [
        (None, b"new", None, "added", "added"),
        (None, b"new", TOMORROW, "added", "added"),
        (None, b"new", TODAY, "expired", "expired"),
        (State.CURRENT, b"old", None, "unchanged", None),
        (State.CURRENT, b"new", None, "changed", "changed"),
        (State.CURRENT, b"old", TODAY, "expired", "expired"),
        (State.CURRENT, b"new", TODAY, "expired", "expired"),
        (State.EXPIRED, b"old", None, "expired", None),
        (State.EXPIRED, b"new", TODAY, "expired", None),
        (State.EXPIRED, b"new", TOMORROW, "changed", "changed"),
        (State.REMOVED, b"old", None, "added", "added"),
        (State.REMOVED, b"new", None, "added", "added"),
        (State.REMOVED, b"old", TODAY, "expired", "expired"),
    ],
)
def test_a_row_counts_by_what_is_held(
    held: State | None, line: bytes, expires_on: date | None, count: str, change: str | None
) -> None:
    before = {"p1": Held(7, held, line_digest(b"old"), 0)} if held else {}
    done = plan(row(line, expires_on=expires_on), held=before)
    assert dict(done.counts) == {count: 1}
    assert [step.change for step in done.steps] == ([change] if change else [])
    assert done.mentioned == ([] if change else [(7, 1)])


def test_the_register_expires_for_rows_that_do_not_say() -> None:
    done = plan(row(record_id="a"), row(record_id="b", expires_on=TOMORROW), register_expires_on=TODAY)
    assert dict(done.counts) == {"expired": 1, "added": 1}


def test_the_first_of_two_rows_stays_within_a_batch_and_across() -> None:
    held = {"b": Held(7, State.CURRENT, line_digest(b"x"), 3)}
    done = plan(row(record_id="a", position=4), row(record_id="a", position=5), row(record_id="b", position=6), held=held)
    assert done.duplicates == [Duplicate(position=5, first=4), Duplicate(position=6, first=3)]
    assert dict(done.counts) == {"added": 1}


def test_the_first_day_after_is_the_first_day_gone() -> None:
    assert [has_expired(day, TODAY) for day in (None, TOMORROW, TODAY)] == [False, False, True]


def test_only_the_difference_goes_into_an_index() -> None:
    assert index_difference([1, 2, 2], [2, 3, 3]) == ({1}, {3})


def test_no_line_is_shown() -> None:
    assert "secret" not in repr(plan(row(b"secret")))
