"""A sealed index as its readers hold it: a base in segments, deltas on top, and what key secrets open in it.

Rules
 1. A base is any buffer: bytes, or a map of a file. It is never changed; deltas live beside it.
 2. What is refused leaves what was held as it was.

Spec: spec/exchange-v1.md, sections 4 and 5.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, Self, TypeAlias

from tallystick import _native
from tallystick.errors import LocalProtocolError, RemoteProtocolError
from tallystick.exchange.key_secrets import NOTCH_BYTES, TAG_BYTES

Buffer: TypeAlias = bytes | memoryview
"""Bytes, or a view of a mapped file."""

SEGMENT_NOTCHES: Final = 65_536
SEGMENT_BYTES: Final = SEGMENT_NOTCHES * NOTCH_BYTES
MAX_DELTA_BYTES: Final = 64 << 20
_MAGIC: Final = b"TSD1"
_HEAD_BYTES: Final = 20
_HINT: Final = "nothing of it was used; fetch it again, and ask the other node if that does not help"


class Opened(NamedTuple):
    """A notch that a key secret opened: position of the secret, tag, handle."""

    position: int
    tag: bytes
    handle: bytes


@dataclass(frozen=True, slots=True)
class Delta:
    """What changes an index: notches to add and tags to remove, each sorted by tag."""

    epoch: int
    number: int
    added: bytes = field(repr=False)
    removed: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes `encode_delta` makes of it."""
        return _HEAD_BYTES + len(self.added) + len(self.removed)


def encode_delta(delta: Delta) -> bytes:
    """Return a delta's bytes.

    Raises:
        LocalProtocolError: longer than a delta may be.
    """
    counts = (delta.epoch, delta.number, len(delta.added) // NOTCH_BYTES, len(delta.removed) // TAG_BYTES)
    raw = b"".join((_MAGIC, *(each.to_bytes(4) for each in counts), delta.added, delta.removed))
    if len(raw) > MAX_DELTA_BYTES:
        raise LocalProtocolError(f"delta {delta.number} is longer than {MAX_DELTA_BYTES} bytes", hint="make a new base instead")
    return raw


def decode_delta(raw: bytes, quantum: int) -> Delta:
    """Read a delta.

    Args:
        raw: its bytes.
        quantum: what both counts must be multiples of.

    Raises:
        RemoteProtocolError: too long, malformed, not sorted, or counts that do not fit.
    """
    if len(raw) > MAX_DELTA_BYTES or len(raw) < _HEAD_BYTES or raw[:4] != _MAGIC:
        raise RemoteProtocolError("a delta is malformed", hint=_HINT)
    epoch, number, added, removed = (int.from_bytes(raw[at : at + 4]) for at in range(4, _HEAD_BYTES, 4))
    middle = _HEAD_BYTES + added * NOTCH_BYTES
    if len(raw) != middle + removed * TAG_BYTES or added % quantum or removed % quantum or added + removed == 0:
        raise RemoteProtocolError("a delta has counts that do not fit", hint=_HINT)
    delta = Delta(epoch, number, raw[_HEAD_BYTES:middle], raw[middle:])
    if not (ascending(delta.added, NOTCH_BYTES) and ascending(delta.removed, TAG_BYTES)):
        raise RemoteProtocolError(f"delta {number} is not sorted, or names a tag twice", hint=_HINT)
    return delta


@dataclass(frozen=True, slots=True)
class SealedIndex:
    """An index as it is after some deltas.

    Attributes:
        base: notches sorted by tag.
        added: notches that deltas brought since.
        removed: tags of the base that deltas took out since.
    """

    base: Buffer = field(default=b"", repr=False)
    added: bytes = field(default=b"", repr=False)
    removed: bytes = field(default=b"", repr=False)

    def __len__(self) -> int:
        return (memoryview(self.base).nbytes + len(self.added)) // NOTCH_BYTES - len(self.removed) // TAG_BYTES

    def open(self, secrets: Buffer) -> list[Opened]:
        """Return what key secrets (32 bytes each) open, by position."""
        return [Opened(*each) for each in _native.exchange_open(self.base, self.added, self.removed, secrets)]

    def after(self, delta: Delta) -> Self:
        """Return the index after a delta.

        Raises:
            RemoteProtocolError: it removes a tag that is absent, or adds one that is present.
        """
        try:
            added, removed = _native.exchange_apply(self.base, (self.added, self.removed), (delta.added, delta.removed))
        except ValueError as error:
            raise RemoteProtocolError(f"delta {delta.number}: {error}", hint=_HINT) from None
        return replace(self, added=added, removed=removed)


def ascending(data: Buffer, width: int) -> bool:
    """Whether rows are sorted by tag, distinct, and whole."""
    return _native.exchange_ascending(data, width)


def segments(base: Buffer) -> Iterator[memoryview]:
    """Yield the segments of a base."""
    view = memoryview(base)
    return (view[at : at + SEGMENT_BYTES] for at in range(0, view.nbytes, SEGMENT_BYTES))


def leaf(segment: Buffer) -> bytes:
    """Return a segment's hash as a leaf of the tree (RFC 9162, section 2.1.1)."""
    hashed = hashlib.sha256(b"\0")
    hashed.update(segment)
    return hashed.digest()


def root(leaves: Iterable[bytes]) -> str:
    """Return the Merkle tree hash over the leaves' hashes, in hexadecimal."""
    return _tree(list(leaves)).hex()


def _tree(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:  # noqa: PLR2004  a tree of one leaf is the leaf
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _tree(leaves[:half]) + _tree(leaves[half:])).digest()


def step(real: int, quantum: int) -> int:
    """Return q(n): what the number of notches is a multiple of when n of them are not chaff."""
    return _native.exchange_step(real, quantum)
