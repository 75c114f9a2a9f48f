"""Judging at the desk: what people said of a report, assessments, and forms to say more. A correction is a later act."""

from typing import Any, Literal, TypedDict

import msgspec

from tallystick.desk.pages.reports import Line, line_of
from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Visit
from tallystick.errors import InputError, UnknownIdError
from tallystick.node.casework.commands import plain
from tallystick.node.reporting.judging import ClaimGrade, Judgement
from tallystick.node.reporting.views import AssessmentView, Judged
from tallystick.reports.acts import LIKELIHOOD
from tallystick.reports.grades import CREDIBILITY, RELIABILITY
from tallystick.review.roles import Action

_ID_CHARS = 64
_MOST_NAMED = 100


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One act on a report: what kind, on which claim or source, which grade, and why or what."""

    what: Literal["grade", "second", "source", "note", "withdraw"]
    reason: str
    claim: str = ""
    source: str = ""
    grade: str = ""
    override: str = ""
    alike: str = ""


class Assess(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An assessment as it is typed: claims by their names, apart by blanks; `revises`: number of an earlier one, or empty."""

    judgement: str
    likelihood: str
    speaks_for: str
    speaks_against: str = ""
    confidence: str = ""
    revises: str = ""


class Shown(TypedDict):
    """Everything said of a report, `told`: who was told how it stands, and the scales; whether who asks may give it to others."""

    report: Line
    judged: dict[str, Any]
    credibility: dict[str, str]
    reliability: dict[str, str]
    may_share: bool


class Assessments(TypedDict):
    """All assessments, newest first, and the words of likelihood with their percentages."""

    assessments: list[dict[str, Any]]
    likelihood: dict[str, list[int]]


def judged(visit: Visit) -> Answer:
    """Show what people said of a report."""
    words = visit.path["report"]
    if len(words) > _ID_CHARS:
        raise UnknownIdError("this is no id of a report", hint="see the list", id=words)
    arrival = visit.node.reports.named(words)
    found: Judged = visit.node.judging.report(visit.actor, arrival.id)
    shown = Shown(
        report=line_of(arrival, visit.node.reports.summary(arrival)), judged=_judged(visit, found),
        credibility={str(code): text for code, text in CREDIBILITY.items()},
        reliability={str(code): text for code, text in RELIABILITY.items()}, may_share=visit.actor.may(Action.SHARE_REPORTS),
    )  # fmt: skip
    return Page(template="judged", data=shown)


def _judged(visit: Visit, found: Judged) -> dict[str, Any]:
    told = plain(visit.node.casework.told_of(visit.actor, found.report))
    return {**msgspec.to_builtins(found), "told": told}


def judge(visit: Visit) -> Answer:
    """Do one act on a report."""
    said: Said = visit.given
    report = visit.node.reports.named(visit.path["report"][: _ID_CHARS + 1]).id
    judging, actor = visit.node.judging, visit.actor
    match said.what:
        case "grade":
            grade = ClaimGrade(
                grade=said.grade, reason=said.reason, alike=tuple(said.alike.split()[:_MOST_NAMED]), override=said.override
            )
            judging.grade_claim(actor, said.claim, grade)
        case "second":
            judging.second(actor, said.claim, said.reason)
        case "source":
            judging.grade_source(actor, said.source, said.grade, None, said.reason)
        case "note":
            judging.note(actor, report, said.reason)
        case "withdraw":
            judging.withdraw(actor, said.claim or report, said.reason)
    visit.node.casework.tell_footings()
    return Moved(to=f"/reports/{report}/judged", data=_judged(visit, judging.report(actor, report)))


def assessments(visit: Visit) -> Answer:
    """Show all assessments: whether each stands, and on how many origins."""
    found: list[AssessmentView] = visit.node.judging.assessments(visit.actor)
    words: dict[str, list[int]] = {each: [*percent] for each, percent in LIKELIHOOD.items()}
    shown = Assessments(assessments=msgspec.to_builtins(found[::-1]), likelihood=words)
    return Page(template="assessments", data=shown)


def assess(visit: Visit) -> Answer:
    """Make an assessment, or revise one."""
    typed: Assess = visit.given
    if typed.revises and not typed.revises.isdecimal():
        raise InputError("the number of an assessment is none", hint="take one of the list, or leave it empty")
    made = visit.node.judging.assess(
        visit.actor,
        Judgement(
            text=typed.judgement, likelihood=typed.likelihood, speaks_for=tuple(typed.speaks_for.split()[:_MOST_NAMED]),
            speaks_against=tuple(typed.speaks_against.split()[:_MOST_NAMED]), confidence=typed.confidence or None,
            revises=int(typed.revises[:9]) if typed.revises else None,
        ),
    )  # fmt: skip
    return Moved(to="/assessments", data=msgspec.to_builtins(made))


ROUTES = (
    DeskRoute("report-judged", "GET", "/reports/{report}/judged", judged, gives=Shown),
    DeskRoute("report-judge", "POST", "/reports/{report}/judged", judge, Said, form_on=judged),
    DeskRoute("assessments", "GET", "/assessments", assessments, gives=Assessments),
    DeskRoute("assess", "POST", "/assessments", assess, Assess, form_on=assessments),
)
