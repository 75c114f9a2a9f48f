"""Signed notes: text that ends in a newline, a blank line, and one signature line for each key.

Keeps no keys and trusts none by itself: whoever verifies says which keys count.

Rules
 1. A note is UTF-8 without control characters other than newline; signature lines follow the last blank line.
 2. Key name and key id together say which key signed. Signatures of unknown keys are ignored, also where the name or the
    id alone is a known key's.
 3. One signature of a known key that does not verify makes the whole note worthless; so does having none that does.
 4. Base64 is that of RFC 4648, section 4, padded, and in its one canonical writing.
 5. Two algorithms: Ed25519 over the text (0x01), and a timestamped cosignature of a checkpoint (0x04).

Source: C2SP signed-note, tlog-cosignature; Ed25519: RFC 8032.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tallystick.errors import InputError, IntegrityError

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_NOTE_BYTES = 1 << 18
MAX_SIGNATURES = 64
MAX_NAME_BYTES = 240
MAX_TIME_S = (1 << 63) - 1
SEED_BYTES = 32

_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_ID_BYTES = 4
_TIME_BYTES = 8
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_DASH = "— "
_ALGORITHMS = {ED25519: "Ed25519", COSIGNATURE: "cosignature"}
_HINT = "do not trust it; keep it as evidence and ask its owner"
_SMALL_ORDER = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""Points of order 1, 2, 4 and 8 (sign bit aside): under such a "key" one signature fits many texts."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a key, by which its signatures are checked. `str()` writes it as a vkey.

    Attributes:
        name: the key's name; for a log its origin.
        algorithm: ED25519 or COSIGNATURE.
        public: 32 bytes, RFC 8032.
    """

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        """Refuse what no signature could be checked with."""
        if not is_key_name(self.name):
            raise InputError(
                "the name of a verifier key is not usable", hint="ASCII, no spaces, no plus sign, at most 240 characters"
            )
        if self.algorithm not in _ALGORITHMS:
            raise InputError(f"key {self.name} has an unknown algorithm", hint="give an Ed25519 key (1) or a cosignature key (4)")
        plain = self.public[:-1] + bytes([self.public[-1] & 0x7F]) if self.public else b""
        if len(self.public) != _KEY_BYTES or plain in _SMALL_ORDER:
            raise InputError(f"key {self.name} is not an Ed25519 public key", hint="ask its owner for the verifier key again")

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which its signatures are found."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.algorithm]) + self.public)}"

    def verify(self, message: bytes, signature: bytes) -> None:
        """Check an Ed25519 signature of 64 bytes.

        Raises:
            IntegrityError: it does not verify.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise IntegrityError(f"signature of {self.name} does not verify", hint=_HINT) from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key: for a log to sign its checkpoints (ED25519), for a witness to cosign those of others (COSIGNATURE).

    Attributes:
        name: the key's name; for a log its origin.
        algorithm: ED25519 or COSIGNATURE. One seed serves one key, never two.
        seed: 32 secret random bytes.
    """

    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a seed that is none."""
        if len(self.seed) != SEED_BYTES:
            raise InputError(
                f"the seed of key {self.name} is not {SEED_BYTES} bytes long", hint="make it with a random generator"
            )
        self.verifier_key()

    def verifier_key(self) -> VerifierKey:
        """Return the public half."""
        return VerifierKey(self.name, self.algorithm, self._private().public_key().public_bytes_raw())

    def sign(self, text: str) -> "Signature":
        """Sign a note's text with an ED25519 key."""
        self._must_be(ED25519)
        return Signature(self.name, self.verifier_key().key_id, self._private().sign(text.encode()))

    def cosign(self, text: str, *, at_s: int) -> "Signature":
        """Cosign a checkpoint's text with a COSIGNATURE key.

        Args:
            text: the checkpoint, as the log signed it.
            at_s: now, in seconds since 1970.
        """
        self._must_be(COSIGNATURE)
        stamp = at_s.to_bytes(_TIME_BYTES, "big")
        return Signature(self.name, self.verifier_key().key_id, stamp + self._private().sign(cosigned_message(text, at_s)))

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def _must_be(self, algorithm: int) -> None:
        if self.algorithm != algorithm:
            raise InputError(f"key {self.name} is not for this", hint=f"a {_ALGORITHMS[algorithm]} key is needed")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. `str()` writes it, newline included.

    Attributes:
        name: name of the key.
        key_id: 4 bytes.
        content: what the algorithm puts there, at least one byte.
    """

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.content)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it. `str()` writes it.

    Attributes:
        text: ends in a newline.
        signatures: as they stand, of known and unknown keys.
    """

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that was found good.

    Attributes:
        key: by which key.
        signature: the line.
        at_s: when, by the signer's clock, in seconds since 1970; None where the algorithm says nothing.
    """

    key: VerifierKey
    signature: Signature
    at_s: int | None = None


def is_key_name(name: str) -> bool:
    """Tell whether a text can be the name of a key we make or trust: that of a signature line, printable ASCII and not long."""
    return _names_a_key(name) and name.isascii() and name.isprintable() and len(name) <= MAX_NAME_BYTES


def _names_a_key(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def read_verifier_key(text: str) -> VerifierKey:
    """Read a vkey: name, key id and key, joined by plus signs.

    Raises:
        InputError: it is none, its id is not that of the key, or its algorithm is unknown.
    """
    hint = "a verifier key looks like NAME+0123abcd+BASE64; copy it whole"
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    content = from_base64(encoded)
    if not content:
        raise InputError("a verifier key cannot be read", hint=hint)
    key = VerifierKey(name, content[0], content[1:])
    if key.key_id.hex() != key_id:
        raise InputError(f"the id in the verifier key of {name} is not that of the key", hint=hint)
    return key


def decode_note(content: bytes) -> Note:
    """Read a signed note; no signature is checked.

    Raises:
        IntegrityError: it is no signed note.
    """
    if len(content) > MAX_NOTE_BYTES:
        raise IntegrityError(f"signed note is longer than {MAX_NOTE_BYTES} bytes", hint=_HINT)
    try:
        whole = content.decode()
    except UnicodeDecodeError:
        raise IntegrityError("signed note is not UTF-8", hint=_HINT) from None
    head, blank, tail = whole.rpartition("\n\n")
    if _CONTROL.search(whole) or not blank or not head or not tail.endswith("\n"):
        raise IntegrityError("this is no signed note", hint=_HINT)
    return Note(head + "\n", decode_signatures(tail))


def decode_signatures(lines: str) -> tuple[Signature, ...]:
    """Read signature lines, one or more, each with its newline.

    Raises:
        IntegrityError: a line is none, or there are too many.
    """
    found = lines.split("\n")
    if len(found) - 1 > MAX_SIGNATURES:
        raise IntegrityError(f"signed note has more than {MAX_SIGNATURES} signatures", hint=_HINT)
    if found.pop():
        raise IntegrityError("the last signature line has no end", hint=_HINT)
    return tuple(map(_signature, found))


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    content = from_base64(encoded)
    if not line.startswith(_DASH) or not _names_a_key(name) or content is None or len(content) <= _ID_BYTES:
        raise IntegrityError("a signature line cannot be read", hint=_HINT)
    return Signature(name, content[:_ID_BYTES], content[_ID_BYTES:])


def verify_note(note: Note, keys: Collection[VerifierKey]) -> tuple[Verified, ...]:
    """Check every signature of a known key; return them.

    Raises:
        IntegrityError: one does not verify, or there is none of a known key.
        InputError: two of the keys cannot be told apart.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise InputError(f"two verifier keys of {key.name} have one key id", hint="trust only one of them")
    found = tuple(
        _verified(note.text, known[(each.name, each.key_id)], each)
        for each in note.signatures
        if (each.name, each.key_id) in known
    )
    if not found:
        raise IntegrityError("no signature is by a known key", hint="check which verifier keys are trusted here; " + _HINT)
    return found


