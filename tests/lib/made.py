"""Made-up registers in memory, for tests that link or learn."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tallystick.node.labelled import RegisterPair
from tallystick.synthesis import Plan, make_registers


@dataclass(frozen=True)
class Lines:
    """A register that can be read again and again."""

    lines: tuple[bytes, ...] = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        yield b"".join(line + b"\n" for line in self.lines)


@cache
def made(size: int, seed: int = 1, cross_script: float = 0.0, overlap: float = 0.3) -> RegisterPair:
    """Return two registers in an order that says nothing, with their truth."""
    batches = list(make_registers(Plan(size=size, seed=seed, cross_script=cross_script, overlap=overlap)))
    a = Lines(tuple(sorted(line.encode() for batch in batches for line in batch.lines_a)))
    b = Lines(tuple(sorted(line.encode() for batch in batches for line in batch.lines_b)))
    return RegisterPair(f"made {size}", a, b, frozenset((pair.id_a, pair.id_b) for batch in batches for pair in batch.same))
