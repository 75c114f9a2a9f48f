"""Written names normalised and classified per processor second.

Bar: 100,000 distinct names, 1,000,000 with repeats. The names are those of a generated register with a share in other scripts.
The best of several rounds counts; the table has the clock on the wall beside it, which other work on the machine stretches.
"""

import random
from collections.abc import Callable, Sequence

from bench.lib import inside, product
from bench.lib.cores import Spent, held_to, timed
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table

DISTINCT, REPEATED, KNOWN = 100_000, 1_000_000, 20_000
ROUNDS = 3


def run(options: Options) -> Result:
    """Read distinct names once, then a long run of names that keep coming back."""
    read = inside.read_names()
    folder = product.registers(options.size or DISTINCT, cross_script=0.2)
    names = list(dict.fromkeys(record["names"][0] for record in product.read_records(folder / "a.jsonl.gz")))
    repeated = random.Random(1).choices(names[:KNOWN], k=REPEATED)
    read(["John Smith"])  # loads the tables
    with held_to(1):
        cold, warm = _best(read, names), _best(read, repeated)
    figures = [
        Figure(name="distinct names per second", ours=len(names) / cold.cpu_s, bar=100_000, checked=False),
        Figure(name="names per second, with repeats", ours=REPEATED / warm.cpu_s, bar=1_000_000, checked=False),
    ]
    rows: list[list[str | float | None]] = [
        ["distinct", len(names), cold.cpu_s, cold.wall_s],
        ["with repeats", REPEATED, warm.cpu_s, warm.wall_s],
    ]
    return Result(
        name="names-per-second",
        figures=figures,
        tables=[Table("Seconds on one core", ["names", "number", "processor", "wall"], rows)],
        notes=[f"{len(names):,} distinct; {REPEATED:,} drawn from {KNOWN:,}; the best of {ROUNDS} rounds"],
    )


def _best(read: Callable[[list[str]], object], names: Sequence[str]) -> Spent:
    return min((timed(lambda: read(list(names)))[1] for _ in range(ROUNDS)), key=lambda spent: spent.cpu_s)
