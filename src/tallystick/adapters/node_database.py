"""The SQLite file of a node's memory: its connections and its transactions.

Many threads may use one object; each has a connection of its own. Every write is one transaction, durable when the method
returns.

Rules
 1. A schema newer than this program is refused; an older one is brought up to date on opening.
 2. What was deleted is overwritten in the file (`secure_delete`), not only unlinked.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tallystick.adapters.database_errors import told
from tallystick.adapters.node_schema import STEPS
from tallystick.errors import ConfigError

_BUSY_S = 30.0


class NodeDatabase:
    """The database of one node; its tables are read and written by what is made of it."""

    def __init__(self, file: Path) -> None:
        """Open it; make it where there is none.

        Raises:
            ConfigError: a newer version wrote it.
            StoreBusyError, UnavailableError, IntegrityError: see `database_errors.told`; so for every method.
        """
        self._file = file
        self._local = threading.local()
        self._open: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._lock = threading.Lock()
        file.touch(mode=0o600)
        file.chmod(0o600)  # before it is opened: the files beside it (-wal, -shm) take over its mode
        with self._transaction() as connection:
            self._prepare(connection)

    def close(self) -> None:
        with self._lock:
            for _, connection in self._open:
                connection.close()
            self._open.clear()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(STEPS):
            raise ConfigError("node.db was written by a newer tallystick", hint="update this one")
        for step in STEPS[version:]:
            for statement in step.split(";\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
                found.execute(f"PRAGMA {setting}")
            self._local.connection = found
            with self._lock:
                self._close_those_left()
                self._open.append((threading.current_thread(), found))
        return found

    def _close_those_left(self) -> None:
        """Close connections of threads that have ended: a server's threads come and go."""
        for thread, connection in self._open:
            if not thread.is_alive():
                connection.close()
        self._open = [(thread, connection) for thread, connection in self._open if thread.is_alive()]

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._transaction():
            yield

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with told(self._file.name):
            connection = self._connection()
            if connection.in_transaction:  # part of a larger one of this thread
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # where there was no room, SQLite has ended it
                    connection.execute("ROLLBACK")
                raise

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with told(self._file.name):
            return self._connection().execute(statement, values).fetchall()

    def _write(self, statement: str, values: Sequence[object] = ()) -> int:
        with self._transaction() as connection:
            return connection.execute(statement, values).rowcount
