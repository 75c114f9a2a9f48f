"""What people look up from the command line, and who opened what: commands by name; see node/commands.py."""

from collections.abc import Callable, Mapping
from typing import Any

from tallystick.node.casework import Casework
from tallystick.node.casework.commands import plain
from tallystick.node.context import Report
from tallystick.node.lookups import COMMAND_LINE, Lookups
from tallystick.node.tracing import Tracing
from tallystick.review.roles import Actor, Role

Given = Mapping[str, Any]
_MOST = 1000


class LookupCommands:
    """Looking a record or a case up, with its entry in the log, and finding those entries again."""

    def __init__(self, lookups: Lookups, casework: Casework, tracing: Tracing) -> None:
        self._lookups = lookups
        self._casework = casework
        self._tracing = tracing

    def table(self) -> Mapping[str, Callable[[Given, Report], object]]:
        """Return every command by name."""
        return {"person": self.person, "case_show": self.case_show, "lookups_trace": self.lookups_trace}

    def person(self, given: Given, _report: Report) -> object:
        """Return a record of ours with its timeline."""
        actor, place = _actor(given), (given["register"], given["record_id"])
        found = self._casework.person(actor, *place)
        self._lookups.open_record(actor, *place, where=COMMAND_LINE)
        return plain(found)

    def case_show(self, given: Given, _report: Report) -> object:
        """Return a case whole."""
        actor = _actor(given)
        found = self._casework.case(actor, given["case"])
        self._lookups.open_case(actor, found.row.reference, found.row.record, where=COMMAND_LINE)
        return plain(found)

    def lookups_trace(self, given: Given, _report: Report) -> object:
        """Return who opened a record or a case, newest first."""
        actor, before = _actor(given), given.get("before")
        if given.get("case"):
            return plain(self._tracing.case(actor, given["case"], most=_MOST, before=before, where=COMMAND_LINE))
        place = (given["register"], given["record_id"])
        return plain(self._tracing.record(actor, *place, most=_MOST, before=before, where=COMMAND_LINE))


def _actor(given: Given) -> Actor:
    return Actor(given["officer"], Role(given["role"]))
