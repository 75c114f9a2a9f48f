"""Reads a file of a known list whole, or up to where it breaks."""

from pathlib import Path

import pytest

from tallystick.adapters.formats import Mapping, open_source
from tallystick.errors import InputError
from tallystick.node.ports import SourceRow

PEOPLE = Mapping(id="Nr", name_parts=("Vorname", "Name"), birth_dates=("Geburtsdatum",))
"""How the table of the samples is read."""


def read(path: Path, body: bytes | str, kind: str | None = None) -> list[SourceRow]:
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return list(open_source(path, format=kind, mapping=PEOPLE if kind == "table" else None).rows())


def read_to_the_break(path: Path, body: bytes, kind: str) -> tuple[list[SourceRow], InputError]:
    path.write_bytes(body)
    source = open_source(path, format=kind, mapping=PEOPLE if kind == "table" else None)
    rows: list[SourceRow] = []
    with pytest.raises(InputError) as caught:
        rows.extend(source.rows())
    return rows, caught.value
