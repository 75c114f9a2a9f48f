"""The traces of reports and their wordings on the disk, so that what a node keeps in memory of a report does not grow with it.

One SQLite file beside the reports, made again from them when it is gone or was written by another version.

    report     a row each: id, root, chain, and its sketch
    runs_N     which texts have a run of three words (its hash): written whole, in order, and never changed

Rules
 1. Runs of the newest texts wait in memory, `MOST_WAITING` at most; then they become a table of their own. Two neighbours of
    which the older is not twice as large become one, so that there are few: one for each doubling of the number of runs.
 2. A table of runs is there whole or not at all, and says how many of the reports are in those that are there; the sketches of
    the others are read again when the file is opened.
 3. Hashes say as little as anybody can guess wordings for; the reports themselves lie beside this file.
"""

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain as joined
from pathlib import Path

import msgspec

from tallystick.adapters.outputs import private_folder
from tallystick.adapters.remade_files import opened_or_remade, together
from tallystick.reports.chain import Chain
from tallystick.reports.derivation import MOST_TEXTS, Runs, Size, Sketch
from tallystick.reports.support import Trace

MOST_WAITING = 500_000
"""Runs that are kept in memory: some 50 MB."""
_PAGES_KB = 32_768
_WAL_BYTES = 64 << 20
_TRACES_KEPT = 4_096
_PRAGMAS = f"""
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = FILE;
PRAGMA cache_size = -{_PAGES_KB}; PRAGMA journal_size_limit = {_WAL_BYTES};
"""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (id INTEGER PRIMARY KEY, mark TEXT);
CREATE TABLE IF NOT EXISTS report (number INTEGER PRIMARY KEY, id TEXT UNIQUE, root TEXT, size INTEGER, share INTEGER,
  chain BLOB, runs BLOB);
