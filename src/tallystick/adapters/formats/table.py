"""Reads any CSV with a column mapping.

Rules
 1. The first row that is not empty is the header; every row below it is an entry.
 2. A row whose length differs from the header's is refused alone (empty cells at the end may be missing or too many).
 3. Without an id column the id is `row-` and the line number: stable only as long as nobody inserts lines.
"""

from collections.abc import Iterator
from pathlib import Path

from tallystick.adapters.formats.birth_dates import read_birth_date
from tallystick.adapters.formats.csv_rows import CsvRow, csv_rows
from tallystick.adapters.formats.draft import Draft, refused
from tallystick.adapters.formats.files import FileSource
from tallystick.adapters.formats.mapping import Mapping, checked
from tallystick.adapters.formats.suggest import sniff_delimiter
from tallystick.adapters.formats.texts import opened_text
from tallystick.adapters.formats.written_names import turned
from tallystick.errors import ConfigError, InputError
from tallystick.node.ports import SourceRow


class TableSource(FileSource):
    """A CSV file and the mapping that makes sense of it."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        super().__init__(path)
        self._mapping = checked(mapping)

    def rows(self) -> Iterator[SourceRow]:
        mapping, path = self._mapping, self.paths[0]
        delimiter = mapping.delimiter or sniff_delimiter(path, mapping.encoding)
        header: list[str] = []
        with opened_text(path, self._meter, mapping.encoding or None) as (stream, encoding):
            if encoding == "cp1252" and not mapping.encoding:
                self.warnings.append(
                    f"{path.name} is not UTF-8 and is read as Windows-1252; if not so, name its encoding in the mapping"
                )
            for row in csv_rows(stream, encoding=encoding, delimiter=delimiter):
                if header:
                    yield self._row(row, header)
                elif row.cells is None:
                    yield refused(row.position, row.reason, row.original)
                else:
                    header = self._checked_header(row.cells)
        if not header:
            raise InputError(f"{path.name} has no header", hint="a table needs a first line with the names of its columns")

    def _checked_header(self, cells: list[str]) -> list[str]:
        header = [cell.strip() for cell in cells]
        missing = sorted(self._mapping.columns() - set(header))
        if missing:
            names = ", ".join(missing)
            raise ConfigError(
                f"{self.paths[0].name} has no column {names}", hint="compare the mapping with the first line of the table"
            )
        return header

    def _row(self, row: CsvRow, header: list[str]) -> SourceRow:
        if row.cells is None:
            return refused(row.position, row.reason, row.original)
        missing = len(header) - len(row.cells)
        is_longer = any(cell.strip() for cell in row.cells[len(header) :])
        if is_longer or (missing > 0 and not self._may_lack(header[len(row.cells) :])):
            reason = f"row has {len(row.cells)} cells, header has {len(header)}"
            return refused(row.position, reason, row.original, self._identity(row.cells, header))
        cells = dict(reversed(list(zip(header, row.cells + [""] * missing, strict=False))))
        return self._draft(cells, row.position).row(row.position, row.original)

    def _identity(self, cells: list[str], header: list[str]) -> str:
        return dict(zip(header, cells, strict=False)).get(self._mapping.id, "") if self._mapping.id else ""

    def _may_lack(self, columns: list[str]) -> bool:
        """Tell whether none of the missing columns is one the mapping reads."""
        return not self._mapping.columns() & set(columns)

    def _draft(self, cells: dict[str, str], position: int) -> Draft:
        mapping = self._mapping
        draft = Draft(cells[mapping.id] if mapping.id else f"row-{position}")
        draft.name(*(cells[column].strip() for column in mapping.name_parts))
        for name in self._values(cells, mapping.names):
            draft.name(turned(name) if mapping.family_first else name)
        for name in self._values(cells, mapping.weak_names):
            draft.name(turned(name) if mapping.family_first else name, weak=True)
        for date in self._values(cells, mapping.birth_dates):
            draft.born(read_birth_date(date, month_first=mapping.month_first))
        for place in self._values(cells, mapping.birth_places):
            draft.birth_place(place)
        for nationality in self._values(cells, mapping.nationalities):
            draft.nationality(nationality)
        draft.gender(cells.get(mapping.gender))
        self._rest(draft, cells)
        return draft

    def _rest(self, draft: Draft, cells: dict[str, str]) -> None:
        mapping = self._mapping
        for each in mapping.identifiers:
            for number in self._values(cells, (each.column,)):
                draft.identifier(each.type, number, cells.get(each.country))
        address = {part: cells.get(getattr(mapping, part)) for part in ("street", "city", "postcode", "country")}
        draft.address(**address)
        for phone in self._values(cells, mapping.phones):
            draft.phone(phone)
        for email in self._values(cells, mapping.emails):
            draft.email(email)
        for column in mapping.dropped:
            if cells[column].strip():
                draft.drop(column)

    def _values(self, cells: dict[str, str], columns: tuple[str, ...]) -> Iterator[str]:
        for column in columns:
            cell = cells[column]
            yield from cell.split(self._mapping.separator) if self._mapping.separator else (cell,)
