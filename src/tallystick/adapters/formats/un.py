"""Reads the United Nations Security Council Consolidated List, XML.

Takes names, dates and places of birth, nationalities, documents, gender and addresses; not titles, designations,
comments or reference numbers.

Rules
 1. FIRST_NAME to FOURTH_NAME, in that order, are the name; NAME_ORIGINAL_SCRIPT is another.
 2. An alias of quality Low is weak; one without quality or with any other is a name. Several in one field are
    separated by semicolons.
 3. Of a date of birth the most exact of DATE, YEAR and FROM_YEAR to TO_YEAR counts; APPROXIMATELY makes it about.
 4. Birth dates given inside an alias belong to that false identity's papers; they are further dates of the person.
 5. An ENTITY is no person.

Schema: https://scsanctions.un.org/resources/xml (sc-sanctions.xsd).
"""

from collections.abc import Iterator

from lxml import etree

from tallystick.adapters.formats.birth_dates import NOT_UNDERSTOOD, Reading, read_birth_date, read_years
from tallystick.adapters.formats.document_numbers import documents
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft, not_a_person, refused
from tallystick.adapters.formats.files import FileSource, opened
from tallystick.adapters.formats.written_names import written_names
from tallystick.adapters.formats.xml_entries import Entry, elements_of, text_of, texts_of, xml_entries
from tallystick.node.ports import SourceRow

ROOT = "CONSOLIDATED_LIST"
_ENTRIES = frozenset({"INDIVIDUAL", "ENTITY"})
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_PLACE_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY")


class UnSource(FileSource):
    """An edition of the United Nations list."""

    def rows(self) -> Iterator[SourceRow]:
        path = self.paths[0]
        with opened(path, self._meter) as stream:
            for entry in xml_entries(stream, path.name, roots=frozenset({ROOT}), entries=_ENTRIES):
                yield _row(entry)


def _row(entry: Entry) -> SourceRow:
    if entry.tag == "ENTITY":
        return not_a_person(entry.position)
    if entry.element is None:
        return refused(entry.position, entry.reason, entry.original)
    person = entry.element
    draft = Draft(f"un:{data_id}" if (data_id := text_of(person, "DATAID")) else "")
    _names(draft, person)
    for birth in elements_of(person, "INDIVIDUAL_DATE_OF_BIRTH"):
        draft.born(_birth_date(birth))
    for place in elements_of(person, "INDIVIDUAL_PLACE_OF_BIRTH"):
        draft.birth_place(*(text_of(place, part) for part in _PLACE_PARTS))
    for nationality in texts_of(person, "NATIONALITY/VALUE"):
        draft.nationality(nationality)
    for document in elements_of(person, "INDIVIDUAL_DOCUMENT"):
        _document(draft, document)
    for address in elements_of(person, "INDIVIDUAL_ADDRESS"):
        _address(draft, address)
    draft.gender(text_of(person, "GENDER"))
    return draft.row(entry.position, entry.original)


def _names(draft: Draft, person: etree._Element) -> None:
    draft.name(*(text_of(person, part) for part in _NAME_PARTS))
    draft.name(text_of(person, "NAME_ORIGINAL_SCRIPT"))
    for alias in elements_of(person, "INDIVIDUAL_ALIAS"):
        weak = text_of(alias, "QUALITY").lower() == "low"
        for field in text_of(alias, "ALIAS_NAME").split(";"):
            for name in written_names(field):
                draft.name(name, weak=weak)
        draft.born(read_birth_date(text_of(alias, "DATE_OF_BIRTH")))


def _birth_date(birth: etree._Element) -> Reading:
    about = text_of(birth, "TYPE_OF_DATE").upper() == "APPROXIMATELY"
    exact = text_of(birth, "DATE") or text_of(birth, "YEAR")
    if exact:
        return _about(read_birth_date(exact), about=about)
    first, last = text_of(birth, "FROM_YEAR"), text_of(birth, "TO_YEAR")
    if first or last:
        return _years(first or last, last or first, about=about)
    return read_birth_date(text_of(birth, "NOTE"))


def _about(reading: Reading, *, about: bool) -> Reading:
    needs_mark = about and reading.edtf and "~" not in reading.edtf
    return Reading(reading.edtf + "~") if needs_mark else reading


def _years(first: str, last: str, *, about: bool) -> Reading:
    if first.isdecimal() and last.isdecimal():
        return read_years(int(first[:9]), int(last[:9]), about=about)
    return Reading("", NOT_UNDERSTOOD)


def _document(draft: Draft, document: etree._Element) -> None:
    kind = document_kind(" ".join((text_of(document, "TYPE_OF_DOCUMENT"), text_of(document, "TYPE_OF_DOCUMENT2"))))
    country = text_of(document, "ISSUING_COUNTRY") or text_of(document, "COUNTRY_OF_ISSUE")
    for found in documents(kind, text_of(document, "NUMBER"), ""):
        draft.identifier(found.kind, found.number, country or found.country)


def _address(draft: Draft, address: etree._Element) -> None:
    draft.address(
        street=text_of(address, "STREET"),
        city=text_of(address, "CITY") or text_of(address, "STATE_PROVINCE"),
        postcode=text_of(address, "ZIP_CODE"),
        country=text_of(address, "COUNTRY"),
    )
