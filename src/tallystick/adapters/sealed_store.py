"""A store whose records nobody reads without its key, around any other store.

What the store inside sees of a record: its id, its expiry date, its state and editions, sealed bytes, and index numbers that mean
nothing without the key. Names of registers and their custody stay readable; they are not about persons.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from tallystick.adapters.sealing import Sealer
from tallystick.model import Record, Register, decode
from tallystick.node.ports import (
    Duplicate,
    Edition,
    EditionInfo,
    EditionRow,
    Form,
    IndexEntry,
    Indexer,
    Order,
    RegisterStore,
    Revision,
)

_MAX_FORMS = 100_000


class SealableStore(RegisterStore, Protocol):
    """A store that can lie behind a seal."""

    def line(self, register: str, record_id: str) -> bytes:
        """Return a current record as it is kept."""
        ...

    def envelope(self) -> bytes | None:
        """Return what holds the store's data key; None for a store that is open."""
        ...

    def put_envelope(self, envelope: bytes) -> None:
        """Keep an envelope, in place of the one that is there.

        Raises:
            RefusedError: there is none, and the store holds registers that were written in the open.
        """
        ...


class SealedStore:
    """The registers of a sealed store, as its organisation sees them; see `node.ports.RegisterStore`."""

    def __init__(self, inner: SealableStore, sealer: Sealer) -> None:
        self._inner = inner
        self._sealer = sealer

    def close(self) -> None:
        self._inner.close()

    def create_register(self, register: Register, *, at: datetime) -> None:
        self._inner.create_register(register, at=at)

    def registers(self) -> list[Register]:
        return self._inner.registers()

    def register(self, name: str) -> Register:
        return self._inner.register(name)

    def record(self, register: str, record_id: str) -> Record:
        return decode(self._sealer.open(register, self._inner.line(register, record_id)))

    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        found = self._inner.lines_of(register, record_ids)
        return {record_id: self._sealer.open(register, body) for record_id, body in found.items()}

    def first_lines(self, register: str, most: int) -> list[bytes]:
        return [self._sealer.open(register, body) for body in self._inner.first_lines(register, most)]

    def lines(self, register: str) -> Iterator[bytes]:
        return (self._sealer.open(register, body) for body in self._inner.lines(register))

    @contextmanager
    def edition(self, order: Order, *, index_mark: str) -> Iterator[Edition]:
        with self._inner.edition(order, index_mark=index_mark) as edition:
            yield _SealedEdition(edition, order.register, self._sealer)

    def editions(self, register: str) -> list[EditionInfo]:
        return self._inner.editions(register)

    def history(self, register: str, record_id: str | None = None) -> Iterator[Revision]:
        for revision in self._inner.history(register, record_id):
            yield replace(revision, body=self._sealer.open(register, revision.body))

    def expire(self, register: str, *, now: datetime) -> int:
        return self._inner.expire(register, now=now)

    def revisions(self) -> tuple[int, int]:
        return self._inner.revisions()

    def count(self, register: str) -> int:
        return self._inner.count(register)

    def candidates(self, register: str, keys: Sequence[int], *, limit: int) -> list[bytes]:
        found = self._inner.candidates(register, self._sealer.keys(keys), limit=limit)
        return [self._sealer.open(register, body) for body in found]

    def part_counts(self, register: str, parts: Iterable[int]) -> dict[int, int]:
        wanted = list(parts)
        kept = self._sealer.parts(wanted)
        counts = self._inner.part_counts(register, kept)
        return {part: counts[each] for part, each in zip(wanted, kept, strict=True)}

    def forms(self, register: str, starts: Sequence[int]) -> list[tuple[bytes, int]]:
        found = self._inner.forms(register, self._sealer.parts(starts))
        return [(self._sealer.open(register, form), records) for form, records in found]

    def index_mark(self, register: str) -> str:
        return self._inner.index_mark(register)

    def reindex(self, register: str, indexer: Indexer, *, mark: str) -> int:
        def sealed(bodies: Sequence[bytes]) -> list[IndexEntry]:
            return [entries.sealed(entry) for entry in indexer([self._sealer.open(register, body) for body in bodies])]

        entries = _SealedEntries(self._sealer, register)
        return self._inner.reindex(register, sealed, mark=mark)


class _SealedEdition:
    """An edition on its way into a sealed store."""

    def __init__(self, inner: Edition, register: str, sealer: Sealer) -> None:
        self._inner = inner
        self._register = register
        self._sealer = sealer
        self._entries = _SealedEntries(sealer, register)

    def put(self, rows: Sequence[EditionRow]) -> list[Duplicate]:
        return self._inner.put([self._sealed(row) for row in rows])

    def keep(self, ids: Sequence[str]) -> None:
        self._inner.keep(ids)

    @property
    def kept(self) -> int:
        return self._inner.kept

    def finish(self, *, quarantined: int = 0, not_persons: int = 0) -> EditionInfo:
        return self._inner.finish(quarantined=quarantined, not_persons=not_persons)

    def _sealed(self, row: EditionRow) -> EditionRow:
        return replace(row, line=self._sealer.seal(self._register, row.line), entry=self._entries.sealed(row.entry))


class _SealedEntries:
    """Seals what records are found by; a name part that many bear is sealed once."""

    def __init__(self, sealer: Sealer, register: str) -> None:
        self._sealer = sealer
        self._register = register
        self._forms: dict[int, Form] = {}

    def sealed(self, entry: IndexEntry) -> IndexEntry:
        keys, parts = self._sealer.keys(entry.keys), self._sealer.parts(entry.parts)
        return IndexEntry(keys=keys, parts=parts, forms=[self._form(form) for form in entry.forms])

    def _form(self, form: Form) -> Form:
        part, written, *starts = form
        known = self._forms.get(part)
        if known is None:
            if len(self._forms) >= _MAX_FORMS:
                self._forms.clear()
            number, letters, sounds = self._sealer.parts([part, *starts])
            known = self._forms[part] = (number, self._sealer.seal(self._register, written), letters, sounds)
        return known
