"""The offices of a made-up world of cases: what survives a kill, the line between two, and what goes wrong.

Casework, database and documents are the real ones; network, log and registers are made up.
"""

import hashlib
import random
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from lib import circles
from tallystick.adapters.casework_state import SqliteCaseworkState
from tallystick.audit import AnyEntry
from tallystick.audit.entries import CaseAct, CaseHeard, encode
from tallystick.errors import PeerUnavailableError
from tallystick.exchange import canonical, case_messages, signing
from tallystick.exchange.agreement import Card, Circle
from tallystick.model import Custody, Record
from tallystick.model import encode as encode_record
from tallystick.node.casework import Casework
from tallystick.node.casework.footing_ports import Followed
from tallystick.node.casework.ports import CopyState, DisclosedRow
from tallystick.node.context import NodeContext
from tallystick.node.exchange_ports import HitRow
from tallystick.review import cases, events
from tallystick.review.footings import Worth


class Surroundings(Protocol):
    """What an office is in: the others, the hour, what goes wrong."""

    rng: random.Random
    faults: "Faults"
    circle: Circle
    circles: "FixedCircles"
    offices: dict[str, "Office"]

    def now(self) -> datetime: ...
    def saw(self, sender: str, message: case_messages.CaseMessage) -> None: ...


class KilledError(BaseException):
    """The process is gone, as if by a power failure."""


class Log:
    """A log that knows whether anything was recorded since the last change that was stored, by the same thread."""

    def __init__(self) -> None:
        self.entries: list[AnyEntry] = []
        self.documents: set[bytes] = set()
        self._mine = threading.local()

    @property
    def is_ahead(self) -> bool:
        """Whether this thread has recorded something since it stored a change; partners are told side by side."""
        return getattr(self._mine, "is_ahead", False)

    @is_ahead.setter
    def is_ahead(self, value: bool) -> None:
        self._mine.is_ahead = value

    def record(self, entries: list[AnyEntry]) -> int:
        for entry in entries:
            encode(entry)
            if isinstance(entry, CaseAct | CaseHeard) and entry.document:
                self.documents.add(entry.document)
        self.entries += entries
        self.is_ahead = True
        return len(self.entries) - len(entries)


class WatchedState(SqliteCaseworkState):
    """The real database; it fails the run when something is stored before its entry, and dies when it is told to."""

    def __init__(self, file: Path, log: Log, faults: "Faults") -> None:
        self.log = log
        self.faults = faults
        super().__init__(file)

    @contextmanager
    def together(self) -> Iterator[None]:
        with super().together():
            yield
            self.faults.maybe_die()  # before the commit: nothing of it was done
        self.log.is_ahead = False
        self.faults.maybe_die()  # after it, before anything is sent

    def add_event(self, case: int, line: bytes) -> None:
        assert self.log.is_ahead, "an event was stored before its entry was in the log"
        super().add_event(case, line)

    def put_disclosed(self, row: DisclosedRow) -> None:
        assert self.log.is_ahead, "a disclosure was stored before its entry was in the log"
        super().put_disclosed(row)

    def change_disclosed(self, digest: str, state: CopyState, handling: str) -> None:
        assert self.log.is_ahead, "a copy was changed before its entry was in the log"
        super().change_disclosed(digest, state, handling)


