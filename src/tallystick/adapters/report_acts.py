"""What people said about reports: a table of a node's database that is only ever added to (see adapters/casework_state.py).

Rules
 1. An act is never changed and never removed.
 2. Where the registers are sealed, acts are: mentions name persons.
"""

import sqlite3
from collections.abc import Sequence

from tallystick.adapters.casework_people import PeopleTables
from tallystick.node.reporting.ports import ActRow

_SCHEMA = "CREATE TABLE IF NOT EXISTS report_act (number INTEGER PRIMARY KEY, line BLOB, salt BLOB, entry INTEGER)"


class ReportActTable(PeopleTables):
    """Fulfils `node.reporting.ports.ActsState` beside what it inherits."""

    def _prepare(self, connection: sqlite3.Connection) -> None:
        super()._prepare(connection)
        connection.execute(_SCHEMA)

    def report_acts(self, after: int = 0) -> list[ActRow]:
        rows = self._rows("SELECT line, salt, entry FROM report_act WHERE number > ? ORDER BY number", (after,))
        return [ActRow(self._seal.open(line), salt, entry) for line, salt, entry in rows]

    def add_report_acts(self, rows: Sequence[ActRow]) -> None:
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO report_act SELECT coalesce(max(number), 0) + 1, ?, ?, ? FROM report_act",
                [(self._seal.close(row.line), row.salt, row.entry) for row in rows],
            )
