"""Remembers nonces for as long as their signature could be accepted again.

Keeps no clock. After a restart nothing is remembered; therefore nothing made before the start is accepted
(spec/exchange-v1.md, section 8.2).
"""

import threading
from collections import deque
from datetime import datetime, timedelta

from tallystick.errors import NotAuthorizedError

MOST_NONCES = 1_000_000
"""Beyond this many in two minutes nobody is let in: memory is bounded, and no nonce is forgotten early."""


class NonceCache:
    """The nonces of the last minutes; for several threads."""

    def __init__(self, started: datetime, skew: timedelta) -> None:
        """Begin with nothing.

        Args:
            started: when this process began; older signatures are refused.
            skew: how far a signature's time may be from ours, either way.
        """
        self._started = started
        self._kept_for = 2 * skew
        self._seen: set[tuple[str, str]] = set()
        self._order: deque[tuple[datetime, tuple[str, str]]] = deque()
        self._lock = threading.Lock()

    def use(self, key_id: str, nonce: str, created: datetime, now: datetime) -> None:
        """Take a nonce.

        Raises:
            NotAuthorizedError: it was used before, or its signature is older than this process.
        """
        if created < self._started.replace(microsecond=0):
            raise NotAuthorizedError("a request was signed before this node started", hint="send it again")
        mark = (key_id, nonce)
        with self._lock:
            self._forget(now)
            if mark in self._seen:
                raise NotAuthorizedError("a nonce was used twice", hint="never send a signed request again; sign it anew")
            if len(self._order) >= MOST_NONCES:
                raise NotAuthorizedError("too many requests in two minutes", hint="wait")
            self._seen.add(mark)
            self._order.append((now, mark))

    def _forget(self, now: datetime) -> None:
        while self._order and now - self._order[0][0] > self._kept_for:
            self._seen.discard(self._order.popleft()[1])
