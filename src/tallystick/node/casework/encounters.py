"""Records encounters, and asks at once who knows the person: the own registers, and the circles chosen by purpose.

Rules
 1. The entry in the log comes first; it holds a salted digest, and nothing of the person.
 2. The holder of a hit is told at once, in the officer's name: an encounter alerts both sides.
 3. A partner that cannot answer is said to be one; what others answered counts.
 4. What an encounter is made of is kept with it, both or neither. How far the circles were asked is kept, too: whoever says the
    same again after the node was killed has the rest asked, and told, and nobody twice who had an answer.
 5. What partners answered, or why they did not, stays with it: who opens it later sees who was never asked.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from tallystick.audit.entries import CaseAct
from tallystick.errors import Error, InputError
from tallystick.model import Record, decode, encode
from tallystick.model.encounter import Encounter
from tallystick.node.asking import Asked as AskedFor
from tallystick.node.asking import Asking
from tallystick.node.casework.alerts import Alerts
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.ports import CaseFilter, CaseRow, EncounterRow
from tallystick.node.casework.showing import values_of
from tallystick.node.casework.views import Asked, EncounterView, OwnFind
from tallystick.node.context import whole
from tallystick.node.side_by_side import PATIENT, SideBySide
from tallystick.review.clocks import Urgency
from tallystick.review.roles import Actor

URGENCY = {"border": Urgency.URGENT, "arrest": Urgency.URGENT, "registration": Urgency.DIRECT, "report": Urgency.ROUTINE}
"""How soon a hit must be answered, by the kind of encounter: who stands at a border does not stand there for long."""
MOST_OWN = 10

Keep = Callable[[Callable[[], int]], int]
"""Keeps an encounter by what it is given, and whatever belongs to it, in one transaction; returns the number."""


def _alone(put: Callable[[], int]) -> int:
    return put()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Whom an encounter asks, and why.

    Attributes:
        circles: which.
        purpose: a code that each of them agreed on.
        reason: in the officer's own words; the holder of a hit reads it.
        urgency: None for that of the kind.
    """

    circles: tuple[str, ...]
    purpose: str
    reason: str
    urgency: Urgency | None = None


