"""One query between two real nodes, over an index of about a million records and over one of more than ten million.

The indexes are made directly: notches that no record stands behind look like any others, and cost a question the same.
The requester fetches them as it fetches any; then it asks about persons of a generated register, each with its match keys.

Bar: the processor time of a question in the large one within 1.3 times that in the small one.
"""

import time

from bench.lib import inside, metrics, nodes, product, registers
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from bench.speed.node_query import asked_one_by_one

QUESTIONS_OF = 10_000
KEYS_A_RECORD = 18.3
"""Of a holder's record, in generated registers: what makes notches of records."""
PREFIX_BITS = (8, 12)
"""256 and 4,096 segments."""
BAR = 1.3


def run(options: Options) -> Result:
    """Make both, ask both."""
    made = registers.make(options.size or QUESTIONS_OF)
    rows = [_measured(bits, made) for bits in (PREFIX_BITS[:1] if options.brief else PREFIX_BITS)]
    small, large = rows[0], rows[-1]
    figures = [
        Figure(
            name="processor time, times that of the small", ours=large[3] / small[3], bar=BAR, more_is_better=False, checked=False
        ),
        Figure(name="p50, times that of the small", ours=large[4] / small[4], more_is_better=False, checked=False),
    ]
    columns = ("million records", "notches", "s to fetch", "processor ms of both", "p50 ms", "p99 ms", "points a request")
    return Result(name="node-index", figures=figures, tables=[Table("One question", columns, rows)])


def _measured(bits: int, made: registers.Registers) -> tuple[float, str, float, float, float, float, float]:
    notches = (1 << bits) * inside.SEGMENT_NOTCHES
    records = notches / KEYS_A_RECORD

    with nodes.opened(
        f"index_{bits}", None, lambda holder: inside.publish_made(holder, nodes.CIRCLE, bits, int(records))
    ) as pair:
        with inside.opened_node(pair.asker) as asker:
            start = time.perf_counter()
            asker.fetch(nodes.CIRCLE, "holder")
            fetched = time.perf_counter() - start
        asked = asked_one_by_one(pair, nodes.CIRCLE, product.read_lines(made.second))
        p50, p99 = (metrics.quantile(asked.times_ms, at) for at in (0.5, 0.99))
        return records / 1e6, f"{notches:,}", fetched, asked.cpu_ms, p50, p99, asked.points / asked.requests
