"""What the log of a node says of questions, counted once and continued from there."""

import threading
from collections import Counter
from collections.abc import Mapping

from tallystick.adapters.audit_folder import AuditFiles
from tallystick.audit.entries import AnswerReceived, QueryAnswered, QueryRefused, RefusalsCounted, RequestRefused
from tallystick.node import auditing

COUNTED = "counted"
"""Instead of a reason, for refusals that the log holds by number alone."""


class LoggedCounts:
    """Fulfils `node.casework.people_ports.Counts`."""

    def __init__(self, files: AuditFiles) -> None:
        self._files = files
        self._next = 0
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}
        self._refused: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def __call__(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        """Return (asked, answered) by circle and partner."""
        with self._lock:
            self._go_on()
            return dict(self._counts)

    def refused(self) -> Mapping[tuple[str, str, str], int]:
        """Return how often we refused, by circle, partner and code of the reason."""
        with self._lock:
            self._go_on()
            return dict(self._refused)

    def _go_on(self) -> None:
        for each in auditing.entries(self._files, self._next):
            self._next = max(self._next, each.index + 1)
            if isinstance(each.entry, AnswerReceived | QueryAnswered):
                self._add(each.entry)
            elif isinstance(each.entry, QueryRefused | RequestRefused):
                self._refused[each.entry.circle or "", each.entry.peer, each.entry.reason] += 1
            elif isinstance(each.entry, RefusalsCounted):
                self._refused["", each.entry.peer, COUNTED] += each.entry.count

    def _add(self, entry: AnswerReceived | QueryAnswered) -> None:
        place = (entry.circle, entry.peer)
        asked, answered = self._counts.get(place, (0, 0))
        mine = isinstance(entry, AnswerReceived)
        self._counts[place] = (asked + mine, answered + (not mine))
