"""Budgets: never more than agreed, and the log alone gives the state."""

from typing import Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.circles import NOW_S, circle
from tallystick.errors import QueryBudgetError, RefusedError
from tallystick.exchange import budget
from tallystick.exchange.budget import DAY_S, Budgets, Charge, Grant, limits_of

CIRCLE = circle("asker", "holder", "third")
AGREED = CIRCLE.agreement
AGREEMENTS = {CIRCLE.digest: AGREED}
CLOSES_S = NOW_S + 90 * DAY_S


class Step(NamedTuple):
    """Somebody asks, and the entry of an earlier request may reach the log, or fail to."""

    member: str
    purpose: str
    epoch: int
    points: int
    pause_s: int
    then: Literal["keep waiting", "record", "drop", "record oldest"]


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["asker", "third"]),
        st.sampled_from(["border", "visa", "bulk"]),
        st.integers(1, 2),
        st.sampled_from([32, 64, 256]),
        st.sampled_from([0, 1, 59, 3_600, 40_000, DAY_S]),
        st.sampled_from(["keep waiting", "record", "drop", "record oldest"]),
    ),
    max_size=60,
)


def charge(step: Step, at_s: int) -> Charge:
    return Charge(step.member, "harbour", step.purpose, step.epoch, step.points, at_s, CIRCLE.digest)


@given(steps, st.lists(st.builds(Grant, st.just("asker"), st.just("harbour"), st.integers(1, 2), st.integers(1, 2_000),
                                 st.integers(NOW_S, NOW_S + 3 * DAY_S), st.just(NOW_S)), max_size=4))  # fmt: skip
@settings(max_examples=300)
def test_the_log_gives_the_state_and_no_point_is_spent_twice(taken: list[Step], grants: list[Grant]) -> None:
    live = Budgets()
    log: list[Charge | Grant] = []
    waiting: list[Charge] = []
    for grant in grants:
        live.grant(grant)
        log.append(grant)
    at_s = NOW_S
    for step in taken:
        at_s += step.pause_s
        asked = charge(step, at_s)
        left = live.left(asked, AGREED)
        wait_s = live.wait_s(asked, AGREED, CLOSES_S)
        assert (wait_s == 0) == (asked.points <= left)
        if wait_s:
            with pytest.raises(QueryBudgetError, match=step.member):
                live.hold(asked, AGREED)
            continue
        live.hold(asked, AGREED)
        assert live.left(asked, AGREED) == left - asked.points
        if step.then == "drop":
            live.release(asked)
            assert live.left(asked, AGREED) == left
            continue
        waiting.append(asked)
        while waiting and step.then.startswith("record"):
            entry = waiting.pop(0 if step.then == "record oldest" else -1)
            live.commit(entry, AGREED)
            log.append(entry)
            if step.then == "record oldest":
                break
        assert budget.replay(log, AGREEMENTS) == live
    check_never_beyond(log, waiting)
    assert budget.restored(live.plain()) == live
    half = len(log) // 2
    assert budget.replay(log[half:], AGREEMENTS, budget.replay(log[:half], AGREEMENTS)) == live


