"""The own registers as a service of the Reconciliation API 0.2: for OpenRefine and other clients that clean tables.

Rules
 1. Only one candidate is called a match: what the decision calls a link, where it is the only one.
 2. Suggestions find while somebody types; two letters at least.
 3. A service that was added with its token in the address passes the token on in the addresses it gives back.
 4. A preview is shown in a frame, and a frame sends no header: it is there for a service whose token is in the address.
 5. Fields of a query that are not of the API are passed over: clients send some that an older service knew (`spell`, `prefixed`).

Source: Reconciliation Service API 0.2, final report of the W3C Entity Reconciliation Community Group, 10 April 2023.
"""

from importlib.metadata import version
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from tallystick.adapters.formats.ftm import person_properties
from tallystick.desk.programs.calls import Call, ProgramRoute, Shown
from tallystick.desk.programs.door import KEY, decoded
from tallystick.desk.programs.entities import LEAST_BITS, MOST_QUERIES, OF_PERSONS, PERSON, PROPERTIES, find, person
from tallystick.errors import InputError, RecordError, UnknownIdError
from tallystick.model import Record
from tallystick.node.finding import Found, typed_query

_SPACE = "https://followthemoney.tech/explorer/schemata/Person/"
_DEFAULT_CANDIDATES = 5
_MOST_CANDIDATES = 50
_SUGGESTED = 10
_LEAST_PREFIX = 2
_IN_BRIEF = ("birthDate", "birthPlace", "nationality", "country", "gender", "idNumber", "passportNumber")


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something with an id and a name."""

    id: str
    name: str
    description: str = ""


_TYPES = (Named(PERSON, PERSON),)


class Address(msgspec.Struct, frozen=True):
    """Where a part of the service is."""

    service_url: str
    service_path: str


class Authentication(msgspec.Struct, frozen=True, rename={"in_": "in"}):
    """How a client says who it is."""

    type: str = "apiKey"
    name: str = KEY
    in_: str = "query"


class View(msgspec.Struct, frozen=True):
    """Where people look at a record."""

    url: str


class Preview(msgspec.Struct, frozen=True):
    """Where a record is shown in brief, and how large that is, in pixels."""

    url: str
    width: int = 430
    height: int = 300


class Extend(msgspec.Struct, frozen=True):
    """How properties are fetched."""

    propose_properties: Address
    property_settings: list[str] = []


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the service is."""

    versions: tuple[str, ...] = ("0.2",)
    name: str
    identifier_space: str
    schema_space: str = _SPACE
    default_types: tuple[Named, ...] = _TYPES
    service_version: str = version("tallystick")
    view: View
    preview: Preview | msgspec.UnsetType = msgspec.UNSET
    suggest: dict[str, Address]
    extend: Extend
    batch_size: int = MOST_QUERIES
    authentication: Authentication = Authentication()


class Scalar(msgspec.Struct, frozen=True):
    """A value that was reconciled before."""

    id: str
    name: str = ""


_Value = str | int | float | bool | Scalar


class Given(msgspec.Struct, frozen=True):
    """A property of whom is asked for."""

    pid: str
    v: _Value | list[_Value]


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is asked for."""

    query: str = ""
    type: str | list[str] = []
    limit: Annotated[float, Meta(ge=1)] = _DEFAULT_CANDIDATES
    properties: list[Given] = []
    type_strict: Literal["any", "should", "all"] = "any"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Who it may be."""

    id: str
    name: str
    description: str
    type: tuple[Named, ...] = _TYPES
    score: float
    match: bool
    features: list[dict[str, str | float]]


class Result(msgspec.Struct, frozen=True):
    """The candidates for one query."""

    result: list[Candidate]


class Wanted(msgspec.Struct, frozen=True):
    """A property that is wanted of records; settings are read and have no effect."""

    id: str
    settings: dict[str, Any] = {}


class Extension(msgspec.Struct, frozen=True):
    """Records and what is wanted of them."""

    ids: list[str]
    properties: list[Wanted]


class Extended(msgspec.Struct, frozen=True):
    """What is known of records."""

    meta: list[Named]
    rows: dict[str, dict[str, list[dict[str, str]]]]


class Asked(msgspec.Struct, frozen=True):
    """Queries, or an extension, as JSON in a field of the address or of a form."""

    queries: str = ""
    extend: str = ""


