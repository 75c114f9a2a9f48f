"""The whole at a glance: the coordination report, namesakes, and what is held of a data subject."""

from typing import TypedDict

import msgspec

from tallystick.desk.pages.cases import number_of
from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Visit
from tallystick.node.casework.commands import plain
from tallystick.node.casework.people_ports import NotMeRow
from tallystick.node.casework.people_views import CoordinationReport, SubjectReport
from tallystick.node.finding import typed_query


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks what is held."""

    name: str
    born: str = ""
    number: str = ""


class Gathered(TypedDict):
    """Who asked, and what is held."""

    asked: Subject | None
    report: SubjectReport | None


def report(visit: Visit) -> Answer:
    """Show who asks, who answers, how fast, and what is offered to whom."""
    said = plain(visit.node.casework.coordination(visit.actor))
    assert isinstance(said, dict)  # noqa: S101 - a report is one
    return Page(template="report", data=said)


def subjects(_visit: Visit) -> Answer:
    """Ask for a person."""
    return Page(template="subjects", data={"asked": None, "report": None})


def gathered(visit: Visit) -> Answer:
    """Show all that is held, asked and disclosed about a person."""
    given: Subject = visit.given
    person = typed_query(given.name, born=given.born, number=given.number)
    said = plain(visit.node.casework.gather_subject(visit.actor, person))
    return Page(template="subjects", data={"asked": msgspec.to_builtins(given), "report": said})


def namesakes(visit: Visit) -> Answer:
    """Show who is remembered as a namesake."""
    rows = visit.node.casework.not_me_records(visit.actor)
    return Page(template="namesakes", data={"namesakes": [_namesake(each) for each in rows]})


def revoked(visit: Visit) -> Answer:
    """Forget a namesake at his wish."""
    row = visit.node.casework.revoke_not_me(visit.actor, number_of(visit))
    return Moved(to="/namesakes", data=_namesake(row))


def _namesake(row: NotMeRow) -> dict[str, object]:
    said = plain(row)
    assert isinstance(said, dict)  # noqa: S101 - a row is one
    names = msgspec.json.decode(row.line)["names"] if row.line else []
    return {name: value for name, value in said.items() if name not in {"line", "handle", "epoch"}} | {"names": names}


ROUTES = (
    DeskRoute("report", "GET", "/report", report, gives=CoordinationReport),
    DeskRoute("subjects", "GET", "/subjects", subjects),
    DeskRoute("subjects-gather", "POST", "/subjects", gathered, Subject, gives=Gathered, form_on=subjects),
    DeskRoute("namesakes", "GET", "/namesakes", namesakes),
    DeskRoute("namesake-revoke", "POST", "/namesakes/{number}", revoked),
)
