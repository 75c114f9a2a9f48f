"""What partners are told of cases: a silent one holds up what it is told itself, and nobody else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib.casework import STRANGER, Desk, disclosed, fresh_pair
from lib.nodes import agree, fill, made_folder, offer, person, serving
from tallystick.adapters.peer_client import PeerClient
from tallystick.errors import PeerUnavailableError
from tallystick.model import Record
from tallystick.node.casework.commands import plain
from tallystick.review.roles import Actor, Role

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17")
LONG_S = 60.0
SOON_S = 0.5


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Desk]:
    """An office that meets a man whom two others hold."""
    with ExitStack() as stack:
        west, north, south = (
            stack.enter_context(serving(made_folder(tmp_path / each, each, "be"))) for each in ("west", "north", "south")
        )
        fill(west.folder, STRANGER)
        agree(west, north, south)
        for each in (north, south):
            fill(each.folder, MAN)
            offer(each)
        west.sync()
        yield Desk(west)
        for each in (west, north, south):
            each.hang_up()


@contextmanager
def posting(monkeypatch: pytest.MonkeyPatch, before: Callable[[str], None], where: str = "/cases") -> Iterator[None]:
    """Do something before a message goes out, told to whom."""
    real = PeerClient.post

    def post(client: PeerClient, path: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        if path.endswith(where):
            before(client._partner.member)
        return real(client, path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(PeerClient, "post", post)
        yield


def meeting(both: threading.Barrier) -> Callable[[str], None]:
    """Let a message go out when another one is about to: whoever waits for an answer first breaks it."""

    def meet(_member: str) -> None:
        both.wait(LONG_S)

    return meet


def met(west: Desk) -> dict[str, list[int]]:
    """Meet the man; returns the cases by partner."""
    asked = west.do("encounter_add", **west.encounter("Tomasin Verhoovel", "1981-04-17"))["asked"]
    return {each["partner"]: each["cases"] for each in asked}


def waiting(west: Desk) -> int:
    return len(west.node.open.participation.node.state.outbox())  # type: ignore[attr-defined]


def test_holders_of_a_hit_are_told_side_by_side(three: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("/redemptions", "/cases"):
        both = threading.Barrier(2)
        with posting(monkeypatch, meeting(both), where):
            asked = three.do("encounter_add", **three.encounter("Tomasin Verhoovel", "1981-04-17"))["asked"]
        assert [(each["partner"], len(each["cases"]), each["problem"]) for each in asked] == [("north", 1, ""), ("south", 1, "")]


def test_what_waits_for_several_partners_is_sent_side_by_side(three: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with three.cut_off(monkeypatch):
        met(three)
    assert waiting(three) == 2
    both = threading.Barrier(2)
    with posting(monkeypatch, meeting(both)):
        assert three.node.open.casework.go_round().problems == ()
    assert waiting(three) == 0


def test_a_slow_partner_holds_up_neither_the_chores_nor_who_acts_on_another_case(
    three: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with three.cut_off(monkeypatch):
        cases = met(three)
    casework, let_go = three.node.open.casework, threading.Event()

    def slow(member: str) -> None:
        if member == "north":
            let_go.wait(LONG_S)

    casework.wait_for_partners(SOON_S)
    with posting(monkeypatch, slow):
        [problem] = casework.go_round().problems
        assert problem == "north is told what waits for it in circle border, and is slow to answer; it goes on"
        assert waiting(three) == 1, "south has been told"
        casework.wait_for_partners(LONG_S)
        three.do("case_decide", case=cases["south"][0], verdict="same", reason="r")
        three.do("case_request", case=cases["south"][0], fields=["names"], reason="r")
        assert (waiting(three), let_go.is_set()) == (1, False), "it was sent, and north not waited for"
        let_go.set()
        casework.finish(LONG_S)
    assert (waiting(three), casework.go_round().problems) == (0, ())


def test_a_partner_that_is_silent_is_tried_once_in_a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def gone(member: str) -> None:
        tried.append(member)
        raise PeerUnavailableError(f"{member} does not answer")

    with fresh_pair(tmp_path, MAN) as (west, north):
        for _ in range(2):
            disclosed(west, north)
        fill(north.node.folder, {**MAN, "birth_dates": ["1982"]})
        with posting(monkeypatch, gone):
            done = north.node.open.casework.go_round()
        assert (done.recalled, done.problems, tried) == (2, ("west does not answer",), ["west"])
        assert north.node.open.casework.go_round().problems == ()


def test_what_partners_answered_stays_with_the_encounter(three: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, casework = Actor("officer-1", Role.OFFICER), three.node.open.casework

    def away(member: str) -> None:
        if member == "south":
            raise PeerUnavailableError("south does not answer", hint="try later")

    with posting(monkeypatch, away, ""):
        done = three.do("encounter_add", **three.encounter("Tomasin Verhoovel", "1981-04-17"))
    looked: list[Record] = []
    kept = casework.encounter(officer, done["number"], looked.append)
    assert [plain(each) for each in kept.asked] == done["asked"]
    assert [(each.partner, bool(each.cases), bool(each.problem)) for each in kept.asked] == [
        ("north", True, False),
        ("south", False, True),
    ]
    assert [each.names for each in looked] == [("Tomasin Verhoovel",)]
    assert [each.contact for each in kept.asked] == ["desk of north", ""]
    assert [plain(each) for each in kept.own] == done["own"]
    assert casework.encounter(officer, done["number"]).own == (), "nobody looked into the registers"
