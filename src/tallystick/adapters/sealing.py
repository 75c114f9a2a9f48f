"""Keeps what a store holds unreadable to whoever has the store without its key.

Does not know where the key is kept (`adapters.secret_sources`) nor what a store is (`adapters.sealed_store`).

Rules
 1. Every store has a data key of its own, 32 random bytes; it lies beside the data in an envelope, and nowhere else on a disk.
 2. An envelope is an age file: whoever holds one of the keys it was made for opens it, with tallystick or with `age` alone.
 3. A line is sealed by AES-SIV: the same line of the same register gives the same bytes, so that a second import is seen to
    change nothing, and nothing else about two lines can be compared.
 4. A number of an index is replaced by what AES makes of it under the data key: equal numbers stay equal, and nobody can try
    names against them without the key.

Sources: RFC 5297 (SIV), RFC 5869 (HKDF), age-encryption.org/v1.
"""

import secrets
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tallystick.errors import ConfigError, IntegrityError, RefusedError

DATA_KEY_BYTES: Final = 32
IDENTITY: Final = "AGE-SECRET-KEY-"
"""How a secret begins that is an age identity; every other secret is a passphrase."""

_LINE: Final = b"tallystick line v1"
_SIV_KEY_BYTES: Final = 64
_NUMBER_KEY_BYTES: Final = 32
_KEYS, _PARTS = 1, 2


class Sealer:
    """Seals and opens the lines of one store, and its index numbers."""

    def __init__(self, data_key: bytes) -> None:
        """Derive the working keys.

        Args:
            data_key: 32 random bytes.
        """
        length = _SIV_KEY_BYTES + _NUMBER_KEY_BYTES
        derived = HKDF(SHA512(), length, salt=None, info=b"tallystick sealed store v1").derive(data_key)
        self._lines = AESSIV(derived[:_SIV_KEY_BYTES])
        # One block a number, each of its own input: a pseudorandom function on 64-bit numbers, cut to 64 bits.
        self._numbers = Cipher(algorithms.AES(derived[_SIV_KEY_BYTES:]), modes.ECB())  # noqa: S305 - see the line above

    def seal(self, register: str, line: bytes) -> bytes:
        """Return a line sealed; 16 bytes longer. Nothing stays nothing."""
        return self._lines.encrypt(line, [_LINE, register.encode()]) if line else b""

    def open(self, register: str, body: bytes) -> bytes:
        """Return the line that was sealed.

        Raises:
            IntegrityError: it was changed, or sealed under another key or for another register.
        """
        try:
            return self._lines.decrypt(body, [_LINE, register.encode()]) if body else b""
        except InvalidTag:
            raise IntegrityError(
                f"a record of register {register} does not open under the key of this store",
                hint="the store was changed from outside: restore it from a backup",
            ) from None

    def keys(self, numbers: Iterable[int]) -> list[int]:
        """Return blocking keys as this store keeps them."""
        return self._replaced(numbers, _KEYS)

    def parts(self, numbers: Iterable[int]) -> list[int]:
        """Return name-part classes as this store keeps them."""
        return self._replaced(numbers, _PARTS)

    def _replaced(self, numbers: Iterable[int], domain: int) -> list[int]:
        given = array("q", numbers)
        blocks = array("q", bytes(16 * len(given)))
        blocks[::2] = given
        blocks[1::2] = array("q", [domain]) * len(given)
        encryptor = self._numbers.encryptor()
        made = array("q", encryptor.update(blocks.tobytes()) + encryptor.finalize())
        return made[::2].tolist()


def new_data_key() -> bytes:
    """Return a fresh data key."""
    return secrets.token_bytes(DATA_KEY_BYTES)


def new_identity() -> str:
    """Return a fresh age identity, one line of text."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """Return the recipient of an identity: what others seal for it, no secret.

    Raises:
        ConfigError: it is no identity.
    """
    return str(readable_identity(identity).to_public())


def make_envelope(data_key: bytes, secret: str, also_for: Sequence[str] = ()) -> bytes:
    """Put a data key into an envelope.

    Args:
        data_key: what the envelope holds.
        secret: an age identity, or a passphrase.
        also_for: recipients (`age1...`) whose identities are to open it, too.

    Raises:
        ConfigError: no recipient, or an identity that cannot be read.
        RefusedError: a passphrase together with recipients: age keeps these apart.
    """
    if not secret.startswith(IDENTITY):
        if also_for:
            raise RefusedError(
                "a store that a passphrase opens cannot be opened by other keys, too",
                hint="make a key with `tallystick key make`, or leave --also-for out",
            )
        return bytes(pyrage.passphrase.encrypt(data_key, secret))
    return encrypted(data_key, [recipient_of(secret), *also_for])


@lru_cache(maxsize=4)
def open_envelope(envelope: bytes, secret: str) -> bytes:
    """Take the data key out of an envelope; again without the second that a passphrase costs.

    Raises:
        RefusedError: this secret does not open it.
        IntegrityError: it opens, and holds no data key.
    """
    try:
        if secret.startswith(IDENTITY):
            data_key = pyrage.decrypt(envelope, [readable_identity(secret)])
        else:
            data_key = pyrage.passphrase.decrypt(envelope, secret)
    except pyrage.DecryptError:
        raise RefusedError("this key does not open the store", hint="set TALLYSTICK_KEY to a key it was sealed for") from None
    if len(data_key) != DATA_KEY_BYTES:
        raise IntegrityError("the envelope of the store holds no key", hint="restore the store from a backup")
    return bytes(data_key)


def encrypted(content: bytes, recipients: Sequence[str]) -> bytes:
    """Return content as an age file for recipients."""
    return bytes(pyrage.encrypt(content, readable_recipients(recipients)))


def readable_recipients(recipients: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Read recipients.

    Raises:
        ConfigError: one is none.
    """
    try:
        return [pyrage.x25519.Recipient.from_str(each) for each in dict.fromkeys(recipients)]
    except pyrage.RecipientError:
        raise ConfigError("a recipient cannot be read", hint="it begins with age1; `tallystick key show` prints it") from None


def readable_identity(secret: str) -> pyrage.x25519.Identity:
    """Read an age identity.

    Raises:
        ConfigError: it is none.
    """
    try:
        return pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError:
        raise ConfigError("the key cannot be read", hint="it is one line that begins with AGE-SECRET-KEY-1") from None
