"""Partners that lie, and traffic that is cut, repeated, reordered, dripped: none of it is taken for an answer, and nobody waits.

Three nodes: A asks, B lies, C is honest. A asks both at once; whatever B does, A gets C's hit, takes nothing of B's, says so, and
asks B again with success once it is honest.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from lib.liars import Bent, Message, Send
from lib.lies import EVALUATIONS, FETCHED, ON_THE_WAY, SIGNED, SOON_S, dripped
from lib.nodes import Node, agree, fill, made_folder, offer, person, serving
from tallystick.adapters import deadline_network, peer_client
from tallystick.audit.entries import AnswerReceived, IndexFetched, Other

WHO = ("Tomasin Verhoovel", "1981-04-17")


@dataclass
class World:
    a: Node
    b: Node
    c: Node
    bent: Bent


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root, bent = tmp_path_factory.mktemp("nodes"), Bent()
    members = ("police-a", "police-b", "police-c")
    folders = {member: made_folder(root / member, member) for member in members}
    with (
        serving(folders["police-a"]) as a,
        serving(folders["police-b"], bent) as b,
        serving(folders["police-c"]) as c,
    ):
        for each in (b, c):
            fill(each.folder, person(f"{each.id}-1", WHO[0], born=WHO[1]))
        agree(a, b, c)
        for each in (b, c):
            offer(each)
        a.sync()
        yield World(a, b, c, bent)
        for each in (a, b, c):
            each.hang_up()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch, world: World) -> Iterator[None]:
    monkeypatch.setattr(peer_client, "_CALL_S", SOON_S)
    yield
    world.bent.straight()


def asked(world: World) -> dict[str, dict[str, object]]:
    return {each["member"]: each for each in world.a.ask(*WHO)["outcomes"]}


def nothing_of_it_is_taken(world: World) -> None:
    received, began = len(world.a.log(AnswerReceived)), time.monotonic()
    outcomes = asked(world)
    assert time.monotonic() - began < SOON_S + 4, "one partner holds the others up"
    assert outcomes["police-b"]["problem"], "the lie was not noticed"
    assert not outcomes["police-b"]["hits"]
    assert outcomes["police-c"]["hits"], "an honest partner's answer was lost"
    assert len(world.a.log(AnswerReceived)) == received + 1
    world.bent.straight()
    assert asked(world)["police-b"]["hits"], "the next honest answer is taken"


# --- what a partner signs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lie", SIGNED)
def test_a_lie_that_is_signed_is_not_taken(world: World, lie: str) -> None:
    world.bent.where, world.bent.bend = EVALUATIONS, SIGNED[lie]
    nothing_of_it_is_taken(world)


def test_an_answer_to_an_earlier_question_is_not_taken(world: World) -> None:
    world.bent.where = EVALUATIONS
    world.bent.bend = lambda _, reply: reply
    assert asked(world)["police-b"]["hits"]
    earlier = world.bent.seen[0]
    world.bent.bend = lambda *_: earlier
    nothing_of_it_is_taken(world)


@pytest.mark.parametrize("left", ["-5", "9" * 40, "many", "", "0x10", "1e9"])
def test_a_budget_that_cannot_be_is_not_believed(world: World, left: str) -> None:
    world.bent.where = EVALUATIONS
    world.bent.bend = lambda _, reply: replace(reply, fields={"tallystick-budget": left})
    outcome = asked(world)["police-b"]
    assert (bool(outcome["hits"]), outcome["budget_left"]) == (True, -1)


# --- what happens on the way --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ON_THE_WAY)
def test_what_was_spoiled_on_the_way_is_not_taken(world: World, what: str) -> None:
    world.bent.where, world.bent.spoil = EVALUATIONS, ON_THE_WAY[what]
    nothing_of_it_is_taken(world)


def test_answers_that_change_places_are_not_taken(world: World) -> None:
    kept: list[tuple[Message, Message]] = []

    async def one_behind(start: Message, content: Message, send: Send) -> None:
        kept.append((start, content))
        for message in kept[max(len(kept) - 2, 0)]:
            await send(message)

    world.bent.where, world.bent.spoil = EVALUATIONS, one_behind
    assert asked(world)["police-b"]["hits"], "the first is in its place"
    outcomes = asked(world)
    assert (outcomes["police-b"]["hits"], bool(outcomes["police-b"]["problem"])) == ([], True)
    assert outcomes["police-c"]["hits"]


# --- what is fetched ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lie", FETCHED)
def test_an_index_that_does_not_hold_is_not_taken(world: World, lie: str) -> None:
    number = len(world.b.log(IndexFetched)) + time.monotonic_ns()
    fill(world.b.folder, person("police-b-1", WHO[0], born=WHO[1]), person(f"new-{number}", "Odalric Fenn", born="1970-01-02"))
    assert offer(world.b)["added"], "there is something new to fetch"
    world.bent.where, world.bent.bend = FETCHED[lie]
    done = world.a.do("sync", circle="")
    assert {each["member"] for each in done["problems"]} == {"police-b"}
    assert "broken-rule" in {each.kind for each in world.a.log(Other)}
    assert asked(world)["police-b"]["hits"], "what was fetched before still holds"
    world.bent.straight()
    world.a.sync()


def test_one_who_drips_holds_up_nobody_who_needs_another(world: World) -> None:
    """While the index of B comes a byte at a time, C is asked and answers."""
    import threading

    fill(world.b.folder, person("police-b-1", WHO[0], born=WHO[1]), person("slow", "Odalric Fenn", born="1970-01-02"))
    offer(world.b)
    world.bent.where, world.bent.spoil = "/manifests", dripped
    fetching = threading.Thread(target=lambda: world.a.do("sync", circle=""))
    fetching.start()
    time.sleep(0.3)
    (outcome,) = world.a.ask(*WHO, members=["police-c"])["outcomes"]
    assert outcome["hits"]
    assert fetching.is_alive(), "who was asked waited for the end of what drips"
    fetching.join()
    world.bent.straight()
    world.a.sync()


def test_a_deadline_is_of_the_whole_call() -> None:
    with deadline_network.over_within(0.0), pytest.raises(Exception, match="took too long"):
        deadline_network.DeadlineNetwork().connect_tcp("127.0.0.1", 1)
