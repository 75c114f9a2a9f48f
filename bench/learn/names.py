"""What is known about names: channels from pairs of writings, frequencies from three kinds of persons.

Channels: Wikidata's equivalent name parts, and name parts mined from Wikidata in two scripts, with counts. Frequencies: the
same name parts, the persons of the UK list, and half of the politicians of EveryPolitician.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from bench.lib import places
from tallystick._native import read_name
from tallystick.matching.name_learning import (
    LATIN,
    Channels,
    Pair,
    class_shares,
    classes,
    learn_channels,
    mixed_table,
    shares_of,
)

LANGUAGES = ("arabic", "hebrew", "russian", "chinese", "korean", "katakana")
MIX = {"name parts": 0.4, "UK list": 0.35, "politicians": 0.25}
"""Shares of the three sources in the table."""
SEED = 7
_TIMES = 3
"""A name part found more often teaches three times, not more."""
_NEITHER_NAME = 2


def channels() -> Channels:
    """Learn the edit channels."""
    pairs: defaultdict[str, list[Pair]] = defaultdict(list)
    rng = Random(SEED)
    for script, pair in (*_equivalents(rng), *_mined()):
        pairs[script].append(pair)
    return learn_channels(pairs, seed=SEED)


def frequencies() -> str:
    """Count the frequency table."""
    uk = (json.loads(line)["names"] for line in _lines("lists/uk/uk_2025.records.jsonl.gz"))
    politicians = (
        [name["name"] for name in json.loads(line)["names"]] for line in _lines("names/politicians_with_variants.jsonl.gz")
    )
    sources = {"name parts": _part_shares(), "UK list": class_shares(uk)[0], "politicians": class_shares(politicians)[0]}
    return mixed_table([(shares, MIX[name]) for name, shares in sources.items()])


def _equivalents(rng: Random) -> Iterator[tuple[str, Pair]]:
    """Pairs out of lines of equivalent name parts: every other script against a Latin form, and two Latin forms twice."""
    for line in _lines("names/wikidata_name_parts.txt.gz"):
        written = line.partition("=>")[0].split(",")
        parts = [part for name in written if (part := _single(name)) is not None]
        latin = [form for form, script in parts if script == LATIN and len(form) > 1]
        if not latin:
            continue
        for form, script in parts:
            if script != LATIN:
                yield script, (form, rng.choice(latin))
        distinct = sorted(set(latin))
        if len(distinct) >= _NEITHER_NAME:
            for _ in range(2):
                one, other = rng.sample(distinct, 2)
                yield LATIN, (one, other)


def _mined() -> Iterator[tuple[str, Pair]]:
    for language in LANGUAGES:
        for latin, native, count in _tokens(language):
            x, y = _single(native), _single(latin)
            if x is not None and y is not None and x[1] != LATIN and y[1] == LATIN:
                for _ in range(min(_TIMES, count)):
                    yield x[1], (x[0], y[0])


def _part_shares() -> dict[str, float]:
    """Shares of name classes among mined name parts; a part counts as in the language that knows it best."""
    best: Counter[str] = Counter()
    for language in LANGUAGES:
        found: Counter[str] = Counter()
        for latin, _, count in _tokens(language):
            found[latin] += count
        best |= found
    counts: Counter[str] = Counter()
    for part, count in best.items():
        counts.update(dict.fromkeys(classes(part), count))
    return shares_of(counts, best.total() / 2)  # a person has two parts, or a little more


def _tokens(language: str) -> Iterator[tuple[str, str, int]]:
    for line in _lines(f"names/transliteration_tokens_en_{language}.tsv.gz"):
        match line.split("\t"):
            case [latin, native, count, *_]:
                yield latin, native, int(count)


def _single(name: str) -> tuple[str, str] | None:
    readings = read_name(name.strip())
    if not readings or len(readings[-1]) != 1:
        return None
    form, script, _, _ = readings[-1][0]
    return form, script


def _lines(name: str) -> Iterable[str]:
    path: Path = places.data(name)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (line.rstrip("\n") for line in lines)
