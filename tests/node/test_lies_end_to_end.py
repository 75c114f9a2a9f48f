"""Lies against a node that is a process of its own: each is refused, each is in its log, and it answers everybody else meanwhile.

What partners that lie do is in `lib.lies` (as answers to this node) and `lib.callers` (as requests to it). The node under
attack is `tallystick node serve`; the liar and an honest partner are served by this process.
"""

import base64
import hashlib
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib.callers import FORGED, SPOILT, WRONG, Caller, problem
from lib.liars import Bent
from lib.lies import EVALUATIONS, FETCHED, ON_THE_WAY, SIGNED, SOON_S, dripped
from lib.nodes import Apart, Node, agree, fill, made_folder, offer, person, serving, until
from tallystick.adapters import pki
from tallystick.adapters.message_signatures import SignedRequest
from tallystick.adapters.tls import client_context
from tallystick.audit.entries import AnswerReceived, Other, QueryAsked, QueryRefused, RequestRefused
from tallystick.exchange.messages import MAX_REQUEST_BYTES
from tallystick.node.broken_rules import AT_ONCE
from tallystick.server.connections import MOST_CONNECTIONS

WHO = ("Tomasin Verhoovel", "1981-04-17")
STALLED_S = 20.0
"""Whoever waits so long for an honest partner is held up; a machine that is busy is not."""


@dataclass
class World:
    """A is attacked, B lies, C is honest."""

    a: Apart
    b: Node
    c: Node
    bent: Bent

    def asked(self) -> dict[str, dict[str, Any]]:
        person = json.dumps({"id": "q", "names": [WHO[0]], "birth_dates": [WHO[1]]})
        said = self.a.do("ask", circle="border", purpose="border", officer="officer-7", person=person)
        return {each["member"]: each for each in said["outcomes"]}

    def asks_a(self) -> Caller:
        """B as a caller of A."""
        return Caller(self.b, self.a, self.c)


@contextmanager
def world_of(root: Path) -> Iterator[World]:
    bent, members = Bent(), ("police-a", "police-b", "police-c")
    folders = {member: made_folder(root / member, member) for member in members}
    with ExitStack() as stack:
        b = stack.enter_context(serving(folders["police-b"], bent))
        c = stack.enter_context(serving(folders["police-c"]))
        with serving(folders["police-a"]) as a:
            for each in (a, b, c):
                fill(each.folder, person(f"{each.id}-1", WHO[0], born=WHO[1]))
            agree(a, b, c)
            for each in (a, b, c):
                offer(each)
            for each in (a, b, c):
                each.sync()
            card = a.card
            for each in (a, b, c):
                each.hang_up()
        apart = Apart(folders["police-a"], card, SOON_S)
        apart.start()
        yield World(apart, b, c, bent)
        bent.straight()
        assert apart.is_running, "the node did not live through it"
        for each in (b, c):
            each.hang_up()
        apart.stop()
        assert apart.verifies(), "the log does not hold"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(tmp_path_factory.mktemp("nodes")) as made:
        yield made


def is_recorded(world: World, before: tuple[int, int]) -> bool:
    """Tell whether what B did is in the log of A: as a broken rule, or as a question that has no answer."""
    broken = [each for each in world.a.log(Other)[before[0] :] if each.kind == "broken-rule" and "police-b" in (each.text or "")]
    asked = [each for each in world.a.log(QueryAsked)[before[1] :] if each.peer == "police-b"]
    answered = {each.request for each in world.a.log(AnswerReceived) if each.peer == "police-b"}
    return len(broken) == 1 or [each.request in answered for each in asked] == [False]


Told = dict[str, Callable[[Bent], None]]


def _told(what: str, lies: Mapping[str, object]) -> Told:
    def telling(lie: object) -> Callable[[Bent], None]:
        def tell(bent: Bent) -> None:
            bent.where = EVALUATIONS
            setattr(bent, what, lie)

        return tell

    return {name: telling(lie) for name, lie in lies.items()}


LIES = {"signed": _told("bend", SIGNED), "on the way": _told("spoil", ON_THE_WAY)}


