"""Persons as programs of the field write them: FollowTheMoney, schema Person; and how such a one is asked for.

Rules
 1. A score is the calibrated probability; a match is what the decision calls a link.
 2. What a query says in a way nobody can read is unknown, never different; `query` of an answer shows what was understood.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from tallystick.adapters.formats.ftm import person_properties, read_person
from tallystick.desk.programs.calls import Call
from tallystick.model import Record
from tallystick.node.finding import Found, StoredRegister
from tallystick.node.ports import RegisterStore

PERSON = "Person"
OF_PERSONS = frozenset({PERSON, "LegalEntity", "Thing"})
"""Schemata whose entities may be persons."""
MOST_QUERIES = 100
MOST_RESULTS = 500
LEAST_BITS = 5.0
"""Somebody who searches by name alone is shown what is less than a possible link, too."""
PROPERTIES = {
    "name": "Name", "alias": "Other name", "weakAlias": "Weak alias", "birthDate": "Date of birth",
    "birthPlace": "Place of birth", "nationality": "Nationality", "country": "Country", "gender": "Gender",
    "idNumber": "ID number", "passportNumber": "Passport number", "taxNumber": "Tax number",
    "socialSecurityNumber": "Social security number",
    "address": "Address", "phone": "Phone", "email": "E-mail",
}  # fmt: skip
"""What a Person is asked for by, and shown with; `country` is read where no nationality is given."""

Count = Annotated[int, Meta(ge=1, le=MOST_RESULTS)]
Share = Annotated[float, Meta(ge=0, le=1)]
Id = Annotated[str, Meta(max_length=1000)]


class Total(msgspec.Struct, frozen=True):
    """How many there are."""

    value: int
    relation: str = "eq"


class Entity(msgspec.Struct, frozen=True, kw_only=True, rename={"schema_": "schema"}):
    """One record."""

    id: str
    caption: str
    schema_: str = PERSON
    properties: dict[str, list[str]]
    datasets: list[str]
    referents: list[str] = []
    target: bool = True


class Seen(Entity, frozen=True, kw_only=True, rename={"schema_": "schema"}):
    """One record with its times: since when it is in its register, when it last changed, of when the register is."""

    first_seen: datetime
    last_seen: datetime
    last_change: datetime


class Scored(Entity, frozen=True, kw_only=True, rename={"schema_": "schema"}):
    """One record that may be the person asked for."""

    score: Share
    features: dict[str, float]
    match: bool


def entity(record: Record, register: str) -> Entity:
    """Return a record as an entity."""
    return Entity(id=record.id, caption=record.names[0], properties=person_properties(record), datasets=[register])


def seen(store: RegisterStore, register: str, record: Record) -> Seen:
    """Return a record of a register as an entity with its times."""
    base, times = entity(record, register), [each.at for each in store.history(register, record.id)]
    return Seen(
        id=base.id, caption=base.caption, properties=base.properties, datasets=base.datasets, first_seen=times[0],
        last_change=times[-1], last_seen=store.editions(register)[0].confirmed_at,
    )  # fmt: skip


def scored(found: Found, register: str, threshold: float | None = None) -> Scored:
    """Return what was found as an entity with its score.

    Args:
        found: it.
        register: where.
        threshold: score from which it is a match; None leaves it to the decision.
    """
    score = round(found.probability, 4)
    return Scored(
        id=found.record.id, caption=found.record.names[0], properties=person_properties(found.record), datasets=[register],
        score=score, features={"weight_bits": round(found.weight_bits, 2)},
        match=found.decision == "link" if threshold is None else score >= threshold,
    )  # fmt: skip


def person(properties: dict[str, str | list[str]]) -> Record:
    """Return whom a query asks for.

    Raises:
        RecordError: it has no usable name.
    """
    return read_person("query", {name: _texts(values) for name, values in properties.items() if name in _READ})


def find(call: Call, persons: Iterable[Record], *, most: int, least_bits: float) -> Sequence[list[Found]]:
    """Look persons up in the register of a call; the log says so before."""
    wanted = list(persons)
    register = call.path["register"]
    call.node.lookups.begin(*call.known, register, len(wanted))
    with call.node.pool.store() as store:
        asked = StoredRegister(store, register)
        return [asked.find(each, most=most, least_bits=least_bits) for each in wanted]


def _texts(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values


_READ = frozenset(PROPERTIES) | {"firstName", "secondName", "middleName", "lastName", "previousName", "citizenship", "innCode"}
