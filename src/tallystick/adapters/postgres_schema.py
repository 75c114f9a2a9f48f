"""A PostgreSQL database as a store: how it is reached, what is in it, how an older one is brought up to date.

Does not read or write registers; that is `adapters.postgres`.

Rules
 1. Everything lies in the schema `tallystick`; nothing else in the database is touched.
 2. `schema_version` holds the version; step n of STEPS leads from version n - 1 to n, all in one transaction.
 3. A database of a newer version is refused and not touched.
 4. No message of the server or the driver is passed on: it could name a value or the password.

Source: https://www.postgresql.org/docs/15/errcodes-appendix.html
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tallystick.errors import ConfigError, Error, InputError, IntegrityError, StoreBusyError, UnavailableError

Connection = psycopg.Connection[tuple[Any, ...]]

CONNECT_TIMEOUT_S = 10

_V1: tuple[LiteralString, ...] = (
    """CREATE TABLE register (
        register_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text COLLATE "C" NOT NULL UNIQUE,
        custody text NOT NULL,
        created_at timestamptz NOT NULL
    )""",
    "CREATE SEQUENCE record_number",
    # `keys` and `parts` hold what the record put into the indexes, so that exactly this can be taken out again, whatever the
    # matching rules have become. Ids sort by code point, as in every store, not by the server's language.
    """CREATE TABLE record (
        record_no bigint PRIMARY KEY,
        register_no int NOT NULL REFERENCES register,
        record_id text COLLATE "C" NOT NULL,
        state smallint NOT NULL,
        edition int NOT NULL,
        expires_on date,
        digest bytea NOT NULL,
        body bytea NOT NULL,
        parts bigint[] NOT NULL,
        keys bigint[] NOT NULL,
        UNIQUE (register_no, record_id)
    )""",
    "CREATE INDEX record_current ON record (register_no, expires_on) WHERE state = 1",
    """CREATE TABLE revision (
        revision_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        record_no bigint NOT NULL REFERENCES record,
        change text NOT NULL,
        edition int NOT NULL,
        at timestamptz NOT NULL,
        body bytea NOT NULL
    )""",
    "CREATE INDEX revision_record ON revision (record_no)",
    """CREATE TABLE edition (
        register_no int NOT NULL REFERENCES register,
        edition int NOT NULL,
        origin text NOT NULL,
        digest bytea NOT NULL,
        at timestamptz NOT NULL,
        confirmed_at timestamptz NOT NULL,
        added bigint NOT NULL,
        changed bigint NOT NULL,
        unchanged bigint NOT NULL,
        expired bigint NOT NULL,
        quarantined bigint NOT NULL,
        not_persons bigint NOT NULL,
        removed bigint NOT NULL,
        PRIMARY KEY (register_no, edition)
    )""",
    # No foreign key to record: tens of millions of rows, written by the same transaction as the records themselves.
    """CREATE TABLE record_key (
        register_no int NOT NULL,
        key bigint NOT NULL,
        record_no bigint NOT NULL,
        PRIMARY KEY (register_no, key, record_no)
    )""",
)

_V2: tuple[LiteralString, ...] = (
    """CREATE TABLE part_count (
        register_no int NOT NULL REFERENCES register,
        part bigint NOT NULL,
        records bigint NOT NULL,
        PRIMARY KEY (register_no, part)
    )""",
    """INSERT INTO part_count
        SELECT register_no, part, count(*) FROM record, unnest(parts) AS part WHERE state = 1 GROUP BY register_no, part""",
)

_V3: tuple[LiteralString, ...] = ("ALTER TABLE register ADD COLUMN index_mark text NOT NULL DEFAULT ''",)

_V4: tuple[LiteralString, ...] = ("CREATE TABLE seal (seal_no int PRIMARY KEY CHECK (seal_no = 1), envelope bytea NOT NULL)",)

# Found by either start, and by the class when nobody has the part any more.
_V5: tuple[LiteralString, ...] = (
    """CREATE TABLE part_form (
        register_no int NOT NULL REFERENCES register,
        part bigint NOT NULL,
        letters bigint NOT NULL,
        sounds bigint NOT NULL,
        form bytea NOT NULL,
        PRIMARY KEY (register_no, part)
    )""",
    "CREATE INDEX part_form_letters ON part_form (register_no, letters)",
    "CREATE INDEX part_form_sounds ON part_form (register_no, sounds)",
)

STEPS: tuple[tuple[LiteralString, ...], ...] = (_V1, _V2, _V3, _V4, _V5)

_MIGRATION_LOCK = 0x54414C59


def connect(url: str) -> Connection:
    """Open a connection that leaves transactions to the caller.

    Raises:
        ConfigError: the URL cannot be read, or the database does not hold Unicode.
        StoreBusyError: the server cannot be reached or does not let us in.
    """
    with translated():
        try:
            options = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            raise ConfigError("store URL cannot be read", hint="write postgresql://user@host:port/database") from None
        options.setdefault("connect_timeout", CONNECT_TIMEOUT_S)
        options.setdefault("application_name", "tallystick")
        connection: Connection = psycopg.connect(**options, autocommit=True)  # type: ignore[arg-type]
    if connection.info.parameter_status("server_encoding") != "UTF8":
        connection.close()
        raise ConfigError("the database does not hold Unicode", hint="create it with ENCODING 'UTF8'")
    with translated():
        connection.execute("SET search_path TO tallystick")
        connection.execute("SET TIME ZONE 'UTC'")
    return connection


def migrate(connection: Connection, steps: Sequence[Sequence[LiteralString]] = STEPS) -> None:
    """Bring the schema up to the newest version.

    Raises:
        ConfigError: the database was written by a newer version, or its schema `tallystick` is not ours.
    """
    if _version(connection, len(steps)) == len(steps):
        return
    with connection.transaction():
        # Somebody else may have been faster: only what is read behind the lock counts.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        version = _version(connection, len(steps))
        if not version:
            connection.execute("CREATE SCHEMA IF NOT EXISTS tallystick")
            connection.execute("CREATE TABLE schema_version (version int NOT NULL)")
            connection.execute("INSERT INTO schema_version VALUES (0)")
        for step in steps[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute("UPDATE schema_version SET version = %s", (len(steps),))


def _version(connection: Connection, newest: int) -> int:
    # One look at the catalogue: between two, somebody else's migration could come in.
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'tallystick'").fetchall()
    if not tables:
        return 0
    if ("schema_version",) not in tables:
        raise ConfigError("schema tallystick of the database belongs to another program", hint="use a database of its own")
    (version,) = one(connection, "SELECT version FROM schema_version")
    if version > newest:
        raise ConfigError(
            f"the database has schema version {version}, this tallystick knows versions up to {newest}",
            hint="use the newer tallystick that wrote it",
        )
    return int(version)


def one(connection: Connection, query: LiteralString, arguments: Sequence[object] = ()) -> tuple[Any, ...]:
    """Return the only row of a query that always has one."""
    row = connection.execute(query, arguments).fetchone()
    if row is None:
        raise IntegrityError("the database left out a row it must have", hint="restore it from a backup")
    return row


_BUSY = ("is locked by another program", "wait until the other import is done and try again")
_RIGHTS = ("does not let this user do that", "grant the user of the store URL the right to create and write tables")
_FAILURES: dict[str, tuple[type[Error], str, str]] = {
    "55P03": (StoreBusyError, *_BUSY),  # lock_not_available
    "57014": (StoreBusyError, *_BUSY),  # query_canceled, by statement_timeout
    "40": (StoreBusyError, *_BUSY),  # transaction rollback: deadlock, serialization
    "42501": (ConfigError, *_RIGHTS),  # insufficient_privilege
    "25006": (ConfigError, "may only be read", "use the URL of the primary server"),  # read_only_sql_transaction
    "22": (InputError, "cannot hold a value it was given", "check the source"),  # data exception
    "53": (UnavailableError, "has no room, memory or connections left", "free some, then try again"),
    "XX": (IntegrityError, "is damaged", "restore it from a backup"),
}
_UNREACHABLE = "check that the server runs, that the database exists, and user and password in the store URL; then try again"


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver raises into our errors; its own message stays behind."""
    try:
        yield
    except psycopg.Error as error:
        raise _translate(error) from None
    except UnicodeEncodeError:
        raise InputError("an id or a name is not Unicode text", hint="check how it was typed or read") from None


def _translate(error: psycopg.Error) -> Error:
    state = error.sqlstate or ""
    found = _FAILURES.get(state) or _FAILURES.get(state[:2])
    if found is not None:
        kind, what, hint = found
        return kind(f"the database {what}", hint=hint)
    if isinstance(error, psycopg.DataError):
        return InputError("the database cannot hold a value it was given", hint="check the source")
    # Without a state, or class 08 or 57: no connection, a lost one, a server that is going down.
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return StoreBusyError("the database cannot be reached", hint=_UNREACHABLE)
    return Error(f"the database failed with SQLSTATE {state or 'unknown'}", hint="this is a fault: report it")
