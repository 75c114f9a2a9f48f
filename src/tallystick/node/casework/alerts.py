"""Makes an alert of every hit, and tells the holder of one.

Rules
 1. Every hit of this node, and every handle of ours that a partner opened, becomes one case.
 2. Of a hit the holder is told by a person, or by a person's encounter; never by the node alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tallystick.errors import RefusedError, UnknownHandleError
from tallystick.exchange import case_messages
from tallystick.node.casework.book import NODE, CaseBook, OpenCase, Step, crosses
from tallystick.node.casework.delivering import Delivering
from tallystick.node.casework.namesakes import Namesakes
from tallystick.node.casework.ports import CaseFilter, CaseRow, EncounterRow
from tallystick.node.exchange_ports import HitRow, RedemptionRow
from tallystick.node.redeeming import Redeeming
from tallystick.review import events
from tallystick.review.clocks import Urgency
from tallystick.review.events import AnyEvent
from tallystick.review.roles import Actor

BATCH = 1000
CASE_ID_BYTES = 16
_CASE_ID = re.compile(r"[0-9a-f]{32}\Z")


class Alerts:
    """The first step of every case of a node."""

    def __init__(self, book: CaseBook, redeeming: Redeeming, namesakes: Namesakes, delivering: Delivering) -> None:
        self._book = book
        self._delivering = delivering
        self._namesakes = namesakes
        self._redeeming = redeeming

    def raise_all(self) -> list[int]:
        """Open a case for every hit and every redemption that has none; returns their numbers."""
        book, numbers = self._book, list[int]()
        with book.lock:
            while hits := book.state.hits_without_case(BATCH):
                numbers += book.begin([self._of_hit(hit) for hit in hits])
            if opened := book.state.redemptions_without_case():
                numbers += book.begin([*map(self._of_redemption, opened, self._references(opened))])
        for number in book.state.cases_of_withdrawn_hits():
            gone = events.HitWithdrawn(at=book.node.now(), by=NODE)
            book.change(number, lambda _, gone=gone: Step(event=gone, act="withdrawal", officer=NODE))  # type: ignore[misc]
        return numbers

    def tell(self, actor: Actor, number: int, *, reason: str, purpose: str = "") -> OpenCase:
        """Tell the holder of a hit, and hear whom to call.

        Args:
            actor: who does it.
            number: the case.
            reason: why; the holder reads it.
            purpose: a code of the agreement; that of the case by default.

        Raises:
            RefusedError: we are the holder, or the hit was withdrawn.
        """
        book = self._book
        row = book.state.case_row(number)
        if row.side != "requester":
            raise RefusedError(f"in case {number} this node is the holder", hint="it was told already")
        purpose = purpose or row.purpose or self._first_purpose(row.circle)
        hit = self._redeeming.redeem(row.hit, purpose=purpose, officer=actor.name, reason=reason, reference=row.reference)
        contact = str(case_messages.contact_of(hit.answer))
        done = book.change(number, lambda found: self._notice(found, actor, contact, (reason, purpose)))
        self._delivering.of_case(number)
        return book.open(done.row.id)

    def _notice(self, found: OpenCase, actor: Actor, contact: str, said: tuple[str, str]) -> Step:
        book, row = self._book, found.row
        reason, purpose = said
        country, kind, time = row.met
        notice = case_messages.Notice(
            country=book.country, encounter_country=country, encounter_kind=kind, encounter_time=time, epoch=row.epoch,  # type: ignore[arg-type]
            handle=row.handle.hex(), purpose=purpose, reason=reason, two_persons=found.case.two_persons,
            urgency=found.case.urgency.value,
        )  # fmt: skip
        told = events.Told(
            at=book.node.now(), by=actor.name, two_persons=found.case.two_persons, contact=contact,
            country=book.country_of(row.circle, row.partner),
        )  # fmt: skip
        return Step(event=told, act="notice", officer=actor.name, message=book.message(row, actor.name, notice))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _of_hit(self, hit: HitRow) -> tuple[CaseRow, list[AnyEvent]]:
        book = self._book
        met = self._encounter(hit.query) if hit.query else None
        place = (met.country, met.kind, met.time) if met else ("", "", "")
        row = CaseRow(
            reference=self._new_reference(), side="requester", circle=hit.circle, partner=hit.member,
            epoch=hit.epoch, handle=hit.handle, hit=hit.id, register=hit.register, record_id=hit.record_id, query=hit.query,
            encounter=met.id if met else 0, met=place, purpose=self._purpose(hit, met), weight_tenths=hit.weight_tenths,
            opened_at=book.node.now(),
        )  # fmt: skip
        event = events.Opened(
            at=book.node.now(), by=NODE, urgency=Urgency(met.urgency) if met else Urgency.ROUTINE,
            two_persons=book.two_persons(hit.circle), cross_border=crosses(place[0], book.country_of(hit.circle, hit.member)),
        )  # fmt: skip
        known = self._namesakes.known(row) if hit.circle in self._namesakes.circles() else 0
        suppressed = events.Suppressed(at=book.node.now(), by=NODE, not_me=known)
        return row, [event, suppressed] if known else [event]

    def _encounter(self, query: int) -> EncounterRow | None:
        number = self._book.state.encounter_of(query)
        return self._book.state.encounter(number) if number else None

    def _purpose(self, hit: HitRow, met: EncounterRow | None) -> str:
        if met:
            return met.purpose
        offers = {offer.register: offer.purpose for offer in self._book.node.state.offers(hit.circle)}
        if hit.register in offers:
            return offers[hit.register]
        asked = self._book.state.asked_for(hit.query) if hit.query else None
        return asked[0] if asked else self._first_purpose(hit.circle)

    def _first_purpose(self, circle: str) -> str:
        return self._book.circles.view(circle).agreement.purposes[0].code

    def _references(self, opened: Sequence[RedemptionRow]) -> Iterator[str]:
        """Return the id of each new case: the one its partner gave, where that is one and no other case of it has it."""
        taken = set[tuple[str, str, str]]()
        for row in opened:
            place = row.circle, row.member, row.reference
            is_free = _CASE_ID.match(row.reference) and place not in taken and not self._book.state.case_by_reference(*place)
            taken.add(place)
            yield row.reference if is_free else self._new_reference()

    def _new_reference(self) -> str:
        return self._book.node.random(CASE_ID_BYTES).hex()

    def _of_redemption(self, opened: RedemptionRow, reference: str) -> tuple[CaseRow, list[AnyEvent]]:
        book = self._book
        row = CaseRow(
            reference=reference, side="holder", circle=opened.circle, partner=opened.member, epoch=opened.epoch,
            handle=opened.handle, register=opened.register, record_id=opened.record_id, purpose=opened.purpose,
            opened_at=book.node.now(),
        )  # fmt: skip
        event = events.Opened(
            at=book.node.now(), by=opened.member, urgency=Urgency.ROUTINE, two_persons=book.two_persons(opened.circle)
        )
        return row, [event]

    def heard_notice(self, circle: str, sender: str, message: case_messages.CaseMessage) -> int:
        """Return the case of a notice, opened now if there is none yet.

        Raises:
            RefusedError: the handle is of nobody, or the case is one of ours.
        """
        notice, book = message.body, self._book
        assert isinstance(notice, case_messages.Notice)  # noqa: S101 - the caller looked
        self.raise_all()
        known = book.state.case_by_reference(circle, sender, message.case)
        handle = bytes.fromhex(notice.handle)
        if known is not None:
            return known.id
        place = book.node.state.record_of(circle, notice.epoch, handle)
        if place is None:
            raise UnknownHandleError("a handle is none of ours", hint="fetch the index again; the record may be gone")
        waiting = self._told_otherwise(circle, sender, notice.epoch, handle)
        if waiting is not None:
            book.state.change_case(replace(waiting, reference=message.case))
            return waiting.id
        row = CaseRow(
            reference=message.case, side="holder", circle=circle, partner=sender, epoch=notice.epoch, handle=handle,
            register=place[0], record_id=place[1], purpose=notice.purpose, opened_at=book.node.now(),
        )  # fmt: skip
        opened = events.Opened(
            at=book.node.now(), by=sender, urgency=Urgency(notice.urgency), two_persons=book.two_persons(circle)
        )
        return book.begin([(row, [opened])])[0]

    def _told_otherwise(self, circle: str, sender: str, epoch: int, handle: bytes) -> CaseRow | None:
        """Return the case that a redemption opened before its notice came."""
        book = self._book
        rows = book.state.case_rows(CaseFilter(circle=circle, partner=sender, side="holder", stage="alert"))
        same = [row for row in rows if (row.epoch, row.handle) == (epoch, handle)]
        return next((row for row in same if book.open(row.id).case.told_at is None), None)
