"""The arrivals of a folder of reports as a table, so that very many are counted, paged and found without being held in memory.

The folder says what there is (`report_folder`); this is read from it again when the table is gone. Part of the file of a
`report_table`, whose connection and lock it shares.

Rules
 1. What came is read once, what went is forgotten, whenever the folder is followed.
 2. A turn is counted when a report went, or came before another that was there: who remembers an order has to look at it again.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Final

from tallystick.adapters.remade_files import together
from tallystick.adapters.report_folder import Arrival

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS arrival (id TEXT PRIMARY KEY, name TEXT, size_bytes INTEGER, added_at TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS arrival_order ON arrival (added_at, id);
CREATE TABLE IF NOT EXISTS turn (id INTEGER PRIMARY KEY, count INTEGER);
INSERT OR IGNORE INTO turn VALUES (1, 0);
CREATE TEMP TABLE IF NOT EXISTS there (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_COLUMNS: Final = "SELECT id, name, size_bytes, added_at FROM arrival"
_AT_ONCE: Final = 1_000
_BEHIND_HEX: Final = "g"


class ArrivalTable:
    """The arrivals of one folder; safe for several threads and processes."""

    def __init__(self, database: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = database
        self._lock = lock

    def follow(self, ids: Iterable[str], read: Callable[[str], Arrival | None]) -> None:
        """Make the table what the folder is.

        Args:
            ids: of all reports of the folder, in any order.
            read: reads the arrival of one; None where it went meanwhile.
        """
        with self._lock, together(self._db):
            self._db.execute("DELETE FROM there")
            self._db.executemany("INSERT OR IGNORE INTO there VALUES (?)", ((each,) for each in ids))
            last = self._db.execute("SELECT added_at, id FROM arrival ORDER BY added_at DESC, id DESC LIMIT 1").fetchone()
            gone = self._db.execute("DELETE FROM arrival WHERE id NOT IN (SELECT id FROM there)").rowcount > 0
            first = self._take(read)
            self._db.execute("DELETE FROM there")
            if gone or (last is not None and first is not None and first < last):
                self._db.execute("UPDATE turn SET count = count + 1")

    def _take(self, read: Callable[[str], Arrival | None]) -> tuple[str, str] | None:
        """Read what came; return the place of the first of it."""
        new = self._db.execute("SELECT id FROM there WHERE id NOT IN (SELECT id FROM arrival)")
        first: tuple[str, str] | None = None
        while some := new.fetchmany(_AT_ONCE):
            for arrival in filter(None, (read(each) for (each,) in some)):
                place = (arrival.added_at, arrival.id)
                first = min(first, place) if first else place
                row = (arrival.id, arrival.name, arrival.size_bytes, arrival.added_at)
                self._db.execute("INSERT OR REPLACE INTO arrival VALUES (?, ?, ?, ?)", row)
        return first

    def turns(self) -> int:
        """Return how many turns there were (rule 2)."""
        with self._lock:
            [count] = self._db.execute("SELECT count FROM turn").fetchone()
        return int(count)

    def count(self) -> int:
        """Return how many there are."""
        with self._lock:
            [count] = self._db.execute("SELECT count(*) FROM arrival").fetchone()
        return int(count)

    def newest(self, after: int, most: int) -> list[Arrival]:
        """Return some arrivals, newest first.

        Args:
            after: how many to pass over.
            most: how many at most.
        """
        with self._lock:
            rows = self._db.execute(f"{_COLUMNS} ORDER BY added_at DESC, id DESC LIMIT ? OFFSET ?", (most, after)).fetchall()
        return [Arrival(*row) for row in rows]

    def ids(self, after: int, most: int) -> list[str]:
        """Return the ids behind the first `after` reports, earliest first; at most `most`, or all where that is negative."""
        with self._lock:
            rows = self._db.execute("SELECT id FROM arrival ORDER BY added_at, id LIMIT ? OFFSET ?", (most, after)).fetchall()
        return [each for (each,) in rows]

    def beginning(self, words: str) -> tuple[int, Arrival | None]:
        """Return how many have ids that begin so, and the first of them."""
        place = (words, f"{words}{_BEHIND_HEX}")
        with self._lock:
            [count] = self._db.execute("SELECT count(*) FROM arrival WHERE id >= ? AND id < ?", place).fetchone()
            row = self._db.execute(f"{_COLUMNS} WHERE id >= ? AND id < ? ORDER BY id", place).fetchone()
        return int(count), Arrival(*row) if row else None

    def arrivals(self, ids: Iterable[str]) -> list[Arrival]:
        """Return the arrivals with these ids, in their order; those that are there."""
        with self._lock:
            rows = [self._db.execute(f"{_COLUMNS} WHERE id = ?", (each,)).fetchone() for each in ids]
        return [Arrival(*row) for row in rows if row]
