"""The exchange, slowly: spec/exchange-v1.md read into Python a second time, with nothing of the package.

Dictionaries instead of sorted buffers, sets instead of searches. Only what is computed alike everywhere: what a responder is
free to choose (handles, chaff, which chaff goes) comes in from outside.
"""

import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

RUN, COUNTERS, SEGMENT = 4, 64, 65_536

Json: TypeAlias = "str | int | Sequence[Json] | Mapping[str, Json]"
Notches: TypeAlias = dict[bytes, bytes]
"""Tag -> sealed handle."""


def key_secret(output: bytes) -> bytes:
    return hashlib.sha512(b"tallystick/x1/secret" + output).digest()[:32]


def tag_and_pad(secret: bytes, counter: int) -> tuple[bytes, bytes]:
    e = hashlib.sha256(b"tallystick/x1/notch" + secret + counter.to_bytes(2, "big")).digest()
    return e[:8], e[8:15]


def xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def put(notches: Notches, secret: bytes, handle: bytes) -> bytes | None:
    """Add a record under a key at the lowest counter that is free; None when the key is full."""
    for counter in range(COUNTERS):
        tag, pad = tag_and_pad(secret, counter)
        if tag not in notches:
            notches[tag] = xor(handle, pad)
            return tag
    return None


def look_up(notches: Notches, secret: bytes) -> set[bytes]:
    found: set[bytes] = set()
    for first in range(0, COUNTERS, RUN):
        run = [tag_and_pad(secret, counter) for counter in range(first, first + RUN)]
        here = {xor(notches[tag], pad) for tag, pad in run if tag in notches}
        if not here:
            break
        found |= here
    return found


def runs_are_closed(notches: Notches, secret: bytes) -> bool:
    """Whether no run is empty before one that is not."""
    used = {counter // RUN for counter in range(COUNTERS) if tag_and_pad(secret, counter)[0] in notches}
    return used == set(range(len(used)))


def q(real: int, quantum: int) -> int:
    step = quantum
    while step * 2 <= real / 64:
        step *= 2
    return step


def base(notches: Notches) -> bytes:
    return b"".join(tag + notches[tag] for tag in sorted(notches))


def read_base(data: bytes) -> Notches:
    return {data[at : at + 8]: data[at + 8 : at + 15] for at in range(0, len(data), 15)}


def root(data: bytes) -> bytes:
    return tree([data[at : at + SEGMENT * 15] for at in range(0, len(data), SEGMENT * 15)])


def tree(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


def delta(epoch: int, number: int, added: Notches, removed: Iterable[bytes]) -> bytes:
    gone = sorted(removed)
    head = b"".join(each.to_bytes(4, "big") for each in (epoch, number, len(added), len(gone)))
    return b"TSD1" + head + base(added) + b"".join(gone)


def apply(notches: Notches, data: bytes) -> Notches:
    """The notches after a delta; KeyError or ValueError where it does not fit."""
    added, removed = (int.from_bytes(data[at : at + 4], "big") for at in (12, 16))
    middle = 20 + 15 * added
    after = dict(notches)
    for at in range(middle, middle + 8 * removed, 8):
        del after[data[at : at + 8]]
    for tag, sealed in read_base(data[20:middle]).items():
        if tag in after:
            raise ValueError("present")
        after[tag] = sealed
    return after


def canonical(value: Json) -> bytes:
    if isinstance(value, dict):
        return b"{" + b",".join(canonical(name) + b":" + canonical(value[name]) for name in sorted(value)) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).encode()
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return str(value).encode()
    raise TypeError("nothing of JSON that is used here")


def base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def public_key(private_key: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw().hex()


def signature(kind: str, document: bytes, private_key: bytes) -> str:
    message = b"tallystick/x1/" + kind.encode() + b"\n" + document
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(message).hex()


def signed(kind: str, document: bytes, keys: dict[str, bytes]) -> bytes:
    signatures = {member: signature(kind, document, key) for member, key in keys.items()}
    return canonical({"document": document.decode(), "signatures": signatures})


def request(points: list[bytes]) -> bytes:
    return b"TSQ1\x01\x01" + len(points).to_bytes(2, "big") + b"".join(points)


def response(epoch: int, evaluated: list[bytes], proof: bytes) -> bytes:
    return b"TSA1\x01\x01" + len(evaluated).to_bytes(2, "big") + epoch.to_bytes(4, "big") + b"".join(evaluated) + proof
