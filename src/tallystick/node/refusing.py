"""Records what this node refuses its partners: each in an entry of its own up to a bound, what is more by its number.

Rules
 1. A refusal is in the log before it is sent; a partner that is refused all the time cannot make the log grow as it likes.
 2. A circle is named only where the partner is a member of it here: nothing a partner made up gets into the log.
 3. What was only counted is entered as soon as there is room again, at the end of the process at the latest.

Spec: spec/exchange-v1.md, sections 6.3 and 10.
"""

import hashlib
import threading
from dataclasses import dataclass
from typing import Final

from tallystick.audit.entries import AnyEntry, QueryRefused, RefusalsCounted, RequestRefused
from tallystick.errors import InputError
from tallystick.node.circles import Circles
from tallystick.node.context import NodeContext, whole
from tallystick.node.pace import Pace

AT_ONCE: Final = 256
"""Refusals of one partner that are entered one by one, soon after each other."""
EVERY_S: Final = 300
"""After those there is room for one more in so many seconds."""


@dataclass(slots=True)
class _Room:
    """How many entries a partner may still cause, and how many refusals were counted only."""

    pace: Pace
    counted: int = 0


class Refusals:
    """What was refused; for several threads."""

    def __init__(self, node: NodeContext, circles: Circles) -> None:
        self._node = node
        self._circles = circles
        self._rooms: dict[str, _Room] = {}
        self._lock = threading.Lock()

    def enter(self, peer: str, reason: str, body: bytes, *, circle: str = "", is_question: bool = False) -> None:
        """Record a refusal, before it is sent.

        Args:
            peer: the partner that is refused.
            reason: the name of the problem it is told, or what its connection did.
            body: what it sent, as far as it was read.
            circle: the circle its message named, if any.
            is_question: whether it asked for evaluation.

        Raises:
            UnavailableError: it cannot be recorded.
        """
        time = whole(self._node.now())
        with self._lock:
            room = self._rooms.setdefault(peer, _Room(Pace(AT_ONCE, EVERY_S, self._node.seconds())))
            if room.pace.take(self._node.seconds()):
                room.counted += 1
                return
            counted, room.counted = room.counted, 0
        entries: list[AnyEntry] = [RefusalsCounted(time=time, peer=peer, count=counted)] if counted else []
        known, request = self._known(circle, peer), hashlib.sha256(body).digest()
        if known and is_question:
            entries.append(QueryRefused(time=time, peer=peer, circle=known, reason=reason, request=request))
        else:
            entries.append(RequestRefused(time=time, peer=peer, circle=known, reason=reason, request=request))
        self._node.record(entries)

    def settle(self, *, at_the_end: bool = False) -> None:
        """Record what was only counted, where there is room; at the end of the process in any case."""
        entries: list[AnyEntry] = []
        with self._lock:
            for peer, room in self._rooms.items():
                if room.counted and (at_the_end or not room.pace.take(self._node.seconds())):
                    entries.append(RefusalsCounted(time=whole(self._node.now()), peer=peer, count=room.counted))
                    room.counted = 0
        if entries:
            self._node.record(entries)

    def _known(self, circle: str, peer: str) -> str | None:
        try:
            members = {card.id for card in self._circles.view(circle).cards} if circle else set()
        except InputError:
            return None
        return circle if peer in members else None
