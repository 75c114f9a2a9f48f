"""What a node remembers of circles, epochs, hits and partners, in one SQLite file of its own.

The registers are elsewhere (adapters/stores.py): a node's memory goes with the node's keys. Connections and transactions:
adapters/node_database.py.

Rules
 1. Every write is one transaction, durable when the method returns.
 2. Nothing here verifies a document; whoever reads one does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tallystick.adapters.node_findings import Findings
from tallystick.adapters.node_schema import moment, seconds, signatures, texts
from tallystick.node.exchange_ports import (
    CopyRow,
    EpochRow,
    GrantRow,
    LedgerRow,
    Offer,
    StoredDocument,
)


class SqliteNodeState(Findings):
    """The memory of one node; fulfils `node.exchange_ports.NodeState`."""

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

    def documents(self, circle: str, kind: str, member: str = "", *, above: int = -1, most: int = -1) -> list[StoredDocument]:
        of_whom, named = ("AND member = ?", (member,)) if member else ("", ())
        rows = self._rows(
            f"SELECT * FROM document WHERE circle = ? AND kind = ? {of_whom} AND number > ? ORDER BY number, member LIMIT ?",  # noqa: S608  # no value is in it
            (circle, kind, *named, above, most),
        )
        return [_document(row) for row in rows]

    def last_document(self, circle: str, kind: str, member: str) -> StoredDocument | None:
        rows = self._rows(
            "SELECT * FROM document WHERE circle = ? AND kind = ? AND member = ? ORDER BY number DESC LIMIT 1",
            (circle, kind, member),
        )
        return _document(rows[0]) if rows else None

    def newest_documents(self, circle: str, kind: str) -> list[StoredDocument]:
        rows = self._rows(
            "SELECT member, max(number) FROM document WHERE circle = ? AND kind = ? GROUP BY member ORDER BY member",
            (circle, kind),
        )
        found = [self.document(circle, kind, member, number) for member, number in rows]
        return [each for each in found if each]

    def document(self, circle: str, kind: str, member: str, number: int) -> StoredDocument | None:
        rows = self._rows(
            "SELECT * FROM document WHERE circle = ? AND kind = ? AND member = ? AND number = ?", (circle, kind, member, number)
        )
        return _document(rows[0]) if rows else None

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
            connection.execute("UPDATE hit SET secrets = x'' WHERE circle = ? AND member = ? AND epoch = ?", key)

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
        if value:
            self._write("INSERT OR REPLACE INTO value VALUES (?, ?)", (name, value))
        else:
            self._write("DELETE FROM value WHERE name = ?", (name,))

    def value(self, name: str) -> bytes:
        rows = self._rows("SELECT value FROM value WHERE name = ?", (name,))
        return rows[0][0] if rows else b""


def _document(row: tuple[Any, ...]) -> StoredDocument:
    names = ("circle", "kind", "member", "number", "document")
    return StoredDocument(**dict(zip(names, row, strict=False)), signatures=signatures(row[-1]))