class Encounters:
    """The encounters of one node."""

    def __init__(self, book: CaseBook, asking: Asking, alerts: Alerts) -> None:
        self._book = book
        self._asking = asking
        self._alerts = alerts
        self.patience_s = PATIENT
        self._one_at_a_time = threading.Lock()
        self._being_asked: set[int] = set()
        self._beside = SideBySide[int, tuple[int, str]]()

    def add(self, actor: Actor, met: Encounter, search: Search, keep: Keep = _alone) -> EncounterView:
        """Record an encounter, and find out who knows the person.

        Args:
            actor: who met the person.
            met: whom, where, when.
            search: whom to ask.
            keep: keeps the encounter together with what it is made of, by what it is given; returns its number.

        Raises:
            InputError: a circle has not agreed on the purpose.
            RefusedError: a circle is not in force.
        """
        for name in search.circles:
            if self._book.circles.in_force(name).purpose(search.purpose) is None:
                raise InputError(f"purpose is none of circle {name}", hint="see `tallystick circle show`")
        row = EncounterRow(
            line=encode(met.person), kind=met.kind, country=met.country, place=met.place, time=met.time,
            urgency=(search.urgency or URGENCY[met.kind]).value, circles=search.circles, purpose=search.purpose,
            officer=actor.name, at=self._book.node.now(),
        )  # fmt: skip
        entry = CaseAct(
            time=whole(self._book.node.now()), act="encounter", officer=actor.name, purpose=search.purpose,
            document=self._book.salted(_content(row)),
        )  # fmt: skip
        self._book.node.record([entry])
        number = keep(lambda: self._put(row))
        return self._asked(actor, self._book.state.encounter(number), search, self._own(met.person))

    def late(self) -> None:
        """Look at what became of holders that were told too late to be waited for: the cases say it already."""
        self._beside.late()

    def finish(self, within_s: float) -> None:
        """Wait for holders that are being told, so long at most."""
        self._beside.finish(within_s)

    def same(self, actor: Actor, numbers: Iterable[int], met: Encounter, search: Search) -> EncounterView | None:
        """Return which of some encounters is this very one, asked of the same circles for the same purpose; None where none is.

        One that was forgotten since is none. Who has not been asked yet, because the node was stopped, is asked now.
        """
        wanted = (encode(met.person), met.kind, met.country, met.place, met.time, frozenset(search.circles), search.purpose)
        for number in numbers:
            try:
                row = self._book.state.encounter(number)
            except InputError:
                continue
            if wanted == (row.line, row.kind, row.country, row.place, row.time, frozenset(row.circles), row.purpose):
                return self._asked(actor, row, search, self._own(met.person))
        return None

    def newest(self, most: int) -> list[EncounterView]:
        """Return encounters, newest first."""
        rows = self._book.state.encounters(most)
        led_to = self._book.state.cases_met([row.id for row in rows])
        return [self._view(row, cases=led_to.get(row.id, ())) for row in rows]

    def view(self, number: int, look: Callable[[Record], None] | None = None) -> EncounterView:
        """Return one encounter; where there is a `look`, it is called, and then the own registers are searched for the person."""
        row = self._book.state.encounter(number)
        if look is None:
            return self._shown(row)
        person = decode(row.line)
        look(person)
        return self._shown(row, self._own(person))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _put(self, row: EncounterRow) -> int:
        with self._book.state.together():
            number = self._book.state.put_encounter(row)
            self._book.state.put_value(_asked_so_far(number), b"0" if row.circles else b"")
            return number

    def _asked(self, actor: Actor, row: EncounterRow, search: Search, own: tuple[OwnFind, ...]) -> EncounterView:
        """Ask the circles that were not asked yet, unless they are being asked; returns the encounter with what they said."""
        with self._one_at_a_time:
            is_mine = row.id not in self._being_asked
            self._being_asked.add(row.id)
        if not is_mine:
            return self._shown(row, own)
        try:
            self._ask_rest(actor, row, search)
            return self._shown(row, own)
        finally:
            self._being_asked.discard(row.id)

    def _ask_rest(self, actor: Actor, row: EncounterRow, search: Search) -> None:
        state, total = self._book.state, len(row.circles)
        for place in range(int(state.value(_asked_so_far(row.id)) or total), total):
            said = (*self._said(row.id), *self._ask(actor, row, row.circles[place], search))
            with state.together():
                state.put_value(_answers(row.id), msgspec.json.encode(said))
                state.put_value(_asked_so_far(row.id), str(place + 1).encode() if place + 1 < total else b"")

    def _said(self, number: int) -> tuple[Asked, ...]:
        kept = self._book.state.value(_answers(number))
        return msgspec.json.decode(kept, type=tuple[Asked, ...]) if kept else ()

    def _ask(self, actor: Actor, row: EncounterRow, circle: str, search: Search) -> list[Asked]:
        asked = AskedFor(officer=actor.name, purpose=search.purpose, reason=search.reason)
        in_force = self._book.circles.in_force(circle)
        found = self._cases(circle, self._book.state.queries_of(row.id, circle))
        partners = in_force.members.keys() - {self._book.node.id} - {each.partner for each in found}
        problems = {each.partner: "" for each in found}
        if partners:
            query, outcomes = self._asking.ask(
                in_force,
                decode(row.line),
                asked,
                sorted(partners),
                before=lambda query: self._book.state.put_query_of(row.id, query),
            )
            problems |= {outcome.member: outcome.problem for outcome in outcomes}
            found += self._cases(circle, [query])
        told = self._tell_all(actor, [each.id for each in found if self._waits_to_be_told(each)], search)
        said = list[Asked]()
        for partner, problem in sorted(problems.items()):
            numbers = tuple(each.id for each in found if each.partner == partner)
            why = problem or "; ".join(told[number] for number in numbers if told.get(number))
            said.append(Asked(circle=circle, partner=partner, cases=numbers, problem=why))
        return said

    def _cases(self, circle: str, queries: list[int]) -> list[CaseRow]:
        """Return the cases that queries led to, made now where there are none yet."""
        if queries:
            self._alerts.raise_all()
        return [row for query in queries for row in self._book.state.case_rows(CaseFilter(circle=circle, query=query))]

    def _waits_to_be_told(self, row: CaseRow) -> bool:
        return row.stage != "suppressed" and self._book.open(row.id).case.told_at is None

    def _tell_all(self, actor: Actor, numbers: list[int], search: Search) -> dict[int, str]:
        """Tell the holders of hits, none after the other; returns why not, by the number of the case."""
        works = {number: partial(self._tell, actor, number, search) for number in numbers}
        done, going = self._beside.do(works, self.patience_s)
        return {**dict(done), **dict.fromkeys(going, f"not told within {self.patience_s:.0f} s; it goes on")}

    def _tell(self, actor: Actor, number: int, search: Search) -> tuple[int, str]:
        try:
            self._alerts.tell(actor, number, reason=search.reason, purpose=search.purpose)
        except Error as error:  # the alert stands; an officer tells the holder by hand
            return number, str(error)
        return number, ""

    def _own(self, person: Record) -> tuple[OwnFind, ...]:
        found = [
            OwnFind(
                register=register, record_id=each.record.id, name=each.record.names[0], weight_bits=each.weight_bits,
                probability=each.probability, decision=each.decision,
            )
            for register in self._book.persons.names()
            for each in self._book.persons.find(register, person, MOST_OWN)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda each: -each.weight_bits))

    def _shown(self, row: EncounterRow, own: tuple[OwnFind, ...] = ()) -> EncounterView:
        led_to = self._book.state.cases_met([row.id]).get(row.id, ())
        return self._view(row, led_to, own, tuple(self._answer(each, led_to) for each in self._said(row.id)))

    def _answer(self, said: Asked, led_to: tuple[int, ...]) -> Asked:
        """Return what a partner said, as it is now: with the cases that are left, and whom to call, once it has said so."""
        left = tuple(each for each in said.cases if each in led_to)
        contacts = (self._book.open(each).case.contact for each in left)
        return replace(said, cases=left, contact=next(filter(None, contacts), ""))

    @staticmethod
    def _view(
        row: EncounterRow, cases: tuple[int, ...], own: tuple[OwnFind, ...] = (), asked: tuple[Asked, ...] = ()
    ) -> EncounterView:
        return EncounterView(
            number=row.id, kind=row.kind, country=row.country, place=row.place, time=row.time, urgency=row.urgency,
            purpose=row.purpose, officer=row.officer, at=row.at, person=values_of(decode(row.line)), circles=row.circles, own=own,
            asked=asked, cases=cases,
        )  # fmt: skip


def _asked_so_far(number: int) -> str:
    """Return under which name is kept how many circles an encounter was asked of; there is none when it was asked of all."""
    return f"encounter-asked/{number}"


def _answers(number: int) -> str:
    """Return under which name is kept what partners said to an encounter."""
    return f"encounter-answers/{number}"


def _content(row: EncounterRow) -> bytes:
    return msgspec.json.encode([row.line.decode(), row.kind, row.country, row.place, row.time])
