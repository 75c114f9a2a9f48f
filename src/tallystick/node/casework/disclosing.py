"""Approvals, and the disclosures that are made of them; copies at their receiver, and what may be done with one.

Rules
 1. What is disclosed is read from the register, or from the copy that is passed on, at the moment of the last approval.
 2. Nobody approves alone where two persons are demanded; the first approval is kept and sends nothing. It counts no more once
    the record, the copy or its handling code is another, or its day is past: the next one is then the first.
 3. A copy is passed on only as its code allows, under a code that covers it, and for no longer than it lives itself; in
    another circle only where it may leave its own.
 4. A use of a copy is an act of its own, with its entry in the log and its reason in the case, or it is refused.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tallystick.errors import InputError, RefusedError
from tallystick.exchange import canonical, case_messages
from tallystick.node.casework.book import CaseBook, OpenCase, Step, digest_of
from tallystick.node.casework.deciding import reasoned
from tallystick.node.casework.delivering import Delivering
from tallystick.node.casework.ports import DisclosedRow
from tallystick.node.casework.sources import copy_of, lapse, source_of
from tallystick.review import cases, disclosures, events
from tallystick.review.disclosures import Approval
from tallystick.review.handling import Use, read_handling
from tallystick.review.roles import Actor

DEFAULT_RETENTION_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an approver says; what is left empty is as requested, as the record says, or as the first approver said.

    Attributes:
        fields: what is given.
        handling: the code it is given under; by default that of the record or the copy, or `TLP:AMBER`.
        days: until the copy must be gone; 90 by default.
        reason: why.
        pass_on: number of an own case whose copy is passed on; 0 for a record of our own.
        asked_at: the moment of the request that was seen, so that no other is approved; empty for whichever waits.
        seconds: whose approval was seen and is approved in turn, so that it is the second or none; empty for whatever it is.
    """

    fields: tuple[str, ...] = ()
    handling: str = ""
    days: int = 0
    reason: str = field(default="", repr=False)
    pass_on: int = 0
    asked_at: str = ""
    seconds: str = ""


