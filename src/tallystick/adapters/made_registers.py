"""Writes two made-up registers and their truth as files, shuffled, in memory that does not grow with their size.

Makes no persons itself: `synthesis` does. Nothing here is personal data.

Rules
 1. `a.jsonl.gz` and `b.jsonl.gz` hold the registers in the native format; `truth.csv` (id_a, id_b) is the only place that says
    who is the same person.
 2. `pairs.csv` tells more about pairs, for reports by culture and script: the true ones (`same`), and persons known to be
    different who look alike (`sibling`, `twin`, `father and son`, `namesake`).
 3. Every row is drawn into a random bucket and each bucket is shuffled: any order of the rows is equally likely, and no place in
    a file says anything about the other file. Buckets above a size lie in temporary files beside the result.
 4. A file appears under its name when it is complete. Equal plans give equal bytes: the gzip header has no name and no time.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Self

from tallystick.synthesis import Pair, Plan, make_registers

BUCKET = 100_000
"""Rows in one bucket: what is held in memory at a time, at some 300 bytes each."""
COMPRESSION = 1
"""Level 1 costs a tenth of the run and gives files a quarter larger than level 6."""
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class MadeRegisters:
    """What was written."""

    out: str
    records_a: int
    records_b: int
    same: int
    alike: int
    cross_script: int
    cultures: int


def write_registers(plan: Plan, out: Path, done: Callable[[int], None] = lambda _: None) -> MadeRegisters:
    """Make the registers of a plan and write them into a folder.

    Args:
        plan: what to make.
        out: folder to write to; made if it is not there; files of an earlier run are replaced.
        done: called with the number of records made so far.

    Returns:
        What was written.
    """
    out.mkdir(parents=True, exist_ok=True)
    records_a = records_b = same = alike = cross_script = 0
    seen: set[str] = set()
    with TemporaryDirectory(dir=out, prefix=".making-") as scratch, ExitStack() as open_files:
        rng = Random(f"order {plan.seed}")  # noqa: S311
        a, b, truth, pairs = (open_files.enter_context(_Shuffled(rng, size, scratch)) for size in _sizes(plan))
        for batch in make_registers(plan):
            records_a += len(batch.lines_a)
            records_b += len(batch.lines_b)
            same += len(batch.same)
            alike += len(batch.alike)
            cross_script += sum(pair.script_a != "latin" for pair in batch.same)
            seen.update(pair.culture for pair in batch.same)
            a.add(batch.lines_a)
            b.add(batch.lines_b)
            truth.add([f"{pair.id_a},{pair.id_b}" for pair in batch.same])
            pairs.add([_pair_row(pair) for pair in (*batch.same, *batch.alike)])
            done(records_a + records_b)
        for rows, name, header in (
            (a, "a.jsonl.gz", ""),
            (b, "b.jsonl.gz", ""),
            (truth, "truth.csv", "id_a,id_b"),
            (pairs, "pairs.csv", _HEADER),
        ):
            _write(rows, out / name, header)
    return MadeRegisters(str(out), records_a, records_b, same, alike, cross_script, len(seen))


_HEADER = "id_a,id_b,kind,culture,script_a"


def _pair_row(pair: Pair) -> str:
    return f"{pair.id_a},{pair.id_b},{pair.kind},{pair.culture},{pair.script_a}"


def _sizes(plan: Plan) -> tuple[int, int, int, int]:
    return plan.size, plan.size, plan.shared, plan.shared


class _Shuffled:
    """Rows in random order, most of them on disk."""

    def __init__(self, rng: Random, expected: int, scratch: str) -> None:
        self._rng = rng
        self._buckets: list[list[str]] = [[] for _ in range(1 + expected // BUCKET)]
        self._files: list[IO[bytes]] = []
        self._scratch = scratch
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def add(self, rows: list[str]) -> None:
        buckets = self._buckets
        if len(buckets) == 1:
            buckets[0] += rows
            return
        random, count = self._rng.random, len(buckets)
        for row in rows:
            buckets[int(random() * count)].append(row)
        self._held += len(rows)
        if self._held > BUCKET:
            self._spill()

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows bucket by bucket, each shuffled."""
        for number, bucket in enumerate(self._buckets):
            rows = bucket
            if self._files:
                file = self._files[number]
                file.seek(0)
                rows = file.read().decode().splitlines() + bucket
            self._rng.shuffle(rows)
            self._buckets[number] = []
            yield rows

    def _spill(self) -> None:
        if not self._files:
            self._files = [TemporaryFile(dir=self._scratch) for _ in self._buckets]  # noqa: SIM115 - closed by __exit__
        for file, bucket in zip(self._files, self._buckets, strict=True):
            file.write("".join([f"{row}\n" for row in bucket]).encode())
            bucket.clear()
        self._held = 0


def _write(shuffled: _Shuffled, path: Path, header: str) -> None:
    with _written(path) as file:
        if header:
            file.write(f"{header}\n".encode())
        for rows in shuffled.rows():
            for start in range(0, len(rows), _CHUNK):
                file.write("".join([f"{row}\n" for row in rows[start : start + _CHUNK]]).encode())


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name when it is complete."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=COMPRESSION) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield raw
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
