"""The beginning of a table: how it is cut and encoded, which row is its header, what stands under it.

Rules
 1. Delimiter: the one of comma, semicolon, tab and bar that cuts the first rows into the same number of cells, most of them.
 2. Encoding: as of any text (`texts`); where that would be Windows-1252, the one of another script that the bytes tell
    (`encodings`), else the one of Latin letters in which most cells of the header are words known here.
 3. Header: the first row that has something in half of the cells of the widest. What stands above it (a title, `sep=;`) is no
    row. Of several columns with one name the first counts; one without a name is none.
 4. Of a workbook the first sheet is the table.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tallystick.adapters.formats.encodings import other_script
from tallystick.adapters.formats.files import head
from tallystick.adapters.formats.header_words import field_of
from tallystick.adapters.formats.texts import guess_encoding
from tallystick.adapters.formats.workbook import is_xlsx, workbook_rows
from tallystick.errors import InputError

DELIMITERS = ",;\t|"
HEADER_WITHIN = 20
"""So many rows of a table may stand above its header."""
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
_SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Table:
    """The beginning of a table.

    Attributes:
        columns: its headers in order, and what its first rows hold under each.
        delimiter: how it is cut; empty for a workbook.
        encoding: Python's name; empty for a workbook.
        twice: headers that several columns have.
    """

    columns: dict[str, list[str]]
    delimiter: str = ""
    encoding: str = ""
    twice: tuple[str, ...] = ()

    def with_fields(self, fields: Sequence[str]) -> dict[str, str]:
        """Return what each column is, given in their order.

        Raises:
            InputError: so many columns there are not.
        """
        if len(fields) != len(self.columns):
            raise InputError(f"the table has {len(self.columns)} columns, not {len(fields)}", hint="say of each what it is")
        return dict(zip(self.columns, fields, strict=True))


def read_table(path: Path) -> Table:
    """Read the beginning of a table: CSV or a workbook.

    Raises:
        InputError: the file cannot be read, or has no header.
    """
    if is_xlsx(path):
        cells = (row.cells for row in workbook_rows(path, sheets=1) if row.cells is not None)
        return _table(list(islice(cells, _SAMPLE_ROWS)), path.name)
    sample = head(path, _SAMPLE_BYTES)
    encoding = table_encoding(sample)
    delimiter = sniff_delimiter(sample, encoding)
    return _table(_rows(sample, encoding, delimiter), path.name, delimiter, encoding)


def table_encoding(sample: bytes) -> str:
    """Return the encoding of a table, from its beginning (rule 2)."""
    guessed = guess_encoding(sample)
    if guessed != "cp1252":
        return guessed
    return other_script(sample) or max(_LATIN, key=lambda each: (_known_headers(sample, each), -_LATIN.index(each)))


def sniff_delimiter(sample: bytes, encoding: str) -> str:
    """Return the delimiter of a CSV table, from its beginning (rule 1); a comma when nothing speaks for any."""
    return max(DELIMITERS, key=lambda delimiter: (_evenness(_rows(sample, encoding, delimiter)), -DELIMITERS.index(delimiter)))


def header_of(cells: Iterable[str]) -> list[str]:
    """Return the names of columns as a header writes them."""
    return [cell.strip() for cell in cells]


def table_sample(path: Path) -> bytes:
    """Return the beginning of a CSV file, as much as is looked at."""
    return head(path, _SAMPLE_BYTES)


def _known_headers(sample: bytes, encoding: str) -> int:
    rows = _rows(sample, encoding, sniff_delimiter(sample, encoding))
    return sum(bool(field_of(cell)) for cell in _header(rows)) if rows else 0


def _header(rows: list[list[str]]) -> list[str]:
    return rows[_header_place(rows)]


def _header_place(rows: list[list[str]]) -> int:
    widest = max(max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0) for row in rows)
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[: HEADER_WITHIN + 1]]
    return next((place for place, count in enumerate(filled) if count * 2 >= widest), 0)


def _table(rows: list[list[str]], name: str, delimiter: str = "", encoding: str = "") -> Table:
    if not rows or not any(map(str.strip, _header(rows))):
        raise InputError(f"{name} has no header to go by", hint="a table needs a line with the names of its columns")
    place = _header_place(rows)
    header = header_of(rows[place])
    places = {column: index for index, column in reversed(list(enumerate(header))) if column}
    columns = {
        column: [row[places[column]].strip() for row in rows[place + 1 :] if places[column] < len(row)]
        for column in dict.fromkeys(header)
        if column
    }
    twice = tuple(column for column, count in Counter(header).items() if column and count > 1)
    return Table(columns, delimiter, encoding, twice)


def _evenness(rows: list[list[str]]) -> float:
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return 0 if width < len(("two", "cells")) else count / len(rows) + width / 1000


def _rows(sample: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    text = sample.decode(encoding, "replace").removeprefix("\ufeff")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error:
        return rows
    return rows
