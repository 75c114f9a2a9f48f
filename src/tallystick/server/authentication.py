"""Finds out who sent a request, or refuses it: certificate, signature, time and nonce.

Says nothing about what the sender may do. Every refusal is the same to the outside; the reason stays in the error.

Spec: spec/exchange-v1.md, sections 6.3 (steps 2 and 3) and 8.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from tallystick.adapters.message_signatures import CLOCK_SKEW, SignedRequest, claimed_key_id, verify_request
from tallystick.adapters.pki import is_issued_by
from tallystick.errors import NotAuthorizedError
from tallystick.server.nonces import NonceCache


class KnownKey(Protocol):
    """What is known of a signing key: whose it is, and which root its connections come from."""

    @property
    def member(self) -> str: ...
    @property
    def signing_key(self) -> bytes: ...
    @property
    def root(self) -> bytes: ...


class Doorkeeper:
    """Lets partners in, by their keys."""

    def __init__(
        self, known: Callable[[str], Sequence[KnownKey]], started: datetime, everybody: Callable[[], Iterable[KnownKey]]
    ) -> None:
        """Begin.

        Args:
            known: finds what is known of a key id: nothing for a stranger, more than one where cards of several circles name it.
            started: when the process began.
            everybody: all keys that are known.
        """
        self._known = known
        self._everybody = everybody
        self._nonces = NonceCache(started, CLOCK_SKEW)

    def admit(self, request: SignedRequest, certificate: bytes | None, now: datetime) -> KnownKey:
        """Return who the sender is: a member id says that only together with its key and root, ids are names within a circle.

        Raises:
            NotAuthorizedError: any of it does not hold.
            UnavailableError: so many requests came lately that no further nonce can be remembered.
        """
        name = claimed_key_id(request.headers)
        keys = self._known(name)
        if not keys:
            raise NotAuthorizedError("a request is signed with an unknown key", hint="have the sender's card agreed first")
        key = next((each for each in keys if certificate is not None and _issued_by(certificate, each.root)), None)
        if key is None:
            raise NotAuthorizedError(
                f"member {keys[0].member} connected with a certificate of another organisation",
                hint="compare the roots of both cards",
            )
        signed = verify_request(request, (name, key.signing_key), now)
        self._nonces.use(signed.key_id, signed.nonce, signed.created, now)
        return key

    def owner(self, certificate: bytes | None) -> str:
        """Return the member whose organisation issued a certificate; empty for nobody's."""
        if certificate is None:
            return ""
        return next((each.member for each in self._everybody() if _issued_by(certificate, each.root)), "")


@lru_cache(maxsize=1024)
def _issued_by(certificate: bytes, root: bytes) -> bool:
    return is_issued_by(certificate, root)
