"""Partners that are slow, or send more than they may: everybody else is dealt with as before."""

import asyncio
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lib.liars import Bent, Message, Send
from lib.nodes import Node, agree, fill, made_folder, offer, person, serving
from tallystick.adapters import peer_client
from tallystick.adapters.index_files import IndexFiles
from tallystick.adapters.peer_client import PeerClient
from tallystick.audit.entries import AnswerReceived, Other, QueryAsked
from tallystick.errors import InputError, PeerUnavailableError, RefusedError
from tallystick.exchange import canonical
from tallystick.exchange.key_secrets import SECRET_BYTES, KeySecrets
from tallystick.exchange.manifest import Manifest
from tallystick.node import asking, offering
from tallystick.node.participation import Round

WHO = person("1", "Tomasin Verhoovel", born="1981-04-17")
MEMBERS = ("police-a", "police-b", "police-c")
LONG_S = 60.0
AT_ONCE_S = 10.0
"""Whoever takes longer has waited for the partner that drips: an answer is cut off after half a minute."""


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

    def copies(self) -> set[str]:
        """The partners that A has a copy of."""
        return {row.member for row in self.a.open.participation.node.state.copies("border")}

    def files(self, member: str = "police-b") -> set[str]:
        """What lies in A's folder of a partner's index: epochs, and files in them."""
        folder = self.a.folder / "indexes" / "border" / member
        return {each.relative_to(folder).as_posix() for each in folder.rglob("*")}

    def drips(self, where: str) -> Dripping:
        """Let B drip an answer, and A fetch it beside everything else."""
        drip = Dripping()
        self.bent.where, self.bent.spoil = where, drip
        participation = self.a.open.participation
        participation.patience_s = 0.5
        until(lambda: bool(participation.go_round().problems) and drip.begun.is_set() and "police-c" in self.copies())
        return drip

    def goes_on(self, drip: Dripping) -> None:
        """Let B send the rest, and wait until A has done with it."""
        self.bent.spoil = None
        drip.let_go.set()
        self.a.open.participation.finish(within_s=LONG_S)

    def has_more(self) -> None:
        """Let B publish a delta."""
        fill(self.b.folder, WHO, person("2", "Ilvira Quandrosse", born="1975-11-02"))
        self.b.do("sync", circle="")


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
    assert ("police-b", True) in {(member, "still under way" in why) for _, member, why in rounds[-1].problems}
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
    world.bent.where, world.bent.bend = "/segments/", lambda _, reply: reply
    problems = participation.go_round().problems
    assert sorted(member for _, member, _ in problems) == ["police-b", "police-c"]
    assert all("more than this node gives it (largest_index_mb in node.toml)" in why for _, _, why in problems)
    assert (others(), world.bent.seen, world.files()) == (set(), [], set()), "nothing was asked for, nothing written"
    copies._node = bears
    world.bent.straight()
    assert participation.go_round().problems == []
    assert others() == {"police-b", "police-c"}
    copies._node = replace(bears, largest_index=copies.newest(participation.circles.in_force("border"), "police-b").manifest.size)
    fill(world.b.folder, WHO, person("2", "Ilvira Quandrosse", born="1975-11-02"))
    world.b.do("sync", circle="")
    assert [member for _, member, _ in participation.go_round().problems] == ["police-b"]
    assert others() == {"police-b", "police-c"}, "what was fetched before still holds"


def test_a_manifest_that_was_too_large_is_kept_as_a_link_where_a_smaller_one_follows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offering, "MOST_DELTAS", 1)
    participation = world.a.open.participation
    border = participation.circles.in_force("border")
    world.a.sync()
    first = participation.copies.newest(border, "police-b").manifest
    world.has_more()  # a delta on top of the base
    fill(world.b.folder, WHO)
    world.b.do("sync", circle="")  # the next base
    world.bent.where, world.bent.bend = "/deltas/", lambda _, reply: reply
    copies = participation.copies
    copies._node = replace(copies._node, largest_index=first.size)
    world.a.sync()
    taken = copies.newest(border, "police-b").manifest
    assert (taken.base.number, taken.base.delta, taken.number) == (2, 1, first.number + 2)
    assert world.bent.seen == [], "nothing of the link was fetched"
    link = canonical.decode(participation.comparing.held("border", "police-b", first.number + 1).raw, Manifest, 1 << 20)
    assert (link.base, link.last_delta, link.size > first.size) == (first.base, 1, True)
    world.has_more()
    copies._node = replace(copies._node, largest_index=2 * first.size)
    world.a.sync()
    assert copies.newest(border, "police-b").manifest.number == first.number + 3, "what comes next follows on both"


def test_asking_goes_on_with_the_copy_there_is_while_a_partner_drips(world: World) -> None:
    world.a.do("sync", circle="")
    world.has_more()
    drip = world.drips("/deltas/")
    began = time.monotonic()
    outcomes = world.a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"]
    assert time.monotonic() - began < AT_ONCE_S
    assert [(each["problem"], len(each["hits"])) for each in outcomes] == [("", 1), ("", 1)]
    world.goes_on(drip)
    rows = world.a.open.participation.node.state.copies("border")
    assert [(row.member, row.delta) for row in rows] == [("police-b", 1), ("police-c", 0)]


def test_who_asks_waits_a_while_for_a_first_copy_and_no_longer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FETCH_S", 0.5)
    drip = world.drips("/segments/")
    began = time.monotonic()
    outcomes = world.a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"]
    assert time.monotonic() - began < AT_ONCE_S
    assert [("was not fetched within" in each["problem"], len(each["hits"])) for each in outcomes] == [(True, 0), (False, 1)]
    world.goes_on(drip)
    assert world.copies() == {"police-b", "police-c"}


