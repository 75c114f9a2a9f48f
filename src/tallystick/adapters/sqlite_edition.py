"""One edition on its way into a SQLite store, and the list of those that arrived.

Does not decide what a row means (`node.editions`) nor how a record is written (`adapters.sqlite_writer`).
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tallystick.adapters.sqlite_schema import translated
from tallystick.adapters.sqlite_writer import Writer
from tallystick.adapters.store_values import utc
from tallystick.node.editions import Count, plan_batch
from tallystick.node.ports import Coverage, Duplicate, EditionInfo, EditionRow, Order

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_COLUMNS = "edition, origin, digest, at, confirmed_at, added, changed, unchanged, expired, quarantined, not_persons, removed"


def micros(moment: datetime) -> int:
    """Write a moment as microseconds since 1970, UTC."""
    return (utc(moment) - _EPOCH) // timedelta(microseconds=1)


def moment_of(value: int) -> datetime:
    """Read what `micros` wrote."""
    return _EPOCH + timedelta(microseconds=value)


def editions(connection: sqlite3.Connection, register_no: int) -> list[EditionInfo]:
    """Return the editions of a register, newest first."""
    query = f"SELECT {_COLUMNS} FROM edition WHERE register_no = ? ORDER BY edition DESC"  # noqa: S608 - a constant
    names = _COLUMNS.split(", ")
    found = (dict(zip(names, row, strict=True)) for row in connection.execute(query, (register_no,)))
    return [EditionInfo(**row | {"at": moment_of(row["at"]), "confirmed_at": moment_of(row["confirmed_at"])}) for row in found]


def newest_edition(connection: sqlite3.Connection, register_no: int) -> int:
    """Return the number of the edition in force; 0 before the first."""
    query = "SELECT coalesce(max(edition), 0) FROM edition WHERE register_no = ?"
    return int(connection.execute(query, (register_no,)).fetchone()[0])


class SqliteEdition:
    """See `node.ports.Edition`; `is_finished` tells the store whether to commit."""

    def __init__(self, path: Path, writer: Writer, order: Order, register_expires_on: date | None) -> None:
        self.is_finished = False
        self._path = path
        self._writer = writer
        self._order = order
        self._register_expires_on = register_expires_on
        self._counts: Counter[Count] = Counter()
        self._has_changed = False

    def put(self, rows: Sequence[EditionRow]) -> list[Duplicate]:
        with translated(self._path):
            held = self._writer.held([row.record_id for row in rows])
            plan = plan_batch(rows, held, today=self._order.at.date(), register_expires_on=self._register_expires_on)
            numbers = self._writer.write(plan.steps)
            self._writer.mention([*plan.mentioned, *zip(numbers, (step.row.position for step in plan.steps), strict=True)])
        self._counts.update(plan.counts)
        self._has_changed |= bool(plan.steps)
        return plan.duplicates

    def finish(self, *, quarantined: int = 0, not_persons: int = 0) -> EditionInfo:
        with translated(self._path):
            removed = self._writer.remove_unmentioned() if self._order.coverage is Coverage.COMPLETE else 0
            info = self._info(quarantined=quarantined, not_persons=not_persons, removed=removed)
            if self._has_changed or removed:
                self._writer.merge()
                self._record(info)
            else:
                info = self._confirm(info)
        self.is_finished = True
        return info

    def _info(self, *, quarantined: int, not_persons: int, removed: int) -> EditionInfo:
        return EditionInfo(
            edition=self._writer.edition,
            origin=self._order.origin,
            digest=self._order.digest,
            at=utc(self._order.at),
            confirmed_at=utc(self._order.at),
            added=self._counts["added"],
            changed=self._counts["changed"],
            unchanged=self._counts["unchanged"],
            expired=self._counts["expired"],
            quarantined=quarantined,
            not_persons=not_persons,
            removed=removed,
        )

    def _confirm(self, info: EditionInfo) -> EditionInfo:
        """Note that the edition in force was seen again; there is none when nothing was ever imported."""
        connection, number = self._writer.connection, self._writer.edition - 1
        connection.execute(
            "UPDATE edition SET confirmed_at = ? WHERE register_no = ? AND edition = ?",
            (micros(info.at), self._writer.register_no, number),
        )
        newest = next(iter(editions(connection, self._writer.register_no)), info)
        return replace(info, edition=number, origin=newest.origin, digest=newest.digest, at=newest.at)

    def _record(self, info: EditionInfo) -> None:
        moment = micros(info.at)
        counts = (info.added, info.changed, info.unchanged, info.expired, info.quarantined, info.not_persons, info.removed)
        self._writer.connection.execute(
            f"INSERT INTO edition (register_no, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
            (self._writer.register_no, info.edition, info.origin, info.digest, moment, moment, *counts),
        )
