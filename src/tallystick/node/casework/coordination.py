"""Counts who asks, who answers, how fast, and what is offered to whom. Reads cases and log; shows no person.

Rules
 1. A question is counted from the log, a hit and its course from the cases.
 2. A time to answer is from the request to its approval or refusal, as this node saw both.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from tallystick.errors import Error
from tallystick.node.casework.book import CaseBook
from tallystick.node.casework.people_ports import Counts
from tallystick.node.casework.people_views import CoordinationReport, PartnerLine
from tallystick.node.casework.ports import CaseFilter, CaseRow
from tallystick.node.offering import Offering
from tallystick.review import events
from tallystick.review.cases import Case, replay
from tallystick.review.events import AnyEvent

_ALL = 1 << 30


@dataclass(slots=True)
class _Sum:
    hits: int = 0
    open_alerts: int = 0
    requests: dict[str, int] = field(default_factory=lambda: {"requester": 0, "holder": 0})
    waits: dict[str, list[timedelta]] = field(default_factory=lambda: {"requester": [], "holder": []})
    overdue: dict[str, int] = field(default_factory=lambda: {"us": 0, "them": 0, "nobody": 0})
    without_outcome: int = 0
    cross_border: int = 0
    recalls_open: int = 0


class Coordination:
    """The coordination report of one node."""

    def __init__(self, book: CaseBook, offering: Offering, counts: Counts) -> None:
        self._book = book
        self._offering = offering
        self._counts = counts

    def report(self) -> CoordinationReport:
        """Count everything up to now."""
        now, sums = self._book.node.now(), self._sums()
        counts = self._counts()
        waiting = self._undelivered()
        lines = []
        for circle in self._book.circles.names():
            offered, size = self._offered(circle)
            for card in self._book.circles.view(circle).agreement.members:
                if card.id == self._book.node.id:
                    continue
                place = (circle, card.id)
                lines.append(_line(place, sums[place], counts.get(place, (0, 0)), (offered, size), waiting[place]))
        return CoordinationReport(organisation=self._book.node.id, at=now, lines=tuple(lines))

    def _sums(self) -> dict[tuple[str, str], _Sum]:
        rows = {row.id: row for row in self._book.state.case_rows(CaseFilter(most=_ALL))}
        histories: dict[int, list[AnyEvent]] = defaultdict(list)
        for number, line in self._book.state.all_events():
            histories[number].append(events.decode(line))
        sums: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
        for number, history in histories.items():
            row = rows[number]
            _add(sums[row.circle, row.partner], row, replay(row.side, history), history, self._book.node.now())
        return sums

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
            size = sum(self._book.persons.size(name) for name in registers)
            return sum(1 for _ in self._offering.lines(circle)), size
        except Error:  # a register that is gone is offered to nobody
            return 0, 0


def _add(total: _Sum, row: CaseRow, case: Case, history: list[AnyEvent], now: datetime) -> None:
    mine = row.side == "requester"
    total.hits += mine
    total.open_alerts += case.stage == "alert"
    total.cross_border += case.cross_border is True
    total.without_outcome += mine and case.told_at is not None and case.outcome is None
    total.recalls_open += not mine and case.stage == "recalled"
    if case.is_overdue(now):
        total.overdue[case.waiting_for] += 1
    asked: datetime | None = None
    for event in history:
        if isinstance(event, events.Requested):
            asked = event.at
            total.requests[row.side] += 1
        elif asked is not None and isinstance(event, events.Disclosed | events.Refused):
            total.waits[row.side].append(event.at - asked)
            asked = None


def _line(
    place: tuple[str, str], total: _Sum, counted: tuple[int, int], offered: tuple[int, int], undelivered: int
) -> PartnerLine:
    return PartnerLine(
        circle=place[0], partner=place[1], asked=counted[0], answered=counted[1], offered=offered[0], register_size=offered[1],
        hits=total.hits, open_alerts=total.open_alerts, requests_sent=total.requests["requester"],
        answers_received=len(total.waits["requester"]), answer_hours=_hours(total.waits["requester"]),
        requests_received=total.requests["holder"], answers_given=len(total.waits["holder"]),
        own_answer_hours=_hours(total.waits["holder"]), overdue_us=total.overdue["us"], overdue_them=total.overdue["them"],
        without_outcome=total.without_outcome, cross_border=total.cross_border, recalls_open=total.recalls_open,
        undelivered=undelivered,
    )  # fmt: skip


def _hours(waits: Iterable[timedelta]) -> float | None:
    found = [each.total_seconds() / 3600 for each in waits]
    return round(median(found), 2) if found else None
