"""Reads the United States' lists (OFAC) in the "enhanced XML" format, such as CONS_ENHANCED.XML.

Takes names, dates and places of birth, nationalities, documents, addresses, gender and contacts; not titles,
remarks, programmes, relationships, or other features.

Rules
 1. Entity type Individual is a person; the entity's id is the number the CSV files give it.
 2. A name with isLowQuality true is weak. Each translation is a name: given before family name, except in
    Chinese, Japanese and Korean script.
 3. Features and documents are known by the words of their type, not by the publisher's reference numbers.
"""

from collections.abc import Iterator

from lxml import etree

from tallystick.adapters.formats.birth_dates import Reading, read_birth_date, read_days
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft, other_kind, refused
from tallystick.adapters.formats.files import FileSource, opened
from tallystick.adapters.formats.written_names import turned
from tallystick.adapters.formats.xml_entries import Entry, elements_of, text_of, xml_entries
from tallystick.node.ports import SourceRow

ROOT = "sanctionsData"
FAMILY_FIRST = frozenset({"chinese simplified", "chinese traditional", "hangul", "japanese", "korean"})
_STREET = ("ADDRESS1", "ADDRESS2", "ADDRESS3")


class OfacEnhancedSource(FileSource):
    """An edition of an American list, enhanced XML."""

    def rows(self) -> Iterator[SourceRow]:
        path = self.paths[0]
        with opened(path, self._meter) as stream:
            for entry in xml_entries(stream, path.name, roots=frozenset({ROOT}), entries=frozenset({"entity"})):
                yield _row(entry)


def _row(entry: Entry) -> SourceRow:
    if entry.element is None:
        return refused(entry.position, entry.reason, entry.original)
    entity = entry.element
    kind = text_of(entity, "generalInfo/entityType")
    if kind != "Individual":
        return other_kind(entry.position, kind, entry.original)
    draft = Draft(f"ofac:{number}" if (number := (entity.get("id") or "").strip()) else "")
    for name in elements_of(entity, "names/name"):
        weak = text_of(name, "isLowQuality").lower() == "true"
        for translation in elements_of(name, "translations/translation"):
            draft.name(*_name(translation), weak=weak)
    for feature in elements_of(entity, "features/feature"):
        _feature(draft, feature)
    for document in elements_of(entity, "identityDocuments/identityDocument"):
        draft.identifier(
            document_kind(text_of(document, "type")), text_of(document, "documentNumber"), text_of(document, "issuingCountry")
        )
    for address in elements_of(entity, "addresses/address"):
        _address(draft, address)
    return draft.row(entry.position, entry.original)


def _name(translation: etree._Element) -> tuple[str, ...]:
    given, family = text_of(translation, "formattedFirstName"), text_of(translation, "formattedLastName")
    if not given and not family:
        return (turned(text_of(translation, "formattedFullName")),)
    if text_of(translation, "script").lower() in FAMILY_FIRST:
        return (family + given,)
    return given, family


def _feature(draft: Draft, feature: etree._Element) -> None:
    value = text_of(feature, "value")
    match text_of(feature, "type").strip(" :").lower():
        case "birthdate":
            draft.born(_birth_date(feature, value))
        case "place of birth":
            draft.birth_place(value)
        case "nationality country" | "citizenship country" | "nationality" | "citizenship":
            draft.nationality(value)
        case "gender":
            draft.gender(value)
        case "email address":
            draft.email(value)
        case "phone number":
            draft.phone(value)


def _birth_date(feature: etree._Element, value: str) -> Reading:
    reading = read_birth_date(value)
    date = next(elements_of(feature, "valueDate"), None)
    if reading.edtf or date is None:
        return reading
    first, last = _day(text_of(date, "fromDateBegin")), _day(text_of(date, "toDateEnd"))
    if first is None or last is None:
        return reading
    return read_days(first, last, about=text_of(date, "isApproximate") == "true")


def _day(text: str) -> tuple[int, int, int] | None:
    parts = text[:10].split("-")
    if len(parts) != len(("year", "month", "day")) or not all(part.isdecimal() for part in parts):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def _address(draft: Draft, address: etree._Element) -> None:
    parts: dict[str, str] = {}
    for part in elements_of(address, "translations/translation/addressParts/addressPart"):
        parts.setdefault(text_of(part, "type").upper(), text_of(part, "value"))
    draft.address(
        street=", ".join(filter(None, (parts.get(line) for line in _STREET))),
        city=parts.get("CITY") or parts.get("STATE/PROVINCE") or parts.get("REGION"),
        postcode=parts.get("POSTAL CODE"),
        country=text_of(address, "country"),
    )
