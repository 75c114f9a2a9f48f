"""How many match keys a record has, and what two organisations that compare nothing else find with them.

Bars: keys only F1 0.985 on the lists (see `lists`); at most 12 keys for the median record of a population, 30 for that of a list.
A pair is found when the two records share a key; no weights, no rivals, nothing else. The first register asks, the second holds.

The second table is the price list: what F1 each kind of key buys, and how many keys it costs. Keys of a holder are counted
over both registers, since either may hold; keys of an asker over the first.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
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

VARIANTS: Mapping[str, Callable[[float], dict[str, float]]] = {
    "no other year": lambda _: {"birth_other_year": 0},
    "no swapped dates": lambda _: {"birth_swapped": 0},
    "neither": lambda _: {"birth_other_year": 0, "birth_swapped": 0},
    "no conflicting dates": lambda _: {"birth_conflict": -1000},
    "coarse classes only": lambda _: {"fine_slope": 0.0, "fine_offset": 0.0},
    "no completeness": lambda _: {"complete_both": 32, "complete_holder": 32, "complete_neither": 32},
    "T - 2 bits": lambda threshold: {"threshold": threshold - 20},
    "T - 1 bit": lambda threshold: {"threshold": threshold - 10},
    "T + 1 bit": lambda threshold: {"threshold": threshold + 10},
    "T + 2 bits": lambda threshold: {"threshold": threshold + 20},
    "T + 4 bits": lambda threshold: {"threshold": threshold + 40},
}
"""What is changed in the shipped key weights."""


@dataclass(frozen=True)
class Case:
    """Two registers with truth, and the bar for keys of the median record."""

    title: str
    first: Path
    second: Path
    truth: Truth
    most: int

    @cached_property
    def lines(self) -> tuple[list[bytes], list[bytes]]:
        """The lines of both registers."""
        return list(read_lines(self.first)), list(read_lines(self.second))

    @cached_property
    def ids(self) -> tuple[list[str], list[str]]:
        """The ids of both registers, in the order of their lines."""
        a, b = ([json.loads(line)["id"] for line in lines] for lines in self.lines)
        return a, b


def run(options: Options) -> Result:
    """Count the keys of every record and intersect them."""
    threshold = json.loads(inside.parameters().text)["keys"]["threshold"]
    shipped = inside.key_maker()
    changed = {name: inside.key_maker(**change(threshold)) for name, change in VARIANTS.items()} if not options.brief else {}
    figures: list[Figure] = []
    tables: tuple[list[list[str | float | None]], list[list[str | float | None]]] = ([], [])
    for case in _cases(options):
        held, asked, quality = _measured(case, shipped)
        median = metrics.quantile(held, 0.5)
        figures += [
            Figure(
                name=f"{case.title}: keys of the median record", ours=median, bar=case.most, more_is_better=False, checked=False
            ),
            Figure(name=f"{case.title}: F1", ours=quality.f1),
            Figure(name=f"{case.title}: recall", ours=quality.recall),
        ]
        spread = [sum(held) / len(held), metrics.quantile(held, 0.9), max(held), sum(count == 0 for count in held) / len(held)]
        tables[0].append(
            [case.title, median, *spread, metrics.quantile(asked, 0.5), quality.precision, quality.recall, quality.f1]
        )
        tables[1].append([case.title, "as shipped", *_price(held, asked, quality)])
        tables[1].extend([case.title, name, *_price(*_measured(case, maker))] for name, maker in changed.items())
    headings = ["registers", "median", "mean", "90 %", "most", "without a key", "asker's median", "P", "R", "F1"]
    prices = ["registers", "keys", "median", "mean", "asker's median", "P", "R", "F1"]
    shown = [
        Table("Keys per record, and pairs that share one", headings, tables[0]),
        Table("What each kind of key costs and finds", prices, tables[1]),
    ]
    return Result(name="keys", figures=figures, tables=shown)


def _cases(options: Options) -> Iterator[Case]:
    try:
        for first, second, *_ in lists.PAIRS:
            case = lists.case(first, second)
            yield Case(case.title, case.first, case.second, case.truth, LIST_MEDIAN)
    except SkippedError:
        pass  # the generated registers need no data
    made = registers.make(options.size or SIZE)
    yield Case("generated", made.first, made.second, made.truth, POPULATION_MEDIAN)


def _measured(case: Case, maker: Any) -> tuple[list[int], list[int], metrics.Quality]:  # noqa: ANN401
    """Keys of each record as holder, of each asker; and how good sharing one is."""
    a, b = case.lines
    held = [len(keys) for keys in maker.keys([*chain(a, b)], "holder")]
    asked = [len(keys) for keys in maker.keys(a, "asker")]
    ids_a, ids_b = case.ids
    found = {case.truth.fold((ids_a[i], ids_b[j])) for i, j in maker.hits(a, b)} - case.truth.ignored
    right = len(found & case.truth.same)
    return held, asked, metrics.Quality.of(right, len(found) - right, len(case.truth.same))


def _price(held: list[int], asked: list[int], quality: metrics.Quality) -> list[float]:
    medians = metrics.quantile(held, 0.5), sum(held) / len(held), metrics.quantile(asked, 0.5)
    return [*medians, quality.precision, quality.recall, quality.f1]
