"""Counts who asks, who answers, how fast, and what is offered to whom. Reads cases and log; shows no person.

Rules
 1. A question is counted from the log, a hit and its course from the cases.
 2. What is offered is what the newest index of ours holds.
 3. A time to answer is from the request to its approval or refusal, as this node saw both.
"""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from tallystick.errors import Error
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.people_ports import Counts
from tallystick.node.casework.people_views import CoordinationReport, PartnerLine
from tallystick.node.casework.ports import CaseRow
from tallystick.review import events
from tallystick.review.cases import replay
from tallystick.review.events import AnyEvent


@dataclass(frozen=True, slots=True)
class _Course:
    """What one case adds to a sum; kept until it has further events.

    Attributes:
        events: how many it had.
        side, stage, waiting_for, due_at, cross_border: as the case is.
        requests: how many there were.
        waits: how long each answer took.
        lacks_outcome: a hit whose holder was told and that has no outcome.
    """

    events: int
    side: str
    stage: str
    waiting_for: str
    due_at: datetime | None
    cross_border: bool
    requests: int
    waits: tuple[timedelta, ...]
    lacks_outcome: bool


class Coordination:
    """The coordination report of one node."""

    def __init__(self, book: CaseBook, counts: Counts) -> None:
        self._book = book
        self._counts = counts
        self._courses: dict[int, tuple[tuple[str, str], _Course]] = {}
        self._lock = threading.Lock()

    def report(self) -> CoordinationReport:
        """Count everything up to now."""
        now, courses = self._book.node.now(), self._by_partner()
        counts, waiting = self._counts(), self._undelivered()
        lines = []
        for circle in self._book.circles.names():
            offered = self._offered(circle)
            for card in self._book.circles.view(circle).agreement.members:
                place = (circle, card.id)
                if card.id != self._book.node.id:
                    logged = (*counts.get(place, (0, 0)), *offered, waiting[place])
                    lines.append(_line(place, courses[place], logged, now))
        return CoordinationReport(organisation=self._book.node.id, at=now, lines=tuple(lines))

    def warm(self) -> None:
        """Look at what is new, so that the next report is quick."""
        self._by_partner()

    def _by_partner(self) -> dict[tuple[str, str], list[_Course]]:
        with self._lock:
            counted = self._book.state.event_counts()
            for number in self._courses.keys() - counted.keys():
                del self._courses[number]
            for number, count in counted.items():
                known = self._courses.get(number)
                if known is None or known[1].events != count:
                    row = self._book.state.case_row(number)
                    self._courses[number] = (row.circle, row.partner), _course(row, self._book.history(number))
            found: dict[tuple[str, str], list[_Course]] = defaultdict(list)
            for place, course in self._courses.values():
                found[place].append(course)
            return found

    def _undelivered(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = defaultdict(int)
        for message in self._book.state.outbox():
            row = self._book.state.case_row(message.case)
            found[row.circle, row.partner] += 1
        return found

    def _offered(self, circle: str) -> tuple[int, int]:
        """Return how many records a circle may find, and how many the registers it was offered hold."""
        registers = [offer.register for offer in self._book.node.state.offers(circle)]
        try:
            return self._book.state.offered_count(circle), sum(self._book.persons.size(name) for name in registers)
        except Error:  # a register that is gone is offered to nobody
            return 0, 0


def _course(row: CaseRow, history: list[AnyEvent]) -> _Course:
    case = replay(row.side, history)
    asked: datetime | None = None
    requests, waits = 0, list[timedelta]()
    for event in history:
        if isinstance(event, events.Requested):
            asked = event.at
            requests += 1
        elif asked is not None and isinstance(event, events.Disclosed | events.Refused):
            waits.append(event.at - asked)
            asked = None
    lacks = row.side == "requester" and case.told_at is not None and case.outcome is None
    return _Course(
        len(history),
        row.side,
        case.stage,
        case.waiting_for,
        case.due_at,
        case.cross_border is True,
        requests,
        tuple(waits),
        lacks,
    )


def _line(place: tuple[str, str], courses: list[_Course], logged: tuple[int, ...], now: datetime) -> PartnerLine:
    asked, answered, offered, size, undelivered = logged
    mine = [each for each in courses if each.side == "requester"]
    theirs = [each for each in courses if each.side == "holder"]
    overdue = Counter(each.waiting_for for each in courses if each.due_at is not None and now > each.due_at)
    return PartnerLine(
        circle=place[0], partner=place[1], asked=asked, answered=answered, offered=offered, register_size=size, hits=len(mine),
        open_alerts=sum(each.stage == "alert" for each in courses), requests_sent=sum(each.requests for each in mine),
        answers_received=sum(len(each.waits) for each in mine), answer_hours=_hours(mine),
        requests_received=sum(each.requests for each in theirs), answers_given=sum(len(each.waits) for each in theirs),
        own_answer_hours=_hours(theirs), overdue_us=overdue["us"], overdue_them=overdue["them"],
        without_outcome=sum(each.lacks_outcome for each in mine), cross_border=sum(each.cross_border for each in courses),
        recalls_open=sum(each.stage == "recalled" for each in theirs), undelivered=undelivered,
    )  # fmt: skip


def _hours(courses: list[_Course]) -> float | None:
    found = [wait.total_seconds() / 3600 for each in courses for wait in each.waits]
    return round(median(found), 2) if found else None
