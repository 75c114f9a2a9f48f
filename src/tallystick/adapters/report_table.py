"""What was read of the reports of a folder, in one SQLite file, so that a list of very many is found, counted and paged there.

Made again from the reports when it is gone or was written by another version. Safe for several threads and processes.

Rules
 1. A report is found by words when its name, headline and main text together hold each of them, in whatever case, also within
    other words: an index of three letters finds them, and words of fewer letters are looked for in all texts.
 2. Which reports have no row, or one of other revisions of the registers, is said for whoever reads them; nothing is read here.
 3. Which reports there are, the arrivals say (`arrival_table`); of those that went no row is left.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tallystick.adapters import arrival_table
from tallystick.adapters.outputs import private_folder
from tallystick.adapters.remade_files import opened_or_remade, together
from tallystick.adapters.report_folder import Arrival
from tallystick.node.reporting.ports import Mention

VERDICTS: Final = ("likely", "possible", "namesake-likely")
NOBODY: Final = "none"
Revisions = tuple[int, int]
_WAIT_S = 30.0
_LAST: Final = "\uffff"
"""Behind every moment and every id."""
_LEAST_INDEXED, _MOST_INDEXED = 3, 16
_SCHEMA = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS about (id INTEGER PRIMARY KEY, mark TEXT);
CREATE TABLE IF NOT EXISTS report (number INTEGER PRIMARY KEY, id TEXT UNIQUE, added_at TEXT, changes INTEGER, registers INTEGER,
  language TEXT, state TEXT, said_by TEXT, summary BLOB);
CREATE INDEX IF NOT EXISTS report_revisions ON report (changes, registers, id);
CREATE INDEX IF NOT EXISTS report_order ON report (added_at, id);
CREATE VIRTUAL TABLE IF NOT EXISTS wording USING fts5 (text, tokenize = "trigram case_sensitive 1");
"""


