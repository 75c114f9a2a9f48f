"""The side that holds the key: BlindEvaluate and Evaluate of RFC 9497, sections 3.3.1 (OPRF) and 3.3.2 (VOPRF)."""

from collections.abc import Sequence

from tallystick.errors import LocalProtocolError
from tallystick.oprf.keys import SecretKey
from tallystick.oprf.suites import Mode, Suite


class Server:
    """Evaluates with one key, in one suite and mode. Counts nothing and refuses nobody: budgets are kept above."""

    def __init__(self, suite: Suite, mode: Mode, key: SecretKey) -> None:
        """Agree on what is fixed before the first question (RFC 9497, section 3.2).

        Raises:
            LocalProtocolError: the key is of another suite.
        """
        if key.suite is not suite:
            raise LocalProtocolError("this key was made in another suite")
        self.suite = suite
        self.mode = mode
        self._key = key

    @property
    def public_key(self) -> bytes:
        """The public key of its clients, `suite.element_bytes` long."""
        return self._key.public_key

    def blind_evaluate_batch(self, blinded: bytes) -> tuple[bytes, bytes | None]:
        """Evaluate what a client blinded (BlindEvaluate).

        Args:
            blinded: 1 to `MAX_BATCH` blinded elements of `suite.element_bytes`.

        Returns:
            The evaluated elements, in order and of the same length; and in VOPRF mode the proof for them all,
            `suite.proof_bytes` long, else None.

        Raises:
            DeserializeError: wrong lengths, or an element that is none.
            UnavailableError: there is no randomness for the proof yet.
        """
        return self._key.native.blind_evaluate(self.mode, blinded)

    def evaluate_batch(self, inputs: Sequence[bytes]) -> bytes:
        """Compute the outputs of the holder's own inputs, as a client would get them (Evaluate): what an index is made of.

        Args:
            inputs: any number of inputs of at most `MAX_INPUT_BYTES` bytes.

        Returns:
            The outputs: `suite.output_bytes` for each input, in order.

        Raises:
            InvalidInputError: an input is too long, or hashes to the identity (nobody knows one that does).
        """
        return self._key.native.evaluate(self.mode, inputs)
