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

AT_ONCE: Final = 20
EVERY_S: Final = 10.0

log = structlog.get_logger("tallystick.server")


@dataclass(slots=True)
class _Room:
    lines: float
    at_s: float
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
            now = self._clock()
            room = self._rooms.setdefault(kind, _Room(AT_ONCE, now))
            room.lines = min(AT_ONCE, room.lines + (now - room.at_s) / EVERY_S)
            room.at_s = now
            if room.lines < 1:
                room.left_out += 1
                return
            room.lines -= 1
            left_out, room.left_out = room.left_out, 0
        log.warning(kind, **ids, **({"left_out": left_out} if left_out else {}))
