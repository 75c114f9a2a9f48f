"""What SQLite says of a node's databases is said in our words, with what to do; nothing half done stays."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tallystick.adapters.casework_state import SqliteCaseworkState
from tallystick.adapters.database_errors import told
from tallystick.adapters.staff_state import SqliteStaffState
from tallystick.errors import IntegrityError, StoreBusyError, UnavailableError

KINDS = [SqliteCaseworkState, SqliteStaffState]


def read(state: SqliteCaseworkState | SqliteStaffState) -> object:
    return state.accounts() if isinstance(state, SqliteStaffState) else state.encounters()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_no_database_is_damaged(kind: type[SqliteCaseworkState | SqliteStaffState], tmp_path: Path) -> None:
    file = tmp_path / "made.db"
    file.write_bytes(b"no database at all " * 500)
    with pytest.raises(IntegrityError, match=r"made\.db is damaged"):
        kind(file)


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_that_was_damaged_is_said_to_be(kind: type[SqliteCaseworkState | SqliteStaffState], tmp_path: Path) -> None:
    file = tmp_path / "made.db"
    kind(file).close()
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(IntegrityError, match=r"made\.db is damaged"):
        read(kind(file))


def too_much(state: SqliteCaseworkState) -> None:
    with state.together():
        state.put_value("first", b"2")
        for number in range(1000):
            state.put_value(str(number), b"x" * 4096)


def test_without_room_nothing_is_half_done(tmp_path: Path) -> None:
    with closing(SqliteCaseworkState(tmp_path / "node.db")) as state:
        state.put_value("first", b"1")
        state._connection().execute("PRAGMA max_page_count = 1")
        with pytest.raises(UnavailableError, match=r"node\.db cannot be written"):
            too_much(state)
        assert state.value("first") == b"1"
        state._connection().execute("PRAGMA max_page_count = 100000")
        state.put_value("first", b"3")
        assert state.value("first") == b"3", "it goes on when there is room"


def _hold(file: Path) -> sqlite3.Connection:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_database_that_another_holds_is_busy(tmp_path: Path) -> None:
    with closing(SqliteStaffState(tmp_path / "staff.db")) as staff, closing(SqliteCaseworkState(tmp_path / "node.db")) as state:
        staff._connection.execute("PRAGMA busy_timeout = 1")
        state._connection().execute("PRAGMA busy_timeout = 1")
        writes: dict[str, Callable[[], object]] = {
            "staff.db": lambda: staff.put_link("issuer", "1", "a"), "node.db": lambda: state.put_value("a", b"1")
        }  # fmt: skip
        for name, write in writes.items():
            with closing(_hold(tmp_path / name)), pytest.raises(StoreBusyError, match=f"{name} is busy"):
                write()


def test_a_mistake_of_ours_stays_one(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as made, pytest.raises(sqlite3.OperationalError), told("a.db"):
        made.execute("SELECT * FROM nothing")
