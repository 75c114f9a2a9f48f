"""Reads any table, CSV or the first sheet of a workbook, with a column mapping.

Rules
 1. The header is the first row, within HEADER_WITHIN, that has the columns the mapping names. Every row below it is an entry; a
    row above it with one cell (a title, `sep=;`) is none, and one with more is refused: it may be a person in the wrong place.
 2. A row whose length differs from the header's is refused alone (empty cells at the end may be missing or too many).
 3. Without an id column the id is `row-` and the line number: stable only as long as nobody inserts lines.
"""

from collections.abc import Iterator
from pathlib import Path

from tallystick.adapters.formats.birth_dates import read_birth_date
from tallystick.adapters.formats.csv_rows import CsvRow, csv_rows
from tallystick.adapters.formats.draft import Draft, refused
from tallystick.adapters.formats.files import FileSource
from tallystick.adapters.formats.formula_cells import plain_cell
from tallystick.adapters.formats.mapping import Mapping, checked
from tallystick.adapters.formats.table_heads import HEADER_WITHIN, header_of, sniff_delimiter, table_encoding, table_sample
from tallystick.adapters.formats.texts import opened_text
from tallystick.adapters.formats.workbook import is_xlsx, workbook_rows
from tallystick.adapters.formats.written_names import turned
from tallystick.errors import ConfigError, Error, InputError
from tallystick.node.ports import SourceRow


class TableSource(FileSource):
    """A table and the mapping that makes sense of it."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        super().__init__(path)
        self._mapping = checked(mapping)

    def rows(self) -> Iterator[SourceRow]:
        header: list[str] = []
        above: list[CsvRow] = []
        for row in self._cut():
            if header:
                yield self._row(row, header)
            elif self._mapping.columns() <= set(header_of(row.cells or ())):
                header = header_of(row.cells or ())
                yield from _refused_above(above)
            else:
                above.append(row)
            if not header and len(above) >= HEADER_WITHIN:
                break
        if not header:
            raise self._no_header([header_of(row.cells) for row in above if row.cells])
        self._warn_of_twice(header)

    def _cut(self) -> Iterator[CsvRow]:
        """Yield the rows of the file, those above the header among them."""
        mapping, path = self._mapping, self.paths[0]
        if is_xlsx(path):
            yield from workbook_rows(path, self._meter, sheets=1)
            return
        sample = table_sample(path)
        encoding = mapping.encoding or table_encoding(sample)
        delimiter = mapping.delimiter or sniff_delimiter(sample, encoding)
        if not mapping.encoding and not encoding.startswith("utf"):
            self.warnings.append(
                f"{path.name} is not UTF-8 and is read as {encoding}; if names look wrong, name its encoding in the mapping"
            )
        with opened_text(path, self._meter, encoding) as (stream, read_as):
            yield from csv_rows(stream, encoding=read_as, delimiter=delimiter)

    def _no_header(self, above: list[list[str]]) -> Error:
        """Return the error for a table none of whose first rows has the columns of the mapping."""
        name = self.paths[0].name
        if not above:
            return InputError(f"{name} has no header", hint="a table needs a line with the names of its columns")
        missing = min((sorted(self._mapping.columns() - set(cells)) for cells in above), key=len)
        return ConfigError(
            f"{name} has no column {', '.join(missing)}",
            hint="compare the mapping with the line of the table that names its columns",
        )

    def _warn_of_twice(self, header: list[str]) -> None:
        twice = sorted(column for column in self._mapping.columns() if header.count(column) > 1)
        if twice:
            self.warnings.append(f"several columns are called {', '.join(twice)}; of each name the first was read")

    def _row(self, row: CsvRow, header: list[str]) -> SourceRow:
        if row.cells is None:
            return refused(row.position, row.reason, row.original)
        missing = len(header) - len(row.cells)
        is_longer = any(cell.strip() for cell in row.cells[len(header) :])
        if is_longer or (missing > 0 and not self._may_lack(header[len(row.cells) :])):
            reason = f"row has {len(row.cells)} cells, header has {len(header)}"
            return refused(row.position, reason, row.original, self._identity(row.cells, header))
        written = map(plain_cell, row.cells + [""] * missing)
        cells = dict(reversed(list(zip(header, written, strict=False))))
        cells.pop("", None)  # a column without a name is none
        return self._draft(cells, row.position).row(row.position, row.original)

    def _identity(self, cells: list[str], header: list[str]) -> str:
        return next(
            (plain_cell(cell) for column, cell in zip(header, cells, strict=False) if column and column == self._mapping.id), ""
        )

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
            draft.born(read_birth_date(date, month_first=mapping.month_first, two_digit_years=mapping.two_digit_years))
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


def _refused_above(rows: list[CsvRow]) -> Iterator[SourceRow]:
    """Yield what stands above the header and is no title: one cell is a title, more may be a person in the wrong place."""
    for row in rows:
        if row.cells is None or sum(bool(cell.strip()) for cell in row.cells) > 1:
            yield refused(row.position, row.reason or "row stands above the line that names the columns", row.original)
