"""Where a set of reports has what it says from: what judging asks about origins, answered from readings. Pure.

Rules
 1. A report derived from another, wholly or partly, has that one's origins, and adds none of its own.
 2. Two reports derived from one third are one for sure, also where their wordings do not meet.
 3. Unnamed origins may be one: they have one name here. A report that does not say has an origin of its own, named after it.
"""

from collections.abc import Mapping
from typing import Final

from tallystick.reports.chain import Chain, Interval, independent_origins
from tallystick.reports.derivation import Sketches, sketch
from tallystick.reports.reading import Reading

UNNAMED: Final = "unnamed"


class ReadLineage:
    """The lineage of reports that were read; see `judging.Lineage`. Of a reading it keeps the chain and a sketch."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        """Find out which of the reports are derived.

        Args:
            readings: by id, earliest first.
        """
        self._sketches = Sketches()
        self._chains: dict[str, Chain] = {}
        self._ids: list[str] = []
        self._root: dict[str, str] = {}
        for report, reading in readings.items():
            self.add(report, reading)

    def add(self, report: str, reading: Reading) -> None:
        """Add a report that came after those that are there."""
        found = self._sketches.add(sketch(reading.main))
        self._root[report] = self._root[self._ids[found[0]]] if found else report
        self._chains[report] = reading.chain
        self._ids.append(report)

    def interval(self, reports: frozenset[str], /) -> Interval:
        """Return how many independent origins these reports have; those that were not read are left out."""
        roots: set[str] = set()
        chains = []
        for each in (one for one in self._ids if one in reports):
            chains.append((self._chains[each], self._root[each] in roots))
            roots.add(self._root[each])
        return independent_origins(chains)

    def root(self, report: str, /) -> str:
        """Return the report that this one is derived from, in the end; itself where it is from none."""
        return self._root.get(report, report)

    def origins(self, report: str, /) -> frozenset[str]:
        """Return the origins of a report."""
        root = self.root(report)
        found = self._chains[root].origins() if root in self._chains else []
        return frozenset(each.key if each.named else UNNAMED for each in found) or frozenset({f"report:{root[:12]}"})
