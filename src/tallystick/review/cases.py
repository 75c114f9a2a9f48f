"""A case: one hit on its way from alert to closed, at one of its two sides, as a state machine over events.

`step` is the only way from one state to the next; what it does not allow, nothing allows. A case at the requester and its
counterpart at the holder never share an object: each side holds its own, and hears of the other's events by messages.

Rules
 1. No disclosure without an approval of the same request, complete with two persons where they are demanded, who approved the
    same state of the record, until a day that has not passed.
 2. A decision is revised by a later one; a revised decision opens a closed case again.
 3. A requester closes with an outcome only, and neither side while a request waits: an answer may be on its way. A request
    opens a closed case of the holder again, and so does an outcome: what came of the hit is heard.
 4. A recall or an expiry ends a disclosure; nothing brings it back. One that never came to its receiver answers nothing: the
    request waits again, at both sides.
 5. A changed footing that was heard waits for a person, in whatever state the case is, a closed one as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Literal

from tallystick.errors import NotApprovedError, RefusedError
from tallystick.review import clocks, events, footings
from tallystick.review.clocks import Urgency
from tallystick.review.disclosures import Approval, Refusal, Request
from tallystick.review.events import AnyEvent, Approved, Decided, OutcomeReported, Recalled, Verdict
from tallystick.review.footings import Footing
from tallystick.review.handling import read_handling

Side = Literal["requester", "holder"]
Stage = Literal[
    "alert", "decided", "requested", "refused", "disclosed", "recalled", "footing", "outcome", "withdrawn", "suppressed", "closed"
]
Party = Literal["us", "them", "nobody"]
MOST_GONE = 64
"""So many disclosures of a case may be gone before a requester takes no more recalls of what never came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The state of one case at one side.

    Attributes:
        side: which.
        urgency, opened_at, cross_border: of the alert.
        two_persons: whether decisions and approvals need two.
        told_at: when the holder was told; None before.
        country, contact: of the other organisation, as far as it said.
        met, reason: country, kind and time of the requester's encounter, and why it told the holder, as the notice says.
        decisions: all of them, oldest first.
        request: the newest request; None before.
        approvals: what approvers said to it.
        answer: the complete answer to it.
        disclosure, disclosed_at: digest and time of what was disclosed; empty and None before.
        past: digests of disclosures before the newest one; all of them are gone, or never came.
        outcome, recall: the newest ones.
        acknowledged_at, expired_at, withdrawn_at, closed_at: when.
        not_me: number of the record that suppresses it; 0 for none.
        footings: how the reports stand on which it rests, as either side told the other.
    """

    side: Side
    urgency: Urgency
    opened_at: datetime
    cross_border: bool | None = None
    two_persons: bool = False
    told_at: datetime | None = None
    country: str = ""
    contact: str = ""
    met: tuple[str, str, str] = ("", "", "")
    reason: str = ""
    decisions: tuple[Decided, ...] = ()
    request: Request | None = None
    approvals: tuple[Approved, ...] = ()
    answer: Approval | Refusal | None = None
    disclosure: str = ""
    disclosed_at: datetime | None = None
    past: tuple[str, ...] = ()
    outcome: OutcomeReported | None = None
    recall: Recalled | None = None
    acknowledged_at: datetime | None = None
    expired_at: datetime | None = None
    withdrawn_at: datetime | None = None
    closed_at: datetime | None = None
    not_me: int = 0
    footings: tuple[Footing, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """What was decided, by two different persons where that is demanded; None before."""
        if not self.decisions:
            return None
        newest = self.decisions[-1].verdict
        agreeing = set[str]()
        for each in reversed(self.decisions):
            if each.verdict != newest:
                break
            agreeing.add(each.by)
        enough = 1 if newest == "undecided" or not self.two_persons else 2
        return newest if len(agreeing) >= enough else None

    @property
    def half_decided(self) -> Decided | None:
        """The newest decision while it does not count, because a second person has not said the same; None for none."""
        return self.decisions[-1] if self.decisions and self.verdict is None else None

    @property
    def is_held(self) -> bool:
        """Whether the receiver has a disclosed copy that is neither recalled nor expired."""
        return bool(self.disclosure) and self.recall is None and self.expired_at is None

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.recall and not self.acknowledged_at:
            return "recalled"
        return "footing" if footings.to_heed(self.footings) else self._stage_apart

    @property
    def _stage_apart(self) -> Stage:
        """How far it is, recalls and footings apart."""
        reached: list[tuple[object, Stage]] = [
            (self.closed_at, "closed"),
            (self.request and self.answer is None, "requested"), (self.outcome, "outcome"), (self.disclosed_at, "disclosed"),
            (isinstance(self.answer, Refusal), "refused"), (self.withdrawn_at, "withdrawn"),
            (self.not_me and not self.decisions, "suppressed"), (self.verdict, "decided"),
        ]  # fmt: skip
        return next((stage for true, stage in reached if true), "alert")

    @property
    def waiting_for(self) -> Party:
        """Who must act next."""
        if self.stage in {"closed", "suppressed"}:
            return "nobody"
        theirs = {"requester": {"requested"}, "holder": {"decided", "refused", "disclosed", "recalled"}}[self.side]
        return "them" if self.stage in theirs else "us"

    @property
    def due_at(self) -> datetime | None:
        """When that is due; None where nothing is, or no clock runs."""
        if self.stage in {"closed", "suppressed"} or (self.side == "holder" and self.stage == "decided"):
            return None
        if self.recall is not None and self.stage == "recalled":
            return self.recall.at + clocks.ACKNOWLEDGE_WITHIN
        if waiting := footings.to_heed(self.footings):
            apart = replace(self, footings=())
            due = [min(each.at for each in waiting) + clocks.HEED_WITHIN, apart.due_at if apart.waiting_for == "us" else None]
            return min(filter(None, due))
        return self._due_apart

    @property
    def _due_apart(self) -> datetime | None:
        """When that is due, recalls and footings apart."""
        if self.outcome is not None and self.stage == "outcome":
            return self.outcome.at + clocks.OUTCOME_WITHIN
        if self.answer is not None and self.stage in {"disclosed", "refused"}:
            return self.answer.at + clocks.OUTCOME_WITHIN
        if self.request is not None:
            return clocks.answer_due(self.request.urgency, self.request.at, confirmed=self.request.confirmed)
        return clocks.answer_due(self.urgency, self.opened_at)

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether somebody has let the clock run out."""
        due = self.due_at
        return due is not None and now > due