class Faults:
    """What goes wrong, and how often."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.deaths = 0.0
        self.losses = 0.0

    def maybe_die(self) -> None:
        if self.rng.random() < self.deaths:
            raise KilledError

    def loses(self) -> bool:
        return self.rng.random() < self.losses


class Registers:
    """The records of one organisation."""

    def __init__(self) -> None:
        self.held: dict[str, Record] = {}

    def names(self) -> list[str]:
        return ["wanted"]

    def record(self, register: str, record_id: str) -> Record | None:
        return self.held.get(record_id) if register == "wanted" else None

    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        found = {record_id: self.record(register, record_id) for record_id in record_ids}
        return {record_id: encode_record(record) for record_id, record in found.items() if record}

    def custody(self, _register: str, record: Record) -> Custody:
        return record.custody or Custody()

    def find(self, _register: str, _person: Record, _most: int) -> list[Any]:
        return []

    def size(self, _register: str) -> int:
        return len(self.held)

    def expire(self, _now: datetime) -> int:
        return 0


class FixedCircles:
    """One circle, in force."""

    def __init__(self, circle: Circle) -> None:
        self.circle = circle
        self.agreement = circle.agreement

    def in_force(self, _name: str) -> Circle:
        return self.circle

    def view(self, _name: str) -> "FixedCircles":
        return self

    def names(self) -> list[str]:
        return [self.agreement.circle]

    def all_in_force(self) -> list[Circle]:
        return [self.circle]


class Office:
    """One organisation: what survives a kill, and the casework that does not."""

    def __init__(self, world: "Surroundings", member: str, file: Path) -> None:
        self.world = world
        self.id = member
        self.log = Log()
        self.registers = Registers()
        self.reports: dict[int, tuple[Worth, Worth]] = {}
        """By encounter: what the report it was made of was worth then, and is worth now."""
        self._file = file
        self.start()

    def start(self) -> None:
        """Begin as after a kill: everything from the database."""
        self.state = WatchedState(self._file, self.log, self.world.faults)
        card = circles.card(self.id)
        node = NodeContext(
            card=card, case_class="x", signing_seed=circles.signing_key(self.id), state=self.state, record=self.log.record,
            files=_no, records=_no, keys=_no, parameters="", peer=lambda to: Line(self, to), now=self.world.now,  # type: ignore[arg-type,return-value]
            random=self.world.rng.randbytes, largest_index=0, notices_a_day=60,
        )  # fmt: skip
        around = _Around(node, self.world.circles, _Redeeming(self.state))
        self.casework = Casework(around, self.state, self.registers, dict, self.id[:2], self.followed)  # type: ignore[arg-type]

    def followed(self) -> list[Followed]:
        return [Followed(encounter=key, report="r", before=was, now=now) for key, (was, now) in self.reports.items()]

    def case(self, number: int) -> cases.Case:
        """What the events of a case make of it."""
        return cases.replay(self.state.case_row(number).side, map(events.decode, self.state.events(number)))

    def die(self) -> None:
        self.state.close()
        self.start()


class _Around:
    """As much of `Participation` as casework takes."""

    asking = offering = None

    def __init__(self, node: NodeContext, circles_: FixedCircles, redeeming: "_Redeeming") -> None:
        self.node, self.circles, self.redeeming = node, circles_, redeeming


class _Redeeming:
    def __init__(self, state: SqliteCaseworkState) -> None:
        self._state = state

    def redeem(self, number: int, **_given: str) -> HitRow:
        hit = self._state.hit(number)
        said = {
            "case_class": "x", "contact": "desk", "format": "x1", "handle": hit.handle.hex(), "known": True, "level": 1,
            "reference": "r",
        }  # fmt: skip
        self._state.set_hit(number, "redeemed", msgspec.json.encode(said).decode())
        return self._state.hit(number)


class Line:
    """The way to a partner: it loses messages, and receipts of messages that arrived."""

    def __init__(self, sender: Office, to: Card) -> None:
        self._sender = sender
        self._to = to.id

    def post(self, _path: str, body: bytes, **_given: object) -> tuple[bytes, Mapping[str, str]]:
        world = self._sender.world
        signed = signing.decode_signed(body, case_messages.MAX_MESSAGE_BYTES)
        assert hashlib.sha256(signed.raw).digest() in self._sender.log.documents, "a message was sent before its entry"
        if world.faults.loses():
            away = PeerUnavailableError("no connection came about")
            away.may_have_heard = False
            raise away
        world.saw(self._sender.id, canonical.decode(signed.raw, case_messages.CaseMessage, case_messages.MAX_MESSAGE_BYTES))
        if world.faults.loses():
            raise PeerUnavailableError("lost on the way")
        receiver = world.offices[self._to]
        try:
            receipt = receiver.casework.take(world.circle, self._sender.id, signed)
        except KilledError:
            receiver.die()
            raise PeerUnavailableError("the receiver died") from None
        if world.faults.loses():
            raise PeerUnavailableError("the receipt was lost")
        return receipt, {}


def _no(*_given: object) -> Any:  # noqa: ANN401
    raise AssertionError("casework asked for what it does not need")
