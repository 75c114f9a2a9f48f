"""Writes records as CSV for spreadsheets: one row a person, several values in a cell with a bar between them.

Rules
 1. UTF-8 with a byte order mark, by which spreadsheet programs know it. `tallystick import` reads it again, with the mapping
    that `--suggest-mapping` proposes; document numbers and further addresses come back as far as such a mapping can say them.
 2. No cell is a formula to a spreadsheet program: one that begins as a formula does is written behind an apostrophe, which
    `tallystick import` takes away again.
"""

import codecs
import csv
import io
from collections.abc import Iterator

from tallystick.adapters.formats.formula_cells import guarded_cell
from tallystick.model import Address, Identifier, Record

COLUMNS = (
    "id", "name", "alias", "weak alias", "birth date", "birth place", "nationality", "gender", "document numbers", "address",
    "city", "postcode", "country", "phone", "email",
)  # fmt: skip
_BETWEEN = " | "


def sheet_header() -> bytes:
    """Return the first line, the byte order mark before it."""
    return codecs.BOM_UTF8 + _row(COLUMNS)


def sheet_lines(record: Record) -> Iterator[bytes]:
    """Yield the row of a record, with its line break."""
    first = record.addresses[0] if record.addresses else Address()
    several = (record.weak_names, record.birth_dates, record.birth_places, record.nationalities)
    yield _row(
        (
            record.id, record.names[0], _BETWEEN.join(record.names[1:]), *map(_BETWEEN.join, several), record.gender or "",
            _BETWEEN.join(map(_number, record.identifiers)), first.street or "", first.city or "", first.postcode or "",
            first.country or "", _BETWEEN.join(record.phones), _BETWEEN.join(record.emails),
        )
    )  # fmt: skip


def _number(identifier: Identifier) -> str:
    return " ".join(filter(None, (identifier.type, identifier.country, identifier.number)))


def _row(cells: tuple[str, ...]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(map(guarded_cell, cells))
    return line.getvalue().encode()
