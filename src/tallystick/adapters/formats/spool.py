"""Puts parts of entries away on disk until the whole entry is there, so that memory stays constant.

Some lists spread one person over many rows far apart, or over several files. The parts go into a nameless
SQLite database, which SQLite keeps in its cache while small and on disk when not, and removes when closed.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from tallystick.errors import UnavailableError

MAX_PARTS = 10_000
"""Parts of one group that are read back; the longest published entry has 400."""

MAX_GROUP_BYTES = 8 << 20
TOO_MANY_PARTS = "entry has too many rows"

_decoder = msgspec.json.Decoder(list[str])


class Part(NamedTuple):
    """One row that belongs to a group."""

    position: int
    cells: list[str]
    original: bytes


class Group(NamedTuple):
    """All rows of one group in the order they came; `cut` when there was more than one entry can be."""

    key: str
    parts: list[Part]
    cut: bool


class Spool:
    """A store of parts by group; to be closed, best as a context manager."""

    def __init__(self) -> None:
        self._indexed = False
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE part (grp TEXT, position INTEGER, cells BLOB, original BLOB)")
        self._db.execute("CREATE TABLE owned (grp TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()

    def put(self, key: str, position: int, cells: list[str], original: bytes = b"") -> None:
        """Put one part away."""
        row = (_stored(key), position, msgspec.json.encode([_stored(cell) for cell in cells]), original)
        self._run("INSERT INTO part VALUES (?, ?, ?, ?)", row)

    def get(self, key: str) -> Group:
        """Return a group; one without parts when nothing was put away under the key."""
        self._index()
        group, size = Group(key, [], cut=False), 0
        query = "SELECT position, cells, original FROM part WHERE grp = ? ORDER BY position, rowid LIMIT ?"
        for position, cells, original in self._run(query, (_stored(key), MAX_PARTS + 1)):
            if len(group.parts) == MAX_PARTS or size > MAX_GROUP_BYTES:
                return group._replace(cut=True)
            size += len(cells) + len(original)
            group.parts.append(Part(position, _decoder.decode(cells), original))
        return group

    def groups(self) -> Iterator[Group]:
        """Yield all groups in the order of their first parts."""
        self._index()
        for (key,) in self._run("SELECT grp FROM part GROUP BY grp ORDER BY min(position), min(rowid)"):
            yield self.get(key)

    def own(self, key: str) -> None:
        """Note that the entry has come whose parts are in this group."""
        self._run("INSERT OR IGNORE INTO owned VALUES (?)", (_stored(key),))

    def ownerless(self, beginning: str) -> int:
        """Return how many parts are in groups whose key begins so, and whose entry has not come."""
        query = "SELECT count(*) FROM part WHERE substr(grp, 1, ?) = ? AND grp NOT IN (SELECT grp FROM owned)"
        (found,) = self._run(query, (len(beginning), beginning)).fetchone()
        return int(found)

    def _run(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.OperationalError:
            raise UnavailableError(
                "temporary space cannot be used", hint="free some, or set TMPDIR to a folder that has some"
            ) from None

    def _index(self) -> None:
        if not self._indexed:
            self._run("CREATE INDEX part_grp ON part (grp, position)")
            self._indexed = True


def _stored(text: str) -> str:
    """Return text without lone surrogates, which neither SQLite nor JSON can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
