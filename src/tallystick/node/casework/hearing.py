"""Takes what partners say after a hit: verified, held against the state of its case, recorded, kept, receipted.

Rules
 1. A message is taken once; sent again, it gets a receipt again and changes nothing.
 2. What the state machine of the case does not allow is refused, and nothing of it is kept.
 3. The log entry comes before anything that follows from the message.
 4. A recall empties the copy in the same transaction that keeps the recall. One of a disclosure that never came is answered.
 5. A partner tells of so many hits a day and no more; what takes data back is always taken.

Spec: spec/casework-v1.md.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec

from tallystick.audit.entries import CaseHeard
from tallystick.errors import PurposeError, RecordError, RefusedError, RemoteProtocolError
from tallystick.exchange import canonical, case_messages, signing
from tallystick.exchange.agreement import Circle
from tallystick.exchange.case_messages import CaseMessage, CaseReceipt
from tallystick.exchange.signing import Signed
from tallystick.node.casework.alerts import Alerts
from tallystick.node.casework.book import NODE, CaseBook, OpenCase, Step, crosses, digest_of
from tallystick.node.casework.ports import DisclosedRow, MessageRow
from tallystick.node.casework.showing import record_of, values_of
from tallystick.node.context import whole
from tallystick.node.day_budget import FREE, OTHERS, DayBudget
from tallystick.review import cases, events
from tallystick.review.clocks import Urgency
from tallystick.review.disclosures import FIELDS
from tallystick.review.events import AnyEvent
from tallystick.review.handling import read_handling

_SIDES = {
    "notice": "holder", "request": "holder", "outcome": "holder", "acknowledgement": "holder", "missing": "holder",
    "expiry": "holder",
    "footing": "either", "heed": "either",
}  # fmt: skip
"""Which side hears a kind; the requester, where nothing is said."""
_CLOCKS_APART = timedelta(minutes=5)
_HINT = "ask the other node which version it runs; nothing of it was used"


class Hearing:
    """The receiving side of casework."""

    def __init__(self, book: CaseBook, alerts: Alerts) -> None:
        self._book = book
        self._alerts = alerts
        self._notices = DayBudget(book.node.notices_a_day, book.state.notices_since)
        self._others = DayBudget(OTHERS * book.node.notices_a_day, partial(book.state.others_since, free=FREE))

    def take(self, circle: Circle, sender: str, signed: Signed) -> bytes:
        """Take a message; returns the receipt for the wire.

        Raises:
            RemoteProtocolError: malformed, or it says something impossible.
            VerifyError: not signed by its sender.
            RefusedError: the case is not in a state for it, or is none of ours.
            QueryBudgetError: the sender has said as much today as it may.
        """
        message = case_messages.read(signed, circle, sender=sender, receiver=self._book.node.id)
        with self._book.lock:
            if self._book.state.message(digest_of(message)) is None:
                with self._paid(circle, message):
                    self._keep(circle, message, signed)
            row = self._book.state.case_by_reference(message.circle, sender, message.case)
            two_persons = row is not None and self._book.open(row.id).case.two_persons
        receipt = CaseReceipt(
            at=canonical.moment_of(self._book.node.seconds()), circle=message.circle, country=self._book.country, format="x1",
            member=self._book.node.id, message=digest_of(message), two_persons=two_persons,
        )  # fmt: skip
        return signing.encode_signed(case_messages.make_receipt(receipt, self._book.node.signing_seed))

    def _paid(self, circle: Circle, message: CaseMessage) -> AbstractContextManager[None]:
        if message.kind in FREE:
            return nullcontext()
        budget = self._notices if message.kind == "notice" else self._others
        return budget.paid(circle.agreement.circle, message.sender, self._book.node.seconds())

    def _keep(self, circle: Circle, message: CaseMessage, signed: Signed) -> None:
        name = circle.agreement.circle
        if isinstance(message.body, case_messages.Notice):
            if circle.purpose(message.body.purpose) is None:
                raise PurposeError("purpose is not agreed", hint="use one of the purposes of the agreement")
            number = self._alerts.heard_notice(name, message.sender, message)
        else:
            row = self._book.state.case_by_reference(name, message.sender, message.case)
            if row is None:
                raise RefusedError("a message is of a case nobody knows", hint="send a notice first")
            number = row.id
        kept = MessageRow(
            digest=digest_of(message), case=number, direction="in", kind=message.kind, signed=signing.encode_signed(signed),
            at=self._book.node.now(), delivered_at=self._book.node.now(),
        )  # fmt: skip
        entry = CaseHeard(
            time=whole(self._book.node.now()), peer=message.sender, circle=name, case=message.case, act=message.kind,
            officer=message.officer, document=bytes.fromhex(kept.digest),
        )  # fmt: skip
        self._book.change(number, lambda found: self._step(found, message, kept.digest), (entry, kept))

    def _step(self, found: OpenCase, message: CaseMessage, digest: str) -> Step:
        """Return what a message makes happen here."""
        if _SIDES.get(message.kind, "requester") not in {found.row.side, "either"}:
            raise RemoteProtocolError("a message of a case comes from the wrong side", hint=_HINT)
        at, body, by = self._book.node.now(), message.body, message.sender
        happened: AnyEvent | list[AnyEvent]
        match body:
            case case_messages.Notice():
                happened = self._told(found, body, by)
            case case_messages.Request():
                if self._book.circles.in_force(found.row.circle).purpose(body.purpose) is None:
                    raise PurposeError("purpose is not agreed", hint="use one of the purposes of the agreement")
                happened = _requested(body, message, at)
            case case_messages.Outcome():
                happened = events.OutcomeReported(at=at, by=by, code=body.code, note=body.note)
            case case_messages.Refusal():
                self._same_request(found, body.request)
                happened = events.Refused(at=at, by=by, reason=body.reason)
            case case_messages.Disclosure():
                return self._disclosed(found, body, message, digest)
            case case_messages.Footing():
                happened = _stands(body, message, at, digest)
            case case_messages.Heed():
                happened = events.FootingHeeded(at=at, by=by, message=body.footing, heard=False, note=body.note)
            case _:
                return self._taken_back(found, message)
        return Step(event=happened, act=message.kind, officer=message.officer)

    def _told(self, found: OpenCase, body: case_messages.Notice, by: str) -> events.Told:
        if (found.row.epoch, found.row.handle.hex()) != (body.epoch, body.handle):
            raise RefusedError("a notice names another record than its case", hint="open a case for each hit")
        return events.Told(
            at=self._book.node.now(), by=by, two_persons=body.two_persons, country=body.country, urgency=Urgency(body.urgency),
            cross_border=crosses(body.encounter_country, self._book.country),
            met=(body.encounter_country, body.encounter_kind, body.encounter_time), reason=body.reason,
        )  # fmt: skip

    def _same_request(self, found: OpenCase, digest: str) -> None:
        asked = [row.digest for row in self._book.state.messages(found.row.id) if row.kind == "request"]
        if not asked or asked[-1] != digest:
            raise RemoteProtocolError("an answer is to another request", hint=_HINT)

    def _disclosed(self, found: OpenCase, body: case_messages.Disclosure, message: CaseMessage, digest: str) -> Step:
        """Take a disclosure: approvals first, then the copy, under the code and until the day that came with it."""
        self._same_request(found, body.request)
        fields, handling = tuple(body.fields), read_handling(body.handling)
        values = disclosed_values(body.record, fields)
        expires = datetime.fromtimestamp(canonical.seconds(body.expires_at), UTC)
        now, by = self._book.node.now(), message.sender
        # When it was approved, not when it came: what was under way for longer than it may live is taken, and expires at once.
        approved = datetime.fromtimestamp(canonical.seconds(body.approved_at), UTC)
        if approved > now + _CLOCKS_APART:
            raise RemoteProtocolError("a disclosure was approved in the future", hint="compare the clocks of both nodes")
        terms = {"fields": fields, "handling": handling.written, "expires_at": expires, "former": body.former}
        said = [events.Approved(at=approved, by=f"{by}/{officer}", reason="", **terms) for officer in body.officers]  # type: ignore[arg-type]
        request = found.case.request
        copy = DisclosedRow(
            digest=digest, case=found.row.id, direction="in", circle=message.circle, partner=by, owner=body.owner, fields=fields,
            handling=handling.written, expires_at=expires, readers=(request.by,) if request else (), former=body.former,
            values=values,
        )  # fmt: skip
        happened: list[AnyEvent] = [*said, events.Disclosed(at=now, by=by, disclosure=digest)]
        return Step(event=happened, act="disclosure", officer=message.officer, also=lambda: self._book.state.put_disclosed(copy))

    def _taken_back(self, found: OpenCase, message: CaseMessage) -> Step:
        now, by, state = self._book.node.now(), message.sender, self._book.state
        happened: AnyEvent
        match message.body:
            case case_messages.Recall() as body if cases.never_came(found.case, body.disclosure):
                return self._never_came(found, body, message)
            case case_messages.Missing() as body:
                return self._is_missing(found, body, message)
            case case_messages.Recall() as body:
                copy = state.disclosed(body.disclosure)
                happened = events.Recalled(at=now, by=by, disclosure=body.disclosure, reason=body.reason)
                code = copy.handling if copy else ""
                return Step(
                    event=happened, act="recall", officer=message.officer,
                    also=lambda: state.change_disclosed(body.disclosure, "recalled", code),
                )  # fmt: skip
            case case_messages.Acknowledgement() as body:
                if body.disclosure != found.case.disclosure:
                    raise RemoteProtocolError("an acknowledgement is of another disclosure", hint=_HINT)
                happened = events.Acknowledged(at=now, by=by, note=body.note)
                return Step(event=happened, act="acknowledgement", officer=message.officer)
            case case_messages.Expiry() as body:
                gone = state.disclosed(body.disclosure)
                code = gone.handling if gone else ""
                happened = events.Expired(at=now, by=by, disclosure=body.disclosure)
                return Step(
                    event=happened, act="expiry", officer=message.officer,
                    also=lambda: state.change_disclosed(body.disclosure, "expired", code),
                )  # fmt: skip
            case _:
                raise RemoteProtocolError("a message of a case is of no kind we know", hint=_HINT)

    def _never_came(self, found: OpenCase, body: case_messages.Recall, message: CaseMessage) -> Step:
        """Note that a disclosure will not come, and tell the holder so: the request waits for another answer."""
        event = events.Recalled(at=self._book.node.now(), by=message.sender, disclosure=body.disclosure, reason=body.reason)
        said = case_messages.Missing(disclosure=body.disclosure, recall=digest_of(message))
        return Step(event=event, act="missing", officer=NODE, message=self._book.message(found.row, NODE, said))

    def _is_missing(self, found: OpenCase, body: case_messages.Missing, message: CaseMessage) -> Step:
        recall = found.case.recall
        if recall is None or recall.disclosure != body.disclosure:
            raise RefusedError("nothing was recalled that may be missing", hint="see `tallystick case show`")
        event = events.Withheld(at=self._book.node.now(), by=message.sender, disclosure=body.disclosure, reason=recall.reason)
        copy = self._book.state.disclosed(body.disclosure)
        code = copy.handling if copy else ""
        return Step(
            event=event, act="missing", officer=message.officer,
            also=lambda: self._book.state.change_disclosed(body.disclosure, "withheld", code),
        )  # fmt: skip


def _requested(body: case_messages.Request, message: CaseMessage, at: datetime) -> events.Requested:
    if not set(body.fields) <= set(FIELDS):
        raise RemoteProtocolError("a request names a field that no record has", hint=_HINT)
    return events.Requested(
        at=at, by=message.sender, fields=tuple(body.fields), purpose=body.purpose, reason=body.reason,
        urgency=Urgency(body.urgency), confirmed=body.confirmed,
    )  # fmt: skip


def _stands(body: case_messages.Footing, message: CaseMessage, at: datetime, digest: str) -> events.FootingHeard:
    changed = datetime.fromtimestamp(canonical.seconds(body.changed_at), UTC)
    return events.FootingHeard(
        at=at, by=message.sender, report=body.report, change=body.change, credibility=body.credibility,
        reliability=body.reliability, changed_at=changed, disclosures=tuple(body.disclosures), message=digest,
    )  # fmt: skip


def disclosed_values(record: str, fields: tuple[str, ...]) -> bytes:
    """Return the disclosed values, checked to be of the approved fields only, and what a record can hold.

    Raises:
        RemoteProtocolError: they are not, or no record.
    """
    try:
        values = msgspec.json.decode(record, type=dict[str, object])
        if not set(values) <= set(fields):
            raise RemoteProtocolError("a disclosure holds a field that was not approved", hint=_HINT)
        if values != {name: value for name, value in values_of(record_of(values)).items() if name in values}:
            raise RemoteProtocolError("a disclosure holds what the record format does not write so", hint=_HINT)
    except (msgspec.DecodeError, RecursionError, RecordError):
        raise RemoteProtocolError("a disclosure holds no record", hint=_HINT) from None
    return record.encode()
