"""What a node needs from outside to take part in circles, as protocols and the rows they speak of.

Does no I/O itself. Documents are kept as the bytes that were signed; whoever reads them verifies them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from tallystick.model import Custody

Source = Literal["ask", "watch", "bulk"]
"""How a hit was found."""
HitState = Literal["new", "redeemed", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A signed document as it was received or made.

    Attributes:
        circle: which circle it belongs to.
        kind: "agreement", "leave", "manifest" or "receipt".
        member: who made it; empty for an agreement, which all make together.
        number: revision, or number of the manifest; 0 for others.
        document: the bytes that are signed.
        signatures: hexadecimal, by member id.
    """

    circle: str
    kind: str
    member: str
    number: int
    document: bytes
    signatures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRow:
    """One epoch of this node in a circle.

    Attributes:
        secret: the OPRF key, serialized; empty once the epoch is closed and the key destroyed.
        public: the public key.
        terms: under which suite, parameters, threshold and members it began (`node.epochs.Terms`).
        valid_until, closes_at: see spec/exchange-v1.md, section 5.3.
    """

    circle: str
    epoch: int
    secret: bytes = field(repr=False)
    public: bytes
    terms: str
    valid_from: datetime
    valid_until: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Which records of which register a circle may find.

    Attributes:
        circle: the circle.
        register: name of the register.
        purpose: what new records of it are asked for, once each.
        silent_codes: records with these handling codes, their own or their register's, are silent: asked with, never offered.
        silent_ids: so are these.
    """

    circle: str
    register: str
    purpose: str
    silent_codes: tuple[str, ...] = ()
    silent_ids: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A record in one of our sealed indexes: what is needed to take it out again when the record itself is gone.

    Attributes:
        register, record_id: which record.
        digest: of its line as it was indexed.
        handle: 7 bytes, random.
        tags: its entries' tags, 8 bytes each.
    """

    register: str
    record_id: str
    digest: bytes
    handle: bytes
    tags: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRow:
    """A hit, as this node remembers it.

    Attributes:
        id: its number at this node; 0 before it is stored.
        circle, member, epoch: in whose index.
        handle: 7 bytes, opaque.
        register, record_id: our record that hit; both empty for a person asked for by hand.
        query: number of the query, 0 for none.
        weight_tenths: of the heaviest key that hit.
        tags: the tags that hit, 8 bytes each.
        secrets: key secrets that opened them, 32 bytes each: looked up again with every delta, gone with the epoch.
        found_by: how.
        seen_at: when.
        state: what became of it.
        answer: what the holder said when it was redeemed (JSON); empty before.
    """

    id: int = 0
    circle: str
    member: str
    epoch: int
    handle: bytes
    register: str
    record_id: str
    query: int = 0
    weight_tenths: int
    tags: bytes = field(repr=False)
    secrets: bytes = field(default=b"", repr=False)
    found_by: Source
    seen_at: datetime
    state: HitState = "new"
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRow:
    """A query by hand: what a supervisor needs to check the log's commitments, kept apart from the log.

    Attributes:
        secret: 32 random bytes; the salts of its entries are made from it (`audit.salt_of`).
        line: the person as asked for.
    """

    id: int = 0
    circle: str
    purpose: str
    officer: str
    reason: str
    secret: bytes = field(repr=False)
    line: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaltRow:
    """What opens the commitment of one request about own records: without the records, which are in their registers.

    Attributes:
        request: hash of the request's body, as the entry holds it.
        circle, member: whom it went to.
        secret: 32 random bytes; the salts are made from it (`audit.salt_of`).
        records: register and id of each record asked about, in the order of the commitments.
        commitments: to each, 32 bytes one after the other: one can be opened when others have changed or are gone.
        at: when.
    """

    request: bytes
    circle: str
    member: str
    secret: bytes = field(repr=False)
    records: tuple[tuple[str, str], ...] = field(repr=False)
    commitments: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionRow:
    """A handle of ours that a partner opened: an alert for our own officers."""

    circle: str
    member: str
    epoch: int
    handle: bytes
    register: str
    record_id: str
    purpose: str
    reason: str
    officer: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRow:
    """A bulk budget that two persons granted a member."""

    circle: str
    member: str
    epoch: int
    points: int
    until: datetime
    officers: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """How far this node's copy of a partner's index goes.

    Attributes:
        base, delta: numbers of the base and of the last delta in it.
        manifest: number of the manifest they were taken from.
        checked_at: when that manifest was last seen.
    """

    circle: str
    member: str
    epoch: int
    base: int
    delta: int
    manifest: int
    checked_at: datetime


