"""The Merkle tree: root, inclusion proofs, consistency proofs, and their verification.

Keeps no hashes itself: whoever asks for a root or a proof passes a function that knows the complete subtrees.

Rules
 1. Hash is SHA-256. A leaf is HASH(0x00 || entry), an inner node HASH(0x01 || left || right), the empty tree HASH().
 2. k is the largest power of two smaller than the size: the left subtree is always complete.
 3. `verify_*` raises IntegrityError or returns None; a proof with a hash too many or too few does not verify.

Source: RFC 9162, section 2.1; the step numbers are those of 2.1.3.2 and 2.1.4.2.
"""

import hashlib
from collections.abc import Callable, Sequence

from tallystick.errors import InputError, IntegrityError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = (1 << 63) - 1
MAX_PROOF_HASHES = 63

HashAt = Callable[[int, int], bytes]
"""The hash of a complete subtree: (height, index) -> MTH(D[index * 2**height : (index + 1) * 2**height])."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry, 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node from its two children's."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a complete subtree's hashes.

    Args:
        hashes: 2**n of them, n >= 0.
    """
    level = list(hashes)
    sha256 = hashlib.sha256
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def root_hash(size: int, hash_at: HashAt) -> bytes:
    """Return the root of the first `size` leaves."""
    return _mth(0, size, hash_at) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """Return PATH(index, D[size]): the hashes that lead from a leaf to the root, the leaf's sibling first.

    Raises:
        InputError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise InputError(f"there is no entry {index} in a tree of {size}", hint="entries are counted from 0")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_mth(middle, high, hash_at))
            high = middle
        else:
            path.append(_mth(low, middle, hash_at))
            low = middle
    return path[::-1]


def consistency_proof(first: int, second: int, hash_at: HashAt) -> list[bytes]:
    """Return PROOF(first, D[second]): the hashes that show that the tree of `first` leaves is the beginning of the other.

    It is empty where there is nothing to show: from the empty tree, and between trees of one size.

    Raises:
        InputError: the first tree is larger than the second.
    """
    if not 0 <= first <= second:
        raise InputError(f"a tree of {first} is not the beginning of one of {second}", hint="give the smaller size first")
    if first in {0, second}:
        return []
    path: list[bytes] = []
    low, high, whole = 0, second, True
    while high != first:  # SUBPROOF: `first` lies inside low..high
        middle = low + _split(high - low)
        if first <= middle:
            path.append(_mth(middle, high, hash_at))
            high = middle
        else:
            path.append(_mth(low, middle, hash_at))
            low, whole = middle, False
    if not whole:
        path.append(_mth(low, high, hash_at))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that an entry is in a tree.

    Args:
        leaf: the entry's leaf hash.
        index: its place, from 0.
        size: leaves of the tree.
        proof: as `inclusion_proof` makes it.
        root: the tree's root hash.

    Raises:
        IntegrityError: the proof does not show it.
    """
    _must_be_hashes(leaf, root, *proof)
    if not 0 <= index < size:  # (1)
        raise IntegrityError(f"a tree of {size} has no entry {index}", hint=_DISTRUST)
    fn, sn, r = index, size - 1, leaf  # (2) (3)
    for p in proof:  # (4)
        if sn == 0:
            raise IntegrityError(f"inclusion proof of entry {index} is too long", hint=_DISTRUST)
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            fn, sn = _to_the_next_right_child(fn, sn)
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn or r != root:  # (5)
        raise IntegrityError(f"inclusion proof of entry {index} does not lead to the root", hint=_DISTRUST)


def verify_consistency(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that one tree is the beginning of another: nothing was changed or taken away.

    Args:
        first: leaves of the earlier tree.
        first_root: its root hash.
        second: leaves of the later tree.
        second_root: its root hash.
        proof: as `consistency_proof` makes it.

    Raises:
        IntegrityError: the proof does not show it.
    """
    _must_be_hashes(first_root, second_root, *proof)
    if not 0 <= first <= second:
        raise IntegrityError(f"the tree shrank from {first} to {second} entries", hint=_DISTRUST)
    if first in {0, second}:
        if proof or (first == 0 and first_root != EMPTY_ROOT) or (first == second and first_root != second_root):
            raise IntegrityError(f"trees of {first} and {second} entries are not consistent", hint=_DISTRUST)
        return
    fr, sr, sn = _walk_consistency(first, first_root, second, proof)
    if fr != first_root or sr != second_root or sn:  # (7)
        raise IntegrityError(f"trees of {first} and {second} entries are not consistent", hint=_DISTRUST)


_DISTRUST = "keep both sides as evidence and ask the log's owner"


def _must_be_hashes(*values: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in values):
        raise IntegrityError(f"a hash of a proof is not {HASH_BYTES} bytes long", hint=_DISTRUST)


def _walk_consistency(first: int, first_root: bytes, second: int, proof: Sequence[bytes]) -> tuple[bytes, bytes, int]:
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)  # (2)
    if not proof:  # (1)
        raise IntegrityError(f"consistency proof from {first} to {second} entries is empty", hint=_DISTRUST)
    fn, sn = first - 1, second - 1  # (3)
    while fn & 1:  # (4)
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]  # (5)
    for c in path[1:]:  # (6)
        if sn == 0:
            raise IntegrityError(f"consistency proof from {first} to {second} entries is too long", hint=_DISTRUST)
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            fn, sn = _to_the_next_right_child(fn, sn)
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr, sr, sn


def _to_the_next_right_child(fn: int, sn: int) -> tuple[int, int]:
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _mth(low: int, high: int, hash_at: HashAt) -> bytes:
    """Return MTH(D[low:high]) of a range that the tree's own splits make: low is a multiple of the power of two it needs."""
    size = high - low
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return hash_at(height, low >> height)
    middle = low + _split(size)
    return node_hash(_mth(low, middle, hash_at), _mth(middle, high, hash_at))
