"""How stores fail: what is said, whose fault it is, and that no value of a record is in it."""

import re
import sqlite3
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path

import psycopg
import pytest

from lib.postgres import Server
from lib.registers import NOON, load, make, number, on, person
from lib.stores import NewUrl
from tallystick.adapters import postgres_schema, sqlite_schema
from tallystick.adapters.postgres import PostgresStore
from tallystick.adapters.sqlite import SqliteStore
from tallystick.adapters.stores import open_store
from tallystick.errors import ConfigError, Error, InputError, IntegrityError, StoreBusyError
from tallystick.node.editions import Step
from tallystick.node.ports import EditionRow, IndexEntry, Order, RegisterStore

SECRET = "Zaphod'; DROP TABLE record; --𐎠"


def sqlite_of(store: RegisterStore) -> sqlite3.Connection:
    assert isinstance(store, SqliteStore)
    return store._connection


@pytest.fixture
def pg_url(new_url: NewUrl) -> str:
    return new_url("postgres")


@pytest.fixture
def pg_store(pg_url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(pg_url, busy_timeout_s=0.1)
    yield store
    store.close()


# Files and databases that are not ours, or not of our time.


def test_a_new_file_is_for_its_owner_alone(sqlite_path: Path) -> None:
    with closing(SqliteStore(sqlite_path)) as store:
        make(store)
        load(store, person("p1", "Ada"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in sqlite_path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert sqlite_path.name in modes


def test_a_folder_that_is_not_there_is_said(sqlite_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be created"):
        SqliteStore(sqlite_path / "deeper" / "registers.db")


def test_a_text_file_is_no_store(sqlite_path: Path) -> None:
    sqlite_path.write_text("id,name\n" + SECRET * 50)
    with pytest.raises(ConfigError, match="is no SQLite file") as caught:
        SqliteStore(sqlite_path)
    assert_silent(caught.value)


def test_a_file_of_another_program_is_not_touched(sqlite_path: Path) -> None:
    with closing(sqlite3.connect(sqlite_path)) as connection:
        connection.execute("CREATE TABLE cookies (host)")
        connection.commit()
    before = sqlite_path.read_bytes()
    with pytest.raises(ConfigError, match="belongs to another program"):
        SqliteStore(sqlite_path)
    assert sqlite_path.read_bytes() == before


def test_a_damaged_file_is_said_to_be_damaged(sqlite_path: Path) -> None:
    with closing(SqliteStore(sqlite_path)) as store:
        make(store)
        load(store, *(person(f"p{n:04}", SECRET) for n in range(500)))
    content = bytearray(sqlite_path.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    sqlite_path.write_bytes(content)
    with closing(SqliteStore(sqlite_path)) as store, pytest.raises(IntegrityError, match="is damaged") as caught:
        list(store.lines("lists"))
    assert_silent(caught.value)


def test_a_sqlite_store_of_a_newer_version_is_refused(sqlite_path: Path) -> None:
    with closing(SqliteStore(sqlite_path)) as store:
        newer = len(sqlite_schema.STEPS) + 1
        sqlite_of(store).execute(f"PRAGMA user_version = {newer}")
    with pytest.raises(
        ConfigError, match=f"has schema version {newer}, this tallystick knows versions up to {newer - 1}"
    ) as caught:
        SqliteStore(sqlite_path)
    assert "newer tallystick" in caught.value.hint


def test_a_postgres_store_of_a_newer_version_is_refused(pg_url: str, pg_store: PostgresStore) -> None:
    newer = len(postgres_schema.STEPS) + 1
    pg_store._connection.execute("UPDATE schema_version SET version = %s", (newer,))
    with pytest.raises(ConfigError, match=f"has schema version {newer}, this tallystick knows versions up to {newer - 1}"):
        PostgresStore(pg_url)


def test_a_schema_of_that_name_that_is_not_ours_is_refused(pg_url: str) -> None:
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA tallystick")
        connection.execute("CREATE TABLE tallystick.sticks (n int)")
    with pytest.raises(ConfigError, match="belongs to another program"):
        PostgresStore(pg_url)


def test_a_database_without_unicode_is_refused(postgres_server: Server) -> None:
    with pytest.raises(ConfigError, match="does not hold Unicode"):
        PostgresStore(postgres_server.database(encoding="SQL_ASCII"))


# Migration.


def make_old(store: RegisterStore) -> None:
    """Turn a store into one of version 1: the same without `part_count`, `part_form`, `seal` and index marks."""
    if isinstance(store, SqliteStore):
        sqlite_of(store).executescript(
            "DROP TABLE part_count; DROP TABLE part_form; ALTER TABLE register DROP index_mark; DROP TABLE seal;"
            "PRAGMA user_version = 1"
        )
    else:
        assert isinstance(store, PostgresStore)
        store._connection.execute("DROP TABLE part_count, part_form, seal")
        store._connection.execute("ALTER TABLE register DROP index_mark")
        store._connection.execute("UPDATE schema_version SET version = 1")


def test_a_store_of_version_1_is_brought_up_to_date(store_url: str) -> None:
    with closing(open_store(store_url)) as old:
        make(old)
        make(old, "other")
        load(old, person("p1", "Ada King"), person("p2", "Ada"), person("p3", "Ben", expires_on=date(2026, 6, 1)))
        load(old, person("p1", "Ada"), register="other")
        old.expire("lists", now=on(date(2026, 6, 1)))
        make_old(old)
    for _ in range(2):
        with closing(open_store(store_url)) as store:
            counted = store.part_counts("lists", map(number, ("Ada", "King", "Ben")))
            assert counted == {number("Ada"): 2, number("King"): 1, number("Ben"): 0}
            assert store.part_counts("other", [number("Ada")]) == {number("Ada"): 1}
            assert [r.change for r in store.history("lists")] == ["added", "added", "added", "expired"]
    with closing(open_store(store_url)) as store:
        assert load(store, person("p2", "Ada")).removed == 1
        assert store.part_counts("lists", [number("Ada"), number("King")]) == {number("Ada"): 1, number("King"): 0}


def test_version_1_is_what_the_first_step_makes(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "new.db")) as store:
        make_old(store)
        downgraded = sqlite_of(store).execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall()
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        sqlite_schema.migrate(connection, tmp_path / "old.db", sqlite_schema.STEPS[:1])
        assert connection.execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall() == downgraded


def test_a_migration_that_fails_leaves_the_old_version(sqlite_path: Path) -> None:
    with closing(SqliteStore(sqlite_path)) as store:
        connection = sqlite_of(store)
        steps = (*sqlite_schema.STEPS, lambda c: c.execute("CREATE TABLE half (n INTEGER)"), lambda c: c.execute("nonsense"))
        with pytest.raises(sqlite3.OperationalError):
            sqlite_schema.migrate(connection, sqlite_path, steps)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(sqlite_schema.STEPS),)
        assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").fetchone() == (0,)


# Busy, unreachable, lost.


def open_impatient(url: str) -> RegisterStore:
    return PostgresStore(url, busy_timeout_s=0.1) if "://" in url else SqliteStore(Path(url), busy_timeout_s=0.1)


def test_a_second_import_meanwhile_is_told_to_wait(store: RegisterStore, store_url: str) -> None:
    make(store)
    with closing(open_impatient(store_url)) as other, store.edition(Order(register="lists", origin="x", at=NOON), index_mark=""):
        with pytest.raises(StoreBusyError, match="locked by another program") as caught:
            load(other, person("p1", SECRET))
        assert "try again" in caught.value.hint
        assert_silent(caught.value)
        with pytest.raises(StoreBusyError):
            other.expire("lists", now=NOON)
        assert other.count("lists") == 0
    assert load(store, person("p1", "Ada")).added == 1


def said_of(error: Error) -> str:
    """Return what a user or a log could see of an error, without our own source lines: this file names what must not appear."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join([*(line for line in lines if not line.startswith("    ")), repr(error), error.hint])


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with pytest.raises(StoreBusyError, match="the database cannot be reached") as caught:
        PostgresStore("postgresql://ada:hunter2@127.0.0.1:1/registers")
    assert "store URL" in caught.value.hint
    assert "hunter2" not in said_of(caught.value)


@pytest.mark.parametrize("rest", ["host:port:port/x", "[half/x", "h/x?no=1", "h:1/x?sslmode=maybe"])
def test_a_url_that_cannot_be_read_is_said_without_the_password(rest: str) -> None:
    with pytest.raises((ConfigError, StoreBusyError)) as caught:
        PostgresStore("postgresql://ada:hunter2@" + rest)
    assert "store URL" in str(caught.value) + caught.value.hint
    assert "hunter2" not in said_of(caught.value)


def test_a_lost_connection_is_an_error_once(pg_url: str, pg_store: PostgresStore, postgres_server: Server) -> None:
    make(pg_store)
    load(pg_store, person("p1", "Ada"))
    postgres_server.disconnect(pg_url)
    with pytest.raises(StoreBusyError, match="cannot be reached"):
        pg_store.count("lists")
    assert pg_store.count("lists") == 1


def test_an_edition_that_loses_its_connection_leaves_no_trace(
    pg_url: str, pg_store: PostgresStore, postgres_server: Server
) -> None:
    make(pg_store)
    load(pg_store, person("p1", "Ada"))
    rows = [EditionRow(position=1, record_id="p2", line=b"{}", expires_on=None, entry=IndexEntry(keys=[1], parts=[]))]
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(StoreBusyError))
        edition = stack.enter_context(pg_store.edition(Order(register="lists", origin="x", at=NOON), index_mark=""))
        edition.put(rows)
        postgres_server.disconnect(pg_url)
        edition.finish()
    with closing(PostgresStore(pg_url)) as store:
        assert store.count("lists") == 1


def test_a_stream_that_loses_its_connection_says_so(pg_url: str, pg_store: PostgresStore, postgres_server: Server) -> None:
    make(pg_store)
    load(pg_store, *(person(f"p{n}", SECRET) for n in range(5000)))
    stream = pg_store.lines("lists")
    next(stream)
    postgres_server.disconnect(pg_url)
    with pytest.raises(StoreBusyError) as caught:
        list(stream)
    assert_silent(caught.value)


def test_a_user_without_rights_is_told_which(pg_url: str) -> None:
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(ConfigError, match="does not let this user do that"):
        PostgresStore(re.sub("//[^@]*@", "//reader@", pg_url))


def test_a_file_that_may_only_be_read_is_said(sqlite_path: Path) -> None:
    with closing(SqliteStore(sqlite_path)) as store:
        make(store)
        sqlite_of(store).execute("PRAGMA query_only = ON")
        with pytest.raises(ConfigError, match="may not be written to"):
            make(store, "other")


# No value of a record in any error.


def drop_tables(store: RegisterStore) -> None:
    drop = [f"DROP TABLE {table}" for table in ("revision", "record", "record_key", "part_count", "edition")]
    if isinstance(store, SqliteStore):
        sqlite_of(store).executescript(
            "PRAGMA foreign_keys = OFF;" + ";".join(drop) + "; ALTER TABLE register RENAME custody TO guard"
        )
    else:
        assert isinstance(store, PostgresStore)
        for statement in (*drop, "ALTER TABLE register RENAME custody TO guard"):
            store._connection.execute(statement.encode())


def test_an_unwritable_id_is_refused_in_silence(store: RegisterStore) -> None:
    make(store)
    for call in (
        lambda: store.record("lists", "\ud800"),
        lambda: list(store.history("lists", "\ud800")),
        lambda: store.count("\ud800"),
    ):
        with pytest.raises(InputError, match="not Unicode text"):
            call()


def test_a_constraint_that_fails_names_no_value(store: RegisterStore) -> None:
    make(store)
    row = EditionRow(position=1, record_id="p1", line=SECRET.encode(), expires_on=None, entry=IndexEntry(keys=[1], parts=[1]))
    with ExitStack() as stack:
        caught = stack.enter_context(pytest.raises(Error))
        edition = stack.enter_context(store.edition(Order(register="lists", origin="x", at=NOON), index_mark=""))
        edition.put([row])
        # The database refuses the second row of this id; the rules of an edition would not let it come so far.
        edition._writer.write([Step("added", row, b"", None)])  # type: ignore[attr-defined]
    assert type(caught.value) is Error
    assert_silent(caught.value)
    assert store.count("lists") == 0


def test_no_value_of_a_record_is_in_an_error(store: RegisterStore) -> None:
    make(store)
    load(store, person("p1", SECRET))
    drop_tables(store)
    silent = 0
    for call in (
        lambda: load(store, person("p1", SECRET + "2"), person("p2", SECRET)),
        lambda: list(store.lines("lists")),
        lambda: list(store.history("lists")),
        lambda: store.record("lists", "p1"),
        lambda: store.candidates("lists", [number(SECRET.split(maxsplit=1)[0])], limit=5),
        lambda: store.part_counts("lists", [1]),
        lambda: store.expire("lists", now=NOON),
        lambda: store.count("lists"),
        lambda: store.editions("lists"),
        store.registers,
    ):
        with pytest.raises(Error) as caught:
            call()
        assert_silent(caught.value)
        silent += 1
    assert silent == 10
    assert SECRET not in repr(store)


def assert_silent(error: Error) -> None:
    """Check that neither the error nor what is printed of it holds a value."""
    assert "Zaphod" in SECRET
    assert "Zaphod" not in said_of(error)


def test_programs_that_open_a_new_store_together_all_get_it(store_url: str) -> None:
    code = "import sys; from tallystick.adapters.stores import open_store; print(open_store(sys.argv[1]).registers())"
    running = [subprocess.Popen([sys.executable, "-c", code, store_url], stdout=subprocess.PIPE) for _ in range(6)]
    assert [process.communicate(timeout=60)[0] for process in running] == [b"[]\n"] * 6
