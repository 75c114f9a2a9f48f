"""Learns how common name classes are, and how one name part comes to be written as another.

Reads no file: names and pairs of writings come in, a frequency table and edit channels go out.

Rules
 1. A class counts once per person, however many of the person's names hold it; its first half occurrence counts for nothing.
 2. Tables of several sources are mixed by stated shares: a register of one country says little about the next.
 3. A class rarer than `MOST_BITS` is left out: a table that names everybody is a register.
 4. Channels are learned from pairs of single name parts; longer names leave open which part became which.

See: docs/explanation/weights.md; Ristad and Yianilos (1998) for the channels.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from tallystick import _native

ClassShares: TypeAlias = Mapping[str, float]
"""How likely a person bears a name class: `f` and `c` before the class tell fine from coarse."""

MOST_BITS = 14.6
_TINY = 1e-9
RARE_BITS = {"f?": 16, "c?": 14}
"""What a class weighs that is not in the table."""
_HEADER = "# class, tab, bits: how rare a name class is (spec/match-keys-v1.md); f = fine, c = coarse, ? = not in the table\n"


def classes(written: str) -> set[str]:
    """Return the name classes of a written name, fine and coarse, in its first reading."""
    readings = _native.read_name(written)
    parts = readings[0] if readings else []
    return {f"f{fine}" for _, _, fine, _ in parts} | {f"c{coarse}" for _, _, _, coarse in parts}


def class_shares(persons: Iterable[Sequence[str]]) -> tuple[dict[str, float], int]:
    """Count the classes of persons, each given by all their written names; return shares, and how many persons there were."""
    counts: Counter[str] = Counter()
    total = 0
    for names in persons:
        total += 1
        counts.update(set().union(*map(classes, names)))
    return shares_of(counts, total), total


def shares_of(counts: Mapping[str, float], total: float) -> dict[str, float]:
    """Turn counts into shares (rule 1)."""
    return {each: max(0.0, count - 0.5) / max(total, 1) for each, count in counts.items()}


def read_table(table: str) -> dict[str, float]:
    """Return the shares a frequency table states."""
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {name: 2 ** -float(bits) for name, bits in rows if name not in RARE_BITS}


def mixed_table(sources: Sequence[tuple[ClassShares, float]]) -> str:
    """Return the frequency table of several sources, each with its share of the whole; most common class first."""
    mixed: defaultdict[str, float] = defaultdict(float)
    for shares, weight in sources:
        for name, share in shares.items():
            mixed[name] += weight * share
    least = 2 ** -(MOST_BITS + _TINY)
    rows = [(-math.log2(share), name) for name, share in mixed.items() if share >= least]
    rare = "".join(f"{name}\t{bits}\n" for name, bits in RARE_BITS.items())
    return _HEADER + rare + "".join(f"{name}\t{bits:.1f}\n" for bits, name in sorted(rows))


Pair: TypeAlias = tuple[str, str]

LATIN = "latin"
LEAST_PAIRS = 200
"""Fewer pairs of a script teach no channel."""
MOST_PAIRS = 40_000
_ROUNDS = 8
_SMOOTHING = 60.0
_SMOOTHING_LATIN = 400.0
_HELD_OUT = 10


@dataclass(frozen=True, slots=True)
class Channels:
    """Edit channels by script, and what a true pair usually costs under each, in bits per letter."""

    costs: Mapping[str, Sequence[float]] = field(repr=False)
    usual_cost: Mapping[str, float]
    pairs: Mapping[str, int]
    skipped: int


def sorted_pairs(writings: Iterable[Pair]) -> tuple[dict[str, list[Pair]], int]:
    """Sort pairs of writings by the script of the one that is not Latin; return them, and how many are of no use (rule 4)."""
    found: defaultdict[str, list[Pair]] = defaultdict(list)
    skipped = 0
    for x, y in writings:
        first, second = _single_part(x), _single_part(y)
        if first is None or second is None or (first[1] != LATIN and second[1] != LATIN):
            skipped += 1
            continue
        if first[1] == LATIN:
            first, second = second, first
        found[first[1]].append((first[0], second[0]))
    return dict(found), skipped


def _single_part(written: str) -> tuple[str, str] | None:
    """Return (romanized form, script) of a name of one part; the last reading is the one that is split most carefully."""
    readings = _native.read_name(written)
    if not readings or len(readings[-1]) != 1:
        return None
    form, script, _, _ = readings[-1][0]
    return form, script


def learn_channels(by_script: Mapping[str, Sequence[Pair]], *, skipped: int = 0, seed: int = 7) -> Channels:
    """Learn one channel for each script with enough pairs.

    Args:
        by_script: pairs of (romanized part of that script, Latin part).
        skipped: pairs that were of no use, to be reported.
        seed: which pairs are taken where there are more than enough.
    """
    costs: dict[str, list[float]] = {}
    usual: dict[str, float] = {}
    used: dict[str, int] = {}
    for script, pairs in sorted(by_script.items()):
        if len(pairs) < LEAST_PAIRS:
            continue
        chosen = list(pairs)
        Random(seed).shuffle(chosen)  # noqa: S311
        known, asked = chosen[:MOST_PAIRS], chosen[MOST_PAIRS:][:1500] or chosen[-len(chosen) // _HELD_OUT :]
        both = [*known, *((y, x) for x, y in known)] if script == LATIN else known
        smoothing = _SMOOTHING_LATIN if script == LATIN else _SMOOTHING
        costs[script] = [round(cost, 2) for cost in _native.learn_channel(both, _ROUNDS, smoothing)]
        usual[script] = 0.0 if script == LATIN else _usual_cost(costs[script], asked)
        used[script] = len(known)
    return Channels(costs, usual, used, skipped)


def _usual_cost(costs: list[float], pairs: Sequence[Pair]) -> float:
    """Return the median cost per letter of the longer writing."""
    found = sorted(_native.channel_cost(costs, x, y) / max(len(x), len(y), 1) for x, y in pairs)
    return round(found[len(found) // 2], 2)
