"""The bulk engine: the linking plan in the native core, in memory, on all cores.

Agrees row by row with `memory`, which is the definition. Does no I/O: text comes in as chunks of whole lines.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from tallystick import _native
from tallystick.linkage.plan import LinkPlan, LinkSummary, Stage
from tallystick.matching import Parameters

Chunks: TypeAlias = Iterable[bytes]
"""Whole lines of the native format, many at a time; every chunk ends at the end of a line."""

Report: TypeAlias = Callable[[Stage, int, int], None]
"""Told the stage, how much of it is done, and how much there is (0 when nobody knows)."""

BadLine: TypeAlias = tuple[str, int, str]
"""Side ("a" or "b"), line number from 1, and the reason; never a value."""


class NativeLinking:
    """One run of the plan. Call `read` for both sides, `compare`, then take `rows`."""

    def __init__(self, plan: LinkPlan, parameters: Parameters, report: Report) -> None:
        self._plan = plan
        self._linker = _native.Linker(parameters.text, parameters.frequencies)
        self._report = report
        self._candidates = 0
        self._prior_bits = 0.0
        self.bad: list[BadLine] = []
        self.links = 0
        self.possible_links = 0

    def read(self, side: "_native.Side", chunks: Chunks) -> None:
        """Take in one side."""
        line = 1
        for chunk in chunks:
            self.bad.extend((side, number, reason) for number, reason in self._linker.append(side, chunk, line))
            line += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
            self._report("reading", sum(self._linker.sizes()), 0)

    def compare(self) -> None:
        """Find candidates, weigh them, decide."""
        self._report("blocking", 0, 0)
        self._candidates = self._linker.block(self._plan.slack_bits)
        for start in range(0, self._candidates, self._plan.batch):
            end = min(start + self._plan.batch, self._candidates)
            self._linker.weigh(start, end)
            self._report("comparing", end, self._candidates)
        self._report("deciding", 0, 0)
        self._prior_bits = self._linker.decide()

    def rows(self) -> Iterator[bytes]:
        """Yield the result as CSV rows, a chunk at a time, in order of the records of side a."""
        total = self._linker.weighed_count()
        for start in range(0, total, self._plan.batch):
            text, links, possible = self._linker.rows(start, start + self._plan.batch, self._plan.least_bits)
            self.links += links
            self.possible_links += possible
            yield text

    def summary(self) -> LinkSummary:
        """Return what was done; complete once `rows` is exhausted."""
        records_a, records_b = self._linker.sizes()
        return LinkSummary(
            records_a=records_a,
            records_b=records_b,
            bad_a=sum(side == "a" for side, _, _ in self.bad),
            bad_b=sum(side == "b" for side, _, _ in self.bad),
            candidates=self._candidates,
            oversized_blocks=self._linker.oversized()[0],
            links=self.links,
            possible_links=self.possible_links,
            prior_bits=self._prior_bits,
        )
