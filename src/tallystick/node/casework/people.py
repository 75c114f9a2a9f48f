"""What is known of one person at this node: a record with its timeline; for a data subject, see node/casework/gathering.py.

Rules
 1. Whether who was met is a record of ours a person says; it can be revised, and what was said stays.
 2. Looking for everything about a person is an act of its own: the log says who did it, and of whom a digest.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import get_args

from tallystick.audit.entries import CaseAct
from tallystick.errors import InputError, UnknownIdError
from tallystick.model import Record, encode
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.gathering import ALL, Gathering
from tallystick.node.casework.people_ports import IdentificationRow, Mentioning, RestrictionRow, nowhere
from tallystick.node.casework.people_views import Met, Offered, PersonView, SubjectReport
from tallystick.node.casework.ports import CaseFilter, CaseRow
from tallystick.node.casework.showing import latin, values_of
from tallystick.node.context import whole
from tallystick.review.events import Verdict
from tallystick.review.roles import Actor


class People:
    """Persons, as one node knows them."""

    def __init__(self, book: CaseBook) -> None:
        self._book = book
        self.mentioning: Mentioning = nowhere

    def identify(self, actor: Actor, encounter: int, place: tuple[str, str], verdict: str, reason: str) -> None:
        """Say whether who was met is a record of ours.

        Raises:
            InputError: there is no such encounter, record or verdict, or no reason.
        """
        self._book.state.encounter(encounter)
        self._record_at(place)
        if verdict not in get_args(Verdict) or not reason.strip():
            raise InputError("an identification needs a verdict and a reason", hint="same, not-same or undecided, and why")
        row = IdentificationRow(
            encounter=encounter, register=place[0], record_id=place[1], verdict=verdict, reason=reason, officer=actor.name,
            at=self._book.node.now(),
        )  # fmt: skip
        self._act(actor, "identification", f"{encounter} {place[0]} {place[1]} {verdict}".encode())
        self._book.state.put_identification(row)

    def view(self, place: tuple[str, str]) -> PersonView:
        """Return a record with what happened around it."""
        record = self._record_at(place)
        cases = self._book.state.case_rows(CaseFilter(register=place[0], record_id=place[1], most=ALL))
        timeline = tuple(sorted(self._timeline(place, cases), key=lambda each: each.time))
        custody = self._book.persons.custody(place[0], record)
        out = [row for case in cases for row in self._book.state.disclosures(case=case.id, direction="out")]
        disclosed = Counter(row.partner for row in out if row.state != "withheld")
        names = tuple((name, latin(name)) for name in (*record.names, *record.weak_names))
        return PersonView(
            register=place[0], record_id=place[1], values=values_of(record), names=names,
            custody={name: value for name, value in asdict(custody).items() if value is not None},
            offered=self._offered(place, custody.handling_code), timeline=timeline,
            countries=dict(Counter(each.country for each in timeline if each.verdict == "same" and each.country)),
            cases=tuple(case.id for case in cases), disclosed=dict(disclosed), restriction=self._restriction(place),
        )  # fmt: skip

    def restrict(self, actor: Actor, place: tuple[str, str], ground: str) -> None:
        """Record for what ground a person is not told of a record; an empty ground lifts it."""
        self._record_at(place)
        self._act(actor, "restriction", f"{place[0]} {place[1]} {ground}".encode())
        row = RestrictionRow(register=place[0], record_id=place[1], ground=ground, officer=actor.name, at=self._book.node.now())
        self._book.state.put_restriction(row)

    def gather(self, actor: Actor, person: Record) -> SubjectReport:
        """Gather all that is held, asked and disclosed about a person, over this node."""
        self._act(actor, "subject-access", encode(person))
        found = tuple(Gathering(self._book, person, self.mentioning).found())
        return SubjectReport(organisation=self._book.node.card.name, at=self._book.node.now(), found=found)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _record_at(self, place: tuple[str, str]) -> Record:
        record = self._book.persons.record(*place)
        if record is None:
            raise UnknownIdError(
                f"register {place[0]} has no record {place[1]}", hint="see `tallystick register list`", id=place[1]
            )
        return record

    def _act(self, actor: Actor, act: str, content: bytes) -> None:
        entry = CaseAct(time=whole(self._book.node.now()), act=act, officer=actor.name, document=self._book.salted(content))
        self._book.node.record([entry])

    def _timeline(self, place: tuple[str, str], cases: list[CaseRow]) -> Iterator[Met]:
        newest = {row.encounter: row for row in self._book.state.identifications(register=place[0], record_id=place[1])}
        for number, said in newest.items():
            met = self._book.state.encounter(number)
            yield Met(
                time=met.time, country=met.country, place=met.place, kind=met.kind, by=met.officer, encounter=number, case=0,
                verdict=said.verdict,
            )  # fmt: skip
        for case in cases:
            if any(case.met):
                yield Met(
                    time=case.met[2], country=case.met[0], place="", kind=case.met[1], by=case.partner, encounter=0, case=case.id,
                    verdict=self._book.open(case.id).case.verdict,
                )  # fmt: skip

    def _offered(self, place: tuple[str, str], code: str | None) -> tuple[Offered, ...]:
        found = []
        for circle in self._book.circles.all_in_force():
            name = circle.agreement.circle
            for offer in self._book.node.state.offers(name):
                if offer.register == place[0]:
                    silent = place[1] in offer.silent_ids or code in offer.silent_codes
                    partners = tuple(sorted(circle.members.keys() - {self._book.node.id}))
                    found.append(Offered(circle=name, partners=partners, is_silent=silent))
        return tuple(found)

    def _restriction(self, place: tuple[str, str]) -> str:
        found = {(row.register, row.record_id): row.ground for row in self._book.state.restrictions()}
        return found.get(place, "")