@pytest.mark.parametrize("table", LIES)
def test_no_lie_of_a_partner_that_is_asked_is_taken_and_each_is_recorded(tmp_path: Path, table: str) -> None:
    assert len(LIES[table]) < AT_ONCE, "more lies in a row are only counted"
    with world_of(tmp_path) as world:
        for name, tell in LIES[table].items():
            before = len(world.a.log(Other)), len(world.a.log(QueryAsked))
            received, began = len(world.a.log(AnswerReceived)), time.monotonic()
            tell(world.bent)
            outcomes = world.asked()
            world.bent.straight()
            assert time.monotonic() - began < STALLED_S, f"{name}: one partner holds the others up"
            assert (bool(outcomes["police-b"]["problem"]), outcomes["police-b"]["hits"]) == (True, []), name
            assert outcomes["police-c"]["hits"], f"{name}: an honest partner's answer was lost"
            assert len(world.a.log(AnswerReceived)) == received + 1, name
            assert is_recorded(world, before), f"{name}: nothing in the log says so"
        assert world.asked()["police-b"]["hits"], "the next honest answer is taken"


def test_no_index_that_does_not_hold_is_taken_and_each_is_recorded(tmp_path: Path) -> None:
    with world_of(tmp_path) as world:
        until(lambda: world.a.do("sync", circle="")["problems"] == [])  # the first round of the node itself is over
        for number, (name, (where, bend)) in enumerate(FETCHED.items()):
            fill(
                world.b.folder, person("police-b-1", WHO[0], born=WHO[1]), person(f"n{number}", "Odalric Fenn", born="1970-01-02")
            )
            assert offer(world.b)["added"], "there is something new to fetch"
            before = [each.kind for each in world.a.log(Other)].count("broken-rule")
            world.bent.where, world.bent.bend = where, bend
            done = world.a.do("sync", circle="")
            world.bent.straight()
            assert {each["member"] for each in done["problems"]} == {"police-b"}, (name, done["problems"])
            assert [each.kind for each in world.a.log(Other)].count("broken-rule") > before, name
            assert world.asked()["police-b"]["hits"], f"{name}: what was fetched before still holds"
            assert world.a.do("sync", circle="")["problems"] == [], name


def test_while_a_partner_drips_its_index_another_is_asked(world: World) -> None:
    import threading

    fill(world.b.folder, person("police-b-1", WHO[0], born=WHO[1]), person("slow", "Odalric Fenn", born="1970-01-02"))
    offer(world.b)
    world.bent.where, world.bent.spoil = "/manifests", dripped
    fetching = threading.Thread(target=lambda: world.a.do("sync", circle=""))
    fetching.start()
    time.sleep(0.3)
    person_ = json.dumps({"id": "q", "names": [WHO[0]], "birth_dates": [WHO[1]]})
    given = {"circle": "border", "purpose": "border", "officer": "officer-7", "person": person_, "members": ["police-c"]}
    assert world.a.do("ask", **given)["outcomes"][0]["hits"]
    fetching.join()
    world.bent.straight()
    world.a.do("sync", circle="")


# --- at the door --------------------------------------------------------------------------------------------------------


def refusals(world: World) -> int:
    said = [each.peer for each in world.a.log(RequestRefused)] + [each.peer for each in world.a.log(QueryRefused)]
    return said.count("police-b")


def honest(world: World) -> bool:
    """Tell whether C gets an answer of A."""
    (outcome,) = world.c.ask(*WHO, members=["police-a"])["outcomes"]
    return bool(outcome["hits"])


Send = Callable[[Caller], httpx.Response]


def _made(make: Callable[[Caller], SignedRequest]) -> Send:
    return lambda caller: caller.send(make(caller))


def _with(fields: dict[str, str]) -> Send:
    return lambda caller: caller.send(caller.signed(caller.body(), **fields))


def _spoilt(spoil: Callable[[bytes], bytes]) -> Send:
    return lambda caller: caller.send(caller.signed(spoil(caller.body())))


TOO_LARGE = 8 + 4096 * 32 + 1
DOOR: dict[str, list[tuple[str, tuple[int, str], Send]]] = {
    "forged": [(name, (403, "not-authorized"), _made(make)) for name, make in FORGED.items()],
    "wrong": [(name, expected, _with(fields)) for name, (fields, expected) in WRONG.items()],
    "spoilt": [
        *[(name, (400, "malformed"), _spoilt(spoil)) for name, spoil in SPOILT.items()],
        ("too large", (413, "too-large"), _spoilt(lambda _: bytes(TOO_LARGE))),
    ],
}


