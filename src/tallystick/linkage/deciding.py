"""Step 5 of the plan, slow and readable: from match weights to probabilities and decisions over a whole set of pairs.

The native core does the same in single precision; the two agree to rounding. Knows no records: pairs are numbers.

Rules
 1. The prior odds of a pair are estimated from the weights: expectation maximization with the weights held fixed, that is,
    the number of matches is the sum of the match probabilities, between one half and the size of the smaller side.
 2. log2 odds = slope * (weight + prior) + offset: the calibration of the parameters.
 3. Pairs of one record compete. A record is one person: two partners that are not one person themselves exclude each other,
    and the odds of each stand in the denominator of the other. Pairs of odds below LEAST_ODDS take nothing from others, and
    at most MOST_RIVALS pairs of a record compete.
 4. Two thresholds on the probability: link, possible link, non-link.

See: docs/explanation/linking.md.
"""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from tallystick.linkage.engine import WeighedPair
from tallystick.matching import Decision, Parameters

ROUNDS = 25
FIRST_GUESS = 0.3
"""Part of the smaller side taken to be in the larger one before the first round."""
LEAST_MATCHES = 0.5
LEAST_ODDS = 0.02
MOST_RIVALS = 40
SAME_PERSON_LOG2_ODDS = 3.0
"""Two records of one side with at least these odds are one person listed twice."""
MOST_LOG2_ODDS = 60.0

SamePerson = Callable[[int, int], bool]
"""Tells whether two records of one side, by their numbers, are one person listed twice."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers a decision is made with: calibration and thresholds."""

    slope: float
    offset: float
    link: float
    possible: float

    @staticmethod
    def of(parameters: Parameters) -> "Rules":
        """Take them out of a parameter set."""
        calibration = json.loads(parameters.text)["calibration"]
        return Rules(float(calibration["slope"]), float(calibration["offset"]), *parameters.thresholds)

    def log2_odds(self, weight_bits: float, prior_bits: float) -> float:
        """Return the calibrated log2 odds of a pair (rule 2)."""
        return self.slope * (weight_bits + prior_bits) + self.offset

    def probability(self, weight_bits: float, prior_bits: float) -> float:
        """Return the match probability of a pair that has no rivals."""
        return 1 / (1 + 2 ** -self.log2_odds(weight_bits, prior_bits))

    def decision(self, probability: float) -> Decision:
        """Return the decision (rule 4)."""
        if probability >= self.link:
            return "link"
        return "possible" if probability >= self.possible else "non-link"


def prior_bits(weights: Sequence[float], records_a: int, records_b: int, rules: Rules) -> float:
    """Return log2 of the prior odds that a random pair is one person (rule 1).

    Args:
        weights: match weights of all weighed pairs, in bits.
        records_a: size of side a.
        records_b: size of side b.
        rules: the calibration.
    """
    pairs = max(records_a * records_b, 1)
    most = max(min(records_a, records_b), 1)
    matches = max(FIRST_GUESS * most, 1.0)
    for _ in range(ROUNDS):
        prior = math.log2(matches / pairs)
        expected = sum(rules.probability(weight, prior) for weight in weights)
        matches = min(max(expected, LEAST_MATCHES), most)
    return math.log2(matches / pairs)


def probabilities(
    weighed: Sequence[WeighedPair], prior: float, rules: Rules, same_a: SamePerson, same_b: SamePerson
) -> list[float]:
    """Return the match probability of each pair, with competition (rule 3).

    Columns in: number in a, number in b, match weight in bits.
    """
    odds = [2 ** max(-MOST_LOG2_ODDS, min(rules.log2_odds(bits, prior), MOST_LOG2_ODDS)) for _, _, bits in weighed]
    rivals = [0.0] * len(weighed)
    for owner, partner, same in ((0, 1, same_b), (1, 0, same_a)):
        for group in _groups(weighed, owner, partner):
            for x, y in combinations(_strongest(group, odds), 2):
                if not same(int(weighed[x][partner]), int(weighed[y][partner])):
                    rivals[x] += odds[y]
                    rivals[y] += odds[x]
    return [o / (1 + o + r) for o, r in zip(odds, rivals, strict=True)]


def _groups(weighed: Sequence[WeighedPair], owner: int, partner: int) -> Iterable[list[int]]:
    """Return the positions of the pairs of each record that has several, in order of the partner."""
    groups: dict[float, list[int]] = {}
    for position in sorted(range(len(weighed)), key=lambda k: (weighed[k][owner], weighed[k][partner])):
        groups.setdefault(weighed[position][owner], []).append(position)
    return (group for group in groups.values() if len(group) > 1)


def _strongest(group: Iterable[int], odds: Sequence[float]) -> list[int]:
    """Return the positions that take part in the competition, best odds first."""
    able = [k for k in group if odds[k] >= LEAST_ODDS]
    return sorted(able, key=lambda k: (-odds[k], k))[:MOST_RIVALS]
