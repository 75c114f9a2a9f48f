"""What a node remembers of circles, epochs, hits and partners, in one SQLite file of its own.

The registers are elsewhere (adapters/stores.py): a node's memory goes with the node's keys. Many threads may use one
object; each has a connection of its own. Every write is one transaction, durable when the method returns.

Rules
 1. A schema newer than this program is refused; an older one is brought up to date on opening.
 2. A key that was destroyed is overwritten in the file (`secure_delete`), not only unlinked.
 3. Nothing here verifies a document; whoever reads one does.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from tallystick.adapters.node_schema import SCHEMA, VERSION, hit_row, moment, seconds, signatures, texts
from tallystick.errors import ConfigError, InputError, StoreBusyError
from tallystick.node.exchange_ports import (
    CopyRow,
    EpochRow,
    GrantRow,
    HitRow,
    HitState,
    LedgerRow,
    Offer,
    QueryRow,
    RedemptionRow,
    StoredDocument,
)

_BUSY_S = 30.0


class SqliteNodeState:
    """The memory of one node; fulfils `node.exchange_ports.NodeState`."""

    def __init__(self, file: Path) -> None:
        """Open it; make it where there is none.

        Raises:
            ConfigError: a newer version wrote it.
        """
        self._file = file
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        file.touch(mode=0o600)
        file.chmod(0o600)  # before it is opened: the files beside it (-wal, -shm) take over its mode
        with self._transaction() as connection:
            self._prepare(connection)

    def close(self) -> None:
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise ConfigError("node.db was written by a newer tallystick", hint="update this one")
        if version == 0:
            for statement in SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
                found.execute(f"PRAGMA {setting}")
            self._local.connection = found
            with self._lock:
                self._open.append(found)
        return found

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._transaction():
            yield

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        if connection.in_transaction:  # part of a larger one of this thread
            yield connection
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            raise StoreBusyError("node.db is busy", hint="try again; another process of this node holds it") from None
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection().execute(statement, values).fetchall()

    def _write(self, statement: str, values: Sequence[object] = ()) -> int:
        with self._transaction() as connection:
            return connection.execute(statement, values).rowcount

    # --- documents ---------------------------------------------------------------------------------------------------

    def put_document(self, row: StoredDocument) -> None:
        key = (row.circle, row.kind, row.member, row.number)
        with self._transaction() as connection:
            found = connection.execute(
                "SELECT document, signatures FROM document WHERE circle = ? AND kind = ? AND member = ? AND number = ?", key
            ).fetchone()
            merged = dict(row.signatures)
            if found is not None and found[0] == row.document:
                merged = {**signatures(found[1]), **merged}
            connection.execute(
                "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?)",
                (*key, row.document, msgspec.msgpack.encode(merged)),
            )

    def documents(self, circle: str, kind: str, member: str = "") -> list[StoredDocument]:
        rows = self._rows(
            "SELECT * FROM document WHERE circle = ? AND kind = ? AND (? = '' OR member = ?) ORDER BY number, member",
            (circle, kind, member, member),
        )
        return [
            StoredDocument(circle=c, kind=k, member=m, number=n, document=d, signatures=signatures(s))
            for c, k, m, n, d, s in rows
        ]

    def circles(self) -> list[str]:
        return [
            circle for (circle,) in self._rows("SELECT DISTINCT circle FROM document WHERE kind = 'agreement' ORDER BY circle")
        ]

    def drop_documents(self, circle: str, kind: str, *, below: int) -> None:
        self._write("DELETE FROM document WHERE circle = ? AND kind = ? AND number < ?", (circle, kind, below))

    # --- our epochs and what they offer ------------------------------------------------------------------------------

    def put_epoch(self, row: EpochRow) -> None:
        self._write(
            "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.circle,
                row.epoch,
                row.secret,
                row.public,
                row.terms,
                *map(seconds, (row.valid_from, row.valid_until, row.closes_at)),
            ),
        )

    def epochs(self, circle: str) -> list[EpochRow]:
        return [
            EpochRow(
                circle=c, epoch=e, secret=s, public=p, terms=a,
                valid_from=moment(start), valid_until=moment(end), closes_at=moment(closing),
            )
            for c, e, s, p, a, start, end, closing in self._rows("SELECT * FROM epoch WHERE circle = ? ORDER BY epoch", (circle,))
        ]  # fmt: skip

    def put_offer(self, row: Offer) -> None:
        silent = (msgspec.msgpack.encode(row.silent_codes), msgspec.msgpack.encode(row.silent_ids))
        self._write("INSERT OR REPLACE INTO offer VALUES (?, ?, ?, ?, ?)", (row.circle, row.register, row.purpose, *silent))

    def offers(self, circle: str) -> list[Offer]:
        rows = self._rows("SELECT * FROM offer WHERE circle = ? ORDER BY register", (circle,))
        return [
            Offer(circle=c, register=r, purpose=p, silent_codes=texts(codes), silent_ids=texts(ids))
            for c, r, p, codes, ids in rows
        ]

    def drop_offer(self, circle: str, register: str) -> None:
        self._write("DELETE FROM offer WHERE circle = ? AND register = ?", (circle, register))

    def ledger(self, circle: str, epoch: int) -> Iterator[LedgerRow]:
        rows = self._connection().execute(
            "SELECT register, record_id, digest, handle, tags FROM ledger WHERE circle = ? AND epoch = ?", (circle, epoch)
        )
        for register, record_id, digest, handle, tags in rows:
            yield LedgerRow(register=register, record_id=record_id, digest=digest, handle=handle, tags=tags)

    def change_ledger(self, circle: str, epoch: int, *, put: Iterable[LedgerRow], drop: Sequence[tuple[str, str]]) -> None:
        with self._transaction() as connection:
            connection.executemany(
                "DELETE FROM ledger WHERE circle = ? AND epoch = ? AND register = ? AND record_id = ?",
                ((circle, epoch, *record) for record in drop),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((circle, epoch, row.register, row.record_id, row.digest, row.handle, row.tags) for row in put),
            )

    def clear_ledger(self, circle: str, epoch: int) -> None:
        self._write("DELETE FROM ledger WHERE circle = ? AND epoch = ?", (circle, epoch))

    def record_of(self, circle: str, epoch: int, handle: bytes) -> tuple[str, str] | None:
        rows = self._rows(
            "SELECT register, record_id FROM ledger WHERE circle = ? AND epoch = ? AND handle = ?", (circle, epoch, handle)
        )
        return (rows[0][0], rows[0][1]) if rows else None

    # --- partners' indexes and our watch on them ---------------------------------------------------------------------

    def put_copy(self, row: CopyRow) -> None:
        values = (row.circle, row.member, row.epoch, row.base, row.delta, row.manifest, seconds(row.checked_at))
        self._write("INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def copies(self, circle: str) -> list[CopyRow]:
        rows = self._rows("SELECT * FROM copy WHERE circle = ? ORDER BY member, epoch", (circle,))
        return [
            CopyRow(circle=c, member=m, epoch=e, base=b, delta=d, manifest=n, checked_at=moment(at))
            for c, m, e, b, d, n, at in rows
        ]

    def drop_copy(self, circle: str, member: str, epoch: int) -> None:
        key = (circle, member, epoch)
        with self._transaction() as connection:
            connection.execute("DELETE FROM copy WHERE circle = ? AND member = ? AND epoch = ?", key)
            connection.execute("DELETE FROM watched WHERE circle = ? AND member = ? AND epoch = ?", key)

    def watched(self, circle: str, member: str, epoch: int) -> dict[tuple[str, str], tuple[bytes, int]]:
        rows = self._rows(
            "SELECT register, record_id, digest, number FROM watched WHERE circle = ? AND member = ? AND epoch = ?",
            (circle, member, epoch),
        )
        return {(register, record_id): (digest, number) for register, record_id, digest, number in rows}

    def put_watched(self, circle: str, member: str, epoch: int, rows: Mapping[tuple[str, str], tuple[bytes, int]]) -> None:
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO watched VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((circle, member, epoch, *record, *found) for record, found in rows.items()),
            )

    def drop_watched(self, circle: str, member: str, epoch: int, records: Sequence[tuple[str, str]]) -> None:
        with self._transaction() as connection:
            connection.executemany(
                "DELETE FROM watched WHERE circle = ? AND member = ? AND epoch = ? AND register = ? AND record_id = ?",
                ((circle, member, epoch, *record) for record in records),
            )

    # --- hits, queries, redemptions ----------------------------------------------------------------------------------

    def put_hits(self, rows: Sequence[HitRow]) -> list[HitRow]:
        fresh = []
        with self._transaction() as connection:
            for row in rows:
                values = (
                    row.circle, row.member, row.epoch, row.handle, row.register, row.record_id, row.query,
                    row.weight_tenths, row.tags, row.found_by, seconds(row.seen_at), row.state, row.answer,
                )  # fmt: skip
                done = connection.execute(
                    "INSERT INTO hit (circle, member, epoch, handle, register, record_id, query, weight_tenths, tags, found_by, "
                    "seen_at, state, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    values,
                )
                if done.rowcount:
                    fresh.append(replace(row, id=done.lastrowid or 0))
        return fresh

    def hits(self, circle: str = "", state: str = "") -> list[HitRow]:
        rows = self._rows(
            "SELECT * FROM hit WHERE (? = '' OR circle = ?) AND (? = '' OR state = ?) ORDER BY id DESC",
            (circle, circle, state, state),
        )
        return [hit_row(row) for row in rows]

    def hit(self, number: int) -> HitRow:
        rows = self._rows("SELECT * FROM hit WHERE id = ?", (number,))
        if not rows:
            raise InputError(f"there is no hit {number}", hint="see `tallystick hits`")
        return hit_row(rows[0])

    def set_hit(self, number: int, state: HitState, answer: str = "") -> None:
        self._write("UPDATE hit SET state = ?, answer = ? WHERE id = ?", (state, answer, number))

    def withdraw_hits(self, circle: str, member: str, epoch: int, found: Iterable[tuple[bytes, str, str]]) -> int:
        with self._transaction() as connection:
            return sum(
                connection.execute(
                    "UPDATE hit SET state = 'withdrawn' WHERE circle = ? AND member = ? AND epoch = ? AND handle = ? "
                    "AND register = ? AND record_id = ?",
                    (circle, member, epoch, *each),
                ).rowcount
                for each in found
            )

    def forget_hits(self, circle: str, before: datetime) -> int:
        return self._write("DELETE FROM hit WHERE circle = ? AND seen_at < ?", (circle, seconds(before)))

    def put_query(self, row: QueryRow) -> int:
        with self._transaction() as connection:
            done = connection.execute(
                "INSERT INTO query (circle, purpose, officer, reason, salt, line, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row.circle, row.purpose, row.officer, row.reason, row.salt, row.line, seconds(row.at)),
            )
            return done.lastrowid or 0

    def query(self, number: int) -> QueryRow:
        rows = self._rows("SELECT * FROM query WHERE id = ?", (number,))
        if not rows:
            raise InputError(f"there is no query {number}", hint="queries are forgotten after the circle's retention")
        (n, circle, purpose, officer, reason, salt, line, at) = rows[0]
        return QueryRow(id=n, circle=circle, purpose=purpose, officer=officer, reason=reason, salt=salt, line=line, at=moment(at))

    def forget_queries(self, circle: str, before: datetime) -> int:
        return self._write("DELETE FROM query WHERE circle = ? AND at < ?", (circle, seconds(before)))

    def put_redemption(self, row: RedemptionRow) -> bool:
        values = (
            row.circle, row.member, row.epoch, row.handle, row.register, row.record_id, row.purpose, row.reason, row.officer,
            row.reference, seconds(row.at),
        )  # fmt: skip
        return self._write("INSERT INTO redemption VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values) == 1

    def redemptions(self, circle: str = "") -> list[RedemptionRow]:
        rows = self._rows("SELECT * FROM redemption WHERE ? = '' OR circle = ? ORDER BY at DESC, handle", (circle, circle))
        return [
            RedemptionRow(
                circle=c,
                member=m,
                epoch=e,
                handle=h,
                register=g,
                record_id=r,
                purpose=p,
                reason=w,
                officer=o,
                reference=f,
                at=moment(at),
            )
            for c, m, e, h, g, r, p, w, o, f, at in rows
        ]

    # --- grants and values -------------------------------------------------------------------------------------------

    def put_grant(self, row: GrantRow) -> None:
        self._write(
            "INSERT INTO granted (circle, member, epoch, points, until, officer, second_officer) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row.circle, row.member, row.epoch, row.points, seconds(row.until), *row.officers),
        )

    def grants(self, circle: str) -> list[GrantRow]:
        rows = self._rows(
            "SELECT circle, member, epoch, points, until, officer, second_officer FROM granted WHERE circle = ? ORDER BY id",
            (circle,),
        )
        return [
            GrantRow(circle=c, member=m, epoch=e, points=p, until=moment(until), officers=(first, second))
            for c, m, e, p, until, first, second in rows
        ]

    def put_value(self, name: str, value: bytes) -> None:
        self._write("INSERT OR REPLACE INTO value VALUES (?, ?)", (name, value))

    def value(self, name: str) -> bytes:
        rows = self._rows("SELECT value FROM value WHERE name = ?", (name,))
        return rows[0][0] if rows else b""
