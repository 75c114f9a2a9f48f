"""Says in words of ours what SQLite says of a node's database: busy, without room, damaged. No value stands in them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tallystick.errors import IntegrityError, StoreBusyError, UnavailableError

_PRIMARY: Final = 0xFF
"""An extended code of SQLite's has its primary one in the lowest byte."""
_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_ROOM: Final = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def told(name: str) -> Iterator[None]:
    """Say what goes wrong with a database within; what is a mistake of ours stays as it is.

    Args:
        name: of the file, without its folder.

    Raises:
        StoreBusyError: another process holds it.
        UnavailableError: there is no room, or no right to write it.
        IntegrityError: it is no database, or damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
        if code in _BUSY:
            raise StoreBusyError(f"{name} is busy", hint="try again; another process of this node holds it") from None
        if code in _NO_ROOM:
            raise UnavailableError(f"{name} cannot be written", hint="look for room on the disk, and whose the file is") from None
        if code in _DAMAGED:
            raise IntegrityError(f"{name} is damaged", hint="restore it from a backup") from None
        raise
