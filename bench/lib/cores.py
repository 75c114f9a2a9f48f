"""Holds what follows to some cores, and says what it took of them: processor time, which a busy machine does not stretch."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: of processors, all threads of this process together, and by the clock on the wall."""

    cpu_s: float
    wall_s: float


@contextmanager
def held_to(cores: int = 1) -> Iterator[None]:
    """Hold this process, and threads it starts from here on, to the first cores it may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:cores]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def timed(call: Callable[[], T]) -> tuple[T, Spent]:
    """Call; return what came back, and what it took."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = call()
    return made, Spent(time.process_time() - cpu, time.perf_counter() - wall)
