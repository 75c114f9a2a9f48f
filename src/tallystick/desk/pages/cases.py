"""Cases: what waits, by urgency; one case whole; and everything people do with it until it is closed."""

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Literal, TypedDict

import msgspec

from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Position, Visit
from tallystick.errors import InputError, RefusedError, UnknownIdError
from tallystick.model import Record, check
from tallystick.node.casework import CaseFilter, Terms
from tallystick.node.casework.commands import plain
from tallystick.node.casework.views import CaseView, QueueRow
from tallystick.review.clocks import Urgency
from tallystick.review.disclosures import FIELDS
from tallystick.review.events import OutcomeCode, RecallReason, Verdict
from tallystick.review.handling import Use

_A_PAGE = 50
OUTCOMES = ("acted", "no-action", "other-person", "not-usable", "no-longer-needed")
RECALLS = ("corrected", "withdrawn", "expired", "handling")
Shown = Literal["us", "them", "overdue", "open", "all"]


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases somebody wants to see."""

    show: Shown = "us"
    partner: str = ""
    after: Position = 0


class Tell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the holder is told."""

    reason: str


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody says of a pair."""

    verdict: Verdict
    reason: str


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields that are asked for."""

    fields: tuple[str, ...]
    reason: str
    urgency: Urgency | None = None


class Approve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is approved: fields, under which handling code, for how many days.

    `pass_on`: the own case whose copy is passed on; `asked_at`: the moment of the request that was seen; `seconds`: whose
    approval was seen and is confirmed.
    """

    fields: tuple[str, ...] = ()
    europol: str = ""
    tlp: str = ""
    days: Position = 0
    reason: str = ""
    pass_on: Position = 0
    asked_at: str = ""
    seconds: str = ""


class UseCopy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody does with a disclosed copy, and why."""

    use: Literal["look", "proceedings", "publish"]
    reason: str