class Summary(msgspec.Struct, frozen=True):
    """What was read of a report, as far as lists show it, and whom it may mention.

    Attributes:
        revisions: of the registers when it was screened.
        headline, language, agency: as the reading has them.
        sources: names of those it passes on statements of.
        mentions: in the order of the text.
    """

    revisions: Revisions
    headline: str
    language: str
    agency: str
    sources: list[str]
    mentions: list[Mention]

    @property
    def state(self) -> str:
        """The strongest verdict on a mention; `none` where nobody is mentioned."""
        said = {each.verdict for each in self.mentions}
        return next((each for each in VERDICTS if each in said), NOBODY)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which reports somebody wants to see; what is empty holds for all.

    Attributes:
        words: parted by spaces; each is in its name, headline or main text.
        language: code of its language.
        source: a part of the name of a source or of the agency.
        state: see `Summary.state`.
    """

    words: str = ""
    language: str = ""
    source: str = ""
    state: str = ""


class ReportTable:
    """The table of one folder of reports. `arrivals`: which there are."""

    def __init__(self, file: Path, mark: str) -> None:
        """Open the file, or make it.

        Args:
            file: where it is.
            mark: which version reads reports; what another one read is forgotten.
        """
        private_folder(file.parent)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
        file.chmod(0o600)
        self._db.create_function("holds", 2, _holds, deterministic=True)
        self._db.executescript(_SCHEMA + arrival_table.SCHEMA)
        self.arrivals = arrival_table.ArrivalTable(self._db, self._lock)
        with self._together():
            if self._db.execute("SELECT mark FROM about").fetchone() != (mark,):
                self._db.execute("DELETE FROM report")
                self._db.execute("DELETE FROM wording")
                self._db.execute("INSERT OR REPLACE INTO about VALUES (1, ?)", (mark,))

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._db.close()

    def summary(self, report: str) -> Summary | None:
        """Return what was read of a report; None where it was not."""
        with self._lock:
            row = self._db.execute("SELECT summary FROM report WHERE id = ?", (report,)).fetchone()
        return msgspec.json.decode(row[0], type=Summary) if row else None

    def put(self, report: str, added_at: str, summary: Summary, text: str) -> None:
        """Keep what was read of a report.

        Args:
            report: its id.
            added_at: when it came, as its arrival says.
            summary: what was read.
            text: what it is found by.
        """
        said_by = _folded(" ".join((*summary.sources, summary.agency)))
        row = (report, added_at, *summary.revisions, summary.language, summary.state, said_by, msgspec.json.encode(summary))
        with self._together():
            known = self._db.execute("SELECT number FROM report WHERE id = ?", (report,)).fetchone()
            if known:
                self._forget(known[0])
            number = self._db.execute("INSERT INTO report VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid
            self._db.execute("INSERT INTO wording (rowid, text) VALUES (?, ?)", (number, _folded(text)))

    def rescreened(self, report: str, summary: Summary) -> None:
        """Keep what a report that was read was screened to anew."""
        with self._lock:
            self._db.execute(
                "UPDATE report SET changes = ?, registers = ?, state = ?, summary = ? WHERE id = ?",
                (*summary.revisions, summary.state, msgspec.json.encode(summary), report),
            )

    def follow(self, ids: Iterable[str], read: Callable[[str], Arrival | None]) -> None:
        """Make the table what the folder is; see `ArrivalTable.follow`."""
        self.arrivals.follow(ids, read)
        with self._together():
            gone = self._db.execute("SELECT number FROM report WHERE id NOT IN (SELECT id FROM arrival)").fetchall()
            for (number,) in gone:
                self._forget(number)

    def count_behind(self, revisions: Revisions | None) -> int:
        """Return how many reports were not read, or not screened at these revisions where they are given."""
        condition, values = _is_behind(revisions)
        with self._lock:
            [count] = self._db.execute(f"SELECT count(*) {condition}", values).fetchone()
        return int(count)

    def behind(self, revisions: Revisions | None, before: Arrival | None, most: int) -> list[Arrival]:
        """Return some of the reports that were not read, or not screened at these revisions, newest first.

        Args:
            revisions: of the registers; None where mentions do not matter.
            before: return such as came before this one; None for the newest ones.
            most: how many at most.
        """
        condition, values = _is_behind(revisions)
        place = (before.added_at, before.id) if before else (_LAST, _LAST)
        with self._lock:
            rows = self._db.execute(
                f"SELECT a.id, a.name, a.size_bytes, a.added_at {condition} AND (a.added_at, a.id) < (?, ?)"
                " ORDER BY a.added_at DESC, a.id DESC LIMIT ?",
                (*values, *place, most),
            ).fetchall()
        return [Arrival(*row) for row in rows]

    def found(self, sought: Sought, after: int, most: int) -> tuple[int, list[str]]:
        """Return how many reports fit, and the ids of a page of them, newest first.

        Args:
            sought: which ones.
            after: how many to pass over.
            most: how many a page has.
        """
        where, values = _where(sought)
        with self._lock:
            [total] = self._db.execute(f"SELECT count(*) FROM report{where}", values).fetchone()  # noqa: S608 - see _where
            page = self._db.execute(
                f"SELECT id FROM report{where} ORDER BY added_at DESC, id DESC LIMIT ? OFFSET ?",  # noqa: S608 - see _where
                (*values, most, after),
            ).fetchall()
        return total, [each for (each,) in page]

    # --- inside ------------------------------------------------------------------------------------------------------

    def _forget(self, number: int) -> None:
        self._db.execute("DELETE FROM wording WHERE rowid = ?", (number,))
        self._db.execute("DELETE FROM report WHERE number = ?", (number,))

    @contextmanager
    def _together(self) -> Iterator[None]:
        with self._lock, together(self._db):
            yield


def opened_table(file: Path, mark: str) -> ReportTable:
    """Open a table of reports, or make it anew where it is none any more; see `ReportTable`."""
    return opened_or_remade(file, lambda: ReportTable(file, mark))


def _is_behind(revisions: Revisions | None) -> tuple[str, tuple[int, ...]]:
    """Return which reports are behind, as SQL of this module, and its values."""
    joined = "FROM arrival a LEFT JOIN report r ON r.id = a.id WHERE"
    if revisions is None:
        return f"{joined} r.id IS NULL", ()
    return f"{joined} (r.id IS NULL OR r.changes <> ? OR r.registers <> ?)", revisions


def _where(sought: Sought) -> tuple[str, tuple[str, ...]]:
    """Return the condition, of texts of this module, and its values."""
    conditions: list[tuple[str, ...]] = []
    words = _about_words(list(dict.fromkeys(_folded(sought.words).split())))
    if words:
        both = " AND ".join(each for each, _ in words)
        conditions.append((f"number IN (SELECT rowid FROM wording WHERE {both})", *(value for _, value in words)))  # noqa: S608 - see _about_words
    conditions += [("language = ?", sought.language)] if sought.language else []
    conditions += [("instr(said_by, ?)", _folded(sought.source))] if sought.source else []
    conditions += [("state = ?", sought.state)] if sought.state else []
    where = f" WHERE {' AND '.join(each[0] for each in conditions)}" if conditions else ""
    return where, tuple(value for each in conditions for value in each[1:])


def _about_words(words: list[str]) -> list[tuple[str, str]]:
    """Return the conditions of words: the index finds the first ones, the others are looked for in what it found."""
    indexed = [each for each in words if len(each) >= _LEAST_INDEXED][:_MOST_INDEXED]
    others = [each for each in words if each not in indexed]
    conditions: list[tuple[str, str]] = []
    if indexed:
        quoted = (each.replace('"', '""') for each in indexed)
        conditions.append(("wording MATCH ?", " ".join(f'"{each}"' for each in quoted)))
    if others:
        conditions.append(("holds(text, ?)", " ".join(others)))
    return conditions


def _holds(text: str, words: str) -> bool:
    return all(each in text for each in words.split(" "))


def _folded(text: str) -> str:
    """Return a text without case, as SQLite can hold it: a zero would end it there."""
    return text.casefold().replace("\0", "\ufffd").encode("utf-8", "replace").decode()
