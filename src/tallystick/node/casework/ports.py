"""What casework needs from outside, as protocols and the rows they speak of. Does no I/O itself."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from tallystick.model import Custody, Record
from tallystick.node.casework.people_ports import PeopleState
from tallystick.node.exchange_ports import HitRow, RedemptionRow
from tallystick.node.finding import Found
from tallystick.review.cases import Side

Direction = Literal["in", "out"]
CopyState = Literal["held", "recalled", "withheld", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterRow:
    """An encounter this organisation recorded.

    Attributes:
        id: its number at this node; 0 before it is stored.
        line: the identity as presented, in the record format.
        kind, country, place, time: see `model.encounter`.
        urgency: what it makes of a hit.
        circles: which were asked.
        purpose: what for.
        officer, at: who recorded it, when.
    """

    id: int = 0
    line: bytes = field(repr=False)
    kind: str
    country: str
    place: str = field(repr=False)
    time: str
    urgency: str
    circles: tuple[str, ...]
    purpose: str
    officer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case, as its list is sorted and filtered; what it is in full, its events say.

    Attributes:
        id: its number at this node; 0 before it is stored.
        reference: the id both sides know it by.
        side: ours.
        circle, partner, epoch, handle: which hit, in whose index: the holder's.
        hit: number of our hit; 0 at the holder.
        register, record_id: our own record; empty where a person was asked for by hand.
        query: number of that query; 0 for none.
        encounter: number of our own encounter; 0 for none.
        met: country, kind and time of the encounter, ours or theirs; empty texts for none.
        purpose: what for.
        weight_tenths: of the hit; 0 at the holder, who does not know it.
        opened_at: when.
        stage, waiting_for, due_at, urgency, cross_border: as the events make them.
    """

    id: int = 0
    reference: str
    side: Side
    circle: str
    partner: str
    epoch: int
    handle: bytes
    hit: int = 0
    register: str
    record_id: str
    query: int = 0
    encounter: int = 0
    met: tuple[str, str, str] = ("", "", "")
    purpose: str
    weight_tenths: int = 0
    opened_at: datetime
    stage: str = "alert"
    waiting_for: str = "us"
    due_at: datetime | None = None
    urgency: str = "routine"
    cross_border: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message of a case.

    Attributes:
        digest: of its document, hexadecimal.
        case: number of the case.
        direction: whether we received or sent it.
        kind: what it is.
        signed: document and signature, as they go over the wire.
        at: when it was made, or came.
        delivered_at: when the receipt came; None while it waits.
        receipt: the receipt, signed.
    """

    digest: str
    case: int
    direction: Direction
    kind: str
    signed: bytes = field(repr=False)
    at: datetime
    delivered_at: datetime | None = None
    receipt: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedRow:
    """A disclosure: one we made (what of, not the data), or one we received (the copy).

    Attributes:
        digest: of the document, hexadecimal.
        case: number of the case.
        direction: "out" where we disclosed, "in" where we received.
        circle, partner: who is on the other side.
        owner: whose data it is.
        register, record_id: what it was made of; empty where we received.
        record_digest: of the record's line then; empty where we received.
        fields, handling, expires_at: as approved; the code may have been tightened since.
        readers: who may look at a copy under TLP:RED.
        former: the disclosure it was made of; empty for the owner's own.
        values: the copy, JSON; empty where we disclosed, and once it is gone.
        state: whether it still holds; withheld: it never came to its receiver.
    """

    digest: str
    case: int
    direction: Direction
    circle: str
    partner: str
    owner: str
    register: str = ""
    record_id: str = ""
    record_digest: bytes = b""
    fields: tuple[str, ...]
    handling: str
    expires_at: datetime
    readers: tuple[str, ...] = ()
    former: str = ""
    values: bytes = field(default=b"", repr=False)
    state: CopyState = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases; an empty value means all.

    Attributes:
        circle, partner, side, stage, register, record_id: only of these.
        query, encounter: only those of this query, of this encounter.
        open: only those that are not closed.
        waiting_for: "us" or "them".
        due_before: only those that were due before.
        most, after: how many at most, and how many to pass over first.
    """

    circle: str = ""
    partner: str = ""
    side: str = ""
    stage: str = ""
    register: str = ""
    record_id: str = ""
    query: int = 0
    encounter: int = 0
    open: bool = False
    waiting_for: str = ""
    due_before: datetime | None = None
    most: int = 1000
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCounts:
    """How many cases are not closed, of these how many wait for us or for them, and how many are overdue."""

    open: int
    us: int
    them: int
    overdue: int


