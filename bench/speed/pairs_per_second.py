"""Pairs of real list entries weighed per processor second, beside nomenklatura logic-v2 on the same two lists.

Bar: 200 times logic-v2. Both times are those of the comparisons alone, of the processor: records read, candidates chosen before.
"""

import gzip
from pathlib import Path

from bench.lib import inside, peers, places
from bench.lib.cores import held_to, timed
from bench.lib.options import Options
from bench.lib.report import Figure, Result
from bench.quality import lists

FACTOR = 200
ROUNDS = 5


def run(options: Options) -> Result:
    """Weigh the candidates of the UK and US lists; the best of several rounds counts."""
    first, second = (places.data(f"{lists.FILES[key]}.records.jsonl.gz") for key in ("uk", "us"))
    pace, count = _ours(first, second)
    beside: dict[str, float | None] = {}
    if options.peers:
        out = places.scratch("out", "pairs_per_second", "logic-v2.csv").parent
        figures, _ = peers.call("nomenklatura", "nomenklatura_link.py", first, second, out, "logic-v2")
        beside["nk logic-v2"] = figures["candidates"] / figures["seconds"]["logic-v2"]
    theirs = beside.get("nk logic-v2")
    return Result(
        name="pairs-per-second",
        figures=[
            Figure(name="pairs per second", ours=pace, bar=theirs * FACTOR if theirs else None, peers=beside, checked=False),
            Figure(name="times logic-v2", ours=pace / theirs if theirs else None, bar=FACTOR, checked=False),
        ],
        notes=[f"{count:,} candidate pairs of the UK and US lists, one core"],
    )


def _ours(first: Path, second: Path) -> tuple[float, int]:
    with held_to(1):
        linker = inside.linker()
        for side, path in (("a", first), ("b", second)):
            with gzip.open(path, "rb") as lines:
                linker.append(side, lines.read(), 1)
        count = linker.block(1.0)
        seconds = min(timed(lambda: linker.weigh(0, count))[1].cpu_s for _ in range(ROUNDS))
    return count / seconds, count
