"""What people tell a node to do after a hit, by name, with arguments and results that JSON can say; see node/commands.py.

Who acts is part of the arguments: the command line believes whoever may read the node's folder, the desk signs people in.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tallystick.exchange import canonical
from tallystick.model import decode
from tallystick.model.encounter import Encounter
from tallystick.node.casework.casework import Casework
from tallystick.node.casework.disclosing import Terms
from tallystick.node.casework.encounters import Search
from tallystick.node.casework.people_ports import NotMeRow
from tallystick.node.casework.ports import CaseFilter
from tallystick.node.casework.views import CaseView
from tallystick.node.context import Report
from tallystick.review.clocks import Urgency
from tallystick.review.handling import Use
from tallystick.review.roles import Actor, Role

Given = Mapping[str, Any]
Plain = dict[str, Any]


class CaseCommands:
    """The commands of one node's casework. Every public method is one; its name is the command's."""

    def __init__(self, casework: Casework) -> None:
        self._casework = casework

    def table(self) -> Mapping[str, Callable[[Given, Report], object]]:
        """Return every command by name."""
        names = [name for name in vars(type(self)) if not name.startswith("_") and name != "table"]
        return {name: getattr(self, name) for name in names}

    def encounter_add(self, given: Given, _report: Report) -> object:
        """Record an encounter."""
        met = Encounter(
            person=decode(given["person"].encode()), kind=given["kind"], country=given["country"], time=given["time"],
            place=given.get("place", ""),
        )  # fmt: skip
        urgency = Urgency(given["urgency"]) if given.get("urgency") else None
        search = Search(circles=tuple(given["circles"]), purpose=given["purpose"], reason=given["reason"], urgency=urgency)
        return plain(self._casework.record_encounter(_actor(given), met, search))

    def encounter_list(self, given: Given, _report: Report) -> object:
        """Return encounters, newest first."""
        return [plain(each) for each in self._casework.encounters(_actor(given), given.get("most", 1000))]

    def case_round(self, given: Given, _report: Report) -> object:
        """Do what is due in casework; `expired_records` were taken out before."""
        return plain(self._casework.go_round(given.get("expired_records", 0)))

    def case_list(self, given: Given, _report: Report) -> object:
        """Return cases, what is due first before the others."""
        actor = _actor(given)
        self._casework.go_round()
        wanted = CaseFilter(**given["filter"]) if given.get("filter") else None
        return [plain(each) for each in self._casework.queue(actor, wanted, overdue=given.get("overdue", False))]

    def case_tell(self, given: Given, _report: Report) -> object:
        """Tell the holder of a hit."""
        return self._done(given, "tell", reason=given["reason"], purpose=given.get("purpose", ""))

    def case_decide(self, given: Given, _report: Report) -> object:
        """Say whether it is the same person."""
        return self._done(given, "decide", verdict=given["verdict"], reason=given["reason"])

    def case_request(self, given: Given, _report: Report) -> object:
        """Ask the holder for fields."""
        urgency = Urgency(given["urgency"]) if given.get("urgency") else None
        return self._done(given, "request", fields=tuple(given["fields"]), reason=given["reason"], urgency=urgency)

    def case_approve(self, given: Given, _report: Report) -> object:
        """Approve a request."""
        terms = Terms(
            fields=tuple(given.get("fields", ())), handling=given.get("handling", ""), days=given.get("days", 0),
            reason=given.get("reason", ""), pass_on=given.get("pass_on", 0), asked_at=given.get("asked_at", ""),
            seconds=given.get("seconds", ""),
        )  # fmt: skip
        return self._done(given, "approve", terms=terms)

    def case_use(self, given: Given, _report: Report) -> object:
        """Return a copy for a use that its code allows."""
        return self._casework.use_copy(_actor(given), given["case"], Use(given["use"]), given["reason"])

    def case_copies(self, given: Given, _report: Report) -> object:
        """Return the copies that are held, or those that may be used so."""
        use = Use(given["use"]) if given.get("use") else None
        return [plain(each) for each in self._casework.held_copies(_actor(given), use)]

    def case_tighten(self, given: Given, _report: Report) -> object:
        """Put a copy under a tighter code."""
        return self._done(given, "tighten", handling=given["handling"])

    def case_refuse(self, given: Given, _report: Report) -> object:
        """Refuse a request."""
        return self._done(given, "refuse", reason=given["reason"])

    def case_outcome(self, given: Given, _report: Report) -> object:
        """Say what came of a hit."""
        return self._done(given, "report_outcome", code=given["code"], note=given.get("note", ""))

    def case_close(self, given: Given, _report: Report) -> object:
        """Close a case."""
        return self._done(given, "close", reason=given.get("reason", ""))

    def case_recall(self, given: Given, _report: Report) -> object:
        """Call back what was disclosed."""
        return self._done(given, "recall", reason=given["reason"])

    def case_acknowledge(self, given: Given, _report: Report) -> object:
        """Confirm a recall."""
        return self._done(given, "acknowledge", note=given["note"])

    def case_heed(self, given: Given, _report: Report) -> object:
        """Say that a changed footing has been looked at."""
        return self._done(given, "heed", note=given["note"])

    def case_two_persons(self, given: Given, _report: Report) -> object:
        """Say whether a circle's cases need two persons."""
        self._casework.set_two_persons(_actor(given), given["circle"], demanded=given["demanded"])
        return {"circle": given["circle"], "two_persons": given["demanded"]}

    def person_identify(self, given: Given, _report: Report) -> object:
        """Say whether who was met is a record of ours."""
        place = (given["encounter"], given["register"], given["record_id"])
        return plain(self._casework.identify(_actor(given), *place, verdict=given["verdict"], reason=given["reason"]))

    def not_me_add(self, given: Given, _report: Report) -> object:
        """Remember a namesake."""
        person = decode(given["person"].encode())
        return _namesake(self._casework.attach_not_me(_actor(given), given["case"], person, given["consent"]))

    def not_me_list(self, given: Given, _report: Report) -> object:
        """Return the namesakes."""
        return [_namesake(row) for row in self._casework.not_me_records(_actor(given))]

    def not_me_revoke(self, given: Given, _report: Report) -> object:
        """Forget a namesake."""
        return _namesake(self._casework.revoke_not_me(_actor(given), given["number"]))

    def subject_gather(self, given: Given, _report: Report) -> object:
        """Gather all that is held of a person."""
        return plain(self._casework.gather_subject(_actor(given), decode(given["person"].encode())))

    def subject_restrict(self, given: Given, _report: Report) -> object:
        """Record for what ground a person is not told of a record."""
        self._casework.restrict_subject(_actor(given), given["register"], given["record_id"], given["ground"])
        return {"register": given["register"], "record_id": given["record_id"], "ground": given["ground"]}

    def coordination(self, given: Given, _report: Report) -> object:
        """Return the coordination report."""
        return plain(self._casework.coordination(_actor(given)))

    def _done(self, given: Given, method: str, **arguments: object) -> object:
        view: CaseView = getattr(self._casework, method)(_actor(given), given["case"], **arguments)
        return plain(view)


def _namesake(row: NotMeRow) -> object:
    shown = {name: value for name, value in asdict(row).items() if name not in {"line", "handle", "epoch"}}
    return _plain({**shown, "names": list(decode(row.line).names) if row.line else []})


def _actor(given: Given) -> Actor:
    return Actor(given["officer"], Role(given["role"]))


def plain(value: object) -> object:
    """Return a view as JSON says it: times as moments, tuples as lists."""
    return _plain(value)


@lru_cache(256)
def _names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a class; none where it is no dataclass."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a view holds
    if value is None or isinstance(value, str | int | float):
        return value
    if names := _names(type(value)):  # type: ignore[arg-type]  # a class is hashable, whatever mypy makes of `type[Any]`
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return canonical.moment_of(int(value.timestamp()))
    return value.isoformat() if isinstance(value, date) else value
