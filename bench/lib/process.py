"""Runs a command and says how long it took and how much memory its whole process tree held.

Measures the command as a user would start it: interpreter start, reading and writing included.
"""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.05


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command used. `peak_mb` is resident memory, shared pages counted once per process."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


class CommandError(Exception):
    """A measured command failed; the message holds the end of what it wrote."""


def run(command: Sequence[str | Path], *, cores: int | None = None, fine: Collection[int] = (0,)) -> Usage:
    """Run a command to its end.

    Args:
        command: program and arguments.
        cores: hold it to that many cores (the first ones it may use); None leaves it free.
        fine: exit codes that mean all went well.

    Returns:
        Wall and processor seconds, peak resident memory of the tree, and its standard output.

    Raises:
        CommandError: it ended with another code.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        words = [*_pinned(cores), *map(str, command)]
        child = subprocess.Popen(words, stdout=out, stderr=err, env={**os.environ, **_threads(cores)})
        peak_kb, status, usage = _watch(child.pid)
        wall_s = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        output = out.read().decode("utf-8", "replace")
        if child.returncode not in fine:
            tail = (output + err.read().decode("utf-8", "replace"))[-2000:]
            raise CommandError(f"exit code {child.returncode} from: {' '.join(words)}\n{tail}")
    peak_kb = max(peak_kb, usage.ru_maxrss)
    return Usage(wall_s, usage.ru_utime + usage.ru_stime, peak_kb / 1024, output)


def _watch(pid: int) -> tuple[int, int, resource.struct_rusage]:
    peak_kb, pause_s = 0, 0.002
    while True:
        peak_kb = max(peak_kb, sum(map(_resident_kb, _tree(pid))))
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return peak_kb, status, usage
        time.sleep(pause_s)
        pause_s = min(SAMPLE_S, pause_s * 1.5)  # a short command is sampled often, a long one is not disturbed


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:  # grows while it is walked
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:  # ended in between
                continue
    return found


def _resident_kb(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):  # ended in between
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _pinned(cores: int | None) -> list[str]:
    if cores is None:
        return []
    mine = sorted(os.sched_getaffinity(0))[:cores]
    return ["taskset", "-c", ",".join(map(str, mine))]


def _threads(cores: int | None) -> dict[str, str]:
    names = ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return dict.fromkeys(names, str(cores)) if cores else {}
