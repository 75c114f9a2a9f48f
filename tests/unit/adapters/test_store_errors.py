"""What the databases raise becomes our errors, and keeps its own words to itself."""

import sqlite3
import traceback
from pathlib import Path

import psycopg
import pytest

from tallystick.adapters import postgres_schema, sqlite_schema
from tallystick.errors import ConfigError, Error, InputError, IntegrityError, StoreBusyError, UnavailableError

VALUE = "Key (record_id)=(Zaphod) already exists"


def said_of(error: Error) -> str:
    """Return what could be seen of an error, without the lines of this file."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join([*(line for line in lines if not line.startswith("    ")), repr(error), error.hint])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, StoreBusyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusyError),
        (sqlite3.SQLITE_LOCKED, StoreBusyError),
        (sqlite3.SQLITE_FULL, UnavailableError),
        (sqlite3.SQLITE_IOERR_WRITE, UnavailableError),
        (sqlite3.SQLITE_CANTOPEN, ConfigError),
        (sqlite3.SQLITE_PERM, ConfigError),
        (sqlite3.SQLITE_READONLY_DBMOVED, ConfigError),
        (sqlite3.SQLITE_NOTADB, ConfigError),
        (sqlite3.SQLITE_CORRUPT_INDEX, IntegrityError),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, Error),
        (0, Error),
    ],
)
def test_what_sqlite_raises(code: int, kind: type[Error]) -> None:
    raised = sqlite3.OperationalError(VALUE)
    if code:
        raised.sqlite_errorcode = code
    with pytest.raises(Error) as caught, sqlite_schema.translated(Path("registers.db")):
        raise raised
    assert type(caught.value) is kind
    assert "registers.db" in str(caught.value)
    assert caught.value.hint
    assert "Zaphod" not in said_of(caught.value)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("55P03", StoreBusyError),  # lock_not_available
        ("57014", StoreBusyError),  # query_canceled
        ("40001", StoreBusyError),  # serialization_failure
        ("40P01", StoreBusyError),  # deadlock_detected
        ("57P01", StoreBusyError),  # admin_shutdown
        ("08006", StoreBusyError),  # connection_failure
        ("53100", UnavailableError),  # disk_full
        ("53300", UnavailableError),  # too_many_connections
        ("42501", ConfigError),  # insufficient_privilege
        ("25006", ConfigError),  # read_only_sql_transaction
        ("22021", InputError),  # character_not_in_repertoire
        ("XX001", IntegrityError),  # data_corrupted
        ("23505", Error),  # unique_violation
        ("42P01", Error),  # undefined_table
    ],
)
def test_what_postgresql_raises(state: str, kind: type[Error]) -> None:
    with pytest.raises(Error) as caught, postgres_schema.translated():
        raise psycopg.errors.lookup(state)(VALUE)
    assert type(caught.value) is kind
    assert caught.value.hint
    assert "Zaphod" not in said_of(caught.value)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (psycopg.OperationalError(VALUE), StoreBusyError),
        (psycopg.InterfaceError(VALUE), StoreBusyError),
        (psycopg.DataError(VALUE), InputError),
        (psycopg.ProgrammingError(VALUE), Error),
    ],
)
def test_what_the_driver_raises_by_itself(raised: psycopg.Error, kind: type[Error]) -> None:
    with pytest.raises(Error) as caught, postgres_schema.translated():
        raise raised
    assert type(caught.value) is kind
    assert "Zaphod" not in said_of(caught.value)
