"""Password hashes: argon2id (RFC 9106), with the library's own measure of effort.

No more are computed at a time than `_AT_ONCE`: each takes 64 MiB while it runs.
"""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 4


class Argon2Passwords:
    """Fulfils `node.staff_ports.Passwords`."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    def hashed(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        with self._turn:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, hashed: str) -> bool:
        return self._hasher.check_needs_rehash(hashed)
