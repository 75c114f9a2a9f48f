"""Reads the United Kingdom's consolidated list of financial sanctions targets: CSV of 2014 and of 2022, and XLSX.

Takes names, birth dates and places, nationalities, documents, addresses, gender and contacts; not titles,
positions, regimes, statements of reasons, or the numbers of other lists.

Rules
 1. A target is the group of all rows with one Group ID, wherever they stand; Group Type Individual is a person.
 2. Name 1 to Name 5, then Name 6 (the family name): the natural order. The primary name comes first.
 3. A row of Alias Quality "Low quality" is weak. A name in non-Latin script is a name.
 4. Of Other Information only what is labelled (Gender), (Phone number) or (Email address) is read.
 5. Values in one cell are numbered (1) (2); a document's details belong to the number with the same index.
 6. A row whose length differs from the header's is refused alone; the group goes on without it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tallystick.adapters.formats.birth_dates import read_birth_date
from tallystick.adapters.formats.countries import country_code
from tallystick.adapters.formats.csv_rows import csv_rows
from tallystick.adapters.formats.document_numbers import documents
from tallystick.adapters.formats.draft import Draft, other_kind, refused
from tallystick.adapters.formats.files import FileSource
from tallystick.adapters.formats.numbered import numbered
from tallystick.adapters.formats.spool import TOO_MANY_PARTS, Group, Spool
from tallystick.adapters.formats.texts import opened_text
from tallystick.adapters.formats.workbook import workbook_rows
from tallystick.adapters.formats.xml_entries import no_entries
from tallystick.errors import InputError
from tallystick.node.ports import SourceRow

HEADER = ("Name 6", "Name 1", "Group Type", "Group ID")
_HEADER_WITHIN = 10
_MAX_NATIONALITY_CHARS = 300
_GIVEN = tuple(f"Name {number}" for number in range(1, 6))
_ADDRESS = tuple(f"Address {number}" for number in range(1, 7))
_DOCUMENTS = (
    ("passport", ("Passport Number", "Passport Details")),
    ("national_id", ("National Identification Number", "National Identification Details")),
    ("national_id", ("NI Number", "")),
)
_LABEL = re.compile(r"\(([A-Z][A-Za-z ]{2,40})\)\s*:")
_ORDER = {"primary name": 0, "prime alias": 0, "primary name variation": 1}


@dataclass(frozen=True, slots=True)
class _Cells:
    position: int
    cells: list[str] | None = field(repr=False)
    reason: str
    original: bytes = field(repr=False)


class UkSource(FileSource):
    """An edition of the British list."""

    def rows(self) -> Iterator[SourceRow]:
        with Spool() as spool:
            gathering = _Gathering(spool, self.paths[0].name)
            for row in self._cells():
                problem = gathering.take(row)
                if problem is not None:
                    yield problem
            gathering.finish()
            if not gathering.rows:
                raise no_entries(self.paths[0].name)
            for group in spool.groups():
                yield _row(group, gathering.header)

    def _cells(self) -> Iterator[_Cells]:
        with opened_text(self.paths[0], self._meter) as (stream, encoding):
            for row in csv_rows(stream, encoding=encoding):
                yield _Cells(row.position, row.cells, row.reason, row.original)


class UkWorkbookSource(UkSource):
    """The same as XLSX."""

    def _cells(self) -> Iterator[_Cells]:
        for row in workbook_rows(self.paths[0], self._meter):
            yield _Cells(row.position, row.cells, row.reason, row.original)


class _Gathering:
    """Finds the header and puts the rows below it away by group."""

    def __init__(self, spool: Spool, name: str) -> None:
        self._spool, self._name = spool, name
        self.header: list[str] = []
        self.rows = 0
        self._seen = 0

    def take(self, row: _Cells) -> SourceRow | None:
        """Put a row away; return it refused if it cannot be used."""
        if not self.header:
            self._look_for_header(row.cells or [])
            return None
        self.rows += 1
        if row.cells is None:
            return refused(row.position, row.reason, row.original)
        width = len(self.header)
        if len(row.cells) < width or any(row.cells[width:]):
            return refused(row.position, f"row has {len(row.cells)} cells, header has {width}", row.original)
        cells = dict(zip(self.header, row.cells, strict=False))
        group = cells["Group ID"].strip()
        if not group:
            return refused(row.position, "row has no Group ID", row.original)
        self._spool.put(group, row.position, row.cells[:width], row.original)
        return None

    def finish(self) -> None:
        if not self.header:
            raise InputError(f"{self._name} has no header of the British list", hint="see docs/reference/import-formats.md")

    def _look_for_header(self, cells: Sequence[str]) -> None:
        stripped = [cell.strip() for cell in cells]
        if set(HEADER) <= set(stripped):
            self.header = stripped
        self._seen += 1
        if not self.header and self._seen >= _HEADER_WITHIN:
            self.finish()


def _row(group: Group, header: list[str]) -> SourceRow:
    position, original = group.parts[0].position, b"".join(part.original for part in group.parts)
    if group.cut:
        return refused(position, TOO_MANY_PARTS, original, f"uk:{group.key}")
    rows = [dict(zip(header, part.cells, strict=True)) for part in group.parts]
    if rows[0]["Group Type"].strip().lower() != "individual":
        return other_kind(position, rows[0]["Group Type"], original)
    rows.sort(key=lambda row: _ORDER.get(row.get("Alias Type", "").strip().lower(), 2))
    draft = Draft(f"uk:{group.key}")
    for row in rows:
        _names(draft, row)
    _distinct(draft, rows)
    for address in dict.fromkeys(_address(row) for row in rows):
        draft.address(street=address[0], city=address[1], postcode=address[2], country=address[3])
    return draft.row(position, original)


def _names(draft: Draft, row: dict[str, str]) -> None:
    weak = row.get("Alias Quality", "").strip().lower().startswith("low")
    draft.name(*(row.get(part) for part in _GIVEN), row["Name 6"], weak=weak)
    draft.name(row.get("Name Non-Latin Script"))


def _distinct(draft: Draft, rows: list[dict[str, str]]) -> None:
    """Add what the rows of a group repeat, once each."""
    for date in _values(rows, "DOB"):
        for text in numbered(date).values():
            draft.born(read_birth_date(text))
    for town, country in dict.fromkeys((row.get("Town of Birth", ""), row.get("Country of Birth", "")) for row in rows):
        _birth_places(draft, numbered(town), numbered(country))
    for cell in _values(rows, "Nationality"):
        for text in numbered(cell).values():
            _nationalities(draft, text)
    for kind, columns in _DOCUMENTS:
        for number, details in dict.fromkeys(tuple(row.get(column, "") for column in columns) for row in rows):
            for identifier in documents(kind, number, details):
                draft.identifier(*identifier)
    for information in _values(rows, "Other Information"):
        _labelled(draft, information)


def _values(rows: list[dict[str, str]], column: str) -> list[str]:
    return list(dict.fromkeys(value for row in rows if (value := row.get(column, "").strip())))


def _birth_places(draft: Draft, towns: dict[int, str], countries: dict[int, str]) -> None:
    only = next(iter(countries.values())) if len(set(countries.values())) == 1 else None
    for index in sorted(towns.keys() | countries.keys()):
        draft.birth_place(towns.get(index), countries.get(index) or only)


def _nationalities(draft: Draft, text: str) -> None:
    """Add one nationality, or several that are joined by full stop, comma or "and" if each is known by itself."""
    if country_code(text) is None and len(text) <= _MAX_NATIONALITY_CHARS:
        parts = [part for part in re.split(r"[.,;/]| and ", text) if part.strip()]
        if len(parts) > 1 and any(country_code(part) for part in parts):
            for part in parts:
                if country_code(part):
                    draft.nationality(part)
            return
    draft.nationality(text)


def _address(row: dict[str, str]) -> tuple[str, str, str, str]:
    *street, city = (row.get(part, "").strip(" ,") for part in _ADDRESS)
    return ", ".join(filter(None, street)), city, row.get("Post/Zip Code", "").strip(), row.get("Country", "").strip()


def _labelled(draft: Draft, information: str) -> None:
    labels = list(_LABEL.finditer(information))
    ends = (*(label.start() for label in labels[1:]), len(information))
    for label, end in zip(labels, ends, strict=False):
        add = _TAKEN.get(label[1].lower())
        if add is not None:
            for text in numbered(information[label.end() : end]).values():
                add(draft, text.partition("\n")[0])


_TAKEN: dict[str, Callable[[Draft, str], None]] = {
    "gender": Draft.gender,
    "phone number": Draft.phone,
    "email address": Draft.email,
}


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row is the header of the British list."""
    return set(HEADER) <= {cell.strip() for cell in cells}


def is_workbook(path: Path) -> bool:
    """Tell whether the first rows of a workbook hold the header of the British list."""
    for count, row in enumerate(workbook_rows(path)):
        if row.cells is not None and is_header(row.cells):
            return True
        if count >= _HEADER_WITHIN:
            break
    return False
