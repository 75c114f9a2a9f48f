"""What can be done with a register: make it, import an edition, look, export, let it expire.

Does no I/O: the store, the source, the indexer and the quarantine are passed in, and so is the time.

Rules
 1. An edition arrives whole or not at all; a source that breaks off leaves the register as it was. A new register comes to be
    with its first edition.
 2. A bad row never stops an import: it goes to the quarantine with position, reason and its untouched original.
 3. Every row of the source is counted exactly once: added, changed, unchanged, expired, quarantined, or rightly no
    person's entry.
 4. All records of a register are found by the same keys: an index made by other rules is brought up to date first.
 5. A row that cannot be read takes nobody out: where its id can be read, the record stays as it was.
 6. An edition that takes out more than half of a register does so only where that was said: it is more often a file cut short,
    or another list.
 7. Memory does not grow with the source: batches are bounded in rows and in bytes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from tallystick.errors import InputError, RefusedError, UnknownIdError
from tallystick.model import Custody, Record, Register, encode
from tallystick.node.indexing import index_mark, reindex
from tallystick.node.ports import (
    NOT_A_PERSON,
    Duplicate,
    Edition,
    EditionInfo,
    EditionRow,
    EditionSummary,
    Indexer,
    Order,
    Progress,
    Quarantine,
    RegisterStore,
    Revision,
    Source,
    SourceRow,
)

BATCH_ROWS = 2000
BATCH_BYTES = 8 << 20
FEW_REMOVED = 10
"""So few records may go whatever part of the register they are."""

_MUST_SAY = ("owner", "purpose", "legal_basis")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOverview:
    """A register at a glance: what holds for it, how many records it has, the edition in force (None before the first)."""

    register: Register
    records: int
    edition: EditionInfo | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A record with the custody that holds for it, the register's filled in."""

    record: Record
    custody: Custody


def create_register(store: RegisterStore, register: Register, *, at: datetime) -> None:
    """Make an empty register.

    Raises:
        InputError: the name cannot be used in files and addresses, or is taken.
    """
    _check_name(register.name)
    store.create_register(register, at=at)


def _check_name(name: str) -> None:
    if _NAME.match(name) is None:
        raise InputError(
            "register name is not usable", hint="use up to 63 of a-z, 0-9, dot, hyphen, underscore; begin with a letter or digit"
        )


def custody_if_new(store: RegisterStore, register: Register, named: Callable[[str], str] = str) -> Custody | None:
    """Return the custody of a register that is to be made; None for one that is there.

    Refuses to change by what right an old one is held in passing.

    Args:
        store: where the register is, or will be.
        register: its name, and the custody that was given, as far as any was.
        named: how the face that asks calls a field of a custody.

    Raises:
        InputError: it is new and does not say why it is held, or it is held under another custody than given.
    """
    known = {each.name: each for each in store.registers()}.get(register.name)
    if known is None:
        missing = [named(name) for name in _MUST_SAY if not getattr(register.custody, name)]
        if missing:
            what = f"register {register.name} is new and does not say why it is held"
            raise InputError(what, hint=f"give {', '.join(missing)}")
        _check_name(register.name)
        return register.custody
    said = {name: value for name in register.custody.__slots__ if (value := getattr(register.custody, name)) is not None}
    if replace(known.custody, **said) != known.custody:
        raise InputError(
            f"register {register.name} is held under another custody than given",
            hint=f"leave the custody out, or see `tallystick register show {register.name}`",
        )
    return None


def import_edition(
    store: RegisterStore,
    order: Order,
    source: Source,
    *,
    indexer: Indexer,
    quarantine: Quarantine,
    progress: Progress = lambda _stage, _done: None,
) -> EditionSummary:
    """Import one edition of a source into a register.

    Args:
        store: where the register is.
        order: which register, from where, when, and whether the source is complete.
        source: yields the rows, once.
        indexer: computes what a record is found by.
        quarantine: takes what could not be imported, and hears of records of which something was corrected or left out.
        progress: told after every batch, and before the index is built.

    Returns:
        What happened, every row counted once. Edition 0: the source holds no record, and the register none either; a new one
        was not made.

    Raises:
        InputError: the source as a whole cannot be read to its end, or the register is unknown, or a new one is there already
            or has no usable name; nothing has changed then.
        RefusedError: it would take out most of the register, and nobody said that it may; nothing has changed.
        StoreBusyError: somebody else is importing.
    """
    before = 0
    if order.custody is None:
        reindex(store, order.register, indexer)
        before = store.count(order.register)
    else:
        _check_name(order.register)
    with store.edition(order, index_mark=index_mark(indexer)) as edition:
        intake = _Intake(edition, indexer, quarantine)
        for row in source.rows():
            intake.take(row)
            if intake.is_full:
                intake.flush()
                progress("reading", intake.rows)
        intake.flush()
        progress("reading", intake.rows)
        progress("indexing", intake.rows)
        info = edition.finish(quarantined=intake.quarantined, not_persons=intake.not_persons)
        _check_removed(order, info.removed, before)
    return intake.summary(order.register, info)


