"""Decisions, requests, refusals, outcomes: what people do with a case, and what the other side is told of it.

Rule: the holder is told an outcome only if it was told of the hit. Approvals: node/casework/disclosing.py.
"""

import hashlib
from collections.abc import Callable

from tallystick.errors import InputError, RefusedError
from tallystick.exchange import case_messages
from tallystick.node.casework.book import CaseBook, OpenCase, Step
from tallystick.node.casework.delivering import Delivering
from tallystick.review import cases, events
from tallystick.review.clocks import Urgency
from tallystick.review.events import OutcomeCode, Verdict
from tallystick.review.roles import Actor

Plan = Callable[[OpenCase], Step]
MAX_REASON_CHARS = 500


class Deciding:
    """What people decide at one node."""

    def __init__(self, book: CaseBook, delivering: Delivering) -> None:
        self._book = book
        self._delivering = delivering

    def decide(self, actor: Actor, number: int, verdict: Verdict, reason: str) -> OpenCase:
        """Say whether it is the same person; where two are demanded, the second says the same."""
        said = events.Decided(at=self._book.node.now(), by=actor.name, verdict=verdict, reason=reasoned(reason))
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
                at=self._book.node.now(), by=actor.name, fields=fields, purpose=asked, reason=reasoned(reason), urgency=soon,
                confirmed=confirmed,
            )  # fmt: skip
            body = case_messages.Request(
                confirmed=confirmed, fields=list(fields), purpose=asked, reason=reason, urgency=soon.value
            )
            return self._told(found, actor, event, body)

        return self._sent(number, self._book.change(number, _holding("requester", plan)))

    def refuse(self, actor: Actor, number: int, reason: str) -> OpenCase:
        """Refuse a request; the requester reads the reason."""

        def plan(found: OpenCase) -> Step:
            event = events.Refused(at=self._book.node.now(), by=actor.name, reason=reasoned(reason))
            body = case_messages.Refusal(reason=reason, request=self._book.request_of(found))
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
        self._delivering.of_case(number)
        return self._book.open(done.row.id) if done.row.id == number else done


def _holding(side: cases.Side, plan: Plan) -> Plan:
    """Return a plan that is refused on the other side."""

    def checked(found: OpenCase) -> Step:
        if found.row.side != side:
            raise RefusedError(f"in case {found.row.id} this node is the {found.row.side}", hint=f"only the {side} does this")
        return plan(found)

    return checked


def reasoned(text: str) -> str:
    """Return a reason somebody gave.

    Raises:
        InputError: there is none, or it is too long.
    """
    if not text.strip() or len(text) > MAX_REASON_CHARS:
        raise InputError("a reason is missing", hint=f"say why, in at most {MAX_REASON_CHARS} characters, without personal data")
    return text
