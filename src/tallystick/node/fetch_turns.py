"""Fetches of partners' indexes that are under way: one at a time of each partner in each circle, and a word to one nobody wants.

Rules
 1. A fetch holds up whoever wants to fetch the same, and nobody else: what this node has of the index is used meanwhile.
 2. One whose partner was dropped ends at its next step; what it had brought is for whoever began it to remove.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tallystick.errors import RefusedError
from tallystick.node.context import Report


class Fetch:
    """One fetch.

    Attributes:
        is_dropped: nobody wants it any more.
    """

    def __init__(self, circle: str, member: str, patience_s: float, is_wanted: Callable[[], bool]) -> None:
        self._circle, self._member, self._patience_s, self._is_wanted = circle, member, patience_s, is_wanted
        self._end = time.monotonic() + patience_s
        self.is_dropped = False

    def check(self) -> None:
        """Go on.

        Raises:
            RefusedError: its partner was dropped, or it takes longer than whoever waits for it can.
        """
        if self.is_dropped or not self._is_wanted():  # or it was dropped before this fetch had its turn
            raise RefusedError(
                f"{self._member} was dropped from circle {self._circle} while its index was fetched; nothing of it is kept",
                hint="nothing is to do; look at the members with `tallystick circle show`",
            )
        if time.monotonic() > self._end:
            raise _too_slow(self._member, self._patience_s)

    def checked(self, report: Report) -> Report:
        """Return a report that checks, too."""

        def told(stage: str, done: int, total: int) -> None:
            self.check()
            report(stage, done, total)

        return told


def _always() -> bool:
    return True


class Fetches:
    """The fetches of one node that are under way; safe for several threads."""

    def __init__(self) -> None:
        self._turns: dict[tuple[str, str], threading.Lock] = {}
        self._going: dict[tuple[str, str], Fetch] = {}
        self._lock = threading.Lock()

    @contextmanager
    def one(self, circle: str, member: str, patience_s: float, is_wanted: Callable[[], bool] = _always) -> Iterator[Fetch]:
        """Fetch from a partner, when nothing else is fetched from it.

        Args:
            circle: where.
            member: the partner.
            patience_s: how long to wait for the turn, and then how long the fetch may take.
            is_wanted: tells whether it is a partner still; whoever waited for the turn may know less.

        Raises:
            RefusedError: it took longer, or the partner was dropped meanwhile.
        """
        place = (circle, member)
        with self._lock:
            turn = self._turns.setdefault(place, threading.Lock())
        if not turn.acquire(timeout=patience_s):
            raise _too_slow(member, patience_s)
        try:
            fetch = Fetch(circle, member, patience_s, is_wanted)
            with self._lock:
                self._going[place] = fetch
            try:
                fetch.check()
                yield fetch
            except Exception:
                if fetch.is_dropped:  # its files were removed under its hands: whatever failed, it is no fault of the partner
                    fetch.check()
                raise
        finally:
            with self._lock:
                self._going.pop(place, None)
            turn.release()

    def drop(self, circle: str, is_gone: Callable[[str], bool]) -> set[str]:
        """Tell the fetches from some members that nobody wants them; return which members those are."""
        with self._lock:
            gone = {member: fetch for (name, member), fetch in self._going.items() if name == circle and is_gone(member)}
        for fetch in gone.values():
            fetch.is_dropped = True
        return set(gone)


def _too_slow(member: str, patience_s: float) -> RefusedError:
    return RefusedError(
        f"the index of {member} was not fetched within {patience_s:.0f} s",
        hint="fetch it with `tallystick sync`, or let the running node do it; then ask again",
    )
