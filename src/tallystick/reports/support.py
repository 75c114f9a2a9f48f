"""Where a set of reports has what it says from: what judging asks about origins, answered from readings. Pure.

Rules
 1. A report derived from another, wholly or partly, has that one's origins, and adds none of its own.
 2. Two reports derived from one third are one for sure, also where their wordings do not meet.
 3. Unnamed origins may be one: they have one name here. A report that does not say has an origin of its own, named after it.
"""

from collections.abc import Mapping
from typing import Final

from tallystick.reports.chain import Interval, independent_origins
from tallystick.reports.reading import Reading, derived_reports

UNNAMED: Final = "unnamed"


class ReadLineage:
    """The lineage of reports that were read; see `judging.Lineage`."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        """Find out which of the reports are derived.

        Args:
            readings: by id, earliest first.
        """
        self._readings = dict(readings)
        ids = list(self._readings)
        self._root = {each: each for each in ids}
        for each in derived_reports(list(self._readings.values())):
            self._root[ids[each.report - 1]] = self._root[ids[each.source - 1]]

    def interval(self, reports: frozenset[str], /) -> Interval:
        """Return how many independent origins these reports have; those that were not read are left out."""
        roots: set[str] = set()
        chains = []
        for each in (one for one in self._readings if one in reports):
            chains.append((self._readings[each].chain, self._root[each] in roots))
            roots.add(self._root[each])
        return independent_origins(chains)

    def root(self, report: str, /) -> str:
        """Return the report that this one is derived from, in the end; itself where it is from none."""
        return self._root.get(report, report)

    def origins(self, report: str, /) -> frozenset[str]:
        """Return the origins of a report."""
        root = self.root(report)
        found = self._readings[root].chain.origins() if root in self._readings else []
        return frozenset(each.key if each.named else UNNAMED for each in found) or frozenset({f"report:{root[:12]}"})
