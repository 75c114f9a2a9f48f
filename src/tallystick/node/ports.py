"""What a node needs from the outside world, as protocols; the adapters fulfil them.

Does no I/O itself. A source yields rows, a store keeps registers, a quarantine keeps what could not be read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from tallystick.model import Record, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One entry of a source file: a record, or the reason why it is none.

    Attributes:
        position: line number in a text file, ordinal of the entry in XML or a workbook; counts from 1.
        record: the record, or None when it could not be read.
        reason: why not; empty when there is a record. Never holds a value of the entry.
        original: the untouched bytes of the entry (for XML, the element as serialized); kept for the quarantine.
        dropped: names of special-category fields the entry carried and the record does not.
        repaired: what was corrected on the way, in a word or two each ("control character removed").
    """

    position: int
    record: Record | None
    reason: str = ""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """What the store keeps beside a record so that it can be found.

    Attributes:
        keys: blocking keys, signed 64-bit; equal keys make a candidate.
        parts: name-part classes, signed 64-bit; counted over the register for their frequencies.
    """

    keys: Sequence[int]
    parts: Sequence[int]


class Indexer(Protocol):
    """Turns native-format lines into index entries; pure."""

    def __call__(self, lines: Sequence[bytes]) -> list[IndexEntry]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One entry in the history of a record."""

    record_id: str
    change: Literal["added", "changed", "removed", "expired"]
    edition: int
    at: datetime
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSummary:
    """What one import did; every row of the source is counted exactly once in the first five."""

    register: str
    edition: int
    added: int
    changed: int
    unchanged: int
    quarantined: int
    expired: int
    removed: int
    dropped_fields: Mapping[str, int]
    repaired: Mapping[str, int]


class RegisterStore(Protocol):
    """Registers, their records and their history, in one database."""

    def create_register(self, register: Register, *, at: datetime) -> None: ...
    def registers(self) -> list[Register]: ...
    def register(self, name: str) -> Register: ...
    def record(self, register: str, record_id: str) -> Record: ...
    def lines(self, register: str) -> Iterator[bytes]:
        """Yield the current records as native-format lines, in order of id."""
        ...

    def history(self, register: str, record_id: str | None = None) -> Iterator[Revision]: ...
    def expire(self, register: str, *, now: datetime) -> int:
        """Take out the records whose expiry date has come; return how many."""
        ...

    def count(self, register: str) -> int: ...
    def candidates(self, register: str, keys: Sequence[int], *, limit: int) -> list[bytes]:
        """Return the lines of the records that share a key, most shared keys first, at most limit."""
        ...

    def part_counts(self, register: str, parts: Iterable[int]) -> dict[int, int]:
        """Return how many records of the register hold each name-part class."""
        ...
