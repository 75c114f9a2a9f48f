"""Salted commitments: a log says that a query was about somebody, and only who has the salt can tell about whom.

Draws no randomness: the salt is passed in, 32 bytes from a secure generator, a new one for each commitment, kept outside the log.

Rules
 1. commitment = SHA-256(LABEL || salt || query); LABEL and salt have a fixed length, so nothing can be shifted between parts.
 2. The query is committed as its canonical line in the record format.

Spec: spec/audit-log-v1.md, section 4.
"""

import hashlib
import hmac

from tallystick.errors import InputError, IntegrityError

LABEL = b"tallystick/audit-log/v1/query\n"
SALT_BYTES = 32


def commit(salt: bytes, query: bytes) -> bytes:
    """Return the commitment to a query, 32 bytes.

    Raises:
        InputError: the salt is not 32 bytes long.
    """
    if len(salt) != SALT_BYTES:
        raise InputError(f"salt is not {SALT_BYTES} bytes long", hint="give the salt of this very entry")
    return hashlib.sha256(LABEL + salt + query).digest()


def verify_commitment(commitment: bytes, salt: bytes, query: bytes) -> None:
    """Check that a commitment is to this query.

    Raises:
        InputError: the salt is not 32 bytes long.
        IntegrityError: it is to another query, or the salt is another's.
    """
    if not hmac.compare_digest(commitment, commit(salt, query)):
        raise IntegrityError("the entry is not about this query", hint="salt and query must be exactly those of the time")
