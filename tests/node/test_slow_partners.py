"""Partners that are slow, or send more than they may: everybody else is dealt with as before."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lib.liars import Bent, Message, Send
from lib.nodes import Node, agree, fill, made_folder, offer, person, serving
from tallystick.adapters import peer_client

WHO = person("1", "Tomasin Verhoovel", born="1981-04-17")
MEMBERS = ("police-a", "police-b", "police-c")
STOPPED_S = 20.0


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


def test_a_partner_that_drips_its_index_holds_up_no_round(world: World) -> None:
    drip = Dripping()
    world.bent.where, world.bent.spoil = "/segments/", drip
    done = world.a.open.participation.go_round(patience_s=5)
    assert drip.begun.is_set()
    assert [(member, "takes longer" in why) for _, member, why in done.problems] == [("police-b", True)]
    assert (world.found(), [each.member for _, each in done.synced]) == ({"police-c"}, ["police-c"])
    fill(world.c.folder, WHO, person("2", "Ilvira Quandrosse", born="1975-11-02"))
    world.c.do("sync", circle="")
    again = world.a.open.participation.go_round(patience_s=5)
    assert [(each.member, each.deltas) for _, each in again.synced] == [("police-c", 1)], "the next round comes, too"
    world.bent.spoil = None
    drip.let_go.set()
    world.a.do("sync", circle="")
    assert world.found() == {"police-b", "police-c"}


def test_a_node_that_is_stopped_waits_for_no_slow_partner(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_client, "_CALL_S", 2.0)
    drip = Dripping()
    world.bent.where, world.bent.spoil = "/segments/", drip
    world.a.open.participation.go_round(patience_s=0.5)
    began = time.monotonic()
    world.a.open.peers.stop()
    world.a.open.participation.finish(within_s=60)
    assert time.monotonic() - began < STOPPED_S
    drip.let_go.set()
    assert world.found() <= {"police-c"}


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
