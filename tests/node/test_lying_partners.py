"""Partners that lie, and traffic that is cut, repeated, reordered, dripped: none of it is taken for an answer, and nobody waits.

Three nodes: A asks, B lies, C is honest. A asks both at once; whatever B does, A gets C's hit, takes nothing of B's, says so, and
asks B again with success once it is honest.
"""

import asyncio
import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from lib.liars import Bent, Message, Send, Spoiled
from lib.nodes import Node, agree, fill, made_folder, offer, person, serving
from tallystick.adapters import deadline_network, peer_client
from tallystick.audit.entries import AnswerReceived, IndexFetched, Other
from tallystick.exchange.messages import MAX_REQUEST_BYTES
from tallystick.oprf import Mode, SecretKey, Server, Suite
from tallystick.server.app import Call, Reply

WHO = ("Tomasin Verhoovel", "1981-04-17")
HEAD, POINT, PROOF = 12, 32, 64
SOON_S = 1.5


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

EVALUATIONS = "/evaluations"


def body(change: Callable[[bytes], bytes]) -> Callable[[Call, Reply], Reply]:
    return lambda _, reply: replace(reply, body=change(reply.body))


def swapped(said: bytes) -> bytes:
    first, second = said[HEAD : HEAD + POINT], said[HEAD + POINT : HEAD + 2 * POINT]
    return said[:HEAD] + second + first + said[HEAD + 2 * POINT :]


def under_another_key(call: Call, reply: Reply) -> Reply:
    """An honest evaluation with a proof that holds, but under a key that no manifest names."""
    suite = Suite("ristretto255-SHA512")
    other = Server(suite, Mode.VOPRF, SecretKey.generate(suite))
    evaluated, proof = other.blind_evaluate_batch(call.body[8:])
    assert proof
    return replace(reply, body=reply.body[:HEAD] + evaluated + proof)


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda said: said[:at] + bytes([said[at] ^ 1]) + said[at + 1 :]


