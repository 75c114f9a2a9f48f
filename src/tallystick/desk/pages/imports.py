"""Imports: hand a list in, say what the columns of a table are, see how far it is and what came of it."""

from datetime import date
from typing import Any, Literal, TypedDict

import msgspec

from tallystick.adapters.formats.suggest import FIELDS
from tallystick.desk.visits import LIST_BYTES, Answer, DeskRoute, Download, Moved, Page, Visit
from tallystick.errors import InputError
from tallystick.model import Custody
from tallystick.node.context import MB
from tallystick.node.importing import Import, Wanted
from tallystick.wiring.imports import NO_FIELD

Field = Literal[(NO_FIELD, *FIELDS)]  # type: ignore[valid-type]  # every value is a text


class HandedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Into which register a list goes; the file is sent beside it, in the field `file`. A new register says why it is held."""

    register: str
    partial: bool = False
    replace: bool = False
    owner: str | None = None
    purpose: str | None = None
    legal_basis: str | None = None
    handling_code: str | None = None
    review_on: date | None = None
    expires_on: date | None = None


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns of a table are, in their order, and how its names and dates are written."""

    field: tuple[Field, ...] = ()
    family_first: bool = False
    month_first: bool = False


class Shown(TypedDict):
    """One import: what it is to do, how far it is, and at its end what happened to how many rows."""

    id: str
    register: str
    name: str
    by: str
    partial: bool
    came_at: str
    format: str
    state: Literal["columns", "waiting", "reading", "indexing", "done", "failed"]
    under_way: bool
    percent: int
    rows: int
    counts: dict[str, int]
    dropped: dict[str, int]
    repaired: dict[str, int]
    warnings: list[str]
    quarantined: bool
    ended_at: str
    problem: str
    hint: str


class Listed(TypedDict):
    """Every import that is kept, newest first; which registers there are; how large a file may be."""

    imports: list[Shown]
    registers: list[str]
    most_mb: int


class Column(TypedDict):
    """One column of a table that waits: what it may be, and some of its values."""

    name: str
    field: str
    examples: list[str]


class One(TypedDict):
    """An import; where its table waits, the columns and what they can be."""

    found: Shown
    columns: list[Column]
    fields: list[str]
    family_first: bool
    month_first: bool


class Quarantined(TypedDict):
    """Rows that could not be read: where each stood, why, and its untouched original."""

    rows: list[dict[str, Any]]


def _shown(found: Import) -> Shown:
    wanted = found.wanted
    return Shown(
        id=found.id, register=wanted.register, name=wanted.name, by=wanted.by, partial=wanted.partial,
        came_at=found.at.isoformat(),
        format=found.format, state=found.state, under_way=found.is_under_way, percent=found.percent, rows=found.rows,
        counts=dict(found.counts), dropped=dict(found.dropped), repaired=dict(found.repaired), warnings=list(found.warnings),
        quarantined=found.quarantined, ended_at=found.ended_at.isoformat() if found.ended_at else "", problem=found.problem,
        hint=found.hint,
    )  # fmt: skip


def imports(visit: Visit) -> Answer:
    """Show every import that is kept, and the form for another."""
    with visit.node.pool.store() as store:
        names = [each.name for each in store.registers()]
    said = Listed(
        imports=[_shown(each) for each in visit.node.imports.all()], registers=names, most_mb=visit.node.largest_upload // MB
    )
    return Page(template="imports", data=dict(said))


def handed_in(visit: Visit) -> Answer:
    """Take a list in; one in a known format is read at once, a table waits for its columns to be confirmed."""
    given: HandedIn = visit.given
    files = visit.files.get("file", [])
    if len(files) != 1:
        raise InputError("one file is imported at a time", hint="choose the file of the list")
    custody = Custody(
        owner=given.owner, purpose=given.purpose, legal_basis=given.legal_basis, handling_code=given.handling_code,
        review_on=given.review_on, expires_on=given.expires_on,
    )  # fmt: skip
    name, content = files[0]
    wanted = Wanted(
        register=given.register, name=name, by=visit.actor.name, partial=given.partial, replace=given.replace, custody=custody
    )
    return _moved(visit.node.imports.take(wanted, content.chunks()))


def one(visit: Visit) -> Answer:
    """Show how far an import is; a page of one that is under way comes again by itself."""
    found = visit.node.imports.one(visit.path["import"])
    columns: list[Column] = []
    if found.state == "columns":
        examples = visit.node.imports.examples(found.id)
        columns = [Column(name=name, field=field, examples=examples.get(name, [])) for name, field in found.fields.items()]
    said = One(
        found=_shown(found), columns=columns, fields=list(FIELDS), family_first=found.family_first, month_first=found.month_first
    )
    return Page(template="import", data=dict(said))


def confirm(visit: Visit) -> Answer:
    """Begin with a table whose columns are confirmed."""
    given: Columns = visit.given
    return _moved(
        visit.node.imports.confirm(
            visit.path["import"], given.field, family_first=given.family_first, month_first=given.month_first
        )
    )


def quarantine(visit: Visit) -> Answer:
    """Give the rows that could not be read, as JSON lines."""
    found = visit.node.imports.one(visit.path["import"])
    content = visit.node.imports.quarantine(found.id)
    rows = [msgspec.json.decode(line) for line in content.splitlines()] if visit.wants_json else []
    name = f"{found.wanted.register}-quarantine.jsonl"
    return Download(name=name, media_type="application/jsonl", content=content, data=dict(Quarantined(rows=rows)))


def remove(visit: Visit) -> Answer:
    """Remove what is kept of an import: its counts, its quarantine, a table that waits. The register stays as it is."""
    visit.node.imports.remove(visit.path["import"])
    return Moved(to="/imports")


def _moved(found: Import) -> Answer:
    return Moved(to=f"/imports/{found.id}", data=dict(_shown(found)))


ROUTES = (
    DeskRoute("imports", "GET", "/imports", imports, gives=Listed),
    DeskRoute("import-add", "POST", "/imports", handed_in, HandedIn, most_bytes=LIST_BYTES, takes_files=True),
    DeskRoute("import", "GET", "/imports/{import}", one, gives=One),
    DeskRoute("import-confirm", "POST", "/imports/{import}", confirm, Columns),
    DeskRoute("import-quarantine", "GET", "/imports/{import}/quarantine", quarantine, gives=Quarantined),
    DeskRoute("import-remove", "POST", "/imports/{import}/remove", remove),
)