class Disclosing:
    """The disclosures of one node."""

    def __init__(self, book: CaseBook, delivering: Delivering) -> None:
        self._book = book
        self._delivering = delivering

    def approve(self, actor: Actor, number: int, terms: Terms) -> OpenCase:
        """Approve a request, whole or in part; with the last approval that is needed, the data is disclosed."""

        def plan(found: OpenCase) -> Step:
            if found.row.side != "holder":
                raise RefusedError(f"in case {number} this node is the requester", hint="only the holder does this")
            event = self._approval(found, actor, terms)
            after = cases.step(found.case, event)
            if not isinstance(after.answer, Approval):
                document = hashlib.sha256(events.encode(event)).digest()
                return Step(event=event, act="approval", officer=actor.name, document=document)
            return self._disclosure(found, actor, event, after.answer)

        done = self._book.change(number, plan)
        self._delivering.of_case(number)
        return done

    def use(self, actor: Actor, number: int, use: Use, reason: str) -> dict[str, object]:
        """Return a copy for a use that its code allows; the log says who used it, and how.

        Raises:
            RefusedError: the code does not allow it, or there is no copy.
        """
        why, taken = reasoned(reason), list[DisclosedRow]()

        def plan(_: OpenCase) -> Step:
            row = self.held(number)
            copy_of(row).check(use, actor.name, self._book.node.now())
            taken.append(row)
            event = events.CopyUsed(at=self._book.node.now(), by=actor.name, disclosure=row.digest, use=use.value, reason=why)
            return Step(event=event, act=f"use-{use.value}", officer=actor.name, document=bytes.fromhex(row.digest))

        self._book.change(number, plan)
        return msgspec.json.decode(taken[0].values, type=dict[str, object])

    def tighten(self, actor: Actor, number: int, handling: str) -> OpenCase:
        """Put a received copy under a tighter code.

        Raises:
            RefusedError: it would be looser.
        """

        def plan(_: OpenCase) -> Step:
            row = self.held(number)
            code = copy_of(row).tightened(read_handling(handling)).handling.written
            event = events.CopyTightened(at=self._book.node.now(), by=actor.name, disclosure=row.digest, handling=code)
            return Step(
                event=event, act="tightening", officer=actor.name, document=bytes.fromhex(row.digest),
                also=lambda: self._book.state.change_disclosed(row.digest, "held", code),
            )  # fmt: skip

        return self._book.change(number, plan)

    def held(self, number: int) -> DisclosedRow:
        """Return the copy this node holds in a case.

        Raises:
            RefusedError: it holds none.
        """
        found = [row for row in self._book.state.disclosures(case=number, direction="in", held=True) if row.values]
        if not found:
            raise RefusedError(f"this node holds no copy in case {number}", hint="see `tallystick case show`")
        return found[-1]

    # --- inside ------------------------------------------------------------------------------------------------------

    def _approval(self, found: OpenCase, actor: Actor, terms: Terms) -> events.Approved:
        now, request = self._book.node.now(), found.case.request
        if request is None or found.case.answer is not None:
            raise RefusedError("no request waits for an answer", hint="see `tallystick case show`")
        if terms.asked_at not in {"", canonical.moment_of(int(request.at.timestamp()))}:
            raise RefusedError("another request waits than the one that was seen", hint="read it, and approve that one")
        said = found.case.approvals[0] if found.case.approvals else None
        lapsed = lapse(self._book, found)
        if terms.seconds and (said is None or lapsed or said.by != terms.seconds):
            raise _counts_no_more(terms.seconds, lapsed)
        former = self._former(terms) or (said.former if said and lapsed != "gone" else "")
        source = source_of(self._book, found.row, former)
        if said is not None and not lapsed and said.source == source.seen:
            code = read_handling(terms.handling).written if terms.handling else said.handling
            until = _until(said.at, terms.days) if terms.days else said.expires_at  # as many days say the same later, too
            fields = terms.fields or said.fields
        else:
            code = read_handling(terms.handling).written if terms.handling else source.own_code().written
            until = _until(now, terms.days or DEFAULT_RETENTION_DAYS)
            if source.copy is not None and not terms.days:
                until = min(until, source.copy.expires_at)
            fields = terms.fields or request.fields
        return events.Approved(
            at=now, by=actor.name, fields=fields, handling=code, expires_at=until, reason=terms.reason, former=source.former,
            source=source.seen,
        )  # fmt: skip

    def _former(self, terms: Terms) -> str:
        return self.held(terms.pass_on).digest if terms.pass_on else ""

    def _disclosure(self, found: OpenCase, actor: Actor, event: events.Approved, approval: Approval) -> Step:
        source, now = source_of(self._book, found.row, event.former), self._book.node.now()
        if source.copy is None:
            made = disclosures.disclose(approval, source.values, owner=self._book.node.id)
        else:
            leaves = source.circle != found.row.circle
            made = disclosures.passed_on(source.copy, approval, source.values, now=now, leaves_circle=leaves)
        body = case_messages.Disclosure(
            approved_at=canonical.moment_of(int(approval.at.timestamp())), fields=list(approval.fields),
            expires_at=canonical.moment_of(int(approval.expires_at.timestamp())), former=source.former,
            handling=approval.handling.written, officers=list(approval.officers), owner=made.owner,
            record=msgspec.json.encode(made.values, order="sorted").decode(), request=self._book.request_of(found),
        )  # fmt: skip
        message = self._book.message(found.row, actor.name, body)
        digest, row = digest_of(message), found.row
        kept = DisclosedRow(
            digest=digest, case=row.id, direction="out", circle=row.circle, partner=row.partner, owner=made.owner,
            register=row.register, record_id=row.record_id, record_digest=source.digest, fields=approval.fields,
            handling=approval.handling.written, expires_at=approval.expires_at, former=source.former,
        )  # fmt: skip
        sent = events.Disclosed(at=now, by=actor.name, disclosure=digest)
        return Step(
            event=[event, sent], act="disclosure", officer=actor.name, message=message,
            also=lambda: self._book.state.put_disclosed(kept),
        )  # fmt: skip


def _counts_no_more(who: str, lapsed: str) -> RefusedError:
    """Return the error of somebody who seconds an approval that does not stand."""
    hint = "look at the case as it is now; whoever approves it next is the first, and another approver follows"
    if lapsed == "over":
        return RefusedError(f"the approval of {who} counts no more: its day is past", hint=hint)
    return RefusedError(f"the approval of {who} counts no more: what it was of has changed since", hint=hint)


def _until(now: datetime, days: int) -> datetime:
    if not 0 < days <= disclosures.MAX_RETENTION_DAYS:
        raise InputError("an approval needs a retention", hint=f"1 to {disclosures.MAX_RETENTION_DAYS} days")
    until = now + timedelta(days=days)
    return until - timedelta(microseconds=until.microsecond)
