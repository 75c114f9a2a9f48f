"""Reports: the list of them, handing one in, and how many independent origins stand behind several."""

from typing import Any, Literal, TypedDict

import msgspec

from tallystick.adapters.report_folder import SHORT, Arrival
from tallystick.adapters.report_table import Sought, Summary
from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Position, Visit
from tallystick.errors import InputError
from tallystick.reports import origins_of
from tallystick.reports.cues import LANGUAGES
from tallystick.wiring.report_shelf import Found

_A_PAGE = 50
_MOST_COMPARED = 20
MOST_BYTES = 16 << 20
State = Literal["", "likely", "possible", "namesake-likely", "none"]


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reports somebody wants to see."""

    words: str = ""
    language: str = ""
    source: str = ""
    state: State = ""
    after: Position = 0


class HandedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report as text; files are sent beside it, in the field `file`."""

    text: str = ""
    name: str = ""


class Compared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Reports whose origins are counted together, by their ids or what these begin with."""

    report: tuple[str, ...] = ()


class Line(TypedDict):
    """One report in a list: how it came, what was read of it, the strongest verdict on a mention (`none`: nobody)."""

    id: str
    short: str
    name: str
    size_bytes: int
    added_at: str
    headline: str
    language: str
    agency: str
    sources: list[str]
    mentions: int
    state: str


class Shelf(TypedDict):
    """Reports, newest first; which languages can be told apart; what was just refused.

    `behind`: of how many it is not known yet whether they fit; they are being read.
    """

    asked: Wanted
    reports: list[Line]
    written_in: list[str]
    total: int
    behind: int
    following: int | None
    refused: list[dict[str, str]]


class Origin(TypedDict):
    """One report beside others: its number, and the origins it names."""

    number: int
    report: Line
    origins: list[dict[str, Any]]


class Counted(TypedDict):
    """An interval of independent origins, and why some do not count as one of their own."""

    reports: list[Origin]
    at_least: int
    at_most: int
    reasons: list[dict[str, Any]]
    derived: list[dict[str, Any]]


def line_of(arrival: Arrival, summary: Summary) -> Line:
    """Return a report as lists show it."""
    return Line(
        id=arrival.id, short=arrival.id[:SHORT], name=arrival.name, size_bytes=arrival.size_bytes, added_at=arrival.added_at,
        headline=summary.headline, language=summary.language, agency=summary.agency, sources=summary.sources,
        mentions=len(summary.mentions), state=summary.state,
    )  # fmt: skip


def shelf(visit: Visit) -> Answer:
    """Show the reports, newest first."""
    return Page(template="reports", data=_shown(visit, visit.given, []))


def _shown(visit: Visit, asked: Wanted, refused: list[dict[str, str]]) -> dict[str, Any]:
    shelved = visit.node.reports
    following = asked.after + _A_PAGE
    sought = Sought(asked.words, asked.language, asked.source, asked.state)
    if sought == Sought():
        found = Found(shelved.count(), shelved.newest(asked.after, _A_PAGE), 0)
    else:
        found = shelved.found(sought, asked.after, _A_PAGE)
    return {
        "asked": msgspec.to_builtins(asked), "total": found.total, "behind": found.behind,
        "written_in": sorted(each.code for each in LANGUAGES),
        "reports": [line_of(each, shelved.summary(each)) for each in found.page], "refused": refused,
        "following": following if following < found.total else None,
    }  # fmt: skip


def handed_in(visit: Visit) -> Answer:
    """Keep reports that somebody hands in: files, or text that was typed."""
    given: HandedIn = visit.given
    files = [(name, file.read()) for name, file in visit.files.get("file", ())]
    if given.text:
        files.append((f"{given.name or 'report'}.txt", given.text.encode()))
    if not files:
        raise InputError("no report was handed in", hint="choose a file, or write its text")
    added: list[Arrival] = []
    refused: list[dict[str, str]] = []
    for name, content in files:
        try:
            for each in visit.node.reports.add(name, content, visit.actor.name):
                if isinstance(each, Arrival):
                    added.append(each)
                else:
                    refused.append({"name": each.name, "reason": each.reason, "hint": each.hint})
        except InputError as error:
            refused.append({"name": name, "reason": str(error), "hint": error.hint})
    if len(added) == 1 and not refused:
        arrival = added[0]
        return Moved(to=f"/reports/{arrival.id}", data=dict(line_of(arrival, visit.node.reports.summary(arrival))))
    return Page(template="reports", data=_shown(visit, Wanted(), refused), status=200 if added else 400)


def origins(visit: Visit) -> Answer:
    """Count the independent origins behind several reports, as an interval, with the reasons."""
    asked: Compared = visit.given
    if len(asked.report) > _MOST_COMPARED:
        raise InputError(f"more than {_MOST_COMPARED} reports are compared", hint="choose fewer")
    found = {each.id: each for each in map(visit.node.reports.named, asked.report)}
    arrivals = sorted(found.values(), key=lambda each: (each.added_at, each.id))
    readings = [visit.node.reports.read(each)[1] for each in arrivals]
    interval, derived = origins_of(readings)
    rows = [
        Origin(
            number=number, report=line_of(arrival, visit.node.reports.summary(arrival)),
            origins=[{"name": each.name, "kind": each.kind, "named": each.named} for each in reading.chain.origins()],
        )
        for number, (arrival, reading) in enumerate(zip(arrivals, readings, strict=True), 1)
    ]  # fmt: skip
    return Page(
        template="origins",
        data={
            "reports": rows, "at_least": interval.at_least if rows else 0, "at_most": interval.at_most,
            "reasons": [{"report": each.report, "why": each.why} for each in interval.reasons],
            "derived": [{"report": each.report, "source": each.source, "how": each.how} for each in derived],
        },
    )  # fmt: skip


ROUTES = (
    DeskRoute("reports", "GET", "/reports", shelf, Wanted, gives=Shelf),
    DeskRoute("report-add", "POST", "/reports", handed_in, HandedIn, most_bytes=MOST_BYTES, takes_files=True),
    DeskRoute("report-origins", "GET", "/reports/origins", origins, Compared, gives=Counted),
)