@pytest.mark.parametrize("table", DOOR)
def test_no_bad_request_is_answered_and_each_is_recorded(world: World, table: str) -> None:
    caller = world.asks_a()
    for name, expected, send in DOOR[table]:
        before = refusals(world)
        response = send(caller)
        assert problem(response) == expected, name
        assert refusals(world) == before + 1, f"{name}: nothing in the log says so"
    assert honest(world), "everybody else is served as before"


def test_a_request_that_comes_twice_is_answered_once(world: World) -> None:
    caller = world.asks_a()
    request = caller.signed(caller.body())
    assert caller.send(request).status_code == 200
    before = refusals(world)
    assert problem(caller.send(request)) == (403, "not-authorized")
    assert refusals(world) == before + 1


# --- requests that do not end -------------------------------------------------------------------------------------------


@contextmanager
def connected(world: World) -> Iterator[ssl.SSLSocket]:
    folder, port = world.b.open.folder, int(world.a.card.url.rpartition(":")[2])
    context = client_context(folder.certificate, folder.key, pki.from_base64(world.a.card.ca))
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as sock,
    ):
        sock.settimeout(STALLED_S * 3)
        yield sock


def head(world: World, *lines: str) -> bytes:
    """The head of a good request of B, with these fields for its length."""
    caller = world.asks_a()
    request = caller.signed(caller.body())
    fields = [f"{name}: {value}" for name, value in request.headers.items() if name.lower() != "content-length"]
    path = request.url.removeprefix(world.a.card.url)
    return "\r\n".join([f"POST {path} HTTP/1.1", "host: a", *fields, *lines, "", ""]).encode()


def test_a_body_without_an_end_is_cut_off_and_recorded(world: World) -> None:
    before, sent, most = refusals(world), 0, 64 << 20
    with connected(world) as sock, suppress(OSError):
        sock.sendall(head(world, "transfer-encoding: chunked"))
        while sent < most:
            sock.sendall(b"10000\r\n" + bytes(65_536) + b"\r\n")
            sent += 65_536
    assert sent < 16 * MAX_REQUEST_BYTES + (4 << 20), "the node took a body without end"
    until_recorded(world, before)
    assert honest(world)


def test_a_body_longer_than_it_says_is_not_read_as_another_request_that_counts(world: World) -> None:
    caller = world.asks_a()
    answered = len(world.a.log(QueryAsked))
    request = caller.signed(caller.body())
    with connected(world) as sock, suppress(OSError):
        sock.sendall(head(world, f"content-length: {len(request.body) - 32}") + request.body + b"x" * 100)
        said = b"".join(iter(lambda: sock.recv(65_536), b""))
        assert not said.startswith(b"HTTP/1.1 200")
    assert len(world.a.log(QueryAsked)) == answered
    assert honest(world)


def until_recorded(world: World, before: int) -> None:
    end = time.monotonic() + STALLED_S
    while refusals(world) == before:
        assert time.monotonic() < end, "nothing in the log says so"
        time.sleep(0.05)


def test_a_signature_is_over_the_bytes_that_were_sent(world: World) -> None:
    """The digest of another body than the one sent, both well formed."""
    caller = world.asks_a()
    request, before = caller.signed(caller.body()), refusals(world)
    other = caller.body()
    request.body = other
    assert request.headers["content-digest"] != f"sha-256=:{base64.b64encode(hashlib.sha256(other).digest()).decode()}:"
    assert problem(caller.send(request)) == (403, "not-authorized")
    assert refusals(world) == before + 1


@pytest.mark.parametrize("part", ["body", "head"])
def test_a_request_that_drips_is_cut_off_and_recorded(world: World, part: str) -> None:
    before = refusals(world)
    with connected(world) as sock, suppress(OSError):
        sock.sendall(head(world, "content-length: 1000") if part == "body" else head(world)[:-2] + b"x-more: ")
        for _ in range(int(STALLED_S / 0.1)):
            sock.sendall(b"x")
            time.sleep(0.1)
            if refusals(world) > before:
                break
    until_recorded(world, before)
    assert honest(world)


def test_one_certificate_has_so_many_connections_and_no_more(world: World) -> None:
    before = refusals(world)
    with ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS + 4):
            with suppress(OSError):  # the handshake of one too many may end in its middle
                stack.enter_context(connected(world))
        until_recorded(world, before)
        assert honest(world), "another's connections are not counted with them"


def test_a_handshake_that_stalls_holds_up_nobody(world: World) -> None:
    port = int(world.a.card.url.rpartition(":")[2])
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        began = time.monotonic()
        assert honest(world)
        assert time.monotonic() - began < STALLED_S
