"""A sealed index: built from a million keys, looked up in 10 and 100 million notches, a million watched keys joined with a delta.

Bar: 32 key secrets looked up in 1 ms, nearly independent of the size; a base of 25 million keys made in less than 3 GB. One core.
"""

import mmap
import os
import statistics
import sys
import time
from array import array
from pathlib import Path

from bench.lib import inside, places
from bench.lib.cores import held_to
from bench.lib.options import Options
from bench.lib.process import run as run_command
from bench.lib.report import Figure, Result

MILLION = 1_000_000
SIZES = (MILLION, 10 * MILLION, 100 * MILLION)
LARGE = 25 * MILLION
LOOK_UPS = 300
SECRETS = 32
QUANTUM = 4096


def run(options: Options) -> Result:
    """Build, look up, join."""
    with held_to(options.cores):
        figures = [] if options.brief else _memory(options.cores)  # first: a child's peak begins with that of its parent
        figures += [*_built(), *_joined()]
        figures += [figure for size in SIZES for figure in _looked_up(size)]
    note = f"look-ups in a mapped file, {LOOK_UPS} times {SECRETS} fresh key secrets of which one is there"
    return Result(name="exchange-index", figures=figures, notes=[note])


def _built() -> list[Figure]:
    exchange = inside.exchange()
    outputs, records = os.urandom(64 * MILLION), array("I", range(MILLION))
    handles = exchange.key_secrets.new_handles(MILLION, os.urandom(32))
    start = time.perf_counter()
    builder = exchange.ledger.Builder()
    builder.add_outputs(outputs, records)
    builder.build(handles, QUANTUM, os.urandom(32))
    took = time.perf_counter() - start
    return [Figure(name="s to build 1 million keys from outputs", ours=took, bar=10, more_is_better=False, checked=False)]


def _joined() -> list[Figure]:
    exchange = inside.exchange()
    secrets = os.urandom(32 * MILLION)
    own = exchange.key_secrets.KeySecrets(secrets, array("I", range(MILLION)), array("H", bytes(2 * MILLION)))
    built = exchange.ledger.Builder()
    built.add_secrets(secrets[: 32 * 1000], array("I", range(1000)))
    ledger = built.build(exchange.key_secrets.new_handles(1000, os.urandom(32)), QUANTUM, os.urandom(32)).ledger
    index = exchange.index.SealedIndex(ledger.notches)
    watch, _ = exchange.watch.Watch().more(own, index)
    made = exchange.ledger.make_delta(ledger, [], (1, 1), QUANTUM, os.urandom(32))
    start = time.perf_counter()
    after = index.after(made.delta)
    applied = time.perf_counter()
    watch.after(made.delta, after)
    joined = time.perf_counter()
    return [
        Figure(name=f"ms to apply a delta of {2 * QUANTUM:,}", ours=(applied - start) * 1e3, more_is_better=False, checked=False),
        Figure(
            name="s to join 1 million own key secrets with it", ours=joined - applied, bar=1, more_is_better=False, checked=False
        ),
    ]


def _looked_up(size: int) -> list[Figure]:
    path, known = _index_file(size)
    exchange = inside.exchange()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)
        index = exchange.index.SealedIndex(view)
        times = []
        for _ in range(LOOK_UPS):
            secrets = os.urandom(32 * (SECRETS - 1)) + known
            start = time.perf_counter()
            found = index.open(secrets)
            times.append(time.perf_counter() - start)
            assert [one.position for one in found] == [SECRETS - 1]
        name = f"ms to look up {SECRETS} key secrets in {len(index):,} notches"
        del index
        view.release()
    return [Figure(name=name, ours=statistics.median(times) * 1e3, bar=1, more_is_better=False, checked=False)]


def _index_file(size: int) -> tuple[Path, bytes]:
    """One key under much chaff: as many notches as wanted."""
    known = bytes(range(32))
    path = places.scratch("data", f"sealed_index_{size}")
    if not path.exists():
        exchange = inside.exchange()
        builder = exchange.ledger.Builder()
        builder.add_secrets(known, array("I", [0]))
        path.write_bytes(builder.build(bytes(7), size // 5, bytes(32)).ledger.notches)
    return path, known


def _memory(cores: int) -> list[Figure]:
    used = run_command([sys.executable, "-m", "bench.speed.exchange_index"], cores=cores)
    return [
        Figure(
            name=f"peak MB to make a base of {LARGE:,} keys", ours=used.peak_mb, bar=3000, more_is_better=False, checked=False
        ),
        Figure(name="... seconds of processor", ours=used.cpu_s, more_is_better=False, checked=False),
    ]


def _large() -> None:
    exchange = inside.exchange()
    builder = exchange.ledger.Builder()
    for start in range(0, LARGE, MILLION):
        builder.add_secrets(os.urandom(32 * MILLION), array("I", [(start + i) // 16 for i in range(MILLION)]))
    handles = exchange.key_secrets.new_handles(LARGE // 16 + 1, os.urandom(32))
    built = builder.build(handles, QUANTUM, os.urandom(32))
    assert built.ledger.real == LARGE


if __name__ == "__main__":
    _large()
