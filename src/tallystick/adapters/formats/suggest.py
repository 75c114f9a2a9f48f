"""Proposes a mapping for a table: by the words of its header, then by what its first rows hold.

Rules
 1. Values decide only where the header says nothing: mail addresses, dates, genders, countries.
 2. Years of two digits are proposed to be of the hundred years that end with this one.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from tallystick.adapters.formats.birth_dates import TWO_DIGITS, read_birth_date
from tallystick.adapters.formats.countries import country_code
from tallystick.adapters.formats.header_words import FIELDS, field_of
from tallystick.adapters.formats.mapping import IdentifierColumn, Mapping, checked
from tallystick.adapters.formats.table_heads import Table, read_table

__all__ = ["FIELDS", "Table", "fields_of", "mapping_for", "read_table", "suggest_mapping"]


_SAMPLE_ROWS = 200
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(?:\d{2}|\d{4})(?: |\Z)")
_MOST = 0.8
_SOME = 2


def suggest_mapping(path: Path) -> Mapping:
    """Propose a mapping for a table.

    Raises:
        InputError: the file cannot be read, or has no header.
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


class _Columns:
    """The columns of a table by the field they were taken for."""

    def __init__(self, fields: dict[str, str], values: dict[str, list[str]]) -> None:
        self._fields = fields
        self._values = values

    def of(self, *wanted: str) -> tuple[str, ...]:
        """Return the columns of some fields: field by field, each in the order of the table."""
        return tuple(name for field in wanted for name, found in self._fields.items() if found == field)

    def one(self, field: str) -> str:
        """Return the first column of a field; empty where there is none."""
        return next(iter(self.of(field)), "")

    def values(self, names: Iterable[str]) -> list[str]:
        """Return what stands in some columns, one after the other."""
        return [value for name in names for value in self._values[name]]

    def names_and_parts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the columns of whole names, and those of parts of names where there are no whole ones."""
        names, parts = self.of("names"), self.of("given", "middle", "family")
        if names and self.of("given") and not self.of("family"):  # "Name, Vorname": the name is the family name
            return names[1:], (*parts, names[0])
        return names, () if names else parts


def _mapping(fields: dict[str, str], table: Table) -> Mapping:
    columns = _Columns(fields, table.columns)
    of, one = columns.of, columns.one
    names, parts = columns.names_and_parts()
    kinds = ("passport", "national_id", "tax_id", "social_security")
    separator = _separator(columns.values((*names, *of("aliases", "birth_dates", "nationalities"))))
    dates = columns.values(of("birth_dates"))
    return Mapping(
        id=_id_column(of("id"), table.columns), names=names + of("aliases"), weak_names=of("weak_names"), name_parts=parts,
        birth_dates=of("birth_dates"), birth_places=of("birth_places"), nationalities=of("nationalities"), gender=one("gender"),
        identifiers=tuple(IdentifierColumn(column=name, type=kind) for kind in kinds for name in of(kind)),
        street=one("street"), city=one("city"), postcode=one("postcode"), country=one("country"), phones=of("phones"),
        emails=of("emails"), dropped=of("dropped"), separator=separator,
        family_first=_family_first(_parted(columns.values(names), separator)), month_first=_month_first(dates),
        two_digit_years=_two_digit_years(dates), delimiter=table.delimiter, encoding=table.encoding,
    )  # fmt: skip


def _parted(cells: list[str], separator: str) -> list[str]:
    return [value for cell in cells for value in (cell.split(separator) if separator else [cell])]


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
    pairs = [found for value in values if (found := _SLASHED.match(value))]
    return any(int(found[2]) > 12 for found in pairs) and not any(int(found[1]) > 12 for found in pairs)  # noqa: PLR2004


def _two_digit_years(values: list[str]) -> int:
    """Return the first of the hundred years that end with this one where some dates leave the century out; else 0."""
    return datetime.now(UTC).year - 99 if any(read_birth_date(value).problem == TWO_DIGITS for value in values) else 0
