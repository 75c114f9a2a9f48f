"""What both sides agree on before they speak: the suite and the mode, and the lengths that follow from them.

Source: RFC 9497, sections 3.1 (modes), 4 (suites) and 5.1 (limits).
"""

from enum import IntEnum, StrEnum
from typing import Final

from tallystick import _native
from tallystick.errors import DeserializeError, InvalidInputError

MAX_BATCH: Final = 65_535
"""Most elements in one exchange: the proof numbers them with two bytes. Larger batches are cut by the caller."""

MAX_INPUT_BYTES: Final = 65_534
"""Longest input (RFC 9497, section 5.1)."""


class Mode(IntEnum):
    """Variant of the protocol; its number is part of every hash, so that one mode's messages mean nothing in another."""

    OPRF = 0x00
    """Without proof: the client trusts that the right key was used."""
    VOPRF = 0x01
    """With a proof for each batch, verified against the server's public key."""


class Suite(StrEnum):
    """Group and hash function, under the RFC's identifier: the text that every message names."""

    RISTRETTO255_SHA512 = "ristretto255-SHA512"

    @classmethod
    def _missing_(cls, value: object) -> "Suite":  # noqa: ARG003 - the value is not ours to show
        raise InvalidInputError("this suite is unknown", hint=f"one of: {', '.join(cls)}")

    @property
    def element_bytes(self) -> int:
        """Length of a serialized group element (Ne): a public key, a blinded or evaluated element."""
        return _native.oprf_lengths(self)[0]

    @property
    def scalar_bytes(self) -> int:
        """Length of a serialized scalar (Ns): a secret key."""
        return _native.oprf_lengths(self)[1]

    @property
    def proof_bytes(self) -> int:
        """Length of a proof, whatever the size of its batch: two scalars."""
        return 2 * self.scalar_bytes

    @property
    def output_bytes(self) -> int:
        """Length of an output (Nh)."""
        return _native.oprf_lengths(self)[2]


def check_element(suite: Suite, element: bytes) -> bytes:
    """Return the bytes of a group element as they came, once they are known to be one (RFC 9497, section 2.1).

    Args:
        suite: the suite.
        element: a public key or another element, `suite.element_bytes` long.

    Raises:
        DeserializeError: not the one encoding of an element, or the identity.
    """
    if not _native.oprf_is_element(suite, element):
        raise DeserializeError("these bytes are not a valid group element", hint="ask the other node for its public key again")
    return element
