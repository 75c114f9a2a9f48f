"""Remembers nonces for as long as their signature could be accepted again.

Keeps no clock. Of a nonce 16 bytes are kept, a digest under a key that this process drew, among those whose signatures were made
in the same seconds. Those go together, once none of them could be accepted any more.

Rules
 1. What was forgotten is not accepted again, whatever the clock does: nothing made before the horizon is. It begins with the
    second in which this process started, as nothing from before is remembered, and moves on with what is forgotten.
 2. Memory is bounded. When it is full, what comes is refused; nothing is forgotten early.

Spec: spec/exchange-v1.md, section 8.2.
"""

import hashlib
import secrets
import threading
from datetime import datetime, timedelta
from typing import Final

from tallystick.errors import NotAuthorizedError, UnavailableError

MOST_NONCES: Final = 1_000_000
"""More than this are not remembered at a time: some 150 MB, and twenty times what a node can answer in two minutes."""
SPAN_S: Final = 10
"""Nonces whose signatures were made within so many seconds go together."""
_MARK_BYTES = 16


class NonceCache:
    """The nonces of the last minutes; for several threads."""

    def __init__(self, started: datetime, skew: timedelta, most: int = MOST_NONCES) -> None:
        """Begin with nothing.

        Args:
            started: when this process began; older signatures are refused.
            skew: how far a signature's time may be from ours, either way.
            most: how many are remembered at a time.
        """
        self._horizon_s = int(started.timestamp())
        self._skew_s = skew.total_seconds()
        self._most = most
        self._key = secrets.token_bytes(_MARK_BYTES)
        self._seen: dict[int, set[bytes]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many are remembered."""
        return self._count

    def use(self, key_id: str, nonce: str, created: datetime, now: datetime) -> None:
        """Take a nonce.

        Args:
            key_id: whose signature it stands in.
            nonce: what it is.
            created: when the signature was made, a whole second within the skew of now.
            now: this moment.

        Raises:
            NotAuthorizedError: it was used before, or its signature is older than what is remembered.
            UnavailableError: there is no room to remember it.
        """
        mark = self._mark(key_id, nonce)
        made_s = int(created.timestamp())
        with self._lock:
            self._forget(now)
            if made_s < self._horizon_s:
                raise NotAuthorizedError("a request was signed before what this node remembers", hint="sign it anew")
            if any(mark in each for each in self._seen.values()):
                raise NotAuthorizedError("a nonce was used twice", hint="never send a signed request again; sign it anew")
            if self._count >= self._most:
                raise UnavailableError(f"more than {self._most} requests within {2 * self._skew_s:.0f} s", hint="ask again later")
            self._seen.setdefault(made_s // SPAN_S, set()).add(mark)
            self._count += 1

    def _mark(self, key_id: str, nonce: str) -> bytes:
        return hashlib.blake2b(f"{key_id} {nonce}".encode(), key=self._key, digest_size=_MARK_BYTES).digest()

    def _forget(self, now: datetime) -> None:
        oldest_s = now.timestamp() - self._skew_s
        for span in [span for span in self._seen if (span + 1) * SPAN_S <= oldest_s]:
            self._count -= len(self._seen.pop(span))
            self._horizon_s = max(self._horizon_s, (span + 1) * SPAN_S)
