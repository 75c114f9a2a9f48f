"""Accounts, sessions, tokens and keys of a node's own people, in a SQLite file of its own: `staff.db` in the node's folder.

It goes with the node's keys, not with the registers, and is readable by its owner only. Many threads may use one object. Every
write is one transaction, durable when the method returns. Where the registers are sealed, so are who an account is, the hash of
its password, the secret of its second factor, one that is being set up, and what an identity
provider is asked with again (adapters/casework_seal.py).
"""

import sqlite3
import threading
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.database_errors import told
from tallystick.errors import ConfigError
from tallystick.node.staff_ports import Account, SecurityKey, Session, Token
from tallystick.review.roles import Role

_STEPS = (
    """
CREATE TABLE account (name TEXT PRIMARY KEY, role TEXT, person TEXT, password TEXT, must_change INTEGER, secret BLOB,
  last_step INTEGER, failures INTEGER, failed_at INTEGER, created_at INTEGER, is_disabled INTEGER) WITHOUT ROWID;
CREATE TABLE session (digest BLOB PRIMARY KEY, name TEXT, code_given INTEGER, pending BLOB, begun_at INTEGER, seen_at INTEGER)
  WITHOUT ROWID;
CREATE INDEX session_name ON session (name);
""",
    """
CREATE TABLE token (digest BLOB PRIMARY KEY, id TEXT, name TEXT, label TEXT, made_at INTEGER, expires_at INTEGER,
  used_at INTEGER) WITHOUT ROWID;
""",
    """
CREATE TABLE link (issuer TEXT, subject TEXT, name TEXT, PRIMARY KEY (issuer, subject)) WITHOUT ROWID;
""",
    """
CREATE TABLE security_key (id BLOB PRIMARY KEY, name TEXT, public_key BLOB, count INTEGER, label TEXT, made_at INTEGER,
  used_at INTEGER) WITHOUT ROWID;
CREATE INDEX security_key_name ON security_key (name);
""",
    """
DELETE FROM session;
ALTER TABLE session ADD COLUMN subject TEXT;
ALTER TABLE session ADD COLUMN sid TEXT;
ALTER TABLE session ADD COLUMN proof BLOB;
ALTER TABLE session ADD COLUMN confirmed_at INTEGER;
""",
)
"""From each version to the next; a file that does not exist yet is of version 0."""
VERSION = len(_STEPS)
_MOMENTS = {"failed_at", "created_at", "begun_at", "seen_at", "made_at", "expires_at", "used_at", "confirmed_at"}
_TRUTHS = {"must_change", "is_disabled", "code_given"}
_TEXTS = frozenset({"person", "password"})
_SECRETS = frozenset({"secret", "pending", "proof"})
_SEALED = _TEXTS | _SECRETS
_BUSY_S = 10.0