def opened(event: events.Opened, side: Side) -> Case:
    """Return the case an alert begins with."""
    return Case(
        side=side, urgency=event.urgency, opened_at=event.at, two_persons=event.two_persons, cross_border=event.cross_border
    )


def replay(side: Side, history: Iterable[AnyEvent]) -> Case:
    """Return what a history makes of a case; its first event opens it."""
    first, *others = history
    if not isinstance(first, events.Opened):
        raise RefusedError("a case begins with an alert", hint="restore node.db from a backup")
    return reduce(step, others, opened(first, side))


def step(case: Case, event: AnyEvent) -> Case:
    """Return a case after an event.

    Raises:
        RefusedError: the case is not in a state in which this can happen.
        NotApprovedError: an approval is missing, or not of two persons.
        InputError: the event itself says something impossible.
    """
    match event:
        case events.Told():
            return _told(case, event)
        case events.Decided():
            return replace(case, decisions=(*case.decisions, event), closed_at=None)
        case events.Requested():
            return _requested(case, event)
        case events.Approved():
            return _approved(case, event)
        case events.Disclosed():
            return _disclosed(case, event)
        case _:
            return _ended(case, event)


def _told(case: Case, event: events.Told) -> Case:
    return replace(
        case, told_at=case.told_at or event.at, two_persons=case.two_persons or event.two_persons,
        country=event.country or case.country, contact=event.contact or case.contact,
        cross_border=case.cross_border if event.cross_border is None else event.cross_border,
        urgency=event.urgency or case.urgency, met=event.met if any(event.met) else case.met,
        reason=event.reason or case.reason,
    )  # fmt: skip