class NodeState(Protocol):
    """What a node remembers, in one database. Every method that writes is one transaction."""

    def close(self) -> None: ...

    def together(self) -> AbstractContextManager[None]:
        """Make everything written in the block one transaction."""
        ...

    def put_document(self, row: StoredDocument) -> None:
        """Keep a document; of one that is there, the signatures are added up."""
        ...

    def documents(self, circle: str, kind: str, member: str = "", *, above: int = -1, most: int = -1) -> list[StoredDocument]:
        """Return the documents of a kind, lowest number first, of every member where none is named; above a number, so many."""
        ...

    def last_document(self, circle: str, kind: str, member: str) -> StoredDocument | None:
        """Return the document of a member with the highest number."""
        ...

    def newest_documents(self, circle: str, kind: str) -> list[StoredDocument]:
        """Return of each member the document of a kind with the highest number."""
        ...

    def document(self, circle: str, kind: str, member: str, number: int) -> StoredDocument | None: ...
    def circles(self) -> list[str]: ...
    def drop_documents(self, circle: str, kind: str, *, below: int) -> None:
        """Drop what was numbered lower: old manifests."""
        ...

    def put_epoch(self, row: EpochRow) -> None: ...
    def epochs(self, circle: str) -> list[EpochRow]:
        """Return all epochs of this node in a circle, oldest first."""
        ...

    def put_offer(self, row: Offer) -> None: ...
    def offers(self, circle: str) -> list[Offer]: ...
    def drop_offer(self, circle: str, register: str) -> None: ...

    def ledger(self, circle: str, epoch: int) -> Iterator[LedgerRow]: ...
    def change_ledger(self, circle: str, epoch: int, *, put: Iterable[LedgerRow], drop: Sequence[tuple[str, str]]) -> None: ...
    def clear_ledger(self, circle: str, epoch: int) -> None: ...
    def record_of(self, circle: str, epoch: int, handle: bytes) -> tuple[str, str] | None:
        """Return register and id of the record behind a handle."""
        ...

    def put_copy(self, row: CopyRow) -> None: ...
    def copies(self, circle: str) -> list[CopyRow]: ...
    def drop_copy(self, circle: str, member: str, epoch: int) -> None:
        """Forget a copy, the watch on it and the key secrets of its hits."""
        ...

    def watched(self, circle: str, member: str, epoch: int) -> dict[tuple[str, str], tuple[bytes, int]]:
        """Return, by register and id, the digest of each own record watched for there, and its number in the watch."""
        ...

    def put_watched(self, circle: str, member: str, epoch: int, rows: Mapping[tuple[str, str], tuple[bytes, int]]) -> None: ...
    def drop_watched(self, circle: str, member: str, epoch: int, records: Sequence[tuple[str, str]]) -> None: ...

    def put_hits(self, rows: Sequence[HitRow]) -> list[HitRow]:
        """Keep hits that are new (circle, member, epoch, handle, record and query) or come back; return those, numbered."""
        ...

    def hits(self, circle: str = "", state: str = "") -> list[HitRow]:
        """Return hits, newest first."""
        ...

    def standing_hits(self, circle: str, member: str, epoch: int) -> list[HitRow]:
        """Return the hits of one epoch that were not withdrawn."""
        ...

    def withdraw_hits(self, numbers: Iterable[int]) -> int:
        """Mark hits as withdrawn, and destroy their key secrets; return how many."""
        ...

    def hit(self, number: int) -> HitRow: ...
    def set_hit(self, number: int, state: HitState, answer: str = "") -> None:
        """Say what became of a hit; one that was withdrawn stays so."""

    def forget_hits(self, circle: str, before: datetime) -> int: ...

    def put_query(self, row: QueryRow) -> int: ...
    def queries(self, circle: str) -> list[QueryRow]:
        """Return what was asked by hand, newest first."""
        ...

    def put_salts(self, row: SaltRow) -> None: ...
    def salts(self, request: bytes) -> SaltRow | None: ...
    def forget_queries(self, circle: str, before: datetime) -> int:
        """Forget questions, and what opens commitments."""
        ...

    def put_redemption(self, row: RedemptionRow) -> bool:
        """Keep a redemption; return whether it is the first of this handle by this member."""
        ...

    def redemptions(self, circle: str = "") -> list[RedemptionRow]: ...
    def forget_redemptions(self, circle: str, before: datetime) -> int: ...

    def put_grant(self, row: GrantRow) -> None: ...
    def grants(self, circle: str) -> list[GrantRow]: ...

    def put_value(self, name: str, value: bytes) -> None:
        """Keep one small value under a name."""
        ...

    def value(self, name: str) -> bytes: ...


