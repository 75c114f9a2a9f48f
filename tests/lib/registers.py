"""Small registers for tests: records, sources, a quarantine that remembers, an index on the words of a name."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from tallystick.errors import InputError
from tallystick.model import Custody, Record, Register, decode
from tallystick.node.ports import Coverage, EditionSummary, IndexEntry, Order, RegisterStore, SourceRow
from tallystick.node.registers import create_register, import_edition

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def person(record_id: str, *names: str, expires_on: date | None = None) -> Record:
    return Record(id=record_id, names=names, custody=Custody(expires_on=expires_on) if expires_on else None)


class Rows:
    """A source that has its rows already: records, or reasons why there is none, with an id where it can be read."""

    def __init__(self, rows: Sequence[Record | str | tuple[str, str]], *, breaks: bool = False) -> None:
        self._rows = rows
        self._breaks = breaks

    def rows(self) -> Iterator[SourceRow]:
        for position, row in enumerate(self._rows, start=1):
            original = f"original {position}".encode()
            if isinstance(row, Record):
                yield SourceRow(position=position, record=row, original=original)
            else:
                reason, record_id = (row, "") if isinstance(row, str) else row
                yield SourceRow(position=position, record=None, reason=reason, refused_id=record_id, original=original)
        if self._breaks:
            raise InputError("file ends in the middle", hint="fetch it again")


class Given:
    """A source of rows that are there already."""

    def __init__(self, rows: Sequence[SourceRow]) -> None:
        self._rows = rows

    def rows(self) -> Iterator[SourceRow]:
        return iter(self._rows)


class Remembered:
    """A quarantine in memory."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str, bytes]] = []
        self.repairs: list[tuple[int, str, bytes]] = []

    def put(self, *, position: int, reason: str, original: bytes) -> None:
        self.rows.append((position, reason, original))

    def repaired(self, *, position: int, reason: str, original: bytes) -> None:
        self.repairs.append((position, reason, original))


def number(word: str) -> int:
    """Return a signed 64-bit number for a word."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little", signed=True)


def by_words(lines: Sequence[bytes]) -> list[IndexEntry]:
    """Index a record by the words of its names."""
    words = [[number(word) for name in decode(line).names for word in name.split()] for line in lines]
    return [IndexEntry(keys=numbers, parts=numbers) for numbers in words]


def make(store: RegisterStore, name: str = "lists", custody: Custody | None = None) -> None:
    create_register(store, Register(name=name, custody=custody or Custody(owner="Office")), at=NOON)


def load(  # noqa: PLR0913 - each is one thing a test may vary
    store: RegisterStore,
    *rows: Record | str | tuple[str, str],
    register: str = "lists",
    at: datetime = NOON,
    coverage: Coverage = Coverage.COMPLETE,
    may_replace: bool = False,
    quarantine: Remembered | None = None,
    custody: Custody | None = None,
) -> EditionSummary:
    order = Order(
        register=register,
        origin="list.xml",
        digest=b"\x01\x02",
        at=at,
        coverage=coverage,
        may_replace=may_replace,
        custody=custody,
    )
    return import_edition(store, order, Rows(rows), indexer=by_words, quarantine=quarantine or Remembered())
