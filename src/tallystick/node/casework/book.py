"""The cases of a node as they are kept: every change goes through here, in one order.

Rules
 1. The state machine is asked first, then the log entry is made durable, then event, row and message are stored in one
    transaction, then the message is sent. So no action comes before its entry, and a node that is killed has done it whole
    or not at all; what was stored and not sent is sent later, and a receiver takes a message once.
 2. How messages are delivered: node/casework/delivering.py.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tallystick.audit import AnyEntry
from tallystick.audit.entries import CaseAct
from tallystick.errors import InputError, RefusedError, RemoteProtocolError
from tallystick.exchange import canonical, case_messages, signing
from tallystick.exchange.case_messages import Body, CaseMessage
from tallystick.node.casework.ports import CaseRow, CaseworkState, MessageRow, Persons
from tallystick.node.circles import Circles
from tallystick.node.context import NodeContext, whole
from tallystick.review import cases, events
from tallystick.review.cases import Case
from tallystick.review.events import AnyEvent

NODE = "node"
"""Who acts when nobody does."""
_SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case at work: its row, and what its events make of it."""

    row: CaseRow
    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a case.

    Attributes:
        event: what happens; several are one change.
        act: what the log calls it.
        officer: who acts.
        message: what the other side is told; None for nothing.
        document: digest of what is kept, where nothing is sent.
        also: what else is stored in the same transaction.
    """

    event: AnyEvent | Sequence[AnyEvent]
    act: str
    officer: str
    message: CaseMessage | None = None
    document: bytes | None = None
    also: Callable[[], None] | None = None


class Changes:
    """Which cases have changed since each of some readers last looked: so that none looks at all of them anew."""

    def __init__(self) -> None:
        self._numbers: dict[str, set[int]] = {}
        self._lock = threading.Lock()

    def add(self, number: int) -> None:
        """Note a case whose change was stored."""
        with self._lock:
            for each in self._numbers.values():
                each.add(number)

    def everything(self, reader: str = "") -> None:
        """Note for a reader, or for all, that any case may have changed, or be gone."""
        with self._lock:
            for each in [reader] if reader else [*self._numbers]:
                self._numbers.pop(each, None)

    def take(self, reader: str) -> set[int] | None:
        """Return what has changed since a reader's last call; None for whatever there is."""
        with self._lock:
            taken = self._numbers.get(reader)
            self._numbers[reader] = set()
            return taken


