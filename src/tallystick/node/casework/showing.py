"""Makes views of cases: what a person sees of one, and of many. Changes nothing.

Rules
 1. A copy is shown only to whom its handling code lets see it; what is gone is not shown to anybody.
 2. What the other side disclosed is compared with our own record by the shipped parameters; a field that was not disclosed is
    unknown.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import msgspec

from tallystick.errors import InputError, RefusedError
from tallystick.matching import Explanation, explain
from tallystick.model import Identifier, Record, decode, encode
from tallystick.names.reading import read_name
from tallystick.node.casework.book import CaseBook, OpenCase
from tallystick.node.casework.disclosing import DEFAULT_RETENTION_DAYS
from tallystick.node.casework.ports import CaseFilter, CaseRow, DisclosedRow
from tallystick.node.casework.sources import copy_of, lapse, source_of
from tallystick.node.casework.views import Beside, CaseView, CopyView, FootingView, Happened, QueueRow
from tallystick.node.finding import ASKED_PRIOR_BITS
from tallystick.review import events
from tallystick.review.cases import Case
from tallystick.review.footings import Footing
from tallystick.review.handling import Use
from tallystick.review.moves import moves, onward
from tallystick.review.roles import Action, Actor
from tallystick.review.verification import Verification, Written, waterfall

_OFFERED = (Use.LOOK, Use.PROCEEDINGS, Use.PUBLISH)
"""Passing a copy on is no use of its own: it answers a request, and needs an approval."""
_MOST_BESIDE = 20
_NAMELESS = "\N{MIDDLE DOT}"


class Showing:
    """The views of one node's cases."""

    def __init__(self, book: CaseBook) -> None:
        self._book = book

    def rows(self, rows: Sequence[CaseRow], now: datetime) -> list[QueueRow]:
        """Return cases as a list shows them; what stands behind them is fetched together."""
        return [_queue_row(row, name, now) for row, name in zip(rows, self._names(rows), strict=True)]

    def _names(self, rows: Sequence[CaseRow]) -> Iterator[str]:
        wanted = defaultdict[str, set[str]](set)
        for row in rows:
            if row.record_id:
                wanted[row.register].add(row.record_id)
        held = {register: self._book.persons.lines_of(register, ids) for register, ids in wanted.items()}
        met = self._book.state.encounter_lines({row.encounter for row in rows if row.encounter and not row.record_id})
        for row in rows:
            if row.record_id or row.encounter:
                line = held[row.register].get(row.record_id) if row.record_id else met.get(row.encounter)
            else:
                asked = self._book.state.asked_for(row.query)
                line = asked[1] if asked else None
            yield _first_name(line) if line else ""

    def whole(self, found: OpenCase, actor: Actor) -> CaseView:
        """Return a case as its page shows it."""
        lapsed = _lapsed(found, why) if (why := lapse(self._book, found)) else None
        case = replace(found.case, approvals=()) if lapsed else found.case
        row, now = found.row, self._book.node.now()
        record = self.own(row)
        name = record.names[0] if record and record.names else ""
        disclosed = self._book.state.disclosures(case=row.id)
        newest = next((each.digest for each in reversed(disclosed) if each.direction == "in" and each.values), "")
        copies = tuple(self._copy(each, actor, now, is_newest=each.digest == newest) for each in disclosed)
        seen = next((each for each in reversed(copies) if each.direction == "in" and each.values), None)
        sent = [each for each in self._book.state.messages(row.id) if each.direction == "out" and each.signed]
        waiting = [each for each in sent if not each.delivered_at]  # what is empty was called back, and never leaves
        return CaseView(
            row=_queue_row(row, name, now), contact=case.contact, country=case.country, notice=case.reason,
            own=values_of(record) if record else {}, verdict=case.verdict, two_persons=case.two_persons,
            half_decided={"verdict": half.verdict, "by": half.by} if (half := case.half_decided) else None,
            request=_plain_request(found), approvals=tuple(each.by for each in case.approvals),
            proposed=None if lapsed else _proposed(found), lapsed=lapsed,
            outcome={"code": case.outcome.code, "note": case.outcome.note, "by": case.outcome.by} if case.outcome else None,
            copies=copies, footings=tuple(map(self._footing, case.footings)),
            verification=self._verify(row, record, seen.values) if record and seen else None,
            history=tuple(_line(event) for event in self._book.history(row.id)), moves=moves(case, actor),
            onward=onward(case, actor), undelivered=len(waiting), beside=tuple(self._beside(row)),
            offered=self._offered(found, case),
        )  # fmt: skip

    def _beside(self, row: CaseRow) -> Iterator[Beside]:
        wanted = CaseFilter(register=row.register, record_id=row.record_id, most=_MOST_BESIDE + 1)
        if not row.record_id:
            wanted = CaseFilter(encounter=row.encounter, query=0 if row.encounter else row.query, most=_MOST_BESIDE + 1)
        for each in self._book.state.case_rows(wanted) if row.record_id or row.encounter or row.query else ():
            if each.id != row.id:
                yield Beside(each.id, each.partner, each.stage)

    def _offered(self, found: OpenCase, case: Case) -> dict[str, object] | None:
        """Return what the first approval would say by itself."""
        if found.row.side != "holder" or case.request is None or case.answer is not None or case.approvals:
            return None
        try:
            code = source_of(self._book, found.row, "").own_code().written
        except (InputError, RefusedError):  # it is gone, or its code is none of ours: who approves it is told
            return None
        return {"handling": code, "days": DEFAULT_RETENTION_DAYS}

    def own(self, row: CaseRow) -> Record | None:
        """Return our record behind a case, or the person asked for; None where it is gone."""
        if row.record_id:
            return self._book.persons.record(row.register, row.record_id)
        if row.encounter:
            return decode(self._book.state.encounter(row.encounter).line)
        asked = self._book.state.asked_for(row.query)
        return decode(asked[1]) if asked else None

    # --- inside ------------------------------------------------------------------------------------------------------

    def _copy(self, row: DisclosedRow, actor: Actor, now: datetime, *, is_newest: bool) -> CopyView:
        hidden, values = False, dict[str, object]()
        if row.values:
            try:
                copy_of(row).check(Use.LOOK, actor.name, now)
                values = msgspec.json.decode(row.values, type=dict[str, object])
            except RefusedError:
                hidden = True
        said = {each.kind: each for each in self._book.state.messages(row.case) if row.digest.encode() in each.signed}
        recall, acknowledged = said.get("recall"), said.get("acknowledgement")
        sent = self._book.state.message(row.digest)
        return CopyView(
            digest=row.digest, direction=row.direction, owner=row.owner, partner=row.partner, case=row.case, fields=row.fields,
            handling=row.handling, expires_at=row.expires_at, state=row.state, values=values, is_hidden=hidden,
            delivered_at=sent.delivered_at if sent else None, recalled_at=recall.at if recall else None,
            recall_delivered_at=recall.delivered_at if recall else None,
            acknowledged_at=acknowledged.at if acknowledged else None, uses=_uses(row, actor, now) if is_newest else (),
            may_tighten=is_newest and actor.may(Action.APPROVE),
        )  # fmt: skip

    def _footing(self, footing: Footing) -> FootingView:
        sent = None if footing.is_heard else self._book.state.message(footing.message)
        return FootingView(
            direction="in" if footing.is_heard else "out", report=footing.report, change=footing.worth.change,
            credibility=footing.worth.credibility, reliability=footing.worth.reliability, changed_at=footing.changed_at,
            disclosures=footing.disclosures, at=footing.at, delivered_at=sent.delivered_at if sent else None,
            heeded_at=footing.heeded_at, heeded_by=footing.heeded_by, note=footing.note,
        )  # fmt: skip

    def _verify(self, row: CaseRow, ours: Record, values: dict[str, object]) -> Verification:
        theirs = record_of(values)
        size = self._book.persons.size(row.register) if row.register else 1
        explained = explain(ours, theirs, prior_bits=ASKED_PRIOR_BITS - math.log2(max(size, 1)))
        if "names" not in values and "weak_names" not in values:
            explained = _without_names(explained)
            theirs = replace(theirs, names=())
        return waterfall(explained, written(ours), written(theirs))


