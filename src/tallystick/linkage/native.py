"""The bulk engine: the linking plan in the native core, in memory, on all cores.

Agrees row by row with `memory`, which is the definition. Does no I/O: text comes in as chunks of whole lines. The join
of the blocking keys can be done elsewhere (an adapter joins on disk); reading, weighing and deciding are done here.

Rules
 1. Candidates are weighed in batches, in order of (record of a, record of b): batch k is the same for every join.
 2. A finished batch is put aside before the next begins, where the caller gives a place for it.
 3. What was put aside is used again only for the same two inputs, parameters, plan and core.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from tallystick import _native
from tallystick.linkage.engine import (
    Aside,
    BadLine,
    Chunks,
    DroppedValues,
    Join,
    LinkEvidence,
    Report,
    Side,
    WeighedPair,
    dropped_values_of,
    what_was_read,
)
from tallystick.linkage.plan import LinkPlan, LinkSummary
from tallystick.matching import Parameters


class NativeJoin:
    """The join in the native core: sorted keys, in memory."""

    def __init__(self) -> None:
        self._oversized = 0

    def find(self, linker: _native.Linker, slack_bits: float) -> int:
        """Find the candidates; return how many."""
        found = linker.block(slack_bits)
        self._oversized = linker.oversized()[0]
        return found

    def weigh(self, linker: _native.Linker, start: int, end: int) -> None:
        """Weigh candidates start..end."""
        linker.weigh(start, end)

    def oversized(self) -> int:
        """Return how many blocks were left out."""
        return self._oversized


class NativeLinking:
    """One run of the plan. Call `read` for both sides, `compare`, then take `rows`."""

    def __init__(
        self,
        plan: LinkPlan,
        parameters: Parameters,
        report: Report,
        *,
        join: Join | None = None,
        aside: Aside | None = None,
    ) -> None:
        self._plan = plan
        self._parameters = parameters
        self._linker = _native.Linker(parameters.text, parameters.frequencies, plan.within)
        self._report = report
        self._join: Join = join or NativeJoin()
        self._aside = aside
        self._digests = {"a": hashlib.sha256(), "b": hashlib.sha256()}
        self._candidates = 0
        self._prior_bits = 0.0
        self.bad: list[BadLine] = []
        self.links_found = 0
        self.possible_links = 0

    def read(self, side: Side, chunks: Chunks) -> None:
        """Take in one side."""
        line = 1
        for chunk in chunks:
            self.bad.extend((side, number, reason) for number, reason in self._linker.append(side, chunk, line))
            line += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
            if self._aside:
                self._digests[side].update(chunk)
            self._report("reading", sum(self._linker.sizes()), 0)

    def dropped_values(self) -> list[DroppedValues]:
        """Return the records whose birth dates were dropped."""
        return dropped_values_of(self._linker)

    def compare(self) -> None:
        """Find candidates, weigh them, decide."""
        if self._aside:
            self._aside.claim(self._run())
        self._report("blocking", 0, 0)
        self._candidates = self._join.find(self._linker, self._plan.slack_bits)
        for batch, start in enumerate(range(0, self._candidates, self._plan.batch)):
            end = min(start + self._plan.batch, self._candidates)
            self._weigh(batch, start, end)
            self._report("comparing", end, self._candidates)
        self._report("deciding", 0, 0)
        self._prior_bits = self._linker.decide()

    def _run(self) -> dict[str, str]:
        """Say what a weighed batch depends on (rule 3)."""
        return {
            "side a": self._digests["a"].hexdigest(),
            "side b": self._digests["b"].hexdigest(),
            "parameters": self._parameters.digest,
            "plan": f"slack {self._plan.slack_bits!r} bits, batches of {self._plan.batch}" + ", within" * self._plan.within,
            "version": _native.VERSION,
        }

    def _weigh(self, batch: int, start: int, end: int) -> None:
        if self._aside is None:
            self._join.weigh(self._linker, start, end)
            return
        known = self._aside.get(batch)
        if known is not None:
            self._linker.restore(list(known))
            return
        before = self._linker.weighed_count()
        self._join.weigh(self._linker, start, end)
        self._aside.put(batch, self._linker.weighed(before, self._linker.weighed_count()))

    def rows(self) -> Iterator[bytes]:
        """Yield the result as CSV rows, a chunk at a time, in order of the records of side a."""
        total = self._linker.weighed_count()
        for start in range(0, total, self._plan.batch):
            text, links, possible = self._linker.rows(start, start + self._plan.batch, self._plan.least_bits)
            self.links_found += links
            self.possible_links += possible
            yield text

    def links(self) -> Iterator[LinkEvidence]:
        """Yield every link with what it rests on."""
        total = self._linker.weighed_count()
        for start in range(0, total, self._plan.batch):
            end = min(start + self._plan.batch, total)
            decided = self._linker.pairs(start, end)
            numbered = self._linker.weighed(start, end)
            chosen = [pair for pair, row in zip(numbered, decided, strict=True) if row[4] == "link" and self._is_told(pair)]
            yield from evidence_of(self._linker, chosen)

    def _is_told(self, pair: WeighedPair) -> bool:
        return not self._plan.within or pair[0] < pair[1]

    def summary(self) -> LinkSummary:
        """Return what was done; complete once `rows` is exhausted."""
        return replace(
            what_was_read(self._linker, self.bad),
            candidates=self._candidates,
            oversized_blocks=self._join.oversized(),
            links=self.links_found,
            possible_links=self.possible_links,
            prior_bits=self._prior_bits,
        )


def evidence_of(linker: _native.Linker, pairs: list[tuple[int, int, float]]) -> Iterator[LinkEvidence]:
    """Yield what pairs rest on, by having the linker compare them once more; its candidates are replaced.

    Columns in: number in a, number in b, match weight in bits.
    """
    names = _native.feature_names()
    linker.take_candidates([(a, b) for a, b, _ in pairs])
    weights = {(linker.record_id("a", a), linker.record_id("b", b)): bits for a, b, bits in pairs}
    for id_a, id_b, features in linker.evidence(0, len(pairs)):
        yield id_a, id_b, weights[id_a, id_b], {name: value for name, value in zip(names, features, strict=True) if value}
