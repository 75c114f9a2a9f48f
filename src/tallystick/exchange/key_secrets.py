"""From outputs of the OPRF to key secrets, and from key secrets to what stands in an index (spec/exchange-v1.md, section 4).

The core computes; this is its face. A key secret is 32 bytes, a handle 7, a tag 8, a notch 15; many of them stand one after
the other in one bytes object.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tallystick import _native
from tallystick.errors import LocalProtocolError

OUTPUT_BYTES: Final = 64
SECRET_BYTES: Final = 32
HANDLE_BYTES: Final = 7
TAG_BYTES: Final = 8
NOTCH_BYTES: Final = 15
RUN: Final = 4
COUNTERS: Final = 64


def key_secrets(outputs: bytes) -> bytes:
    """Return the key secrets of outputs, one after the other."""
    return _native.exchange_key_secrets(outputs)


def notch(secret: bytes, counter: int, handle: bytes) -> bytes:
    """Return the notch of a record under one counter of a key."""
    return _native.exchange_notch(secret, counter, handle)


def new_handles(count: int, seed: bytes) -> bytes:
    """Return handles that differ from each other.

    Args:
        count: how many.
        seed: 32 random bytes, used for nothing else.
    """
    return _native.exchange_handles(count, seed)


def rows(data: bytes, width: int) -> Iterator[bytes]:
    """Yield what stands one after the other."""
    return (data[at : at + width] for at in range(0, len(data), width))


@dataclass(frozen=True, slots=True)
class KeySecrets:
    """Key secrets of a requester's own records under one epoch of one responder. Shows none of them.

    Attributes:
        secrets: 32 bytes each.
        records: number of the own record that each belongs to.
        weights: what each key weighs, in tenths of a bit.
    """

    secrets: bytes = field(default=b"", repr=False)
    records: "array[int]" = field(default_factory=lambda: array("I"), repr=False)
    weights: "array[int]" = field(default_factory=lambda: array("H"), repr=False)

    def __post_init__(self) -> None:
        if not len(self.secrets) == SECRET_BYTES * len(self.records) == SECRET_BYTES * len(self.weights):
            raise LocalProtocolError("not as many key secrets as records and weights")

    def __len__(self) -> int:
        return len(self.records)

    def secret(self, position: int) -> bytes:
        """The key secret at a position."""
        return self.secrets[position * SECRET_BYTES : (position + 1) * SECRET_BYTES]

    def without(self, positions: "list[int]") -> "KeySecrets":
        """All but those at some positions, which are in order."""
        secrets, records, weights = [], array("I"), array("H")
        view, start = memoryview(self.secrets), 0
        for end in (*positions, len(self)):
            secrets.append(view[start * SECRET_BYTES : end * SECRET_BYTES])
            records.extend(self.records[start:end])
            weights.extend(self.weights[start:end])
            start = end + 1
        return KeySecrets(b"".join(secrets), records, weights)

    def only(self, positions: "list[int]") -> "KeySecrets":
        """Those at some positions."""
        return KeySecrets(
            b"".join(map(self.secret, positions)),
            array("I", [self.records[at] for at in positions]),
            array("H", [self.weights[at] for at in positions]),
        )


def concatenated(parts: Iterable[KeySecrets]) -> KeySecrets:
    """Return the key secrets of many questions as one: what a bulk question gives, before a watch begins."""
    secrets, records, weights = [], array("I"), array("H")
    for part in parts:
        secrets.append(part.secrets)
        records.extend(part.records)
        weights.extend(part.weights)
    return KeySecrets(b"".join(secrets), records, weights)
