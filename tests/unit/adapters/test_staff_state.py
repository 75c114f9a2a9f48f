"""Accounts in SQLite: a file that an earlier version wrote is taken over, one of a later version is left alone."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tallystick.adapters import staff_state
from tallystick.adapters.staff_state import SqliteStaffState
from tallystick.errors import ConfigError
from tallystick.node.staff_ports import Account, SecurityKey, Token
from tallystick.review.roles import Role

AT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("version", range(1, staff_state.VERSION))
def test_a_file_of_an_earlier_version_keeps_its_accounts_and_takes_new_things(tmp_path: Path, version: int) -> None:
    file = tmp_path / "staff.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(" ".join(staff_state._STEPS[:version]) + f"PRAGMA user_version = {version};")
        old.execute("INSERT INTO account VALUES ('officer-1', 'officer', '', 'hash', 0, x'', 0, 0, NULL, 0, 0)")
        old.commit()
    with closing(SqliteStaffState(file)) as state:
        account = state.account("officer-1")
        assert account is not None
        assert (account.role, account.password, account.failed_at) == (Role.OFFICER, "hash", None)
        state.put_token(Token(digest=b"d", id="t", name="officer-1", made_at=AT, expires_at=AT))
        state.put_link("https://id.example", "1", "officer-1")
        state.put_key(SecurityKey(id=b"k", name="officer-1", public_key=b"p", count=0, label="blue", made_at=AT))
    with closing(SqliteStaffState(file)) as again:
        assert [each.id for each in again.tokens()] == ["t"]
        assert again.linked("https://id.example", "1") == "officer-1"
        assert [each.label for each in again.keys("officer-1")] == ["blue"]


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "staff.db"
    with closing(SqliteStaffState(file)) as state:
        state.put_account(Account(name="officer-1", role=Role.OFFICER, password="hash", created_at=AT))
    with closing(sqlite3.connect(file)) as newer:
        newer.execute(f"PRAGMA user_version = {staff_state.VERSION + 1}")
    with pytest.raises(ConfigError, match="newer"):
        SqliteStaffState(file)
