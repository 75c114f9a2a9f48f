"""Registers in a PostgreSQL database, for organisations that have one.

Does not know what an edition means (`node.editions`) nor how the tables are laid out (`adapters.postgres_schema`).

Rules
 1. Two editions of one register do not wait for each other for long: the second gets StoreBusyError.
 2. An edition has a connection and a transaction of its own: nobody sees it before the end, and an error leaves no trace.
 3. A stream has a connection of its own: it reads the state at its beginning, whatever is imported meanwhile.
 4. A lost connection is an error once; the next call opens a new one.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString

import psycopg

from tallystick.adapters.postgres_schema import Connection, connect, migrate, one, translated
from tallystick.adapters.postgres_writer import PostgresWriter, editions, newest_edition
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
    utc,
    written_in_the_open,
)
from tallystick.model import Record, Register, decode
from tallystick.node.ports import Edition, EditionInfo, Indexer, Order, Revision

BUSY_TIMEOUT_S = 5.0

_Writing = Iterator[tuple[PostgresWriter, Register]]

_STREAM_ROWS = 2000

_FIND: LiteralString = "SELECT register_no, name, custody FROM register WHERE name = %s"

_CURRENT_LINES: LiteralString = """
    SELECT body FROM record WHERE register_no = %s AND state = 1 ORDER BY record_id"""

_LINES_OF: LiteralString = """
    SELECT record_id, body FROM record WHERE register_no = %s AND record_id = ANY(%s::text[]) AND state = 1"""

_HISTORY: LiteralString = """
    SELECT r.record_id, v.change, v.edition, v.at, v.body FROM revision AS v JOIN record AS r USING (record_no)
    WHERE r.register_no = %s ORDER BY v.revision_no"""

_HISTORY_OF_ONE: LiteralString = """
    SELECT r.record_id, v.change, v.edition, v.at, v.body FROM record AS r JOIN revision AS v USING (record_no)
    WHERE r.register_no = %s AND r.record_id = %s ORDER BY v.revision_no"""

# Ties go to the record that came first, as in every store.
_CANDIDATES: LiteralString = """
    SELECT r.body FROM (
        SELECT record_no, count(*) AS shared FROM record_key WHERE register_no = %s AND key = ANY(%s::bigint[])
        GROUP BY record_no ORDER BY shared DESC, record_no LIMIT %s
    ) AS found JOIN record AS r USING (record_no) ORDER BY shared DESC, record_no"""


class PostgresStore:
    """The registers in one database; see `node.ports.RegisterStore`."""

    def __init__(self, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Open the store, create its tables if there are none, bring older ones up to date.

        Raises:
            ConfigError: the URL cannot be read, or the tables were written by a newer version.
            StoreBusyError: the server cannot be reached or does not let us in.
        """
        self._url = url
        self._busy_timeout_s = busy_timeout_s
        self._counts = Counts()
        self._connection = connect(url)
        try:
            with translated():
                migrate(self._connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def create_register(self, register: Register, *, at: datetime) -> None:
        with self._ready() as connection:
            _make(connection, register, at)

    def registers(self) -> list[Register]:
        with self._ready() as connection:
            return [register_of(*row) for row in connection.execute("SELECT name, custody FROM register ORDER BY name")]

    def register(self, name: str) -> Register:
        with self._ready() as connection:
            return _find(connection, name)[1]

    def record(self, register: str, record_id: str) -> Record:
        return decode(self.line(register, record_id))

    def line(self, register: str, record_id: str) -> bytes:
        query: LiteralString = "SELECT body FROM record WHERE register_no = %s AND record_id = %s AND state = 1"
        with self._ready() as connection:
            row = connection.execute(query, (_find(connection, register)[0], record_id)).fetchone()
        if row is None:
            raise unknown_record(register, record_id)
        return bytes(row[0])

    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        with self._ready() as connection:
            return dict(connection.execute(_LINES_OF, (_find(connection, register)[0], [*record_ids])).fetchall())

    def first_lines(self, register: str, most: int) -> list[bytes]:
        query: LiteralString = _CURRENT_LINES + " LIMIT %s"
        with self._ready() as connection:
            return [body for (body,) in connection.execute(query, (_find(connection, register)[0], most))]

    def lines(self, register: str) -> Iterator[bytes]:
        for (body,) in self._stream(register, _CURRENT_LINES):
            yield body

    @contextmanager
    def edition(self, order: Order, *, index_mark: str) -> Iterator[Edition]:
        with self._writing(order.register, order.at, is_edition=True, new=new_register(order), index_mark=index_mark) as (
            writer,
            register,
        ):
            expires_on = register.custody.expires_on
            edition = StoreEdition(writer, order, register_expires_on=expires_on, translated=translated)
            yield edition
            if not edition.is_finished or (order.custody and not edition.has_changed):
                raise psycopg.Rollback

    def editions(self, register: str) -> list[EditionInfo]:
        with self._ready() as connection:
            return editions(connection, _find(connection, register)[0])

    def history(self, register: str, record_id: str | None = None) -> Iterator[Revision]:
        rows = self._stream(register, _HISTORY) if record_id is None else self._history_of(register, record_id)
        for name, change, edition, at, body in rows:
            yield Revision(record_id=name, change=change, edition=edition, at=utc(at), body=body)

    def _history_of(self, register: str, record_id: str) -> Iterator[tuple[Any, ...]]:
        with self._ready() as connection:
            found = connection.execute(_HISTORY_OF_ONE, (_find(connection, register)[0], record_id)).fetchall()
        return iter(found)

    def revisions(self) -> tuple[int, int]:
        # The count as well: numbers are given out before a transaction ends, and one that is lower may become visible later.
        with self._ready() as connection:
            row = connection.execute("SELECT count(*), coalesce(max(revision_no), 0) FROM revision").fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def expire(self, register: str, *, now: datetime) -> int:
        with self._writing(register, now) as (writer, found):
            expired = writer.expire_due(now.date(), found.custody.expires_on)
            writer.merge()
            return expired

    def count(self, register: str) -> int:
        query: LiteralString = "SELECT count(*) FROM record WHERE register_no = %s AND state = 1"
        with self._ready() as connection:
            # Counted anew only when a transaction has ended since: one that sees the same ones sees the same records.
            (state,) = one(connection, "SELECT pg_current_snapshot()::text", ())
            register_no, _ = _find(connection, register)
            return self._counts.get(register_no, state, lambda: one(connection, query, (register_no,))[0])

    def candidates(self, register: str, keys: Sequence[int], *, limit: int) -> list[bytes]:
        with self._ready() as connection:
            found = connection.execute(_CANDIDATES, (_find(connection, register)[0], list(keys), limit))
            return [body for (body,) in found]

    def part_counts(self, register: str, parts: Iterable[int]) -> dict[int, int]:
        query: LiteralString = "SELECT part, records FROM part_count WHERE register_no = %s AND part = ANY(%s::bigint[])"
        wanted = list(parts)
        with self._ready() as connection:
            found = dict(connection.execute(query, (_find(connection, register)[0], wanted)).fetchall())
        return {part: found.get(part, 0) for part in wanted}

    def forms(self, register: str, starts: Sequence[int]) -> list[tuple[bytes, int]]:
        query: LiteralString = """
            SELECT f.form, c.records FROM part_form AS f JOIN part_count AS c USING (register_no, part)
            WHERE f.register_no = %s AND (f.letters = ANY(%s::bigint[]) OR f.sounds = ANY(%s::bigint[]))"""
        wanted = list(starts)
        with self._ready() as connection:
            return connection.execute(query, (_find(connection, register)[0], wanted, wanted)).fetchall()

    def index_mark(self, register: str) -> str:
        with self._ready() as connection:
            register_no, _ = _find(connection, register)
            return str(one(connection, "SELECT index_mark FROM register WHERE register_no = %s", (register_no,))[0])

    def reindex(self, register: str, indexer: Indexer, *, mark: str) -> int:
        with self._writing(register) as (writer, _):
            return writer.reindex(indexer, mark)

    def envelope(self) -> bytes | None:
        with self._ready() as connection:
            row = connection.execute("SELECT envelope FROM seal").fetchone()
        return bytes(row[0]) if row else None

    def put_envelope(self, envelope: bytes) -> None:
        with self._ready() as connection, connection.transaction():
            # Against a register that is made meanwhile.
            connection.execute("LOCK TABLE register IN SHARE MODE")
            if connection.execute("SELECT FROM register WHERE NOT EXISTS (SELECT FROM seal) LIMIT 1").fetchone() is not None:
                raise written_in_the_open()
            connection.execute(
                "INSERT INTO seal VALUES (1, %s) ON CONFLICT (seal_no) DO UPDATE SET envelope = excluded.envelope", (envelope,)
            )
        with self._ready() as connection:
            connection.execute("VACUUM FULL seal")  # or the envelope before stays in the table, and opens with the key before

    @contextmanager
    def _ready(self) -> Iterator[Connection]:
        if self._connection.closed:
            self._connection = connect(self._url)
        with translated():
            yield self._connection

    def _stream(self, register: str, query: LiteralString, *arguments: object) -> Iterator[tuple[Any, ...]]:
        connection = connect(self._url)
        with translated(), connection, connection.transaction():
            register_no, _ = _find(connection, register)
            with connection.cursor("stream") as cursor:
                cursor.itersize = _STREAM_ROWS
                yield from cursor.execute(query, (register_no, *arguments))

    @contextmanager
    def _writing(
        self, register: str, at: datetime = NEVER, *, is_edition: bool = False, new: Register | None = None, index_mark: str = ""
    ) -> _Writing:
        connection = connect(self._url)
        with translated(), connection, connection.transaction():
            connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{int(1000 * self._busy_timeout_s)}ms",))
            if new:
                _make(connection, new, at, index_mark)
            register_no, found = _find(connection, register, lock=True)
            edition = newest_edition(connection, register_no) + is_edition
            yield PostgresWriter(connection, register_no, edition=edition, at=utc(at)), found


def _make(connection: Connection, register: Register, at: datetime, index_mark: str = "") -> None:
    query: LiteralString = """
        INSERT INTO register (name, custody, created_at, index_mark) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"""
    done = connection.execute(query, (register.name, custody_text(register.custody), utc(at), index_mark))
    if not done.rowcount:
        raise register_exists(register.name)


def _find(connection: Connection, name: str, *, lock: bool = False) -> tuple[int, Register]:
    query: LiteralString = _FIND + " FOR NO KEY UPDATE" if lock else _FIND
    row = connection.execute(query, (name,)).fetchone()
    if row is None:
        raise unknown_register(name)
    return row[0], register_of(row[1], row[2])
