"""Partners that are slow, or send more than they may: everybody else is dealt with as before."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lib.liars import Bent, Message, Send
from lib.nodes import Node, agree, fill, made_folder, offer, person, serving
from tallystick.adapters import peer_client
from tallystick.node.participation import Round

WHO = person("1", "Tomasin Verhoovel", born="1981-04-17")
MEMBERS = ("police-a", "police-b", "police-c")
LONG_S = 60.0


class Dripping:
    """Sends a byte now and then, until it is let go: then the rest."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.begun = threading.Event()

    async def __call__(self, start: Message, content: Message, send: Send) -> None:
        self.begun.set()
        await send(start)
        at = 0
        while not self.let_go.is_set():
            await send({**content, "body": content["body"][at : at + 1], "more_body": True})
            at += 1
            await asyncio.sleep(0.05)
        await send({**content, "body": content["body"][at:]})


@dataclass
class World:
    a: Node
    b: Node
    c: Node
    bent: Bent

    def found(self) -> set[str]:
        """The partners that A has hits with."""
        return {row.member for row in self.a.open.participation.node.state.hits("border")}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Three nodes that know one person; A has fetched nothing yet."""
    bent = Bent()
    with ExitStack() as stack:
        a, b, c = (
            stack.enter_context(serving(made_folder(tmp_path / member, member), bent if member == "police-b" else None))
            for member in MEMBERS
        )
        for each in (a, b, c):
            fill(each.folder, WHO)
        agree(a, b, c)
        for each in (a, b, c):
            offer(each)
        for each in (b, c):
            each.do("sync", circle="")
        yield World(a, b, c, bent)
        bent.straight()
        for each in (a, b, c):
            each.hang_up()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not true():
        assert time.monotonic() < end, "it never became true"


def test_a_partner_that_drips_its_index_holds_up_no_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_client, "_CALL_S", 4 * LONG_S)
    participation, drip, rounds = world.a.open.participation, Dripping(), []
    participation.patience_s = 2.0
    world.bent.where, world.bent.spoil = "/segments/", drip

    def go_round() -> Round:
        rounds.append(participation.go_round())
        return rounds[-1]

    until(lambda: bool(go_round().synced))
    assert drip.begun.is_set()
    assert ("police-b", True) in {(member, "takes longer" in why) for _, member, why in rounds[-1].problems}
    assert world.found() == {"police-c"}
    fill(world.c.folder, WHO, person("2", "Ilvira Quandrosse", born="1975-11-02"))
    world.c.do("sync", circle="")
    until(lambda: [each.deltas for _, each in go_round().synced if each.member == "police-c"] == [1])
    world.bent.spoil = None
    drip.let_go.set()
    until(lambda: "police-b" in {each.member for _, each in go_round().synced})
    assert world.found() == {"police-b", "police-c"}


def test_a_node_that_is_stopped_waits_for_no_slow_partner(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_client, "_CALL_S", 4 * LONG_S)
    drip = Dripping()
    world.bent.where, world.bent.spoil = "/segments/", drip
    world.a.open.participation.patience_s = 0.5
    until(lambda: bool(world.a.open.participation.go_round().problems) and drip.begun.is_set())
    world.a.open.peers.stop()
    world.a.open.participation.finish(within_s=LONG_S)
    assert [problem for _, member, problem in world.a.open.participation.go_round().problems if "being stopped" in problem]
    assert not drip.let_go.is_set(), "it drips on, and nobody listens"
    drip.let_go.set()


def test_an_index_larger_than_it_may_be_is_not_fetched_and_the_copy_stays(world: World) -> None:
    participation, others = world.a.open.participation, world.found
    copies = participation.copies
    bears = copies._node
    copies._node = replace(bears, largest_index=1)
    problems = participation.go_round().problems
    assert sorted(member for _, member, _ in problems) == ["police-b", "police-c"]
    assert all("largest_index_mb" not in why and "more than this node gives it" in why for _, _, why in problems)
    assert others() == set()
    copies._node = bears
    assert participation.go_round().problems == []
    assert others() == {"police-b", "police-c"}
    copies._node = replace(bears, largest_index=copies.newest(participation.circles.in_force("border"), "police-b").manifest.size)
    fill(world.b.folder, WHO, person("2", "Ilvira Quandrosse", born="1975-11-02"))
    world.b.do("sync", circle="")
    assert [member for _, member, _ in participation.go_round().problems] == ["police-b"]
    assert others() == {"police-b", "police-c"}, "what was fetched before still holds"
