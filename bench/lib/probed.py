"""Runs a command of tallystick and writes, every ten seconds, what the memory of its process is made of: JSON lines.

    python -m bench.lib.probed FILE node serve --node FOLDER

`resident_mb` is what the system gave, of which `file_mb` are pages of files (code, mapped indexes); `heap_mb` is what libc holds
for all its arenas, of which `heap_free_mb` is given out to nobody; `python_blocks` counts the small objects. With
`BENCH_MEMORY_FRAMES=N` Python's own allocations are traced, N frames deep, and the lines that took most since the second minute
are told once a minute: that costs half of the speed.
"""

import ctypes
import json
import os
import sys
import threading
import time
import tracemalloc
from pathlib import Path
from typing import Any

EVERY_S = 10.0
_LINES = 12
_FIELDS = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")


class _Info(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in _FIELDS)


def state() -> dict[str, float]:
    """Return what this process holds now."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    resident, anonymous = (int(rollup.partition(f"\n{name}:")[2].split()[0]) / 1024 for name in ("Rss", "Anonymous"))
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = _Info
    info = libc.mallinfo2()
    return {
        "resident_mb": resident,
        "file_mb": resident - anonymous,
        "heap_mb": (info.arena + info.hblkhd) / 2**20,
        "heap_free_mb": info.fordblks / 2**20,
        "python_blocks": sys.getallocatedblocks(),
        "threads": threading.active_count(),
        "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
    }


def _growth(first: tracemalloc.Snapshot, now: tracemalloc.Snapshot) -> list[str]:
    most = sorted(now.compare_to(first, "traceback"), key=lambda each: -each.size_diff)[:_LINES]
    return [f"{each.size_diff >> 10} KB more: {' < '.join(map(str, reversed(each.traceback)))}" for each in most]


def _watch(file: Path, frames: int) -> None:
    began, first, rounds = time.monotonic(), None, 0
    with file.open("w", encoding="utf-8") as out:
        while True:
            time.sleep(EVERY_S)
            rounds += 1
            said: dict[str, Any] = {"second": round(time.monotonic() - began), **state()}
            if frames and rounds % 6 == 0:
                now = tracemalloc.take_snapshot()
                said["grew"] = _growth(first, now) if first else []
                first = first or (now if rounds >= 12 else None)  # noqa: PLR2004  # two minutes
            print(json.dumps(said), file=out, flush=True)


def main(file: str, *words: str) -> None:
    """Run a command, watched."""
    frames = int(os.environ.get("BENCH_MEMORY_FRAMES", "0"))
    if frames:
        tracemalloc.start(frames)
    threading.Thread(target=_watch, args=(Path(file), frames), daemon=True).start()
    from tallystick.cli import main as tallystick

    tallystick(args=list(words), prog_name="tallystick")


if __name__ == "__main__":
    main(*sys.argv[1:])
