"""The whole of a PostgreSQL store as pieces of text, and back into an empty database; for backups.

Does not know what a backup is (`adapters.backup_files`).

Rules
 1. All tables are read as of one moment, while others go on writing.
 2. Nothing is kept on a disk of ours meanwhile: a table goes out in pieces of a bounded size, cut at any byte.
 3. A store of an older version is filled as that version, then brought up to date.
 4. Only a database without a schema `tallystick` is filled, and all of it or nothing.

Source: https://www.postgresql.org/docs/current/sql-copy.html (text format, which every version and machine reads)
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from psycopg import sql

from tallystick.adapters.postgres_schema import STEPS, Connection, connect, migrate, one, translated
from tallystick.errors import ConfigError, IntegrityError

PIECE_BYTES = 8 << 20

_FIRST = "schema_version"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'tallystick' AND tablename <> %s ORDER BY tablename"
_IDENTITIES = """
    SELECT pg_get_serial_sequence(table_name, column_name), table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'tallystick' AND is_identity = 'YES' ORDER BY table_name"""
_SIZE = """
    SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class
    WHERE relnamespace = 'tallystick'::regnamespace AND relkind = 'r'"""
_REFERENCES = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'tallystick'::regnamespace"""


def size_bytes(url: str) -> int:
    """Return about how much room a store takes, its indexes not counted."""
    with closing(connect(url)) as connection, translated():
        migrate(connection)
        return int(one(connection, _SIZE)[0])


def pieces(url: str) -> Iterator[tuple[str, bytes]]:
    """Yield every table of a store as (`TABLE.NNNNNN`, text), at most about `PIECE_BYTES` each; `schema_version` is the first.

    Raises:
        StoreBusyError: the server cannot be reached.
        ConfigError: the store was written by a newer version.
    """
    with closing(connect(url)) as connection, translated():
        migrate(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in [_FIRST, *(name for (name,) in connection.execute(_TABLES, (_FIRST,)).fetchall())]:
            for number, piece in enumerate(_cut(_rows(connection, table))):
                yield f"{table}.{number:06}", piece


def check_empty(url: str) -> None:
    """Check that a database can be filled.

    Raises:
        ConfigError: there is a store already.
        StoreBusyError: the server cannot be reached.
    """
    with closing(connect(url)) as connection, translated():
        _refuse_a_store(connection)


def fill(url: str, folder: Path, told: Callable[[int], None]) -> None:
    """Make a store of the pieces that lie in a folder.

    Args:
        url: a database without a store.
        folder: the pieces, one file each, named as `pieces` names them.
        told: hears how many bytes went in so far.

    Raises:
        ConfigError: there is a store already, or the pieces come from a newer version.
        IntegrityError: the pieces are not those of a store.
    """
    files: dict[str, list[Path]] = {}
    for file in sorted(folder.iterdir()):
        files.setdefault(file.name.partition(".")[0], []).append(file)
    version = _version_of(files.pop(_FIRST, []))
    with closing(connect(url)) as connection, translated(), connection.transaction():
        _refuse_a_store(connection)
        migrate(connection, STEPS[:version])
        _fill_tables(connection, files, told)
        _set_counters(connection)
        migrate(connection)


def _refuse_a_store(connection: Connection) -> None:
    if connection.execute("SELECT FROM pg_tables WHERE schemaname = 'tallystick' LIMIT 1").fetchone() is not None:
        raise ConfigError("the database holds a store already", hint="give an empty one; nothing is overwritten")


def _rows(connection: Connection, table: str) -> Iterator[bytes]:
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        yield from map(bytes, copy)


def _cut(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Join rows to pieces; an empty table is one empty piece."""
    gathered = bytearray()
    count = 0
    for row in rows:
        gathered += row
        if len(gathered) >= PIECE_BYTES:
            yield bytes(gathered)
            gathered.clear()
            count += 1
    if gathered or not count:
        yield bytes(gathered)


def _version_of(files: list[Path]) -> int:
    text = b"".join(file.read_bytes() for file in files).strip()
    if not text.isdigit():
        raise IntegrityError("the backup does not say of which version its registers are", hint="take another backup")
    version = int(text)
    if version > len(STEPS):
        raise ConfigError(
            f"the registers have schema version {version}, this tallystick knows versions up to {len(STEPS)}",
            hint="restore them with the newer tallystick that kept them",
        )
    return version


def _fill_tables(connection: Connection, files: dict[str, list[Path]], told: Callable[[int], None]) -> None:
    tables = _in_order(connection)
    if set(files) != set(tables):
        raise IntegrityError("the backup does not hold the tables of a store", hint="take another backup")
    done = 0
    for table in tables:
        with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            for file in files[table]:
                content = file.read_bytes()
                copy.write(content)
                done += len(content)
                told(done)


def _in_order(connection: Connection) -> list[str]:
    """Return the tables, each after those its rows refer to."""
    waiting = {name: set[str]() for (name,) in connection.execute(_TABLES, (_FIRST,)).fetchall()}
    for table, other in connection.execute(_REFERENCES).fetchall():
        waiting[table].add(other)
    ordered: list[str] = []
    while waiting:
        ready = sorted(table for table, others in waiting.items() if others <= set(ordered))
        ordered += ready
        for table in ready:
            del waiting[table]
    return ordered


def _set_counters(connection: Connection) -> None:
    """Let the numbers that are given out go on after those in use."""
    for sequence, table, column in [*connection.execute(_IDENTITIES).fetchall(), ("record_number", "record", "record_no")]:
        next_one = sql.SQL("(SELECT coalesce(max({}), 0) + 1 FROM {})").format(sql.Identifier(column), sql.Identifier(table))
        connection.execute(sql.SQL("SELECT setval({}::regclass, {}, false)").format(sql.Literal(sequence), next_one))