CREATE TABLE IF NOT EXISTS sorted_runs (name TEXT PRIMARY KEY, rows INTEGER, reports INTEGER);
"""
_FIRST = (
    "SELECT value, (SELECT group_concat(number) FROM (SELECT number FROM {table} WHERE run = value ORDER BY number LIMIT {most}))"
    " FROM json_each(?)"
)


class TraceFile:
    """The traces of one folder of reports; fulfils `reports.support.Traces`. Used by one thread at a time."""

    def __init__(self, file: Path, mark: str) -> None:
        """Open the file, or make it.

        Args:
            file: where it is.
            mark: which version reads reports; what another one read is forgotten.
        """
        private_folder(file.parent)
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        file.chmod(0o600)
        self._db.executescript(_PRAGMAS + _SCHEMA)
        self._trace = lru_cache(_TRACES_KEPT)(self._trace_now)
        self._waiting, self._runs, self._shares = Runs(), array("I"), array("I")
        [self._version] = self._db.execute("PRAGMA data_version").fetchone()
        if self._db.execute("SELECT mark FROM about").fetchone() != (mark,):
            self.clear()
            self._db.execute("INSERT OR REPLACE INTO about VALUES (1, ?)", (mark,))
        self._begin()

    def close(self) -> None:
        """Close it; what waits in memory is read again from the sketches."""
        self._db.close()

    # --- traces ------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Return how many reports there are."""
        self._see_others()
        return len(self._runs)

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        """Return the ids of some reports, in the order they came; see `reports.support.Traces`."""
        found = self._db.execute("SELECT id FROM report ORDER BY number LIMIT ? OFFSET ?", (most, after))
        return [each for (each,) in found]

    def trace(self, report: str, /) -> Trace | None:
        """Return the trace of a report; None where it was not read."""
        return self._trace(report)

    def numbered(self, number: int, /) -> Trace:
        """Return the trace of a report by its number."""
        row = self._db.execute("SELECT id, number, root, chain FROM report WHERE number = ?", (number,)).fetchone()
        return _trace_of(row)

    def put_trace(self, trace: Trace, own: Sketch, /) -> None:
        """Add the next report."""
        size, chain = Size.of(own), msgspec.json.encode(trace.chain)
        row = (trace.number, trace.report, trace.root, size.runs, size.share, chain, array("Q", own).tobytes())
        if not self._db.execute("INSERT OR IGNORE INTO report VALUES (?, ?, ?, ?, ?, ?, ?)", row).rowcount:
            return  # another process of the node was faster: what it found holds
        self._trace.cache_clear()
        self._wait(trace.number, own, size)
        if len(self._waiting) >= MOST_WAITING:
            self._write_runs()

    def clear(self) -> None:
        """Forget all of them."""
        with together(self._db):
            for name, _rows in self._tables():
                self._db.execute(f"DROP TABLE {name}")
            self._db.execute("DELETE FROM report")
            self._db.execute("DELETE FROM sorted_runs")
        self._begin()

    # --- wordings ----------------------------------------------------------------------------------------------------

    def having(self, own: Sketch, /) -> Counter[int]:
        """Return the texts that have any of these runs, and how many; see `derivation.Wordings`."""
        self._see_others()
        shared, left = Counter[int](), dict.fromkeys(sorted(map(_signed, own)), MOST_TEXTS)  # sorted: neighbours share pages
        sought = msgspec.json.encode(list(left)).decode()
        for name, _rows in self._tables():
            for run, numbers in self._db.execute(_FIRST.format(table=name, most=MOST_TEXTS), (sought,)):
                if numbers:
                    first = [int(each) for each in numbers.split(",")][: left[run]]
                    left[run] -= len(first)
                    shared.update(first)
        shared.update(joined.from_iterable(self._waiting.texts(run)[:most] for run, most in left.items()))
        return shared

    def size(self, number: int, /) -> Size:
        """Return the size of a text's sketch."""
        return Size(self._runs[number], self._shares[number])

    def sketch(self, number: int, /) -> Sketch:
        """Return the sketch of a text."""
        [packed] = self._db.execute("SELECT runs FROM report WHERE number = ?", (number,)).fetchone()
        return frozenset(array("Q", packed))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _see_others(self) -> None:
        """Begin anew when another process has written."""
        [version] = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self._begin()

    def _begin(self) -> None:
        """Read what is kept in memory: the sizes, and the sketches whose runs are in no table yet."""
        self._trace.cache_clear()
        self._waiting, self._runs, self._shares = Runs(), array("I"), array("I")
        [written] = self._db.execute("SELECT coalesce(max(reports), 0) FROM sorted_runs").fetchone()
        for number, runs, share in self._db.execute("SELECT number, size, share FROM report ORDER BY number"):
            if number < written:
                self._runs.append(runs)
                self._shares.append(share)
            else:
                self._wait(number, self.sketch(number), Size(runs, share))

    def _wait(self, number: int, own: Sketch, size: Size) -> None:
        for each in own:
            self._waiting.put(_signed(each), number)
        self._runs.append(size.runs)
        self._shares.append(size.share)

    def _tables(self) -> list[tuple[str, int]]:
        """Return the tables of runs and how many rows they have, those of the oldest reports first."""
        return self._db.execute("SELECT name, rows FROM sorted_runs ORDER BY reports").fetchall()

    def _write_runs(self) -> None:
        """Make a table of what waits (rule 1)."""
        with together(self._db):
            self._put_table("VALUES (?, ?)", self._waiting.pairs())
            while len(tables := self._tables()) > 1 and tables[-2][1] < 2 * tables[-1][1]:
                (older, _), (newer, _) = tables[-2:]
                self._put_table(f"SELECT run, number FROM {older} UNION ALL SELECT run, number FROM {newer} ORDER BY 1, 2")  # noqa: S608 - names of this file
                self._db.execute("DELETE FROM sorted_runs WHERE name IN (?, ?)", (older, newer))
                for each in (older, newer):
                    self._db.execute(f"DROP TABLE {each}")
        self._waiting = Runs()

    def _put_table(self, source: str, rows: Iterable[tuple[int, int]] | None = None) -> None:
        [last] = self._db.execute("SELECT coalesce(max(CAST(substr(name, 6) AS INTEGER)), 0) FROM sorted_runs").fetchone()
        name = f"runs_{last + 1}"
        self._db.execute(f"CREATE TABLE {name} (run INTEGER, number INTEGER, PRIMARY KEY (run, number)) WITHOUT ROWID")
        words = f"INSERT INTO {name} {source}"
        count = self._db.execute(words).rowcount if rows is None else self._db.executemany(words, rows).rowcount
        self._db.execute("INSERT INTO sorted_runs VALUES (?, ?, ?)", (name, count, len(self._runs)))

    def _trace_now(self, report: str) -> Trace | None:
        row = self._db.execute("SELECT id, number, root, chain FROM report WHERE id = ?", (report,)).fetchone()
        return _trace_of(row) if row else None


def opened_traces(file: Path, mark: str) -> TraceFile:
    """Open a file of traces, or make it anew where it is none any more; see `TraceFile`."""
    return opened_or_remade(file, lambda: TraceFile(file, mark))


def _signed(run: int) -> int:
    """Return a run as SQLite keeps integers, in the same order."""
    return run - (1 << 63)


def _trace_of(row: tuple[str, int, str, bytes]) -> Trace:
    return Trace(row[0], row[1], row[2], msgspec.json.decode(row[3], type=Chain))
