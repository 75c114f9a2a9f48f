"""One-time codes of an authenticator: TOTP (RFC 6238) with SHA-1, six digits and 30 seconds, as all authenticators have it."""

from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6


class TimeCodes:
    """Fulfils `node.staff_ports.Codes`."""

    def step(self, at: datetime) -> int:
        return int(at.timestamp()) // STEP_S

    def code(self, secret: bytes, step: int) -> str:
        return _totp(secret).generate(step * STEP_S).decode()

    def uri(self, secret: bytes, name: str, issuer: str) -> str:
        return _totp(secret).get_provisioning_uri(name, issuer)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - what authenticators speak; HMAC-SHA-1 is not broken
