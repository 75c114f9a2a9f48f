"""Reads what people know: which pairs are one person (CSV), and how one name part is written twice (TSV).

Rules
 1. A truth is CSV with a header; the columns `id_a` and `id_b` count, or the first two when they are not there.
 2. Pairs of writings are lines of two columns with a tab between them; what stands behind them is ignored.
 3. A line without two values is refused with its number, never with its content.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from tallystick.adapters.formats.files import Meter, opened
from tallystick.errors import InputError


def read_truth(path: Path) -> frozenset[tuple[str, str]]:
    """Return the pairs (id in a, id in b) of a truth file.

    Raises:
        InputError: it cannot be read, is not CSV in UTF-8, or a row has no two ids.
    """
    rows = csv.reader(_lines(path))
    header = next(rows, [])
    at_a, at_b = (header.index("id_a"), header.index("id_b")) if {"id_a", "id_b"} <= set(header) else (0, 1)
    pairs = set()
    for row in rows:
        if not row:
            continue
        if len(row) <= max(at_a, at_b) or not row[at_a] or not row[at_b]:
            raise InputError(f"{path.name}: line {rows.line_num} has no two ids", hint="write id_a,id_b on every line")
        pairs.add((row[at_a], row[at_b]))
    return frozenset(pairs)


def read_writings(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the pairs of writings of a file.

    Raises:
        InputError: it cannot be read, or a line has no two columns.
    """
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            x, tab, rest = line.rstrip("\r\n").partition("\t")
            if not tab:
                raise InputError(f"{path.name}: line {number} has no two columns", hint="put a tab between the two writings")
            yield x, rest.partition("\t")[0]


def _lines(path: Path) -> Iterator[str]:
    with opened(path, Meter()) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        try:
            yield from text
        except UnicodeDecodeError:
            raise InputError(f"{path.name} is not UTF-8", hint="save it as UTF-8") from None
