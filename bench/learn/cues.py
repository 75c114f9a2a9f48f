"""Learns the weights of `tallystick.reports.learned_cues` from the half of the speeches that teaches.

    TALLYSTICK_DATA=... python -m bench.learn.cues --out FILE

Logistic regression for cues and a choice among candidates for sources, both by AdaGrad; two minutes. The least chance is the
one with the best F1 on each third of that half, with weights learned from the other two. The half that judges is not looked at.
"""

import argparse
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.lib import attributed, report
from bench.lib.attributed import Sentence, Span
from bench.quality.attribution import Judged, judged
from tallystick.reports.learned_cues import Weights, candidates, cue_features, learned, none_features, source_features, words_of

ROUNDS = 5
_SEED, _RATE, _DECAY = 7, 0.3, 1e-3
_LEAST_SEEN = 2
_LEAST_WEIGHT = 0.2
_CHANCES = tuple(n / 100 for n in range(10, 60, 4))
_THIRDS = 3


def main(words: Sequence[str] | None = None) -> int:
    """Learn and write."""
    parser = argparse.ArgumentParser(prog="bench.learn.cues", description="Learn the weights of German cues.")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    given = parser.parse_args(words)
    teaching, _ = attributed.speeches()
    least = _least_chance(teaching)
    weights = learn(teaching)
    given.out.write_text(_written(weights, least), encoding="utf-8")
    report.say(f"{len(weights.cue):,} + {len(weights.source):,} weights, least chance {least}")
    return 0


def _least_chance(teaching: Sequence[Sentence]) -> float:
    """Return the least chance with the best F1 on each third, with weights learned from the other two."""
    third = -(-len(teaching) // _THIRDS)
    trials: dict[float, list[Judged]] = defaultdict(list)
    for first in range(0, len(teaching), third):
        apart = teaching[first : first + third]
        weights = learn([*teaching[:first], *teaching[first + third :]])
        for chance in _CHANCES:
            trials[chance].append(_trial(apart, Weights(weights.cue, weights.source, chance)))
    means = {chance: sum(each.f1 for each in judged_) / len(judged_) for chance, judged_ in trials.items()}
    report.say(", ".join(f"{chance}: {f1:.3f}" for chance, f1 in means.items()))
    return max(means, key=means.__getitem__)


def _trial(sentences: Sequence[Sentence], weights: Weights) -> Judged:
    return judged((each, [(one.cue, one.source) for one in learned(each.text, 0, len(each.text), weights)]) for each in sentences)


def learn(teaching: Sequence[Sentence]) -> Weights:
    """Learn from sentences; rare features and small weights are left out."""
    cues, choices = _examples(teaching)
    cue, source = _Linear([each for each, _ in cues]), _Linear([one for each, _ in choices for one in each])
    dice = random.Random(_SEED)
    for _ in range(ROUNDS):
        dice.shuffle(cues)
        dice.shuffle(choices)
        for features, is_cue in cues:
            cue.move(features, _logistic(cue.sum(features)) - is_cue)
        for groups, right in choices:
            shares = _shares([source.sum(each) for each in groups])
            for number, features in enumerate(groups):
                source.move(features, shares[number] - (number == right))
    return Weights(cue.kept(), source.kept(), 0.0)


_Cues = list[tuple[list[str], bool]]
_Choices = list[tuple[list[list[str]], int]]


def _examples(teaching: Sequence[Sentence]) -> tuple[_Cues, _Choices]:
    cues: _Cues = []
    choices: _Choices = []
    for sentence in teaching:
        spans = words_of(sentence.text, 0, len(sentence.text))
        words = [sentence.text[slice(*span)] for span in spans]
        groups = candidates(words)
        sources = {at: each.source for each in sentence.marked for at in _heads(spans, each.cue)}
        cues += [(cue_features(words, at), at in sources) for at in range(len(words)) if words[at][0].isalnum()]
        for at in range(len(words)):
            if at in sources:
                apart = [each for each in groups if not each[0] <= at < each[1]]
                right = _best(spans, apart, sources[at])
                if right is not None:
                    choices.append((_alternatives(words, at, apart), right))
        for cue in sentence.bare:
            for at in set(_heads(spans, cue)) - set(sources):
                apart = [each for each in groups if not each[0] <= at < each[1]]
                choices.append((_alternatives(words, at, apart), len(apart)))
    return cues, choices


def _alternatives(words: Sequence[str], at: int, apart: Sequence[Span]) -> list[list[str]]:
    """The candidates for the source of a cue, and that there is none."""
    return [source_features(words, at, each) for each in apart] + [none_features(words, at)]


def _heads(spans: Sequence[Span], cue: Sequence[Span]) -> Iterator[int]:
    return (at for at, span in enumerate(spans) if attributed.overlap([span], cue))


def _best(spans: Sequence[Span], groups: Sequence[Span], source: Sequence[Span]) -> int | None:
    """Return the candidate that is most of a marked source and little else; none where no candidate is half of it."""
    size = sum(end - start for start, end in source)
    alike = [
        2 * attributed.overlap(own := spans[first:last], source) / (size + sum(end - start for start, end in own))
        for first, last in groups
    ]
    best = max(range(len(groups)), key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= 1 / 2 else None


@dataclass(slots=True)
class _Linear:
    """Weights that are being learned, of features seen often enough."""

    examples: Sequence[Sequence[str]]
    weights: dict[str, float] = field(default_factory=dict)
    squares: dict[str, float] = field(default_factory=lambda: defaultdict(lambda: 1e-2))

    def __post_init__(self) -> None:
        seen = Counter(feature for each in self.examples for feature in each)
        self.weights = dict.fromkeys(sorted(feature for feature, times in seen.items() if times >= _LEAST_SEEN), 0.0)

    def sum(self, features: Sequence[str]) -> float:
        return sum(self.weights.get(each, 0.0) for each in features)

    def move(self, features: Sequence[str], wrong: float) -> None:
        if abs(wrong) < 1e-4:  # noqa: PLR2004
            return
        for each in features:
            if each in self.weights:
                slope = wrong + _DECAY * self.weights[each]
                self.squares[each] += slope * slope
                self.weights[each] -= _RATE * slope / math.sqrt(self.squares[each])

    def kept(self) -> dict[str, float]:
        return {each: weight for each, weight in self.weights.items() if abs(weight) >= _LEAST_WEIGHT}


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _shares(logits: Sequence[float]) -> list[float]:
    most = max(logits)
    powers = [math.exp(each - most) for each in logits]
    return [each / sum(powers) for each in powers]


def _written(weights: Weights, least: float) -> str:
    parts = (("cue", weights.cue), ("source", weights.source), ("least", {"chance": least}))
    return "".join(f"{part}\t{name}\t{weight:.2f}\n" for part, all_ in parts for name, weight in sorted(all_.items()))


if __name__ == "__main__":
    raise SystemExit(main())
