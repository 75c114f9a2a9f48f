"""How long whoever guesses passwords or codes has to wait, and the count of it for names that nobody has.

A name that nobody has is counted as an account is, so that the wait tells nobody which names there are. It is counted in memory,
by its digest, for the last `_MOST_NAMES` of them.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from tallystick.errors import NotAuthorizedError

FREE_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=30)
FORGIVEN_AFTER: Final = timedelta(hours=12)
_MOST_NAMES: Final = 10_000


def counted(failures: int, failed_at: datetime | None, now: datetime) -> int:
    """Return how many failures there are with an attempt that is made now.

    Args:
        failures: attempts since the last success.
        failed_at: when the last of them was.
        now: the moment.

    Raises:
        NotAuthorizedError: it is not yet time for the next attempt.
    """
    since = now - failed_at if failed_at else FORGIVEN_AFTER
    standing = 0 if since >= FORGIVEN_AFTER else failures
    if since < _wait(standing):
        raise NotAuthorizedError("too many attempts", hint="wait some minutes, or ask an administrator for a new password")
    return standing + 1


class UnknownNames:
    """Attempts under names that nobody has. Not for several threads: whoever holds one locks."""

    def __init__(self) -> None:
        self._tried: dict[bytes, tuple[int, datetime]] = {}

    def count(self, name: str, now: datetime) -> None:
        """Count an attempt; errors as for `counted`."""
        digest = hashlib.sha256(name.encode()).digest()
        before = self._tried.get(digest)
        failures = counted(*before, now) if before else 1
        if before is None and len(self._tried) >= _MOST_NAMES:
            del self._tried[next(iter(self._tried))]
        self._tried[digest] = failures, now.replace(microsecond=0)  # as an account is kept


def _wait(failures: int) -> timedelta:
    if failures < FREE_TRIES:
        return timedelta()
    return min(FIRST_WAIT * (1 << min(failures - FREE_TRIES, 16)), LONGEST_WAIT)
