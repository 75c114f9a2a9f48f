"""Cuts a CSV stream into rows, each with its line number and its untouched bytes.

Knows no list. The rows of one file may be broken in any way; none stops the others.

Rules
 1. A field in quotes may run over several lines, but over no more than MAX_LINES and MAX_LINE_BYTES; where the
    closing quote is missing, or the row so made is of another width than the one before, the first line alone is
    refused and reading goes on with the second.
 2. A line that is not in the file's encoding, or too long, is refused alone.
 3. Empty lines, and the lone Ctrl-Z that some publishers end a file with, are no rows.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from tallystick.adapters.formats.files import Content
from tallystick.adapters.formats.texts import MAX_LINE_BYTES, Line, lines

MAX_LINES = 200

TOO_LONG = f"line is longer than {MAX_LINE_BYTES} bytes; its original is cut"
NOT_CLOSED = "a quoted field is not closed"
NOT_CSV = "not readable as CSV"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: number of its first line, its cells (None when refused), the reason, and its bytes."""

    position: int
    cells: list[str] | None = field(repr=False)
    reason: str
    original: bytes = field(repr=False)


def csv_rows(stream: Content, *, encoding: str, delimiter: str = ",") -> Iterator[CsvRow]:
    """Yield the rows of a CSV stream, good and refused."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_BYTES))
    cutter = _Cutter(lines(stream), encoding, delimiter)
    while (line := cutter.next_line()) is not None:
        if line.raw.strip(b"\x1a\r\n \t"):
            yield cutter.row(line)


class _Cutter:
    """Takes lines until a row is whole; gives back the lines of a row that never is."""

    def __init__(self, source: Iterator[Line], encoding: str, delimiter: str) -> None:
        self._source, self._encoding, self._delimiter = source, encoding, delimiter
        self._back: deque[Line] = deque()
        self._starved = False
        self._width = 0

    def next_line(self) -> Line | None:
        return self._back.popleft() if self._back else next(self._source, None)

    def row(self, line: Line) -> CsvRow:
        if line.cut:
            return CsvRow(line.number, None, TOO_LONG, line.raw)
        if self._decoded(line) is None:
            return CsvRow(line.number, None, f"line is not {self._encoding}", line.raw)
        taken = [line]
        self._starved = False
        try:
            cells = next(csv.reader(self._feed(taken), delimiter=self._delimiter))
        except (csv.Error, StopIteration):
            return self._refused(taken, NOT_CSV)
        if self._starved or (len(taken) > 1 and self._width not in (len(cells), 0)):
            return self._refused(taken, NOT_CLOSED)
        self._width = len(cells)
        return CsvRow(line.number, cells, "", b"".join(each.raw for each in taken))

    def _feed(self, taken: list[Line]) -> Iterator[str]:
        """Yield the first line and, only if the reader asks because a quote is open, the following."""
        yield self._decoded(taken[0]) or ""
        size = len(taken[0].raw)
        while len(taken) < MAX_LINES and size < MAX_LINE_BYTES:
            line = self.next_line()
            if line is None:
                break
            taken.append(line)
            size += len(line.raw)
            text = self._decoded(line)
            if text is None:
                break
            yield text
        self._starved = True

    def _refused(self, taken: list[Line], reason: str) -> CsvRow:
        self._back.extendleft(reversed(taken[1:]))
        return CsvRow(taken[0].number, None, reason, taken[0].raw)

    def _decoded(self, line: Line) -> str | None:
        if line.cut:
            return None
        try:
            return line.raw.decode(self._encoding)
        except UnicodeError:
            return None
