"""What a node remembers of persons beside cases: further tables of its database (see adapters/casework_state.py)."""

import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tallystick.adapters.casework_rows import plain, read
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.node_schema import seconds
from tallystick.adapters.node_state import SqliteNodeState
from tallystick.errors import UnknownIdError
from tallystick.node.casework.people_ports import IdentificationRow, NotMeRow, RestrictionRow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS identification (encounter INTEGER, register TEXT, record_id TEXT, verdict TEXT, reason TEXT,
  officer TEXT, at INTEGER);
CREATE INDEX IF NOT EXISTS identification_of ON identification (register, record_id);
CREATE TABLE IF NOT EXISTS not_me (id INTEGER PRIMARY KEY, casefile INTEGER, circle TEXT, partner TEXT, epoch INTEGER,
  handle BLOB, line BLOB, consent TEXT, officer TEXT, at INTEGER, revoked_at INTEGER);
CREATE TABLE IF NOT EXISTS restriction (register TEXT, record_id TEXT, ground TEXT, officer TEXT, at INTEGER,
  PRIMARY KEY (register, record_id)) WITHOUT ROWID
"""


class PeopleTables(SqliteNodeState):
    """Fulfils `node.casework.people_ports.PeopleState` beside what it inherits."""

    def __init__(self, file: Path, seal: Seal | None = None) -> None:
        """Open it; values of persons go through a seal, where there is one."""
        self._seal = seal or Seal()
        super().__init__(file)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        super()._prepare(connection)
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)

    def put_identification(self, row: IdentificationRow) -> None:
        values = plain(row)
        values[4] = self._seal.close_text(row.reason)
        self._write("INSERT INTO identification VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def identifications(self, *, encounter: int = 0, register: str = "", record_id: str = "") -> list[IdentificationRow]:
        rows = self._rows(
            "SELECT * FROM identification WHERE (?1 = 0 OR encounter = ?1) AND (?2 = '' OR (register = ?2 AND record_id = ?3)) "
            "ORDER BY rowid",
            (encounter, register, record_id),
        )
        found = [read(IdentificationRow, row) for row in rows]
        return [replace(each, reason=self._seal.open_text(each.reason)) for each in found]

    def put_not_me(self, row: NotMeRow) -> int:
        with self._transaction() as connection:
            values = [None, *plain(replace(row, line=self._seal.close(row.line)))[1:]]
            values[7] = self._seal.close_text(row.consent)
            return connection.execute("INSERT INTO not_me VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values).lastrowid or 0

    def not_me(self, number: int) -> NotMeRow:
        rows = self._rows("SELECT * FROM not_me WHERE id = ?", (number,))
        if not rows:
            raise UnknownIdError(f"there is no such record: not-me {number}", hint="see `tallystick not-me list`", id=str(number))
        return self._namesake(rows[0])

    def not_me_rows(self, circle: str = "", partner: str = "", *, held: bool = False) -> list[NotMeRow]:
        rows = self._rows(
            "SELECT * FROM not_me WHERE (?1 = '' OR circle = ?1) AND (?2 = '' OR partner = ?2) "
            "AND (NOT ?3 OR revoked_at IS NULL) ORDER BY id",
            (circle, partner, held),
        )
        return [self._namesake(row) for row in rows]

    def _namesake(self, row: tuple[Any, ...]) -> NotMeRow:
        found = read(NotMeRow, row)
        return replace(found, line=self._seal.open(found.line), consent=self._seal.open_text(found.consent))

    def revoke_not_me(self, number: int, at: datetime) -> None:
        self._write("UPDATE not_me SET revoked_at = ?, line = x'', consent = '' WHERE id = ?", (seconds(at), number))

    def put_restriction(self, row: RestrictionRow) -> None:
        values = plain(row)
        values[2] = self._seal.close_text(row.ground)
        self._write("INSERT OR REPLACE INTO restriction VALUES (?, ?, ?, ?, ?)", values)

    def restrictions(self) -> list[RestrictionRow]:
        found = [read(RestrictionRow, row) for row in self._rows("SELECT * FROM restriction ORDER BY register, record_id")]
        return [replace(each, ground=self._seal.open_text(each.ground)) for each in found]
