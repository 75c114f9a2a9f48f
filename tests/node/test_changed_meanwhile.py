"""What changes while a partner is being asked: its answer says nothing of what is gone by then."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.liars import Bent
from lib.nodes import Node, agree, fill, grant, made_folder, offer, person, serving
from tallystick.audit.entries import QueryAsked
from tallystick.errors import RefusedError
from tallystick.exchange.agreement import BULK
from tallystick.node.asking import Asked
from tallystick.server.app import Call, Reply

WHO = person("1", "Tomasin Verhoovel", born="1981-04-17")
NOBODY = person("9", "Ilvira Quandrosse", born="1975-11-02")
BY_HAND = Asked(officer="officer-7", purpose=BULK)


@dataclass
class World:
    a: Node
    b: Node
    bent: Bent

    def meanwhile(self, what: Callable[[], Any], where: str = "/evaluations") -> None:
        """Let something happen while B's answer to the next question is on its way."""

        def bend(_call: Call, reply: Reply) -> Reply:
            self.bent.straight()
            what()
            return reply

        self.bent.where, self.bent.bend = where, bend

    def drop(self) -> None:
        """Let A drop what it has of B."""
        self.a.open.participation.copies.drop("border", "police-b")

    def hits(self) -> list[tuple[str, bytes]]:
        """State and key secrets of the hits that A keeps."""
        return [(row.state, row.secrets) for row in self.a.open.participation.node.state.hits("border")]

    def ask(self) -> Any:  # noqa: ANN401
        (outcome,) = self.a.ask("Tomasin Verhoovel", "1981-04-17", members=["police-b"])["outcomes"]
        return outcome


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    bent = Bent()
    with ExitStack() as stack:
        a = stack.enter_context(serving(made_folder(tmp_path / "police-a", "police-a")))
        b = stack.enter_context(serving(made_folder(tmp_path / "police-b", "police-b"), bent))
        fill(b.folder, WHO)
        agree(a, b)
        offer(b)
        a.sync()
        yield World(a, b, bent)
        for each in (a, b):
            each.hang_up()


def test_a_partner_dropped_while_it_is_asked_leaves_no_hit(world: World) -> None:
    world.meanwhile(world.drop)
    outcome = world.ask()
    assert ("was dropped while it was asked" in outcome["problem"], outcome["hits"], world.hits()) == (True, [], [])
    assert outcome["points"] == 32, "what was asked was paid, and is told"


def test_a_record_taken_out_while_its_holder_is_asked_is_no_hit(world: World) -> None:
    def taken_out() -> None:
        fill(world.b.folder, NOBODY)
        offer(world.b)
        world.a.sync()

    world.meanwhile(taken_out)
    outcome = world.ask()
    assert (outcome["problem"], outcome["hits"], world.hits()) == ("", [], [])


def test_a_hit_withdrawn_while_its_holder_answers_stays_withdrawn(world: World) -> None:
    def withdrawn() -> None:
        fill(world.b.folder, NOBODY)
        offer(world.b)
        world.a.sync()

    [hit] = world.ask()["hits"]
    world.meanwhile(withdrawn, "/redemptions")
    with pytest.raises(RefusedError, match="was withdrawn by police-b"):
        world.a.do("redeem", hit=hit["hit"], purpose="border", officer="o", reason="r", reference="1")
    assert world.hits() == [("withdrawn", b"")]


def test_what_is_being_asked_for_in_bulk_is_asked_for_by_nobody_else_and_not_taken_for_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    participation = world.a.open.participation
    border = participation.circles.in_force("border")
    watched: list[int] = []

    def round_of_chores() -> None:
        done = participation.go_round()
        assert (done.problems, done.asked) == ([], {})
        with monkeypatch.context() as patch:
            patch.setattr(participation.offering, "lines", lambda *_, **__: iter(()))  # read before the record was imported
            participation.asking.waiting(border, "police-b")
        watched.append(len(participation.copies.newest(border, "police-b").numbers))

    fill(world.a.folder, NOBODY)
    offer(world.a)
    world.a.sync()
    before = len(world.a.log(QueryAsked))
    fill(world.a.folder, NOBODY, WHO)
    grant(world.b, "police-a", 10_000)
    world.meanwhile(round_of_chores)
    outcome = participation.asking.bulk(border, "police-b", BY_HAND)
    assert (watched, [hit.record_id for hit in outcome.hits]) == ([1], ["1"])
    assert {entry.purpose for entry in world.a.log(QueryAsked)[before:]} == {BULK}
    assert participation.asking.waiting(border, "police-b") == 0


def test_bulk_ends_where_its_partner_is_dropped(world: World) -> None:
    fill(world.a.folder, WHO)
    offer(world.a, silent_ids=["1"])
    grant(world.b, "police-a", 10_000)
    world.meanwhile(world.drop)
    participation = world.a.open.participation
    with pytest.raises(RefusedError, match="was dropped while it was asked"):
        participation.asking.bulk(participation.circles.in_force("border"), "police-b", BY_HAND)
    assert world.hits() == []
    assert participation.node.state.watched("border", "police-b", 1) == {}
