"""Real nodes for tests: folders, registers in SQLite, a port with TLS on the loopback, commands as people give them.

`Node` serves in a thread of the test's process; `Serving` is `tallystick node serve`, a process that can be killed.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from lib.liars import Bent
from lib.transcripts import in_process
from tallystick.adapters import control_client
from tallystick.adapters.audit_folder import AuditFiles
from tallystick.audit.entries import Entry
from tallystick.exchange.agreement import Card
from tallystick.node import auditing
from tallystick.server import node as served
from tallystick.server.serving import _peer_server
from tallystick.wiring import nodes as wiring
from tallystick.wiring.commands import command_table
from tallystick.wiring.nodes import OpenNode, opened_node
from tallystick.wiring.peers import Peers

CUSTODY = ("--owner", "Unit 1", "--purpose", "tests", "--legal-basis", "article 1")
PURPOSE: dict[str, object] = {
    "code": "border", "text": "checks at the border", "points_per_day": 200_000, "points_per_epoch": 2_000_000, "burst": 200_000,
}  # fmt: skip
WAIT_S = 30.0
E = TypeVar("E", bound=Entry)


_PORTS = count()


def free_port() -> int:
    """Return a port nobody listens on and nobody else is told of: no other process of the tests, no outgoing connection."""
    first = 20_000 + 1_000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = first + next(_PORTS) % 1_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass
class Clock:
    """The clock of all nodes in this process: the real one, and some time more."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


CLOCK = Clock()


@contextmanager
def clock_of_nodes() -> Iterator[Clock]:
    """Let a test move the clock of the nodes it opens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "now", CLOCK.now)
        patch.setattr(served, "now", CLOCK.now)
        yield CLOCK
    CLOCK.ahead = timedelta()


def made_folder(folder: Path, member: str, country: str = "") -> Path:
    """Make the folder of a node that listens on a free port."""
    said = in_process(
        "node", "init", "--id", member, "--name", f"Office of {member}", "--url", f"https://127.0.0.1:{free_port()}",
        "--contact", f"desk of {member}", "--case-class", "serious crime", "--country", country, "--node", folder,
    )  # fmt: skip
    assert said.code == 0, said.err
    return folder


def fill(folder: Path, *records: dict[str, object], register: str = "wanted", custody: tuple[str, ...] = ()) -> None:
    """Let a register of a node hold these records and no others."""
    source = folder / f"{register}.jsonl"
    source.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    where = ("--format", "native", "--store", folder / "registers.db", "--replace")
    said = in_process("import", register, source, *where, *CUSTODY, *custody)
    assert said.code == 0, said.err


def person(record_id: str, *names: str, born: str, **more: object) -> dict[str, object]:
    return {"id": record_id, "names": list(names), "birth_dates": [born], **more}


class Answering(Protocol):
    """A node that partners can call, wherever it is served."""

    @property
    def card(self) -> Card:
        """What partners know of it."""
        ...

    def log(self, kind: type[E]) -> list[E]:
        """Return the entries of one kind in its log."""
        ...


@dataclass
class Node:
    """A node that is open and served."""

    open: OpenNode
    commands: Any
    partners: served.Partners = field(repr=False)

    @property
    def id(self) -> str:
        return self.open.card.id

    @property
    def card(self) -> Card:
        return self.open.card

    @property
    def folder(self) -> Path:
        return self.open.folder.folder

    def do(self, command: str, **given: object) -> Any:  # noqa: ANN401
        """Carry out a command, as the command line gives it to a running node."""
        result = self.commands[command](given, lambda _stage, _done, _total: None)
        self.partners.refresh()
        return result

    def hang_up(self) -> None:
        """Close the connections to partners."""
        peers = self.open.participation.node.peer
        assert isinstance(peers, Peers)
        peers.close()
        peers._clients.clear()

    def sync(self) -> Any:  # noqa: ANN401
        done = self.do("sync", circle="")
        assert done["problems"] == [], done["problems"]
        return done

    def log(self, kind: type[E]) -> list[E]:
        """Return the entries of one kind in the node's log."""
        return logged(self.folder, kind)

    def ask(self, name: str, born: str, **more: object) -> Any:  # noqa: ANN401
        asked = {"id": "q", "names": [name], "birth_dates": [born]}
        return self.do("ask", circle="border", purpose="border", officer="officer-7", person=json.dumps(asked), **more)


def logged(folder: Path, kind: type[E]) -> list[E]:
    """Return the entries of one kind in the log of a node's folder, whoever serves it."""
    found = [each.entry for each in auditing.entries(AuditFiles(folder / "log"), 0)]
    return [each for each in found if isinstance(each, kind)]


