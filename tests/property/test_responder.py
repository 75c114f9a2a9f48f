"""A responder: which check decides, what is recorded, and that no point beyond the budget is ever evaluated."""

from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import circles
from lib.circles import NOW_S
from tallystick.errors import DeserializeError, LocalProtocolError, QueryBudgetError
from tallystick.exchange import agreement, budget, canonical, messages
from tallystick.exchange.budget import Budgets, Charge, Grant
from tallystick.exchange.responder import Admitted, Answer, OpenEpoch, Query, QueryEntry, Refusal, Responder
from tallystick.exchange.signing import Signed

CIRCLE = circles.circle("asker", "holder", "third")
POINT = b"\x02" + bytes(31)
DAY_S = 86_400


class Counting:
    """A key that counts what it evaluates, and refuses points of zeros."""

    def __init__(self) -> None:
        self.points = 0

    def blind_evaluate_batch(self, blinded: bytes) -> tuple[bytes, bytes | None]:
        if bytes(32) in {blinded[at : at + 32] for at in range(0, len(blinded), 32)}:
            raise DeserializeError("no element")
        self.points += len(blinded) // 32
        return blinded, bytes(64)


def request(count: int, point: bytes = POINT) -> bytes:
    return messages.encode_request(circles.SUITE, point * count)


QUERY = Query(member="asker", circle="harbour", epoch=1, purpose="border", officer="o-17", body=request(32))


def responder(key: Counting, budgets: Budgets | None = None) -> Responder:
    epochs = {1: OpenEpoch(key, NOW_S, NOW_S + 10 * DAY_S), 2: OpenEpoch(key, NOW_S + 9 * DAY_S, NOW_S + 99 * DAY_S)}
    return Responder(CIRCLE, "holder", epochs, Budgets() if budgets is None else budgets)


@pytest.mark.parametrize(
    ("query", "problem", "recorded"),
    [
        (replace(QUERY, member="stranger", epoch=9, purpose="x", body=b""), "not-authorized", "counted"),
        (replace(QUERY, member="holder"), "not-authorized", "counted"),
        (replace(QUERY, circle="other"), "not-authorized", "counted"),
        (replace(QUERY, epoch=9, purpose="x", body=b""), "unknown-epoch", "recorded"),
        (replace(QUERY, epoch=2), "unknown-epoch", "recorded"),
        (replace(QUERY, purpose="x", body=b""), "purpose-not-agreed", "recorded"),
        (replace(QUERY, purpose="bulk", body=b""), "purpose-not-agreed", "recorded"),
        (replace(QUERY, body=b""), "malformed", "recorded"),
        (replace(QUERY, body=request(256)), "malformed", "recorded"),
    ],
)
def test_the_first_check_that_fails_decides(query: Query, problem: str, recorded: str) -> None:
    said = responder(Counting()).admit(query, NOW_S)
    assert isinstance(said, Refusal)
    assert (said.problem, "counted" if said.entry is None else "recorded") == (problem, recorded)
    if said.entry:
        assert said.entry.charge is None
        assert said.entry.purpose in {"", "border", "bulk"}


def test_an_epoch_is_answered_from_its_beginning_until_it_closes() -> None:
    answering = responder(Counting())
    answered = [
        isinstance(answering.admit(replace(QUERY, epoch=epoch), NOW_S + at_s), Admitted)
        for epoch, at_s in ((1, -1), (1, 0), (1, 10 * DAY_S - 1), (1, 10 * DAY_S), (2, 9 * DAY_S))
    ]
    assert answered == [False, True, True, False, True]


def test_who_left_is_nobody_and_who_is_alone_answers_nobody() -> None:
    leave = agreement.Leave(at=canonical.moment_of(NOW_S), circle="harbour", format="x1", member="asker", revision=1)
    left = agreement.leave(CIRCLE, Signed.made("leave", canonical.encode(leave), "asker", circles.signing_key("asker")))
    answering = Responder(left, "holder", {1: OpenEpoch(Counting(), NOW_S, NOW_S + 1)}, Budgets())
    said = answering.admit(QUERY, NOW_S)
    assert isinstance(said, Refusal)
    assert said.problem == "not-authorized"
    assert isinstance(answering.admit(replace(QUERY, member="third"), NOW_S), Admitted)


