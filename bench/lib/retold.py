"""Pairs of texts of which one may be derived from the other: made-up news, and rewrites of it that are made by rule.

Each event of `bench/texts/stories.txt` is told twice in different words. A rewrite takes the first telling (or the second) and
copies, cuts, reorders or lightly paraphrases it; a text that is not derived tells the same event, with the same names and
numbers, in the words of the other telling. What was done is known to the judge alone.

The harder kinds have what misleads (`bench/texts/wire.txt`): statements of one person that both texts quote, stock phrases of
agencies, what an outlet ends every text with; a fifth to two fifths of a text taken over; a text put together from two sources.
Paragraphs are apart by a blank line.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bench.lib import places
from tallystick.reports.derivation import Derivation

_CITIES = (
    "Ghent",
    "Lille",
    "Porto",
    "Aarhus",
    "Trieste",
    "Split",
    "Gdansk",
    "Varna",
    "Bergen",
    "Turku",
    "Cork",
    "Bilbao",
    "Izmir",
    "Tunis",
    "Haifa",
    "Tbilisi",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_GIVEN = ("Anna", "Karin", "Tomas", "Munir", "Paul", "Rita", "Jonas", "Leila", "Oskar", "Maria", "Piet", "Zofia")
_FAMILY = ("Beispiel", "Example", "Tuzani", "Holm", "Varga", "Reyes", "Okafor", "Lindqvist", "Novak", "Haddad", "Duarte", "Kowal")
_SHARES = {"cut": (0.3, 0.6), "part": (0.3, 0.65), "little": (0.2, 0.4), "brief": (0.2, 0.3)}
_LIGHT = (0.4, 0.9)
"""How many of the words that have a synonym a light paraphrase exchanges: 4 to 9 of 10, which are 5 to 15 of 100 words."""
_BY_HAND = 0.5
"""How often the copied sentences of a text that is partly derived are paraphrased as well."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A source, a text, whether that is derived from it, and how it was made."""

    source: str
    text: str
    truth: Derivation
    kind: str