def empty_register(store: RegisterStore, name: str, *, at: datetime, indexer: Indexer) -> int:
    """Take every record out of a register, as an edition of its own; its history keeps what was. Return how many.

    Raises:
        InputError: the register is unknown.
        StoreBusyError: somebody is importing.
    """
    with store.edition(
        Order(register=name, origin="emptied", at=at, may_replace=True), index_mark=index_mark(indexer)
    ) as edition:
        return edition.finish().removed


def _check_removed(order: Order, removed: int, before: int) -> None:
    if order.may_replace or removed <= FEW_REMOVED or removed * 2 <= before:
        return
    raise RefusedError(
        f"this edition would take out {removed:,} of {before:,} records of {order.register}; nothing was changed",
        hint="is it the whole list, and of this register? say that it is a part, or that it may replace the register",
    )


def show_register(store: RegisterStore, name: str) -> RegisterOverview:
    """Return a register at a glance."""
    register = store.register(name)
    return RegisterOverview(register=register, records=store.count(name), edition=next(iter(store.editions(name)), None))


def show_record(store: RegisterStore, register: str, record_id: str) -> RecordView:
    """Return a current record and by what right it is held."""
    record = store.record(register, record_id)
    return RecordView(record=record, custody=store.register(register).custody_for(record))


def history(store: RegisterStore, register: str, record_id: str | None = None) -> Iterator[Revision]:
    """Yield what happened to one record, or to the whole register, oldest first.

    Raises:
        InputError: no such register, or it never held a record of this id.
    """
    found = False
    for revision in store.history(register, record_id):
        found = True
        yield revision
    if record_id is not None and not found:
        raise UnknownIdError(f"register {register} never held record {record_id}", hint="check the id", id=record_id)


def expire(store: RegisterStore, register: str, *, now: datetime) -> int:
    """Take out the records whose expiry date has come; they stay in the history. Return how many."""
    return store.expire(register, now=now)


def export_lines(store: RegisterStore, register: str) -> Iterator[bytes]:
    """Yield the current records in the native format, in order of id, without line ends."""
    return store.lines(register)


@dataclass(slots=True)
class _Intake:
    """Rows on their way from a source into an edition, with the counts the store cannot know."""

    edition: Edition
    indexer: Indexer
    quarantine: Quarantine
    rows: int = 0
    quarantined: int = 0
    not_persons: int = 0
    unread: list[str] = field(default_factory=list)
    batch: list[tuple[SourceRow, Record, bytes]] = field(default_factory=list)
    batch_bytes: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        return len(self.batch) + len(self.unread) >= BATCH_ROWS or self.batch_bytes >= BATCH_BYTES

    def take(self, row: SourceRow) -> None:
        self.rows += 1
        if row.record is None:
            self._leave_out(row)
            return
        try:
            line = encode(row.record)
        except UnicodeEncodeError:  # half a surrogate pair, from a reader that let it pass
            self._reject(row, "record holds text that is not Unicode")
        else:
            self.batch.append((row, row.record, line))
            self.batch_bytes += len(line) + len(row.original)

    def flush(self) -> None:
        entries = self.indexer([line for _, _, line in self.batch])
        rows = [
            EditionRow(
                position=row.position,
                record_id=record.id,
                line=line,
                expires_on=record.custody.expires_on if record.custody else None,
                entry=entry,
            )
            for (row, record, line), entry in zip(self.batch, entries, strict=True)
        ]
        left_out = {duplicate.position: duplicate for duplicate in self.edition.put(rows)}
        for row, _, _ in self.batch:
            self._settle(row, left_out.get(row.position))
        if self.unread:
            self.edition.keep(self.unread)
        self.batch, self.batch_bytes, self.unread = [], 0, []

    def summary(self, register: str, info: EditionInfo) -> EditionSummary:
        return EditionSummary(
            register=register,
            edition=info.edition,
            added=info.added,
            changed=info.changed,
            unchanged=info.unchanged,
            expired=info.expired,
            quarantined=info.quarantined,
            not_persons=info.not_persons,
            removed=info.removed,
            kept=self.edition.kept,
            dropped_fields=dict(self.dropped),
            repaired=dict(self.repaired),
        )

    def _leave_out(self, row: SourceRow) -> None:
        if row.reason == NOT_A_PERSON:
            self.not_persons += 1
        else:
            self._reject(row, row.reason)
        if row.refused_id:
            self.unread.append(row.refused_id)

    def _settle(self, row: SourceRow, duplicate: Duplicate | None) -> None:
        if duplicate is not None:
            self._reject(row, f"duplicate id; first at line {duplicate.first}")
            return
        self.dropped.update(row.dropped)
        self.repaired.update(row.repaired)
        if row.repaired:
            self.quarantine.repaired(position=row.position, reason="; ".join(row.repaired), original=row.original)

    def _reject(self, row: SourceRow, reason: str) -> None:
        self.quarantined += 1
        self.quarantine.put(position=row.position, reason=reason, original=row.original)
