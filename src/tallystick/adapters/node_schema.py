"""The tables of a node's memory, and how their values are written (see adapters/node_state.py)."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from tallystick.node.exchange_ports import HitRow, RedemptionRow

_TABLES = """
CREATE TABLE document (circle TEXT, kind TEXT, member TEXT, number INTEGER, document BLOB, signatures BLOB,
  PRIMARY KEY (circle, kind, member, number)) WITHOUT ROWID;
CREATE TABLE epoch (circle TEXT, epoch INTEGER, secret BLOB, public BLOB, terms TEXT,
  valid_from INTEGER, valid_until INTEGER, closes_at INTEGER, PRIMARY KEY (circle, epoch)) WITHOUT ROWID;
CREATE TABLE offer (circle TEXT, register TEXT, purpose TEXT, silent_codes BLOB, silent_ids BLOB,
  PRIMARY KEY (circle, register)) WITHOUT ROWID;
CREATE TABLE ledger (circle TEXT, epoch INTEGER, register TEXT, record_id TEXT, digest BLOB, handle BLOB, tags BLOB,
  PRIMARY KEY (circle, epoch, register, record_id)) WITHOUT ROWID;
CREATE INDEX ledger_handle ON ledger (circle, epoch, handle);
CREATE TABLE watched (circle TEXT, member TEXT, epoch INTEGER, register TEXT, record_id TEXT, digest BLOB, number INTEGER,
  PRIMARY KEY (circle, member, epoch, register, record_id)) WITHOUT ROWID;
CREATE TABLE copy (circle TEXT, member TEXT, epoch INTEGER, base INTEGER, delta INTEGER, manifest INTEGER, checked_at INTEGER,
  PRIMARY KEY (circle, member, epoch)) WITHOUT ROWID;
CREATE TABLE hit (id INTEGER PRIMARY KEY, circle TEXT, member TEXT, epoch INTEGER, handle BLOB, register TEXT, record_id TEXT,
  query INTEGER, weight_tenths INTEGER, tags BLOB, found_by TEXT, seen_at INTEGER, state TEXT, answer TEXT,
  UNIQUE (circle, member, epoch, handle, register, record_id, query));
CREATE TABLE query (id INTEGER PRIMARY KEY, circle TEXT, purpose TEXT, officer TEXT, reason TEXT, salt BLOB, line BLOB,
  at INTEGER);
CREATE TABLE redemption (circle TEXT, member TEXT, epoch INTEGER, handle BLOB, register TEXT, record_id TEXT, purpose TEXT,
  reason TEXT, officer TEXT, reference TEXT, at INTEGER, PRIMARY KEY (circle, member, epoch, handle)) WITHOUT ROWID;
CREATE TABLE granted (id INTEGER PRIMARY KEY, circle TEXT, member TEXT, epoch INTEGER, points INTEGER, until INTEGER,
  officer TEXT, second_officer TEXT);
CREATE TABLE value (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""
_SALTS = """
ALTER TABLE query RENAME COLUMN salt TO secret;
CREATE TABLE salt (request BLOB PRIMARY KEY, circle TEXT, member TEXT, secret BLOB, records BLOB, commitments BLOB, at INTEGER)
  WITHOUT ROWID;
CREATE INDEX salt_at ON salt (circle, at);
"""
_HIT_SECRETS = "ALTER TABLE hit ADD COLUMN secrets BLOB NOT NULL DEFAULT x''"
STEPS = (_TABLES, _SALTS, _HIT_SECRETS)
"""What brings a database from one version to the next: a new one takes all of them, an older one those it lacks."""


def hit_row(row: tuple[Any, ...]) -> HitRow:
    """Return a row of the table `hit`."""
    names = ("id", "circle", "member", "epoch", "handle", "register", "record_id", "query", "weight_tenths", "tags", "found_by")
    return HitRow(**dict(zip(names, row, strict=False)), seen_at=moment(row[11]), state=row[12], answer=row[13], secrets=row[14])


def redemption_row(row: tuple[Any, ...]) -> RedemptionRow:
    """Return a row of the table `redemption`."""
    names = ("circle", "member", "epoch", "handle", "register", "record_id", "purpose", "reason", "officer", "reference")
    return RedemptionRow(**dict(zip(names, row, strict=False)), at=moment(row[10]))


def signatures(packed: bytes) -> dict[str, str]:
    """Return signatures by member."""
    return msgspec.msgpack.decode(packed, type=dict[str, str])


def texts(packed: bytes) -> tuple[str, ...]:
    """Return texts as they were packed."""
    return msgspec.msgpack.decode(packed, type=tuple[str, ...])


def seconds(at: datetime) -> int:
    """Return a moment in seconds since 1970."""
    return int(at.timestamp())


def moment(at_s: int) -> datetime:
    """Return seconds since 1970 as a moment."""
    return datetime.fromtimestamp(at_s, UTC)
