"""Secret keys of servers. Does not store them: whoever does asks for the bytes, and is the only one who ever sees them.

Source: RFC 9497, section 3.2.
"""

from typing import Final, NoReturn, final

from tallystick import _native
from tallystick.oprf.suites import Mode, Suite

SEED_BYTES: Final = 32
"""Length of the seed a key is derived from."""


@final
class SecretKey:
    """A secret key and its public key; erased when it is forgotten. Shows nothing, cannot be pickled or copied by chance."""

    __slots__ = ("_native", "suite")

    def __init__(self, suite: Suite, native: "_native.SecretKey") -> None:
        """Not for callers: keys come from `generate`, `derive_key_pair` and `deserialize`."""
        self.suite = suite
        self._native = native

    @classmethod
    def generate(cls, suite: Suite) -> "SecretKey":
        """Return a new key from the operating system's randomness.

        Raises:
            UnavailableError: there is no randomness yet.
        """
        return cls(suite, _native.SecretKey.generate(suite))

    @classmethod
    def derive_key_pair(cls, suite: Suite, mode: Mode, seed: bytes, info: bytes = b"") -> "SecretKey":
        """Return the key that seed, info, suite and mode determine (RFC 9497, section 3.2.1).

        Args:
            suite: the suite.
            mode: the mode the key will be used in.
            seed: `SEED_BYTES` secret random bytes.
            info: public bytes that tell the keys of one seed apart, at most `MAX_INPUT_BYTES`.

        Raises:
            InvalidInputError: seed or info has the wrong length.
        """
        return cls(suite, _native.SecretKey.derive(suite, mode, seed, info))

    @classmethod
    def deserialize(cls, suite: Suite, key: bytes) -> "SecretKey":
        """Return the key that `serialize` wrote.

        Raises:
            InvalidInputError: not `suite.scalar_bytes` long, not below the order of the group, or zero.
        """
        return cls(suite, _native.SecretKey.deserialize(suite, key))

    def serialize(self) -> bytes:
        """Return the secret scalar, `suite.scalar_bytes` long: for the store of keys and for nobody else."""
        return self._native.serialize()

    @property
    def public_key(self) -> bytes:
        """The public key, `suite.element_bytes` long."""
        return self._native.public_key()

    @property
    def native(self) -> "_native.SecretKey":
        """The key as the core holds it."""
        return self._native

    def __repr__(self) -> str:
        return f"SecretKey({self.suite.value})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret key is not pickled or copied; use serialize()")
