"""What the person who starts a benchmark may choose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Choices that hold for every benchmark.

    Attributes:
        peers: run the other tools too (else their columns stay empty).
        size: records a side for the benchmarks on generated registers; None means each one's own.
        cores: hold every tool to so many cores.
        brief: leave out what takes minutes (for checks after a change).
        soak_s: for how long a node is held under load, in seconds; None means the benchmark's own.
    """

    peers: bool = True
    size: int | None = None
    cores: int = 1
    brief: bool = False
    soak_s: float | None = None