class Peer(Protocol):
    """A partner's node, as its interface is called; see adapters/peer_client.py."""

    def get(self, path: str, *, most_bytes: int, fields: Mapping[str, str] | None = None) -> bytes: ...
    def post(
        self, path: str, body: bytes, *, most_bytes: int, fields: Mapping[str, str] | None = None
    ) -> tuple[bytes, Mapping[str, str]]:
        """Return the content of the answer, and its header fields by lower-case name."""
        ...

    def submit(self, path: str, body: bytes, *, most_bytes: int) -> tuple[int, bytes]:
        """Return status and content of an answer that may have any status."""
        ...


class RecordsOf(Protocol):
    """The registers of this node."""

    def lines(self, register: str) -> Iterator[bytes]: ...
    def count(self, register: str) -> int: ...
    def revisions(self) -> tuple[int, int]:
        """Return how many revisions all registers have, and the number of the newest: while they stay, no record has changed."""
        ...

    def custody(self, register: str) -> Custody:
        """Return what holds for every record of it that does not say otherwise."""
        ...


class KeysOf(Protocol):
    """Makes match keys; the exchange takes them as opaque bytes with a weight.

    Called with native-format lines and the role; returns, for each line, its keys and their weights in tenths of a bit.
    """

    def __call__(self, lines: Sequence[bytes], role: Literal["holder", "asker"], /) -> list[list[tuple[bytes, int]]]: ...


class Files(Protocol):
    """The files of one epoch of one member in one circle."""

    def write(self, name: str, parts: Iterable[bytes | memoryview]) -> None:
        """Write a file, whole or not at all; what fails leaves nothing."""
        ...

    def append(self, name: str, content: bytes) -> None:
        """Add to the end of a file, durably."""
        ...

    def cut(self, name: str, size: int) -> None:
        """Cut off what a killed process left behind the first `size` bytes."""
        ...

    def size(self, name: str) -> int:
        """Return the size in bytes; 0 where there is none."""
        ...

    def read(self, name: str, start: int = 0, size: int = -1) -> bytes: ...
    def mapped(self, name: str) -> memoryview:
        """Return the content without reading it; empty where there is none."""
        ...

    def rename(self, name: str, new: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def remove_all(self) -> None: ...
    def names(self) -> set[str]: ...
    def epochs(self) -> set[int]:
        """Return the epochs of the same member and circle that have files."""
