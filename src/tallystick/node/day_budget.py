"""How many messages after a hit this node takes from a partner in one circle: so many a day, as a bucket that fills evenly.

Questions are paid in points that a circle agrees on; who has hits could still open handles and tell of them without end, with an
alert for people each time. What takes data back is never held up.

Spec: spec/casework-v1.md, section 1.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from tallystick.errors import QueryBudgetError
from tallystick.node.pace import Pace

DAY_S: Final = 86_400
OTHERS: Final = 4
"""So many messages of a day's cases may be about what follows, for each that may begin one."""
FREE: Final = frozenset({"recall", "acknowledgement", "missing", "expiry"})
"""Kinds of messages that take data back, or say that it was: taken whatever a partner sent before."""


Taken = Callable[[str, str, datetime], Sequence[datetime]]
"""Says when messages of a member in a circle were taken since a moment, earliest first."""


def nothing_yet(_circle: str, _member: str, _since: datetime) -> Sequence[datetime]:
    """Return that nothing was taken before."""
    return ()


class DayBudget:
    """One kind of messages, of every partner in every circle; for several threads.

    It begins as the last day left it: a restart gives nobody more.
    """

    def __init__(self, a_day: int, taken: Taken = nothing_yet) -> None:
        """Take how many there may be a day, and at once, and what says how many there were."""
        self._a_day = a_day
        self._taken = taken
        self._paces: dict[tuple[str, str], Pace] = {}
        self._lock = threading.Lock()

    @contextmanager
    def paid(self, circle: str, member: str, now_s: float) -> Iterator[None]:
        """Take one message of a partner; one that is refused within costs nothing, since a sender repeats it.

        Raises:
            QueryBudgetError: it has sent as many as it may; it is told when there is room for one more.
        """
        with self._lock:
            pace = self._paces.get((circle, member)) or self._begun(circle, member, now_s)
            wait_s = pace.take(now_s)
        if wait_s:
            error = QueryBudgetError(
                f"{member} has told of more hits in circle {circle} than {self._a_day} a day",
                hint="if that is right, raise notices_a_day in node.toml",
            )
            error.retry_after_s = int(wait_s) + 1
            raise error
        try:
            yield
        except BaseException:
            with self._lock:
                pace.give_back()
            raise

    def _begun(self, circle: str, member: str, now_s: float) -> Pace:
        """Return what is left of a partner's budget after what was taken of it in the last day."""
        since = now_s - DAY_S
        pace = Pace(self._a_day, DAY_S / self._a_day, since)
        for at in self._taken(circle, member, datetime.fromtimestamp(since, UTC)):
            pace.take(at.timestamp())
        self._paces[circle, member] = pace
        return pace
