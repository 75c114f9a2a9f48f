"""Brings messages of cases to partners: to all of them side by side, to each in the order in which they were said.

Rules
 1. A partner that is silent or slow holds up what it is told itself, and nothing else; who waits for it waits for a time.
 2. Whoever did not answer once is not tried with the next message. What a partner will not have keeps up nothing that comes
    after; what else fails keeps up the messages of its case. Who has heard as much of us today as it takes hears the rest later:
    what takes data back goes out meanwhile, and so does what is not a notice where only notices are too many.
 3. What is not delivered stays in the outbox, until the next time.
 4. A disclosure that was called back does not leave. Before one does, it is noted that from now on its receiver may have it.
"""

import hashlib
from collections.abc import Iterable
from functools import partial

from tallystick.audit.entries import CaseHeard
from tallystick.errors import Error, PeerUnavailableError, QueryBudgetError, RefusedError
from tallystick.exchange import canonical, case_messages, signing
from tallystick.exchange.agreement import Circle
from tallystick.exchange.case_messages import CaseMessage
from tallystick.node.casework.book import NODE, CaseBook, crosses, row_of
from tallystick.node.casework.ports import CaseRow, CaseworkState, MessageRow
from tallystick.node.context import whole
from tallystick.node.day_budget import FREE
from tallystick.node.side_by_side import PATIENT, SideBySide
from tallystick.review import cases, events

_Place = tuple[str, str]
"""Circle and partner."""


class Delivering:
    """The outbox of one node."""

    def __init__(self, book: CaseBook) -> None:
        self._book = book
        self._beside = SideBySide[_Place, dict[str, str]]()
        self.patience_s = PATIENT

    def of_case(self, number: int) -> None:
        """Send what waits for the partner of a case; others are told by the chores, and hold up nobody who acts on this case."""
        row = self._book.state.case_row(number)
        self._deliver([(row.circle, row.partner)], in_turn=True)

    def of_cases(self, numbers: Iterable[int]) -> None:
        """Send what waits for the partners of some cases, side by side."""
        rows = map(self._book.state.case_row, numbers)
        self._deliver(sorted({(row.circle, row.partner) for row in rows}), in_turn=True)

    def everything(self) -> dict[str, str]:
        """Send what waits; returns why not, by digest of the message, for what could not be sent, or is not yet."""
        late = self._beside.late()
        done, going = self._deliver(sorted(self._book.state.outbox_counts()))
        problems = {digest: why for each in [*late, *done] for digest, why in each.items()}
        for place in going:
            why = f"{place[1]} is told what waits for it in circle {place[0]}, and is slow to answer; it goes on"
            problems |= dict.fromkeys((row.digest for row in self._book.state.outbox(*place)), why)
        return problems

    def finish(self, within_s: float) -> None:
        """Wait for what is on its way, so long at most."""
        self._beside.finish(within_s)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _deliver(self, places: Iterable[_Place], *, in_turn: bool = False) -> tuple[list[dict[str, str]], list[_Place]]:
        works = {place: partial(self._to, place) for place in places}
        return self._beside.do(works, self.patience_s, in_turn=in_turn)

    def _to(self, place: _Place) -> dict[str, str]:
        """Send what waits for one partner; returns why not, by digest."""
        problems, stuck, silent = dict[str, str](), set[int](), ""
        sated: dict[bool, str] = {}
        for row in self._book.state.outbox(*place):
            if row.case in stuck:
                continue
            kept = silent or (sated.get(row.kind == "notice", "") if row.kind not in FREE else "")
            if kept:
                problems[row.digest] = kept
                stuck.add(row.case)
                continue
            try:
                self._send(row)
            except QueryBudgetError as error:
                problems[row.digest] = sated[row.kind == "notice"] = str(error)
                stuck.add(row.case)
            except RefusedError as error:
                problems[row.digest] = str(error)
            except Error as error:
                problems[row.digest] = str(error)
                stuck.add(row.case)
                silent = str(error) if isinstance(error, PeerUnavailableError) else ""
        return problems

    def _send(self, row: MessageRow) -> None:
        case = self._book.state.case_row(row.case)
        circle = self._book.circles.in_force(case.circle)
        if case.partner not in circle.members:
            raise RefusedError(f"{case.partner} has left circle {case.circle}", hint="nothing more can be told to it")
        if row.kind == "disclosure" and not self._begins_to_leave(row.digest):
            return
        raw = self._post(case, circle, row)
        signed = signing.decode_signed(row.signed, case_messages.MAX_MESSAGE_BYTES)
        message = canonical.decode(signed.raw, CaseMessage, case_messages.MAX_MESSAGE_BYTES)
        receipt = case_messages.read_receipt(raw, circle, message)
        with self._book.state.together():
            self._book.state.set_delivered(row.digest, self._book.node.now(), raw)
            self._book.state.put_value(_leaving(row.digest), b"")
            self._book.keep_country(case.circle, case.partner, receipt.country)
        self._hear_terms(case, receipt, raw)

    def _begins_to_leave(self, digest: str) -> bool:
        """Note that a disclosure leaves now, unless it was called back since the outbox was read."""
        with self._book.lock:
            found = self._book.state.disclosed(digest)
            if found is None or found.state != "held":
                return False
            self._book.state.put_value(_leaving(digest), b"1")
            return True

    def _post(self, case: CaseRow, circle: Circle, row: MessageRow) -> bytes:
        path, fields = f"/v1/circles/{case.circle}/cases", {"tallystick-circle": case.circle}
        peer = self._book.node.peer(circle.members[case.partner])
        try:
            return peer.post(path, row.signed, most_bytes=2 * case_messages.MAX_RECEIPT_BYTES, fields=fields)[0]
        except PeerUnavailableError as error:
            if not error.may_have_heard:
                self._book.state.put_value(_leaving(row.digest), b"")
            raise

    def _hear_terms(self, row: CaseRow, receipt: case_messages.CaseReceipt, raw: bytes) -> None:
        """Take over what a partner's receipt says of its side: where it is, and whether it demands two persons."""
        number, found = row.id, self._book.open(row.id)
        news = receipt.country != found.case.country or (receipt.two_persons and not found.case.two_persons)
        if found.case.told_at is None or not news:
            return
        entry = CaseHeard(
            time=whole(self._book.node.now()), peer=receipt.member, circle=row.circle, case=row.reference, act="receipt",
            officer=NODE, document=hashlib.sha256(raw).digest(),
        )  # fmt: skip
        event = events.Told(
            at=self._book.node.now(), by=receipt.member, two_persons=receipt.two_persons, country=receipt.country,
            cross_border=crosses(found.row.met[0], receipt.country) if found.row.side == "requester" else None,
        )  # fmt: skip
        with self._book.lock:
            case = cases.step(self._book.open(number).case, event)
            self._book.node.record([entry])
            with self._book.state.together():
                self._book.state.add_event(number, events.encode(event))
                self._book.state.change_case(row_of(self._book.state.case_row(number), case))
            self._book.changes.add(number)


def may_have_left(state: CaseworkState, digest: str) -> bool:
    """Tell whether a disclosure's receiver may have it."""
    sent = state.message(digest)
    return sent is None or sent.delivered_at is not None or bool(state.value(_leaving(digest)))


def _leaving(digest: str) -> str:
    """Return under which name is kept that a disclosure was sent and nobody knows whether it came."""
    return f"leaving/{digest}"
