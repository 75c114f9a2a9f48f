"""What a node needs from the outside world, as protocols; the adapters fulfil them.

Does no I/O itself. A source yields rows, a store keeps registers, a quarantine keeps what could not be read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Literal, Protocol

from tallystick.model import Custody, Record, Register

NOT_A_PERSON = "not a person"
"""The reason of an entry that is rightly no record (a company, a ship): counted apart, not for the quarantine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One entry of a source file: a record, or the reason why it is none.

    Attributes:
        position: line number in a text file, ordinal of the entry in XML or a workbook; counts from 1.
        record: the record, or None when it could not be read.
        reason: why not; empty when there is a record. Never holds a value of the entry.
        refused_id: id of an entry that could not be read otherwise; empty where there is a record, or the id is not known.
        original: the untouched bytes of the entry (for XML, the element as serialized); kept for the quarantine.
        dropped: names of special-category fields the entry carried and the record does not.
        repaired: what was corrected on the way, in a word or two each ("control character removed").
    """

    position: int
    record: Record | None
    reason: str = ""
    refused_id: str = ""
    original: bytes = field(default=b"", repr=False)
    dropped: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()


class Source(Protocol):
    """One edition of a list, read as a stream in constant memory."""

    def rows(self) -> Iterator[SourceRow]:
        """Yield every entry once.

        Raises:
            InputError: the file as a whole cannot be read to its end (truncated, not the format, too large).
        """
        ...


Form = tuple[int, bytes, int, int]
"""A name part: the class it is counted under, script and letters, its start by letters, its start by sounds; signed 64-bit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """What the store keeps beside a record so that it can be found.

    Attributes:
        keys: blocking keys, signed 64-bit; equal keys make a candidate.
        parts: classes of name parts, nationalities and places, signed 64-bit; counted over the register for their frequencies,
            as often as they come here.
        forms: its name parts, each once; kept once for the register, as long as a record of it has the part.
    """

    keys: Sequence[int]
    parts: Sequence[int]
    forms: Sequence[Form] = ()


class Indexer(Protocol):
    """Turns native-format lines into index entries; pure."""

    def __call__(self, lines: Sequence[bytes], /) -> list[IndexEntry]: ...


