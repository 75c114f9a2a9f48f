"""The evidence and the decisions of two registers, as numbers that weights are learned from and judged by.

Does no I/O and learns nothing. Uses the same engine that links, so that what is learned is what will be used.

Rules
 1. Candidates are those of a link run with more slack: learning must see what blocking is about to lose.
 2. Where there are too many, whole records of side a are left out, never single pairs: the prior stays true.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import TypeAlias

from tallystick import _native
from tallystick.linkage.engine import Report
from tallystick.matching import Parameters
from tallystick.matching.learning import WIDTH, Calibration, drawn
from tallystick.matching.parameter_text import calibration_of

Chunks: TypeAlias = Callable[[], Iterable[bytes]]
"""Begins to read a side, anew each time; chunks of whole lines."""

SLACK_BITS = 2.0
SLACK_BITS_LARGE = 1.0
LARGE = 15_000
"""Above so many records a side the usual slack has to do."""
MOST_ROWS = 1_000_000
"""Rows of evidence kept in memory at a time; 160 bytes each."""
_BATCH = 100_000


class EvidenceRun:
    """Two registers read and blocked under one parameter set."""

    def __init__(self, a: Chunks, b: Chunks, parameters: Parameters, report: Report) -> None:
        self._sides: dict[_native.Side, Chunks] = {"a": a, "b": b}
        self._parameters = parameters
        self._report = report
        self.bad = 0
        self._linker = self._read()
        report("blocking", 0, 0)
        self._candidates = self._linker.block(SLACK_BITS if max(self._linker.sizes()) < LARGE else SLACK_BITS_LARGE)
        self._weighed: list[tuple[int, int, float]] = []

    def _read(self) -> _native.Linker:
        linker = _native.Linker(self._parameters.text, self._parameters.frequencies)
        for side, begin in self._sides.items():
            for chunk in begin():
                self.bad += len(linker.append(side, chunk, 1))
                self._report("reading", sum(linker.sizes()), 0)
        return linker

    @property
    def sizes(self) -> tuple[int, int]:
        """Records on each side."""
        return self._linker.sizes()

    @property
    def candidates(self) -> int:
        """Pairs worth comparing."""
        return self._candidates

    def ids(self, side: "_native.Side") -> list[str]:
        """Return the ids of a side, by the number of the record."""
        return [self._linker.record_id(side, number) for number in range(self._linker.sizes()[side == "b"])]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield the candidates by the numbers of their records."""
        for start in range(0, self._candidates, _BATCH):
            yield from self._linker.candidates(start, min(start + _BATCH, self._candidates))

    def rows(self, wanted: Callable[[int], bool]) -> Iterator[tuple[int, "array[int]", "array[float]"]]:
        """Yield, for wanted records of a: its number, the numbers of its candidates in b, and their rows, one after the other.

        A record at the border of two batches comes twice, each time with other candidates.
        """
        for start in range(0, self._candidates, _BATCH):
            end = min(start + _BATCH, self._candidates)
            a, b, rows = self._columns(start, end)
            at = 0
            for number, group in groupby(a):
                until = at + sum(1 for _ in group)
                if wanted(number):
                    yield number, b[at:until], rows[at * WIDTH : until * WIDTH]
                at = until
            self._report("comparing", end, self._candidates)

    def _columns(self, start: int, end: int) -> "tuple[array[int], array[int], array[float]]":
        numbers_a, numbers_b, found = self._linker.evidence_columns(start, end)
        return array("I", numbers_a), array("I", numbers_b), array("f", found)

    def sampled(self, ids: Mapping[int, str] | list[str]) -> Callable[[int], bool]:
        """Return which records of a are used when there are more candidates than memory is meant for (rule 2)."""
        share = MOST_ROWS / max(self._candidates, 1)
        return (lambda _: True) if share >= 1 else (lambda number: drawn(ids[number], "sample") < share)

    def decided(self, calibration: Calibration | None = None) -> tuple[dict[tuple[int, int], float], float]:
        """Return the probability of every pair that is not hopeless, as a link run would state it, and the prior in bits.

        Args:
            calibration: another one than that of the parameter set; nothing is weighed again for it.
        """
        if not self._weighed:
            self._weigh()
        chosen = calibration or calibration_of(self._parameters)
        self._linker.calibrate(chosen.slope, chosen.offset)
        self._report("deciding", 0, 0)
        prior_bits = self._linker.decide()
        stated = self._linker.pairs(0, len(self._weighed))
        return {pair[:2]: row[3] for pair, row in zip(self._weighed, stated, strict=True)}, prior_bits

    def weighed_bits(self) -> list[float]:
        """Return the match weights of the pairs that `decided` states a probability of."""
        return [bits for _, _, bits in self._weighed]

    def _weigh(self) -> None:
        for start in range(0, self._candidates, _BATCH):
            end = min(start + _BATCH, self._candidates)
            self._linker.weigh(start, end)
            self._report("comparing", end, self._candidates)
        self._weighed = self._linker.weighed(0, self._linker.weighed_count())


def known_pairs(
    truth: Collection[tuple[str, str]], ids_a: Iterable[str], ids_b: Iterable[str]
) -> tuple[frozenset[tuple[int, int]], int]:
    """Return the pairs of a truth by number, and how many name a record that is not there."""
    number_a, number_b = _numbers(ids_a), _numbers(ids_b)
    found = frozenset((number_a[a], number_b[b]) for a, b in truth if a in number_a and b in number_b)
    return found, sum(a not in number_a or b not in number_b for a, b in truth)


def _numbers(ids: Iterable[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for number, each in enumerate(ids):
        numbers.setdefault(each, number)
    return numbers
