"""Who says, thinks or demands something in a sentence: cue and source, by weights learned from texts in which people marked both.

Pure. A linear model: what a word looks like and what stands around it adds up to how likely it is a cue, and the same for each
group of words that may be its source. It finds what no list of words has (`ist der Auffassung`, `lehnen ... ab`), and is less
sure than a list: no chain and no count rests on it.

Rules
 1. A source is of the same sentence; a cue without one is no attribution.
 2. An attribution counts from the least chance on that the weights name: of cue times source.
 3. What a word and a group look like is said by the module of the language (`german_cues`, `english_cues`).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from tallystick.errors import ConfigError
from tallystick.reports import english_cues, german_cues
from tallystick.reports.cue_words import Group, Reader, Span, Words

READERS: Mapping[str, Reader] = {"de": german_cues, "en": english_cues}
"""By language; of the others nothing was learned."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A learned model.

    Attributes:
        cue, source: what each feature adds to the logit of a cue, and of a source.
        least: the least chance that counts.
        worth: the least logit of a word by itself for which it is worth looking at what stands around it.
    """

    cue: Mapping[str, float] = field(repr=False)
    source: Mapping[str, float] = field(repr=False)
    least: float
    worth: float = -math.inf


@dataclass(frozen=True, slots=True)
class Learned:
    """A cue and its source, as characters of the text; how likely the two are right, 0 to 1."""

    cue: Span
    source: Span
    chance: float


@cache
def shipped_weights(code: str) -> Weights:
    """Return the weights that come with the package for a language of `READERS`."""
    return read_weights((files(__package__) / "parameters" / f"cues-{code}-1.tsv").read_text(encoding="utf-8"))


def read_weights(text: str) -> Weights:
    """Read weights: lines of `cue` or `source`, a feature and its weight, between tabs; `least`, `chance` or `word`, and it.

    Raises:
        ConfigError: a line is of another shape.
    """
    parts: dict[str, dict[str, float]] = {"cue": {}, "source": {}, "least": {}}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            part, name, weight = line.split("\t")
            parts[part][name] = float(weight)
        except (ValueError, KeyError):
            raise ConfigError(f"line {number} of the weights of learned cues is none", hint="reinstall the package") from None
    return Weights(parts["cue"], parts["source"], parts["least"].get("chance", 1.0), parts["least"].get("word", -math.inf))


def learned(sentence: Words, reader: Reader, weights: Weights) -> Iterator[Learned]:
    """Yield the attributions of one sentence, in its order."""
    groups: list[Group] = []
    before: tuple[int, Group] | None = None
    for at in range(len(sentence.words)):
        cue = cue_chance(sentence, at, reader, weights) if reader.may_be_cue(sentence, at) else 0.0
        if cue <= weights.least:
            continue
        groups = groups or reader.groups(sentence)
        if found := _weighed(sentence, at, cue, groups, reader, weights):
            chance, group = found
            if before is None or before[1] != group or at - before[0] > reader.ONE_CUE:
                first, last = sentence.spans[group[0]], sentence.spans[group[1] - 1]
                yield Learned(sentence.spans[at], (first[0], last[1]), chance)
            before = at, group


def cue_chance(sentence: Words, at: int, reader: Reader, weights: Weights, *, is_sure: bool = False) -> float:
    """Return how likely a word is a cue, whoever its source is, 0 to 1; 0 where it is not worth a look around.

    A look around is not spared where `is_sure`: the word is one of the tables, and would be left out by a 0.
    """
    logit = _sum(reader.word_features(sentence, at), weights.cue)
    is_worth = is_sure or logit >= weights.worth
    return _logistic(logit + _sum(reader.cue_features(sentence, at), weights.cue)) if is_worth else 0.0


def _weighed(
    sentence: Words, at: int, cue: float, groups: Sequence[Group], reader: Reader, weights: Weights
) -> tuple[float, Group] | None:
    """Return the likeliest source of a word, if it is likely enough that the word is a cue and this its source."""
    apart = reader.sources(sentence, at, groups)
    if not apart:
        return None
    logits = [_sum(each, weights.source) for each in reader.source_features(sentence, at, apart)]
    none = _sum(reader.none_features(sentence, at), weights.source)
    best = max(range(len(apart)), key=logits.__getitem__)
    most = max(none, logits[best])
    share = math.exp(logits[best] - most) / (math.exp(none - most) + sum(math.exp(each - most) for each in logits))
    return (cue * share, apart[best]) if cue * share > weights.least else None


def _sum(features: Sequence[str], weights: Mapping[str, float]) -> float:
    get = weights.get
    return sum([get(each, 0.0) for each in features])


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