Change = Literal["added", "changed", "removed", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One entry in the history of a record.

    Attributes:
        record_id: whose history it is.
        change: what happened.
        edition: the edition that did it; for an expiry between two imports, the one then in force.
        at: when, in UTC.
        body: the line as it was before the change; empty where there was none.
    """

    record_id: str
    change: Change
    edition: int
    at: datetime
    body: bytes = field(repr=False)


class Coverage(Enum):
    """What an edition says about the records it does not mention."""

    COMPLETE = "complete"
    """It is the whole list: what it does not mention is removed."""
    PARTIAL = "partial"
    """It is a part: what it does not mention stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to import, into which register, and when.

    Attributes:
        register: name of the register.
        origin: name of the source as people know it (a file name, never its content).
        digest: digest of the source file, or empty when it has none.
        coverage: whether records the source does not mention are removed.
        may_replace: whether it may take out most of what the register holds.
        at: the moment of the import; its date decides what has expired.
        custody: of a register that is to be made with this edition; None for one that is there.
    """

    register: str
    origin: str
    at: datetime
    digest: bytes = b""
    coverage: Coverage = Coverage.COMPLETE
    may_replace: bool = False
    custody: Custody | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """One record of an edition, ready to be stored.

    Attributes:
        position: where the source has it, from 1.
        record_id: its id.
        line: its canonical line.
        expires_on: its own expiry date; None means the register's.
        entry: what it is found by.
    """

    position: int
    record_id: str
    line: bytes = field(repr=False)
    expires_on: date | None
    entry: IndexEntry = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A row that was left out, because its id came before in the same edition, at `first`."""

    position: int
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionInfo:
    """An edition as the store remembers it.

    Attributes:
        edition: its number in its register, from 1; 0 when the register never held anything.
        origin, digest, at: as in the order.
        confirmed_at: when the same content was last imported again.
        added, changed, unchanged, expired, quarantined, not_persons: the rows of the source, each counted once.
        removed: records it took out because it did not mention them.
    """

    edition: int
    origin: str
    digest: bytes
    at: datetime
    confirmed_at: datetime
    added: int
    changed: int
    unchanged: int
    expired: int
    quarantined: int
    not_persons: int
    removed: int


class Edition(Protocol):
    """One edition on its way into a register; nobody sees any of it before `finish`."""

    def put(self, rows: Sequence[EditionRow]) -> list[Duplicate]:
        """Take a batch of rows; return those that were left out because their id came before."""
        ...

    def keep(self, ids: Sequence[str]) -> None:
        """Leave records as they are whose entries nobody can read, unless another entry mentions them, before or after."""
        ...

    @property
    def kept(self) -> int:
        """How many records are left so; known when it is finished."""
        ...

    def finish(self, *, quarantined: int = 0, not_persons: int = 0) -> EditionInfo:
        """Remove what a complete edition does not mention, and make everything visible at once.

        An edition that changed nothing gets no number: the one in force is returned as confirmed, with this import's counts.
        """
        ...


class Quarantine(Protocol):
    """Keeps what could not be imported."""

    def put(self, *, position: int, reason: str, original: bytes) -> None: ...

    def repaired(self, *, position: int, reason: str, original: bytes) -> None:
        """Hear of an entry that was imported, and what of it was corrected or left out."""
        ...


class Progress(Protocol):
    """Told how far an import is: rows read so far, and once, before the wait, that the index is being built."""

    def __call__(self, stage: Literal["reading", "indexing"], done: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    """What one import did; every row of the source is counted exactly once, in added to not_persons.

    Attributes:
        kept: records that stay as they were because the row that mentions them is quarantined.
    """

    register: str
    edition: int
    added: int
    changed: int
    unchanged: int
    expired: int
    quarantined: int
    not_persons: int
    removed: int
    kept: int
    dropped_fields: Mapping[str, int]
    repaired: Mapping[str, int]


class RegisterStore(Protocol):
    """Registers, their records and their history, in one database.

    Every method raises InputError for a register or record that is not there, and StoreBusyError when the store is locked
    or cannot be reached. Iterators read one consistent state, whatever is imported meanwhile.
    """

    def close(self) -> None: ...
    def create_register(self, register: Register, *, at: datetime) -> None: ...
    def registers(self) -> list[Register]: ...
    def register(self, name: str) -> Register: ...
    def record(self, register: str, record_id: str) -> Record: ...
    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        """Return the lines of some records by id, of those that are there."""
        ...

    def first_lines(self, register: str, most: int) -> list[bytes]:
        """Return the lines of the first records, in order of id."""
        ...

    def lines(self, register: str) -> Iterator[bytes]:
        """Yield the current records as native-format lines, in order of id."""
        ...

    def edition(self, order: Order, *, index_mark: str) -> AbstractContextManager[Edition]:
        """Begin an edition; leaving the block without `finish`, or by an error, leaves the register as it was.

        A register that is to be made is not there, either, unless the edition is finished and brought a record.

        Args:
            order: which register, from where, when.
            index_mark: of the indexer that computed the edition's index entries; kept with a register that is made.
        """
        ...

    def editions(self, register: str) -> list[EditionInfo]:
        """Return the editions of a register, newest first."""
        ...

    def history(self, register: str, record_id: str | None = None) -> Iterator[Revision]:
        """Yield the revisions of one record or of the whole register, oldest first."""
        ...

    def revisions(self) -> tuple[int, int]:
        """Return how many revisions all registers have, and the number of the newest: while they stay, no record has changed."""
        ...

    def expire(self, register: str, *, now: datetime) -> int:
        """Take out the records whose expiry date has come; return how many."""
        ...

    def count(self, register: str) -> int: ...
    def candidates(self, register: str, keys: Sequence[int], *, limit: int) -> list[bytes]:
        """Return the lines of the records that share a key, most shared keys first, at most limit."""
        ...

    def forms(self, register: str, starts: Sequence[int]) -> list[tuple[bytes, int]]:
        """Return the name parts of a register that have one of these starts, and how many records have each."""
        ...

    def index_mark(self, register: str) -> str:
        """Return the mark of the indexer whose keys the register is found by; empty before the first."""
        ...

    def reindex(self, register: str, indexer: Indexer, *, mark: str) -> int:
        """Compute keys and parts of every current record anew; return how many there are. Records and history stay."""
        ...

    def part_counts(self, register: str, parts: Iterable[int]) -> dict[int, int]:
        """Return how often each class of a name part, nationality or place comes in the register."""
        ...
