"""One person at a time in a register of a million, kept in SQLite, one core: import, then the time of each search.

Bar: p50 below 5 ms, p99 below 25 ms; the import is part of the report. Half of the searches are for persons who are there.
Then by one name part alone, and by all beginnings of names, as the desk searches while somebody types: p99 within its 150 ms.
"""

import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.lib import inside, metrics, places, product, registers
from bench.lib.options import Options
from bench.lib.process import Usage
from bench.lib.process import run as run_command
from bench.lib.report import Figure, Result

SIZE = 1_000_000
SEARCHES = 2_000
NAMES_TYPED = 150
CUSTODY = ("--owner", "bench", "--purpose", "measurement", "--legal-basis", "invented persons")


def run(options: Options) -> Result:
    """Import, open the store as a node does, search one by one."""
    size = options.size or SIZE
    made = registers.make(size)
    store, imported = _store(made, size)
    times, found = _search(made, store)
    ms = [1000 * seconds for seconds in times]
    by_part, typing = _search_by_parts(made, store)
    figures = [
        Figure(name="p50 ms", ours=metrics.quantile(ms, 0.5), bar=5, more_is_better=False, checked=False),
        Figure(name="p99 ms", ours=metrics.quantile(ms, 0.99), bar=25, more_is_better=False, checked=False),
        Figure(name="worst ms", ours=max(ms), more_is_better=False, checked=False),
        Figure(name="p50 ms, one name part", ours=metrics.quantile(by_part, 0.5), more_is_better=False, checked=False),
        Figure(name="p99 ms, one name part", ours=metrics.quantile(by_part, 0.99), bar=150, more_is_better=False, checked=False),
        Figure(name="p50 ms, while typing", ours=metrics.quantile(typing, 0.5), more_is_better=False, checked=False),
        Figure(name="p99 ms, while typing", ours=metrics.quantile(typing, 0.99), bar=150, more_is_better=False, checked=False),
        Figure(name="import seconds", ours=imported.wall_s, more_is_better=False, checked=False),
        Figure(name="import peak MB", ours=imported.peak_mb, more_is_better=False, checked=False),
        Figure(name="store MB", ours=store.stat().st_size / 2**20, more_is_better=False, checked=False),
    ]
    return Result(
        name="find-million", figures=figures, notes=[f"register of {size:,}; {SEARCHES:,} searches, {found:,} with a hit"]
    )


def _store(made: registers.Registers, size: int) -> tuple[Path, Usage]:
    store = places.scratch("data", f"find_{size}.db")
    for old in store.parent.glob(f"{store.name}*"):
        old.unlink()
    command = places.tallystick()
    run_command([*command, "init", "--store", store])
    words: list[str | Path] = ["import", "people", made.first, "--format", "native", "--store", store, *CUSTODY]
    return store, run_command([*command, *words], cores=1)


def _search(made: registers.Registers, store: Path) -> tuple[list[float], int]:
    decode, find = inside.decode(), inside.finder(str(store), "people")
    shared = {pair[1] for pair in made.truth.same}
    some = [line for line, _ in zip(product.read_lines(made.second), range(50 * SEARCHES), strict=False)]
    random.Random(1).shuffle(some)
    known: list[Any] = []
    strange: list[Any] = []
    for record in map(decode, some):
        (known if record.id in shared else strange).append(record)
    return _timed(find, [*known[: SEARCHES // 2], *strange[: SEARCHES // 2]])


def _search_by_parts(made: registers.Registers, store: Path) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each search by one part, and of each search while a name is typed."""
    decode = inside.decode()
    names = [decode(line).names[0] for line, _ in zip(product.read_lines(made.second), range(NAMES_TYPED), strict=False)]
    by_part, while_typing = inside.searches(str(store), "people")
    parts = [part for name in names for part in name.split() if len(part) > 1]
    typed = [name[:letters] for name in names for letters in range(2, len(name) + 1)]
    times = _timed(by_part, parts)[0], _timed(while_typing, typed)[0]
    return [1000 * seconds for seconds in times[0]], [1000 * seconds for seconds in times[1]]


def _timed(find: Callable[[Any], object], asked: Sequence[Any]) -> tuple[list[float], int]:
    """Return the seconds of each search on one core, and how many found somebody."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    times, found = [], 0
    for query in asked:
        start = time.perf_counter()
        found += bool(find(query))
        times.append(time.perf_counter() - start)
    os.sched_setaffinity(0, before)
    return times, found