SIGNED: dict[str, Callable[[Call, Reply], Reply]] = {
    "nothing": body(lambda _: b""),
    "a byte less": body(lambda said: said[:-1]),
    "a byte more": body(lambda said: said + b"\0"),
    "a point less": body(lambda said: said[:HEAD] + said[HEAD + POINT :]),
    "a point more": body(lambda said: said[:HEAD] + said[HEAD : HEAD + POINT] + said[HEAD:]),
    "more than there may be": body(lambda said: said + bytes(MAX_REQUEST_BYTES)),
    "another format": body(lambda said: b"TSA2" + said[4:]),
    "the question itself": lambda call, reply: replace(reply, body=call.body),
    "another suite": body(flipped(4)),
    "another mode": body(flipped(5)),
    "another count": body(flipped(7)),
    "another epoch": body(flipped(11)),
    "two points in another order": body(swapped),
    "the identity": body(lambda said: said[:HEAD] + bytes(POINT) + said[HEAD + POINT :]),
    "no canonical point": body(lambda said: said[:HEAD] + b"\xff" * POINT + said[HEAD + POINT :]),
    "a point of its own making": body(lambda said: said[:HEAD] + said[HEAD + POINT : HEAD + 2 * POINT] + said[HEAD + POINT :]),
    "no proof": body(lambda said: said[:-PROOF] + bytes(PROOF)),
    "another proof": body(flipped(-1)),
    "a proof with its scalars turned round": body(lambda said: said[:-PROOF] + said[-PROOF // 2 :] + said[-PROOF : -PROOF // 2]),
    "a scalar beyond the order": body(lambda said: said[:-PROOF] + b"\xff" * PROOF),
    "the evaluation under another key": under_another_key,
    "a refusal that is none": lambda _, reply: replace(reply, status=404, body=b"not here"),
    "a refusal of an unknown kind": lambda _, reply: replace(reply, status=403, body=b'{"type":"urn:tallystick:problem:whim"}'),
    "a refusal without an end": lambda _, reply: replace(reply, status=403, body=b"[" * 200_000),
    "an answer under a status that is none": lambda _, reply: replace(reply, status=299),
    "a way to somebody else": lambda _, reply: replace(reply, status=302, fields={"location": "https://127.0.0.1:1/"}),
}


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


def with_fields(change: Callable[[list[tuple[bytes, bytes]]], list[tuple[bytes, bytes]]]) -> Spoiled:
    async def send_changed(start: Message, content: Message, send: Send) -> None:
        await send({**start, "headers": change(list(start["headers"]))})
        await send(content)

    return send_changed


def without(*names: bytes) -> Spoiled:
    return with_fields(lambda fields: [(name, value) for name, value in fields if name.lower() not in names])


def changed(wanted: bytes, change: Callable[[bytes], bytes]) -> Spoiled:
    return with_fields(lambda fields: [(name, change(value) if name.lower() == wanted else value) for name, value in fields])


def spoiled_body(change: Callable[[bytes], bytes]) -> Spoiled:
    async def send_changed(start: Message, content: Message, send: Send) -> None:
        said = change(content["body"])
        length = str(len(said)).encode()
        fields = [(name, length if name.lower() == b"content-length" else value) for name, value in start["headers"]]
        await send({**start, "headers": fields})
        await send({**content, "body": said})

    return send_changed


async def cut_off(start: Message, content: Message, send: Send) -> None:
    """Promise all of it and send half."""
    await send(start)
    await send({**content, "body": content["body"][: len(content["body"]) // 2], "more_body": True})
    raise ConnectionResetError


async def silence(_start: Message, _content: Message, _send: Send) -> None:
    await asyncio.sleep(SOON_S + 2)


async def no_answer(_start: Message, _content: Message, _send: Send) -> None:
    raise ConnectionResetError


async def dripped(start: Message, content: Message, send: Send) -> None:
    """A byte now and then: each in time, all of it too late."""
    await send(start)
    for at in range(20):
        await send({**content, "body": content["body"][at : at + 1], "more_body": True})
        await asyncio.sleep(0.2)


async def endless(start: Message, content: Message, send: Send) -> None:
    fields = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    await send({**start, "headers": [*fields, (b"transfer-encoding", b"chunked")]})
    for _ in range(100):
        await send({**content, "body": bytes(65_536), "more_body": True})
        await asyncio.sleep(0.01)


def _flip_signature(value: bytes) -> bytes:
    label, _, rest = value.partition(b"=:")
    raw = bytearray(base64.b64decode(rest.rstrip(b":")))
    raw[3] ^= 1
    return label + b"=:" + base64.b64encode(raw) + b":"


ON_THE_WAY: dict[str, Spoiled] = {
    "no signature": without(b"signature", b"signature-input"),
    "no digest": without(b"content-digest"),
    "no budget, which was signed": without(b"tallystick-budget"),
    "a field that nobody signed": with_fields(lambda fields: [*fields, (b"tallystick-more", b"1")]),
    "a field that is there twice": with_fields(
        lambda fields: [*fields, *[each for each in fields if each[0] == b"tallystick-budget"]]
    ),
    "another budget": changed(b"tallystick-budget", lambda _: b"99999"),
    "another digest": changed(b"content-digest", lambda _: b"sha-256=:" + base64.b64encode(bytes(32)) + b":"),
    "a signature with a flipped bit": changed(b"signature", _flip_signature),
    "a signature that is none": changed(b"signature", lambda _: b"tallystick=:x:"),
    "a signature that covers nothing": changed(b"signature-input", lambda _: b"tallystick=()"),
    "a signature by a key that nobody knows": changed(b"signature-input", lambda said: said.replace(b"police-b/", b"police-x/")),
    "a changed body": spoiled_body(flipped(40)),
    "a body cut short, its length corrected": spoiled_body(lambda said: said[:100]),
    "a body cut off": cut_off,
    "no answer, the connection closed": no_answer,
    "silence": silence,
    "a byte now and then": dripped,
    "a body without an end": endless,
    "a body said to be compressed": with_fields(
        lambda fields: [*fields, (b"content-encoding", b"gzip"), (b"tallystick-z", b"1")]
    ),
    "header fields without an end": with_fields(lambda fields: [*fields, *[(b"x-%d" % n, b"x" * 8_000) for n in range(200)]]),
}


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


def manifests(change: Callable[[list[object]], object]) -> Callable[[Call, Reply], Reply]:
    import msgspec

    return body(lambda said: msgspec.json.encode(change(msgspec.json.decode(said))))


FETCHED: dict[str, tuple[str, Callable[[Call, Reply], Reply]]] = {
    "no manifests": ("/manifests", body(lambda _: b"{}")),
    "manifests that are none": ("/manifests", body(lambda _: b'[{"document":"x","signatures":{}}]')),
    "manifests nested without an end": ("/manifests", body(lambda _: b"[" * 100_000)),
    "a manifest without its signature": ("/manifests", manifests(lambda said: [{**each, "signatures": {}} for each in said])),  # type: ignore[dict-item]
    "a manifest that was changed": ("/manifests", body(lambda said: said.replace(b"notches", b"nutches"))),
    "manifests twice": ("/manifests", manifests(lambda said: [*said, *said])),
    "a delta that was changed": ("/deltas/", body(flipped(-3))),
    "a delta cut short": ("/deltas/", body(lambda said: said[:-15])),
    "a delta of nothing": ("/deltas/", body(lambda _: b"")),
}


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
    began = time.monotonic()
    (outcome,) = world.a.ask(*WHO, members=["police-c"])["outcomes"]
    assert outcome["hits"]
    assert fetching.is_alive(), "it was over before anybody was asked"
    assert time.monotonic() - began < 1
    fetching.join()
    world.bent.straight()
    world.a.sync()


def test_a_deadline_is_of_the_whole_call() -> None:
    with deadline_network.over_within(0.0), pytest.raises(Exception, match="took too long"):
        deadline_network.DeadlineNetwork().connect_tcp("127.0.0.1", 1)
