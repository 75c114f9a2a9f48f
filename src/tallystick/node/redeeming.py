"""Opens the handle of a hit at its holder, and answers partners that open ours.

Rules
 1. Record, then send, on both sides.
 2. Level 1 says that somebody is known, and whom to call; more needs a human's approval and is not done here.
 3. Redeeming a handle again gives the same answer, and no second alert.

Spec: spec/exchange-v1.md, section 7.1.
"""

import hashlib
from datetime import datetime

import msgspec

from tallystick.audit.entries import RedemptionAnswered, RedemptionAsked
from tallystick.errors import InputError, PurposeError, RefusedError, RemoteProtocolError, UnknownHandleError
from tallystick.exchange import canonical, messages
from tallystick.exchange.agreement import Circle
from tallystick.exchange.messages import Redemption, RedemptionAnswer
from tallystick.node.circles import Circles
from tallystick.node.context import NodeContext, whole
from tallystick.node.day_budget import DayBudget
from tallystick.node.exchange_ports import HitRow, RedemptionRow

MOST_ANSWER_BYTES = 16 << 10


class Redeeming:
    """Both sides of a redemption, for one node."""

    def __init__(self, node: NodeContext, circles: Circles) -> None:
        self._node = node
        self._circles = circles
        self._budget = DayBudget(node.notices_a_day, self._opened_since)

    def redeem(self, number: int, *, purpose: str, officer: str, reason: str, reference: str) -> HitRow:
        """Open the handle of a hit.

        Args:
            number: the hit.
            purpose: a code of the agreement.
            officer: who opens it, a pseudonym.
            reason: why; the holder reads it.
            reference: the own reference, for the holder to quote.

        Raises:
            InputError: there is no such hit, or the purpose is not agreed.
            RefusedError: it was withdrawn, or the holder does not know the handle any more.
        """
        hit = self._standing(number)
        circle = self._circles.in_force(hit.circle)
        if circle.purpose(purpose) is None:
            raise InputError(f"purpose is none of circle {hit.circle}", hint="see `tallystick circle show`")
        asked = Redemption(
            format="x1", handle=hit.handle.hex(), officer=officer, purpose=purpose, reason=reason, reference=reference
        )
        body = canonical.encode(asked)
        try:
            messages.decode_redemption(body)
        except RemoteProtocolError:  # nothing of it is the partner's: somebody typed it here
            raise InputError(
                "reason, officer or reference cannot be sent", hint="write at most 500 letters, without control characters"
            ) from None
        self._record_asking(circle, hit, asked, body)
        fields = {
            "tallystick-circle": hit.circle, "tallystick-epoch": str(hit.epoch),
            "tallystick-purpose": purpose, "tallystick-officer": officer,
        }  # fmt: skip
        peer = self._node.peer(circle.members[hit.member])
        raw, _ = peer.post(f"/v1/circles/{hit.circle}/redemptions", body, most_bytes=MOST_ANSWER_BYTES, fields=fields)
        answer = messages.decode_redemption_answer(raw, asked)
        self._node.state.set_hit(number, "redeemed", msgspec.json.encode(answer).decode())
        return self._standing(number)

    def answer(self, circle: Circle, sender: str, epoch: int, body: bytes) -> bytes:
        """Answer a partner that opens a handle of ours.

        Raises:
            RemoteProtocolError: malformed.
            RefusedError: the purpose is not agreed.
            QueryBudgetError: it has opened as many today as it may.
            UnknownHandleError: the handle is none of this epoch, or its record is gone.
        """
        asked = messages.decode_redemption(body)
        with self._budget.paid(circle.agreement.circle, sender, self._node.seconds()):
            return self._opened(circle, sender, epoch, asked, body)

    def _opened(self, circle: Circle, sender: str, epoch: int, asked: Redemption, body: bytes) -> bytes:
        if circle.purpose(asked.purpose) is None:
            raise PurposeError("purpose is not agreed", hint="use one of the purposes of the agreement")
        name = circle.agreement.circle
        place = self._node.state.record_of(name, epoch, bytes.fromhex(asked.handle))
        if place is None:
            raise UnknownHandleError("a handle is none of ours", hint="fetch the index again; the record may be gone")
        said = RedemptionAnswer(
            case_class=self._node.case_class, contact=self._node.card.contact, format="x1", handle=asked.handle,
            known=True, level=1, reference=f"{self._node.id}-{asked.handle[:8]}",
        )  # fmt: skip
        reply = canonical.encode(said)
        self._record_answer(circle, sender, epoch, asked, (body, reply))
        self._node.state.put_redemption(
            RedemptionRow(
                circle=name, member=sender, epoch=epoch, handle=bytes.fromhex(asked.handle), register=place[0],
                record_id=place[1], purpose=asked.purpose, reason=asked.reason, officer=asked.officer,
                reference=asked.reference, at=self._node.now(),
            )
        )  # fmt: skip
        return reply

    def _opened_since(self, circle: str, member: str, since: datetime) -> list[datetime]:
        rows = self._node.state.redemptions(circle)
        return sorted(row.at for row in rows if row.member == member and row.at >= since)

    def _standing(self, number: int) -> HitRow:
        """Return a hit; one that is withdrawn while its holder answers is withdrawn all the same."""
        hit = self._node.state.hit(number)
        if hit.state == "withdrawn":
            raise RefusedError(
                f"hit {number} was withdrawn by {hit.member}", hint="the record is gone there; nothing can be opened"
            )
        return hit

    def _record_asking(self, circle: Circle, hit: HitRow, asked: Redemption, body: bytes) -> None:
        entry = RedemptionAsked(
            time=whole(self._node.now()), peer=hit.member, circle=hit.circle, epoch=hit.epoch, purpose=asked.purpose,
            legal_basis=circle.agreement.legal_basis, officer=asked.officer, level=1, request=hashlib.sha256(body).digest(),
        )  # fmt: skip
        self._node.record([entry])

    def _record_answer(self, circle: Circle, sender: str, epoch: int, asked: Redemption, bodies: tuple[bytes, bytes]) -> None:
        request, response = (hashlib.sha256(each).digest() for each in bodies)
        entry = RedemptionAnswered(
            time=whole(self._node.now()), peer=sender, circle=circle.agreement.circle, epoch=epoch, purpose=asked.purpose,
            legal_basis=circle.agreement.legal_basis, officer=asked.officer, level=1, request=request, response=response,
        )  # fmt: skip
        self._node.record([entry])