def reconcile(call: Call) -> Manifest | dict[str, Result] | Extended:
    """Say what the service is, or answer what the address asks."""
    return _answered(call, call.given) or _manifest(call)


def batch(call: Call) -> dict[str, Result] | Extended:
    """Answer a batch."""
    answered = _answered(call, call.body)
    if answered is None:
        raise InputError("there are neither queries nor an extension", hint="send the field `queries` or `extend`")
    return answered


def _answered(call: Call, asked: Asked) -> dict[str, Result] | Extended | None:
    if asked.extend:
        return _extended(call, decoded(asked.extend, Extension))
    return _results(call, _queries(asked.queries)) if asked.queries else None


def _manifest(call: Call) -> Manifest:
    register = call.path["register"]
    base = f"{call.address}/reconcile/{register}"

    def at(path: str) -> Address:
        return Address(base, f"{path}?{KEY}={quote(call.key)}" if call.key else path)

    preview = Preview(f"{base}/preview/{{{{id}}}}?{KEY}={quote(call.key)}") if call.key else msgspec.UNSET
    return Manifest(
        name=f"{register} ({call.node.card.name})",
        preview=preview,
        identifier_space=f"{call.address}/registers/{register}/records/",
        view=View(f"{call.address}/registers/{register}/records/{{{{id}}}}"),
        suggest={each: at(f"/suggest/{each}") for each in ("entity", "property", "type")},
        extend=Extend(at("/extend/properties")),
    )


def _queries(text: str) -> dict[str, Query]:
    found: dict[str, Query] = decoded(text, dict[str, Query])
    if len(found) > MOST_QUERIES:
        raise InputError("a batch has too many queries", hint=f"{MOST_QUERIES} are answered at once")
    return found


def _results(call: Call, queries: dict[str, Query]) -> dict[str, Result]:
    persons = {name: asked for name, query in queries.items() if (asked := _person(query)) is not None}
    rows = find(call, persons.values(), most=_MOST_CANDIDATES, least_bits=LEAST_BITS) if persons else []
    found = dict(zip(persons, rows, strict=True))
    return {name: Result(_candidates(found.get(name, []), int(query.limit))) for name, query in queries.items()}


def _person(query: Query) -> Record | None:
    types = [query.type] if isinstance(query.type, str) else query.type
    if types and not OF_PERSONS.intersection(types):
        return None
    properties: dict[str, str | list[str]] = {}
    for each in query.properties:
        name = each.pid.rpartition(":")[2]
        known = properties.setdefault(name, [])
        assert isinstance(known, list)  # noqa: S101 - all are
        known.extend(_texts(each.v))
    names = [query.query] if query.query.strip() else []
    try:
        return person({**properties, "name": [*names, *properties.get("name", [])]})
    except RecordError:
        return None


def _texts(value: _Value | list[_Value]) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for each in values if (text := _text(each))]


def _text(value: _Value) -> str:
    if isinstance(value, Scalar):
        return value.name or value.id
    if isinstance(value, bool):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _candidates(found: list[Found], most: int) -> list[Candidate]:
    links = [each for each in found if each.decision == "link"]
    return [
        Candidate(
            id=each.record.id, name=each.record.names[0], description=_description(each.record),
            score=round(each.probability, 4), match=links == [each],
            features=[{"id": "weight_bits", "value": round(each.weight_bits, 2)}],
        )
        for each in found[: min(most, _MOST_CANDIDATES)]
    ]  # fmt: skip


def _description(record: Record) -> str:
    """Say what tells namesakes apart."""
    parts = [
        ", ".join(values) for values in (record.birth_dates[:3], [each.upper() for each in record.nationalities[:3]]) if values
    ]
    return "; ".join(parts)


def _extended(call: Call, wanted: Extension) -> Extended:
    if len(wanted.ids) > MOST_QUERIES:
        raise InputError("too many records are asked for", hint=f"{MOST_QUERIES} are answered at once")
    names = [each.id for each in wanted.properties if each.id.rpartition(":")[2] in PROPERTIES]
    register = call.path["register"]
    call.node.lookups.show(*call.known, register, wanted.ids)
    rows: dict[str, dict[str, list[dict[str, str]]]] = {}
    with call.node.pool.store() as store:
        for record_id in wanted.ids:
            try:
                known = person_properties(store.record(register, record_id))
            except InputError:
                known = {}
            rows[record_id] = {name: [{"str": text} for text in known.get(name.rpartition(":")[2], [])] for name in names}
    return Extended([Named(name, PROPERTIES[name.rpartition(":")[2]]) for name in names], rows)


