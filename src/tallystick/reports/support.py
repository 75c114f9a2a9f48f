"""Where a set of reports has what it says from: what judging asks about origins, answered from readings. Pure.

Rules
 1. A report derived from another, wholly or partly, has that one's origins, and adds none of its own, also where that one is not
    asked about.
 2. Two reports derived from one third are one for sure, also where their wordings do not meet.
 3. Unnamed origins may be one: they have one name here. A report that does not say has an origin of its own, named after it.
 4. What is said through some sources of a report has their origins, and not those of what else the report says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tallystick.reports.chain import Chain
from tallystick.reports.derivation import Sketch, Sketches, Wordings, first_akin, sketch
from tallystick.reports.independence import Behind, Interval, independent_origins
from tallystick.reports.reading import Reading

UNNAMED: Final = "unnamed"


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of a report that was read.

    Attributes:
        report: its id.
        number: from 0, in the order they came.
        root: id of the report that it is derived from, in the end; its own where it is from none.
        chain: see there.
    """

    report: str
    number: int
    root: str
    chain: Chain


class Traces(Wordings, Protocol):
    """The traces of reports and their wordings: in memory, or on a disk."""

    def __len__(self) -> int:
        """Return how many reports there are."""
        ...

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        """Return the ids behind the first `after` reports, in the order they came; at most `most`, all where it is negative."""
        ...

    def trace(self, report: str, /) -> Trace | None:
        """Return the trace of a report; None where it was not read."""
        ...

    def numbered(self, number: int, /) -> Trace:
        """Return the trace of a report by its number."""
        ...

    def put_trace(self, trace: Trace, own: Sketch, /) -> None:
        """Add the next report."""
        ...

    def clear(self) -> None:
        """Forget all of them."""
        ...


class TracesInMemory(Sketches):
    """Traces that end with the process."""

    def __init__(self) -> None:
        super().__init__()
        self._traces: dict[str, Trace] = {}
        self._ids: list[str] = []

    def __len__(self) -> int:
        """Return how many reports there are."""
        return len(self._ids)

    def ids(self, after: int = 0, most: int = -1) -> list[str]:
        """Return the ids of some reports, in the order they came; see `Traces`."""
        return self._ids[after:] if most < 0 else self._ids[after : after + most]

    def trace(self, report: str, /) -> Trace | None:
        """Return the trace of a report; None where it was not read."""
        return self._traces.get(report)

    def numbered(self, number: int, /) -> Trace:
        """Return the trace of a report by its number."""
        return self._traces[self._ids[number]]

    def put_trace(self, trace: Trace, own: Sketch, /) -> None:
        """Add the next report."""
        self.put(own)
        self._traces[trace.report] = trace
        self._ids.append(trace.report)

    def clear(self) -> None:
        """Forget all of them."""
        super().clear()
        self._traces.clear()
        self._ids.clear()


class ReadLineage:
    """The lineage of reports that were read; see `judging.Lineage`."""

    def __init__(self, traces: Traces, readings: Mapping[str, Reading] | None = None) -> None:
        """Find out which of the reports are derived.

        Args:
            traces: where they are kept.
            readings: those to add, by id, earliest first.
        """
        self._traces = traces
        for report, reading in (readings or {}).items():
            self.add(report, reading)

    def add(self, report: str, reading: Reading) -> None:
        """Add a report that came after those that are there."""
        own = sketch(reading.main)
        found = first_akin(own, self._traces)
        root = self._traces.numbered(found[0]).root if found else report
        self._traces.put_trace(Trace(report, len(self._traces), root, reading.chain), own)

    def interval(self, said: Mapping[str, frozenset[str]], /) -> Interval:
        """Return how many independent origins stand behind what reports say.

        Args:
            said: by report, keys of the sources it says it through; none where the author says it. What was not read is left out.
        """
        traced = [trace for each in said if (trace := self._traces.trace(each))]
        return independent_origins(
            self._behind(each, said[each.report]) for each in sorted(traced, key=lambda trace: trace.number)
        )

    def _behind(self, trace: Trace, through: frozenset[str]) -> Behind:
        root = self._traces.trace(trace.root) if trace.root != trace.report else None
        first = self._behind(root, frozenset()) if root else None
        return Behind(trace.root, tuple(trace.chain.origins(through)), trace.chain.language, first)

    def root(self, report: str, /) -> str:
        """Return the report that this one is derived from, in the end; itself where it is from none."""
        trace = self._traces.trace(report)
        return trace.root if trace else report

    def origins(self, report: str, through: frozenset[str] = frozenset(), /) -> frozenset[str]:
        """Return the origins of what a report says through some of its sources; of a derived one, those of what it is from."""
        root = self.root(report)
        trace = self._traces.trace(root)
        found = trace.chain.origins(through if root == report else ()) if trace else []
        return frozenset(each.key if each.named else UNNAMED for each in found) or frozenset({f"report:{root[:12]}"})
