"""Reads the European Union's financial sanctions file: XML 1.1 and CSV 1.0.

Takes names, birth dates and places, citizenships, documents, addresses, gender and contacts; not titles,
functions, remarks, regulations, the EU reference number or the United Nations number.

Rules
 1. A name alias with strong="false" is weak (CSV 1.0 does not say); wholeName counts, else first, middle and last.
 2. Subject type P or person is a person; anything else is none.
 3. A birth date in another calendar than GREGORIAN is left out; circa makes it about.
 4. In CSV 1.0 one entity has many rows, one per detail; they are gathered by Entity_logical_id. Lines that somebody
    wrapped whole into quotes are unwrapped.

Schema: export 1.1 of the Financial Sanctions Files, European Commission.
"""

from collections.abc import Iterator

from lxml import etree

from tallystick.adapters.formats.birth_dates import OTHER_CALENDAR, Reading, read_birth_date, read_parts, read_years
from tallystick.adapters.formats.csv_rows import csv_rows
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.draft import Draft, other_kind, refused
from tallystick.adapters.formats.files import FileSource, opened
from tallystick.adapters.formats.spool import TOO_MANY_PARTS, Group, Part, Spool
from tallystick.adapters.formats.texts import opened_text
from tallystick.adapters.formats.written_names import written_names
from tallystick.adapters.formats.xml_entries import Entry, elements_of, no_entries, xml_entries
from tallystick.errors import InputError
from tallystick.node.ports import SourceRow

ROOT = "export"
CSV_HEADER = ("Entity_logical_id", "Subject_type", "Naal_wholename")
_UNKNOWN_COUNTRY = frozenset({"", "00", "UNKNOWN", "N/A"})


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
    if not {"P", "person"} & set(kinds):
        return other_kind(entry.position, "".join(kinds), entry.original)
    draft = Draft(f"eu:{logical_id}" if (logical_id := (entity.get("logicalId") or "").strip()) else "")
    for alias in elements_of(entity, "nameAlias"):
        _alias(draft, alias)
    for birth in elements_of(entity, "birthdate"):
        draft.born(_birth_date(birth))
        draft.birth_place(*(birth.get(part) for part in ("city", "place", "region")), _named(birth.get("countryDescription")))
    for citizenship in elements_of(entity, "citizenship"):
        draft.nationality(_country(citizenship))
    for document in elements_of(entity, "identification"):
        kind = document_kind(f"{document.get('identificationTypeCode')} {document.get('identificationTypeDescription')}")
        draft.identifier(kind, document.get("number") or document.get("latinNumber"), _country(document))
    for address in elements_of(entity, "address"):
        _address(draft, address)
    return draft.row(entry.position, entry.original)


def _alias(draft: Draft, alias: etree._Element) -> None:
    weak = (alias.get("strong") or "").strip().lower() in {"false", "0"}
    whole = alias.get("wholeName") or " ".join(
        filter(None, (alias.get(part) for part in ("firstName", "middleName", "lastName")))
    )
    for name in written_names(whole):
        draft.name(name, weak=weak)
    draft.gender(alias.get("gender"))


def _birth_date(birth: etree._Element) -> Reading:
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


def _number(element: etree._Element, name: str) -> int:
    text = (element.get(name) or "").strip()[:9]
    return int(text) if text.isdecimal() else 0


def _address(draft: Draft, address: etree._Element) -> None:
    street = address.get("street") or (f"PO Box {address.get('poBox')}" if address.get("poBox") else None)
    city = address.get("city") or address.get("place") or address.get("region")
    draft.address(street=street, city=city, postcode=address.get("zipCode"), country=_country(address))
    for contact in elements_of(address, "contactInfo"):
        key = (contact.get("key") or "").lower()
        if "mail" in key:
            draft.email(contact.get("value"))
        elif "phone" in key or "mobile" in key:
            draft.phone(contact.get("value"))


def _country(element: etree._Element) -> str | None:
    return _named(element.get("countryIso2Code")) or _named(element.get("countryDescription"))


def _named(country: str | None) -> str | None:
    return None if country is None or country.strip().upper() in _UNKNOWN_COUNTRY else country


class EuCsvSource(FileSource):
    """An edition of the European list, CSV 1.0."""

    def rows(self) -> Iterator[SourceRow]:
        with Spool() as spool:
            yield from self._gather(spool)
            for group in spool.groups():
                yield _csv_row(group, self._header)

    def _gather(self, spool: Spool) -> Iterator[SourceRow]:
        """Put the rows away by entity; yield those that cannot be read."""
        self._header: list[str] = []
        rows = 0
        with opened_text(self.paths[0], self._meter) as (stream, encoding):
            for row in csv_rows(stream, encoding=encoding, delimiter=";"):
                rows, cells = rows + 1, row.cells
                if cells is not None and len(cells) == 1 and ";" in cells[0]:
                    cells = [cell.strip("\t") for cell in cells[0].split(";")]
                if cells is None:
                    yield refused(row.position, row.reason, row.original)
                elif not self._header:
                    self._header = _header(cells, self.paths[0].name)
                elif len(cells) != len(self._header):
                    yield refused(row.position, f"row has {len(cells)} cells, header has {len(self._header)}", row.original)
                else:
                    spool.put(cells[self._header.index("Entity_logical_id")], row.position, cells, row.original)
        _header(self._header, self.paths[0].name)
        if rows == 1:
            raise no_entries(self.paths[0].name)


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    if not set(CSV_HEADER) <= set(header):
        raise InputError(f"{name} has no header of the European CSV 1.0", hint="see docs/reference/import-formats.md")
    return header


def _csv_row(group: Group, header: list[str]) -> SourceRow:
    position, original = group.parts[0].position, b"".join(part.original for part in group.parts)
    if group.cut:
        return refused(position, TOO_MANY_PARTS, original)
    rows = [_details(part, header) for part in group.parts]
    if rows[0]["Subject_type"].strip().upper() not in {"P", "PERSON"}:
        return other_kind(position, rows[0]["Subject_type"], original)
    draft = Draft(f"eu:{group.key.strip()}" if group.key.strip() else "")
    for row in rows:
        whole = row["Naal_wholename"].strip() or " ".join(row[f"Naal_{part}name"] for part in ("first", "middle", "last"))
        for name in written_names(whole):
            draft.name(name)
        draft.gender(row["Naal_gender"])
        draft.born(read_birth_date(row["Birt_date"] if row["Birt_date"] != "N/A" else ""))
        draft.birth_place(row["Birt_place"], _named(row["Birt_country"]))
        draft.nationality(_named(row["Citi_country"]))
        number, _bracket, kind = row["Iden_number"].partition("(")  # "T123456 (passport-National passport)"
        draft.identifier(document_kind(kind), number, _named(row["Iden_country"]))
        street = " ".join(filter(None, (row["Addr_number"], row["Addr_street"])))
        draft.address(street=street, city=row["Addr_city"], postcode=row["Addr_zipcode"], country=_named(row["Addr_country"]))
    return draft.row(position, original)


class _Details(dict[str, str]):
    """Cells by the first header of that name; a column the file lacks is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _details(part: Part, header: list[str]) -> _Details:
    return _Details(reversed(list(zip(header, part.cells, strict=True))))
