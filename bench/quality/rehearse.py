"""The three pairs of lists matched privately: every byte that two nodes would exchange, and what it finds, tells and costs.

Bar: keys only F1 0.985 (see `lists`): the exchange finds what shared match keys find, no more and no less. The first list asks.
"""

import csv
import json
from pathlib import Path
from typing import Any

from bench.lib import metrics, places, product
from bench.lib.options import Options
from bench.lib.quality import Truth
from bench.lib.report import Figure, Result, Table
from bench.quality import lists

_MB = 1_000_000


def run(options: Options) -> Result:  # noqa: ARG001 - there is no shorter way
    """Rehearse the three pairs of lists and judge the hits."""
    figures: list[Figure] = []
    costs: list[list[str | float | None]] = []
    for first, second, *_ in lists.PAIRS:
        task = lists.case(first, second)
        out = places.scratch("out", f"rehearse_{task.title}.csv")
        used = product.rehearse(task.first, task.second, out, "--json")
        told = json.loads(used.output)
        quality = _judged(out, task.truth)
        figures += [
            Figure(name=f"{task.title} rehearsed F1", ours=quality.f1, bar=lists.KEYS_BAR, floor=lists.KEYS_FLOOR),
            Figure(name=f"{task.title} rehearsed P", ours=quality.precision),
            Figure(name=f"{task.title} rehearsed R", ours=quality.recall),
        ]
        costs.append([task.title, *_cost(told), used.wall_s])
    headings = ["lists", "records", "keys a asks", "keys b holds", "points", "requests", "MB asked", "MB answered", "MB index"]
    spent = ["hits", "left out", "cut", "cpu s of a", "cpu s of b", "wall s"]
    return Result(name="rehearse", figures=figures, tables=[Table("What it tells and costs", [*headings, *spent], costs)])


def _cost(told: dict[str, Any]) -> list[str | float | None]:
    return [
        f"{told['records_a']:,} x {told['records_b']:,}",
        told["keys_a"] / told["records_a"],
        told["keys_b"] / told["records_b"],
        told["points"],
        told["requests"],
        told["request_bytes"] / _MB,
        told["response_bytes"] / _MB,
        told["index_bytes"] / _MB,
        told["hits"],
        told["left_out"],
        told["cut_a"] + told["cut_b"],
        told["cpu_s_a"],
        told["cpu_s_b"],
    ]


def _judged(hits: Path, truth: Truth) -> metrics.Quality:
    with hits.open(encoding="utf-8", newline="") as lines:
        found = {truth.fold((row["id_a"], row["id_b"])) for row in csv.DictReader(lines)} - truth.ignored
    right = len(found & truth.same)
    return metrics.Quality.of(right, len(found) - right, len(truth.same))
