"""Accounts in SQLite: a file that an earlier version wrote is taken over, one of a later version is left alone."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tallystick.adapters import staff_state
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.sealing import Sealer
from tallystick.adapters.staff_state import SqliteStaffState
from tallystick.errors import ConfigError
from tallystick.node.staff_ports import Account, SecurityKey, Session, Token
from tallystick.review.roles import Role

AT = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 1, 1, tzinfo=UTC)


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


WHO = Account(
    name="officer-1", role=Role.OFFICER, person="Zq7canary", password="Zq7canary", secret=b"\x00Zq7canary", created_at=AT,
)  # fmt: skip
HERE = Session(
    digest=b"d", name="officer-1", pending=b"\x00Zq7canary", begun_at=AT, seen_at=AT, subject="1", sid="s",
    proof=b"\x00Zq7canary", confirmed_at=AT,
)  # fmt: skip


@pytest.mark.parametrize("is_sealed", [True, False])
def test_secrets_are_read_with_the_key_and_not_without(tmp_path: Path, *, is_sealed: bool) -> None:
    file, seal = tmp_path / "staff.db", Seal(lambda: Sealer(b"k" * 32) if is_sealed else None)
    with closing(SqliteStaffState(file, seal)) as state:
        state.put_account(WHO)
        state.put_session(HERE)
        assert (state.account("officer-1"), state.accounts(), state.session(b"d")) == (WHO, [WHO], HERE)
        content = b"".join(each.read_bytes() for each in tmp_path.glob("staff.db*"))
        assert (b"Zq7canary" in content) is not is_sealed
    with closing(SqliteStaffState(file)) as state:
        if is_sealed:
            with pytest.raises(ConfigError, match="sealed"):
                state.account("officer-1")
        else:
            assert state.account("officer-1") == WHO


def test_what_was_stored_before_its_registers_were_sealed_stays_readable(tmp_path: Path) -> None:
    with closing(SqliteStaffState(tmp_path / "staff.db")) as state:
        state.put_account(WHO)
        state.put_session(HERE)
    with closing(SqliteStaffState(tmp_path / "staff.db", Seal(lambda: Sealer(b"k" * 32)))) as state:
        assert (state.account("officer-1"), state.session(b"d")) == (WHO, HERE)


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "staff.db"
    with closing(SqliteStaffState(file)) as state:
        state.put_account(Account(name="officer-1", role=Role.OFFICER, password="hash", created_at=AT))
    with closing(sqlite3.connect(file)) as newer:
        newer.execute(f"PRAGMA user_version = {staff_state.VERSION + 1}")
    with pytest.raises(ConfigError, match="newer"):
        SqliteStaffState(file)


def test_a_session_that_is_confirmed_again_keeps_what_else_changed_meanwhile(tmp_path: Path) -> None:
    with closing(SqliteStaffState(tmp_path / "staff.db", Seal(lambda: Sealer(b"k" * 32)))) as state:
        state.put_session(HERE)
        state.confirm_session(b"d", b"\x00new", LATER)
        state.change_session(replace(HERE, seen_at=LATER))  # read before it was confirmed
        assert state.session(b"d") == replace(HERE, proof=b"\x00new", confirmed_at=LATER, seen_at=LATER)


@pytest.mark.parametrize(
    ("subject", "sid", "left"), [("1", "", "cd"), ("", "s", "bcd"), ("1", "s", "bcd"), ("2", "s", "abcd"), ("", "", "abcd")]
)
def test_sessions_of_a_subject_or_of_one_session_there_end_and_no_others(
    tmp_path: Path, subject: str, sid: str, left: str
) -> None:
    with closing(SqliteStaffState(tmp_path / "staff.db")) as state:
        for name, whose, where in (("a", "1", "s"), ("b", "1", "t"), ("c", "2", ""), ("d", "", "")):
            state.put_session(Session(digest=name.encode(), name=name, begun_at=AT, seen_at=AT, subject=whose, sid=where))
        assert {*state.drop_sessions_there(subject, sid)} == {*"abcd"} - {*left}
        assert "".join(name for name in "abcd" if state.session(name.encode())) == left