def test_partners_are_asked_side_by_side_and_told_of_in_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.a.sync()
    both, c_is_done, real = threading.Barrier(2), threading.Event(), PeerClient.post

    def post(self: PeerClient, path: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        both.wait(LONG_S)  # whoever is asked after the other has answered breaks it
        if self._partner.member == "police-b":
            assert c_is_done.wait(LONG_S)
        try:
            return real(self, path, *given, **named)
        finally:
            if self._partner.member == "police-c":
                c_is_done.set()

    monkeypatch.setattr(PeerClient, "post", post)
    outcomes = world.a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"]
    assert [(each["member"], each["problem"], len(each["hits"])) for each in outcomes] == [
        ("police-b", "", 1), ("police-c", "", 1),
    ]  # fmt: skip
    asked = {entry.request: entry.peer for entry in world.a.log(QueryAsked)}
    assert {asked[entry.request] for entry in world.a.log(AnswerReceived)} == {"police-b", "police-c"}


def test_who_does_not_answer_in_time_is_said_to_be_one_and_what_it_says_later_is_a_hit(world: World) -> None:
    world.a.sync()
    drip, participation = Dripping(), world.a.open.participation
    world.bent.where, world.bent.spoil = "/evaluations", drip
    participation.asking.patience_s = 1.0
    said = world.a.ask("Tomasin Verhoovel", "1981-04-17", members=["police-c", "police-b", "police-c"])
    assert [(each["member"], "no answer within 1 s" in each["problem"], len(each["hits"])) for each in said["outcomes"]] == [
        ("police-c", False, 1), ("police-b", True, 0),
    ]  # fmt: skip

    def found() -> set[str]:
        return {row.member for row in participation.node.state.hits("border") if row.query == said["query"]}

    assert found() == {"police-c"}
    world.goes_on(drip)
    assert found() == {"police-b", "police-c"}


def test_nobody_is_asked_who_is_no_partner(world: World) -> None:
    for stranger in ("police-a", "police-z"):
        with pytest.raises(InputError, match=f"{stranger} is no partner"):
            world.a.ask("Tomasin Verhoovel", "1981-04-17", members=["police-b", stranger])
    assert world.a.log(QueryAsked) == []


@pytest.mark.parametrize("where", ["/segments/", "/deltas/"])
def test_a_partner_dropped_while_it_drips_is_gone_at_once_and_nothing_of_it_stays(world: World, where: str) -> None:
    if where == "/deltas/":
        world.a.do("sync", circle="")
        world.has_more()
    drip = world.drips(where)
    began = time.monotonic()
    world.a.open.participation.copies.drop_strangers("border", {"police-a", "police-c"})
    assert time.monotonic() - began < AT_ONCE_S
    assert (world.copies(), world.files()) == ({"police-c"}, set())
    world.goes_on(drip)
    assert (world.copies(), world.files()) == ({"police-c"}, set())
    assert [entry.text for entry in world.a.log(Other) if entry.kind == "broken-rule"] == [], "it is no fault of the partner"


def test_who_waits_for_a_fetch_from_a_partner_that_left_meanwhile_fetches_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    participation = world.a.open.participation
    border = participation.circles.in_force("border")
    drip, said = world.drips("/segments/"), list[str]()

    def waits() -> None:
        with pytest.raises(RefusedError) as raised:
            participation.copies.sync(border, "police-b")
        said.append(str(raised.value))

    waiting = threading.Thread(target=waits)
    waiting.start()
    time.sleep(0.1)
    left = replace(border, left=frozenset({"police-b"}))
    view = replace(participation.circles.view("border"), circle=left)
    monkeypatch.setattr(type(participation.circles), "view", lambda *_: view)
    participation.copies.drop_strangers("border", left.members)
    world.goes_on(drip)
    waiting.join(LONG_S)
    assert [each.split(" while")[0] for each in said] == ["police-b was dropped from circle border"]
    assert (world.copies(), world.files()) == ({"police-c"}, set())


def test_what_was_asked_for_before_a_copy_was_dropped_is_not_kept(world: World) -> None:
    world.a.do("sync", circle="")
    participation = world.a.open.participation
    copy = participation.copies.newest(participation.circles.in_force("border"), "police-b")
    participation.copies.drop("border", "police-b")
    keys = KeySecrets(bytes(SECRET_BYTES), array("I", [0]), array("H", [200]))
    with pytest.raises(RefusedError, match="was dropped while it was asked"):
        participation.copies.add(copy, [(("wanted", "late"), bytes(32))], keys, "bulk")
    assert world.files() == set()
    assert participation.node.state.watched("border", "police-b", 1) == {}
    participation.copies.drop_records(copy, [("wanted", "1")])
    assert world.files() == set()


def test_a_base_that_is_not_what_it_should_be_leaves_no_file(world: World) -> None:
    world.bent.where, world.bent.bend = "/segments/", lambda _, reply: replace(reply, body=bytes(len(reply.body)))
    done = world.a.open.participation.go_round()
    assert [(member, "is not what its manifest says" in why) for _, member, why in done.problems] == [("police-b", True)]
    assert (world.files(), world.copies()) == (set(), {"police-c"})


def test_files_of_a_fetch_that_was_killed_go_with_the_next(world: World) -> None:
    stray = world.a.folder / "indexes" / "border" / "police-b" / "7"
    stray.mkdir(parents=True)
    (stray / "base-1.new.part").write_bytes(b"half")
    world.a.do("sync", circle="")
    assert {each.split("/")[0] for each in world.files()} == {"1"}


def test_a_file_that_is_cut_off_is_removed(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise PeerUnavailableError("police-b does not answer", hint="wait")

    with pytest.raises(PeerUnavailableError):
        IndexFiles(tmp_path / "1").write("base-1.new", parts())
    assert list((tmp_path / "1").iterdir()) == []
