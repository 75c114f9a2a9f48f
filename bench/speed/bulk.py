"""A whole register asked of another, privately, end to end over two processes: the holder's index, the asker's keys, every proof.

From records in both stores: what the holder's `offer` takes, then fetching its index and asking about every record. Processor
seconds stand beside the clock: on cores that others use, too, they are what compares.

Bar: 100,000 x 100,000 in four minutes on two cores. The growth is shown by a tenth of it in the same run.
"""

import time

from bench.lib import inside, nodes, registers
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table

SIZE = 100_000


def run(options: Options) -> Result:
    """Seal, fetch, ask, look up; at two sizes."""
    size = options.size or SIZE
    rows = [_measure(each) for each in (size // 10, size)]
    _, sealed, sealed_cpu, asked, asked_cpu, points, *_ = rows[-1]
    figures = [
        Figure(name="seconds end to end", ours=sealed + asked, bar=240, more_is_better=False, checked=False),
        Figure(name="processor seconds of both", ours=sealed_cpu + asked_cpu, more_is_better=False, checked=False),
        Figure(name="seconds to seal the index", ours=sealed, more_is_better=False, checked=False),
        Figure(name="seconds to ask", ours=asked, more_is_better=False, checked=False),
        Figure(name="points", ours=points, more_is_better=False, checked=False),
    ]
    columns = ("records a side", "seal s", "cpu s", "ask s", "cpu s of both", "points", "hits", "holder MB", "asker MB")
    return Result(name="bulk", figures=figures, tables=[Table("growth", columns, [(f"{row[0]:,}", *row[1:]) for row in rows])])


def _measure(size: int) -> tuple[int, float, float, float, float, int, int, float, float]:
    made = registers.make(size)
    with nodes.opened(f"bulk_{size}", made.second, made.first) as pair, inside.opened_node(pair.asker) as asker:
        asker.register(nodes.CIRCLE, "people", nodes.PURPOSE)
        start, before, theirs = time.perf_counter(), time.process_time(), pair.holder_cpu_s()
        outcome = asker.bulk(nodes.CIRCLE, "holder")
        asked = time.perf_counter() - start
        cpu = time.process_time() - before + pair.holder_cpu_s() - theirs
        sizes = (pair.holder_mb(), nodes.resident_mb())
        return size, pair.offered.wall_s, pair.offered.cpu_s, asked, cpu, outcome.points, len(outcome.hits), *sizes
