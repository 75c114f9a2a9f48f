"""Learns the public weights of match keys from labelled pairs.

Reads no register: lines and labelled pairs come in, the `keys` part of a parameter file goes out.

Rules
 1. A key weighs what its pairs' evidence weighs, learned as all weights are; then everything is rounded to tenths of a bit.
 2. The best pair of names of two records depends on the weights: learning is repeated with what it found.
 3. The threshold is the one with the best mean F1 over the labelled sets; one threshold for all of them.

Spec: spec/match-keys-v1.md, sections 3 and 4.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tallystick import _native
from tallystick.matching.parameter_text import changed
from tallystick.matching.parameters import Parameters

KeyWeights: TypeAlias = dict[str, float]
"""The `keys` part of a parameter file."""

NAMES = (
    *("fine_bits", "fine_parts", "coarse_bits", "coarse_parts", "rough_parts", "both", "holder", "single"),
    *("day", "swapped", "two_of_three", "year", "conflict", "always"),
)
_START = (1.0, -1.0, 1.0, -3.0, 0.0, 10.0, 6.0, -3.0, 10.0, 8.0, 3.0, 3.0, -6.0, -6.0)
_PENALTY = 1.0
_REPEATS = 3
_ROUNDS = 40
_FREE = (float("-inf"), float("inf"))
THRESHOLDS_BITS = tuple(9 + step / 2 for step in range(15))
FIRST: KeyWeights = {
    "threshold": 140,
    "fine_slope": 1.0,
    "fine_offset": -1.0,
    "coarse_slope": 1.0,
    "coarse_offset": -3.0,
    "rough": 1,
    "complete_both": 40,
    "complete_holder": 0,
    "complete_neither": -60,
    "single": 30,
    "birth_day": 100,
    "birth_swapped": 80,
    "birth_two_of_three": 30,
    "birth_year": 30,
    "birth_conflict": -60,
}
"""Key weights to begin with: what frequencies alone say."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """Two registers whose truth is known.

    Attributes:
        askers, holders: their lines.
        pairs: pairs (number of asker, number of holder) worth learning from.
        matches: the true pairs.
        prior_bits: log2 of the odds that any two are a match.
        importance: what a pair of this set counts for.
    """

    askers: Sequence[bytes] = field(repr=False)
    holders: Sequence[bytes] = field(repr=False)
    pairs: Sequence[tuple[int, int]] = field(repr=False)
    matches: frozenset[tuple[int, int]] = field(repr=False)
    prior_bits: float
    importance: float = 1.0


def learn_keys(
    sets: Sequence[KeySet], parameters: Parameters, *, chosen_on: Sequence[KeySet] | None = None
) -> tuple[KeyWeights, float]:
    """Learn key weights; return them with the mean F1 of the keys alone.

    Args:
        sets: what to learn from.
        parameters: a set whose frequency table the keys will use.
        chosen_on: what the threshold is chosen on; all of `sets` by default.
    """
    weights = FIRST
    found = dict(zip(NAMES, _START, strict=True))
    for _ in range(_REPEATS):
        found = _fitted(sets, changed(parameters, keys=weights))
        weights = key_weights(found, weights["threshold"] / 10)
    scored = []
    for threshold_bits in THRESHOLDS_BITS:
        asked = key_weights(found, threshold_bits)
        scored.append((mean_f1(chosen_on or sets, changed(parameters, keys=asked)), -threshold_bits, asked))
    best, _, weights = max(scored, key=lambda each: each[:2])
    return weights, best


def _fitted(sets: Sequence[KeySet], parameters: Parameters) -> dict[str, float]:
    maker = _native.KeyMaker(parameters.text, parameters.frequencies)
    columns = []
    for each in sets:
        rows, labels = array("f"), array("f")
        shared = maker.features(list(each.askers), list(each.holders), list(each.pairs))
        for pair, row in zip(each.pairs, shared, strict=True):
            if row is not None:  # what shares a number, or no name part, says nothing of the weights
                rows.extend([*row, 1.0])
                labels.append(float(pair in each.matches))
        columns.append((rows, labels, array("f", [each.prior_bits]) * len(labels), each.importance))
    width = len(NAMES)
    found = _native.fit_weights(columns, list(_START), [_PENALTY] * width, [_FREE] * width, _ROUNDS)[0]
    return dict(zip(NAMES, found, strict=True))


def key_weights(found: Mapping[str, float], threshold_bits: float) -> KeyWeights:
    """Return the `keys` part of a parameter file, in tenths of a bit, for weights in bits."""

    def tenths(*names: str) -> int:
        return round(10 * sum(found[name] for name in names))

    return {
        "threshold": round(10 * threshold_bits),
        "fine_slope": round(found["fine_bits"], 3),
        "fine_offset": round(found["fine_parts"], 2),
        "coarse_slope": round(found["coarse_bits"], 3),
        "coarse_offset": round(found["coarse_parts"], 2),
        "rough": min(1, tenths("rough_parts")),
        "complete_both": max(tenths("always", "both"), tenths("always", "holder"), tenths("always")),
        "complete_holder": max(tenths("always", "holder"), tenths("always")),
        "complete_neither": tenths("always"),
        "single": max(0, -tenths("single")),
        "birth_day": tenths("day"),
        "birth_swapped": tenths("swapped"),
        "birth_two_of_three": tenths("two_of_three"),
        "birth_year": tenths("year"),
        "birth_conflict": tenths("conflict"),
    }


def mean_f1(sets: Sequence[KeySet], parameters: Parameters) -> float:
    """Return the mean F1 of sharing a key, over the sets."""
    maker = _native.KeyMaker(parameters.text, parameters.frequencies)
    scores = []
    for each in sets:
        hits = set(maker.hits(list(each.askers), list(each.holders))[0])
        scores.append(2 * len(hits & each.matches) / max(len(hits) + len(each.matches), 1))
    return sum(scores) / max(len(scores), 1)
