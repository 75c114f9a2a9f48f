"""Written names normalised and classified per second on one core.

Bar: 100,000 distinct names, 1,000,000 with repeats. The names are those of a generated register with a share in other scripts.
"""

import os
import random
import time
from collections.abc import Callable, Sequence

from bench.lib import inside, product
from bench.lib.options import Options
from bench.lib.report import Figure, Result

DISTINCT, REPEATED, KNOWN = 100_000, 1_000_000, 20_000


def run(options: Options) -> Result:
    """Read distinct names once, then a long run of names that keep coming back."""
    read = inside.read_names()
    folder = product.registers(options.size or DISTINCT, cross_script=0.2)
    names = list(dict.fromkeys(record["names"][0] for record in product.read_records(folder / "a.jsonl.gz")))
    repeated = random.Random(1).choices(names[:KNOWN], k=REPEATED)
    read(["John Smith"])  # loads the tables
    cold, warm = _pace(read, names), _pace(read, repeated)
    figures = [
        Figure(name="distinct names per second", ours=cold, bar=100_000, checked=False),
        Figure(name="names per second, with repeats", ours=warm, bar=1_000_000, checked=False),
    ]
    return Result(name="names-per-second", figures=figures, notes=[f"{len(names):,} distinct; {REPEATED:,} drawn from {KNOWN:,}"])


def _pace(read: Callable[[list[str]], object], names: Sequence[str]) -> float:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    start = time.perf_counter()
    read(list(names))
    seconds = time.perf_counter() - start
    os.sched_setaffinity(0, before)
    return len(names) / seconds