def _verified(text: str, key: VerifierKey, signature: Signature) -> Verified:
    if key.algorithm == ED25519:
        key.verify(text.encode(), signature.content)
        return Verified(key, signature)
    at_s = int.from_bytes(signature.content[:_TIME_BYTES], "big")
    if len(signature.content) != _TIME_BYTES + _SIGNATURE_BYTES or not 0 < at_s <= MAX_TIME_S:
        raise IntegrityError(f"cosignature of {key.name} has the wrong form", hint=_HINT)
    key.verify(cosigned_message(text, at_s), signature.content[_TIME_BYTES:])
    return Verified(key, signature, at_s)


def cosigned_message(text: str, at_s: int) -> bytes:
    """Return the bytes that a cosignature signs."""
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def to_base64(content: bytes) -> str:
    """Return the canonical writing."""
    return base64.b64encode(content).decode()


def from_base64(text: str) -> bytes | None:
    """Return the bytes, or None where this is not the canonical writing of any."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if to_base64(content) == text else None


def with_signatures(note: Note, more: Sequence[Signature]) -> Note:
    """Return the note with further signatures under it; one that it has already is not repeated."""
    fresh = tuple(each for each in dict.fromkeys(more) if each not in note.signatures)
    return Note(note.text, note.signatures + fresh)
