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
from tallystick.linkage.engine import Chunks, DroppedValues, LinkEvidence, Report, Side, csv_row
from tallystick.linkage.plan import LinkPlan, LinkSummary
from tallystick.linkage.reading import Reading
from tallystick.matching import Parameters

_TENTHS = 10


class KeysOnlyLinking:
    """One run. Call `read` for both sides, `compare`, then take `rows`."""

    def __init__(self, plan: LinkPlan, parameters: Parameters, report: Report) -> None:
        self._plan = plan
        self._reading = Reading(parameters, report)
        self._maker = _native.KeyMaker(parameters.text, parameters.frequencies)
        self._report = report
        self._hits: list[tuple[int, int]] = []
        self._cut = 0
        self.bad = self._reading.bad

    def read(self, side: Side, chunks: Chunks) -> None:
        """Take in one side."""
        self._reading.read(side, chunks)

    def dropped_values(self) -> list[DroppedValues]:
        """Return the records whose birth dates were dropped."""
        return self._reading.dropped_values()

    def compare(self) -> None:
        """Find the pairs that share a key."""
        self._report("comparing", 0, 0)
        self._hits, cut_a, cut_b = self._maker.hits(self._reading.lines("a"), self._reading.lines("b"))
        self._cut = len(cut_a) + len(cut_b)

    def rows(self) -> Iterator[bytes]:
        """Yield the result as CSV rows, in order of the records of side a."""
        for start in range(0, len(self._hits), self._plan.batch):
            self._report("writing", start, len(self._hits))
            yield "".join(self._row(a, b) for a, b in self._hits[start : start + self._plan.batch]).encode()

    def _row(self, a: int, b: int) -> str:
        tenths = self._maker.shared_weight(self._reading.lines("a")[a], self._reading.lines("b")[b])
        bits = (tenths or 0) / _TENTHS
        return csv_row(self._reading.record_id("a", a), self._reading.record_id("b", b), bits, None, "link")

    def links(self) -> Iterator[LinkEvidence]:
        """Yield nothing: a hit does not say what it rests on."""
        yield from ()

    def summary(self) -> LinkSummary:
        """Return what was done."""
        return replace(
            self._reading.summary(),
            candidates=len(self._hits),
            links=len(self._hits),
            cut_records=self._cut,
        )
