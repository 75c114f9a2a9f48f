"""Learns the weights of `tallystick.reports.learned_cues` from texts in which people marked who says what.

    TALLYSTICK_DATA=... python -m bench.learn.cues --language de --out FILE
    TALLYSTICK_CORPORA=... python -m bench.learn.cues --language en --out FILE

German: the half of the parliament speeches that teaches. English: the part of PolNeAR that teaches. Logistic regression for cues
and a choice among candidates for sources, both by AdaGrad; German takes two minutes, English five. The least chance is the one
with the best F1: in German on each third of that half, with weights learned from the other two; in English on the part for
development. What judges is not looked at.
"""

import argparse
import math
import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.lib import attributed, corpora, report
from bench.lib.attributed import Sentence, Span
from bench.quality.attribution import Judged, judged
from tallystick.reports.cue_words import Group, Reader, Words
from tallystick.reports.learned_cues import READERS, Weights, learned
from tallystick.reports.sentences import sentences

_SEED, _RATE, _DECAY = 7, 0.3, 1e-3
_CHANCES = tuple(n / 100 for n in range(10, 60, 4))
_THIRDS = 3
_PIECES = 4
_NEARLY = 0.002
"""In F1: the tables find something as well, so that the weights may be strict."""
_TIMES = 8
"""How often our own sentences that teach are gone through for once of the news: they are few, and of other matters."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a language is learned.

    Attributes:
        rounds: how often the examples are gone through.
        seen: how often a feature must be seen to be learned.
        weight: how much it must weigh to be kept; less of either is a larger file.
        worth: see `Weights`: of 200 cues found in English, this loses one, and a look around is spared for three words of four.
    """

    rounds: int
    seen: int
    weight: float
    worth: float = -math.inf


_WAYS = {"de": Way(5, 2, 0.2), "en": Way(4, 6, 0.1, -1.5)}


def main(words: Sequence[str] | None = None) -> int:
    """Learn and write."""
    parser = argparse.ArgumentParser(prog="bench.learn.cues", description="Learn the weights of cues of a language.")
    parser.add_argument("--language", choices=sorted(READERS), required=True, help="of which")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    given = parser.parse_args(words)
    weights = _german() if given.language == "de" else _english()
    given.out.write_text(_written(weights), encoding="utf-8")
    report.say(f"{len(weights.cue):,} + {len(weights.source):,} weights, least chance {weights.least}")
    return 0


def _english() -> Weights:
    weights = learn([*corpora.english_news("train"), *attributed.own_part("en", "teaching") * _TIMES], "en")
    return _at_best([(weights, corpora.english_news("dev"))], weights, "en")


