"""The side that asks: Blind and Finalize of RFC 9497, sections 3.3.1 (OPRF) and 3.3.2 (VOPRF)."""

from collections.abc import Sequence
from typing import NoReturn, final

from tallystick import _native
from tallystick.errors import LocalProtocolError
from tallystick.oprf.suites import Mode, Suite, check_element


@final
class Blinds:
    """What a client keeps between `blind_batch` and `finalize_batch`: one secret scalar for each input, and the inputs.

    The scalars are erased when it is forgotten. Shows nothing but its size, cannot be pickled or copied by chance.
    """

    __slots__ = ("_native", "suite")

    def __init__(self, suite: Suite, native: "_native.Blinds") -> None:
        """Not for callers: blinds come from `Client.blind_batch`."""
        self.suite = suite
        self._native = native

    @property
    def native(self) -> "_native.Blinds":
        """The blinds as the core holds them."""
        return self._native

    def __len__(self) -> int:
        return len(self._native)

    def __repr__(self) -> str:
        return f"Blinds({len(self)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("blinds are not pickled or copied; blind again")


class Client:
    """Asks one server, in one suite and mode."""

    def __init__(self, suite: Suite, mode: Mode, public_key: bytes | None = None) -> None:
        """Agree on what is fixed before the first question (RFC 9497, section 3.2).

        Args:
            suite: the suite.
            mode: the mode.
            public_key: the server's, `suite.element_bytes` long, known from elsewhere than its answers; VOPRF needs it.

        Raises:
            DeserializeError: the public key is not a valid group element.
            LocalProtocolError: there is none, and VOPRF needs it.
        """
        if mode is Mode.VOPRF and public_key is None:
            raise LocalProtocolError("a verifying client needs the server's public key", hint="take it from the signed manifest")
        self.suite = suite
        self.mode = mode
        self.public_key = None if public_key is None else check_element(suite, public_key)

    def blind_batch(self, inputs: Sequence[bytes]) -> tuple[Blinds, bytes]:
        """Blind inputs, each with a fresh scalar from the operating system (Blind).

        Args:
            inputs: 1 to `MAX_BATCH` inputs of at most `MAX_INPUT_BYTES` bytes.

        Returns:
            What to keep, and the blinded elements to send: `suite.element_bytes` for each input, in order. They tell nothing
            about the inputs, and two blindings of one input have nothing in common.

        Raises:
            InvalidInputError: too many inputs, none, or one too long; one that hashes to the identity (nobody knows any).
            UnavailableError: there is no randomness yet.
        """
        native = _native.Blinds.blind(self.suite, self.mode, inputs)
        return Blinds(self.suite, native), native.blinded()

    def finalize_batch(self, blinds: Blinds, evaluated: bytes, proof: bytes | None = None) -> bytes:
        """Turn the server's answer into outputs (Finalize), in VOPRF mode only once its proof verifies.

        Args:
            blinds: what `blind_batch` gave to keep.
            evaluated: the evaluated elements, `suite.element_bytes` for each input.
            proof: the proof for the whole batch, `suite.proof_bytes` long, in VOPRF mode; None in OPRF mode.

        Returns:
            The outputs: `suite.output_bytes` for each input, in order.

        Raises:
            DeserializeError: wrong lengths, an element that is none, a scalar of the proof above the order, no proof.
            VerifyError: another key was used than that of the public key, or something was changed on the way.
            LocalProtocolError: the blinds are of another suite or mode, or there is a proof where the mode has none.
        """
        if blinds.suite is not self.suite:
            raise LocalProtocolError("these blinds were made in another suite")
        evidence = None if proof is None else (self.public_key or b"", proof)
        return blinds.native.finalize(self.mode, evaluated, evidence)
