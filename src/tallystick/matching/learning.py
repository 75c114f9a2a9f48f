"""Learns weights and calibration from evidence: labelled, or labelled only by what is believed so far.

Reads no register and writes no file: evidence comes in as columns of numbers, weights go out.

Rules
 1. What is learned stays near the weights one begins with, as far as the data do not say otherwise: every bit away costs.
 2. An agreement never comes to speak against, a contradiction never for the same person; and a name of which a part is replaced,
    or one part alone agrees, is never enough by itself: kin share names (`BOUNDS`).
 3. What judges is not what taught: records of side a are held out by their id, the same ones every time.
 4. Same input, same numbers, whatever the machine and the number of its cores.

Fellegi and Sunter (1969); docs/explanation/weights.md.
"""

import math
import zlib
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tallystick import _native

PENALTY = 2.0
"""What a weight pays, in nats, for one bit away from its start; it grows with the square."""
TYPICAL_MATCHES = 2000
"""A pair of registers counts as if it shared so many persons at most, lest the largest teach alone."""
ROUNDS = 40
DECIMALS = 3

FEATURES: tuple[str, ...] = tuple(_native.feature_names())
WIDTH = len(FEATURES)

_FOR = (
    "name.first",
    "name.first_replaced",
    "name.rest",
    "name.rest_replaced",
    "name.complete",
    "birth.day",
    "birth.month",
    "birth.swapped",
    "birth.year",
    "birth.new_year",
)
_AGAINST = (
    "name.replaced",
    "name.replaced_script",
    "name.none",
    "name.weak",
    "birth.far",
    "alone.half",
    "alone.initial",
    "alone.more_replaced",
    "alone.single",
    "alone.slips",
    "alone.unlike",
)
_NAMES, _ALONE = "name.", "alone."
_KIN_BITS = -12.0
_KIN: Mapping[str, tuple[float, float]] = {
    "alone.first_replaced": (0.0, 1.0),
    "alone.replaced": (-math.inf, _KIN_BITS),
    "alone.lone": (-math.inf, _KIN_BITS),
    "alone.near": (0.0, -_KIN_BITS),
}
"""Kin share names: a part replaced, or one part alone of a longer name, must stay short of a link where nothing else is known."""


def _bounds(feature: str) -> tuple[float, float]:
    if feature in _KIN:
        return _KIN[feature]
    if feature.endswith((".same", ".conflict")):
        return (0.0, math.inf) if feature.endswith(".same") else (-math.inf, 0.0)
    twin = _NAMES + feature.removeprefix(_ALONE) if feature.startswith(_ALONE) else feature
    if feature in _AGAINST or twin in _AGAINST:
        return -math.inf, 0.0
    return (0.0, math.inf) if twin in _FOR else (-math.inf, math.inf)


BOUNDS: Mapping[str, tuple[float, float]] = {feature: _bounds(feature) for feature in FEATURES}
"""How far each weight may go, in bits (rule 2)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Evidence of candidate pairs of two registers, and how likely each is a match.

    Attributes:
        rows: one row per pair, WIDTH numbers each, in the order of FEATURES.
        labels: 1 for a match, 0 for none; in between for what is believed.
        offsets: log2 of the odds before the evidence, for each row.
        importance: what one row counts for.
    """

    rows: "array[float]" = field(repr=False)
    labels: "array[float]" = field(repr=False)
    offsets: "array[float]" = field(repr=False)
    importance: float = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """Learned weights.

    Attributes:
        weights: bits of each feature.
        heard: for each feature how far the data, not the start, decided it: 0 to 1.
        surprise_bits: what the samples' labels still surprise, summed with their importance.
        settled: whether the search came to rest.
    """

    weights: Mapping[str, float]
    heard: Mapping[str, float]
    surprise_bits: float
    settled: bool


def importance(matches: float) -> float:
    """Return what one row of a pair of registers with that many matches counts for."""
    return min(1.0, TYPICAL_MATCHES / max(matches, 1.0))


def fit(
    samples: Sequence[Sample], centre: Mapping[str, float], *, slope: float = 1.0, penalty: float = PENALTY, rounds: int = ROUNDS
) -> Fitted:
    """Learn the weights under which the labels surprise least, not far from `centre`.

    Args:
        samples: the evidence.
        centre: the weights to begin with and to stay near.
        slope: what weights are multiplied with before they become log2 odds (the slope of a calibration).
        penalty: see PENALTY; for every feature the same.
        rounds: most Newton steps; 0 measures the centre and learns nothing.

    Returns:
        The weights, rounded to DECIMALS.

    Raises:
        ValueError: columns of different length, a label outside 0 to 1, a number that is not finite.
    """
    columns = [(each.rows, each.labels, each.offsets, each.importance) for each in samples if each.labels]
    price = penalty / slope**2  # the search moves slope * weight
    start = [slope * centre[name] for name in FEATURES]
    bounds = [(slope * least, slope * most) for least, most in BOUNDS.values()]
    found, information, surprise, _, settled = _native.fit_weights(columns, start, [price] * WIDTH, bounds, rounds)
    weights = {name: round(value / slope, DECIMALS) + 0.0 for name, value in zip(FEATURES, found, strict=True)}
    heard = {name: said / (said + 2 * price) if said else 0.0 for name, said in zip(FEATURES, information, strict=True)}
    return Fitted(weights, heard, surprise / math.log(2), settled)


_MOST_LEVEL_BITS = 16.0
_HALVINGS = 40


