"""Learns the public weights of match keys from labelled pairs: what a private match finds, within a limit of keys per record.

Reads no register: lines and labelled pairs come in, the `keys` part of a parameter file goes out.

Rules
 1. What counts is F1 of sharing a key, softly: a pair just above the threshold counts more than a half, one just below less. So
    weights are preferred that leave room on both sides, and a single pair cannot turn the search.
 2. False hits grow with the product of two registers, true ones with one of them: those of small sets count as in registers of
    TYPICAL_RECORDS.
 3. Where a set says how many keys its median record may have, more cost F1: the tenth part of them one point in a hundred.
 4. The threshold stays: it sets the scale of all weights, which are bits. The rest is climbed step by step, one weight at a
    time, then all as they have moved; steps are halved until they are tenths. Same input, same weights.

Spec: spec/match-keys-v1.md, sections 3 and 4.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tallystick import _native
from tallystick.matching.parameter_text import changed
from tallystick.matching.parameters import Parameters

KeyWeights: TypeAlias = dict[str, float]
"""The `keys` part of a parameter file."""

FIRST: KeyWeights = {
    "threshold": 140,
    "fine_slope": 0.5,
    "fine_offset": -0.9995,
    "coarse_slope": 0.5,
    "coarse_offset": -3.9995,
    "rough": -20,
    "complete_both": 80,
    "complete_holder": 30,
    "complete_neither": -10,
    "single": 0,
    "birth_day": 120,
    "birth_swapped": 80,
    "birth_other_year": 20,
    "birth_year": 20,
    "birth_conflict": -60,
}
"""Key weights to begin with: what frequencies alone say, halved, because parts of names come together."""
TYPICAL_RECORDS = 5000
SOFTNESS_TENTHS = 4.0
_LIMIT_PRICE = 0.1
_COUNTED = 800
"""Records of a set whose keys are counted."""
_NEAR_TENTHS = 25
"""Pairs that fall so far short of the threshold are watched, too: other weights may lift them."""
_SLOPE, _OFFSET, _TENTHS = (0.08, 0.01), (0.6, 0.05), (12.0, 1.0)
"""First and least step of a weight."""
_STEPS: Mapping[str, tuple[float, float]] = {
    name: _SLOPE if name.endswith("slope") else _OFFSET if name.endswith("offset") else _TENTHS
    for name in FIRST
    if name != "threshold"
}
_ASIDE = 0.0005
"""Slopes of two digits times bits of one are hundredths of a tenth; an offset that ends so keeps them off a half of a tenth."""
_SMALLEST = 0.08
_WORTH, _SETTLED = 1e-6, 2e-4


@dataclass(frozen=True, slots=True)
class KeySet:
    """Two registers whose truth is known.

    Attributes:
        askers, holders: their lines.
        pairs: pairs (number of asker, number of holder) worth learning from.
        matches: the true pairs.
        undecided: pairs that nobody can tell; they count neither way.
        importance: what this set counts for beside others.
        most_keys: keys its median record may have; None sets no limit.
    """

    askers: Sequence[bytes] = field(repr=False)
    holders: Sequence[bytes] = field(repr=False)
    pairs: Sequence[tuple[int, int]] = field(repr=False)
    matches: frozenset[tuple[int, int]] = field(repr=False)
    undecided: frozenset[tuple[int, int]] = field(default=frozenset(), repr=False)
    importance: float = 1.0
    most_keys: float | None = None

    @property
    def weight_of_false(self) -> float:
        """What a false hit counts for (rule 2)."""
        return max(1.0, TYPICAL_RECORDS / math.sqrt(len(self.askers) * len(self.holders)))


def learn_keys(sets: Sequence[KeySet], parameters: Parameters, *, first: KeyWeights = FIRST) -> tuple[KeyWeights, float]:
    """Learn key weights; return them with the mean F1 of the keys alone.

    Args:
        sets: what to learn from.
        parameters: a set whose frequency table the keys will use.
        first: weights to begin with; their threshold stays.
    """
    weights = _climbed(_Trial(sets, parameters, first), dict(first))
    return weights, mean_f1(sets, changed(parameters, keys=weights))


class _Trial:
    """What weights are worth (rules 1 to 3)."""

    def __init__(self, sets: Sequence[KeySet], parameters: Parameters, first: KeyWeights) -> None:
        self._sets = sets
        with_first = changed(parameters, keys=first)
        self._native = _native.KeyTrial(with_first.text, with_first.frequencies)
        near = changed(parameters, keys={**first, "threshold": first["threshold"] - _NEAR_TENTHS})
        maker = _native.KeyMaker(near.text, near.frequencies)
        for each in sets:
            askers, holders = list(each.askers), list(each.holders)
            watched = {*each.pairs, *each.matches, *maker.hits(askers, holders)[0]} - each.undecided
            labelled = [(a, b, (a, b) in each.matches) for a, b in sorted(watched)]
            self._native.add(askers, holders, labelled, _some([*askers, *holders]))

    def worth(self, weights: KeyWeights, least: float = -math.inf) -> float:
        """Return what weights are worth; less than `least` as soon as that is sure."""
        text = json.dumps(weights)
        found = self._native.judge(text, SOFTNESS_TENTHS)
        f1 = sum(each.importance * _soft_f1(each, *hits) for each, hits in zip(self._sets, found, strict=True))
        f1 /= sum(each.importance for each in self._sets)
        if f1 <= least or all(each.most_keys is None for each in self._sets):
            return f1
        counted = zip(self._sets, self._native.counts(text), strict=True)
        over = (_middle(counts) / each.most_keys - 1 for each, counts in counted if each.most_keys is not None)
        return f1 - _LIMIT_PRICE * sum(max(0.0, one) for one in over)


def _some(lines: Sequence[bytes]) -> list[bytes]:
    step = max(1, len(lines) // _COUNTED)
    return list(lines[::step][:_COUNTED])


def _middle(counts: Sequence[int]) -> float:
    """The median, but for a mean over the middle tenth: so that fewer keys show before the median moves."""
    ordered = sorted(counts)
    middle = ordered[len(ordered) * 45 // 100 : len(ordered) * 55 // 100 + 1]
    return sum(middle) / len(middle)


def _soft_f1(each: KeySet, right: float, wrong: float) -> float:
    return 2 * right / (right + each.weight_of_false * wrong + len(each.matches))


def _climbed(trial: _Trial, weights: KeyWeights) -> KeyWeights:
    """Climb until no step is worth it (rule 4)."""
    best, size = trial.worth(weights), 1.0
    while size >= _SMALLEST:
        before, start = weights, best
        for name in _STEPS:
            weights, best = _moved(trial, weights, best, name, size)
        if best > start:
            ahead = {name: _rounded(name, 2 * weights[name] - before[name]) for name in weights}
            if _is_lawful(ahead) and (worth := trial.worth(ahead, best)) > best:
                weights, best = ahead, worth
        if best < start + _SETTLED:
            size /= 2
    return weights


def _moved(trial: _Trial, weights: KeyWeights, best: float, name: str, size: float) -> tuple[KeyWeights, float]:
    """Move one weight, up or down, as far as it is worth it."""
    first, least = _STEPS[name]
    for step in (max(first * size, least), -max(first * size, least)):
        moved = False
        while True:
            tried = {**weights, name: _rounded(name, weights[name] + step)}
            if not _is_lawful(tried) or (worth := trial.worth(tried, best)) <= best + _WORTH:
                break
            weights, best, moved = tried, worth, True
        if moved:
            break
    return weights, best


def _rounded(name: str, value: float) -> float:
    if name.endswith("slope"):
        return round(value, 2)
    return round(round(value - _ASIDE, 2) + _ASIDE, 4) if name.endswith("offset") else round(value)


def _is_lawful(weights: KeyWeights) -> bool:
    """Whether weights keep what the specification asks for (section 3), and every date atom is worth asking for."""
    ordered = weights["complete_neither"] <= weights["complete_holder"] <= weights["complete_both"]
    above = ("coarse_slope", "fine_slope", "birth_swapped", "birth_other_year", "birth_year")
    return ordered and weights["single"] >= 0 and weights["rough"] <= 1 and all(weights[name] > 0 for name in above)


def mean_f1(sets: Sequence[KeySet], parameters: Parameters) -> float:
    """Return the mean F1 of sharing a key, over the sets."""
    maker = _native.KeyMaker(parameters.text, parameters.frequencies)
    scores = []
    for each in sets:
        hits = set(maker.hits(list(each.askers), list(each.holders))[0]) - each.undecided
        scores.append(2 * len(hits & each.matches) / max(len(hits) + len(each.matches), 1))
    return sum(scores) / max(len(scores), 1)