def _requested(case: Case, event: events.Requested) -> Case:
    _need(case.told_at, "the holder was not told of the hit yet", "run `tallystick case tell`")
    _need(case.side == "holder" or not case.closed_at, "the case is closed", "revise its decision to open it again")
    _need(case.request is None or case.answer is not None, "a request is open already", "wait for its answer")
    _need(not case.is_held, "the data was disclosed already", "see `tallystick case show`")
    past = (*case.past, case.disclosure) if case.disclosure else case.past
    if case.side == "requester":
        last = case.decisions[-1].verdict if case.decisions else None
        _need(case.stage != "recalled", "a recall must be acknowledged first", "run `tallystick case acknowledge`")
        _need(last, "nobody has decided yet", "run `tallystick case decide`")
        _need(last != "not-same", "it was decided that this is another person", "revise the decision, or close the case")
        _need(case.verdict, "a second person must confirm the decision", "another officer runs `tallystick case decide`")
    asked = Request(
        fields=event.fields, purpose=event.purpose, reason=event.reason, urgency=event.urgency, by=event.by,
        confirmed=event.confirmed, at=event.at,
    )  # fmt: skip
    fresh = replace(case, request=asked, approvals=(), answer=None, disclosure="", disclosed_at=None, past=past)
    return replace(fresh, recall=None, acknowledged_at=None, expired_at=None, outcome=None, closed_at=None)


def _approved(case: Case, event: Approved) -> Case:
    request = _open_request(case)
    # Others approved what is no more, or until a day that is past.
    standing = tuple(each for each in case.approvals if each.source == event.source and each.expires_at > event.at)
    said = (*standing, event)
    first = said[0]
    if _terms(event) != _terms(first):
        raise NotApprovedError(
            "the second approval differs from the first", hint="approve the same fields, code and retention, or refuse"
        )
    if event.by in {each.by for each in standing}:
        raise NotApprovedError("the same person approved this before", hint="another approver must approve it, too")
    handling, officers = read_handling(first.handling), tuple(each.by for each in said)
    complete = len(officers) > case.two_persons
    approval = Approval(
        request=request, fields=first.fields, handling=handling, expires_at=first.expires_at, officers=officers,
        two_persons=case.two_persons and complete, reason=event.reason, at=event.at,
    )  # fmt: skip
    return replace(case, approvals=said, answer=approval if complete else None)


def _terms(said: Approved) -> tuple[object, ...]:
    return frozenset(said.fields), said.handling, said.expires_at, said.former


def _disclosed(case: Case, event: events.Disclosed) -> Case:
    if not isinstance(case.answer, Approval):
        raise NotApprovedError("nothing is disclosed without an approval", hint="an approver of the holder must say yes")
    _need(not case.disclosure, "it was disclosed already", "see `tallystick case show`")
    _need(event.disclosure not in case.past, "this disclosure was called back before it came", "see `tallystick case show`")
    return replace(case, disclosure=event.disclosure, disclosed_at=event.at)


def _ended(case: Case, event: AnyEvent) -> Case:
    match event:
        case events.Refused():
            refusal = Refusal(request=_open_request(case), by=event.by, reason=event.reason, at=event.at)
            return replace(case, answer=refusal)
        case events.OutcomeReported():
            _need(case.side == "holder" or not case.closed_at, "the case is closed", "revise its decision to open it again")
            return replace(case, outcome=event, closed_at=None)
        case events.Closed():
            return _closed(case, event)
        case events.FootingSaid() | events.FootingHeeded():
            return _footing(case, event)
        case events.HitWithdrawn() | events.Suppressed() | events.Restored() | events.CopyUsed() | events.CopyTightened():
            return _marked(case, event)
        case _:
            return _taken_back(case, event)


def _marked(
    case: Case, event: events.HitWithdrawn | events.Suppressed | events.Restored | events.CopyUsed | events.CopyTightened
) -> Case:
    if isinstance(event, events.CopyUsed | events.CopyTightened):
        _need(case.is_held and case.disclosure == event.disclosure, "there is no copy", "see `tallystick case show`")
        return case
    if isinstance(event, events.HitWithdrawn):
        return replace(case, withdrawn_at=case.withdrawn_at or event.at, not_me=0)
    if isinstance(event, events.Restored):
        return replace(case, not_me=0)
    _need(case.side == "requester" and case.told_at is None, "the alert was acted on already", "decide it")
    return replace(case, not_me=event.not_me)


