"""What a node remembers of its questions, its hits and the handles that were opened: tables of its one SQLite file.

Kept for as long as the circle says, and forgotten then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.node_database import NodeDatabase
from tallystick.adapters.node_schema import hit_row, moment, redemption_row, seconds
from tallystick.errors import InputError
from tallystick.node.exchange_ports import HitRow, HitState, QueryRow, RedemptionRow, SaltRow


class Findings(NodeDatabase):
    """A node's questions, hits and redemptions; fulfils that part of `node.exchange_ports.NodeState`."""

    _seal = Seal()
    """What was typed goes through it; whoever knows a better one puts it in its place."""

    def put_hits(self, rows: Sequence[HitRow]) -> list[HitRow]:
        fresh = []
        with self._transaction() as connection:
            for row in rows:
                values = (
                    row.circle, row.member, row.epoch, row.handle, row.register, row.record_id, row.query,
                    row.weight_tenths, row.tags, row.found_by, seconds(row.seen_at), row.state, row.answer, row.secrets,
                )  # fmt: skip
                found = connection.execute(
                    "INSERT INTO hit (circle, member, epoch, handle, register, record_id, query, weight_tenths, tags, found_by, "
                    "seen_at, state, answer, secrets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET state = 'new', answer = '', secrets = excluded.secrets, "
                    "seen_at = excluded.seen_at WHERE state = 'withdrawn' RETURNING id",
                    values,
                ).fetchone()
                if found:
                    fresh.append(replace(row, id=found[0]))
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
        self._write("UPDATE hit SET state = ?, answer = ? WHERE id = ? AND state <> 'withdrawn'", (state, answer, number))

    def standing_hits(self, circle: str, member: str, epoch: int) -> list[HitRow]:
        rows = self._rows(
            "SELECT * FROM hit WHERE circle = ? AND member = ? AND epoch = ? AND state <> 'withdrawn'", (circle, member, epoch)
        )
        return [hit_row(row) for row in rows]

    def withdraw_hits(self, numbers: Iterable[int]) -> int:
        statement = "UPDATE hit SET state = 'withdrawn', secrets = x'' WHERE id = ?"
        with self._transaction() as connection:
            return sum(connection.execute(statement, (number,)).rowcount for number in numbers)

    def forget_hits(self, circle: str, before: datetime) -> int:
        return self._write("DELETE FROM hit WHERE circle = ? AND seen_at < ?", (circle, seconds(before)))

    def put_query(self, row: QueryRow) -> int:
        with self._transaction() as connection:
            typed = (self._seal.close_text(row.reason), row.secret, self._seal.close(row.line))
            done = connection.execute(
                "INSERT INTO query (circle, purpose, officer, reason, secret, line, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row.circle, row.purpose, row.officer, *typed, seconds(row.at)),
            )
            return done.lastrowid or 0

    def queries(self, circle: str) -> list[QueryRow]:
        rows = self._rows(
            "SELECT id, circle, purpose, officer, reason, secret, line, at FROM query WHERE circle = ? ORDER BY id DESC",
            (circle,),
        )
        return [
            QueryRow(
                id=number, circle=name, purpose=purpose, officer=officer, reason=self._seal.open_text(reason), secret=secret,
                line=self._seal.open(line), at=moment(at),
            )
            for number, name, purpose, officer, reason, secret, line, at in rows
        ]  # fmt: skip

    def put_salts(self, row: SaltRow) -> None:
        values = (row.request, row.circle, row.member, row.secret, msgspec.msgpack.encode(row.records), row.commitments)
        self._write("INSERT INTO salt VALUES (?, ?, ?, ?, ?, ?, ?)", (*values, seconds(row.at)))

    def salts(self, request: bytes) -> SaltRow | None:
        for found, circle, member, secret, records, commitments, at in self._rows(
            "SELECT * FROM salt WHERE request = ?", (request,)
        ):
            return SaltRow(
                request=found, circle=circle, member=member, secret=secret, commitments=commitments, at=moment(at),
                records=msgspec.msgpack.decode(records, type=tuple[tuple[str, str], ...]),
            )  # fmt: skip
        return None

    def forget_queries(self, circle: str, before: datetime) -> int:
        self._write("DELETE FROM salt WHERE circle = ? AND at < ?", (circle, seconds(before)))
        return self._write("DELETE FROM query WHERE circle = ? AND at < ?", (circle, seconds(before)))

    def put_redemption(self, row: RedemptionRow) -> bool:
        values = (
            row.circle, row.member, row.epoch, row.handle, row.register, row.record_id, row.purpose,
            self._seal.close_text(row.reason), row.officer, row.reference, seconds(row.at),
        )  # fmt: skip
        return self._write("INSERT INTO redemption VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values) == 1

    def forget_redemptions(self, circle: str, before: datetime) -> int:
        return self._write("DELETE FROM redemption WHERE circle = ? AND at < ?", (circle, seconds(before)))

    def redemptions(self, circle: str = "") -> list[RedemptionRow]:
        rows = self._rows("SELECT * FROM redemption WHERE ? = '' OR circle = ? ORDER BY at DESC, handle", (circle, circle))
        return [self._redemption(row) for row in rows]

    def _redemption(self, row: tuple[Any, ...]) -> RedemptionRow:
        found = redemption_row(row)
        return replace(found, reason=self._seal.open_text(found.reason))