@contextmanager
def serving(folder: Path, bent: Bent | None = None) -> Iterator[Node]:
    """Open a node and serve it in a thread; one that lies, where it is said how."""
    with opened_node(folder) as opened:
        partners = served.Partners(opened)
        routes = served.routes_of(opened)
        app, places = served.face(opened, partners, [bent.route(each) for each in routes] if bent else routes)
        server = _peer_server(bent.app(app) if bent else app, places)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        until(lambda: server.started)
        try:
            yield Node(opened, command_table(opened), partners)
        finally:
            server.should_exit = True
            thread.join(WAIT_S)


def until(true: Any, seconds: float = WAIT_S) -> None:  # noqa: ANN401
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.01)


def draft(first: Node, **changes: object) -> Any:  # noqa: ANN401
    """Draft the circle `border` at its first member."""
    given: dict[str, object] = {
        "circle": "border", "name": "Border", "legal_basis": "border act, section 4", "purposes": [PURPOSE],
        "threshold_tenths": None, "epoch_days": 90, "overlap_days": 7, "retention_days": 365, "delta_quantum": 256,
        "bulk_points_per_epoch": 1_000_000,
    }  # fmt: skip
    return first.do("circle_create", **{**given, **changes})


def agree(first: Node, *others: Node, circle: str = "border", **changes: object) -> None:
    """Make a circle of some nodes, in force at all of them."""
    draft(first, circle=circle, **changes)
    signed = first.do("circle_invite", circle=circle, cards=[each.do("card") for each in others])["signed"]
    for each in others:
        each.do("circle_join", signed=signed)
    for each in (*others, first, *others):
        each.do("sync", circle="")
    for each in (first, *others):
        assert each.do("circle_show", circle=circle)[0]["standing"] == "in force"


def offer(node: Node, register: str = "wanted", **more: object) -> Any:  # noqa: ANN401
    return node.do("offer", circle="border", register=register, purpose="border", **more)


def grant(node: Node, member: str, points: int) -> None:
    """Grant a partner a bulk budget, as two officers do."""
    number = node.do("circle_grant", circle="border", member=member, points=points, days=3, officer="officer-1")["number"]
    node.do("circle_approve", number=number, officer="officer-2")


@contextmanager
def nodes(root: Path, *members: str) -> Iterator[list[Node]]:
    """Open nodes of members, each with a folder of its own."""
    with ExitStack() as stack:
        made = [stack.enter_context(serving(made_folder(root / member, member))) for member in members]
        for each in made:  # before the servers end: they wait for their connections
            stack.callback(each.hang_up)
        yield made


class Serving:
    """`tallystick node serve` as a process of its own."""

    program: tuple[str, ...] = ("-m", "tallystick")

    def __init__(self, folder: Path, every_s: float = 3600, *more: str) -> None:
        self.more = more
        self.folder = folder
        self.every_s = every_s
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Serving":
        words = [sys.executable, *self.program, "node", "serve", "--every", str(self.every_s), "--node", str(self.folder)]
        words += self.more
        with (self.folder / "serve.err").open("ab") as err:
            self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=err)
        until(lambda: control_client.is_running(self.folder) or self._process.poll() is not None)
        assert self._process.poll() is None, (self.folder / "serve.err").read_text()
        return self

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End the process as a power failure does."""
        assert self._process
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(WAIT_S)

    def stop(self) -> None:
        """Tell it to end."""
        assert self._process
        self._process.terminate()
        assert self._process.wait(WAIT_S) == 0, (self.folder / "serve.err").read_text()


class Apart(Serving):
    """A node served by a process of its own that waits for partners no longer than it is told; commands go to that process."""

    def __init__(self, folder: Path, card: Card, wait_s: float) -> None:
        super().__init__(folder)
        self.card = card
        self.program = (str(Path(__file__).with_name("impatient_node.py")), str(wait_s))

    def do(self, command: str, **given: object) -> Any:  # noqa: ANN401
        """Carry out a command in that process, as the command line does."""
        return control_client.run(self.folder, command, given, lambda _stage, _done, _total: None)

    def log(self, kind: type[E]) -> list[E]:
        """Return the entries of one kind in its log."""
        return logged(self.folder, kind)

    def verifies(self) -> bool:
        """Tell whether the whole log holds, as anybody with its key sees it."""
        said = in_process("audit", "verify", self.folder / "log", "--key", self.card.log_key)
        return said.code == 0
