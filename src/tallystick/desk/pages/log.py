"""The audit log: its entries, one of them, the check of all of it, and who opened a record or a case."""

from datetime import datetime
from itertools import islice
from typing import Any, TypedDict

import msgspec

from tallystick.audit import Entry
from tallystick.audit.entries import TYPES
from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Position, Visit
from tallystick.errors import InputError, UnknownIdError
from tallystick.node import auditing
from tallystick.node.auditing import LogFiles, LoggedEntry
from tallystick.node.casework.commands import plain
from tallystick.node.tracing import Trace, Traced
from tallystick.wiring.desk import LogCheck

_A_PAGE = 50
_LOOKED_AT = 5_000
"""So many entries a page looks through at most for those of one type; the link to older ones goes on from there."""


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries somebody wants to see: of which type, and those before which index."""

    type: str = ""
    before: Position | None = None


def log(visit: Visit) -> Answer:
    """Show entries, newest first."""
    asked: Which = visit.given
    if asked.type and asked.type not in TYPES:
        raise InputError("this is no type of an entry", hint=f"there are {', '.join(TYPES)}")
    files = visit.node.log_files()
    found, older = _found(files, asked)
    head = auditing.newest_checkpoint(files)
    shown = {
        "asked": msgspec.to_builtins(asked), "types": list(TYPES), "entries": [_entry(each) for each in found], "older": older,
        "origin": head.origin, "size": head.size, "root": head.root.hex(),
    }  # fmt: skip
    return Page(template="log", data=shown)


def _found(files: LogFiles, asked: Which) -> tuple[list[LoggedEntry], int | None]:
    """Return the entries of a page, and before which index the next one goes on; None where the log begins."""
    found: list[LoggedEntry] = []
    last = 0
    for each in islice(auditing.entries(files, 0, before=asked.before, reverse=True), _LOOKED_AT):
        last = each.index
        if not asked.type or each.entry.type == asked.type:
            found.append(each)
            if len(found) == _A_PAGE:
                break
    return found, last or None


def entry(visit: Visit) -> Answer:
    """Show all of one entry."""
    text = visit.path["index"]
    index = int(text) if text.isdecimal() and text.isascii() else -1
    found = next(auditing.entries(visit.node.log_files(), index), None) if index >= 0 else None
    if found is None or found.index != index:
        raise UnknownIdError("the log has no such entry", hint="entries are counted from 0", id=text)
    return Page(template="log-entry", data={"index": index, "is_covered": found.is_covered, "facts": facts(found.entry)})


class Sought(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to know who opened it: a record, or a case by its number or reference; entries before an index."""

    register: str = ""
    record: str = ""
    case: str = ""
    before: Position | None = None


class LookedUp(TypedDict):
    """What was asked, who opened it, and before which entry older ones are looked for; null where the log begins."""

    asked: Sought
    case: str
    traces: list[Trace]
    older: int | None


def lookups(visit: Visit) -> Answer:
    """Show who opened a record or a case."""
    asked: Sought = visit.given
    shown: dict[str, Any] = {"asked": msgspec.to_builtins(asked), "case": "", "traces": [], "older": None}
    if (asked.case and asked.register) or bool(asked.register) != bool(asked.record):
        raise InputError("this asks for neither a record nor a case", hint="give a register and the id of a record, or a case")
    tracing = visit.node.tracing
    if asked.case:
        shown |= _plain(tracing.case(visit.actor, asked.case, most=_A_PAGE, before=asked.before))
    elif asked.record:
        shown |= _plain(tracing.record(visit.actor, asked.register, asked.record, most=_A_PAGE, before=asked.before))
    return Page(template="lookups", data=shown)


def _plain(found: Traced) -> dict[str, Any]:
    said = plain(found)
    assert isinstance(said, dict)  # noqa: S101 - it is one
    return said


def check(visit: Visit) -> Answer:
    """Show the last check of the whole log."""
    head = auditing.newest_checkpoint(visit.node.log_files())
    shown = {
        "origin": head.origin, "size": head.size, "root": head.root.hex(), "key": visit.node.card.log_key,
        "check": _check(visit.node.log_check),
    }  # fmt: skip
    return Page(template="log-check", data=shown)


def verify(visit: Visit) -> Answer:
    """Check the whole log now."""
    return Moved(to="/log/check", data={"check": _check(visit.node.verify_log())})


def _check(done: LogCheck | None) -> dict[str, Any] | None:
    if done is None:
        return None
    if done.found is None:
        return {"at": done.at.isoformat(), "is_good": False, "problem": done.problem}
    found = done.found
    return {
        "at": done.at.isoformat(), "is_good": True, "problem": "", "entries": found.signed.checkpoint.size, "files": found.tiles,
        "types": dict(found.types), "witnesses": [each.key.name for each in found.signed.cosignatures],
    }  # fmt: skip


def _entry(logged: LoggedEntry) -> dict[str, Any]:
    return {"index": logged.index, "is_covered": logged.is_covered, **facts(logged.entry)}  # no entry has such members


def facts(said: Entry) -> dict[str, Any]:
    """Return what an entry says, as JSON says it."""
    values = {name: getattr(said, name) for name in said.__struct_fields__}
    return {"type": said.type} | {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: object) -> object:
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value


ROUTES = (
    DeskRoute("log", "GET", "/log", log, Which),
    DeskRoute("log-check", "GET", "/log/check", check),
    DeskRoute("log-verify", "POST", "/log/check", verify),
    DeskRoute("lookups", "GET", "/log/lookups", lookups, Sought, gives=LookedUp),
    DeskRoute("log-entry", "GET", "/log/entries/{index}", entry),
)
