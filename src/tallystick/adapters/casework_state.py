"""What a node remembers of its cases: further tables of its database, and one object for all of it.

Rules
 1. An event is never changed, and removed only with its whole case, after the retention of its circle; rows beside it only say
    what the events make of a case, to sort and filter by.
 2. The values of a copy are overwritten when it is recalled or expires, those of the message that brought it as well
    (`secure_delete`, see adapters/node_database.py).
 3. Where the registers are sealed, values of persons are (adapters/casework_seal.py).
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import msgspec

from tallystick.adapters.casework_rows import plain, read
from tallystick.adapters.node_schema import hit_row, moment, seconds
from tallystick.adapters.report_acts import ReportActTable
from tallystick.errors import UnknownIdError
from tallystick.node.casework.ports import CaseCounts, CaseFilter, CaseRow, CopyState, DisclosedRow, EncounterRow, MessageRow
from tallystick.node.exchange_ports import HitRow, RedemptionRow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS encounter (id INTEGER PRIMARY KEY, line BLOB, kind TEXT, country TEXT, place TEXT, time TEXT,
  urgency TEXT, circles BLOB, purpose TEXT, officer TEXT, at INTEGER);
CREATE TABLE IF NOT EXISTS encounter_query (query INTEGER PRIMARY KEY, encounter INTEGER);
CREATE TABLE IF NOT EXISTS casefile (id INTEGER PRIMARY KEY, reference TEXT, side TEXT, circle TEXT, partner TEXT, epoch INTEGER,
  handle BLOB, hit INTEGER, register TEXT, record_id TEXT, query INTEGER, encounter INTEGER, met BLOB, purpose TEXT,
  weight_tenths INTEGER, opened_at INTEGER, stage TEXT, waiting_for TEXT, due_at INTEGER, urgency TEXT, cross_border INTEGER,
  UNIQUE (circle, partner, reference));
CREATE INDEX IF NOT EXISTS casefile_hit ON casefile (hit);
CREATE INDEX IF NOT EXISTS casefile_due ON casefile (stage, due_at);
CREATE INDEX IF NOT EXISTS casefile_record ON casefile (register, record_id);
CREATE INDEX IF NOT EXISTS casefile_asked ON casefile (query);
CREATE INDEX IF NOT EXISTS casefile_met ON casefile (encounter);
CREATE INDEX IF NOT EXISTS casefile_in_order ON casefile (due_at IS NULL, due_at, id);
CREATE INDEX IF NOT EXISTS casefile_waiting ON casefile (waiting_for, due_at IS NULL, due_at, id);
CREATE INDEX IF NOT EXISTS casefile_counted ON casefile (waiting_for, stage, due_at);
CREATE INDEX IF NOT EXISTS casefile_handle ON casefile (circle, partner, epoch, handle);
CREATE TABLE IF NOT EXISTS case_event (casefile INTEGER, number INTEGER, line BLOB, PRIMARY KEY (casefile, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS case_message (digest TEXT PRIMARY KEY, casefile INTEGER, direction TEXT, kind TEXT, signed BLOB,
  at INTEGER, delivered_at INTEGER, receipt BLOB, number INTEGER);
CREATE INDEX IF NOT EXISTS case_message_of ON case_message (casefile, number);
CREATE INDEX IF NOT EXISTS case_message_number ON case_message (number);
CREATE INDEX IF NOT EXISTS case_message_waiting ON case_message (number) WHERE direction = 'out' AND delivered_at IS NULL;
CREATE TABLE IF NOT EXISTS disclosed (digest TEXT PRIMARY KEY, casefile INTEGER, direction TEXT, circle TEXT, partner TEXT,
  owner TEXT, register TEXT, record_id TEXT, record_digest BLOB, fields BLOB, handling TEXT, expires_at INTEGER, readers BLOB,
  former TEXT, data BLOB, state TEXT);
CREATE INDEX IF NOT EXISTS disclosed_of ON disclosed (casefile)
"""
_WAITING = (
    "case_message m LEFT JOIN casefile ON casefile.id = m.casefile WHERE m.direction = 'out' AND delivered_at IS NULL "
    "AND NOT (m.kind = 'disclosure' AND EXISTS (SELECT 1 FROM disclosed d WHERE d.digest = m.digest AND d.state <> 'held'))"
)
_WIPE = "UPDATE case_message SET signed = x'' WHERE digest = ?"
"""Empties a message that holds disclosed values; its digest and its receipt stay. It never leaves again."""


