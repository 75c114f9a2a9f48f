"""Registers: find somebody in them, look at a record, at a register and its editions."""

from dataclasses import asdict
from itertools import islice
from typing import Any, TypedDict

import msgspec

from tallystick.desk.visits import Answer, DeskRoute, Page, Position, Visit
from tallystick.errors import Error
from tallystick.model import Custody, Record, encode
from tallystick.node.casework.commands import plain
from tallystick.node.casework.people_views import PersonView
from tallystick.node.finding import Finding, Found, StoredRegister, nearest_names, typed_query
from tallystick.node.ports import RegisterStore, Revision
from tallystick.node.registers import history, show_register
from tallystick.node.while_typing import search_while_typing

_MOST = 50
_LEAST_BITS = 5.0
"""Someone who looks is shown what is less than a possible link, too: a name alone may be all there is to type."""
_MOST_REVISIONS = 50


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom somebody looks for."""

    name: str = ""
    born: str = ""
    number: str = ""
    register: str = ""


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which case a record is opened; 0: from none."""

    case: Position = 0


class Row(TypedDict):
    """One record found."""

    register: str
    id: str
    weight_bits: float
    probability: float
    decision: str
    nearest_name: str
    record: dict[str, Any]


class SearchFound(TypedDict):
    """What was asked, where one can search, and who was found; what was typed may not be a date yet.

    `bearers`: about how many records are like those, where one name part, or its beginning, was all there was to search by; 0
    where more was typed.
    """

    asked: Search
    registers: list[str]
    found: list[Row]
    bearers: int
    problem: str
    hint: str


def search(visit: Visit) -> Answer:
    """Find somebody in the own registers."""
    asked: Search = visit.given
    with visit.node.pool.store() as store:
        names = [each.name for each in store.registers()]
        shown: dict[str, Any] = {"asked": msgspec.to_builtins(asked), "registers": names, "found": [], "bearers": 0}
        shown |= {"problem": "", "hint": ""}
        if asked.name:
            try:
                query = typed_query(asked.name, born=asked.born, number=asked.number)
                if asked.register:
                    store.register(asked.register)
                visit.node.lookups.search_at_desk(visit.actor, asked.register, query)
                shown |= _found(store, [asked.register] if asked.register else names, query)
            except Error as error:  # shown beside the form: what was typed so far may not be a date yet
                shown |= {"problem": str(error), "hint": error.hint}
    return Page(template="search", data=shown, status=200)


def _found(store: RegisterStore, registers: list[str], query: Record) -> dict[str, Any]:
    each = {name: _while_typing(StoredRegister(store, name), query) for name in registers}
    rows = [(name, found) for name, finding in each.items() for found in finding.found]
    rows.sort(key=lambda row: -row[1].weight_bits)
    bearers = sum(finding.bearers for finding in each.values())
    return {"found": [_row(query, *row) for row in rows[:_MOST]], "bearers": bearers}


def _while_typing(register: StoredRegister, query: Record) -> Finding:
    return search_while_typing(register, query, most=_MOST, least_bits=_LEAST_BITS)


def _row(query: Record, register: str, found: Found) -> dict[str, Any]:
    return {
        "register": register, "id": found.record.id, "weight_bits": round(found.weight_bits, 2),
        "probability": round(found.probability, 4), "decision": found.decision,
        "nearest_name": nearest_names(query, found.record)[1], "record": _plain(found.record),
    }  # fmt: skip


def record(visit: Visit) -> Answer:
    """Show a record as the person it is: names, timeline, where it is offered, by what right it is held."""
    name, record_id = visit.path["register"], visit.path["record"]
    with visit.node.pool.store() as store:
        store.record(name, record_id)  # what is not there is nobody's business, and no entry
    found = visit.node.casework.person(visit.actor, name, record_id)
    opened_from = visit.given.case if visit.given.case in found.cases else 0
    case = visit.node.casework.reference(opened_from) if opened_from else ""
    visit.node.lookups.open_record(visit.actor, name, record_id, case=case)
    view = plain(found)
    assert isinstance(view, dict)  # noqa: S101 - a view is one
    with visit.node.pool.store() as store:
        revisions = [_revision(each) for each in islice(history(store, name, record_id), _MOST_REVISIONS)]
    return Page(template="record", data={**view, "history": revisions})


def registers(visit: Visit) -> Answer:
    """Show all registers."""
    with visit.node.pool.store() as store:
        rows = [_overview(store, each.name) for each in store.registers()]
    return Page(template="registers", data={"registers": rows, "store": visit.node.store_shown})


def register(visit: Visit) -> Answer:
    """Show a register, its editions and its first records."""
    name = visit.path["register"]
    with visit.node.pool.store() as store:
        shown = _overview(store, name)
        editions = [_edition(each) for each in store.editions(name)]
        first = [msgspec.json.decode(line) for line in store.first_lines(name, _MOST)]
    if first:
        visit.node.lookups.browse_at_desk(visit.actor, name, len(first))
    return Page(template="register", data={**shown, "editions": editions, "records_shown": first})


def _overview(store: RegisterStore, name: str) -> dict[str, Any]:
    found = show_register(store, name)
    edition = _edition(found.edition) if found.edition else None
    return {"name": name, "records": found.records, "custody": _custody(found.register.custody), "edition": edition}


def _edition(info: object) -> dict[str, Any]:
    said = asdict(info)  # type: ignore[call-overload]
    said.pop("digest")
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in said.items()}


def _custody(custody: Custody) -> dict[str, Any]:
    said = {name: getattr(custody, name) for name in custody.__slots__}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in said.items() if value is not None
    }


def _revision(revision: Revision) -> dict[str, Any]:
    return {"change": revision.change, "edition": revision.edition, "at": revision.at.isoformat()}


def _plain(record: Record) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(encode(record))
    return said


ROUTES = (
    DeskRoute("search", "GET", "/search", search, Search, gives=SearchFound),
    DeskRoute("registers", "GET", "/registers", registers),
    DeskRoute("register", "GET", "/registers/{register}", register),
    DeskRoute("record", "GET", "/registers/{register}/records/{record:path}", record, Opened, gives=PersonView),
)
