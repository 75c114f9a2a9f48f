"""How many match keys a record has, and what two organisations that compare nothing else find with them.

Bars: keys only F1 0.985 on the lists (see `lists`); at most 12 keys for the median record of a population, 30 for that of a list.
A pair is found when the two records share a key; no weights, no rivals, nothing else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import product as pairs_of
from pathlib import Path
from typing import Any

from bench.lib import inside, metrics, registers
from bench.lib.options import Options
from bench.lib.places import SkippedError
from bench.lib.product import read_lines
from bench.lib.quality import Truth
from bench.lib.report import Figure, Result, Table
from bench.quality import lists

LIST_MEDIAN, POPULATION_MEDIAN = 30, 12
SIZE = 20_000

Keys = Mapping[str, Collection[bytes]]


def run(options: Options) -> Result:
    """Count the keys of every record and intersect them."""
    figures: list[Figure] = []
    rows: list[list[str | float | None]] = []
    for title, first, second, truth, most in _sets(options):
        a, b = _keys(first), _keys(second)
        quality = _shared(a, b, truth)
        counts = [len(keys) for keys in (*a.values(), *b.values())]
        median = metrics.quantile(counts, 0.5)
        figures += [
            Figure(name=f"{title}: keys of the median record", ours=median, bar=most, more_is_better=False, checked=False),
            Figure(name=f"{title}: F1", ours=quality.f1),
            Figure(name=f"{title}: recall", ours=quality.recall),
        ]
        spread = [sum(counts) / len(counts), metrics.quantile(counts, 0.9), max(counts)]
        without = sum(count == 0 for count in counts) / len(counts)
        rows.append([title, median, *spread, without, quality.precision, quality.recall, quality.f1])
    headings = ["registers", "median", "mean", "90 %", "most", "without a key", "P", "R", "F1"]
    return Result(name="keys", figures=figures, tables=[Table("Keys per record, and pairs that share one", headings, rows)])


def _sets(options: Options) -> Iterator[tuple[str, Path, Path, Truth, int]]:
    try:
        for first, second, *_ in lists.PAIRS:
            case = lists.case(first, second)
            yield case.title, case.first, case.second, case.truth, LIST_MEDIAN
    except SkippedError:
        pass  # the generated registers need no data
    made = registers.make(options.size or SIZE)
    yield "generated", made.first, made.second, made.truth, POPULATION_MEDIAN


def _keys(path: Path) -> Keys:
    decode, match_keys = inside.decode(), inside.match_keys()
    return {record.id: frozenset(match_keys(record)) for record in map(decode, read_lines(path))}


def _shared(a: Keys, b: Keys, truth: Truth) -> metrics.Quality:
    holders: dict[bytes, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, register in enumerate((a, b)):
        for identity, keys in register.items():
            for key in keys:
                holders[key][side].append(identity)
    found: set[Any] = {truth.fold(pair) for sides in holders.values() for pair in pairs_of(*sides)} - truth.ignored
    return metrics.Quality.of(len(found & truth.same), len(found - truth.same), len(truth.same))
