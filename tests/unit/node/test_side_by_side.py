"""Work side by side: what is slow holds up nobody, is not begun twice, and is told of once it is done."""

import threading

import pytest

from tallystick.node.side_by_side import SideBySide

SOON_S = 1.0
LONG_S = 10.0


class Slow:
    """Work that takes until it is let go."""

    def __init__(self, says: str) -> None:
        self.says = says
        self.begun = 0
        self.let_go = threading.Event()

    def __call__(self) -> str:
        self.begun += 1
        assert self.let_go.wait(LONG_S)
        return self.says


def test_who_is_slow_holds_up_nobody_and_is_told_of_later() -> None:
    beside, slow = SideBySide[str, str](), Slow("a")
    assert beside.do({"a": slow, "b": lambda: "b"}, SOON_S) == (["b"], ["a"])
    assert beside.do({"a": slow, "b": lambda: "b again"}, SOON_S) == (["b again"], ["a"])
    assert (slow.begun, beside.late()) == (1, []), "one piece of a kind is under way at a time"
    slow.let_go.set()
    beside.finish(LONG_S)
    assert beside.do({"b": lambda: "b"}, SOON_S) == (["b"], []), "what was late is nobody else's"
    assert (beside.late(), beside.late()) == (["a"], []), "once"


def test_who_is_patient_waits_for_what_was_under_way_and_then_does_its_own() -> None:
    beside, slow = SideBySide[str, str](), Slow("before")
    beside.do({"a": slow}, 0)
    threading.Timer(SOON_S, slow.let_go.set).start()
    assert beside.do({"a": lambda: f"own, let go: {slow.let_go.is_set()}"}) == (["own, let go: True"], [])


def test_what_one_breaks_costs_no_other_its_result() -> None:
    def broken() -> str:
        raise ZeroDivisionError

    beside, slow = SideBySide[str, str](), Slow("late")
    beside.do({"a": slow}, 0)
    slow.let_go.set()
    beside.finish(LONG_S)
    with pytest.raises(ZeroDivisionError):
        beside.do({"b": broken, "c": lambda: "c"})
    assert beside.late() == ["late"]


def test_what_breaks_is_raised_where_somebody_waits_for_it() -> None:
    def broken() -> str:
        raise ZeroDivisionError

    beside = SideBySide[str, str]()
    with pytest.raises(ZeroDivisionError):
        beside.do({"a": broken})
    assert beside.do({"a": lambda: "a"}) == (["a"], []), "its turn is over"


def test_nothing_is_kept_of_whose_turn_it_was() -> None:
    beside, slow = SideBySide[str, str](), Slow("a")
    beside.do({"a": slow}, 0)
    beside.do({"a": slow, "b": lambda: "b"}, SOON_S)
    slow.let_go.set()
    beside.finish(LONG_S)
    assert beside._turns == {}, "a question is asked once: its turn would be kept for ever"


def test_all_begin_at_once() -> None:
    together = threading.Barrier(20)

    def meet() -> int:
        return together.wait(LONG_S)

    assert sorted(SideBySide[int, int]().do(dict.fromkeys(range(20), meet))[0]) == list(range(20))
