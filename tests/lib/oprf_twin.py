"""Oblivious evaluation, slowly: RFC 9497 with ristretto255-SHA512, word for word, on Python's integers.

Follows the RFCs' own pseudocode (9380 section 5.3.1, 9496 section 4, 9497 sections 2 to 4) and shares nothing with the core.
Not constant in time, erases nothing: for tests and test vectors only, where blinds and nonces are chosen by the caller.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Mode: TypeAlias = Literal[0, 1]

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
IDENTIFIER = b"ristretto255-SHA512"

# --- RFC 9496, section 4: ristretto255 ------------------------------------------------------------------------------

D = 37095705934669439343138083508754565189542113879843219016388785533085940283555
SQRT_M1 = 19681161376707505956807079304988542015446066515923890162744021073123829784752
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578
ONE_MINUS_D_SQ = 1159843021668779879193775521855586647937357759715417654439879720876111806838
D_MINUS_ONE_SQ = 40440834346308536858101042469323190826248399146238708352240133220865137265952


def is_negative(x: int) -> bool:
    return x % P % 2 == 1


def magnitude(x: int) -> int:
    return -x % P if is_negative(x) else x % P


def sqrt_ratio_m1(u: int, v: int) -> tuple[bool, int]:
    """Return whether u/v is a square, and the non-negative root of it, or of SQRT_M1 * u/v."""
    r = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, magnitude(r)


class Element(NamedTuple):
    """A point in extended coordinates; many points are one element, so compare encodings."""

    x: int
    y: int
    z: int
    t: int

    def plus(self, other: "Element") -> "Element":
        a, b = (self.y - self.x) * (other.y - other.x) % P, (self.y + self.x) * (other.y + other.x) % P
        c, d = 2 * D * self.t * other.t % P, 2 * self.z * other.z % P
        e, f, g, h = b - a, d - c, d + c, b + a
        return Element(e * f % P, g * h % P, f * g % P, e * h % P)

    def times(self, scalar: int) -> "Element":
        result, addend = IDENTITY, self
        while scalar:
            if scalar & 1:
                result = result.plus(addend)
            addend, scalar = addend.plus(addend), scalar >> 1
        return result

    def encode(self) -> bytes:
        """Return the one encoding of the element (section 4.3.2)."""
        u1, u2 = (self.z + self.y) * (self.z - self.y) % P, self.x * self.y % P
        _, invsqrt = sqrt_ratio_m1(1, u1 * u2 * u2)
        den1, den2 = invsqrt * u1 % P, invsqrt * u2 % P
        z_inv = den1 * den2 * self.t % P
        x, y, den_inv = self.x, self.y, den2
        if is_negative(self.t * z_inv):
            x, y, den_inv = self.y * SQRT_M1 % P, self.x * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
        if is_negative(x * z_inv):
            y = -y
        return magnitude(den_inv * (self.z - y)).to_bytes(32, "little")


IDENTITY = Element(0, 1, 1, 0)


def decode(data: bytes) -> Element | None:
    """Return the element of its one encoding, or None (section 4.3.1)."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or is_negative(s):
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    was_square, invsqrt = sqrt_ratio_m1(1, v * u2 * u2)
    den_x, den_y = invsqrt * u2 % P, invsqrt * invsqrt * u2 * v % P
    x, y = magnitude(2 * s * den_x), u1 * den_y % P
    if not was_square or is_negative(x * y) or y == 0:
        return None
    return Element(x, y, 1, x * y % P)