def check_never_beyond(log: list[Charge | Grant], waiting: list[Charge]) -> None:
    """What the specification promises, computed the long way."""
    charges = sorted((each for each in [*log, *waiting] if isinstance(each, Charge)), key=lambda each: each.at_s)
    for member, purpose in {(each.member, each.purpose) for each in charges}:
        mine = [each for each in charges if (each.member, each.purpose) == (member, purpose)]
        for epoch in (1, 2):
            total = sum(each.points for each in mine if each.epoch == epoch)
            if purpose == "bulk":
                assert total <= sum(
                    each.points for each in log if isinstance(each, Grant) and (each.member, each.epoch) == (member, epoch)
                )
            else:
                assert total <= limits_of(AGREED, purpose).points_per_epoch
        if purpose != "bulk":
            agreed = limits_of(AGREED, purpose)
            for day in {each.at_s // DAY_S for each in mine}:
                assert sum(each.points for each in mine if each.at_s // DAY_S == day) <= agreed.points_per_day
            for i, first in enumerate(mine):
                spent = 0
                for last in mine[i:]:
                    spent += last.points
                    assert spent * DAY_S <= agreed.burst * DAY_S + (last.at_s - first.at_s) * agreed.points_per_day


@given(st.integers(1, 64), st.integers(0, 64))
def test_retry_after_is_exact(points: int, before: int) -> None:
    live = Budgets()
    first = Charge("asker", "harbour", "visa", 1, before, NOW_S, CIRCLE.digest)
    live.spend(first, AGREED)
    asked = first._replace(points=points)
    wait_s = live.wait_s(asked, AGREED, CLOSES_S)
    assert live.wait_s(asked._replace(at_s=NOW_S + wait_s), AGREED, CLOSES_S) == 0
    if wait_s:
        assert live.wait_s(asked._replace(at_s=NOW_S + wait_s - 1), AGREED, CLOSES_S) == 1


def test_a_clock_that_goes_back_gives_nothing() -> None:
    live = Budgets()
    live.spend(Charge("asker", "harbour", "visa", 1, 64, NOW_S, CIRCLE.digest), AGREED)
    asked = Charge("asker", "harbour", "visa", 1, 32, NOW_S - DAY_S, CIRCLE.digest)
    assert live.left(asked, AGREED) == 0
    live.spend(asked._replace(points=0), AGREED)
    assert live.left(asked._replace(at_s=NOW_S), AGREED) == 0


def test_an_epoch_s_sum_does_not_come_back_before_it_closes() -> None:
    live = Budgets()
    asked = Charge("asker", "harbour", "visa", 1, 64, NOW_S, CIRCLE.digest)
    live.spent["asker", "harbour", "visa", 1] = 990
    assert live.wait_s(asked, AGREED, CLOSES_S) == CLOSES_S - NOW_S
    assert live.wait_s(asked._replace(epoch=2), AGREED, CLOSES_S) == 0


def test_the_first_day_has_no_more_points_than_any_other() -> None:
    live, midnight_s = Budgets(), -(-NOW_S // DAY_S) * DAY_S
    asked = Charge("asker", "harbour", "visa", 1, 32, midnight_s, CIRCLE.digest)
    spent_s = []
    for second in range(0, 2 * DAY_S, 600):
        each = asked._replace(at_s=midnight_s + second)
        if not live.wait_s(each, AGREED, CLOSES_S):
            live.spend(each, AGREED)
            spent_s.append(second)
    days = [sum(32 for second in spent_s if second // DAY_S == day) for day in (0, 1)]
    assert days == [96, 96], "of 100 points a day"
    late = asked._replace(at_s=midnight_s + DAY_S - 1)
    assert live.wait_s(late, AGREED, CLOSES_S) > 0, "a clock that goes back finds the newest day"


def test_evaluations_are_those_of_all_members_and_purposes_under_one_key() -> None:
    live = Budgets()
    for member, purpose, epoch in (("asker", "visa", 1), ("other", "border", 1), ("asker", "visa", 2)):
        live.spend(Charge(member, "harbour", purpose, epoch, 32, NOW_S, CIRCLE.digest), AGREED)
    live.hold(Charge("third", "harbour", "visa", 1, 32, NOW_S, CIRCLE.digest), AGREED)
    assert [live.evaluations("harbour", epoch) for epoch in (1, 2, 3)] == [96, 32, 0]


def test_grants_add_up_to_what_the_circle_allows() -> None:
    live = Budgets()
    grant = Grant("asker", "harbour", 1, 60_000, NOW_S + DAY_S, NOW_S)
    live.check_grant(grant, AGREED)
    live.grant(grant)
    with pytest.raises(QueryBudgetError, match="epoch 1"):
        live.check_grant(grant, AGREED)
    live.check_grant(grant._replace(epoch=2), AGREED)
    live.check_grant(grant._replace(member="third"), AGREED)
    asked = Charge("asker", "harbour", "bulk", 1, 4096, NOW_S, CIRCLE.digest)
    assert live.left(asked, AGREED) == 60_000
    assert live.left(asked._replace(at_s=NOW_S + DAY_S), AGREED) == 0
    assert live.left(asked._replace(member="third"), AGREED) == 0


def test_a_purpose_nobody_agreed_on_has_no_limits() -> None:
    with pytest.raises(RefusedError, match="harbour"):
        limits_of(AGREED, "curiosity")
