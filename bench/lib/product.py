"""The commands of tallystick as the benchmarks call them; knows their options and nothing else."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.lib import places
from bench.lib.process import Usage, run

NOTHING_FOUND = 1
"""Exit code of a search that ended well, without a hit."""
LOW_BITS = 0.0
"""Weights from here up are written when a curve is drawn; the default threshold lies far above."""


def link(first: Path, second: Path, out: Path, *options: str, cores: int | None = None) -> Usage:
    """`tallystick link` on two files, default parameters but for the options given."""
    return run([*places.tallystick(), "link", first, second, "--out", out, *options], cores=cores)


def rehearse(first: Path, second: Path, out: Path, *options: str) -> Usage:
    """`tallystick rehearse` on two files, default parameters but for the options given."""
    return run([*places.tallystick(), "rehearse", first, second, "--out", out, *options])


def find(register: Path, queries: Path, out: Path, *options: str, cores: int | None = None) -> Usage:
    """`tallystick find` with a file of queries."""
    return run(
        [*places.tallystick(), "find", register, "--queries", queries, "--out", out, *options],
        cores=cores,
        fine=(0, NOTHING_FOUND),
    )


def screen(register: Path, documents: Iterable[Path], out: Path, *, cores: int | None = None) -> Usage:
    """`tallystick screen` on some documents."""
    return run(
        [*places.tallystick(), "screen", *documents, "--register", register, "--out", out], cores=cores, fine=(0, NOTHING_FOUND)
    )


def registers(size: int, *, cross_script: float = 0.0, seed: int = 1, overlap: float = 0.2) -> Path:
    """Folder of two registers of `size` persons with truth, made once by `tallystick make-registers` and kept."""
    folder = places.scratch("data", f"registers_{size}_{cross_script:g}_{overlap:g}_{seed}")
    if not (folder / "truth.csv").exists():
        numbers = ["--size", size, "--overlap", overlap, "--seed", seed, "--cross-script", cross_script]
        run([*places.tallystick(), "make-registers", *map(str, numbers), "--out", folder])
    return folder


def write_records(path: Path, records: Iterable[Mapping[str, object]]) -> Path:
    """Write native-format lines, gzipped if the name says so."""
    with gzip.open(path, "wt", encoding="utf-8") if path.suffix == ".gz" else path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return path


Lines = Iterator[bytes]


def read_lines(path: Path) -> Lines:
    """Read native-format lines as they are."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        yield from lines


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Read native-format lines as plain mappings."""
    yield from map(json.loads, read_lines(path))
