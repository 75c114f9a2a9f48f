"""A SQLite file as a store: how it is opened, what is in it, how an older one is brought up to date.

Does not read or write registers; that is `adapters.sqlite`.

Rules
 1. A new file is created for its owner alone (mode 0600); an existing one keeps its mode.
 2. The schema version is `user_version`; step n of STEPS leads from version n - 1 to n, all in one transaction.
 3. A file of a newer version, or of another program, is refused and not touched.
 4. No message of SQLite is passed on: it could name a value.

Source: https://www.sqlite.org/pragma.html, https://www.sqlite.org/rescode.html
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tallystick.adapters.sqlite_values import unpack
from tallystick.errors import ConfigError, Error, InputError, IntegrityError, StoreBusyError, UnavailableError

APPLICATION_ID = 0x54414C59
"""`TALY`: marks a file as ours."""

_V1 = (
    """CREATE TABLE register (
        register_no INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        custody TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT""",
    # `keys` and `parts` hold what the record put into the indexes, so that exactly this can be taken out again, whatever the
    # matching rules have become. They come last: reading a body does not read them.
    """CREATE TABLE record (
        record_no INTEGER PRIMARY KEY,
        register_no INTEGER NOT NULL REFERENCES register,
        record_id TEXT NOT NULL,
        state INTEGER NOT NULL,
        edition INTEGER NOT NULL,
        expires_on TEXT,
        digest BLOB NOT NULL,
        body BLOB NOT NULL,
        parts BLOB NOT NULL,
        keys BLOB NOT NULL,
        UNIQUE (register_no, record_id)
    ) STRICT""",
    "CREATE INDEX record_current ON record (register_no, expires_on) WHERE state = 1",
    """CREATE TABLE revision (
        revision_no INTEGER PRIMARY KEY,
        record_no INTEGER NOT NULL REFERENCES record,
        change TEXT NOT NULL,
        edition INTEGER NOT NULL,
        at INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX revision_record ON revision (record_no)",
    """CREATE TABLE edition (
        register_no INTEGER NOT NULL REFERENCES register,
        edition INTEGER NOT NULL,
        origin TEXT NOT NULL,
        digest BLOB NOT NULL,
        at INTEGER NOT NULL,
        confirmed_at INTEGER NOT NULL,
        added INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        unchanged INTEGER NOT NULL,
        expired INTEGER NOT NULL,
        quarantined INTEGER NOT NULL,
        not_persons INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        PRIMARY KEY (register_no, edition)
    ) STRICT, WITHOUT ROWID""",
    # No foreign key to record: tens of millions of rows, written by the same transaction as the records themselves.
    """CREATE TABLE record_key (
        register_no INTEGER NOT NULL,
        key INTEGER NOT NULL,
        record_no INTEGER NOT NULL,
        PRIMARY KEY (register_no, key, record_no)
    ) STRICT, WITHOUT ROWID""",
)

_V2 = """CREATE TABLE part_count (
        register_no INTEGER NOT NULL REFERENCES register,
        part INTEGER NOT NULL,
        records INTEGER NOT NULL,
        PRIMARY KEY (register_no, part)
    ) STRICT, WITHOUT ROWID"""

# Found by either start, and by the class when nobody has the part any more.
_V5 = (
    """CREATE TABLE part_form (
        register_no INTEGER NOT NULL REFERENCES register,
        part INTEGER NOT NULL,
        letters INTEGER NOT NULL,
        sounds INTEGER NOT NULL,
        form BLOB NOT NULL,
        PRIMARY KEY (register_no, part)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX part_form_letters ON part_form (register_no, letters)",
    "CREATE INDEX part_form_sounds ON part_form (register_no, sounds)",
)


def add_part_counts(connection: sqlite3.Connection, register_no: int, counts: Counter[int]) -> None:
    """Add to the number of records that hold each part; what falls to nothing goes."""
    connection.executemany(
        "INSERT INTO part_count VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET records = records + excluded.records",
        sorted((register_no, part, records) for part, records in counts.items() if records),
    )
    if any(records < 0 for records in counts.values()):
        connection.execute("DELETE FROM part_count WHERE register_no = ? AND records = 0", (register_no,))


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in _V1:
        connection.execute(statement)


def _count_parts(connection: sqlite3.Connection) -> None:
    connection.execute(_V2)
    for (register_no,) in connection.execute("SELECT register_no FROM register").fetchall():
        counts: Counter[int] = Counter()
        for (parts,) in connection.execute("SELECT parts FROM record WHERE register_no = ? AND state = 1", (register_no,)):
            counts.update(unpack(parts))
        add_part_counts(connection, register_no, counts)


def _mark_indexes(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE register ADD COLUMN index_mark TEXT NOT NULL DEFAULT ''")


def _make_room_for_a_seal(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE seal (seal_no INTEGER PRIMARY KEY CHECK (seal_no = 1), envelope BLOB NOT NULL) STRICT")


def _make_room_for_forms(connection: sqlite3.Connection) -> None:
    for statement in _V5:
        connection.execute(statement)


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _create_tables,
    _count_parts,
    _mark_indexes,
    _make_room_for_a_seal,
    _make_room_for_forms,
)


def create_file(path: Path) -> None:
    """Create an empty file that only its owner can read, if there is none; SQLite gives its side files the same mode."""
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        raise ConfigError(f"store {path} cannot be created", hint="check that the folder exists and may be written to") from None


def connect(path: Path, *, busy_timeout_s: float, cache_mib: int) -> sqlite3.Connection:
    """Open a connection that leaves transactions to the caller.

    Args:
        path: an existing file.
        busy_timeout_s: how long to wait for another writer.
        cache_mib: how much of the file to keep in memory.
    """
    # A store may pass from thread to thread (`wiring.store_pool.StorePool`); no two use it at the same time.
    connection = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("foreign_keys = ON", "trusted_schema = OFF", "secure_delete = ON", f"cache_size = {-1024 * cache_mib}"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[Callable[[sqlite3.Connection], None]] = STEPS) -> None:
    """Bring the schema up to the newest version.

    Raises:
        ConfigError: the file belongs to another program or was written by a newer version.
    """
    if _version(connection, path, len(steps)) == len(steps):
        return
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        # Somebody else may have been faster: only what is read inside the transaction counts.
        for step in steps[_version(connection, path, len(steps)) :]:
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and (version or application or tables):
        raise ConfigError(f"store {path} belongs to another program", hint="give the path of a tallystick store, or a new one")
    if version > newest:
        raise ConfigError(
            f"store {path} has schema version {version}, this tallystick knows versions up to {newest}",
            hint="use the newer tallystick that wrote it",
        )
    return int(version)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing; who has rolled back inside has written nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        if connection.in_transaction:
            connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


_FAILURES: dict[int, tuple[type[Error], str, str]] = {
    sqlite3.SQLITE_BUSY: (StoreBusyError, "is locked by another program", "wait until the other import is done and try again"),
    sqlite3.SQLITE_LOCKED: (StoreBusyError, "is locked by another program", "wait until the other import is done and try again"),
    sqlite3.SQLITE_FULL: (UnavailableError, "has no room left on its disk", "free some space, then try again"),
    sqlite3.SQLITE_IOERR: (UnavailableError, "cannot be read or written", "check the disk, then try again"),
    sqlite3.SQLITE_CANTOPEN: (ConfigError, "cannot be opened", "check the path and who may read it"),
    sqlite3.SQLITE_PERM: (ConfigError, "may not be opened", "check who may read and write the file"),
    sqlite3.SQLITE_READONLY: (ConfigError, "may not be written to", "check who may write to the file and its folder"),
    sqlite3.SQLITE_NOTADB: (ConfigError, "is no SQLite file", "give the path of a tallystick store, or a new one"),
    sqlite3.SQLITE_CORRUPT: (IntegrityError, "is damaged", "restore it from a backup"),
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into our errors; its own message stays behind."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None) or 0
        kind, what, hint = _FAILURES.get(code & 0xFF, (Error, f"failed with SQLite code {code}", "this is a fault: report it"))
        raise kind(f"store {path} {what}", hint=hint) from None
    except UnicodeEncodeError:
        raise InputError("an id or a name is not Unicode text", hint="check how it was typed or read") from None
