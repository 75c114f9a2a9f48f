"""Gathers everything that one node holds of a person, for the answer the law demands. Changes nothing.

Rules
 1. What is about the person is found by comparing, and from there by what people and the node joined to it: encounters that were
    identified as a record, cases of a record, an encounter or a question, copies in those cases, mentions in reports. Whether a
    namesake is among it a human looks.
 2. Of a restricted record, and of what is joined to it, nothing is shown but the ground.
 3. What a partner holds or disclosed is said to be there, without its values: its owner answers for it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import msgspec

from tallystick.matching import explain
from tallystick.model import Record, decode
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.people_ports import Mentioning
from tallystick.node.casework.people_views import Held
from tallystick.node.casework.ports import CaseFilter, CaseRow, DisclosedRow, EncounterRow
from tallystick.node.casework.showing import record_of, values_of
from tallystick.node.finding import ASKED_PRIOR_BITS

ALL = 1 << 30
_MOST_FOUND = 50
_Place = tuple[str, str]


class Gathering:
    """What is found of one person; each thing once."""

    def __init__(self, book: CaseBook, person: Record, mentioning: Mentioning) -> None:
        self._book = book
        self._person = person
        self._mentioning = mentioning
        self._cases = set[int]()
        self._encounters = set[int]()

    def found(self) -> Iterator[Held]:
        """Return what is held: records with what is joined to them first, then what was asked, received and remembered."""
        yield from self._records()
        yield from self._met()
        yield from self._asked()
        yield from self._received()
        yield from self._namesakes()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _records(self) -> Iterator[Held]:
        grounds = {(row.register, row.record_id): row.ground for row in self._book.state.restrictions()}
        for register in self._book.persons.names():
            for found in self._book.persons.find(register, self._person, _MOST_FOUND):
                place = (register, found.record.id)
                held = _held("record", "/".join(place), found.decision, values_of(found.record))
                for each in (held, *self._joined_to(place)):
                    yield _restricted(each, grounds[place]) if grounds.get(place) else each

    def _joined_to(self, place: _Place) -> Iterator[Held]:
        yield from self._cases_of(CaseFilter(register=place[0], record_id=place[1], most=ALL))
        yield from self._identified(place)
        for each in self._mentioning(place):
            yield _held("mention", f"{each.report[:12]}, mention {each.number}", f"{each.state}: {each.text}", {})

    def _identified(self, place: _Place) -> Iterator[Held]:
        """Return the encounters somebody identified as a record: who was met may have shown another name."""
        said = self._book.state.identifications(register=place[0], record_id=place[1])
        newest = {row.encounter: row.verdict for row in said}
        for number, verdict in newest.items():
            if verdict != "not-same":
                text = f"identified as {'/'.join(place)}: {verdict}"
                yield from self._encounter(self._book.state.encounter(number), text)

    def _met(self) -> Iterator[Held]:
        for met in self._book.state.encounters(ALL):
            if self._is_about(decode(met.line)):
                yield from self._encounter(met)

    def _encounter(self, met: EncounterRow, said: str = "") -> Iterator[Held]:
        if met.id in self._encounters:
            return
        self._encounters.add(met.id)
        text = f"{met.kind} in {met.country} {met.time}, asked {', '.join(met.circles) or 'nobody'} for {met.purpose}"
        shown = "; ".join(filter(None, (text, said)))
        yield _held("encounter", str(met.id), shown, values_of(decode(met.line)), met.at)
        yield from self._cases_of(CaseFilter(encounter=met.id, most=ALL))

    def _asked(self) -> Iterator[Held]:
        for circle in self._book.circles.names():
            for query in self._book.node.state.queries(circle):
                if query.line.startswith(b"{") and self._is_about(decode(query.line)):
                    text = f"asked circle {circle} for {query.purpose}"
                    yield _held("query", str(query.id), text, values_of(decode(query.line)), query.at)
                    yield from self._cases_of(CaseFilter(query=query.id, most=ALL))

    def _cases_of(self, which: CaseFilter) -> Iterator[Held]:
        for case in self._book.state.case_rows(which):
            if case.id not in self._cases:
                self._cases.add(case.id)
                yield from self._case(case)

    def _case(self, case: CaseRow) -> Iterator[Held]:
        text = f"{case.stage} with {case.partner} in circle {case.circle}, purpose {case.purpose}"
        is_theirs = not case.record_id  # a hit says that the partner has a record, and it answers for it
        values: dict[str, object] = {"met": list(case.met)} if any(case.met) and not is_theirs else {}
        yield _held("case", str(case.id), text, values, case.opened_at, is_theirs=is_theirs)
        for row in self._book.state.disclosures(case=case.id):
            if row.direction == "in":
                yield _copy(row)
                continue
            said = f"{', '.join(row.fields)} to {row.partner} under {row.handling} until {row.expires_at:%Y-%m-%d}: {row.state}"
            yield _held("disclosed", row.digest[:16], said, {}, case.opened_at)

    def _received(self) -> Iterator[Held]:
        for row in self._book.state.disclosures(direction="in", held=True):
            if row.case not in self._cases and self._is_about(record_of(msgspec.json.decode(row.values, type=dict[str, object]))):
                yield _copy(row)

    def _namesakes(self) -> Iterator[Held]:
        for row in self._book.state.not_me_rows(held=True):
            if self._is_about(decode(row.line)):
                yield _held(
                    "not-me", str(row.id), "remembered as a namesake, with consent", values_of(decode(row.line)), at=row.at
                )

    def _is_about(self, other: Record) -> bool:
        """Tell whether something is likely about the person; a human sorts out the rest."""
        return explain(self._person, other, prior_bits=ASKED_PRIOR_BITS).decision != "non-link"


def _copy(row: DisclosedRow) -> Held:
    text = f"{', '.join(row.fields)} of {row.owner}, under {row.handling}, until {row.expires_at:%Y-%m-%d}: {row.state}"
    return _held("received", str(row.case), f"{text}; its owner answers for it", {}, is_theirs=True)


def _held(
    kind: str, where: str, text: str, values: dict[str, object], at: datetime | None = None, *, is_theirs: bool = False
) -> Held:
    return Held(kind=kind, where=where, at=at, text=text, values=values, is_restricted=is_theirs)


def _restricted(each: Held, ground: str) -> Held:
    return replace(each, text=f"restricted: {ground}", values={}, is_restricted=True)
