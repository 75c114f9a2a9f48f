"""Decisions, requests, approvals, refusals, outcomes: what people do with a case, and what the other side is told of it.

Rules
 1. An approver sees to it that a record still is what it was; what is disclosed is read from the register at that moment.
 2. Nobody approves alone where two persons are demanded; the first approval is kept and sends nothing.
 3. The holder is told an outcome only if it was told of the hit.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from tallystick.errors import InputError, RefusedError
from tallystick.exchange import canonical, case_messages
from tallystick.model import Record, encode
from tallystick.node.casework.book import CaseBook, OpenCase, Step, digest_of
from tallystick.node.casework.ports import DisclosedRow
from tallystick.review import cases, events
from tallystick.review.clocks import Urgency
from tallystick.review.disclosures import Approval, disclose
from tallystick.review.events import OutcomeCode, Verdict
from tallystick.review.handling import Handling, read_handling
from tallystick.review.roles import Actor

Plan = Callable[[OpenCase], Step]
MAX_REASON_CHARS = 500
DEFAULT_RETENTION_DAYS = 90


class Deciding:
    """What people decide at one node."""

    def __init__(self, book: CaseBook) -> None:
        self._book = book

    def decide(self, actor: Actor, number: int, verdict: Verdict, reason: str) -> OpenCase:
        """Say whether it is the same person; where two are demanded, the second says the same."""
        said = events.Decided(at=self._book.node.now(), by=actor.name, verdict=verdict, reason=_reason(reason))
        document = hashlib.sha256(events.encode(said)).digest()
        return self._book.change(number, lambda _: Step(event=said, act="decision", officer=actor.name, document=document))

    def request(
        self,
        actor: Actor,
        number: int,
        *,
        fields: tuple[str, ...],
        reason: str,
        purpose: str = "",
        urgency: Urgency | None = None,
    ) -> OpenCase:
        """Ask the holder for fields of its record."""

        def plan(found: OpenCase) -> Step:
            asked = purpose or found.row.purpose
            if self._book.circles.in_force(found.row.circle).purpose(asked) is None:
                raise InputError(f"purpose is none of circle {found.row.circle}", hint="see `tallystick circle show`")
            soon = urgency or found.case.urgency
            confirmed = found.case.verdict == "same"
            event = events.Requested(
                at=self._book.node.now(), by=actor.name, fields=fields, purpose=asked, reason=_reason(reason), urgency=soon,
                confirmed=confirmed,
            )  # fmt: skip
            body = case_messages.Request(
                confirmed=confirmed, fields=list(fields), purpose=asked, reason=reason, urgency=soon.value
            )
            return self._told(found, actor, event, body)

        return self._sent(number, self._book.change(number, _holding("requester", plan)))

    def approve(
        self, actor: Actor, number: int, *, fields: tuple[str, ...] = (), handling: str = "", days: int = 0, reason: str = ""
    ) -> OpenCase:
        """Approve a request, whole or in part; with the last approval that is needed, the data is disclosed.

        Args:
            actor: the approver.
            number: the case.
            fields: what is given; everything requested by default. A second approver may leave out what the first one said.
            handling: the code it is given under; that of the record by default, or `TLP:AMBER`.
            days: until the copy must be gone; 90 by default.
            reason: why.
        """

        def plan(found: OpenCase) -> Step:
            event = self._approval(found, actor, fields, handling, days, reason)
            after = cases.step(found.case, event)
            if not isinstance(after.answer, Approval):
                document = hashlib.sha256(events.encode(event)).digest()
                return Step(event=event, act="approval", officer=actor.name, document=document)
            return self._disclosure(found, actor, event, after.answer)

        return self._sent(number, self._book.change(number, _holding("holder", plan)))

    def refuse(self, actor: Actor, number: int, reason: str) -> OpenCase:
        """Refuse a request; the requester reads the reason."""

        def plan(found: OpenCase) -> Step:
            event = events.Refused(at=self._book.node.now(), by=actor.name, reason=_reason(reason))
            body = case_messages.Refusal(reason=reason, request=self._request_of(found))
            return self._told(found, actor, event, body)

        return self._sent(number, self._book.change(number, _holding("holder", plan)))

    def report(self, actor: Actor, number: int, code: OutcomeCode, note: str) -> OpenCase:
        """Say what came of a hit; both owners see it."""

        def plan(found: OpenCase) -> Step:
            event = events.OutcomeReported(at=self._book.node.now(), by=actor.name, code=code, note=note)
            if found.case.told_at is None:
                document = hashlib.sha256(events.encode(event)).digest()
                return Step(event=event, act="outcome", officer=actor.name, document=document)
            return self._told(found, actor, event, case_messages.Outcome(code=code, note=note))

        return self._sent(number, self._book.change(number, _holding("requester", plan)))

    def close(self, actor: Actor, number: int, reason: str) -> OpenCase:
        """Close a case."""
        said = events.Closed(at=self._book.node.now(), by=actor.name, reason=reason)
        document = hashlib.sha256(events.encode(said)).digest()
        return self._book.change(number, lambda _: Step(event=said, act="closing", officer=actor.name, document=document))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _told(self, found: OpenCase, actor: Actor, event: events.AnyEvent, body: case_messages.Body) -> Step:
        message = self._book.message(found.row, actor.name, body)
        return Step(event=event, act=message.kind, officer=actor.name, message=message)

    def _sent(self, number: int, done: OpenCase) -> OpenCase:
        self._book.deliver()
        return self._book.open(done.row.id) if done.row.id == number else done

    def _approval(
        self, found: OpenCase, actor: Actor, fields: tuple[str, ...], handling: str, days: int, reason: str
    ) -> events.Approved:
        now, request = self._book.node.now(), found.case.request
        if request is None or found.case.answer is not None:
            raise RefusedError("no request waits for an answer", hint="see `tallystick case show`")
        first = found.case.approvals[0] if found.case.approvals else None
        if first is not None:
            code = read_handling(handling).written if handling else first.handling
            until = _until(now, days) if days else first.expires_at
            return events.Approved(
                at=now, by=actor.name, fields=fields or first.fields, handling=code, expires_at=until, reason=reason
            )
        code = (read_handling(handling) if handling else self._own_code(found)).written
        until = _until(now, days or DEFAULT_RETENTION_DAYS)
        return events.Approved(
            at=now, by=actor.name, fields=fields or request.fields, handling=code, expires_at=until, reason=reason
        )

    def _own_code(self, found: OpenCase) -> Handling:
        """Return the record's own handling code, where it is one we know; TLP:AMBER where it has none."""
        register, record = found.row.register, self._record(found)
        said = self._book.persons.custody(register, record).handling_code
        try:
            return read_handling(said) if said else Handling()
        except InputError:
            raise InputError(
                f"the handling code of record {record.id} is none that can be passed on",
                hint="say --handling, such as `H2 TLP:AMBER`",
            ) from None

    def _record(self, found: OpenCase) -> Record:
        row = found.row
        record = self._book.persons.record(row.register, row.record_id)
        if record is None:
            raise RefusedError(f"record {row.record_id} is gone from register {row.register}", hint="refuse the request")
        return record

    def _disclosure(self, found: OpenCase, actor: Actor, event: events.Approved, approval: Approval) -> Step:
        record = self._record(found)
        line = encode(record)
        made = disclose(approval, msgspec.json.decode(line, type=dict[str, object]), owner=self._book.node.id)
        body = case_messages.Disclosure(
            approved_at=canonical.moment_of(int(approval.at.timestamp())), fields=list(approval.fields),
            expires_at=canonical.moment_of(int(approval.expires_at.timestamp())), former="",
            handling=approval.handling.written, officers=list(approval.officers), owner=made.owner,
            record=msgspec.json.encode(made.values, order="sorted").decode(), request=self._request_of(found),
        )  # fmt: skip
        message = self._book.message(found.row, actor.name, body)
        digest, row = digest_of(message), found.row
        kept = DisclosedRow(
            digest=digest, case=row.id, direction="out", circle=row.circle, partner=row.partner, owner=made.owner,
            register=row.register, record_id=row.record_id, record_digest=hashlib.sha256(line).digest(), fields=approval.fields,
            handling=approval.handling.written, expires_at=approval.expires_at,
        )  # fmt: skip
        sent = events.Disclosed(at=self._book.node.now(), by=actor.name, disclosure=digest)
        return Step(
            event=[event, sent], act="disclosure", officer=actor.name, message=message,
            also=lambda: self._book.state.put_disclosed(kept),
        )  # fmt: skip

    def _request_of(self, found: OpenCase) -> str:
        """Return the digest of the request that waits."""
        asked = [row.digest for row in self._book.state.messages(found.row.id) if row.kind == "request"]
        if not asked:
            raise RefusedError("no request waits for an answer", hint="see `tallystick case show`")
        return asked[-1]


def _holding(side: cases.Side, plan: Plan) -> Plan:
    """Return a plan that is refused on the other side."""

    def checked(found: OpenCase) -> Step:
        if found.row.side != side:
            raise RefusedError(f"in case {found.row.id} this node is the {found.row.side}", hint=f"only the {side} does this")
        return plan(found)

    return checked


def _until(now: datetime, days: int) -> datetime:
    until = now + timedelta(days=days)
    return until - timedelta(microseconds=until.microsecond)


def _reason(text: str) -> str:
    if not text.strip() or len(text) > MAX_REASON_CHARS:
        raise InputError("a reason is missing", hint=f"say why, in at most {MAX_REASON_CHARS} characters, without personal data")
    return text
