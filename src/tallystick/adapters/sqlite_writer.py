"""Changes one register of a SQLite store, inside one transaction.

Does not decide what a row means; that is `node.editions`.

Rules
 1. Memory is constant: index entries are staged in temporary tables and merged in key order at the end, which is what makes
    a million records fast: the B-tree grows at its right edge instead of everywhere.
 2. What a record put into the indexes is read from the record itself, never computed again.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import chain, count, repeat
from typing import Final

from tallystick.adapters.sqlite_schema import add_part_counts
from tallystick.adapters.sqlite_values import micros, moment_of, pack, unpack
from tallystick.adapters.store_values import iso
from tallystick.node.editions import UNREAD, Held, State, Step, has_expired, index_difference
from tallystick.node.ports import Change, EditionInfo, Form, IndexEntry, Indexer

_CHUNK: Final = 250
"""Index entries per statement; fewer calls are what makes staging twice as fast."""
_MAX_COUNTED_PARTS: Final = 200_000
_MAX_FORMS: Final = 100_000
_BATCH: Final = 2000

_STAGING = (
    "CREATE TEMP TABLE entering (key INTEGER NOT NULL, record_no INTEGER NOT NULL) STRICT",
    "CREATE TEMP TABLE leaving (key INTEGER NOT NULL, record_no INTEGER NOT NULL) STRICT",
    "CREATE TEMP TABLE mentioned (record_no INTEGER PRIMARY KEY, position INTEGER NOT NULL) STRICT",
    "CREATE TEMP TABLE chosen (record_no INTEGER PRIMARY KEY) STRICT",
)

# CROSS JOIN: look every id up; the planner would rather walk through the whole register for each batch.
_HELD = """
    SELECT r.record_id, r.record_no, r.state, r.digest, coalesce(m.position, 0)
    FROM json_each(?2) AS wanted
    CROSS JOIN record AS r ON r.register_no = ?1 AND r.record_id = wanted.value
    LEFT JOIN temp.mentioned AS m USING (record_no)"""

_PUT = """
    INSERT INTO record (record_no, register_no, record_id, state, edition, expires_on, digest, body, parts, keys)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (record_no) DO UPDATE SET
        state = excluded.state, edition = excluded.edition, expires_on = excluded.expires_on, digest = excluded.digest,
        body = excluded.body, parts = excluded.parts, keys = excluded.keys"""

_REVISE = """
    INSERT INTO revision (record_no, change, edition, at, body)
    SELECT record_no, ?, ?, ?, body FROM record WHERE record_no = ?"""

_UNMENTIONED = """
    INSERT INTO temp.chosen
    SELECT record_no FROM record
    WHERE register_no = ? AND state = 1 AND record_no NOT IN (SELECT record_no FROM temp.mentioned)"""

_DUE = """
    INSERT INTO temp.chosen
    SELECT record_no FROM record WHERE register_no = ? AND state = 1 AND (expires_on <= ? OR (expires_on IS NULL AND ?))"""

_ALL = "INSERT INTO temp.chosen SELECT record_no FROM record WHERE register_no = ? AND state = 1"

_EDITION = "edition, origin, digest, at, confirmed_at, added, changed, unchanged, expired, quarantined, not_persons, removed"

_KEEP_FORM = "INSERT OR IGNORE INTO part_form (register_no, part, form, letters, sounds) VALUES (?, ?, ?, ?, ?)"

_FORGET_FORMS = """
    DELETE FROM part_form WHERE register_no = ?1
    AND part NOT IN (SELECT part FROM part_count WHERE register_no = ?1)"""

_Indexed = dict[int, tuple[tuple[int, ...], tuple[int, ...]]]
"""Record number to its parts and its keys."""


def editions(connection: sqlite3.Connection, register_no: int) -> list[EditionInfo]:
    """Return the editions of a register, newest first."""
    query = f"SELECT {_EDITION} FROM edition WHERE register_no = ? ORDER BY edition DESC"  # noqa: S608 - a constant
    names = _EDITION.split(", ")
    found = (dict(zip(names, row, strict=True)) for row in connection.execute(query, (register_no,)))
    return [EditionInfo(**row | {"at": moment_of(row["at"]), "confirmed_at": moment_of(row["confirmed_at"])}) for row in found]


def newest_edition(connection: sqlite3.Connection, register_no: int) -> int:
    """Return the number of the edition in force; 0 before the first."""
    query = "SELECT coalesce(max(edition), 0) FROM edition WHERE register_no = ?"
    return int(connection.execute(query, (register_no,)).fetchone()[0])


class SqliteWriter:
    """Changes one register inside the transaction of its connection; see `store_edition.Writer`."""

    def __init__(self, connection: sqlite3.Connection, register_no: int, *, edition: int, at: int) -> None:
        self.connection = connection
        self.register_no = register_no
        self.edition = edition
        self.at = at
        self._parts: Counter[int] = Counter()
        self._forms: dict[int, Form] = {}
        self._has_fewer = False
        for statement in _STAGING:
            connection.execute(statement)
        (last,) = connection.execute("SELECT coalesce(max(record_no), 0) FROM record").fetchone()
        self._new_numbers = count(int(last) + 1)

    def write(self, steps: Sequence[Step]) -> None:
        numbers = [self._number(step) for step in steps]
        old = self._indexed([step.held.number for step in steps if step.held and step.held.state is State.CURRENT])
        revisions = [(step.change, self.edition, self.at, number) for step, number in zip(steps, numbers, strict=True)]
        is_new = [step.held is None for step in steps]
        self.connection.executemany(_REVISE, (r for r, new in zip(revisions, is_new, strict=True) if not new))
        self.connection.executemany(_PUT, (self._row(step, number) for step, number in zip(steps, numbers, strict=True)))
        self.connection.executemany(
            "INSERT INTO revision (change, edition, at, record_no, body) VALUES (?, ?, ?, ?, x'')",
            (r for r, new in zip(revisions, is_new, strict=True) if new),
        )
        self._index(steps, numbers, old)
        self.mention((number, step.row.position) for step, number in zip(steps, numbers, strict=True))

    def held(self, ids: Sequence[str]) -> dict[str, Held]:
        rows = self.connection.execute(_HELD, (self.register_no, json.dumps(ids)))
        return {name: Held(number, State(state), digest, position) for name, number, state, digest, position in rows}

    def mention(self, numbers: Iterable[tuple[int, int]]) -> None:
        self.connection.executemany("INSERT OR REPLACE INTO temp.mentioned VALUES (?, ?)", numbers)

    def count_unread(self) -> int:
        [count] = self.connection.execute("SELECT count(*) FROM temp.mentioned WHERE position = ?", (UNREAD,)).fetchone()
        return int(count)

    def remove_unmentioned(self) -> int:
        found = self.connection.execute(_UNMENTIONED, (self.register_no,)).rowcount
        self._take_out("removed", State.REMOVED)
        return found

    def expire_due(self, today: date, register_expires_on: date | None) -> int:
        """Take out what may no longer be used; return how many."""
        register_is_over = has_expired(register_expires_on, today)
        found = self.connection.execute(_DUE, (self.register_no, iso(today), register_is_over)).rowcount
        self._take_out("expired", State.EXPIRED)
        return found

    def reindex(self, indexer: Indexer, mark: str) -> int:
        """Compute keys and parts of every current record anew; return how many there are."""
        found = self.connection.execute(_ALL, (self.register_no,)).rowcount
        self.connection.execute("DELETE FROM record_key WHERE register_no = ?", (self.register_no,))
        self.connection.execute("DELETE FROM part_count WHERE register_no = ?", (self.register_no,))
        self.connection.execute("DELETE FROM part_form WHERE register_no = ?", (self.register_no,))
        bodies = self.connection.execute(
            "SELECT record_no, body FROM temp.chosen CROSS JOIN record USING (record_no) ORDER BY record_no"
        )
        while batch := bodies.fetchmany(_BATCH):
            self._enter_anew([number for number, _ in batch], indexer([body for _, body in batch]))
        self.connection.execute("UPDATE register SET index_mark = ? WHERE register_no = ?", (mark, self.register_no))
        self.merge()
        return found

    def merge(self) -> None:
        # The inner ORDER BY makes SQLite visit the B-tree from left to right.
        self.connection.execute("PRAGMA threads = 2")
        self.connection.execute(
            """DELETE FROM record_key WHERE (register_no, key, record_no) IN
            (SELECT ?, key, record_no FROM temp.leaving ORDER BY key, record_no)""",
            (self.register_no,),
        )
        self.connection.execute(
            "INSERT INTO record_key SELECT ?, key, record_no FROM temp.entering ORDER BY key, record_no", (self.register_no,)
        )
        self._flush_parts()
        self._flush_forms()
        if self._has_fewer:
            self.connection.execute(_FORGET_FORMS, (self.register_no,))

    def record(self, info: EditionInfo) -> None:
        moments = (micros(info.at), micros(info.confirmed_at))
        counts = (info.added, info.changed, info.unchanged, info.expired, info.quarantined, info.not_persons, info.removed)
        self.connection.execute(
            f"INSERT INTO edition (register_no, {_EDITION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
            (self.register_no, info.edition, info.origin, info.digest, *moments, *counts),
        )

    def confirm(self, info: EditionInfo) -> EditionInfo | None:
        newest = next(iter(editions(self.connection, self.register_no)), None)
        if newest is not None:
            self.connection.execute(
                "UPDATE edition SET confirmed_at = ? WHERE register_no = ? AND edition = ?",
                (micros(info.confirmed_at), self.register_no, newest.edition),
            )
        return newest

    def _take_out(self, change: Change, state: State) -> None:
        chosen = self.connection.execute("SELECT record_no FROM temp.chosen ORDER BY record_no")
        while batch := [number for (number,) in chosen.fetchmany(_BATCH)]:
            self.connection.executemany(_REVISE, ((change, self.edition, self.at, number) for number in batch))
            for number, (parts, keys) in self._indexed(batch).items():
                self._stage("leaving", list(_pairs(keys, number)))
                self._count(fewer=parts, more=())
        self.connection.execute(
            """UPDATE record SET state = ?, edition = ?, body = x'', parts = x'', keys = x''
            WHERE record_no IN (SELECT record_no FROM temp.chosen)""",
            (state, self.edition),
        )

    def _enter_anew(self, numbers: Sequence[int], entries: Sequence[IndexEntry]) -> None:
        sets = [(number, sorted(entry.parts), set(entry.keys)) for number, entry in zip(numbers, entries, strict=True)]
        self.connection.executemany(
            "UPDATE record SET parts = ?, keys = ? WHERE record_no = ?", ((pack(p), pack(k), number) for number, p, k in sets)
        )
        self._stage("entering", list(chain.from_iterable(_pairs(keys, number) for number, _, keys in sets)))
        self._count(fewer=(), more=chain.from_iterable(parts for _, parts, _ in sets))
        self._keep_forms(entries)

    def _number(self, step: Step) -> int:
        if step.held is not None:
            return step.held.number
        return next(self._new_numbers)

    def _row(self, step: Step, number: int) -> tuple[object, ...]:
        row, is_current = step.row, step.state is State.CURRENT
        body, parts, keys = (row.line, pack(row.entry.parts), pack(set(row.entry.keys))) if is_current else (b"", b"", b"")
        head = (number, self.register_no, row.record_id, step.state, self.edition, iso(row.expires_on), step.digest)
        return (*head, body, parts, keys)

    def _indexed(self, numbers: Sequence[int]) -> _Indexed:
        if not numbers:
            return {}
        rows = self.connection.execute(
            "SELECT record_no, parts, keys FROM record WHERE record_no IN (SELECT value FROM json_each(?))",
            (json.dumps(numbers),),
        )
        return {number: (unpack(parts), unpack(keys)) for number, parts, keys in rows}

    def _index(self, steps: Sequence[Step], numbers: Sequence[int], old: _Indexed) -> None:
        leaving: list[int] = []
        entering: list[int] = []
        fewer: list[int] = []
        more: list[int] = []
        for step, number in zip(steps, numbers, strict=True):
            old_parts, old_keys = old.get(number, ((), ()))
            parts, keys = (step.row.entry.parts, step.row.entry.keys) if step.state is State.CURRENT else ((), ())
            gone, fresh = index_difference(old_keys, keys)
            leaving += _pairs(gone, number)
            entering += _pairs(fresh, number)
            fewer += old_parts
            more += parts
        self._stage("leaving", leaving)
        self._stage("entering", entering)
        self._count(fewer=fewer, more=more)
        self._keep_forms([step.row.entry for step in steps if step.state is State.CURRENT])

    def _stage(self, table: str, flat: list[int]) -> None:
        """Add keys and record numbers, by turns in one list, to a staging table."""
        whole = len(flat) - len(flat) % (2 * _CHUNK)
        insert = f"INSERT INTO temp.{table} VALUES "  # noqa: S608 - the table is one of two words of this module
        many = insert + ",".join(["(?, ?)"] * _CHUNK)
        for start in range(0, whole, 2 * _CHUNK):
            self.connection.execute(many, flat[start : start + 2 * _CHUNK])
        self.connection.executemany(insert + "(?, ?)", zip(flat[whole::2], flat[whole + 1 :: 2], strict=True))

    def _count(self, *, fewer: Collection[int], more: Iterable[int]) -> None:
        self._has_fewer |= bool(fewer)
        self._parts.subtract(fewer)
        self._parts.update(more)
        if len(self._parts) > _MAX_COUNTED_PARTS:
            self._flush_parts()

    def _keep_forms(self, entries: Iterable[IndexEntry]) -> None:
        self._forms.update((form[0], form) for entry in entries for form in entry.forms)
        if len(self._forms) > _MAX_FORMS:
            self._flush_forms()

    def _flush_forms(self) -> None:
        self.connection.executemany(_KEEP_FORM, ((self.register_no, *form) for _, form in sorted(self._forms.items())))
        self._forms.clear()

    def _flush_parts(self) -> None:
        add_part_counts(self.connection, self.register_no, self._parts)
        self._parts.clear()


def _pairs(keys: Iterable[int], number: int) -> Iterable[int]:
    return chain.from_iterable(zip(keys, repeat(number)))
