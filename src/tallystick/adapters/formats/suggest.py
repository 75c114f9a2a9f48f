"""Proposes a mapping for a table: by the words of its header, then by what its first rows hold.

Rules
 1. Delimiter: the one of comma, semicolon, tab and bar that cuts the first rows into the same number of cells, most of them.
 2. A header is compared without case, accents and signs, as a whole and then word by word.
 3. Values decide only where the header says nothing: mail addresses, dates, genders, countries.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from tallystick.adapters.formats.birth_dates import read_birth_date
from tallystick.adapters.formats.countries import country_code
from tallystick.adapters.formats.files import head
from tallystick.adapters.formats.header_words import HEADER_WORDS
from tallystick.adapters.formats.mapping import IdentifierColumn, Mapping, checked
from tallystick.adapters.formats.texts import guess_encoding
from tallystick.errors import InputError

DELIMITERS = ",;\t|"
_SAMPLE_BYTES = 1 << 18
_SAMPLE_ROWS = 200
_MOST = 0.8
_SOME = 2

_SIGNS = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    bare = "".join(char for char in unicodedata.normalize("NFD", spaced.casefold()) if not unicodedata.combining(char))
    return _SIGNS.sub(" ", bare).strip()


FIELDS = tuple(HEADER_WORDS)
"""What a column can be."""
_FIELD = {_plain(word): field for field, words in HEADER_WORDS.items() for word in words.split("|")}


@dataclass(frozen=True, slots=True)
class Table:
    """The beginning of a table: its headers in order, what its first rows hold under each, and how it is cut."""

    columns: dict[str, list[str]]
    delimiter: str
    encoding: str

    def with_fields(self, fields: Sequence[str]) -> dict[str, str]:
        """Return what each column is, given in their order.

        Raises:
            InputError: so many columns there are not.
        """
        if len(fields) != len(self.columns):
            raise InputError(f"the table has {len(self.columns)} columns, not {len(fields)}", hint="say of each what it is")
        return dict(zip(self.columns, fields, strict=True))


def read_table(path: Path) -> Table:
    """Read the beginning of a CSV table.

    Raises:
        InputError: the file cannot be read, or has no header and rows.
    """
    encoding = guess_encoding(head(path, _SAMPLE_BYTES))
    delimiter = sniff_delimiter(path)
    rows = _sample(path, encoding, delimiter)
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise InputError(f"{path.name} has no header to go by", hint="a table needs a first line with the names of its columns")
    header = [cell.strip() for cell in rows[0]]
    places = {name: index for index, name in reversed(list(enumerate(header))) if name}
    columns = {
        name: [row[places[name]].strip() for row in rows[1:] if places[name] < len(row)] for name in dict.fromkeys(header) if name
    }
    return Table(columns, delimiter, encoding)


def suggest_mapping(path: Path) -> Mapping:
    """Propose a mapping for a CSV table.

    Raises:
        InputError: the file cannot be read, or has no header and rows.
    """
    table = read_table(path)
    return _mapping(_fields(table), table)


def fields_of(table: Table) -> dict[str, str]:
    """Propose for each column which of FIELDS it is; empty for none. One at most is the id."""
    fields = _fields(table)
    id_column = _mapping(fields, table).id
    left = {name: "" if field == "id" else field for name, field in fields.items()}
    return {**left, id_column: "id"} if fields.get(id_column) in {"", "id"} else left


def mapping_for(table: Table, fields: dict[str, str], *, family_first: bool, month_first: bool) -> Mapping:
    """Return the mapping of a table whose columns somebody has named, each by one of FIELDS or an empty text.

    Raises:
        ConfigError: no column holds a name.
    """
    found = _mapping(fields, table)
    chosen = next((name for name, field in fields.items() if field == "id"), "")
    return checked(replace(found, id=chosen, family_first=family_first, month_first=month_first))


def _fields(table: Table) -> dict[str, str]:
    fields = {name: field_of(name) for name in table.columns}
    said = set(fields.values())
    for name in [name for name, field in fields.items() if not field]:
        by_values = _field_by_values(table.columns[name])
        fields[name] = "" if by_values in said else by_values
    return fields


def sniff_delimiter(path: Path, encoding: str = "") -> str:
    """Return the delimiter of a CSV file (rule 1); a comma when nothing speaks for any."""
    sample = head(path, _SAMPLE_BYTES)
    encoding = encoding or guess_encoding(sample)
    return max(DELIMITERS, key=lambda delimiter: (_evenness(_rows(sample, encoding, delimiter)), -DELIMITERS.index(delimiter)))


def field_of(header: str) -> str:
    """Return the field a header speaks of, or an empty text."""
    plain = _plain(header)
    if plain in _FIELD:
        return _FIELD[plain]
    numbered = plain.rstrip("0123456789 ")
    if numbered in _FIELD:
        return _FIELD[numbered]
    special = [field for word, field in _FIELD.items() if field == "dropped" and f" {word} " in f" {plain} "]
    words = [word for word in _FIELD if len(word) > len("name") and f" {word} " in f" {plain} "]
    return special[0] if special else _FIELD[max(words, key=len)] if words else ""


def _evenness(rows: list[list[str]]) -> float:
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return 0 if width < len(("two", "cells")) else count / len(rows) + width / 1000


def _sample(path: Path, encoding: str, delimiter: str) -> list[list[str]]:
    return _rows(head(path, _SAMPLE_BYTES), encoding, delimiter)


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


def _field_by_values(values: list[str]) -> str:
    filled = [value for value in values if value][:_SAMPLE_ROWS]
    if not filled:
        return ""

    def mostly(holds: list[bool]) -> bool:
        return sum(holds) >= _MOST * len(filled)

    if mostly(["@" in value and "." in value for value in filled]):
        return "emails"
    if mostly([bool(read_birth_date(value).edtf) and len(value) > len("1964") for value in filled]):
        return "birth_dates"
    if mostly([value.lower() in {"m", "f", "male", "female", "männlich", "weiblich"} for value in filled]):
        return "gender"
    if mostly([not value.isdecimal() and country_code(value) is not None for value in filled]):
        return "nationalities"
    return ""


def _mapping(fields: dict[str, str], table: Table) -> Mapping:
    columns = table.columns

    def of(*wanted: str) -> tuple[str, ...]:
        return tuple(name for field in wanted for name, found in fields.items() if found == field)

    def one(field: str) -> str:
        return next(iter(of(field)), "")

    names, parts = of("names"), of("given", "middle", "family")
    if names and of("given") and not of("family"):  # "Name, Vorname": the name is the family name
        names, parts = names[1:], (*parts, names[0])
    elif names:
        parts = ()
    documents = tuple(
        IdentifierColumn(column=name, type=kind)
        for kind in ("passport", "national_id", "tax_id", "social_security")
        for name in of(kind)
    )
    joined = [value for name in (*names, *of("aliases", "birth_dates", "nationalities")) for value in columns[name]]
    separator = _separator(joined)
    written = [value for name in names for cell in columns[name] for value in (cell.split(separator) if separator else [cell])]
    dates = [value for name in of("birth_dates") for value in columns[name]]
    return Mapping(
        id=_id_column(of("id"), columns),
        names=names + of("aliases"),
        weak_names=of("weak_names"),
        name_parts=parts,
        birth_dates=of("birth_dates"),
        birth_places=of("birth_places"),
        nationalities=of("nationalities"),
        gender=one("gender"),
        identifiers=documents,
        street=one("street"),
        city=one("city"),
        postcode=one("postcode"),
        country=one("country"),
        phones=of("phones"),
        emails=of("emails"),
        dropped=of("dropped"),
        separator=separator,
        family_first=_family_first(written),
        month_first=_month_first(dates),
        delimiter=table.delimiter,
        encoding=table.encoding,
    )


def _id_column(candidates: tuple[str, ...], columns: dict[str, list[str]]) -> str:
    """Return the first candidate, else the first column at all, whose values are all there and all different."""
    for name in (*candidates, *list(columns)[:1]):
        values = columns[name]
        if values and all(values) and len(set(values)) == len(values) and not any(" " in value for value in values):
            return name
    return ""


def _separator(values: list[str]) -> str:
    """Return the sign that joins several values in a cell, if some cells have one."""
    for sign in ";|":
        if sum(sign in value for value in values) >= _SOME:
            return sign
    return ""


def _family_first(values: list[str]) -> bool:
    """Tell whether most names are written `FAMILY, Given`."""
    filled = [value for value in values if value]
    return bool(filled) and sum(value.count(",") == 1 for value in filled) * 2 > len(filled)


def _month_first(values: list[str]) -> bool:
    """Tell whether numbers written with slashes only make sense with the month first."""
    pairs = [found for value in values if (found := re.match(r"(\d{1,2})/(\d{1,2})/\d{4}$", value))]
    return any(int(found[2]) > 12 for found in pairs) and not any(int(found[1]) > 12 for found in pairs)  # noqa: PLR2004