class Tighten(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tighter code of a disclosed copy: Europol codes, a level of TLP, and the text of H3."""

    europol: tuple[Literal["H1", "H2", "H3"], ...] = ()
    tlp: Literal["", "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] = ""
    text: str = ""


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason."""

    reason: str


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a hit."""

    code: OutcomeCode
    note: str = ""


class Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a case is closed."""

    reason: str = ""


class Recall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a disclosure is called back."""

    reason: RecallReason


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done."""

    note: str


class Namesake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A namesake who agreed to be remembered."""

    name: str
    consent: str
    born: str = ""


class Queue(TypedDict):
    """Cases, how many there are of each kind and in all, and where the next page begins."""

    asked: Which
    cases: list[QueueRow]
    counts: dict[str, int]
    total: int
    following: int | None


def queue(visit: Visit) -> Answer:
    """Show the cases that wait, those due first before the others."""
    asked: Which = visit.given
    return Page(template="cases", data={"asked": msgspec.to_builtins(asked), **rows(visit, asked, _A_PAGE)})


def rows(visit: Visit, asked: Which, most: int) -> dict[str, Any]:
    """Return cases and how many there are of each kind."""
    casework, actor = visit.node.casework, visit.actor
    wanted = _FILTERS[asked.show](asked.partner)
    found = casework.queue(actor, replace(wanted, most=most, after=asked.after), overdue=asked.show == "overdue")
    counts = asdict(casework.counts(actor))
    total = casework.count(actor, wanted, overdue=asked.show == "overdue") if asked.partner else counts.get(asked.show)
    if total is None:
        total = casework.count(actor, wanted)
    following = asked.after + most if asked.after + most < total else None
    return {"cases": [plain(each) for each in found], "counts": counts, "total": total, "following": following}


_FILTERS: dict[str, Callable[[str], CaseFilter]] = {
    "us": lambda partner: CaseFilter(open=True, waiting_for="us", partner=partner),
    "them": lambda partner: CaseFilter(open=True, waiting_for="them", partner=partner),
    "overdue": lambda partner: CaseFilter(open=True, partner=partner),
    "open": lambda partner: CaseFilter(open=True, partner=partner),
    "all": lambda partner: CaseFilter(partner=partner),
}


def case(visit: Visit) -> Answer:
    """Show a case whole, and what can be done with it now."""
    view = visit.node.casework.case(visit.actor, number_of(visit))
    visit.node.lookups.open_case(visit.actor, view.row.reference, view.row.record)
    return Page(template="case", data=_shown(visit, view))


def _shown(visit: Visit, view: CaseView) -> dict[str, Any]:
    said = plain(view)
    assert isinstance(said, dict)  # noqa: S101 - a view is one
    row, request = view.row, view.request
    name, text = visit.node.words_of(row.circle, row.partner, str(request["purpose"]) if request else "")
    choices = {"fields": list(FIELDS), "outcomes": list(OUTCOMES), "recalls": list(RECALLS)}
    return {**said, "partner_name": name, "purpose_text": text, "choices": choices}


def number_of(visit: Visit) -> int:
    """Return the number in a path.

    Raises:
        InputError: it is none.
    """
    text = visit.path["number"]
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 - no node has so many
        raise UnknownIdError("this is no number", hint="see the list", id=text)
    return int(text)


def _done(act: Callable[[Visit, int], CaseView]) -> Callable[[Visit], Answer]:
    def answer(visit: Visit) -> Answer:
        number = number_of(visit)
        return Moved(to=f"/cases/{number}", data=_shown(visit, act(visit, number)))

    return answer


def _tell(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.tell(visit.actor, number, reason=visit.given.reason)


def _decide(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.decide(visit.actor, number, visit.given.verdict, visit.given.reason)


def _request(visit: Visit, number: int) -> CaseView:
    given: Ask = visit.given
    return visit.node.casework.request(visit.actor, number, given.fields, reason=given.reason, urgency=given.urgency)


def _approve(visit: Visit, number: int) -> CaseView:
    given: Approve = visit.given
    if not given.fields:
        raise InputError("no field is chosen", hint="choose what is given, or refuse the request")
    handling = " ".join(filter(None, (given.europol, f"TLP:{given.tlp}" if given.tlp else "")))
    terms = Terms(
        fields=given.fields, handling=handling, days=given.days, reason=given.reason, pass_on=given.pass_on,
        asked_at=given.asked_at, seconds=given.seconds,
    )  # fmt: skip
    return visit.node.casework.approve(visit.actor, number, terms)


class Used(TypedDict):
    """A copy that was taken out for a use: which, why, under which code, until when, and its values by field."""

    number: int
    use: str
    reason: str
    handling: str
    expires_at: str
    owner: str
    by: str
    values: dict[str, Any]


def use(visit: Visit) -> Answer:
    """Take out a disclosed copy for a use that its handling code allows; the log says who did."""
    number, given = number_of(visit), visit.given
    values = visit.node.casework.use_copy(visit.actor, number, Use(given.use), given.reason)
    copy = next(each for each in reversed(visit.node.casework.case(visit.actor, number).copies) if each.direction == "in")
    said = Used(
        number=number, use=given.use, reason=given.reason, handling=copy.handling, expires_at=copy.expires_at.isoformat(),
        owner=copy.owner, by=visit.actor.name, values=values,
    )  # fmt: skip
    return Page(template="used", data=dict(said), still=partial(_still_held, visit, number))


def _still_held(visit: Visit, number: int) -> None:
    """Refuse to show a copy again that has been taken back since, or has expired."""
    if not any(each.case == number for each in visit.node.casework.held_copies(visit.actor, None)):
        raise RefusedError("the copy is gone", hint="see its case")


def _tighten(visit: Visit, number: int) -> CaseView:
    given: Tighten = visit.given
    code = " ".join(filter(None, (*given.europol, f"TLP:{given.tlp}" if given.tlp else "", given.text)))
    return visit.node.casework.tighten(visit.actor, number, code)


def _refuse(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.refuse(visit.actor, number, visit.given.reason)


def _outcome(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.report_outcome(visit.actor, number, visit.given.code, visit.given.note)


def _close(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.close(visit.actor, number, visit.given.reason)


def _recall(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.recall(visit.actor, number, visit.given.reason)


def _acknowledge(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.acknowledge(visit.actor, number, visit.given.note)


def _heed(visit: Visit, number: int) -> CaseView:
    return visit.node.casework.heed(visit.actor, number, visit.given.note)


def _not_me(visit: Visit, number: int) -> CaseView:
    given: Namesake = visit.given
    person = check(Record(id="namesake", names=(given.name,), birth_dates=(given.born,) if given.born else ()))
    visit.node.casework.attach_not_me(visit.actor, number, person, given.consent)
    return visit.node.casework.case(visit.actor, number)


ROUTES = (
    DeskRoute("cases", "GET", "/cases", queue, Which, gives=Queue),
    DeskRoute("case", "GET", "/cases/{number}", case, gives=CaseView),
    DeskRoute("case-tell", "POST", "/cases/{number}/tell", _done(_tell), Tell, gives=CaseView, form_on=case),
    DeskRoute("case-decide", "POST", "/cases/{number}/decide", _done(_decide), Decide, gives=CaseView, form_on=case),
    DeskRoute("case-request", "POST", "/cases/{number}/request", _done(_request), Ask, gives=CaseView, form_on=case),
    DeskRoute("case-approve", "POST", "/cases/{number}/approve", _done(_approve), Approve, gives=CaseView, form_on=case),
    DeskRoute("case-refuse", "POST", "/cases/{number}/refuse", _done(_refuse), Reason, gives=CaseView, form_on=case),
    DeskRoute("case-use", "POST", "/cases/{number}/use", use, UseCopy, gives=Used, form_on=case),
    DeskRoute("case-tighten", "POST", "/cases/{number}/tighten", _done(_tighten), Tighten, gives=CaseView, form_on=case),
    DeskRoute("case-outcome", "POST", "/cases/{number}/outcome", _done(_outcome), Outcome, gives=CaseView, form_on=case),
    DeskRoute("case-close", "POST", "/cases/{number}/close", _done(_close), Close, gives=CaseView, form_on=case),
    DeskRoute("case-recall", "POST", "/cases/{number}/recall", _done(_recall), Recall, gives=CaseView, form_on=case),
    DeskRoute("case-acknowledge", "POST", "/cases/{number}/acknowledge", _done(_acknowledge), Note, gives=CaseView, form_on=case),
    DeskRoute("case-heed", "POST", "/cases/{number}/heed", _done(_heed), Note, gives=CaseView, form_on=case),
    DeskRoute("case-not-me", "POST", "/cases/{number}/not-me", _done(_not_me), Namesake, gives=CaseView, form_on=case),
)
