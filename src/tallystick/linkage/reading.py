"""Two sides as lines: what is left of them when lines that are no records are out. For whoever works by match keys alone."""

from tallystick import _native
from tallystick.linkage.engine import BadLine, Chunks, DroppedValues, Report, Side, dropped_values_of, what_was_read
from tallystick.linkage.plan import LinkSummary
from tallystick.matching import Parameters

_BLANK = b" \t\r\n\x0c"


class Reading:
    """Takes in both sides, and keeps the lines of their records; refuses what `Linking` refuses.

    Attributes:
        bad: the lines that were no records.
    """

    def __init__(self, parameters: Parameters, report: Report) -> None:
        self._linker = _native.Linker(parameters.text, parameters.frequencies)
        self._report = report
        self._lines: dict[Side, list[bytes]] = {"a": [], "b": []}
        self.bad: list[BadLine] = []

    def read(self, side: Side, chunks: Chunks) -> None:
        """Take in one side."""
        number = 1
        for chunk in chunks:
            refused = dict(self._linker.append(side, chunk, number))
            self.bad.extend((side, line, reason) for line, reason in refused.items())
            lines = chunk.removesuffix(b"\n").split(b"\n")
            self._lines[side] += [text for line, text in enumerate(lines, number) if line not in refused and text.strip(_BLANK)]
            number += len(lines)
            self._report("reading", sum(self._linker.sizes()), 0)

    def lines(self, side: Side) -> list[bytes]:
        """Return the lines of the records of a side, in order."""
        return self._lines[side]

    def record_id(self, side: Side, number: int) -> str:
        """Return the id of a record, by its number from 0."""
        return self._linker.record_id(side, number)

    def dropped_values(self) -> list[DroppedValues]:
        """Return the records whose birth dates were dropped."""
        return dropped_values_of(self._linker)

    def summary(self) -> LinkSummary:
        """Return how many records and bad lines there are."""
        return what_was_read(self._linker, self.bad)
