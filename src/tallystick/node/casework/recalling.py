"""Calls disclosures back, and lets copies go: recalls with acknowledgement, expiry with receipt.

Rules
 1. A record that was corrected, withdrawn or expired recalls everything that was disclosed of it; a person may recall, too.
 2. A recalled or expired copy loses its values in the transaction that says so.
 3. Who passed a copy on calls its own disclosure back in turn.
 4. What was called back before it left does not leave, and is no answer: its request waits again. Of what may have come, nobody
    knows: the recall goes out, never again what it is of, and a receiver that never had it says so.
 5. A receiver tells the sender that a copy has expired; a person of the receiver acknowledges a recall.
"""

import hashlib

from tallystick.errors import RefusedError
from tallystick.exchange import canonical, case_messages
from tallystick.model import encode
from tallystick.node.casework.book import NODE, CaseBook, OpenCase, Step
from tallystick.node.casework.delivering import Delivering, may_have_left
from tallystick.node.casework.ports import DisclosedRow
from tallystick.review import events
from tallystick.review.events import RecallReason
from tallystick.review.roles import Actor


class Recalling:
    """The end of every disclosure of one node."""

    def __init__(self, book: CaseBook, delivering: Delivering) -> None:
        self._book = book
        self._delivering = delivering

    def recall(self, officer: str, number: int, reason: RecallReason) -> OpenCase:
        """Call back what was disclosed in a case."""
        done = self._recall(officer, number, reason)
        self._delivering.of_case(number)
        return done

    def acknowledge(self, actor: Actor, number: int, note: str) -> OpenCase:
        """Confirm a recall, as a person, and say what was done with what had come of the data."""

        def plan(found: OpenCase) -> Step:
            sent = [row.digest for row in self._book.state.messages(number) if row.kind == "recall" and row.direction == "in"]
            if not sent:
                raise RefusedError(f"nothing was recalled in case {number}", hint="see `tallystick case show`")
            event = events.Acknowledged(at=self._book.node.now(), by=actor.name, note=note)
            body = case_messages.Acknowledgement(disclosure=found.case.disclosure, note=note, recall=sent[-1])
            message = self._book.message(found.row, actor.name, body)
            return Step(event=event, act="acknowledgement", officer=actor.name, message=message)

        done = self._book.change(number, plan)
        self._delivering.of_case(number)
        return done

    def check_records(self) -> int:
        """Recall what was disclosed of records that are not what they were; returns how many disclosures.

        The chores that call this send what it leaves in the outbox.
        """
        done = 0
        for row in self._book.state.disclosures(direction="out", held=True):
            reason = self._why(row)
            if reason:
                self._recall(NODE, row.case, reason)
                done += 1
        return done

    def expire_copies(self) -> int:
        """Delete copies whose time is over, and tell who disclosed them; returns how many."""
        now, done = self._book.node.now(), 0
        for row in self._book.state.disclosures(direction="in", held=True):
            if row.expires_at <= now:
                self._expire(row)
                done += 1
        return done

    # --- inside ------------------------------------------------------------------------------------------------------

    def _recall(self, officer: str, number: int, reason: RecallReason) -> OpenCase:
        def plan(found: OpenCase) -> Step:
            row = self._book.state.disclosed(found.case.disclosure)
            if found.row.side != "holder" or row is None:
                raise RefusedError(f"nothing was disclosed in case {number}", hint="see `tallystick case show`")
            if not may_have_left(self._book.state, row.digest):
                return self._withheld(row, officer, reason)
            event = events.Recalled(at=self._book.node.now(), by=officer, disclosure=row.digest, reason=reason)
            message = self._book.message(found.row, officer, case_messages.Recall(disclosure=row.digest, reason=reason))
            return Step(
                event=event, act="recall", officer=officer, message=message,
                also=lambda: self._book.state.change_disclosed(row.digest, "recalled", row.handling),
            )  # fmt: skip

        return self._book.change(number, plan)

    def _withheld(self, row: DisclosedRow, officer: str, reason: RecallReason) -> Step:
        event = events.Withheld(at=self._book.node.now(), by=officer, disclosure=row.digest, reason=reason)
        return Step(
            event=event, act="withholding", officer=officer, document=bytes.fromhex(row.digest),
            also=lambda: self._book.state.change_disclosed(row.digest, "withheld", row.handling),
        )  # fmt: skip

    def _why(self, row: DisclosedRow) -> RecallReason | None:
        if row.former:
            former = self._book.state.disclosed(row.former)
            return None if former is not None and former.state == "held" else "withdrawn"
        record = self._book.persons.record(row.register, row.record_id)
        if record is None:
            return "withdrawn"
        return None if hashlib.sha256(encode(record)).digest() == row.record_digest else "corrected"

    def _expire(self, row: DisclosedRow) -> None:
        def plan(found: OpenCase) -> Step:
            at = canonical.moment_of(self._book.node.seconds())
            message = self._book.message(found.row, NODE, case_messages.Expiry(deleted_at=at, disclosure=row.digest))
            return Step(
                event=events.Expired(at=self._book.node.now(), by=NODE, disclosure=row.digest), act="expiry", officer=NODE,
                message=message, also=lambda: self._book.state.change_disclosed(row.digest, "expired", row.handling),
            )  # fmt: skip

        self._book.change(row.case, plan)
