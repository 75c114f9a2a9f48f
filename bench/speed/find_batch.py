"""Batch queries per processor second, against a small list and against a register of a million.

Bar: 10,000 a second, nearly independent of the size of the list. The pace is that of further queries: the processor time of the
whole batch less that of a single query, so that reading the list is not counted; whole times are in the table. Beside: rapidfuzz.
"""

from pathlib import Path

from bench.lib import peers, places, product, registers
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from bench.quality import queries

SIZE = 1_000_000


def run(options: Options) -> Result:
    """Ask 50,000 queries of both; the small list with real names, the large one with the other register's records."""
    figures: list[Figure] = []
    rows: list[list[str | float | None]] = []
    size = options.size or SIZE
    made = registers.make(size)
    large, _ = registers.keep_strangers(made, 50_000)
    small = queries.write(places.scratch("data", "screening.jsonl"), [*queries.positives(), *queries.strangers()])
    for title, register, asked in (("UN + US persons", queries.people(), small), (f"register of {size:,}", made.first, large)):
        beside: dict[str, float | None] = {}
        if options.peers and title == "UN + US persons":
            out = places.scratch("out", "find_batch_rapidfuzz.csv")
            theirs, _ = peers.call("rapidfuzz", "rapidfuzz_find.py", register, asked, out, 75, cores=1)
            beside["rapidfuzz + year"] = _count(asked) / theirs["seconds"]
        pace, row = _pace(register, asked)
        figures.append(Figure(name=f"queries/s, {title}", ours=pace, bar=10_000, peers=beside, checked=False))
        rows.append([title, *row])
    headings = ["list", "queries", "processor s", "... one query", "wall s", "... one query", "peak MB"]
    return Result(name="find-batch", figures=figures, tables=[Table("Whole commands on one core", headings, rows)])


def _pace(register: Path, asked: Path) -> tuple[float, list[str | float | None]]:
    one = places.scratch("data", "one_query.jsonl")
    with asked.open(encoding="utf-8") as lines:
        one.write_text(next(lines), encoding="utf-8")
    out = places.scratch("out", "find_batch.csv")
    single = product.find(register, one, out, cores=1)
    batch = product.find(register, asked, out, cores=1)
    count = _count(asked)
    seconds = [batch.cpu_s, single.cpu_s, batch.wall_s, single.wall_s]
    return (count - 1) / max(1e-9, batch.cpu_s - single.cpu_s), [count, *seconds, batch.peak_mb]


def _count(path: Path) -> int:
    with path.open(encoding="utf-8") as lines:
        return sum(1 for _ in lines)
