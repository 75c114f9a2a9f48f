"""Says which column of a table is which field of a record: the mapping file, and a first guess at one.

Rules
 1. A mapping file is TOML or JSON; an unknown key or a column the table lacks is a ConfigError.
 2. The guess goes by the words of the header in the larger languages, then by sample values; it is only a proposal, to be
    read by a human before an import.
 3. Columns with special categories of personal data (religion, health, ...) are listed under `dropped`, never mapped.

Reference: docs/reference/import-formats.md, "Any table".
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from tallystick.adapters.formats.files import head
from tallystick.errors import ConfigError

_MAX_MAPPING_BYTES = 1 << 20


class IdentifierColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A column of document numbers.

    Attributes:
        column: its header.
        type: what the numbers are (passport, national_id, tax_id, ...).
        country: header of the column with the issuing state, if there is one.
    """

    column: str
    type: str = "other"
    country: str = ""


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which column is which field; columns are named by their headers.

    Attributes:
        id: the column with the unique number; empty means that the line number is the id.
        names, weak_names: columns that each hold whole names.
        name_parts: columns that together make one name, in natural order.
        birth_dates, birth_places, nationalities, phones, emails, gender: columns of these fields.
        identifiers: columns of document numbers.
        street, city, postcode, country: columns of the address.
        dropped: columns with special categories; counted, never read.
        separator: splits a cell into several values; empty means one value per cell.
        family_first: a name with a comma is `FAMILY, Given` and is turned round.
        month_first: dates such as 05/03/1964 give the month first.
        two_digit_years: the first of the hundred years that years of two digits lie in; 0 where they are left out.
        delimiter, encoding: of the file; empty means found by looking.
    """

    id: str = ""
    names: tuple[str, ...] = ()
    weak_names: tuple[str, ...] = ()
    name_parts: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    birth_places: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    gender: str = ""
    identifiers: tuple[IdentifierColumn, ...] = ()
    street: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    separator: str = ""
    family_first: bool = False
    month_first: bool = False
    two_digit_years: int = 0
    delimiter: str = ""
    encoding: str = ""

    def columns(self) -> set[str]:
        """Return all headers it names."""
        single = {self.id, self.gender, self.street, self.city, self.postcode, self.country}
        several = (
            self.names,
            self.weak_names,
            self.name_parts,
            self.birth_dates,
            self.birth_places,
            self.nationalities,
            self.phones,
            self.emails,
            self.dropped,
        )
        documents = {name for each in self.identifiers for name in (each.column, each.country)}
        return {name for name in single | documents | {name for names in several for name in names} if name}


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        ConfigError: not TOML or JSON, an unknown key, a wrong type, or no column with a name.
        InputError: the file cannot be read.
    """
    body = head(path, _MAX_MAPPING_BYTES)
    try:
        values: Any = json.loads(body) if body.lstrip()[:1] == b"{" else tomllib.loads(body.decode())
        mapping = msgspec.convert(values, Mapping)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        problem = str(error).lower() if isinstance(error, msgspec.ValidationError) else "neither TOML nor JSON"
        raise ConfigError(f"mapping {path.name} cannot be used: {problem}", hint="see docs/reference/import-formats.md") from None
    return checked(mapping, path.name)


def checked(mapping: Mapping, name: str = "") -> Mapping:
    """Return the mapping if it can make records.

    Raises:
        ConfigError: it has no column with a name, or a delimiter that is not one character.
    """
    if not (mapping.names or mapping.name_parts):
        raise ConfigError(f"mapping {name} has no column with names".replace("  ", " "), hint="set names or name_parts")
    if len(mapping.delimiter) > 1:
        raise ConfigError(f"mapping {name} has a delimiter of several characters", hint="give one character, or leave it out")
    return mapping


def dump_mapping(mapping: Mapping) -> str:
    """Return the mapping as TOML, ready to be edited and given back to `load_mapping`."""
    values = msgspec.to_builtins(mapping)
    identifiers = values.pop("identifiers", ())
    text = "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
    for each in identifiers:
        text += "\n[[identifiers]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in each.items())
    return text


def _toml(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