class CaseBook:
    """The cases of one node."""

    def __init__(self, node: NodeContext, circles: Circles, state: CaseworkState, persons: Persons, country: str) -> None:
        self.node = node
        self.circles = circles
        self.state = state
        self.persons = persons
        self.country = country
        self.lock = threading.RLock()
        self.changes = Changes()

    def open(self, number: int) -> OpenCase:
        """Return a case.

        Raises:
            InputError: there is none of that number.
        """
        row = self.state.case_row(number)
        return OpenCase(row, cases.replay(row.side, map(events.decode, self.state.events(number))))

    def history(self, number: int) -> list[AnyEvent]:
        """Return the events of a case, oldest first."""
        return [events.decode(line) for line in self.state.events(number)]

    def message(self, row: CaseRow, officer: str, body: Body) -> CaseMessage:
        """Return a message of a case to its other side, read as that one will read it.

        Raises:
            InputError: it would be refused there, and keep up what comes after it.
        """
        at = canonical.moment_of(self.node.seconds())
        made = CaseMessage(
            at=at, body=body, case=row.reference, circle=row.circle, format="x1", officer=officer, receiver=row.partner,
            sender=self.node.id,
        )  # fmt: skip
        try:
            return canonical.decode(canonical.encode(made), CaseMessage, case_messages.MAX_MESSAGE_BYTES)
        except (RemoteProtocolError, UnicodeError) as error:
            why = str(error) if isinstance(error, RemoteProtocolError) else "a character of it is none"
            hint = "write at most 300 characters for a note and 500 for a reason, in one line"
            raise InputError(f"this cannot be told in case {row.id}: {why}", hint=hint) from None

    def change(self, number: int, plan: Callable[[OpenCase], Step], heard: tuple[AnyEntry, MessageRow] | None = None) -> OpenCase:
        """Carry out a change; see rule 1. What is told to the other side is in the outbox when this returns.

        Args:
            number: the case.
            plan: says what is to happen, seeing the case as it is now; nobody else changes it meanwhile.
            heard: where a partner's message asks for it: the entry that says that it came, and the message.

        Raises:
            RefusedError: the state machine does not allow it, or the same was said a moment ago: a button was pressed twice.
        """
        with self.lock:
            found = self.open(number)
            step = plan(found)
            if step.message is not None and self.state.message(digest_of(step.message)) is not None:
                raise RefusedError(f"the same was said in case {number} in this second", hint="it was done; see the case")
            happened = [step.event] if isinstance(step.event, events.Event) else list(step.event)
            case = found.case
            for event in happened:
                case = cases.step(case, event)
            row = row_of(found.row, case)
            entries = [heard[0]] if heard else []
            self.node.record([*entries, self._entry(row, step)] if step.message or not heard else entries)
            with self.state.together():
                if heard:
                    self.state.put_message(replace(heard[1], case=row.id))
                self._store(row, happened, step)
            self.changes.add(row.id)
            return OpenCase(row, case)

    def salted(self, content: bytes) -> bytes:
        """Return a digest of what is kept, for the log: no name can be guessed from it."""
        return hashlib.sha256(self.node.random(_SALT_BYTES) + content).digest()

    def request_of(self, found: OpenCase) -> str:
        """Return the digest of the newest request of a case.

        Raises:
            RefusedError: there is none.
        """
        asked = [row.digest for row in self.state.messages(found.row.id) if row.kind == "request"]
        if not asked:
            raise RefusedError("no request waits for an answer", hint="see `tallystick case show`")
        return asked[-1]

    def begin(self, rows: Sequence[tuple[CaseRow, Sequence[AnyEvent]]], officer: str = NODE) -> list[int]:
        """Open cases with their first events; returns their numbers."""
        entries = [self._entry(row, Step(event=happened, act="alert", officer=officer)) for row, happened in rows]
        with self.lock:
            self.node.record([*entries])
            with self.state.together():
                numbers = [self._begin(row, happened) for row, happened in rows]
            for number in numbers:
                self.changes.add(number)
            return numbers

    # --- inside ------------------------------------------------------------------------------------------------------

    def _begin(self, row: CaseRow, happened: Sequence[AnyEvent]) -> int:
        number = self.state.put_case(row_of(row, cases.replay(row.side, happened)))
        for event in happened:
            self.state.add_event(number, events.encode(event))
        return number

    def _store(self, row: CaseRow, happened: Sequence[AnyEvent], step: Step) -> None:
        for event in happened:
            self.state.add_event(row.id, events.encode(event))
        self.state.change_case(row)
        if step.message is not None:
            signed = case_messages.make(step.message, self.node.signing_seed)
            sent = MessageRow(
                digest=digest_of(step.message), case=row.id, direction="out", kind=step.message.kind,
                signed=signing.encode_signed(signed), at=self.node.now(),
            )  # fmt: skip
            self.state.put_message(sent)
        if step.also is not None:
            step.also()

    def _entry(self, row: CaseRow, step: Step) -> CaseAct:
        document = step.document if step.message is None else bytes.fromhex(digest_of(step.message))
        return CaseAct(
            time=whole(self.node.now()), act=step.act, officer=step.officer, case=row.reference, circle=row.circle,
            peer=row.partner, purpose=row.purpose or None, legal_basis=self._legal_basis(row.circle), document=document,
        )  # fmt: skip

    def _legal_basis(self, circle: str) -> str:
        return self.circles.view(circle).agreement.legal_basis

    def keep_country(self, circle: str, member: str, country: str) -> None:
        """Remember in which country a partner is."""
        if country:
            self.state.put_value(f"country/{circle}/{member}", country.encode())

    def country_of(self, circle: str, member: str) -> str:
        """Return in which country a partner is; empty where it never said."""
        return self.state.value(f"country/{circle}/{member}").decode()

    def two_persons(self, circle: str) -> bool:
        """Tell whether a circle's agreement or this organisation demands two persons."""
        return self.demanded_by_circle(circle) or self.demanded_here(circle)

    def demanded_by_circle(self, circle: str) -> bool:
        """Tell whether the agreement of a circle in force demands two persons."""
        found = self.circles.view(circle).circle
        return found is not None and found.agreement.two_persons

    def demanded_here(self, circle: str) -> bool:
        """Tell whether this organisation demands two persons in a circle by itself."""
        return self.state.value(f"two-persons/{circle}") == b"1"


def crosses(met: str, registered: str) -> bool | None:
    """Tell whether the place of an encounter and the registering side differ; None where one of them is not known."""
    return met != registered if met and registered else None


def digest_of(message: CaseMessage) -> str:
    """Return the digest of a message's document, hexadecimal."""
    return hashlib.sha256(canonical.encode(message)).hexdigest()


def row_of(row: CaseRow, case: Case) -> CaseRow:
    """Return the row of a case as its events make it."""
    met = case.met if row.side == "holder" else row.met
    return replace(
        row, met=met, stage=case.stage, waiting_for=case.waiting_for, due_at=case.due_at, urgency=case.urgency.value,
        cross_border=case.cross_border, opened_at=case.opened_at,
    )  # fmt: skip
