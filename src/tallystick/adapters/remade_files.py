"""SQLite files that hold nothing but what can be read again from elsewhere: opened, or made anew."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def opened_or_remade(file: Path, opened: Callable[[], T]) -> T:
    """Open such a file, or make it anew where it is no database any more; one that is locked, or a full disk, is no reason."""
    try:
        return opened()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        for each in ("", "-wal", "-shm"):
            file.with_name(file.name + each).unlink(missing_ok=True)
        return opened()


@contextmanager
def together(database: sqlite3.Connection) -> Iterator[None]:
    """Make what is done inside the block one transaction."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
