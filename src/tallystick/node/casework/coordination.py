"""Counts who asks, who answers, how fast, and what is offered to whom. Reads cases and log; shows no person.

Rules
 1. A question is counted from the log, a hit and its course from the cases.
 2. What is offered is what the newest index of ours holds.
 3. A time to answer is from the request to its approval or refusal, as this node saw both.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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

_Place = tuple[str, str]
"""Circle and partner."""


@dataclass(frozen=True, slots=True)
class _Course:
    """What one case adds to a sum; kept until it has further events.

    Attributes:
        events: how many it had.
        side, stage, waiting_for, due_at, cross_border: as the case is.
        requests: how many there were.
        waits: how long each answer took.
        lacks_outcome: a hit whose holder was told and that has no outcome.
        unheeded: how many footings that we told nobody there has heeded.
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
    unheeded: int


class Coordination:
    """The coordination report of one node."""

    def __init__(self, book: CaseBook, counts: Counts) -> None:
        self._book = book
        self._counts = counts
        self._courses: dict[int, tuple[_Place, _Course]] = {}
        self._sums: dict[_Place, _Sums] = {}
        self._lock = threading.Lock()

    def report(self) -> CoordinationReport:
        """Count everything up to now."""
        now, sums = self._book.node.now(), self._by_partner()
        counts, waiting = self._counts(), self._book.state.outbox_counts()
        lines = []
        for circle in self._book.circles.names():
            offered = self._offered(circle)
            for card in self._book.circles.view(circle).agreement.members:
                place = (circle, card.id)
                if card.id != self._book.node.id:
                    logged = (*counts.get(place, (0, 0)), *offered, waiting.get(place, 0))
                    lines.append(_line(place, sums.get(place) or _sums(()), logged, now))
        return CoordinationReport(organisation=self._book.node.id, at=now, lines=tuple(lines))

    def warm(self) -> None:
        """Look at what is new, so that the next report is quick."""
        self._by_partner()

    def _by_partner(self) -> dict[_Place, "_Sums"]:
        with self._lock:
            changed = self._book.changes.take("coordination")
            try:
                places = self._look_at_all() if changed is None else self._look_at(changed)
            except BaseException:
                self._book.changes.everything("coordination")
                raise
            for place in places:
                self._sums[place] = _sums([course for where, course in self._courses.values() if where == place])
            return dict(self._sums)

    def _look_at_all(self) -> set[_Place]:
        counted = self._book.state.event_counts()
        for number in self._courses.keys() - counted.keys():
            del self._courses[number]
        known = {number: course.events for number, (_, course) in self._courses.items()}
        self._look_at({number for number, count in counted.items() if known.get(number) != count})
        return {place for place, _ in self._courses.values()} | self._sums.keys()

    def _look_at(self, numbers: Iterable[int]) -> set[_Place]:
        places = set[_Place]()
        for number in numbers:
            row = self._book.state.case_row(number)
            place = (row.circle, row.partner)
            self._courses[number] = place, _course(row, self._book.history(number))
            places.add(place)
        return places

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
        replace(case, footings=()).stage,  # an alert nobody has decided on stays one when its report has changed
        case.waiting_for,
        case.due_at,
        case.cross_border is True,
        requests,
        tuple(waits),
        lacks,
        sum(not each.is_heard and each.heeded_at is None for each in case.footings),
    )


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the cases with one partner come to, whatever time it is; `due`: when they are, by who must act, in order."""

    hits: int
    open_alerts: int
    cross_border: int
    mine: tuple[int, int, float | None]
    theirs: tuple[int, int, float | None]
    without_outcome: int
    recalls_open: int
    footings_open: int
    due: dict[str, list[datetime]]


def _sums(courses: Sequence[_Course]) -> _Sums:
    mine = [each for each in courses if each.side == "requester"]
    theirs = [each for each in courses if each.side == "holder"]
    due: dict[str, list[datetime]] = {"us": [], "them": []}
    for each in courses:
        if each.due_at is not None and each.waiting_for in due:
            due[each.waiting_for].append(each.due_at)
    return _Sums(
        hits=len(mine), open_alerts=sum(each.stage == "alert" for each in courses),
        cross_border=sum(each.cross_border for each in courses), mine=_answers(mine), theirs=_answers(theirs),
        without_outcome=sum(each.lacks_outcome for each in mine),
        recalls_open=sum(each.stage == "recalled" for each in theirs), footings_open=sum(each.unheeded for each in courses),
        due={who: sorted(moments) for who, moments in due.items()},
    )  # fmt: skip


def _answers(courses: list[_Course]) -> tuple[int, int, float | None]:
    """Return how many requests there were, how many were answered, and the median hours that took."""
    waits = [wait.total_seconds() / 3600 for each in courses for wait in each.waits]
    return sum(each.requests for each in courses), len(waits), round(median(waits), 2) if waits else None


def _line(place: _Place, sums: _Sums, logged: tuple[int, ...], now: datetime) -> PartnerLine:
    asked, answered, offered, size, undelivered = logged
    sent, heard, hours = sums.mine
    received, given, own_hours = sums.theirs
    return PartnerLine(
        circle=place[0], partner=place[1], asked=asked, answered=answered, offered=offered, register_size=size, hits=sums.hits,
        open_alerts=sums.open_alerts, requests_sent=sent, answers_received=heard, answer_hours=hours, requests_received=received,
        answers_given=given, own_answer_hours=own_hours, overdue_us=bisect_left(sums.due["us"], now),
        overdue_them=bisect_left(sums.due["them"], now), without_outcome=sums.without_outcome, cross_border=sums.cross_border,
        recalls_open=sums.recalls_open, footings_open=sums.footings_open, undelivered=undelivered,
    )  # fmt: skip