def level(log2_odds: Sequence[float], expected: float) -> float:
    """Return what must be added to all log2 odds so that their probabilities add up to `expected`.

    Rivals make stated probabilities add up to less than the weights alone would: that is no fault of any weight.
    """
    low, high = -_MOST_LEVEL_BITS, _MOST_LEVEL_BITS
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        total = math.fsum(1 / (1 + 2 ** -max(-60.0, min(60.0, each + middle))) for each in log2_odds)
        low, high = (middle, high) if total < expected else (low, middle)
    return low


def drawn(record_id: str, salt: str = "") -> float:
    """Return a number in [0, 1) that depends on the id alone: who is held out, and in which half (rule 3)."""
    return zlib.crc32(f"{salt}\0{record_id}".encode()) / 2**32


@dataclass(frozen=True, slots=True)
class Quality:
    """How good stated probabilities and decisions are, on pairs whose truth is known.

    Attributes:
        matches: true pairs.
        precision, recall, f1: of the links.
        log_loss_bits: surprise at the truth, in bits for each true pair; pairs that were never compared surprise most.
        calibration_error: mean distance between stated and observed, over pairs stated above 1 %.
    """

    matches: int
    precision: float
    recall: float
    f1: float
    log_loss_bits: float
    calibration_error: float


LEAST_PROBABILITY = 1e-6
"""Nothing is stated to be less likely when it is judged; also what a pair is taken to be stated as that was never compared."""
_DOUBT = 0.01
_BARS = 10


def log_loss_bits(stated: Iterable[tuple[float, bool]], unseen: int = 0) -> float:
    """Return the whole surprise of (probability, whether it is a match), and of matches that were never compared."""
    least = LEAST_PROBABILITY
    total = -unseen * math.log2(least)
    for probability, is_match in stated:
        likely = min(max(probability, least), 1 - least)
        total -= math.log2(likely if is_match else 1 - likely)
    return total


def calibration_error(stated: Iterable[tuple[float, bool]]) -> float:
    """Return how far stated and observed lie apart on average, in ten bars of equal width."""
    bars = [[0, 0.0, 0] for _ in range(_BARS)]
    for probability, is_match in stated:
        if probability >= _DOUBT:
            bar = bars[min(int(probability * _BARS), _BARS - 1)]
            bar[0] += 1
            bar[1] += probability
            bar[2] += is_match
    count = sum(bar[0] for bar in bars)
    return sum(abs(bar[1] - bar[2]) for bar in bars) / count if count else 0.0


def judge(stated: Sequence[tuple[float, bool]], unseen: int, link_from: float) -> Quality:
    """Judge stated probabilities.

    Args:
        stated: probability of each pair, and whether it is a match.
        unseen: matches that are not among them.
        link_from: probability from which a pair is a link.
    """
    matches = sum(is_match for _, is_match in stated) + unseen
    links = [is_match for probability, is_match in stated if probability >= link_from]
    right = sum(links)
    return Quality(
        matches=matches,
        precision=right / len(links) if links else 1.0,
        recall=right / matches if matches else 1.0,
        f1=2 * right / (len(links) + matches) if links or matches else 1.0,
        log_loss_bits=log_loss_bits(stated, unseen) / max(matches, 1),
        calibration_error=calibration_error(stated),
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """log2 odds = slope * (weight + prior) + offset."""

    slope: float = 1.0
    offset: float = 0.0


_FIRST_STEPS = (0.2, 0.8)
_LAST_STEP = 0.02
_LEAST_SLOPE, _MOST_SLOPE = 0.3, 2.0
_FURTHEST_OFFSET = 6.0


def calibrate(loss: Callable[[Calibration], float], start: Calibration) -> Calibration:
    """Return the calibration of least loss, found by walking from the start in ever shorter steps.

    Args:
        loss: what a calibration costs; asked some thirty times.
        start: where to begin.

    Returns:
        The best one asked for; the start when nothing is better.
    """
    best, least = start, loss(start)
    step_slope, step_offset = _FIRST_STEPS
    while step_slope > _LAST_STEP:
        asked = [
            Calibration(best.slope + slope * step_slope, best.offset + offset * step_offset)
            for slope, offset in ((1, 0), (-1, 0), (0, 1), (0, -1))
        ]
        costs = [(loss(each), n, each) for n, each in enumerate(_rounded(asked))]
        cost, _, found = min(costs)
        if cost < least:
            best, least = found, cost
        else:
            step_slope, step_offset = step_slope / 2, step_offset / 2
    return best


def _rounded(asked: Iterable[Calibration]) -> list[Calibration]:
    return [
        Calibration(
            round(min(max(each.slope, _LEAST_SLOPE), _MOST_SLOPE), DECIMALS),
            round(min(max(each.offset, -_FURTHEST_OFFSET), _FURTHEST_OFFSET), DECIMALS),
        )
        for each in asked
    ]


def mean_quality(each: Sequence[Quality]) -> Quality:
    """Return the mean over several pairs of registers; every pair counts the same, the matches are added up."""

    def mean(values: Iterable[float]) -> float:
        return math.fsum(values) / max(len(each), 1)

    return Quality(
        matches=sum(one.matches for one in each),
        precision=mean(one.precision for one in each),
        recall=mean(one.recall for one in each),
        f1=mean(one.f1 for one in each),
        log_loss_bits=mean(one.log_loss_bits for one in each),
        calibration_error=mean(one.calibration_error for one in each),
    )
