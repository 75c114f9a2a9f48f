"""What every engine of the linking plan is to its callers, and what it may ask of them.

Knows no engine. Text comes in as chunks of whole lines and goes out as rows of CSV; files are the callers' business.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from tallystick import _native
from tallystick.linkage.plan import LinkSummary, Stage

Side: TypeAlias = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")

Chunks: TypeAlias = Iterable[bytes]
"""Whole lines of the native format, many at a time; every chunk ends at the end of a line."""

Report: TypeAlias = Callable[[Stage, int, int], None]
"""Told the stage, how much of it is done, and how much there is (0 when nobody knows)."""

BadLine: TypeAlias = tuple[str, int, str]
"""Side ("a" or "b"), line number from 1, and the reason; never a value."""

DroppedValue: TypeAlias = tuple[int, str, str, int]
"""Line number from 1, record id, what cannot be read and is taken for unknown (birth date, country, gender, field), how often."""

DroppedValues: TypeAlias = tuple[Side, DroppedValue]
"""The same, of one side."""

WeighedPair: TypeAlias = tuple[int, int, float]
"""Number of the record in a, number in b, match weight in bits."""

LinkEvidence: TypeAlias = tuple[str, str, float, Mapping[str, float]]
"""A link: id in a, id in b, match weight in bits, and how much there is of each comparison (`_native.feature_names`)."""


class Engine(Protocol):
    """Runs the plan once: `read` both sides, `compare`, take all `rows`, then `summary` and, if wanted, `links`."""

    bad: list[BadLine]

    def read(self, side: Side, chunks: Chunks) -> None:
        """Take in one side; lines that are no records go to `bad`."""
        ...

    def dropped_values(self) -> list[DroppedValues]:
        """Return what was dropped of which records, in order of side and line."""
        ...

    def compare(self) -> None:
        """Find candidates, weigh them, decide."""
        ...

    def rows(self) -> Iterator[bytes]:
        """Yield the result as CSV rows, a chunk at a time, in order of the records of side a, then of side b."""
        ...

    def links(self) -> Iterator[LinkEvidence]:
        """Yield every link with what it rests on; once, after `compare`."""
        ...

    def summary(self) -> LinkSummary:
        """Return what was done; complete once `rows` is exhausted."""
        ...


class Aside(Protocol):
    """Where finished batches of weighed candidates are put, so that an interrupted run can go on."""

    def claim(self, run: Mapping[str, str]) -> None:
        """Say what is being linked, and how.

        Raises:
            ConfigError: what lies there belongs to another run.
        """
        ...

    def get(self, batch: int) -> Sequence[WeighedPair] | None:
        """Return a batch as it was put; None when it was not, or not wholly."""
        ...

    def put(self, batch: int, pairs: Sequence[WeighedPair]) -> None:
        """Keep the finished batch; after this returns it survives the end of the process."""
        ...


class Join(Protocol):
    """Step 3 of the plan: brings the candidates together, and hands them to the native comparer batch by batch."""

    def find(self, linker: _native.Linker, slack_bits: float) -> int:
        """Find the candidates of what the linker has read; return how many."""
        ...

    def weigh(self, linker: _native.Linker, start: int, end: int) -> None:
        """Have the linker weigh candidates start..end, in order of (record of a, record of b)."""
        ...

    def oversized(self) -> int:
        """Return how many blocks were left out as too large."""
        ...


def dropped_values_of(linker: _native.Linker) -> list[DroppedValues]:
    """Return what a linker has dropped of which records."""
    return [(side, dropped) for side in SIDES for dropped in linker.dropped_values(side)]


def what_was_read(linker: _native.Linker, bad: Sequence[BadLine]) -> LinkSummary:
    """Return the summary of a run that has read both sides and done nothing else."""
    records_a, records_b = linker.sizes()
    return LinkSummary(
        records_a=records_a,
        records_b=records_b,
        bad_a=sum(side == "a" for side, _, _ in bad),
        bad_b=sum(side == "b" for side, _, _ in bad),
        dropped_values=sum(count for _, (*_, count) in dropped_values_of(linker)),
    )


def csv_row(id_a: str, id_b: str, weight_bits: float, probability: float | None, decision: str) -> str:
    """Return one row as the native core writes it; an unknown probability is an empty field."""
    stated = "" if probability is None else f"{probability:.4f}"
    return f"{csv_field(id_a)},{csv_field(id_b)},{weight_bits:.2f},{stated},{decision}\n"


def csv_field(text: str) -> str:
    """Quote a field where RFC 4180 asks for it."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '",\n\r') else text