class CaseworkState(PeopleState, Protocol):
    """What a node remembers of its cases. Every method that writes is one transaction, or part of `together`."""

    def together(self) -> AbstractContextManager[None]: ...

    def put_encounter(self, row: EncounterRow) -> int: ...
    def encounter(self, number: int) -> EncounterRow: ...
    def encounter_lines(self, numbers: Collection[int]) -> dict[int, bytes]:
        """Return the identities of some encounters, by number."""
        ...

    def encounters(self, most: int = 1000) -> list[EncounterRow]:
        """Return encounters, newest first."""
        ...

    def put_query_of(self, encounter: int, query: int) -> None: ...
    def encounter_of(self, query: int) -> int:
        """Return the encounter a query was asked for; 0 for none."""
        ...

    def queries_of(self, encounter: int, circle: str) -> list[int]:
        """Return the queries in a circle that were kept for an encounter, oldest first."""
        ...

    def asked_for(self, query: int) -> tuple[str, bytes] | None:
        """Return purpose and line of a query by hand; None where it was forgotten."""
        ...

    def put_case(self, row: CaseRow) -> int: ...
    def change_case(self, row: CaseRow) -> None: ...
    def case_row(self, number: int) -> CaseRow: ...
    def case_by_reference(self, circle: str, partner: str, reference: str) -> CaseRow | None: ...
    def case_rows(self, wanted: CaseFilter) -> list[CaseRow]:
        """Return cases: those due first before the others."""
        ...

    def count_cases(self, wanted: CaseFilter) -> int: ...
    def open_cases(self, now: datetime) -> CaseCounts: ...
    def cases_met(self, encounters: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Return the numbers of the cases that some encounters led to, by encounter; those due first before the others."""
        ...

    def hits_without_case(self, most: int) -> list[HitRow]: ...
    def cases_of_withdrawn_hits(self) -> list[int]:
        """Return the numbers of cases that do not know yet that their hit was withdrawn."""
        ...

    def redemptions_without_case(self) -> list[RedemptionRow]: ...

    def forget_cases(self, circle: str, before: datetime) -> int:
        """Forget cases that were opened before and wait for nobody; one whose copy is still held stays."""
        ...

    def forget_encounters(self, before: datetime, kept: Sequence[str]) -> int:
        """Forget encounters that were recorded before, led to no case that is left, and asked none of some circles."""
        ...

    def add_event(self, case: int, line: bytes) -> None: ...
    def events(self, case: int) -> list[bytes]: ...
    def event_counts(self) -> dict[int, int]:
        """Return how many events each case has."""
        ...

    def offered_count(self, circle: str) -> int:
        """Return how many records the newest index of ours in a circle holds."""
        ...

    def put_message(self, row: MessageRow) -> None: ...
    def message(self, digest: str) -> MessageRow | None: ...
    def messages(self, case: int) -> list[MessageRow]: ...
    def outbox(self, circle: str = "", partner: str = "") -> list[MessageRow]:
        """Return what was not delivered yet, to one partner in one circle or to all, oldest first; of disclosures those held."""
        ...

    def outbox_counts(self) -> dict[tuple[str, str], int]:
        """Return how many messages wait, by circle and partner."""
        ...

    def notices_since(self, circle: str, partner: str, since: datetime) -> list[datetime]:
        """Return when notices of a partner in a circle came since a moment, earliest first."""
        ...

    def others_since(self, circle: str, partner: str, since: datetime, *, free: Collection[str]) -> list[datetime]:
        """Return when its other messages came, those of some kinds left out."""
        ...

    def set_delivered(self, digest: str, at: datetime, receipt: bytes) -> None: ...

    def put_disclosed(self, row: DisclosedRow) -> None: ...
    def change_disclosed(self, digest: str, state: CopyState, handling: str) -> None:
        """Change state and code; what is not held any more loses its values."""
        ...

    def disclosed(self, digest: str) -> DisclosedRow | None: ...
    def disclosures(
        self, *, case: int = 0, direction: str = "", held: bool = False, passed_on: bool = False
    ) -> list[DisclosedRow]:
        """Return disclosures in the order they were made or came: of a case, one way, that are held, that were passed on."""
        ...

    def put_value(self, name: str, value: bytes) -> None: ...
    def value(self, name: str) -> bytes: ...


class Persons(Protocol):
    """The registers of this node, as casework looks into them."""

    def names(self) -> list[str]: ...
    def record(self, register: str, record_id: str) -> Record | None:
        """Return a record; None where it is gone, or never was."""
        ...

    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        """Return the lines of some records by id, of those that are there."""
        ...

    def custody(self, register: str, record: Record) -> Custody: ...
    def find(self, register: str, person: Record, most: int) -> list[Found]: ...
    def size(self, register: str) -> int: ...
    def expire(self, now: datetime) -> int:
        """Take out of every register what has expired; return how many records."""
        ...


Registers = Sequence[str]
