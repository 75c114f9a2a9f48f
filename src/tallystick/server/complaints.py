"""Tells the operator of what is refused, at a rate that nobody outside can drive: the rest is counted.

A kind of message has room for some lines at once and one more from time to time; the line that comes next says how many
were left out before it.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from tallystick.node.pace import Pace

AT_ONCE: Final = 20
EVERY_S: Final = 10.0

log = structlog.get_logger("tallystick.server")


@dataclass(slots=True)
class _Room:
    pace: Pace
    left_out: int = 0


class Complaints:
    """What is told, by kind; for several threads. Kinds are words of ours, never of a peer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, _Room] = {}
        self._lock = threading.Lock()

    def tell(self, kind: str, **ids: str) -> None:
        """Write a line, if there is room for one of this kind."""
        with self._lock:
            now_s = self._clock()
            room = self._rooms.setdefault(kind, _Room(Pace(AT_ONCE, EVERY_S, now_s)))
            if room.pace.take(now_s):
                room.left_out += 1
                return
            left_out, room.left_out = room.left_out, 0
        log.warning(kind, **ids, **({"left_out": left_out} if left_out else {}))
