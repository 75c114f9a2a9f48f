"""Linking by match keys alone: what a private match between two holders would see, and nothing more.

Not one of the engines that must agree: it runs another plan, to be compared with the open one. Side a asks, side b holds.

Rules
 1. A pair that shares a match key at the T of the parameters is a link; nothing else is reported. There is no possible link.
 2. The weight is that of the evidence the two records share, as both sides know it (`KeyMaker.shared_weight_bits`).
 3. There is no probability: the calibration is fitted to whole match weights and needs a prior estimated from both
    registers, and neither party of an exchange has either. The field stays empty.

Spec: spec/match-keys-v1.md.
"""

from collections.abc import Iterator
from dataclasses import replace

from tallystick import _native
from tallystick.linkage.engine import (
    BadLine,
    Chunks,
    DroppedDates,
    LinkEvidence,
    Report,
    Side,
    csv_row,
    dropped_dates_of,
    what_was_read,
)
from tallystick.linkage.plan import LinkPlan, LinkSummary
from tallystick.matching import Parameters

_TENTHS = 10
_BLANK = b" \t\r\n\x0c"


class KeysOnlyLinking:
    """One run. Call `read` for both sides, `compare`, then take `rows`."""

    def __init__(self, plan: LinkPlan, parameters: Parameters, report: Report) -> None:
        self._plan = plan
        self._linker = _native.Linker(parameters.text, parameters.frequencies)
        self._maker = _native.KeyMaker(parameters.text, parameters.frequencies)
        self._report = report
        self._lines: dict[Side, list[bytes]] = {"a": [], "b": []}
        self._hits: list[tuple[int, int]] = []
        self._cut = 0
        self.bad: list[BadLine] = []

    def read(self, side: Side, chunks: Chunks) -> None:
        """Take in one side."""
        line = 1
        for chunk in chunks:
            refused = dict(self._linker.append(side, chunk, line))
            self.bad.extend((side, number, reason) for number, reason in refused.items())
            lines = chunk.removesuffix(b"\n").split(b"\n")
            self._lines[side] += [text for number, text in enumerate(lines, line) if number not in refused and text.strip(_BLANK)]
            line += len(lines)
            self._report("reading", sum(self._linker.sizes()), 0)

    def dropped_dates(self) -> list[DroppedDates]:
        """Return the records whose birth dates were dropped."""
        return dropped_dates_of(self._linker)

    def compare(self) -> None:
        """Find the pairs that share a key."""
        self._report("comparing", 0, 0)
        self._hits, cut_a, cut_b = self._maker.hits(self._lines["a"], self._lines["b"])
        self._cut = len(cut_a) + len(cut_b)

    def rows(self) -> Iterator[bytes]:
        """Yield the result as CSV rows, in order of the records of side a."""
        for start in range(0, len(self._hits), self._plan.batch):
            self._report("writing", start, len(self._hits))
            yield "".join(self._row(a, b) for a, b in self._hits[start : start + self._plan.batch]).encode()

    def _row(self, a: int, b: int) -> str:
        tenths = self._maker.shared_weight(self._lines["a"][a], self._lines["b"][b])
        bits = (tenths or 0) / _TENTHS
        return csv_row(self._linker.record_id("a", a), self._linker.record_id("b", b), bits, None, "link")

    def links(self) -> Iterator[LinkEvidence]:
        """Yield nothing: a hit does not say what it rests on."""
        yield from ()

    def summary(self) -> LinkSummary:
        """Return what was done."""
        return replace(
            what_was_read(self._linker, self.bad),
            candidates=len(self._hits),
            links=len(self._hits),
            cut_records=self._cut,
        )