@cache
def _stories() -> dict[str, list[tuple[str, str]]]:
    out: dict[str, list[tuple[str, str]]] = {}
    for line in (places.ROOT / "bench" / "texts" / "stories.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            facts = out.setdefault(line[2:], [])
        elif not line.startswith("#"):
            one, _, other = line.partition(" || ")
            facts.append((one, other))
    return out


@cache
def _wire() -> dict[str, list[str]]:
    """Return what texts share that are not derived from each other: statements, phrases and endings."""
    out: dict[str, list[str]] = {}
    for line in (places.ROOT / "bench" / "texts" / "wire.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            lines = out.setdefault(line[2:], [])
        elif not line.startswith("#"):
            lines.append(line)
    return out


@cache
def _synonyms() -> dict[str, str]:
    lines = (places.ROOT / "bench" / "texts" / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    return {word: rest for word, _, rest in (line.partition(" ") for line in lines)}


def halves() -> tuple[list[str], list[str]]:
    """Return the events that teach and those that judge."""
    names = list(_stories())
    return names[::2], names[1::2]


def pairs(events: Sequence[str], count: int, seed: int) -> Iterator[Pair]:
    """Make `count` pairs of each kind."""
    dice, harder = random.Random(seed), random.Random(seed)
    for number in range(count):
        for kind in KINDS:
            yield _pair(events[number % len(events)], kind, dice)
        for kind in HARDER:
            yield _harder(events, number, kind, harder)


KINDS = (
    "copy",
    "cut",
    "reorder",
    "paraphrase",
    "cut, reordered, paraphrased",
    "part copied",
    "part paraphrased",
    "own",
    "own, longer",
)

HARDER: dict[str, Derivation] = {
    "own, same statements": "not",
    "own, same phrases": "not",
    "own, same ending": "not",
    "a fifth to two fifths copied": "partly",
    "a fifth to two fifths paraphrased": "partly",
    "part copied, same statements and phrases": "partly",
    "two sources put together": "partly",
    "cut to a brief": "wholly",
    "copy, another ending": "wholly",
}


def _harder(events: Sequence[str], number: int, kind: str, dice: random.Random) -> Pair:
    event, further = events[number % len(events)], events[(number + 1) % len(events)]
    filled, side, person = _filled(event, dice), dice.randrange(2), f"{dice.choice(_GIVEN)} {dice.choice(_FAMILY)}"
    source, other = [fact[side] for fact in filled], [fact[1 - side] for fact in filled]
    endings = dice.sample(_wire()["endings"], 2)
    told = list(other)
    if kind.startswith("own"):
        dice.shuffle(told)
    elif kind.startswith(("a fifth", "part copied")):
        share = "little" if kind.startswith("a fifth") else "part"
        told = _mixed(source, other, "part paraphrased" if "paraphrased" in kind else "part copied", dice, share)
    elif kind.startswith("two sources"):
        told = _some(source, "part", dice) + _some([fact[0] for fact in _filled(further, dice)], "part", dice)
        dice.shuffle(told)
    else:
        told = _some(source, "brief", dice) if "brief" in kind else list(source)
    if "statements" in kind:
        said = dice.sample(_wire()["statements"], 2)
        source = _with(source, [f"“{each[:-1]},” {person} said." for each in said], dice)
        told = _with(told, [f"In the words of {person}: “{each}”" for each in said], dice)
    if "phrases" in kind:
        source, told = (_with(each, dice.sample(_wire()["phrases"], 3), dice) for each in (source, told))
    if "ending" in kind:
        source.append(f"\n\n{endings[0]}")
        told.append(f"\n\n{endings[kind.startswith('copy')]}")
    return Pair(" ".join(source), " ".join(told), HARDER[kind], kind)


def _with(told: Sequence[str], more: Sequence[str], dice: random.Random) -> list[str]:
    """Put further sentences between those of a text."""
    out = list(told)
    for each in more:
        out.insert(dice.randrange(1, len(out) + 1), each)
    return out


def _pair(event: str, kind: str, dice: random.Random) -> Pair:
    filled = _filled(event, dice)
    side = dice.randrange(2)
    source = [fact[side] for fact in filled]
    other = [fact[1 - side] for fact in filled]
    if kind.startswith("own"):
        dice.shuffle(other)
        told = other if kind == "own" else [*other, *(fact[1 - side] for fact in _filled(event, dice)[:3])]
        return Pair(" ".join(source), " ".join(told), "not", kind)
    if kind.startswith("part"):
        return Pair(" ".join(source), " ".join(_mixed(source, other, kind, dice)), "partly", kind)
    told = list(source)
    if "cut" in kind:
        told = _some(told, "cut", dice)
    if "reorder" in kind:
        dice.shuffle(told)
    if "paraphrase" in kind:
        told = [_paraphrased(each, dice) for each in told]
    return Pair(" ".join(source), " ".join(told), "wholly", kind)


def _filled(event: str, dice: random.Random) -> list[tuple[str, str]]:
    """Return the facts of an event with names and numbers of its own."""
    slots = {
        "city": dice.choice(_CITIES), "day": dice.choice(_DAYS), "person": f"{dice.choice(_GIVEN)} {dice.choice(_FAMILY)}",
        "number": str(dice.randrange(11, 180)), "money": str(dice.randrange(2, 60)),
    }  # fmt: skip
    return [(one.format(**slots), other.format(**slots)) for one, other in _stories()[event]]


def _some(sentences: Sequence[str], kind: str, dice: random.Random) -> list[str]:
    """Keep a share of the sentences, in their order."""
    kept = max(2, round(dice.uniform(*_SHARES[kind]) * len(sentences)))
    return [sentences[at] for at in sorted(dice.sample(range(len(sentences)), kept))]


def _mixed(source: Sequence[str], other: Sequence[str], kind: str, dice: random.Random, share: str = "part") -> list[str]:
    """Take some sentences of the source, and tell the facts of the rest in other words."""
    taken = set(_some(source, share, dice))
    told = [mine if mine in taken else own for mine, own in zip(source, other, strict=True)]
    if kind == "part paraphrased":
        told = [_paraphrased(each, dice) if each in taken else each for each in told]
    if dice.random() < _BY_HAND:
        dice.shuffle(told)
    return told


def _paraphrased(sentence: str, dice: random.Random) -> str:
    share = dice.uniform(*_LIGHT)
    return re.sub(r"\w+", lambda found: _synonyms().get(found[0], found[0]) if dice.random() < share else found[0], sentence)