class SqliteCaseworkState(ReportActTable):
    """The memory of one node, cases included; fulfils `node.casework.ports.CaseworkState` beside what it inherits."""

    def _prepare(self, connection: sqlite3.Connection) -> None:
        super()._prepare(connection)
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)

    # --- encounters --------------------------------------------------------------------------------------------------

    def put_encounter(self, row: EncounterRow) -> int:
        place = self._seal.close_text(row.place)
        return self._insert("encounter", replace(row, line=self._seal.close(row.line), place=place))  # type: ignore[arg-type]  # as stored

    def encounter(self, number: int) -> EncounterRow:
        rows = self._rows("SELECT * FROM encounter WHERE id = ?", (number,))
        if not rows:
            raise UnknownIdError(f"there is no encounter {number}", hint="see `tallystick encounter list`", id=str(number))
        return self._encounter(rows[0])

    def encounters(self, most: int = 1000) -> list[EncounterRow]:
        return [self._encounter(row) for row in self._rows("SELECT * FROM encounter ORDER BY id DESC LIMIT ?", (most,))]

    def encounter_lines(self, numbers: Collection[int]) -> dict[int, bytes]:
        query = "SELECT id, line FROM encounter WHERE id IN (SELECT value FROM json_each(?))"
        return {number: self._seal.open(line) for number, line in self._rows(query, (json.dumps([*numbers]),))}

    def _encounter(self, row: tuple[Any, ...]) -> EncounterRow:
        found = read(EncounterRow, row)
        return replace(found, line=self._seal.open(found.line), place=self._seal.open_text(found.place))

    def put_query_of(self, encounter: int, query: int) -> None:
        self._write("INSERT INTO encounter_query VALUES (?, ?)", (query, encounter))

    def encounter_of(self, query: int) -> int:
        rows = self._rows("SELECT encounter FROM encounter_query WHERE query = ?", (query,))
        return int(rows[0][0]) if rows else 0

    def queries_of(self, encounter: int, circle: str) -> list[int]:
        rows = self._rows(
            "SELECT query.id FROM encounter_query JOIN query ON query.id = encounter_query.query "
            "WHERE encounter = ? AND circle = ? ORDER BY query.id",
            (encounter, circle),
        )
        return [number for (number,) in rows]

    def asked_for(self, query: int) -> tuple[str, bytes] | None:
        rows = self._rows("SELECT purpose, line FROM query WHERE id = ?", (query,))
        return (str(rows[0][0]), self._seal.open(rows[0][1])) if rows else None

    # --- cases -------------------------------------------------------------------------------------------------------

    def put_case(self, row: CaseRow) -> int:
        return self._insert("casefile", row)

    def change_case(self, row: CaseRow) -> None:
        names = [each.name for each in fields(CaseRow)][1:]
        self._write(f"UPDATE casefile SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?", (*plain(row)[1:], row.id))  # noqa: S608 - names of ours

    def case_row(self, number: int) -> CaseRow:
        rows = self._rows("SELECT * FROM casefile WHERE id = ?", (number,))
        if not rows:
            raise UnknownIdError(f"there is no case {number}", hint="see `tallystick alerts`", id=str(number))
        return read(CaseRow, rows[0])

    def case_by_reference(self, circle: str, partner: str, reference: str) -> CaseRow | None:
        key = (circle, partner, reference)
        rows = self._rows("SELECT * FROM casefile WHERE circle = ? AND partner = ? AND reference = ?", key)
        return read(CaseRow, rows[0]) if rows else None

    def case_rows(self, wanted: CaseFilter) -> list[CaseRow]:
        where, values = _where(wanted)
        order = "ORDER BY due_at IS NULL, due_at, id LIMIT ? OFFSET ?"
        rows = self._rows(f"SELECT * FROM casefile WHERE {where} {order}", (*values, wanted.most, wanted.after))  # noqa: S608 - made of our words
        return [read(CaseRow, row) for row in rows]

    def count_cases(self, wanted: CaseFilter) -> int:
        where, values = _where(wanted)
        return int(self._rows(f"SELECT count(*) FROM casefile WHERE {where}", values)[0][0])  # noqa: S608 - made of our words

    def open_cases(self, now: datetime) -> CaseCounts:
        rows = self._rows(
            "SELECT waiting_for, count(*), total(due_at < ?) FROM casefile WHERE stage <> 'closed' GROUP BY waiting_for",
            (seconds(now),),
        )
        counts = {who: int(count) for who, count, _ in rows}
        overdue = int(sum(late for *_, late in rows))
        return CaseCounts(open=sum(counts.values()), us=counts.get("us", 0), them=counts.get("them", 0), overdue=overdue)

    def cases_met(self, encounters: Collection[int]) -> dict[int, tuple[int, ...]]:
        rows = self._rows(
            "SELECT encounter, id FROM casefile WHERE encounter IN (SELECT value FROM json_each(?)) "
            "ORDER BY due_at IS NULL, due_at, id",
            (json.dumps([*encounters]),),
        )
        found = dict[int, tuple[int, ...]]()
        for encounter, number in rows:
            found[encounter] = (*found.get(encounter, ()), number)
        return found

    def hits_without_case(self, most: int) -> list[HitRow]:
        rows = self._rows(
            "SELECT hit.* FROM hit LEFT JOIN casefile ON casefile.hit = hit.id "
            "WHERE casefile.id IS NULL AND hit.state <> 'withdrawn' ORDER BY hit.id LIMIT ?",
            (most,),
        )
        return [hit_row(row) for row in rows]

    def cases_of_withdrawn_hits(self) -> list[int]:
        rows = self._rows(
            "SELECT casefile.id FROM casefile JOIN hit ON hit.id = casefile.hit "
            "WHERE hit.state = 'withdrawn' AND stage IN ('alert', 'decided', 'suppressed')"
        )
        return [number for (number,) in rows]

    def redemptions_without_case(self) -> list[RedemptionRow]:
        rows = self._rows(
            "SELECT r.* FROM redemption r WHERE NOT EXISTS (SELECT 1 FROM casefile c WHERE c.side = 'holder' "
            "AND c.circle = r.circle AND c.partner = r.member AND c.epoch = r.epoch AND c.handle = r.handle) "
            "ORDER BY r.at DESC, r.handle"
        )
        return [self._redemption(row) for row in rows]

    def forget_cases(self, circle: str, before: datetime) -> int:
        gone = (
            "SELECT id FROM casefile WHERE circle = ?1 AND opened_at < ?2 AND waiting_for = 'nobody' AND NOT EXISTS "
            "(SELECT 1 FROM disclosed WHERE casefile = casefile.id AND state = 'held')"
        )
        with self._transaction() as connection:
            values = (circle, seconds(before))
            for table in ("case_event", "case_message", "disclosed"):
                connection.execute(f"DELETE FROM {table} WHERE casefile IN ({gone})", values)  # noqa: S608 - names of ours
            return connection.execute(f"DELETE FROM casefile WHERE id IN ({gone})", values).rowcount  # noqa: S608 - as above

    def forget_encounters(self, before: datetime, kept: Sequence[str]) -> int:
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT id, circles FROM encounter WHERE at < ? AND id NOT IN (SELECT encounter FROM casefile)",
                (seconds(before),),
            ).fetchall()
            gone = [number for number, asked in rows if not set(msgspec.json.decode(asked)) & set(kept)]
            for number in gone:
                connection.execute("DELETE FROM encounter WHERE id = ?", (number,))
                connection.execute("DELETE FROM encounter_query WHERE encounter = ?", (number,))
                connection.execute("DELETE FROM identification WHERE encounter = ?", (number,))
                kept = (f"encounter-asked/{number}", f"encounter-answers/{number}")
                connection.execute("DELETE FROM value WHERE name IN (?, ?)", kept)
            return len(gone)

    # --- events and messages -----------------------------------------------------------------------------------------

    def add_event(self, case: int, line: bytes) -> None:
        self._write(
            "INSERT INTO case_event SELECT ?, coalesce(max(number), 0) + 1, ? FROM case_event WHERE casefile = ?",
            (case, self._seal.close(line), case),
        )

    def events(self, case: int) -> list[bytes]:
        rows = self._rows("SELECT line FROM case_event WHERE casefile = ? ORDER BY number", (case,))
        return [self._seal.open(line) for (line,) in rows]

    def event_counts(self) -> dict[int, int]:
        return dict(self._rows("SELECT casefile, max(number) FROM case_event GROUP BY casefile"))

    def offered_count(self, circle: str) -> int:
        newest = "SELECT max(epoch) FROM ledger WHERE circle = ?1"
        return int(self._rows(f"SELECT count(*) FROM ledger WHERE circle = ?1 AND epoch = ({newest})", (circle,))[0][0])  # noqa: S608 - ours

    def put_message(self, row: MessageRow) -> None:
        self._write(
            "INSERT INTO case_message SELECT ?, ?, ?, ?, ?, ?, ?, ?, coalesce(max(number), 0) + 1 FROM case_message",
            plain(replace(row, signed=self._seal.close(row.signed))),
        )

    def message(self, digest: str) -> MessageRow | None:
        rows = self._rows("SELECT * FROM case_message WHERE digest = ?", (digest,))
        return self._message(rows[0]) if rows else None

    def messages(self, case: int) -> list[MessageRow]:
        rows = self._rows("SELECT * FROM case_message WHERE casefile = ? ORDER BY number", (case,))
        return [self._message(row) for row in rows]

    def outbox(self, circle: str = "", partner: str = "") -> list[MessageRow]:
        rows = self._rows(
            f"SELECT m.* FROM {_WAITING} AND (?1 = '' OR (circle = ?1 AND partner = ?2)) ORDER BY number",  # noqa: S608 - ours
            (circle, partner),
        )
        return [self._message(row) for row in rows]

    def outbox_counts(self) -> dict[tuple[str, str], int]:
        rows = self._rows(f"SELECT circle, partner, count(*) FROM {_WAITING} GROUP BY circle, partner")  # noqa: S608 - ours
        return {(circle, partner): count for circle, partner, count in rows}

    def notices_since(self, circle: str, partner: str, since: datetime) -> list[datetime]:
        return self._heard_since("kind = 'notice'", circle, partner, since)

    def others_since(self, circle: str, partner: str, since: datetime, *, free: Collection[str]) -> list[datetime]:
        left_out = json.dumps(["notice", *free])
        return self._heard_since("kind NOT IN (SELECT value FROM json_each(?4))", circle, partner, since, left_out)

    def _heard_since(self, which: str, circle: str, partner: str, since: datetime, *more: str) -> list[datetime]:
        rows = self._rows(
            "SELECT at FROM case_message JOIN casefile ON casefile.id = casefile WHERE direction = 'in' AND circle = ?1 "  # noqa: S608 - ours
            f"AND partner = ?2 AND at >= ?3 AND {which} ORDER BY at",
            (circle, partner, seconds(since), *more),
        )
        return [moment(at) for (at,) in rows]

    def _message(self, row: tuple[Any, ...]) -> MessageRow:
        found = read(MessageRow, row[:-1])
        return replace(found, signed=self._seal.open(found.signed))

    def set_delivered(self, digest: str, at: datetime, receipt: bytes) -> None:
        with self._transaction() as connection:
            connection.execute(
                "UPDATE case_message SET delivered_at = ?, receipt = ? WHERE digest = ?", (seconds(at), receipt, digest)
            )
            if connection.execute("SELECT 1 FROM disclosed WHERE digest = ? AND state <> 'held'", (digest,)).fetchone():
                connection.execute(_WIPE, (digest,))

    # --- disclosures -------------------------------------------------------------------------------------------------

    def put_disclosed(self, row: DisclosedRow) -> None:
        self._insert("disclosed", replace(row, values=self._seal.close(row.values)), is_numbered=False)

    def change_disclosed(self, digest: str, state: CopyState, handling: str) -> None:
        with self._transaction() as connection:
            connection.execute(
                "UPDATE disclosed SET state = ?1, handling = ?2, data = CASE ?1 WHEN 'held' THEN data ELSE x'' END "
                "WHERE digest = ?3",
                (state, handling, digest),
            )
            if state != "held":
                connection.execute(_WIPE, (digest,))

    def disclosed(self, digest: str) -> DisclosedRow | None:
        rows = self._rows("SELECT * FROM disclosed WHERE digest = ?", (digest,))
        return self._disclosed(rows[0]) if rows else None

    def disclosures(
        self, *, case: int = 0, direction: str = "", held: bool = False, passed_on: bool = False
    ) -> list[DisclosedRow]:
        rows = self._rows(
            "SELECT * FROM disclosed WHERE (?1 = 0 OR casefile = ?1) AND (?2 = '' OR direction = ?2) "
            "AND (NOT ?3 OR state = 'held') AND (NOT ?4 OR former <> '') ORDER BY rowid",
            (case, direction, held, passed_on),
        )
        return [self._disclosed(row) for row in rows]

    def _disclosed(self, row: tuple[Any, ...]) -> DisclosedRow:
        found = read(DisclosedRow, row)
        return replace(found, values=self._seal.open(found.values))

    def _insert(self, table: str, row: EncounterRow | CaseRow | DisclosedRow, *, is_numbered: bool = True) -> int:
        values = plain(row)
        if is_numbered:
            values = [None, *values[1:]]
        marks = ", ".join("?" * len(values))
        with self._transaction() as connection:
            return connection.execute(f"INSERT INTO {table} VALUES ({marks})", values).lastrowid or 0  # noqa: S608 - names of ours


def _where(wanted: CaseFilter) -> tuple[str, list[object]]:
    named = ("circle", "partner", "side", "stage", "register", "record_id", "query", "encounter", "waiting_for")
    parts, values = ["1"], list[object]()
    for name in named:
        if getattr(wanted, name):
            parts.append(f"{name} = ?")
            values.append(getattr(wanted, name))
    if wanted.open:
        parts.append("stage <> 'closed'")
    if wanted.due_before is not None:
        parts.append("due_at < ?")
        values.append(seconds(wanted.due_before))
    return " AND ".join(parts), values
