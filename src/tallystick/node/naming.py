"""Puts names beside the ids of rows that a linking or a screening wrote: what a person who looks at them needs first.

Does no I/O: rows are CSV in chunks, the first line names the columns; registers are read once more, as chunks of lines, and only
the names of records that stand in the rows are kept.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from tallystick.linkage.engine import Chunks, csv_field

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Named:
    """A column of ids, the column of names that is added for it, and what begins to read the register the ids are of."""

    ids: str
    names: str
    chunks: Callable[[], Chunks]


class _Row(msgspec.Struct):
    """The part of a record that is shown; all else is passed over."""

    id: str
    names: list[str]


_read = msgspec.json.Decoder(_Row).decode


def with_names(rows: Iterable[bytes], columns: Iterable[Named]) -> Iterator[bytes]:
    """Yield rows with the first name of each record behind them.

    Args:
        rows: CSV in chunks of whole rows, the header first.
        columns: which ids to name, in the order the names are added.
    """
    table = csv.reader(io.StringIO(b"".join(rows).decode("utf-8"), newline=""))
    header, *found = table
    wanted = list(columns)
    names = [_names(each, {row[header.index(each.ids)] for row in found}) for each in wanted]
    yield _written([[*header, *(each.names for each in wanted)]])
    places = [header.index(each.ids) for each in wanted]
    for start in range(0, len(found), _BATCH):
        batch = found[start : start + _BATCH]
        yield _written([*row, *(known.get(row[place], "") for place, known in zip(places, names, strict=True))] for row in batch)


def _names(column: Named, ids: set[str]) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for line in (line for chunk in column.chunks() for line in chunk.split(b"\n")):
        if len(known) == len(ids):
            break
        try:
            row = _read(line)
        except (ValueError, RecursionError):  # a line that is no record was told when it was read
            continue
        if row.id in ids and row.names:
            known.setdefault(row.id, row.names[0])
    return known


def _written(rows: Iterable[list[str]]) -> bytes:
    return "".join(",".join(map(csv_field, row)) + "\n" for row in rows).encode()