def preview(call: Call) -> Shown:
    """Show a record in brief, to be told from its namesakes."""
    register, record_id = call.path["register"], call.path["record"]
    call.node.lookups.show(*call.known, register, [record_id])
    with call.node.pool.store() as store:
        try:
            record = store.record(register, record_id)
        except InputError:
            raise UnknownIdError("there is no such record", hint="reconcile again: it may be gone", id=record_id) from None
        owner = store.register(register).custody.owner or ""
    properties = person_properties(record)
    shown = {name: properties[name] for name in _IN_BRIEF if name in properties}
    place = f"{call.address}/registers/{quote(register, safe='')}/records/{quote(record_id, safe='')}"
    return Shown("preview", {"names": record.names, "shown": shown, "register": register, "owner": owner, "place": place})


class Prefix(msgspec.Struct, frozen=True):
    """What somebody has typed so far; `cursor` and `type` are read and have no effect."""

    prefix: str = ""
    cursor: str = ""
    type: str = ""


class Suggested(msgspec.Struct, frozen=True):
    """One suggestion."""

    id: str
    name: str
    description: str = ""
    notable: tuple[Named, ...] = ()


class Suggestions(msgspec.Struct, frozen=True):
    """What it may become."""

    result: list[Suggested]


def suggest_entity(call: Call) -> Suggestions:
    """Suggest records by what is typed of a name."""
    text = call.given.prefix.strip()
    if len(text) < _LEAST_PREFIX or not any(map(str.isalpha, text)):
        return Suggestions([])
    (found,) = find(call, [typed_query(text)], most=_SUGGESTED, least_bits=LEAST_BITS)
    return Suggestions([Suggested(each.record.id, each.record.names[0], _description(each.record), _TYPES) for each in found])


def suggest_property(call: Call) -> Suggestions:
    """Suggest properties of a person."""
    text = call.given.prefix.strip().lower()
    return Suggestions(
        [Suggested(each, name) for each, name in PROPERTIES.items() if text in each.lower() or text in name.lower()]
    )


def suggest_type(call: Call) -> Suggestions:
    """Suggest types; there is one."""
    return Suggestions([Suggested(PERSON, PERSON)] if call.given.prefix.strip().lower() in PERSON.lower() else [])


class OfType(msgspec.Struct, frozen=True):
    """Properties of which type are wanted, and how many."""

    type: str = PERSON
    limit: Annotated[int, Meta(ge=1)] = 100


class Proposed(msgspec.Struct, frozen=True):
    """Properties that can be fetched."""

    type: str
    properties: list[Named]
    limit: int


def extend_properties(call: Call) -> Proposed:
    """Say which properties can be fetched."""
    given: OfType = call.given
    named = [Named(each, name) for each, name in PROPERTIES.items()] if given.type in OF_PERSONS else []
    return Proposed(given.type, named[: given.limit], given.limit)


_ROOT = "/reconcile/{register}"
ROUTES = (
    ProgramRoute("reconcile", "GET", _ROOT, reconcile, (Manifest, dict[str, Result], Extended), Asked, key_in_query=True),
    ProgramRoute(
        "reconcile-batch",
        "POST",
        _ROOT,
        batch,
        (dict[str, Result], Extended),
        body=Asked,
        media_type="application/x-www-form-urlencoded",
        key_in_query=True,
    ),
    ProgramRoute(
        "reconcile-suggest-entity", "GET", f"{_ROOT}/suggest/entity", suggest_entity, Suggestions, Prefix, key_in_query=True
    ),
    ProgramRoute(
        "reconcile-suggest-property", "GET", f"{_ROOT}/suggest/property", suggest_property, Suggestions, Prefix, key_in_query=True
    ),
    ProgramRoute("reconcile-preview", "GET", f"{_ROOT}/preview/{{record:path}}", preview, Shown, key_in_query=True),
    ProgramRoute("reconcile-suggest-type", "GET", f"{_ROOT}/suggest/type", suggest_type, Suggestions, Prefix, key_in_query=True),
    ProgramRoute(
        "reconcile-extend-properties", "GET", f"{_ROOT}/extend/properties", extend_properties, Proposed, OfType, key_in_query=True
    ),
)
