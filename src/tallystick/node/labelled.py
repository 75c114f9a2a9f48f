"""Two registers whose truth is known: what they teach, and how well stated probabilities fit them.

Does no I/O.

Rules
 1. A record of side a belongs to one part, by its id: it teaches, calibrates, or judges. Its pairs go with it.
 2. With nothing held out every record does all three.
"""

import math
from array import array
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import msgspec

from tallystick.errors import InputError
from tallystick.linkage.engine import Report
from tallystick.linkage.evidence import EvidenceRun, known_pairs
from tallystick.matching import Parameters
from tallystick.matching.learning import WIDTH, Calibration, Quality, Sample, drawn, importance, judge

Part: TypeAlias = Literal["teaches", "calibrates", "judges"]


class Readable(Protocol):
    """A register, or a file of records, that can be read more than once."""

    def chunks(self) -> Iterable[bytes]:
        """Begin to read it: chunks of whole lines of the native format."""
        ...


@dataclass(frozen=True, slots=True)
class RegisterPair:
    """Two registers to learn from.

    Attributes:
        name: what to call them in reports.
        a, b: the registers.
        truth: pairs (id in a, id in b) that are one person, all of them; None when nobody knows.
        undecided: pairs that nobody can tell; they neither teach nor judge.
        importance: what one of their pairs counts for; None lets the number of matches decide.
    """

    name: str
    a: Readable
    b: Readable
    truth: frozenset[tuple[str, str]] | None = field(default=None, repr=False)
    undecided: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    importance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReport:
    """What was read of two registers.

    Attributes:
        name: of the pair of registers.
        records_a, records_b: records on each side.
        bad_lines: lines of both that were no records.
        candidates: pairs that were compared.
        matches: pairs of the truth whose records are there; without a truth, the number expected in the last round.
        expected: matches that the set one began with expects.
        candidate_matches: how many of them were compared at all.
        unknown: pairs of the truth that name a record that is not there.
        before, after: quality on the held-out part; None without a truth.
    """

    name: str
    records_a: int
    records_b: int
    bad_lines: int
    candidates: int
    matches: float
    expected: float = 0.0
    candidate_matches: int = 0
    unknown: int = 0
    before: Quality | None = None
    after: Quality | None = None


class LabelledRun:
    """A pair of registers compared under one parameter set, beside its truth."""

    def __init__(self, pair: RegisterPair, parameters: Parameters, hold_out: float, report: Report) -> None:
        self.pair = pair
        self._parameters = parameters
        self._hold_out = hold_out
        self.run = EvidenceRun(pair.a.chunks, pair.b.chunks, parameters, report)
        self.ids_a = self.run.ids("a")
        ids_b = self.run.ids("b")
        self.matches, self.unknown = known_pairs(pair.truth or frozenset(), self.ids_a, ids_b)
        self.undecided, _ = known_pairs(pair.undecided, self.ids_a, ids_b)
        self._check()

    def _check(self) -> None:
        if not self.pair.truth:
            raise InputError(
                f"the truth of {self.pair.name} is empty", hint="give a CSV with id_a,id_b of every pair that is one person"
            )
        if not self.matches:
            raise InputError(
                f"no pair of the truth of {self.pair.name} names records of both registers",
                hint="check that id_a are ids of the first register, and id_b of the second",
            )

    def part(self, number: int) -> Callable[[Part], bool]:
        """Return what the record of side a with this number does (rules 1 and 2)."""
        at = drawn(self.ids_a[number], "part") if self._hold_out else -1.0
        mine: Part = "judges" if at < self._hold_out / 2 else "calibrates" if at < self._hold_out else "teaches"
        return lambda asked: not self._hold_out or asked == mine

    def matches_of(self, part: Part) -> frozenset[tuple[int, int]]:
        """Return the true pairs of a part."""
        return frozenset(pair for pair in self.matches if self.part(pair[0])(part))

    @property
    def prior_bits(self) -> float:
        """log2 of the odds that any two records are a match, as the truth has it."""
        size_a, size_b = self.run.sizes
        return math.log2(len(self.matches) / (size_a * size_b))

    @property
    def importance(self) -> float:
        """What one of its pairs counts for."""
        given = self.pair.importance
        return importance(len(self.matches_of("teaches"))) if given is None else given

    def sample(self) -> Sample:
        """Return the evidence of the part that teaches."""
        rows, labels = array("f"), array("f")
        chosen = self.run.sampled(self.ids_a)
        for a, partners, found in self.run.rows(lambda number: self.part(number)("teaches") and chosen(number)):
            for at, b in enumerate(partners):
                if (a, b) not in self.undecided:
                    rows.extend(found[at * WIDTH : (at + 1) * WIDTH])
                    labels.append(float((a, b) in self.matches))
        return Sample(rows, labels, array("f", [self.prior_bits]) * len(labels), self.importance)

    def candidate_matches(self) -> int:
        """Return how many true pairs are candidates."""
        return sum(pair in self.matches for pair in self.run.pairs())

    def stated(self, part: Part, calibration: Calibration | None = None) -> tuple[list[tuple[float, bool]], int]:
        """Return what is stated of every pair of a part and whether it is true, and how many matches were never weighed."""
        probabilities, _ = self.run.decided(calibration)
        wanted = {number: self.part(number)(part) for number in {a for a, _ in probabilities}}
        counted = ((pair, each) for pair, each in probabilities.items() if wanted[pair[0]] and pair not in self.undecided)
        stated = [(probability, pair in self.matches) for pair, probability in counted]
        return stated, len(self.matches_of(part)) - sum(is_match for _, is_match in stated)

    def quality(self, calibration: Calibration | None = None) -> Quality:
        """Judge the parameter set, or another calibration of it, on the part that judges."""
        stated, unseen = self.stated("judges", calibration)
        return judge(stated, unseen, self._parameters.thresholds[0])

    def lines(self) -> tuple[list[bytes], list[bytes]]:
        """Return the lines of both sides, by the number of the record."""
        return _lines(self.pair.a, self.ids_a), _lines(self.pair.b, self.run.ids("b"))

    def report(self, before: Quality | None = None) -> SetReport:
        """Return what was read."""
        size_a, size_b = self.run.sizes
        return SetReport(
            name=self.pair.name,
            records_a=size_a,
            records_b=size_b,
            bad_lines=self.run.bad,
            candidates=self.run.candidates,
            matches=len(self.matches),
            expected=round(sum(self.run.decided()[0].values()), 1),
            candidate_matches=self.candidate_matches(),
            unknown=self.unknown,
            before=before,
        )


def _lines(side: Readable, ids: list[str]) -> list[bytes]:
    """Return the lines with these ids. Reads no more of a line than its id: what is a record, the engine has said."""
    by_id: dict[str, bytes] = {}
    for chunk in side.chunks():
        for line in chunk.split(b"\n"):
            with suppress(msgspec.MsgspecError):
                by_id.setdefault(_ID.decode(line).id, line)
    return [by_id[each] for each in ids]


class _Id(msgspec.Struct):
    id: str


_ID = msgspec.json.Decoder(_Id)