def _map(t: int) -> Element:
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * ONE_MINUS_D_SQ % P, (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio_m1(u, v)
    c = -1
    if not was_square:
        s, c = -magnitude(s * t) % P, r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return Element(w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def from_uniform(data: bytes) -> Element:
    """Return the element derived from 64 uniform bytes (section 4.3.4)."""
    halves = (int.from_bytes(data[at : at + 32], "little") % 2**255 for at in (0, 32))
    first, second = map(_map, halves)
    return first.plus(second)


_GENERATOR = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
assert _GENERATOR is not None
GENERATOR: Element = _GENERATOR

# --- RFC 9380, section 5.3.1 --------------------------------------------------------------------------------------------


def i2osp(number: int, length: int) -> bytes:
    return number.to_bytes(length, "big")


def expand_message_xmd(message: bytes, dst: bytes, length: int) -> bytes:
    def sha512(data: bytes) -> bytes:
        return hashlib.sha512(data).digest()

    dst_prime = dst + i2osp(len(dst), 1)
    b_0 = sha512(bytes(128) + message + i2osp(length, 2) + i2osp(0, 1) + dst_prime)
    blocks = [sha512(b_0 + i2osp(1, 1) + dst_prime)]
    while 64 * len(blocks) < length:
        mixed = bytes(x ^ y for x, y in zip(b_0, blocks[-1], strict=True))
        blocks.append(sha512(mixed + i2osp(len(blocks) + 1, 1) + dst_prime))
    return b"".join(blocks)[:length]


# --- RFC 9497 -----------------------------------------------------------------------------------------------------------


def read_element(data: bytes) -> Element:
    """DeserializeElement: refuses the identity, too."""
    element = decode(data)
    if element is None or element.encode() == bytes(32):
        raise ValueError("DeserializeError")
    return element


def read_scalar(data: bytes) -> int:
    number = int.from_bytes(data, "little")
    if len(data) != 32 or number >= ORDER:
        raise ValueError("DeserializeError")
    return number


def write_scalar(number: int) -> bytes:
    return number.to_bytes(32, "little")


def _counted(data: bytes) -> bytes:
    return i2osp(len(data), 2) + data


@dataclass(frozen=True, slots=True)
class Context:
    """One mode of the suite."""

    mode: Mode

    @property
    def string(self) -> bytes:
        return b"OPRFV1-" + i2osp(self.mode, 1) + b"-" + IDENTIFIER

    def hash_to_group(self, message: bytes) -> Element:
        return from_uniform(expand_message_xmd(message, b"HashToGroup-" + self.string, 64))

    def hash_to_scalar(self, message: bytes, prefix: bytes = b"HashToScalar-") -> int:
        return int.from_bytes(expand_message_xmd(message, prefix + self.string, 64), "little") % ORDER

    def derive_key_pair(self, seed: bytes, info: bytes) -> tuple[int, bytes]:
        counter, key = 0, 0
        while key == 0:
            key = self.hash_to_scalar(seed + _counted(info) + i2osp(counter, 1), b"DeriveKeyPair")
            counter += 1
        return key, GENERATOR.times(key).encode()

    def blind(self, text: bytes, scalar: int) -> bytes:
        return self.hash_to_group(text).times(scalar).encode()

    def blind_evaluate(self, key: int, blinded: bytes) -> bytes:
        return read_element(blinded).times(key).encode()

    def finalize(self, text: bytes, scalar: int, evaluated: bytes) -> bytes:
        unblinded = read_element(evaluated).times(pow(scalar, -1, ORDER)).encode()
        return hashlib.sha512(_counted(text) + _counted(unblinded) + b"Finalize").digest()

    def evaluate(self, key: int, text: bytes) -> bytes:
        issued = self.hash_to_group(text).times(key).encode()
        return hashlib.sha512(_counted(text) + _counted(issued) + b"Finalize").digest()

    def _composites(self, public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> tuple[Element, Element]:
        seed = hashlib.sha512(_counted(public) + _counted(b"Seed-" + self.string)).digest()
        m = z = IDENTITY
        for i, (c, d) in enumerate(zip(blinded, evaluated, strict=True)):
            factor = self.hash_to_scalar(_counted(seed) + i2osp(i, 2) + _counted(c) + _counted(d) + b"Composite")
            m, z = m.plus(read_element(c).times(factor)), z.plus(read_element(d).times(factor))
        return m, z

    def _challenge(self, public: bytes, *elements: Element) -> int:
        return self.hash_to_scalar(b"".join(map(_counted, (public, *(e.encode() for e in elements)))) + b"Challenge")

    def generate_proof(self, key: int, blinded: Sequence[bytes], evaluated: Sequence[bytes], nonce: int) -> bytes:
        public = GENERATOR.times(key).encode()
        m, z = self._composites(public, blinded, evaluated)
        c = self._challenge(public, m, z, GENERATOR.times(nonce), m.times(nonce))
        return write_scalar(c) + write_scalar((nonce - c * key) % ORDER)

    def verify_proof(self, public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes) -> bool:
        c, s = read_scalar(proof[:32]), read_scalar(proof[32:])
        m, z = self._composites(public, blinded, evaluated)
        t2 = GENERATOR.times(s).plus(read_element(public).times(c))
        return self._challenge(public, m, z, t2, m.times(s).plus(z.times(c))) == c
