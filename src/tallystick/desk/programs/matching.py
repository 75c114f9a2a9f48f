"""Matching as clients of yente ask for it: match, search, entities, catalog, health. What they call a dataset is a register.

Rules
 1. What would change the answer and is not done here is refused, not passed over; `algorithm` is read and has no effect, and so
    is `fuzzy`, which older clients send and yente itself passes over.
 2. An id is of one register; yente has one index, and no register in that address. Where several have it, the client says which.
 3. A query that names nobody has a status of its own; the others of its batch are answered.

Interface: yente 5, its OpenAPI description.
"""

import math
from importlib.metadata import version

import msgspec

from tallystick.desk.programs.calls import Call, ProgramRoute
from tallystick.desk.programs.entities import (
    LEAST_BITS,
    MOST_QUERIES,
    OF_PERSONS,
    Count,
    Entity,
    Id,
    Scored,
    Seen,
    Share,
    Total,
    entity,
    find,
    person,
    scored,
    seen,
)
from tallystick.errors import InputError, RecordError, RefusedError, UnknownIdError
from tallystick.model import Record
from tallystick.node.finding import Found, typed_query

_DEFAULT_RESULTS = 5
_MOST_OFFSET = 500
_BAD_QUERY, _OK = 400, 200


class Example(msgspec.Struct, frozen=True, kw_only=True, rename={"schema_": "schema"}):
    """Who is asked for, as far as known."""

    id: str | None = None
    schema_: str
    properties: dict[str, str | list[str]]


class Queries(msgspec.Struct, frozen=True, kw_only=True):
    """Persons asked for, each under a name of the client's."""

    queries: dict[str, Example]
    weights: dict[str, float] = {}
    config: dict[str, str | float | bool | None] = {}


class How(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to answer: how many, from which score on, without whom."""

    limit: Count = _DEFAULT_RESULTS
    threshold: Share | None = None
    cutoff: Share | None = None
    algorithm: str = ""
    fuzzy: str = ""
    exclude_entity_ids: list[Id] = []


class Matches(msgspec.Struct, frozen=True, kw_only=True):
    """Who was found for one query."""

    status: int = _OK
    results: list[Scored]
    total: Total
    query: Example


class Feature(msgspec.Struct, frozen=True):
    """What a number in `features` says."""

    description: str
    coefficient: float
    url: str


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """Who was found."""

    responses: dict[str, Matches]
    matcher: dict[str, Feature]
    limit: int


_FEATURES = {"weight_bits": Feature("match weight in bits; the score follows from it and the size of the register", 1.0, "")}


def match(call: Call) -> Matched:
    """Answer a batch of queries."""
    asked: Queries = call.body
    if not 0 < len(asked.queries) <= MOST_QUERIES:
        raise InputError("a batch has too many queries, or none", hint=f"1 to {MOST_QUERIES} are answered at once")
    if asked.weights or asked.config:
        raise InputError("weights are not taken from outside: they were learned", hint="leave out `weights` and `config`")
    persons = {name: _person(example) for name, example in asked.queries.items()}
    known = {name: each for name, each in persons.items() if each is not None}
    how: How = call.given
    most = min(how.limit + len(how.exclude_entity_ids), _MOST_OFFSET)
    found = find(call, known.values(), most=most, least_bits=math.inf if how.cutoff is None else -math.inf) if known else []
    rows = dict(zip(known, found, strict=True))
    answers = {name: _matches(call, example, persons[name], rows.get(name)) for name, example in asked.queries.items()}
    return Matched(responses=answers, matcher=_FEATURES, limit=how.limit)


def _person(example: Example) -> Record | None:
    if example.schema_ not in OF_PERSONS:
        return None
    try:
        return person(example.properties)
    except RecordError:
        return None


def _matches(call: Call, example: Example, asked: Record | None, found: list[Found] | None) -> Matches:
    if asked is None or found is None:
        status = _BAD_QUERY if example.schema_ in OF_PERSONS else _OK
        return Matches(status=status, results=[], total=Total(0), query=example)
    how: How = call.given
    results = [
        scored(each, call.path["register"], how.threshold) for each in found
        if each.record.id not in how.exclude_entity_ids and each.probability >= (how.cutoff or 0.0)
    ]  # fmt: skip
    understood = Example(id=example.id, schema_=example.schema_, properties=dict(entity(asked, "").properties))
    return Matches(results=results[: how.limit], total=Total(len(results)), query=understood)


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name to look for."""

    q: str = ""
    limit: Count = 10
    offset: int = 0
    schema: str = "Thing"
    algorithm: str = ""


class SearchFound(msgspec.Struct, frozen=True, kw_only=True):
    """Who was found for a name."""

    results: list[Entity]
    facets: dict[str, str] = {}
    total: Total
    limit: int
    offset: int


def search(call: Call) -> SearchFound:
    """Look for a name; an empty one finds nobody: no register is listed here."""
    given: Text = call.given
    if not 0 <= given.offset <= _MOST_OFFSET:
        raise InputError("`offset` is too large, or below 0", hint=f"0 to {_MOST_OFFSET}")
    name = given.q.strip()
    asked = [typed_query(name)] if name and given.schema in OF_PERSONS else []
    most = given.offset + given.limit
    found = find(call, asked, most=most, least_bits=LEAST_BITS)[0] if asked else []
    results = [entity(each.record, call.path["register"]) for each in found]
    return SearchFound(results=results[given.offset :], total=Total(len(results)), limit=given.limit, offset=given.offset)


class Which(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which register, where several have the id; `nested` is read and has no effect: nothing is nested here."""

    dataset: str = ""
    nested: bool = True


def fetch(call: Call) -> Seen:
    """Return one record by its id."""
    record_id, wanted = call.path["entity"], call.given.dataset
    with call.node.pool.store() as store:
        names = [each.name for each in store.registers() if wanted in {"", each.name}]
        there = [name for name in names if store.lines_of(name, [record_id])]
        call.node.lookups.show(*call.known, there[0] if len(there) == 1 else wanted or "any register", [record_id])
        if not there:
            raise UnknownIdError("there is no such entity", hint="search again: it may be gone", id=record_id)
        if len(there) > 1:
            raise RefusedError("several registers have a record of this id", hint="say in which with `dataset`")
        return seen(store, there[0], store.record(there[0], record_id))


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """A register."""

    name: str
    title: str
    summary: str = ""
    load: bool = True
    version: str
    children: list[str] = []


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked."""

    datasets: list[Dataset]
    current: list[str]
    outdated: list[str] = []
    index_stale: bool = False


def catalog(call: Call) -> Catalog:
    """Say which registers there are."""
    with call.node.pool.store() as store:
        rows = [(each, store.editions(each.name)) for each in store.registers()]
    found = [
        Dataset(name=each.name, title=each.custody.owner or each.name, version=str(editions[0].edition if editions else 0))
        for each, editions in rows
    ]
    return Catalog(datasets=found, current=[each.name for each in found])


class Health(msgspec.Struct, frozen=True):
    """That the desk answers."""

    status: str
    software: str


def health(_call: Call) -> Health:
    """Say that the desk answers."""
    return Health("ok", f"tallystick {version('tallystick')}")


ROUTES = (
    ProgramRoute("program-health", "GET", "/healthz", health, Health),
    ProgramRoute("program-catalog", "GET", "/catalog", catalog, Catalog),
    ProgramRoute("program-match", "POST", "/match/{register}", match, Matched, How, Queries),
    ProgramRoute("program-entity", "GET", "/entities/{entity:path}", fetch, Seen, Which),
    ProgramRoute("program-search", "GET", "/search/{register}", search, SearchFound, Text),
)