def _german() -> Weights:
    teaching, _ = attributed.speeches()
    third = -(-len(teaching) // _THIRDS)
    trials = [
        (learn([*teaching[:first], *teaching[first + third :]], "de"), teaching[first : first + third])
        for first in range(0, len(teaching), third)
    ]
    return _at_best(trials, learn(teaching, "de"), "de")


def _at_best(trials: Sequence[tuple[Weights, Sequence[Sentence]]], weights: Weights, code: str) -> Weights:
    """Return weights with the strictest least chance that is nearly as good as any in trials on texts that did not teach."""
    means = {
        chance: sum(_trial(apart, replace(tried, least=chance), code).f1 for tried, apart in trials) / len(trials)
        for chance in _CHANCES
    }
    report.say(", ".join(f"{chance}: {f1:.3f}" for chance, f1 in means.items()))
    best = max(means.values())
    return replace(weights, least=max(chance for chance, f1 in means.items() if f1 >= best - _NEARLY))


def _trial(texts: Sequence[Sentence], weights: Weights, code: str) -> Judged:
    reader = READERS[code]
    return judged(
        (each, [(one.cue, one.source) for words in _parts(each.text, reader) for one in learned(words, reader, weights)])
        for each in texts
    )


def _parts(text: str, reader: Reader) -> Iterator[Words]:
    return (reader.words(text, start, end) for start, end in sentences(text))


def learn(teaching: Sequence[Sentence], code: str) -> Weights:
    """Learn from texts; rare features and small weights are left out."""
    cue, source = _Linear(_WAYS[code]), _Linear(_WAYS[code])
    cues: list[tuple[array[int], bool]] = []
    choices: list[tuple[list[array[int]], int]] = []
    for text in teaching:
        for words in _parts(text.text, READERS[code]):
            for features, is_cue in _cues(words, text, READERS[code]):
                cues.append((cue.numbered(features), is_cue))
            for groups, right in _choices(words, text, READERS[code]):
                choices.append(([source.numbered(each) for each in groups], right))
    cues = [(features, is_cue) for (_, is_cue), features in zip(cues, cue.begin(each for each, _ in cues), strict=True)]
    seen = source.begin(each for groups, _ in choices for each in groups)
    choices = [([next(seen) for _ in groups], right) for groups, right in choices]
    _train(cue, cues, source, choices, _WAYS[code].rounds)
    return Weights(cue.kept(), source.kept(), 0.0, _WAYS[code].worth)


_Cues = list[tuple["array[int]", bool]]
_Choices = list[tuple[list["array[int]"], int]]


def _train(cue: "_Linear", cues: _Cues, source: "_Linear", choices: _Choices, rounds: int) -> None:
    """Go through the examples; what is kept is the mean of the weights after each piece of them, the first round left out."""
    dice = random.Random(_SEED)
    for number in range(rounds):
        dice.shuffle(cues)
        dice.shuffle(choices)
        for piece in range(_PIECES):
            for features, is_cue in cues[piece::_PIECES]:
                cue.move(features, _logistic(cue.sum(features)) - is_cue)
            for groups, right in choices[piece::_PIECES]:
                shares = _shares([source.sum(each) for each in groups])
                for at, features in enumerate(groups):
                    source.move(features, shares[at] - (at == right))
            if number:
                cue.note()
                source.note()


def _marked(words: Words, text: Sentence) -> Iterator[tuple[list[int], Sequence[Span]]]:
    """Yield each cue that begins in a sentence, as numbers of its words, and its source; nothing where that is elsewhere."""
    first, last = words.spans[0][0], words.spans[-1][1]
    for cue, source in [(each.cue, each.source) for each in text.marked] + [(each, ()) for each in text.bare]:
        if cue and first <= cue[0][0] < last:
            inside = [each for each in source if first <= each[0] < last]
            yield [at for at, span in enumerate(words.spans) if attributed.overlap([span], cue)], inside


def _cues(words: Words, text: Sentence, reader: Reader) -> Iterator[tuple[list[str], bool]]:
    marked = [cue for cue, _ in _marked(words, text)]
    heads = {at for cue in marked for at in reader.heads(words, cue)}
    apart = {at for cue in marked for at in cue} - heads
    for at in range(len(words.words)):
        if at not in apart and reader.may_be_cue(words, at):
            yield reader.word_features(words, at) + reader.cue_features(words, at), at in heads


def _choices(words: Words, text: Sentence, reader: Reader) -> Iterator[tuple[list[list[str]], int]]:
    """Yield the candidates for the source of each cue, that there is none as the last, and which is right."""
    groups = reader.groups(words)
    chosen = {at: source for cue, source in _marked(words, text) for at in reader.heads(words, cue)}
    for at, source in sorted(chosen.items()):
        apart = reader.sources(words, at, groups)
        right = _best(words.spans, apart, source) if source else len(apart)
        if right is not None:
            yield [*reader.source_features(words, at, apart), reader.none_features(words, at)], right


def _best(spans: Sequence[Span], groups: Sequence[Group], source: Sequence[Span]) -> int | None:
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
    """Weights that are being learned, of features seen often enough; features are numbered as they come."""

    way: Way
    numbers: dict[str, int] = field(default_factory=dict)
    weights: list[float] = field(default_factory=list)
    squares: list[float] = field(default_factory=list)
    noted: list[float] = field(default_factory=list)
    times: int = 0

    def numbered(self, features: Sequence[str]) -> "array[int]":
        return array("I", [self.numbers.setdefault(each, len(self.numbers)) for each in features])

    def begin(self, examples: Iterable["array[int]"]) -> "Iterator[array[int]]":
        """Set all weights to nothing; yield the examples without rare features."""
        known = list(examples)
        seen = [0] * len(self.numbers)
        for features in known:
            for each in features:
                seen[each] += 1
        self.weights, self.squares, self.noted = [0.0] * len(seen), [1e-2] * len(seen), [0.0] * len(seen)
        return (array("I", [each for each in features if seen[each] >= self.way.seen]) for features in known)

    def sum(self, features: "array[int]") -> float:
        weights = self.weights
        return sum([weights[each] for each in features])

    def move(self, features: "array[int]", wrong: float) -> None:
        if abs(wrong) < 1e-4:  # noqa: PLR2004
            return
        weights, squares = self.weights, self.squares
        for each in features:
            slope = wrong + _DECAY * weights[each]
            squares[each] += slope * slope
            weights[each] -= _RATE * slope / math.sqrt(squares[each])

    def note(self) -> None:
        """Add the weights as they are to their mean."""
        self.noted = [noted + weight for noted, weight in zip(self.noted, self.weights, strict=True)]
        self.times += 1

    def kept(self) -> dict[str, float]:
        """Return the mean of the weights that were noted, where it is large enough."""
        least = self.way.weight * self.times
        return {name: self.noted[at] / self.times for name, at in self.numbers.items() if abs(self.noted[at]) >= least}


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _shares(logits: Sequence[float]) -> list[float]:
    most = max(logits)
    powers = [math.exp(each - most) for each in logits]
    return [each / sum(powers) for each in powers]


def _written(weights: Weights) -> str:
    least = {"chance": weights.least} | ({"word": weights.worth} if math.isfinite(weights.worth) else {})
    parts = (("cue", weights.cue), ("source", weights.source), ("least", least))
    return "".join(f"{part}\t{name}\t{weight:.2f}\n" for part, all_ in parts for name, weight in sorted(all_.items()))


if __name__ == "__main__":
    raise SystemExit(main())
