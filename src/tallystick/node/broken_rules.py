"""Records what partners send that the protocol does not allow, or what somebody changed on the way; nothing of it is used.

A partner that lies in every round cannot make the log grow as it likes: some entries soon after each other, then one in a while
that says how many there were since.
"""

import threading
from dataclasses import dataclass
from typing import Final

from tallystick.audit.entries import Other
from tallystick.errors import Error
from tallystick.node.context import NodeContext, whole
from tallystick.node.pace import Pace

AT_ONCE: Final = 32
EVERY_S: Final = 900
_MOST_CHARS = 300


@dataclass(slots=True)
class _Room:
    pace: Pace
    counted: int = 0


class BrokenRules:
    """What partners broke; for several threads."""

    def __init__(self, node: NodeContext) -> None:
        self._node = node
        self._rooms: dict[str, _Room] = {}
        self._lock = threading.Lock()

    def enter(self, circle: str, member: str, error: Error, document: bytes | None = None) -> None:
        """Record that a rule was broken, where there is room; else count it.

        Args:
            circle: where.
            member: the partner.
            error: what was found.
            document: SHA-256 of what came, where it was signed by the partner: kept with it, that is evidence.
        """
        now_s = self._node.seconds()
        with self._lock:
            room = self._rooms.setdefault(member, _Room(Pace(AT_ONCE, EVERY_S, now_s)))
            if room.pace.take(now_s):
                room.counted += 1
                return
            counted, room.counted = room.counted, 0
        since = f" ({counted} more before it)" if counted else ""
        text = f"{circle}, {member}{since}: {type(error).__name__}: {error}"[:_MOST_CHARS]
        self._node.record([Other(time=whole(self._node.now()), kind="broken-rule", text=text, document=document)])
