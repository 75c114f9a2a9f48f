"""A whole register asked of another, privately, end to end over two processes: the holder's index, the asker's keys, every proof.

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
    rows, last = [], None
    for each in (size // 10, size):
        last = _measure(each)
        rows.append((f"{each:,}", *last))
    assert last is not None
    figures = [
        Figure(name="seconds end to end", ours=last[0] + last[1], bar=240, more_is_better=False, checked=False),
        Figure(name="seconds to seal the index", ours=last[0], more_is_better=False, checked=False),
        Figure(name="seconds to ask", ours=last[1], more_is_better=False, checked=False),
        Figure(name="points", ours=last[2], more_is_better=False, checked=False),
    ]
    columns = ("records a side", "seal s", "ask s", "points", "hits", "holder MB")
    return Result(name="bulk", figures=figures, tables=[Table("growth", columns, rows)])


def _measure(size: int) -> tuple[float, float, int, int, float]:
    made = registers.make(size)
    start = time.perf_counter()
    with nodes.opened(f"bulk_{size}", made.second, made.first) as pair:
        sealed = time.perf_counter() - start
        with inside.opened_node(pair.asker) as asker:
            asker.register(nodes.CIRCLE, "people", nodes.PURPOSE)
            begin = time.perf_counter()
            outcome = asker.bulk(nodes.CIRCLE, "holder")
            asked = time.perf_counter() - begin
        return sealed, asked, outcome.points, len(outcome.hits), pair.holder_mb()
