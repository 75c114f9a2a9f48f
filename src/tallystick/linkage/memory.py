"""The linking plan in memory, in Python: the definition that the other engines are held to.

Reads, makes blocking keys and weighs a pair as `matching` does, through the native core; every relation of the plan
(join, floor, prior, competition, decision) is written out here and in `deciding`. For small registers: whether two records
of one side are one person is found out by linking the one with all others, which takes time in proportion to their number.

Rules: those of `linkage.plan`, in its order; each function below names its step.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tallystick import _native
from tallystick.linkage import deciding
from tallystick.linkage.engine import (
    BadLine,
    Chunks,
    DroppedValues,
    LinkEvidence,
    Report,
    Side,
    WeighedPair,
    csv_row,
    dropped_values_of,
    what_was_read,
)
from tallystick.linkage.native import evidence_of
from tallystick.linkage.plan import LinkPlan, LinkSummary
from tallystick.matching import Parameters

LEAST_POSTERIOR_BITS = -12.0
"""Pairs whose weight and prior together are below this are forgotten: odds under 1 to 4,096."""


class MemoryLinking:
    """One run of the plan. Call `read` for both sides, `compare`, then take `rows`."""

    def __init__(self, plan: LinkPlan, parameters: Parameters, report: Report) -> None:
        self._plan = plan
        self._parameters = parameters
        self._rules = deciding.Rules.of(parameters)
        self._report = report
        self._linker = _native.Linker(parameters.text, parameters.frequencies)
        self._candidates: list[tuple[int, int]] = []
        self._oversized = 0
        self._weighed: list[WeighedPair] = []
        self._probabilities: list[float] = []
        self._prior_bits = 0.0
        self.bad: list[BadLine] = []

    def read(self, side: Side, chunks: Chunks) -> None:
        """Step 1: number the records."""
        number = 1
        for chunk in chunks:
            for line in chunk.removesuffix(b"\n").split(b"\n"):
                refused = self._linker.append(side, line, number)
                self.bad += [(side, number, reason) for _, reason in refused]
                number += 1
            self._report("reading", sum(self._linker.sizes()), 0)

    def dropped_values(self) -> list[DroppedValues]:
        """Return the records whose birth dates were dropped."""
        return dropped_values_of(self._linker)

    def compare(self) -> None:
        """Steps 2 to 5."""
        self._report("blocking", 0, 0)
        self._linker.count()
        blocks = {side: self._blocks(side) for side in ("a", "b")}
        self._candidates, self._oversized = join(blocks["a"], blocks["b"], _native.Linker.most_block_pairs())
        self._report("comparing", 0, len(self._candidates))
        self._weighed = self._weigh()
        self._report("deciding", 0, 0)
        self._decide()

    def _blocks(self, side: Side) -> dict[int, list[int]]:
        """Step 2: the numbers of the records that have each blocking key."""
        keys, records = self._linker.keys(side, self._plan.slack_bits)
        blocks: dict[int, list[int]] = defaultdict(list)
        for key, record in zip(array("Q", keys), array("I", records), strict=True):
            blocks[key].append(record)
        return blocks

    def _weigh(self) -> list[WeighedPair]:
        """Step 4: the weight of each candidate, where it is not below the floor."""
        compared = [(a, b) for a, b in self._candidates if not self._plan.within or a != b]
        self._linker.take_candidates(compared)
        self._linker.weigh(0, len(compared))
        weighed = self._linker.weighed(0, self._linker.weighed_count())
        return [pair for pair in weighed if pair[2] >= least_bits(*self._linker.sizes())]

    def _decide(self) -> None:
        """Step 5: prior, competition of partners; the thresholds are applied in `rows`."""
        weights = [bits for _, _, bits in self._weighed]
        self._prior_bits = deciding.prior_bits(weights, *self._linker.sizes(), self._rules)
        same_a, same_b = (self._same_person(side) for side in ("a", "b"))
        self._probabilities = deciding.probabilities(self._weighed, self._prior_bits, self._rules, same_a, same_b)

    def _same_person(self, side: Side) -> deciding.SamePerson:
        """Tell whether two records of one side are one person, listed twice; name parts are as rare as in the whole run."""

        @cache
        def same(x: int, y: int) -> bool:
            bits = self._linker.weigh_within(side, x, y)
            return self._rules.log2_odds(bits, self._prior_bits) >= deciding.SAME_PERSON_LOG2_ODDS

        return same

    def rows(self) -> Iterator[bytes]:
        """Yield the result as CSV rows, in order of the records of side a."""
        for (a, b, bits), probability in zip(self._weighed, self._probabilities, strict=True):
            decision = self._rules.decision(probability)
            wanted = self._plan.least_bits is not None and bits >= self._plan.least_bits
            if self._is_told(a, b) and (decision != "non-link" or wanted):
                ids = self._linker.record_id("a", a), self._linker.record_id("b", b)
                yield csv_row(*ids, bits, probability, decision).encode()

    def links(self) -> Iterator[LinkEvidence]:
        """Yield every link with what it rests on."""
        decided = zip(self._weighed, self._probabilities, strict=True)
        chosen = [pair for pair, p in decided if self._rules.decision(p) == "link" and self._is_told(*pair[:2])]
        yield from evidence_of(self._linker, chosen)

    def _is_told(self, a: int, b: int) -> bool:
        return not self._plan.within or a < b

    def summary(self) -> LinkSummary:
        """Return what was done."""
        decided = zip(self._weighed, self._probabilities, strict=True)
        decisions = [self._rules.decision(p) for (a, b, _), p in decided if self._is_told(a, b)]
        return replace(
            what_was_read(self._linker, self.bad),
            candidates=len(self._candidates),
            oversized_blocks=self._oversized,
            links=decisions.count("link"),
            possible_links=decisions.count("possible"),
            prior_bits=self._prior_bits,
        )


def join(a: dict[int, list[int]], b: dict[int, list[int]], most_block_pairs: int) -> tuple[list[tuple[int, int]], int]:
    """Step 3: return the distinct pairs that share a block, sorted, and how many blocks were too large.

    Args:
        a: the records of side a that have each blocking key.
        b: those of side b.
        most_block_pairs: a block of more pairs is left out.
    """
    found: set[tuple[int, int]] = set()
    oversized = 0
    for key in a.keys() & b.keys():
        if len(a[key]) * len(b[key]) > most_block_pairs:
            oversized += 1
        else:
            found.update((x, y) for x in a[key] for y in b[key])
    return sorted(found), oversized


def least_bits(records_a: int, records_b: int) -> float:
    """Return the least weight worth keeping: at the best prior there can be, LEAST_POSTERIOR_BITS."""
    most = max(min(records_a, records_b), 1)
    pairs = records_a * records_b
    return (math.log2(pairs / most) if pairs else -math.inf) + LEAST_POSTERIOR_BITS
