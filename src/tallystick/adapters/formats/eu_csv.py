"""Reads the European Union's financial sanctions file as CSV, 1.0 and 1.1.

Takes what `eu` takes from XML; CSV does not say which names are weak.

Rules
 1. One entity has many rows, one for each detail, wherever they stand; they are gathered by the entity's logical id.
 2. The columns of both versions are read under the attribute names of the XML.
 3. Lines that somebody wrapped whole into quotes are unwrapped. Lines of another length than the header are refused.
"""

from collections.abc import Iterator

from tallystick.adapters.formats.csv_rows import csv_rows
from tallystick.adapters.formats.draft import Draft, other_kind, refused
from tallystick.adapters.formats.eu import PERSONS, add_address, add_alias, add_birth, add_document, country_of
from tallystick.adapters.formats.files import FileSource
from tallystick.adapters.formats.spool import TOO_MANY_PARTS, Group, Spool
from tallystick.adapters.formats.texts import opened_text
from tallystick.adapters.formats.xml_entries import no_entries
from tallystick.errors import InputError
from tallystick.node.ports import SourceRow

HEADERS = (
    ("Entity_logical_id", "Subject_type", "Naal_wholename"),
    ("Entity_LogicalId", "Entity_SubjectType", "NameAlias_WholeName"),
)
"""Columns a file must have, in version 1.0 or 1.1."""

_COLUMNS = {
    "entity": {"logicalId": "Entity_logical_id Entity_LogicalId", "code": "Subject_type Entity_SubjectType"},
    "alias": {
        "wholeName": "Naal_wholename NameAlias_WholeName",
        "firstName": "Naal_firstname NameAlias_FirstName",
        "middleName": "Naal_middlename NameAlias_MiddleName",
        "lastName": "Naal_lastname NameAlias_LastName",
        "gender": "Naal_gender NameAlias_Gender",
    },
    "birth": {
        "birthdate": "Birt_date BirthDate_BirthDate",
        "year": "BirthDate_Year",
        "monthOfYear": "BirthDate_Month",
        "dayOfMonth": "BirthDate_Day",
        "yearRangeFrom": "BirthDate_YearRangeFrom",
        "yearRangeTo": "BirthDate_YearRangeTo",
        "circa": "BirthDate_Circa",
        "calendarType": "BirthDate_CalendarType",
        "city": "BirthDate_City",
        "place": "Birt_place BirthDate_Place",
        "region": "BirthDate_Region",
        "countryDescription": "Birt_country BirthDate_CountryDescription",
    },
    "citizenship": {
        "countryIso2Code": "Citi_country Citizenship_CountryIso2Code",
        "countryDescription": "Citizenship_CountryDescription",
    },
    "document": {
        "number": "Iden_number Identification_Number",
        "latinNumber": "Identification_LatinNumber",
        "identificationTypeCode": "Identification_TypeCode",
        "identificationTypeDescription": "Identification_TypeDescription",
        "countryIso2Code": "Iden_country Identification_CountryIso2Code",
    },
    "address": {
        "number": "Addr_number",
        "street": "Addr_street Address_Street",
        "poBox": "Address_PoBox",
        "zipCode": "Addr_zipcode Address_ZipCode",
        "city": "Addr_city Address_City",
        "place": "Address_Place",
        "region": "Address_Region",
        "countryIso2Code": "Addr_country Address_CountryIso2Code",
    },
}
"""For each detail, the columns (of 1.0 and 1.1) that hold its attributes."""

Details = dict[str, dict[str, str]]


def is_header(cells: list[str]) -> bool:
    """Tell whether a row is the header of either version."""
    known = {cell.strip(' "\t\ufeff') for cell in cells}
    return any(set(header) <= known for header in HEADERS)


class EuCsvSource(FileSource):
    """An edition of the European list, CSV."""

    def rows(self) -> Iterator[SourceRow]:
        with Spool() as spool:
            yield from self._gather(spool)
            for group in spool.groups():
                yield _row(group, self._header)

    def _gather(self, spool: Spool) -> Iterator[SourceRow]:
        """Put the rows away by entity; yield those that cannot be read."""
        self._header: list[str] = []
        rows = 0
        with opened_text(self.paths[0], self._meter) as (stream, encoding):
            for row in csv_rows(stream, encoding=encoding, delimiter=";"):
                rows, cells = rows + 1, _unwrapped(row.cells)
                if cells is None:
                    yield refused(row.position, row.reason, row.original)
                elif not self._header:
                    self._header = _checked_header(cells, self.paths[0].name)
                elif len(cells) != len(self._header):
                    yield refused(row.position, f"row has {len(cells)} cells, header has {len(self._header)}", row.original)
                else:
                    spool.put(_details(cells, self._header)["entity"].get("logicalId", ""), row.position, cells, row.original)
        _checked_header(self._header, self.paths[0].name)
        if rows == 1:
            raise no_entries(self.paths[0].name)


def _unwrapped(cells: list[str] | None) -> list[str] | None:
    if cells is not None and len(cells) == 1 and ";" in cells[0]:
        return [cell.strip("\t") for cell in cells[0].split(";")]
    return cells


def _checked_header(cells: list[str], name: str) -> list[str]:
    if not is_header(cells):
        raise InputError(f"{name} has no header of the European CSV", hint="see docs/reference/import-formats.md")
    return [cell.strip() for cell in cells]


def _details(cells: list[str], header: list[str]) -> Details:
    """Return the cells of a row by detail and attribute; of columns with one name the first counts."""
    row = dict(reversed(list(zip(header, (cell.strip() for cell in cells), strict=True))))
    return {
        detail: {
            attribute: value
            for attribute, columns in attributes.items()
            for value in (row.get(column, "") for column in columns.split())
            if value and value != "N/A"
        }
        for detail, attributes in _COLUMNS.items()
    }


def _row(group: Group, header: list[str]) -> SourceRow:
    position, original = group.parts[0].position, b"".join(part.original for part in group.parts)
    if group.cut:
        return refused(position, TOO_MANY_PARTS, original, f"eu:{group.key}" if group.key else "")
    rows = [_details(part.cells, header) for part in group.parts]
    kind = rows[0]["entity"].get("code", "")
    if kind not in PERSONS:
        return other_kind(position, kind, original)
    draft = Draft(f"eu:{group.key}" if group.key else "")
    for row in rows:
        add_alias(draft, row["alias"])
        add_birth(draft, row["birth"])
        draft.nationality(country_of(row["citizenship"]))
        add_document(draft, _document(row["document"]))
        add_address(draft, _address(row["address"]))
    return draft.row(position, original)


def _address(address: dict[str, str]) -> dict[str, str]:
    """Return an address with the number of the house in the street; version 1.0 has a column for it."""
    return {**address, "street": " ".join(filter(None, (address.get("number"), address.get("street"))))}


def _document(document: dict[str, str]) -> dict[str, str]:
    """Return a document with its kind; version 1.0 puts it behind the number: `T123456 (passport-National passport)`."""
    number, _bracket, kind = document.get("number", "").partition("(")
    return {"identificationTypeDescription": kind, **document, "number": number}
