"""Reads and writes FollowTheMoney entities, JSON lines: the exchange format of the investigative and compliance field.

Takes from a Person: names, aliases, birth dates and places, nationality and citizenship, numbers, gender,
addresses, telephones, mail addresses. Other schemata are no persons, except that Passport, Identification and
Address entities are read as parts of the persons they belong to, wherever in the file they stand.

Rules
 1. name, alias and previousName are names; weakAlias is weak. Without a name its parts are joined.
 2. `country` counts as nationality only where neither nationality nor citizenship is given.
 3. religion, ethnicity and political are dropped and counted.
 4. A number given both at the person and in an own entity is taken once, from the entity, which knows the country.
 5. Writing: about becomes exact and an interval of years its years, because the format has no other word; custody is
    not written. Everything else comes back as it was.

Model: https://followthemoney.tech/explorer/schemata/Person/
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec

from tallystick.adapters.formats.birth_dates import read_birth_date
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft, not_a_person, refused
from tallystick.adapters.formats.files import FileSource
from tallystick.adapters.formats.native import TOO_DEEP, TOO_LONG
from tallystick.adapters.formats.spool import TOO_MANY_PARTS, Group, Spool
from tallystick.adapters.formats.texts import Line, lines, opened_text
from tallystick.errors import InputError, RecordError
from tallystick.model import Address, Record, parse_birth_date
from tallystick.node.ports import SourceRow

NOT_AN_ENTITY = "line is not a FollowTheMoney entity"
_DOCUMENTS = frozenset({"Passport", "Identification"})
_PARTS = (b'"Passport"', b'"Identification"', b'"Address"')
_SPECIAL = ("religion", "ethnicity", "political")
_NUMBERS = (
    ("passportNumber", "passport"),
    ("taxNumber", "tax_id"),
    ("innCode", "tax_id"),
    ("socialSecurityNumber", "social_security"),
    ("idNumber", "other"),
)
_WRITTEN_NUMBERS = {"passport": "passportNumber", "tax_id": "taxNumber", "social_security": "socialSecurityNumber"}
_NAME_PARTS = ("firstName", "secondName", "middleName", "lastName")
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*")
_GENDERS = {"m": "male", "f": "female", "x": "other"}
_MAX_YEARS = 10


class _Entity(msgspec.Struct):
    id: str
    schema: str
    properties: dict[str, list[Any]] = {}

    def texts(self, name: str) -> list[str]:
        return [value for value in self.properties.get(name, ()) if isinstance(value, str)]

    def first(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    def nested(self) -> Iterator["_Entity"]:
        """Yield the entities that stand inside this one, as the nested export has them."""
        for value in (value for values in self.properties.values() for value in values if isinstance(value, dict)):
            try:
                yield msgspec.convert(value, _Entity)
            except msgspec.ValidationError:
                continue


_decoder = msgspec.json.Decoder(_Entity)


class FtmSource(FileSource):
    """A file of FollowTheMoney entities; read twice, first for the parts of persons."""

    passes = 2

    def rows(self) -> Iterator[SourceRow]:
        with Spool() as spool:
            # A break is told by the second pass, after the rows before it.
            with suppress(InputError), opened_text(self.paths[0], self._meter) as (stream, encoding):
                for line in lines(stream):
                    if any(word in line.raw for word in _PARTS):
                        _put_away(spool, _entity(line, encoding))
            with opened_text(self.paths[0], self._meter) as (stream, encoding):
                for line in lines(stream):
                    row = _row(line, encoding, spool) if line.raw.strip() else None
                    if row is not None:
                        yield row


def _entity(line: Line, encoding: str) -> _Entity | str:
    """Return the entity of a line, or the reason why there is none."""
    if line.cut:
        return TOO_LONG
    try:
        return _decoder.decode(line.raw if encoding == "utf-8" else line.raw.decode(encoding).encode())
    except msgspec.DecodeError:
        return NOT_AN_ENTITY
    except UnicodeError:
        return f"line is not {encoding}"
    except RecursionError:
        return TOO_DEEP


def _put_away(spool: Spool, entity: _Entity | str) -> None:
    if isinstance(entity, str):
        return
    if entity.schema in _DOCUMENTS:
        for holder in entity.texts("holder"):
            spool.put(f"document {holder}", 0, _document(entity))
    if entity.schema == "Address":
        spool.put(f"address {entity.id}", 0, _address(entity))


def _document(entity: _Entity) -> list[str]:
    """Return kind, number and country of a Passport or Identification."""
    said = entity.first("type")
    kind = "passport" if entity.schema == "Passport" else said if _KIND.fullmatch(said) else document_kind(said)
    return [kind, entity.first("number") or entity.first("passportNumber"), entity.first("country")]


def _address(entity: _Entity) -> list[str]:
    """Return street, city, postcode and country of an Address."""
    street = ", ".join(filter(None, (entity.first("street"), entity.first("street2"))))
    city = entity.first("city") or entity.first("state") or entity.first("region")
    if not street and not city:
        street = entity.first("full")
    return [street, city, entity.first("postalCode"), entity.first("country")]


def _row(line: Line, encoding: str, spool: Spool) -> SourceRow | None:
    entity = _entity(line, encoding)
    if isinstance(entity, str):
        return refused(line.number, entity, line.raw)
    if entity.schema in _DOCUMENTS or entity.schema == "Address":
        return None
    if entity.schema != "Person":
        return not_a_person(line.number, line.raw)
    if spool.get(f"document {entity.id}").cut:
        return refused(line.number, TOO_MANY_PARTS, line.raw, entity.id)
    return _person(entity, spool).row(line.number, line.raw)


def _person(entity: _Entity, spool: "Spool | _NoParts") -> Draft:
    draft = Draft(entity.id)
    _names(draft, entity)
    for date in entity.texts("birthDate"):
        draft.born(read_birth_date(date))
    for place in entity.texts("birthPlace"):
        draft.birth_place(place)
    for country in (entity.texts("nationality") + entity.texts("citizenship")) or entity.texts("country"):
        draft.nationality(country)
    for gender in entity.texts("gender"):
        draft.gender(gender)
    _numbers(draft, entity, spool)
    _contacts(draft, entity, spool)
    for field in _SPECIAL:
        if entity.properties.get(field):
            draft.drop(field)
    return draft


def _names(draft: Draft, entity: _Entity) -> None:
    names = entity.texts("name")
    if not names:
        draft.name(*(entity.first(part) for part in _NAME_PARTS))
    for name in (*names, *entity.texts("alias"), *entity.texts("previousName")):
        draft.name(name)
    for name in entity.texts("weakAlias"):
        draft.name(name, weak=True)


def _numbers(draft: Draft, entity: _Entity, spool: "Spool | _NoParts") -> None:
    documents = [part.cells for part in spool.get(f"document {entity.id}").parts]
    documents += [_document(part) for part in entity.nested() if part.schema in _DOCUMENTS]
    for kind, number, country in documents:
        draft.identifier(kind, number, country)
    known = {number for _kind, number, _country in documents}
    for name, kind in _NUMBERS:
        for number in entity.texts(name):
            if number not in known:
                draft.identifier(kind, number)
            known.add(number)


def _contacts(draft: Draft, entity: _Entity, spool: "Spool | _NoParts") -> None:
    addresses = [part.cells for key in entity.texts("addressEntity") for part in spool.get(f"address {key}").parts]
    addresses += [_address(part) for part in entity.nested() if part.schema == "Address"]
    for street, city, postcode, country in addresses:
        draft.address(street=street, city=city, postcode=postcode, country=country)
    for text in entity.texts("address") if not addresses else ():
        draft.address(street=text)
    for phone in entity.texts("phone"):
        draft.phone(phone)
    for email in entity.texts("email"):
        draft.email(email)


def read_person(record_id: str, properties: dict[str, list[str]]) -> Record:
    """Return the record of one Person, given alone: a number or an address in an entity of its own is not there.

    Raises:
        RecordError: it has no usable name.
    """
    row = _person(_Entity(record_id, "Person", dict(properties)), _NO_PARTS).row(1, b"")
    if row.record is None:
        raise RecordError("this person has no usable name", hint="give at least one written name with a letter in it")
    return row.record


class _NoParts:
    """What stands for a spool where a person comes alone."""

    @staticmethod
    def get(key: str) -> Group:
        return Group(key, [], cut=False)


_NO_PARTS = _NoParts()


def person_properties(record: Record) -> dict[str, list[str]]:
    """Return all that is known of a person as properties of a Person alone: an address as one text."""
    addresses = [
        ", ".join(filter(None, (each.street, each.postcode, each.city, each.country and each.country.upper())))
        for each in record.addresses
    ]
    found = {**_properties(record), "address": addresses}
    return {name: list(values) for name, values in found.items() if values}


def write_ftm(records: Iterable[Record], file: BinaryIO) -> int:
    """Write records as FollowTheMoney entities; return how many records were written.

    Args:
        records: in any order.
        file: open for writing bytes; gets one entity a line, the parts of a person after the person.
    """
    count = 0
    for record in records:
        file.writelines(ftm_lines(record))
        count += 1
    return count


def ftm_lines(record: Record) -> Iterator[bytes]:
    """Yield the entities of one record, each as a line with its line break; the Person first."""
    documents = [_written_document(record.id, number, record) for number in range(len(record.identifiers))]
    addresses = [_written_address(record.id, number, address) for number, address in enumerate(record.addresses)]
    person = {**_properties(record), "addressEntity": [address["id"] for address in addresses]}
    yield _line(_written(record.id, "Person", person))
    for entity in (*documents, *addresses):
        yield _line(entity)


def _properties(record: Record) -> dict[str, Collection[str]]:
    person: dict[str, Collection[str]] = {
        "name": record.names[:1],
        "alias": record.names[1:],
        "weakAlias": record.weak_names,
        "birthDate": dict.fromkeys(date for each in record.birth_dates for date in _written_dates(each)),
        "birthPlace": record.birth_places,
        "nationality": record.nationalities,
        "gender": [_GENDERS[record.gender]] if record.gender else [],
        "phone": record.phones,
        "email": record.emails,
    }
    for identifier in record.identifiers:
        name = _WRITTEN_NUMBERS.get(identifier.type, "idNumber")
        person[name] = dict.fromkeys((*person.get(name, ()), identifier.number))
    return person


def _written(key: str, schema: str, properties: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    return {
        "id": key,
        "schema": schema,
        "properties": {name: found for name, values in properties.items() if (found := list(values))},
    }


def _written_document(key: str, number: int, record: Record) -> dict[str, Any]:
    identifier = record.identifiers[number]
    schema = "Passport" if identifier.type == "passport" else "Identification"
    country = [identifier.country] if identifier.country else []
    properties: dict[str, Iterable[str]] = {
        "holder": [key],
        "type": [identifier.type],
        "number": [identifier.number],
        "country": country,
    }
    return _written(f"{key}-document-{number + 1}", schema, properties)


def _written_address(key: str, number: int, address: Address) -> dict[str, Any]:
    parts = {"street": address.street, "city": address.city, "postalCode": address.postcode, "country": address.country}
    return _written(f"{key}-address-{number + 1}", "Address", {name: [value] for name, value in parts.items() if value})


def _written_dates(edtf: str) -> list[str]:
    if "/" not in edtf:
        return [edtf.rstrip("~")]
    found = parse_birth_date(edtf)
    if found.first.year == found.last.year and found.first.month == found.last.month:
        return [f"{found.first:%Y-%m}"]
    years = range(found.first.year, found.last.year + 1)
    return [str(year) for year in years] if len(years) <= _MAX_YEARS else []


def _line(entity: dict[str, Any]) -> bytes:
    return msgspec.json.encode(entity) + b"\n"
