"""Records encounters, and asks at once who knows the person: the own registers, and the circles chosen by purpose.

Rules
 1. The entry in the log comes first; it holds a digest, and nothing of the person.
 2. The holder of a hit is told at once, in the officer's name: an encounter alerts both sides.
 3. A partner that cannot answer is said to be one; what others answered counts.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import msgspec

from tallystick.audit.entries import CaseAct
from tallystick.errors import Error, InputError
from tallystick.model import decode, encode
from tallystick.model.encounter import Encounter
from tallystick.node.asking import Asked as AskedFor
from tallystick.node.asking import Asking
from tallystick.node.casework.alerts import Alerts
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.ports import CaseFilter, EncounterRow
from tallystick.node.casework.showing import values_of
from tallystick.node.casework.views import Asked, EncounterView, OwnFind
from tallystick.node.context import whole
from tallystick.node.side_by_side import PATIENT, SideBySide
from tallystick.review.clocks import Urgency
from tallystick.review.roles import Actor

URGENCY = {"border": Urgency.URGENT, "arrest": Urgency.URGENT, "registration": Urgency.DIRECT, "report": Urgency.ROUTINE}
"""How soon a hit must be answered, by the kind of encounter: who stands at a border does not stand there for long."""
MOST_OWN = 10


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
        self._beside = SideBySide[int, tuple[int, str]]()

    def add(self, actor: Actor, met: Encounter, search: Search) -> EncounterView:
        """Record an encounter, and find out who knows the person.

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
            time=whole(self._book.node.now()), act="encounter", officer=actor.name, document=_digest(row), purpose=search.purpose
        )
        self._book.node.record([entry])
        number = self._book.state.put_encounter(row)
        asked = tuple(each for name in search.circles for each in self._ask(actor, number, name, search))
        return self._shown(self._book.state.encounter(number), self._own(met), asked)

    def late(self) -> None:
        """Look at what became of holders that were told too late to be waited for: the cases say it already."""
        self._beside.late()

    def finish(self, within_s: float) -> None:
        """Wait for holders that are being told, so long at most."""
        self._beside.finish(within_s)

    def same(self, numbers: Iterable[int], met: Encounter, search: Search) -> EncounterView | None:
        """Return which of some encounters is this very one, asked of the same circles for the same purpose; None where none is.

        One that was forgotten since is none.
        """
        wanted = (encode(met.person), met.kind, met.country, met.place, met.time, frozenset(search.circles), search.purpose)
        for number in numbers:
            try:
                row = self._book.state.encounter(number)
            except InputError:
                continue
            if wanted == (row.line, row.kind, row.country, row.place, row.time, frozenset(row.circles), row.purpose):
                return self._shown(row, self._own(met))
        return None

    def newest(self, most: int) -> list[EncounterView]:
        """Return encounters, newest first."""
        rows = self._book.state.encounters(most)
        led_to = self._book.state.cases_met([row.id for row in rows])
        return [self._view(row, cases=led_to.get(row.id, ())) for row in rows]

    def view(self, number: int) -> EncounterView:
        """Return one encounter."""
        return self._shown(self._book.state.encounter(number))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _ask(self, actor: Actor, number: int, circle: str, search: Search) -> list[Asked]:
        line = self._book.state.encounter(number).line
        asked = AskedFor(officer=actor.name, purpose=search.purpose, reason=search.reason)
        in_force = self._book.circles.in_force(circle)
        said: list[Asked] = []
        query, outcomes = self._asking.ask(
            in_force, decode(line), asked, before=lambda query: self._book.state.put_query_of(number, query)
        )
        self._alerts.raise_all()
        rows = self._book.state.case_rows(CaseFilter(circle=circle, query=query))
        told = self._tell_all(actor, [row.id for row in rows if row.stage != "suppressed"], search)
        for outcome in outcomes:
            numbers = tuple(row.id for row in rows if row.partner == outcome.member)
            problem = outcome.problem or "; ".join(told[number] for number in numbers if told.get(number))
            said.append(Asked(circle=circle, partner=outcome.member, cases=numbers, problem=problem))
        return said

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

    def _own(self, met: Encounter) -> tuple[OwnFind, ...]:
        found = [
            OwnFind(
                register=register, record_id=each.record.id, name=each.record.names[0], weight_bits=each.weight_bits,
                probability=each.probability, decision=each.decision,
            )
            for register in self._book.persons.names()
            for each in self._book.persons.find(register, met.person, MOST_OWN)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda each: -each.weight_bits))

    def _shown(self, row: EncounterRow, own: tuple[OwnFind, ...] = (), asked: tuple[Asked, ...] = ()) -> EncounterView:
        return self._view(row, self._book.state.cases_met([row.id]).get(row.id, ()), own, asked)

    @staticmethod
    def _view(
        row: EncounterRow, cases: tuple[int, ...], own: tuple[OwnFind, ...] = (), asked: tuple[Asked, ...] = ()
    ) -> EncounterView:
        return EncounterView(
            number=row.id, kind=row.kind, country=row.country, place=row.place, time=row.time, urgency=row.urgency,
            purpose=row.purpose, officer=row.officer, at=row.at, person=values_of(decode(row.line)), circles=row.circles, own=own,
            asked=asked, cases=cases,
        )  # fmt: skip


def _digest(row: EncounterRow) -> bytes:
    return hashlib.sha256(msgspec.json.encode([row.line.decode(), row.kind, row.country, row.place, row.time])).digest()
