"""Salted commitments: a log says that a query was about somebody, and only who has the salt can tell about whom.

Draws no randomness: secrets are passed in, 32 bytes from a secure generator, new for each question, kept outside the log.

Rules
 1. The commitment to one record is SHA-256(LABEL || salt || line); LABEL and salt have a fixed length, so nothing can be shifted
    between parts. To several it is the root of the tree over the commitments to each: one is opened, the others stay closed.
 2. A query is committed as its canonical line in the record format.
 3. Salts of one question are made from its secret and the hash of its request: no two entries have one salt, and who is given
    the salt of one learns nothing of another.

Spec: spec/audit-log-v1.md, section 4.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tallystick.audit.tree import complete_root, inclusion_proof, leaf_hash, root_hash, verify_inclusion
from tallystick.errors import InputError, IntegrityError

LABEL = b"tallystick/audit-log/v1/query\n"
SALT_BYTES = 32
MOST_OPENING_BYTES = 8192
"""Of an opening as text; none of up to 2^63 records is longer."""
_OPENING = re.compile(r"([0-9a-f]{64})\n(?:(0|[1-9][0-9]{0,18}) ([1-9][0-9]{0,18})\n((?:[0-9a-f]{64}\n)*))?\Z")


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment for one record.

    Attributes:
        salt: its 32 bytes.
        index, size: which of how many records of the entry it is.
        path: hashes from its commitment to the entry's, as in an inclusion proof; empty of a single record.
    """

    salt: bytes = field(repr=False)
    index: int = 0
    size: int = 1
    path: tuple[bytes, ...] = ()


def salt_of(secret: bytes, request: bytes, number: int = 0) -> bytes:
    """Return the salt for one record of one request.

    Args:
        secret: 32 random bytes, drawn for one question and used for no other.
        request: hash of the request's body, as its entry holds it.
        number: which record of the request, from 0.
    """
    return hmac.digest(secret, request + number.to_bytes(4), "sha256")


def commit(salt: bytes, query: bytes) -> bytes:
    """Return the commitment to one record, 32 bytes.

    Raises:
        InputError: the salt is not 32 bytes long.
    """
    if len(salt) != SALT_BYTES:
        raise InputError(f"salt is not {SALT_BYTES} bytes long", hint="give the salt of this very entry")
    return hashlib.sha256(LABEL + salt + query).digest()


def commit_all(commitments: Sequence[bytes]) -> bytes:
    """Return what an entry holds: the commitment to its one record, or the root over those to its several."""
    return commitments[0] if len(commitments) == 1 else root_hash(len(commitments), _Hashes(commitments))


def opening_of(commitments: Sequence[bytes], index: int, salt: bytes) -> Opening:
    """Return what opens an entry for one of its records.

    Args:
        commitments: to all of them, in order.
        index: which.
        salt: its salt.
    """
    path = () if len(commitments) == 1 else tuple(inclusion_proof(index, len(commitments), _Hashes(commitments)))
    return Opening(salt, index, len(commitments), path)


def verify_commitment(commitment: bytes, opening: Opening, query: bytes) -> None:
    """Check that a commitment is to this query.

    Raises:
        InputError: the salt is not 32 bytes long.
        IntegrityError: it is to another query, or the opening is another's.
    """
    one = commit(opening.salt, query)
    if opening.size == 1:
        found = hmac.compare_digest(commitment, one) and not opening.path and opening.index == 0
    else:
        found = _is_in(one, opening, commitment)
    if not found:
        raise IntegrityError("the entry is not about this query", hint="salt and query must be exactly those of the time")


def encode_opening(opening: Opening) -> str:
    """Return an opening as text: the salt; of an entry about several records also the place and the path."""
    lines = [opening.salt.hex()]
    if opening.size > 1:
        lines += [f"{opening.index} {opening.size}", *(each.hex() for each in opening.path)]
    return "".join(f"{line}\n" for line in lines)


def decode_opening(text: str) -> Opening:
    """Read an opening.

    Raises:
        InputError: it is none.
    """
    found = _OPENING.match(text if text.endswith("\n") else f"{text}\n") if len(text) <= MOST_OPENING_BYTES else None
    if found is None:
        raise InputError(
            "this is no salt", hint="a salt is 64 hexadecimal digits; its owner writes it with `tallystick audit open`"
        )
    salt, index, size, path = found.groups()
    if size is None:
        return Opening(bytes.fromhex(salt))
    return Opening(bytes.fromhex(salt), int(index), int(size), tuple(map(bytes.fromhex, path.split())))


class _Hashes:
    """The hashes of complete subtrees over some commitments; see `audit.tree.HashAt`."""

    def __init__(self, commitments: Sequence[bytes]) -> None:
        self._leaves = [*map(leaf_hash, commitments)]

    def __call__(self, height: int, index: int) -> bytes:
        return complete_root(self._leaves[index << height : (index + 1) << height])


def _is_in(one: bytes, opening: Opening, root: bytes) -> bool:
    try:
        verify_inclusion(leaf_hash(one), opening.index, opening.size, opening.path, root)
    except (IntegrityError, InputError):
        return False
    return True
