"""Reads the European Union's financial sanctions file, XML 1.1; and what its details mean, for CSV too (`eu_csv`).

Takes names, birth dates and places, citizenships, documents, addresses, gender and contacts; not titles,
functions, remarks, regulations, the EU reference number or the United Nations number.

Rules
 1. A name alias with strong="false" is weak; wholeName counts, else first, middle and last name.
 2. Subject type P or person is a person.
 3. A birth date in another calendar than GREGORIAN is left out; circa makes it about.

Schema: export 1.1 of the Financial Sanctions Files, European Commission.
"""

from collections.abc import Iterator
from typing import Protocol

from tallystick.adapters.formats.birth_dates import OTHER_CALENDAR, Reading, read_birth_date, read_parts, read_years
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft, other_kind, refused
from tallystick.adapters.formats.files import FileSource, opened
from tallystick.adapters.formats.written_names import written_names
from tallystick.adapters.formats.xml_entries import Entry, elements_of, xml_entries
from tallystick.node.ports import SourceRow

ROOT = "export"
PERSONS = frozenset({"P", "person"})
_UNKNOWN_COUNTRY = frozenset({"", "00", "UNKNOWN", "N/A"})


class Attributes(Protocol):
    """A detail of an entity: an XML element, or cells of a row under the names of its attributes."""

    def get(self, key: str, /) -> str | None:
        """Return the value of an attribute."""
        ...


class EuXmlSource(FileSource):
    """An edition of the European list, XML 1.1."""

    def rows(self) -> Iterator[SourceRow]:
        path = self.paths[0]
        with opened(path, self._meter) as stream:
            for entry in xml_entries(stream, path.name, roots=frozenset({ROOT}), entries=frozenset({"sanctionEntity"})):
                yield _xml_row(entry)


def _xml_row(entry: Entry) -> SourceRow:
    if entry.element is None:
        return refused(entry.position, entry.reason, entry.original)
    entity = entry.element
    kinds = [subject.get("classificationCode") or subject.get("code") or "" for subject in elements_of(entity, "subjectType")]
    if not PERSONS & set(kinds):
        return other_kind(entry.position, "".join(kinds), entry.original)
    draft = Draft(f"eu:{logical_id}" if (logical_id := (entity.get("logicalId") or "").strip()) else "")
    for alias in elements_of(entity, "nameAlias"):
        add_alias(draft, alias)
    for birth in elements_of(entity, "birthdate"):
        add_birth(draft, birth)
    for citizenship in elements_of(entity, "citizenship"):
        draft.nationality(country_of(citizenship))
    for document in elements_of(entity, "identification"):
        add_document(draft, document)
    for address in elements_of(entity, "address"):
        add_address(draft, address)
        for contact in elements_of(address, "contactInfo"):
            _contact(draft, contact)
    return draft.row(entry.position, entry.original)


def add_alias(draft: Draft, alias: Attributes) -> None:
    """Add a name and the gender that goes with it."""
    weak = (alias.get("strong") or "").strip().lower() in {"false", "0"}
    parts = (alias.get(part) for part in ("firstName", "middleName", "lastName"))
    for name in written_names(alias.get("wholeName") or " ".join(filter(None, parts))):
        draft.name(name, weak=weak)
    draft.gender(alias.get("gender"))


def add_birth(draft: Draft, birth: Attributes) -> None:
    """Add a birth date and place."""
    draft.born(_birth_date(birth))
    draft.birth_place(*(birth.get(part) for part in ("city", "place", "region")), named(birth.get("countryDescription")))


def add_document(draft: Draft, document: Attributes) -> None:
    """Add the number of a document."""
    kind = document_kind(f"{document.get('identificationTypeCode')} {document.get('identificationTypeDescription')}")
    draft.identifier(kind, document.get("number") or document.get("latinNumber"), country_of(document))


def add_address(draft: Draft, address: Attributes) -> None:
    """Add an address."""
    street = address.get("street") or (f"PO Box {address.get('poBox')}" if address.get("poBox") else None)
    city = address.get("city") or address.get("place") or address.get("region")
    draft.address(street=street, city=city, postcode=address.get("zipCode"), country=country_of(address))


def country_of(detail: Attributes) -> str | None:
    """Return the country of a detail as the list writes it."""
    return named(detail.get("countryIso2Code")) or named(detail.get("countryDescription"))


def named(country: str | None) -> str | None:
    """Return a country unless it is a word for none."""
    return None if country is None or country.strip().upper() in _UNKNOWN_COUNTRY else country


def _birth_date(birth: Attributes) -> Reading:
    about = (birth.get("circa") or "").strip().lower() in {"true", "1"}
    if (birth.get("calendarType") or "GREGORIAN") != "GREGORIAN":
        return Reading("", OTHER_CALENDAR)
    if birth.get("birthdate"):
        reading = read_birth_date(birth.get("birthdate") or "")
        return Reading(reading.edtf + "~") if about and reading.edtf else reading
    if birth.get("year"):
        return read_parts(_number(birth, "year"), _number(birth, "monthOfYear"), _number(birth, "dayOfMonth"), about=about)
    first, last = _number(birth, "yearRangeFrom"), _number(birth, "yearRangeTo")
    return read_years(first or last, last or first, about=about) if first or last else Reading("")


def _number(birth: Attributes, name: str) -> int:
    text = (birth.get(name) or "").strip()[:9]
    return int(text) if text.isdecimal() else 0


def _contact(draft: Draft, contact: Attributes) -> None:
    key = (contact.get("key") or "").lower()
    if "mail" in key:
        draft.email(contact.get("value"))
    elif "phone" in key or "mobile" in key:
        draft.phone(contact.get("value"))
