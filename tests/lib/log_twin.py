"""The Merkle tree as RFC 9162 section 2.1 defines it, word for word, slowly; and a log in a dictionary."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from tallystick.audit import ED25519, SigningKey, entries, sign_checkpoint
from tallystick.audit.tiles import WIDTH, Edge, Tile, encode_bundle
from tallystick.audit.tree import leaf_hash
from tallystick.errors import IntegrityError

KEY = SigningKey("node.example/audit", ED25519, bytes(range(32)))
TIME = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: Sequence[bytes]) -> bytes:
    if not d:
        return sha(b"")
    if len(d) == 1:
        return sha(b"\x00" + d[0])
    k = split(len(d))
    return sha(b"\x01" + mth(d[:k]) + mth(d[k:]))


def path(m: int, d: Sequence[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: Sequence[bytes]) -> list[bytes]:
    return subproof(m, d, whole=True)


def subproof(m: int, d: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], whole=whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], whole=False), mth(d[:k])]


class Files(dict[str, bytes]):
    """A log's files in memory."""

    def read(self, name: str, most: int) -> bytes | None:
        content = self.get(name)
        if content is not None and len(content) > most:
            raise IntegrityError(f"{name} is too long")
        return content

    def pending(self, _size: int) -> list[bytes]:
        return []


def files_of(lines: Sequence[bytes], key: SigningKey = KEY) -> Files:
    """Return the files of a log with these entries."""
    edge = Edge()
    files = Files({tile.path(): content for tile, content in edge.append(map(leaf_hash, lines))})
    files |= {tile.path(): content for tile, content in edge.partial_tiles()}
    for start in range(0, len(lines), WIDTH):
        some = lines[start : start + WIDTH]
        files[Tile(None, start // WIDTH, len(some)).path()] = encode_bundle(some)
    files["checkpoint"] = str(sign_checkpoint(len(lines), edge.root(), key)).encode()
    return files


def note(number: int) -> entries.Other:
    """Return an entry that is unlike others."""
    return entries.Other(time=TIME, kind="test", text=f"entry {number}")


def lines(count: int) -> list[bytes]:
    return [entries.encode(note(number)) for number in range(count)]
