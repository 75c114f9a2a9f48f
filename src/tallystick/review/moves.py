"""What somebody may do with a case now: its state and the actor's role together. For menus; `cases.step` decides."""

from collections.abc import Callable

from tallystick.review import footings
from tallystick.review.cases import Case, Stage
from tallystick.review.roles import Action, Actor

_Open = Callable[[Case], bool]


def _requester(true: _Open) -> _Open:
    return lambda case: case.side == "requester" and true(case)


def _holder(true: _Open) -> _Open:
    return lambda case: case.side == "holder" and true(case)


def _may_request(case: Case) -> bool:
    is_free = case.request is None or case.answer is not None
    return bool(case.told_at) and not case.closed_at and is_free and not case.is_held and case.verdict in {"same", "undecided"}


def _waits(case: Case) -> bool:
    return case.request is not None and case.answer is None and not case.closed_at


def _may_close(case: Case) -> bool:
    if case.closed_at or case.stage in {"recalled", "footing"}:
        return False
    is_answered = case.request is None or case.answer is not None
    return is_answered and (case.side == "holder" or case.outcome is not None)


MOVES: dict[str, tuple[Action, _Open]] = {
    "tell": (Action.REDEEM, _requester(lambda case: not case.told_at and not case.closed_at and not case.withdrawn_at)),
    "decide": (Action.DECIDE, lambda _: True),
    "request": (Action.REQUEST, _requester(_may_request)),
    "approve": (Action.APPROVE, _holder(_waits)),
    "refuse": (Action.APPROVE, _holder(_waits)),
    "outcome": (Action.REPORT_OUTCOME, _requester(lambda case: not case.closed_at)),
    "close": (Action.CLOSE, _may_close),
    "recall": (Action.RECALL, _holder(lambda case: case.is_held)),
    "acknowledge": (
        Action.ACKNOWLEDGE_RECALL,
        _requester(lambda case: case.recall is not None and case.acknowledged_at is None),
    ),
    "heed": (Action.HEED_FOOTING, lambda case: bool(footings.to_heed(case.footings))),
}
"""Each move with the action it needs, and the states in which it is open."""


_ONWARD: dict[Stage, tuple[str, ...]] = {
    "alert": ("tell", "decide"), "decided": ("request", "outcome"), "requested": ("approve",), "refused": ("outcome",),
    "disclosed": ("outcome",), "outcome": ("close",), "withdrawn": ("outcome", "close"), "recalled": ("acknowledge",),
    "footing": ("heed",),
}  # fmt: skip
"""What carries a case on from a stage; of several the first that is open."""


def moves(case: Case, actor: Actor) -> tuple[str, ...]:
    """Return the names of the moves that are open to an actor."""
    return tuple(name for name, (action, is_open) in MOVES.items() if actor.may(action) and is_open(case))


def onward(case: Case, actor: Actor) -> str:
    """Return the open move by which an actor carries a case on; empty where it waits for somebody else.

    Who has decided or approved already is not asked to do it again: a second person is.
    """
    if case.waiting_for != "us":
        return ""
    half = case.half_decided
    done = {"decide"} if half is not None and half.by == actor.name else set[str]()
    done |= {"approve"} if any(each.by == actor.name for each in case.approvals) else set()
    open_now = set(moves(case, actor)) - done
    return next((each for each in _ONWARD.get(case.stage, ()) if each in open_now), "")