def _uses(row: DisclosedRow, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Return what somebody may do with the copy a node holds."""
    allowed = []
    for use in _OFFERED if actor.may(Action.SEE_CASE) and row.state == "held" else ():
        with suppress(RefusedError):
            copy_of(row).check(use, actor.name, now)
            allowed.append(use.value)
    return tuple(allowed)


def _proposed(found: OpenCase) -> dict[str, object] | None:
    """Return what the first approver said, while a second one is waited for."""
    if not found.case.approvals or found.case.answer is not None:
        return None
    first = found.case.approvals[0]
    return {
        "fields": list(first.fields), "handling": first.handling, "expires_at": first.expires_at, "by": first.by,
        "is_passed_on": bool(first.former),
    }  # fmt: skip


def _lapsed(found: OpenCase, why: str) -> dict[str, object]:
    """Return whose approval counts no more, and why."""
    first = found.case.approvals[0]
    return {"by": [each.by for each in found.case.approvals], "at": first.at, "handling": first.handling, "why": why}


def _queue_row(row: CaseRow, name: str, now: datetime) -> QueueRow:
    """Return a case as a list shows it."""
    return QueueRow(
        number=row.id, reference=row.reference, side=row.side, circle=row.circle, partner=row.partner, stage=row.stage,
        waiting_for=row.waiting_for, due_at=row.due_at, is_overdue=row.due_at is not None and now > row.due_at,
        urgency=row.urgency, cross_border=row.cross_border, weight_bits=row.weight_tenths / 10, register=row.register,
        record_id=row.record_id, query=row.query, encounter=row.encounter, met=row.met, name=name, latin=latin(name),
        opened_at=row.opened_at,
    )  # fmt: skip


class _Named(msgspec.Struct):
    """As much of a record as a list shows."""

    names: tuple[str, ...] = ()


def _first_name(line: bytes) -> str:
    """Return the first name of a record; that it is one was checked before it was stored."""
    names = msgspec.json.decode(line, type=_Named).names
    return names[0] if names else ""


def record_of(values: dict[str, object]) -> Record:
    """Return disclosed values as a record that can be compared."""
    whole = {"id": "disclosed", "names": [_NAMELESS], **values}
    return decode(msgspec.json.encode(whole))


def values_of(record: Record) -> dict[str, object]:
    """Return the fields of a record that have a value, as the record format writes them."""
    found = msgspec.json.decode(encode(record), type=dict[str, object])
    return {name: value for name, value in found.items() if name not in {"id", "custody"}}


def latin(text: str) -> str:
    """Return a name in Latin letters, where it is written in others; empty where it is not."""
    if text.isascii():
        return ""
    readings = read_name(text)
    if not readings or all(part.script == "latin" for part in readings[0].parts):
        return ""
    return readings[0].normal_form


def written(record: Record) -> dict[str, tuple[Written, ...]]:
    """Return what a person sees of each field that is compared."""
    names = [*record.names, *record.weak_names]
    return {
        "name": tuple(Written(name, latin(name)) for name in names),
        "birth": _texts(record.birth_dates),
        "gender": _texts([record.gender]),
        "nationality": _texts(record.nationalities),
        "place": _texts(record.birth_places),
        "identifier": _texts(map(_number, record.identifiers)),
        "city": _texts(each.city for each in record.addresses),
        "postcode": _texts(each.postcode for each in record.addresses),
        "phone": _texts(record.phones),
        "email": _texts(record.emails),
    }


def _texts(values: Iterable[str | None]) -> tuple[Written, ...]:
    return tuple(Written(value) for value in dict.fromkeys(values) if value)


def _number(identifier: Identifier) -> str:
    return " ".join(filter(None, (identifier.type, identifier.country, identifier.number)))


def _without_names(explained: Explanation) -> Explanation:
    """Return an explanation in which names say nothing, because there are none on one side."""
    name = next(each for each in explained.fields if each.field == "name")
    unknown = replace(name, level="unknown", bits=0.0, note="not on both sides")
    fields = tuple(unknown if each.field == "name" else each for each in explained.fields)
    return replace(explained, fields=fields, weight_bits=explained.weight_bits - name.bits)


def _plain_request(found: OpenCase) -> dict[str, object] | None:
    asked = found.case.request
    if asked is None:
        return None
    return {
        "fields": list(asked.fields), "purpose": asked.purpose, "reason": asked.reason, "by": asked.by,
        "urgency": asked.urgency.value, "confirmed": asked.confirmed, "at": asked.at,
    }  # fmt: skip


def _line(event: events.AnyEvent) -> Happened:
    said = Happened(at=event.at, what=event.kind, by=event.by, text="")
    match event:
        case events.Decided():
            said = replace(said, code=event.verdict, note=event.reason)
        case events.Requested():
            said = replace(said, fields=event.fields, note=event.reason)
        case events.Approved():
            said = replace(said, fields=event.fields, handling=event.handling, until=event.expires_at, note=event.reason)
        case events.OutcomeReported():
            said = replace(said, code=event.code, note=event.note)
        case events.Recalled() | events.Withheld():
            said = replace(said, code=event.reason)
        case events.Refused() | events.Closed() | events.Told():
            said = replace(said, note=event.reason)
        case events.Acknowledged() | events.FootingHeeded():
            said = replace(said, note=event.note)
        case events.CopyUsed() | events.CopyTightened():
            said = _of_copy(said, event)
        case events.FootingSaid():
            said = replace(said, code=event.change, note=f"{event.reliability}{event.credibility}")
    return replace(said, text=_text(said))


def _of_copy(said: Happened, event: events.CopyUsed | events.CopyTightened) -> Happened:
    if isinstance(event, events.CopyUsed):
        return replace(said, code=event.use, note=event.reason)
    return replace(said, note=event.handling)


def _text(said: Happened) -> str:
    """Return a line of history in words, as terminals show it."""
    terms = [f"until {said.until:%Y-%m-%d}"] if said.until else []
    parts = filter(None, (said.code, _listed(said.fields), said.handling, *terms, said.note))
    return ("; " if said.until else ": ").join(parts)


def _listed(fields: Sequence[str]) -> str:
    """Return the names of fields as words."""
    return ", ".join(each.replace("_", " ") for each in fields)