def _taken_back(case: Case, event: AnyEvent) -> Case:
    match event:
        case events.Recalled() | events.Expired() if event.disclosure in case.past:
            return case  # it crossed a new request on the line: the copy was gone before that
        case events.Recalled() if never_came(case, event.disclosure):
            _need(len(case.past) < MOST_GONE, "too many disclosures of this case were called back", "talk to the partner")
            return replace(case, past=(*case.past, event.disclosure))
        case events.Withheld():
            return _withheld(case, event)
        case events.Recalled():
            _need(case.disclosure == event.disclosure != "", "there is nothing to recall", "see `tallystick case show`")
            _need(case.recall is None, "it was recalled already", "see who has acknowledged with `tallystick case show`")
            return replace(case, recall=event)
        case events.Acknowledged():
            _need(case.recall, "nothing was recalled", "see `tallystick case show`")
            _need(case.acknowledged_at is None, "the recall was acknowledged already", "see `tallystick case show`")
            return replace(case, acknowledged_at=event.at)
        case events.Expired():
            _need(case.disclosure == event.disclosure != "", "there is no copy", "see `tallystick case show`")
            _need(case.expired_at is None, "the copy is gone already", "see `tallystick case show`")
            return replace(case, expired_at=event.at)
        case _:
            raise RefusedError("the case is open already", hint="see `tallystick case show`")


def never_came(case: Case, disclosure: str) -> bool:
    """Tell whether a requester's request still waits, and a disclosure is none of those that came."""
    waits = case.request is not None and case.answer is None
    return case.side == "requester" and waits and disclosure not in {*case.past, case.disclosure}


def _withheld(case: Case, event: events.Withheld) -> Case:
    """Return a holder's case after a disclosure that nobody has: its request waits for another answer."""
    _need(
        case.side == "holder" and case.disclosure == event.disclosure != "",
        "there is nothing to recall",
        "see `tallystick case show`",
    )
    _need(case.acknowledged_at is None and case.expired_at is None, "the copy is gone already", "see `tallystick case show`")
    past = (*case.past, case.disclosure)
    fresh = replace(case, answer=None, approvals=(), disclosure="", disclosed_at=None, past=past)
    return replace(fresh, recall=None, closed_at=None)


def _footing(case: Case, event: events.FootingSaid | events.FootingHeeded) -> Case:
    if isinstance(event, events.FootingHeeded):
        return replace(case, footings=footings.heeded(case.footings, event))
    _need(case.told_at, "the holder was not told of the hit yet", "run `tallystick case tell`")
    known = {*case.past, case.disclosure} - {""}
    _need(set(event.disclosures) <= known, "a footing names a disclosure that is none of this case", "see `tallystick case show`")
    is_by_holder = (case.side == "holder") == isinstance(event, events.FootingTold)
    _need(event.disclosures or not is_by_holder, "nothing that was disclosed rests on it", "see `tallystick case show`")
    return replace(case, footings=footings.said(case.footings, event))


def _closed(case: Case, event: events.Closed) -> Case:
    _need(not case.closed_at, "the case is closed already", "see `tallystick case show`")
    _need(case.stage != "recalled", "a recall must be acknowledged first", "run `tallystick case acknowledge`")
    _need(case.stage != "footing", "a changed footing must be heeded first", "run `tallystick case heed`")
    if case.side == "requester":
        _need(case.outcome, "a hit is closed with an outcome", "run `tallystick case outcome` first")
    _need(case.request is None or case.answer is not None, "a request waits for an answer", "it is approved or refused first")
    return replace(case, closed_at=event.at)


def _open_request(case: Case) -> Request:
    if case.request is None or case.answer is not None or case.closed_at:
        raise RefusedError("no request waits for an answer", hint="see `tallystick case show`")
    return case.request


def _need(true: object, message: str, hint: str) -> None:
    if not true:
        raise RefusedError(message, hint=hint)
