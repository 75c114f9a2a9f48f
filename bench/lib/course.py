"""How a process did under load: its memory at the start, after the warm-up and in each quarter of the rest.

A process that serves takes memory while it warms up: threads, connections, pages of its database, and what it must remember for a
while (nonces, for two minutes). What it takes after that, it takes for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.lib.report import Table

WARM_UP_S = 130.0
"""The life of a nonce and the seconds it shares with others."""
LEAST_S = 240.0
"""Of a rest that is shorter nothing is said."""
BAR_PERCENT = 2.0
"""Growth in ten minutes that still counts as flat."""
_PER_S = 600.0
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a process at a moment.

    Attributes:
        at_s: seconds since the load began.
        done: requests answered so far.
        errors: requests that failed so far.
        mb: resident memory.
    """

    at_s: float
    done: int
    errors: int
    mb: float


@dataclass(frozen=True, slots=True)
class Part:
    """Some moments that follow each other: from when to when, what was done, and the most memory that was resident."""

    name: str
    from_s: float
    to_s: float
    done: int
    errors: int
    mb: float


def parts(moments: Sequence[Moment]) -> list[Part]:
    """Return start, warm-up, and the quarters of what comes after it; none of those where it is short."""
    first, end_s = moments[0], moments[-1].at_s
    warm = [moment for moment in moments if moment.at_s <= WARM_UP_S]
    found = [Part("start", 0.0, first.at_s, first.done, first.errors, first.mb), _part("warm-up", first, warm[1:] or warm)]
    if end_s - WARM_UP_S < LEAST_S:
        return found if warm[-1] is moments[-1] else [*found, _part("after it", warm[-1], moments[len(warm) :])]
    last, step_s = warm[-1], (end_s - WARM_UP_S) / _QUARTERS
    for quarter in range(_QUARTERS):
        until_s = end_s if quarter == _QUARTERS - 1 else WARM_UP_S + (quarter + 1) * step_s
        some = [moment for moment in moments if last.at_s < moment.at_s <= until_s]
        found.append(_part(f"quarter {quarter + 1}", last, some))
        last = some[-1]
    return found


def growth_percent(moments: Sequence[Moment]) -> float | None:
    """Return by how much memory grew after the warm-up, in ten minutes; None for a load too short to tell.

    The most of the last quarter beside the most of the first: what is taken and given back at a rhythm is no growth.
    """
    found = parts(moments)
    if len(found) < 2 + _QUARTERS:
        return None
    first, last = found[2], found[-1]
    between_s = (last.from_s + last.to_s - first.from_s - first.to_s) / 2
    return 100 * (last.mb / first.mb - 1) * _PER_S / between_s


def table(moments: Sequence[Moment]) -> Table:
    """Return the parts for a reader."""
    rows = []
    for part in parts(moments):
        pace = part.done / (part.to_s - part.from_s) if part.to_s > part.from_s else None
        rows.append((part.name, f"{part.to_s:.0f}", part.done, pace, part.errors, part.mb))
    return Table("Under load", ("part", "until second", "answered", "a second", "errors", "most MB of the holder"), rows)


def _part(name: str, before: Moment, some: Sequence[Moment]) -> Part:
    last, most = some[-1], max(moment.mb for moment in some)
    return Part(name, before.at_s, last.at_s, last.done - before.done, last.errors - before.errors, most)