def test_an_answer_is_charged_when_it_is_recorded_and_not_before() -> None:
    budgets, key = Budgets(), Counting()
    answering = responder(key, budgets)
    admitted = answering.admit(QUERY, NOW_S)
    assert isinstance(admitted, Admitted)
    answer = answering.evaluate(admitted)
    assert isinstance(answer, Answer)
    assert not budgets.spent
    answering.recorded(answer)
    assert budgets.spent == {("asker", "harbour", "border", 1): 32}
    assert answer.entry.charge == answer.charge
    assert (answer.entry.officer, answer.entry.points, answer.entry.agreement) == ("o-17", 32, CIRCLE.digest)
    assert answer.entry.request == canonical.digest(QUERY.body)
    assert answer.entry.response == canonical.digest(answer.body)
    assert budget.replay([answer.charge], {CIRCLE.digest: CIRCLE.agreement}) == budgets


def test_a_bad_point_costs_nothing() -> None:
    budgets, key = Budgets(), Counting()
    answering = responder(key, budgets)
    admitted = answering.admit(replace(QUERY, body=request(32, bytes(32))), NOW_S)
    assert isinstance(admitted, Admitted)
    refused = answering.evaluate(admitted)
    answering.dropped(admitted)
    assert isinstance(refused, Refusal)
    assert (refused.problem, key.points, budgets.spent, budgets.held) == ("malformed", 0, {}, {})


def test_a_key_without_proofs_is_not_used() -> None:
    class Unproven(Counting):
        def blind_evaluate_batch(self, blinded: bytes) -> tuple[bytes, bytes | None]:
            return blinded, None

    answering = responder(Unproven())
    admitted = answering.admit(QUERY, NOW_S)
    assert isinstance(admitted, Admitted)
    with pytest.raises(LocalProtocolError, match="without proofs"):
        answering.evaluate(admitted)


class Step(NamedTuple):
    member: str
    purpose: str
    points: int
    pause_s: int
    fate: str


@given(
    st.lists(
        st.builds(
            Step,
            st.sampled_from(["asker", "third"]),
            st.sampled_from(["border", "visa", "bulk"]),
            st.sampled_from([32, 64, 256, 1024]),
            st.sampled_from([0, 1, 600, 20_000]),
            st.sampled_from(["record", "wait", "lose"]),
        ),
        max_size=80,
    )
)
@settings(max_examples=200)
def test_what_is_evaluated_is_within_the_budget_and_what_is_recorded_is_the_state(steps: list[Step]) -> None:
    budgets, key = Budgets(), Counting()
    grant = Grant("asker", "harbour", 1, 2_000, NOW_S + 100_000, NOW_S)
    budgets.grant(grant)
    answering = responder(key, budgets)
    log: list[QueryEntry] = []
    waiting: list[Answer] = []
    evaluated: list[Charge] = []
    at_s = NOW_S
    for step in steps:
        at_s = min(at_s + step.pause_s, NOW_S + 10 * DAY_S - 1)
        said = answering.admit(replace(QUERY, member=step.member, purpose=step.purpose, body=request(step.points)), at_s)
        if isinstance(said, Refusal):
            assert said.entry is not None
            log.append(said.entry)
            assert said.problem != "budget-spent" or said.retry_after_s > 0
            continue
        answer = answering.evaluate(said)
        assert isinstance(answer, Answer)
        evaluated.append(answer.charge)
        if step.fate == "lose":
            answering.dropped(said)
            evaluated.pop()  # nobody saw it: it never left
            continue
        waiting.append(answer)
        if step.fate == "record":
            for each in waiting:
                answering.recorded(each)
                log.append(each.entry)
            waiting.clear()
    for name in ("border", "visa", "bulk"):
        for member in ("asker", "third"):
            mine = [each for each in evaluated if (each.purpose, each.member) == (name, member)]
            total = sum(each.points for each in mine)
            if name == "bulk":
                assert total <= (2_000 if member == "asker" else 0)
            else:
                limits = budget.limits_of(CIRCLE.agreement, name)
                assert total * DAY_S <= limits.burst * DAY_S + (at_s - NOW_S) * limits.points_per_day
    charges = [each.charge for each in log if each.charge is not None]
    assert budget.replay([grant, *charges], {CIRCLE.digest: CIRCLE.agreement}) == budgets


def test_whoever_spends_without_asking_is_stopped() -> None:
    budgets = Budgets()
    with pytest.raises(QueryBudgetError):
        budgets.hold(Charge("asker", "harbour", "visa", 1, 65, NOW_S, CIRCLE.digest), CIRCLE.agreement)
