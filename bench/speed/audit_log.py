"""An audit log: durable appends by one and by twenty writers, proofs, and checking a whole log.

Bar: 300 queries a second are answered, so 300 entries a second are durable; a million entries are checked in a minute.
"""

import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.lib import inside, places
from bench.lib.options import Options
from bench.lib.report import Figure, Result

ENTRIES = 1_000_000
SECONDS = 5.0
WRITERS = 20
PROOFS = 2_000
_TIME = datetime(2026, 3, 1, tzinfo=UTC)


def run(options: Options) -> Result:
    """Write, prove, verify."""
    audit = inside.audit_log()
    folder = places.scratch("audit_log", "x").parent
    shutil.rmtree(folder, ignore_errors=True)
    entry = audit.query_answered(_TIME)
    with audit.opened(folder / "paced") as log:
        alone, together = _appended(log, entry, 1), _appended(log, entry, WRITERS)
    size = options.size or ENTRIES
    publishing = _filled(audit, folder / "large", entry, size)
    trees, checked = _verified(audit, folder / "large")
    fsyncs = _fsyncs(folder / "fsync")
    shutil.rmtree(folder)
    figures = [
        Figure(name="durable appends per second, 1 writer", ours=alone, checked=False),
        Figure(name=f"durable appends per second, {WRITERS} writers", ours=together, bar=300, checked=False),
        Figure(name="fsyncs per second this disk makes", ours=fsyncs, checked=False),
        Figure(name="entries put under a checkpoint per second", ours=publishing, checked=False),
        Figure(name="proofs of an entry per second", ours=trees, checked=False),
        Figure(name="entries checked per second", ours=checked, bar=ENTRIES / 60, checked=False),
    ]
    note = f"{size:,} entries of {len(audit.encode(entry))} bytes; checked: signature, tiles, root, canonical writing"
    return Result(name="audit-log", figures=figures, notes=[note])


def _appended(log: inside.OpenLog, entry: object, writers: int) -> float:
    """Return appends a second by so many threads, each waiting for its own entry to be durable."""
    counts, end = [0] * writers, time.perf_counter() + SECONDS

    def write(number: int) -> None:
        while time.perf_counter() < end:
            log.append([entry])
            counts[number] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def _filled(audit: inside.AuditLog, folder: Path, entry: object, size: int) -> float:
    with audit.opened(folder) as log:
        for start in range(0, size, 10_000):
            log.append([entry] * min(10_000, size - start))
        before = time.perf_counter()
        log.publish()
        return size / (time.perf_counter() - before)


def _verified(audit: inside.AuditLog, folder: Path) -> tuple[float, float]:
    """Return proofs and checked entries a second of processor time: what counts is the work, not the neighbours."""
    before = time.process_time()
    size = audit.verify(folder)
    checked = size / (time.process_time() - before)
    before = time.process_time()
    audit.prove(folder, [number * 7919 % size for number in range(PROOFS)])
    return PROOFS / (time.process_time() - before), checked


def _fsyncs(path: Path) -> float:
    import os

    count = 300
    with path.open("wb") as file:
        before = time.perf_counter()
        for _ in range(count):
            file.write(bytes(400))
            file.flush()
            os.fsync(file.fileno())
        return count / (time.perf_counter() - before)
