"""Registers in one SQLite file: the default store, nothing to install, nothing to run.

Does not know what an edition means (`node.editions`) nor how the file is laid out (`adapters.sqlite_schema`).

Rules
 1. Reads and writes do not wait for each other (write-ahead log); two writers do, and the second gets StoreBusyError.
 2. An edition has a connection and a transaction of its own: nobody sees it before the end, and an error leaves no trace.
 3. A stream has a connection of its own: it reads the state at its beginning, whatever is imported meanwhile.
 4. A store belongs to the thread that opened it; opening another one on the same file is cheap.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from tallystick.adapters.sqlite_schema import connect, create_file, migrate, transaction, translated
from tallystick.adapters.sqlite_values import micros, moment_of
from tallystick.adapters.sqlite_writer import SqliteWriter, editions, newest_edition
from tallystick.adapters.store_edition import StoreEdition
from tallystick.adapters.store_values import (
    NEVER,
    Counts,
    custody_text,
    new_register,
    register_exists,
    register_of,
    unknown_record,
    unknown_register,
    written_in_the_open,
)
from tallystick.errors import StoreBusyError
from tallystick.model import Record, Register, decode
from tallystick.node.ports import Edition, EditionInfo, Indexer, Order, Revision

BUSY_TIMEOUT_S = 5.0

_Writing = Iterator[tuple[SqliteWriter, Register]]

_READ_CACHE_MIB = 32
_WRITE_CACHE_MIB = 64

# Ties go to the record that came first, as in every store.
_CANDIDATES = """
    SELECT r.body FROM (
        SELECT record_no, count(*) AS shared FROM record_key
        WHERE register_no = ? AND key IN (SELECT value FROM json_each(?))
        GROUP BY record_no ORDER BY shared DESC, record_no LIMIT ?
    ) CROSS JOIN record AS r USING (record_no) ORDER BY shared DESC, record_no"""

_PART_COUNTS = """
    SELECT part, records FROM part_count WHERE register_no = ? AND part IN (SELECT value FROM json_each(?))"""

# CROSS JOIN: the few parts that have the start are looked up; the planner would rather walk through all counts.
_FORMS = """
    WITH wanted (start) AS (SELECT value FROM json_each(?2))
    SELECT f.form, c.records FROM (
        SELECT part, form FROM part_form INDEXED BY part_form_letters
        WHERE register_no = ?1 AND letters IN (SELECT start FROM wanted)
        UNION
        SELECT part, form FROM part_form INDEXED BY part_form_sounds
        WHERE register_no = ?1 AND sounds IN (SELECT start FROM wanted)
    ) AS f CROSS JOIN part_count AS c ON c.register_no = ?1 AND c.part = f.part"""

_LINES_OF = """
    SELECT record_id, body FROM record
    WHERE register_no = ? AND record_id IN (SELECT value FROM json_each(?)) AND state = 1"""

_CURRENT_LINES = """
    SELECT body FROM record WHERE register_no = ? AND state = 1 ORDER BY record_id"""

# CROSS JOIN keeps the order of the revisions: no sorting, so a long history starts at once.
_HISTORY = """
    SELECT r.record_id, v.change, v.edition, v.at, v.body FROM revision AS v CROSS JOIN record AS r USING (record_no)
    WHERE r.register_no = ? ORDER BY v.revision_no"""

_HISTORY_OF_ONE = """
    SELECT r.record_id, v.change, v.edition, v.at, v.body FROM record AS r CROSS JOIN revision AS v USING (record_no)
    WHERE r.register_no = ? AND r.record_id = ? ORDER BY v.revision_no"""


class SqliteStore:
    """The registers in one file; see `node.ports.RegisterStore`."""

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Open the store, create it if there is none, bring an older one up to date.

        Raises:
            ConfigError: the file cannot be created, is no store, or was written by a newer version.
            StoreBusyError: another program is writing and does not end in time.
        """
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._counts = Counts()
        create_file(path)
        with translated(path):
            self._connection = self._connect(_READ_CACHE_MIB)
        try:
            with translated(path):
                migrate(self._connection, path)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def create_register(self, register: Register, *, at: datetime) -> None:
        with translated(self._path), transaction(self._connection):
            _make(self._connection, register, at)

    def registers(self) -> list[Register]:
        with translated(self._path):
            return [register_of(*row) for row in self._connection.execute("SELECT name, custody FROM register ORDER BY name")]

    def register(self, name: str) -> Register:
        with translated(self._path):
            return _find(self._connection, name)[1]

    def record(self, register: str, record_id: str) -> Record:
        return decode(self.line(register, record_id))

    def line(self, register: str, record_id: str) -> bytes:
        query = "SELECT body FROM record WHERE register_no = ? AND record_id = ? AND state = 1"
        with translated(self._path):
            register_no, _ = _find(self._connection, register)
            row = self._connection.execute(query, (register_no, record_id)).fetchone()
        if row is None:
            raise unknown_record(register, record_id)
        return bytes(row[0])

    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        with translated(self._path):
            found = self._connection.execute(_LINES_OF, (_find(self._connection, register)[0], json.dumps([*record_ids])))
            return dict(found.fetchall())

    def first_lines(self, register: str, most: int) -> list[bytes]:
        with translated(self._path):
            found = self._connection.execute(f"{_CURRENT_LINES} LIMIT ?", (_find(self._connection, register)[0], most))
            return [body for (body,) in found]

    def lines(self, register: str) -> Iterator[bytes]:
        with self._reading() as connection:
            for (body,) in connection.execute(_CURRENT_LINES, (_find(connection, register)[0],)):
                yield body

    @contextmanager
    def edition(self, order: Order, *, index_mark: str) -> Iterator[Edition]:
        with self._writing(order.register, order.at, is_edition=True, new=new_register(order), index_mark=index_mark) as (
            writer,
            register,
        ):
            expires_on = register.custody.expires_on
            edition = StoreEdition(writer, order, register_expires_on=expires_on, translated=partial(translated, self._path))
            yield edition
            if not edition.is_finished or (order.custody and not edition.has_changed):
                writer.connection.execute("ROLLBACK")

    def editions(self, register: str) -> list[EditionInfo]:
        with translated(self._path):
            return editions(self._connection, _find(self._connection, register)[0])

    def history(self, register: str, record_id: str | None = None) -> Iterator[Revision]:
        with self._reading() as connection:
            register_no, _ = _find(connection, register)
            query, which = (_HISTORY, (register_no,)) if record_id is None else (_HISTORY_OF_ONE, (register_no, record_id))
            for name, change, edition, at, body in connection.execute(query, which):
                yield Revision(record_id=name, change=change, edition=edition, at=moment_of(at), body=body)

    def revisions(self) -> tuple[int, int]:
        with translated(self._path):
            count, newest = self._connection.execute("SELECT count(*), ifnull(max(revision_no), 0) FROM revision").fetchone()
        return int(count), int(newest)

    def expire(self, register: str, *, now: datetime) -> int:
        with self._writing(register, now) as (writer, found):
            expired = writer.expire_due(now.date(), found.custody.expires_on)
            writer.merge()
            return expired

    def count(self, register: str) -> int:
        query = "SELECT count(*) FROM record WHERE register_no = ? AND state = 1"
        with translated(self._path):
            # Counted anew only when another connection has written: every change of a record has one of its own.
            (state,) = self._connection.execute("PRAGMA data_version").fetchone()
            register_no, _ = _find(self._connection, register)
            return self._counts.get(register_no, state, lambda: self._connection.execute(query, (register_no,)).fetchone()[0])

    def candidates(self, register: str, keys: Sequence[int], *, limit: int) -> list[bytes]:
        with translated(self._path):
            register_no, _ = _find(self._connection, register)
            found = self._connection.execute(_CANDIDATES, (register_no, json.dumps(list(keys)), limit))
            return [body for (body,) in found]

    def part_counts(self, register: str, parts: Iterable[int]) -> dict[int, int]:
        wanted = list(parts)
        with translated(self._path):
            register_no, _ = _find(self._connection, register)
            found = dict(self._connection.execute(_PART_COUNTS, (register_no, json.dumps(wanted))).fetchall())
        return {part: found.get(part, 0) for part in wanted}

    def forms(self, register: str, starts: Sequence[int]) -> list[tuple[bytes, int]]:
        with translated(self._path):
            register_no, _ = _find(self._connection, register)
            return self._connection.execute(_FORMS, (register_no, json.dumps(list(starts)))).fetchall()

    def index_mark(self, register: str) -> str:
        with translated(self._path):
            register_no, _ = _find(self._connection, register)
            row = self._connection.execute("SELECT index_mark FROM register WHERE register_no = ?", (register_no,)).fetchone()
        return str(row[0])

    def reindex(self, register: str, indexer: Indexer, *, mark: str) -> int:
        with self._writing(register) as (writer, _):
            return writer.reindex(indexer, mark)

    def envelope(self) -> bytes | None:
        with translated(self._path):
            row = self._connection.execute("SELECT envelope FROM seal").fetchone()
        return bytes(row[0]) if row else None

    def put_envelope(self, envelope: bytes) -> None:
        with translated(self._path), transaction(self._connection):
            is_open = self._connection.execute("SELECT 1 FROM register WHERE NOT EXISTS (SELECT 1 FROM seal)").fetchone()
            if is_open:
                raise written_in_the_open()
            self._connection.execute("INSERT OR REPLACE INTO seal VALUES (1, ?)", (envelope,))
        self._settle_envelope()

    def _settle_envelope(self) -> None:
        """Leave nothing of the envelope before in the file, whoever has the store open: the key before opens it."""
        with translated(self._path):
            (is_busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise StoreBusyError(
                "the new key opens the store, but what the old one opens is still in its file",
                hint="end what reads the store, set TALLYSTICK_KEY to the new key, and give `key change` once more",
            )

    def _connect(self, cache_mib: int) -> sqlite3.Connection:
        return connect(self._path, busy_timeout_s=self._busy_timeout_s, cache_mib=cache_mib)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with translated(self._path), closing(self._connect(_READ_CACHE_MIB)) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def _writing(
        self, register: str, at: datetime = NEVER, *, is_edition: bool = False, new: Register | None = None, index_mark: str = ""
    ) -> _Writing:
        with translated(self._path), closing(self._connect(_WRITE_CACHE_MIB)) as connection:
            with transaction(connection):
                if new:
                    _make(connection, new, at, index_mark)
                register_no, found = _find(connection, register)
                edition = newest_edition(connection, register_no) + is_edition
                yield SqliteWriter(connection, register_no, edition=edition, at=micros(at)), found
            # An import leaves a log as large as itself; give the room back, unless somebody reads from it just now.
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _make(connection: sqlite3.Connection, register: Register, at: datetime, index_mark: str = "") -> None:
    query = "INSERT INTO register (name, custody, created_at, index_mark) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    done = connection.execute(query, (register.name, custody_text(register.custody), micros(at), index_mark))
    if not done.rowcount:
        raise register_exists(register.name)


def _find(connection: sqlite3.Connection, name: str) -> tuple[int, Register]:
    row = connection.execute("SELECT register_no, name, custody FROM register WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise unknown_register(name)
    return row[0], register_of(row[1], row[2])
