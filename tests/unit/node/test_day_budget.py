"""A partner gets so many messages through a day, at most and at least; what is refused costs it nothing."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.errors import QueryBudgetError, RefusedError
from tallystick.node.day_budget import DAY_S, DayBudget


def refuse() -> None:
    raise RefusedError("the case is closed")


def send(budget: DayBudget, at_s: float, *, circle: str = "border", member: str = "north", refused: bool = False) -> bool:
    """Send one message; tells whether it was paid for."""
    try:
        with budget.paid(circle, member, at_s):
            if refused:
                refuse()
    except QueryBudgetError:
        return False
    except RefusedError:
        return False
    return True


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 2 * DAY_S), st.booleans()), max_size=80))
def test_no_more_gets_through_than_a_day_has(a_day: int, sent: list[tuple[int, bool]]) -> None:
    budget, taken = DayBudget(a_day), list[int]()
    for at_s, refused in sorted(sent):
        if send(budget, at_s, refused=refused):
            taken.append(at_s)
    for start in taken:
        assert len([each for each in taken if start <= each < start + DAY_S]) <= 2 * a_day
    assert len(taken) <= a_day + (max(taken) / DAY_S * a_day if taken else 0) + 1


@given(st.integers(1, 30))
def test_what_was_refused_costs_nothing_and_others_are_none_of_it(a_day: int) -> None:
    budget = DayBudget(a_day)
    assert not any(send(budget, 0, refused=True) for _ in range(3 * a_day))
    assert all(send(budget, 0) for _ in range(a_day))
    assert not send(budget, 0)
    assert send(budget, 0, member="east")
    assert send(budget, 0, circle="fraud")


@given(st.integers(1, 5000))
def test_who_waits_as_long_as_told_is_heard(a_day: int) -> None:
    budget = DayBudget(a_day)
    for _ in range(a_day):
        assert send(budget, 0)
    with pytest.raises(QueryBudgetError) as told, budget.paid("border", "north", 0):
        pass
    assert 0 < told.value.retry_after_s <= DAY_S + 1
    with suppress(QueryBudgetError), budget.paid("border", "north", told.value.retry_after_s):
        return
    pytest.fail("it waited as long as it was told")
