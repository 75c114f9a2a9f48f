"""Remembers innocent namesakes, with their consent, so that the same false hit stops nobody twice.

Rules
 1. Only a case that was decided *not same* makes one, and only with consent; what tells the namesake apart is kept, nothing else.
 2. It suppresses an alert when the same partner's same handle is hit and the person asked for is the namesake: no field that
    both know differs, and he shows a document that was attached, or, where none was, his birth date agrees to the day. The
    person of the alert may bear the same name and date: whoever comes without the document is an alert.
 3. It can be taken back at any time: the data is overwritten, and what it suppressed waits for a person again.
 4. A handle is of one epoch. In a later one the hit is known again by what it looks like: the namesake shows his document, and
    that partner holds for him exactly as many hits as were told apart before, with the same weights and numbers of keys. One
    more, one less or another evidence is an alert, and so is whoever has no document attached.

Source: Regulation (EU) 2018/1862, Article 62.
"""

from collections.abc import Mapping

from tallystick.audit.entries import CaseAct
from tallystick.errors import InputError, RefusedError
from tallystick.matching import explain
from tallystick.model import Record, decode, encode
from tallystick.node.casework.book import CaseBook, Step
from tallystick.node.casework.people_ports import NotMeRow
from tallystick.node.casework.ports import CaseFilter, CaseRow
from tallystick.node.context import whole
from tallystick.node.exchange_ports import HitRow
from tallystick.node.finding import ASKED_PRIOR_BITS
from tallystick.review import events
from tallystick.review.roles import Actor


class Namesakes:
    """The not-me records of one node."""

    def __init__(self, book: CaseBook) -> None:
        self._book = book

    def attach(self, actor: Actor, number: int, person: Record, consent: str) -> NotMeRow:
        """Remember that a case's person is a namesake.

        Args:
            actor: who attaches it.
            number: the case, decided not-same.
            person: what tells him apart: names, and a birth date or a document.
            consent: how and when he agreed.

        Raises:
            RefusedError: the case was not decided so.
            InputError: the data tells nobody apart, or there is no consent.
        """
        found = self._book.open(number)
        if found.row.side != "requester" or found.case.verdict != "not-same":
            raise RefusedError(f"case {number} was not decided as another person", hint="decide it `not-same` first")
        if not consent.strip():
            raise InputError("there is no consent", hint="say how and when the person agreed")
        if not person.birth_dates and not person.identifiers:
            raise InputError("this tells nobody apart", hint="give a birth date or the number of a document")
        row = NotMeRow(
            case=number, circle=found.row.circle, partner=found.row.partner, epoch=found.row.epoch, handle=found.row.handle,
            line=encode(person), consent=consent, officer=actor.name, at=self._book.node.now(),
        )  # fmt: skip
        self._record(actor.name, "not-me", found.row, self._book.salted(row.line))
        return self._book.state.not_me(self._book.state.put_not_me(row))

    def revoke(self, actor: Actor, number: int) -> NotMeRow:
        """Forget a namesake at his wish; what was suppressed waits for a person again."""
        row = self._book.state.not_me(number)
        if row.revoked_at is not None:
            raise RefusedError(f"not-me {number} was revoked already", hint="see `tallystick not-me list`")
        self._record(actor.name, "not-me-revoked", self._book.state.case_row(row.case), None)
        self._book.state.revoke_not_me(number, self._book.node.now())
        for case in self._book.state.case_rows(CaseFilter(circle=row.circle, partner=row.partner, stage="suppressed")):
            if self._book.open(case.id).case.not_me == number:
                event = events.Restored(at=self._book.node.now(), by=actor.name)
                self._book.change(case.id, lambda _, event=event: Step(event=event, act="alert", officer=actor.name))  # type: ignore[misc]
        return self._book.state.not_me(number)

    def rows(self) -> list[NotMeRow]:
        """Return all of them."""
        return self._book.state.not_me_rows()

    def circles(self) -> set[str]:
        """Return the circles in which there are some."""
        return {row.circle for row in self._book.state.not_me_rows(held=True)}

    def known(self, case: CaseRow) -> int:
        """Return the number of the record that says that the person of a new hit is a namesake; 0 for none."""
        rows = self._book.state.not_me_rows(case.circle, case.partner, held=True)
        person = self._person(case) if rows else None
        own = [row for row in rows if person and _same(person, decode(row.line))]
        for row in own:
            if (row.epoch, row.handle) == (case.epoch, case.handle):
                return row.id
        former = [row for row in own if row.epoch < case.epoch and decode(row.line).identifiers]
        newest = max((row.epoch for row in former), default=0)
        return self._known_from_before(case, {row.handle: row for row in former if row.epoch == newest})

    def _known_from_before(self, case: CaseRow, told_apart: Mapping[bytes, NotMeRow]) -> int:
        """Return the record of an earlier epoch that a hit looks like; 0 where the hits of its person look otherwise now."""
        state = self._book.node.state
        try:
            before = {_look(state.hit(self._book.state.case_row(row.case).hit)): row.id for row in told_apart.values()}
        except InputError:  # the case or its hit is forgotten: nobody can tell any more
            return 0
        whom = (case.query, case.register, case.record_id)
        hits = state.standing_hits(case.circle, case.partner, case.epoch)
        now = [(each.handle, _look(each)) for each in hits if (each.query, each.register, each.record_id) == whom]
        if len(before) != len(told_apart) or sorted(look for _, look in now) != sorted(before):
            return 0
        return next((before[look] for handle, look in now if handle == case.handle), 0)

    def _person(self, case: CaseRow) -> Record | None:
        if case.record_id:
            return self._book.persons.record(case.register, case.record_id)
        asked = self._book.state.asked_for(case.query)
        return decode(asked[1]) if asked else None

    def _record(self, officer: str, act: str, case: CaseRow, document: bytes | None) -> None:
        entry = CaseAct(
            time=whole(self._book.node.now()),
            act=act,
            officer=officer,
            case=case.reference,
            circle=case.circle,
            document=document,
        )
        self._book.node.record([entry])


def _look(hit: HitRow) -> tuple[int, int]:
    """Return by what a hit is known again: its weight, and how many keys led to it."""
    return hit.weight_tenths, len(hit.tags)


def _same(asked: Record, namesake: Record) -> bool:
    explained = explain(asked, namesake, prior_bits=ASKED_PRIOR_BITS)
    levels = {each.field: each.level for each in explained.fields}
    if "different" in levels.values() or explained.decision != "link":
        return False
    return bool(_numbers(asked) & _numbers(namesake)) if namesake.identifiers else levels["birth"] == "same"


def _numbers(record: Record) -> set[str]:
    """Return document numbers as they are compared: letters and digits alone."""
    return {"".join(filter(str.isalnum, each.number)).casefold() for each in record.identifiers}