class SqliteStaffState:
    """Fulfils `node.staff_ports.StaffState`."""

    def __init__(self, file: Path, seal: Seal | None = None) -> None:
        """Open it; make it where there is none. What nobody else should read goes through a seal, where there is one.

        Raises:
            ConfigError: a newer version wrote it.
            StoreBusyError, UnavailableError, IntegrityError: see `database_errors.told`; so for every method.
        """
        self._seal = seal or Seal()
        self._name = file.name
        file.touch(mode=0o600)
        file.chmod(0o600)  # before it is opened: the files beside it (-wal, -shm) take over its mode
        self._lock = threading.Lock()
        with told(self._name):
            self._open(file)

    def _open(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._connection.execute(f"PRAGMA {setting}")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise ConfigError("staff.db was written by a newer tallystick", hint="update this one")
        if version < VERSION:
            steps = " ".join(_STEPS[version:])
            self._connection.executescript(f"BEGIN; {steps} PRAGMA user_version = {VERSION}; COMMIT;")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def put_account(self, account: Account) -> None:
        self._do("INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *self._values(account))

    def account(self, name: str) -> Account | None:
        rows = self._do("SELECT * FROM account WHERE name = ?", name)
        return Account(**self._named(Account, rows[0])) if rows else None

    def accounts(self) -> list[Account]:
        return [Account(**self._named(Account, row)) for row in self._do("SELECT * FROM account ORDER BY name")]

    def put_session(self, session: Session) -> None:
        self._do("INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *self._values(session))

    def change_session(self, session: Session) -> None:
        names = "name = ?, code_given = ?, pending = ?, begun_at = ?, seen_at = ?"
        digest, *values = self._values(session)[: names.count("?") + 1]
        self._do(f"UPDATE session SET {names} WHERE digest = ?", *values, digest)  # noqa: S608 - names of ours

    def confirm_session(self, digest: bytes, proof: bytes, at: datetime) -> None:
        stored = (self._closed(proof), int(at.timestamp()), digest)
        self._do("UPDATE session SET proof = ?, confirmed_at = ? WHERE digest = ?", *stored)

    def drop_sessions_there(self, subject: str, sid: str) -> list[str]:
        which = "subject <> '' AND (?1 <> '' OR ?2 <> '') AND (?1 = '' OR subject = ?1) AND (?2 = '' OR sid = ?2)"
        return [name for (name,) in self._do(f"DELETE FROM session WHERE {which} RETURNING name", subject, sid)]  # noqa: S608 - ours

    def session(self, digest: bytes) -> Session | None:
        rows = self._do("SELECT * FROM session WHERE digest = ?", digest)
        return Session(**self._named(Session, rows[0])) if rows else None

    def drop_session(self, digest: bytes) -> None:
        self._do("DELETE FROM session WHERE digest = ?", digest)

    def drop_sessions_of(self, name: str) -> None:
        self._do("DELETE FROM session WHERE name = ?", name)

    def forget_sessions(self, begun_before: datetime) -> None:
        self._do("DELETE FROM session WHERE begun_at < ?", int(begun_before.timestamp()))

    def put_link(self, issuer: str, subject: str, name: str) -> None:
        self._do("INSERT OR REPLACE INTO link VALUES (?, ?, ?)", issuer, subject, name)

    def linked(self, issuer: str, subject: str) -> str | None:
        rows = self._do("SELECT name FROM link WHERE issuer = ? AND subject = ?", issuer, subject)
        return str(rows[0][0]) if rows else None

    def drop_links(self, name: str) -> None:
        self._do("DELETE FROM link WHERE name = ?", name)

    def put_key(self, key: SecurityKey) -> None:
        self._do("INSERT OR REPLACE INTO security_key VALUES (?, ?, ?, ?, ?, ?, ?)", *_values(key))

    def key(self, key_id: bytes) -> SecurityKey | None:
        rows = self._do("SELECT * FROM security_key WHERE id = ?", key_id)
        return SecurityKey(**_named(SecurityKey, rows[0])) if rows else None

    def keys(self, name: str) -> list[SecurityKey]:
        rows = self._do("SELECT * FROM security_key WHERE name = ? ORDER BY made_at, id", name)
        return [SecurityKey(**_named(SecurityKey, row)) for row in rows]

    def drop_key(self, key_id: bytes) -> None:
        self._do("DELETE FROM security_key WHERE id = ?", key_id)

    def drop_keys(self, name: str) -> None:
        self._do("DELETE FROM security_key WHERE name = ?", name)

    def put_token(self, token: Token) -> None:
        self._do("INSERT OR REPLACE INTO token VALUES (?, ?, ?, ?, ?, ?, ?)", *_values(token))

    def token(self, digest: bytes) -> Token | None:
        rows = self._do("SELECT * FROM token WHERE digest = ?", digest)
        return Token(**_named(Token, rows[0])) if rows else None

    def tokens(self) -> list[Token]:
        return [Token(**_named(Token, row)) for row in self._do("SELECT * FROM token ORDER BY made_at DESC, id")]

    def drop_token(self, digest: bytes) -> None:
        self._do("DELETE FROM token WHERE digest = ?", digest)

    def _values(self, row: Account | Session) -> list[object]:
        """Return the values of a row as they are stored."""
        sealed = {name: self._closed(getattr(row, name)) for name in _SEALED if hasattr(row, name)}
        return [sealed.get(each.name, value) for each, value in zip(fields(row), _values(row), strict=True)]

    def _named(self, kind: type[Account | Session], row: tuple[Any, ...]) -> dict[str, Any]:
        """Return the values of a stored row by name."""
        found = _named(kind, row)
        texts = {name: self._seal.open_text(found[name]) for name in _TEXTS & found.keys()}
        secrets = {name: self._opened(found[name]) for name in _SECRETS & found.keys()}
        return {**found, **texts, **secrets}

    def _closed(self, value: str | bytes) -> str | bytes:
        if isinstance(value, str):
            return self._seal.close_text(value)
        stored = self._seal.close(value)
        return value if stored == value else stored.hex()  # a secret may begin as a sealed value does: its type tells them apart

    def _opened(self, stored: str | bytes) -> bytes:
        return self._seal.open(bytes.fromhex(stored)) if isinstance(stored, str) else stored

    def _do(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, told(self._name):
            return self._connection.execute(statement, values).fetchall()


_Row = Account | Session | Token | SecurityKey


def _values(row: _Row) -> list[object]:
    return [int(value.timestamp()) if isinstance(value, datetime) else value for value in astuple(row)]


def _named(kind: type[_Row], row: tuple[Any, ...]) -> dict[str, Any]:
    return {each.name: _read(each.name, value) for each, value in zip(fields(kind), row, strict=True)}


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - as the column has it
    if name in _MOMENTS and value is not None:
        return datetime.fromtimestamp(value, UTC)
    if name == "role":
        return Role(value)
    return bool(value) if name in _TRUTHS else value
