"""Labelled pairs of names that help to teach what names say alone: real pairs, and names changed as people change them.

Real: the name variants of half of EveryPolitician against the names most like them, names of the UK and US lists, small
hand-labelled checks. Changed: names of the UK list and of politicians with a part mistyped, left out, cut to an initial,
written in another usual way, joined or moved (the same person), or with a part replaced by another of the same country, half
of the time by the one most like it (another person).

Never the pairs that `bench.quality.name_pairs` judges by.
"""

import csv
import gzip
import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from random import Random
from typing import TypeAlias

from bench.lib import places
from tallystick import _native
from tallystick.matching import Parameters
from tallystick.matching.learning import FEATURES, WIDTH
from tallystick.model import Record, encode

SEED = 5
COPIES = 3
"""Changed pairs made of each name, the same person and another one."""
_ASKED = 40
"""So many parts of a country are looked at for the one most like another."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LEAST_LETTERS = 3
_SHARE_ALIKE = 0.5

Parts: TypeAlias = list[str]
Change: TypeAlias = Callable[[Parts, Random], Parts]


@dataclass(frozen=True, slots=True)
class NamePair:
    """Two names, and whether they are names of one person."""

    a: str
    b: str
    same: bool


def real() -> list[NamePair]:
    """Pairs that people labelled, or that follow from what they labelled."""
    return [*_politicians(), *_lists(), *_checks()]


def changed() -> list[NamePair]:
    """Names changed by hand of a generator; the same every time."""
    rng = Random(SEED)
    by_country = _names_by_country()
    others = equivalents()
    return [pair for names in by_country.values() for pair in _of_country(names, others, rng)]


def rows(pairs: Sequence[NamePair], parameters: Parameters) -> "tuple[array[float], array[float]]":
    """Evidence of each pair, WIDTH numbers, with the frequencies of the table alone; and the labels."""
    searcher = _native.Searcher(parameters.text, parameters.frequencies)
    at = {feature: n for n, feature in enumerate(FEATURES)}
    found, labels = array("f"), array("f")
    for pair in pairs:
        row = array("f", bytes(4 * WIDTH))
        for feature, value, _ in searcher.explain(_line(pair.a), _line(pair.b))[0]:
            row[at[feature]] = value
        found.extend(row)
        labels.append(float(pair.same))
    return found, labels


def _line(name: str) -> bytes:
    return encode(Record(id="x", names=(name,)))


def _politicians() -> Iterator[NamePair]:
    for row in csv.DictReader(_text("names/politician_name_pairs.csv.gz")):
        yield NamePair(row["name_a"], row["name_b"], row["same"] == "1")


def _lists() -> Iterator[NamePair]:
    """First names of the UK and US lists: one person's, and look-alikes'."""
    uk, us = (
        {row["id"]: row["names"][0] for row in map(json.loads, _text(f"lists/{name}.records.jsonl.gz")) if row["names"]}
        for name in ("uk/uk_2025", "ofac/ofac_2024")
    )
    for kind, same in (("truth", True), ("lookalikes", False)):
        with places.data(f"lists/truth/{kind}_uk_2025__ofac_2024.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["id_a"] in uk and row["id_b"] in us:
                    yield NamePair(uk[row["id_a"]], us[row["id_b"]], same)


def _checks() -> Iterator[NamePair]:
    for row in map(json.loads, _text("names/entity_bench_checks.jsonl.gz")):
        names = row["query"].get("name"), row["candidate"].get("name")
        if row["schema"] == "Person" and len(row["query"]) == 1 and all(isinstance(name, str) for name in names):
            yield NamePair(*names, row["match"])


def _names_by_country() -> dict[str, list[Parts]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in csv.DictReader(_text("names/politician_name_pairs.csv.gz")):
        if row["script_a"] == "LATIN":
            found[row["country"]].add(row["name_a"])
    for row in map(json.loads, _text("lists/uk/uk_2025.records.jsonl.gz")):
        for country in row["nationalities"][:1]:
            found[country].add(row["names"][0])
    return {
        country: [parts for name in sorted(names) if (parts := usable_parts(name))] for country, names in sorted(found.items())
    }


def usable_parts(name: str) -> Parts:
    """The parts of a name in small letters; none of a name that is not plainly two to five words."""
    parts = name.lower().replace(",", " ").split()
    usable = all(len(part) > 1 and part.replace("-", "").replace("'", "").isalpha() for part in parts)
    return parts if usable and 2 <= len(parts) <= 5 else []  # noqa: PLR2004


def equivalents() -> dict[str, list[str]]:
    """Latin name part -> other usual Latin writings of it."""
    found: dict[str, list[str]] = {}
    for line in _text("names/wikidata_name_parts.txt.gz"):
        written = [part.strip() for part in line.partition("=>")[0].split(",")]
        latin = sorted({part for part in written if part.isascii() and part.isalpha()})
        for part in latin:
            found.setdefault(part, [other for other in latin if other != part])
    return found


def _of_country(names: Sequence[Parts], equivalents: Mapping[str, list[str]], rng: Random) -> Iterator[NamePair]:
    pool = sorted({part for parts in names for part in parts})
    if len(pool) < 2 * _ASKED:
        return
    alike = [*slight(equivalents), _mistyped, _twice_mistyped, _initial]
    other: list[Change] = [partial(_replaced, pool, equivalents), partial(_replaced, pool, equivalents), _alone]
    for parts in names:
        for _ in range(COPIES):
            yield NamePair(" ".join(parts), " ".join(rng.choice(alike)(list(parts), rng)), same=True)
            yield NamePair(" ".join(parts), " ".join(rng.choice(other)(list(parts), rng)), same=False)


def slight(equivalents: Mapping[str, list[str]]) -> list[Change]:
    """The changes after which people still know whom a name means; `equivalents` as `equivalents` gives them."""
    return [_mistyped, _left_out, _moved, _joined, partial(_rewritten, equivalents)]


def _mistyped(parts: Parts, rng: Random) -> Parts:
    at = rng.choice([n for n, part in enumerate(parts) if len(part) >= _LEAST_LETTERS] or [0])
    part = parts[at]
    n = rng.randrange(len(part))
    letter = rng.choice(_LETTERS)
    parts[at] = rng.choice(
        (
            part[:n] + part[n + 1 :] if len(part) > _LEAST_LETTERS else part + part[-1],
            part[:n] + letter + part[n:],
            part[:n] + letter + part[n + 1 :],
            part[:n] + part[n] + part[n:],
            part[: n - 1] + part[n] + part[n - 1] + part[n + 1 :] if n else part[1::-1] + part[2:],
        )
    )
    return parts


def _twice_mistyped(parts: Parts, rng: Random) -> Parts:
    return _mistyped(_mistyped(parts, rng), rng)


def _left_out(parts: Parts, rng: Random) -> Parts:
    if len(parts) > 2:  # noqa: PLR2004
        del parts[rng.randrange(1, len(parts) - 1)]
    return parts


def _initial(parts: Parts, rng: Random) -> Parts:
    at = rng.randrange(len(parts) - 1)
    parts[at] = parts[at][:1] + "."
    return parts


def _moved(parts: Parts, _: Random) -> Parts:
    return [*parts[-1:], *parts[:-1]]


def _joined(parts: Parts, rng: Random) -> Parts:
    at = rng.randrange(len(parts) - 1)
    return [*parts[:at], parts[at] + rng.choice(("", "-")) + parts[at + 1], *parts[at + 2 :]]


def _rewritten(equivalents: Mapping[str, list[str]], parts: Parts, rng: Random) -> Parts:
    known = [n for n, part in enumerate(parts) if equivalents.get(part)]
    if known:
        at = rng.choice(known)
        parts[at] = rng.choice(equivalents[parts[at]])
    return parts


def _replaced(pool: Sequence[str], equivalents: Mapping[str, list[str]], parts: Parts, rng: Random) -> Parts:
    at = rng.choice((0, len(parts) - 1, rng.randrange(len(parts))))
    taken = {*parts, *equivalents.get(parts[at], ())}
    others = [part for part in rng.sample(pool, _ASKED) if part not in taken]
    parts[at] = _most_alike(parts[at], pool, taken) if rng.random() < _SHARE_ALIKE else others[0]
    return parts


def _most_alike(part: str, pool: Iterable[str], taken: set[str]) -> str:
    near = [other for other in pool if other not in taken and other[0] == part[0] and abs(len(other) - len(part)) <= 2]  # noqa: PLR2004
    matcher = SequenceMatcher(None, "", part, autojunk=False)

    def likeness(other: str) -> float:
        matcher.set_seq1(other)
        return matcher.ratio()

    return max(near, key=likeness, default=next(other for other in pool if other not in taken))


def _alone(parts: Parts, rng: Random) -> Parts:
    """One part of the name, which many bear."""
    return [rng.choice((parts[0], parts[-1]))]


def _text(name: str) -> Iterator[str]:
    with gzip.open(places.data(name), "rt", encoding="utf-8", newline="") as lines:
        yield from lines
