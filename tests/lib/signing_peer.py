"""Another implementation of RFC 9421, to hold ours against: signs and verifies the messages of the exchange by its own rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import http_message_signatures as library
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallystick.adapters.message_signatures import SignedRequest, SignedResponse

Refused = library.HTTPMessageSignaturesException
REQUEST = ("@method", "@target-uri", "content-digest")
RESPONSE = ("@status", "content-digest", '"signature";req;key="tallystick"')


class _Keys(library.HTTPSignatureKeyResolver):
    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def resolve_public_key(self, key_id: str) -> object:  # noqa: ARG002
        return self._private.public_key()

    def resolve_private_key(self, key_id: str) -> object:  # noqa: ARG002
        return self._private


class _Timeless(library.HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        pass


def own_fields(headers: Mapping[str, str]) -> list[str]:
    return [name for name in headers if name.startswith("tallystick-")]


def sign(  # noqa: PLR0913  # what a signature says is all of it
    message: SignedRequest | SignedResponse,
    private: Ed25519PrivateKey,
    created: datetime,
    covered: Sequence[str],
    *,
    key_id: str,
    nonce: str | None = None,
    tag: str = "tallystick-x1",
    label: str = "tallystick",
) -> None:
    """Sign a message that has its digest."""
    for name in ("signature", "signature-input"):
        message.headers.pop(name, None)
    library.HTTPMessageSigner(signature_algorithm=library.algorithms.ED25519, key_resolver=_Keys(private)).sign(
        message, created=created, key_id=key_id, nonce=nonce, tag=tag, label=label, covered_component_ids=covered,
        use_existing_digest=True,
    )  # fmt: skip
    message.headers = {name.lower(): value for name, value in message.headers.items()}


def verify(message: SignedRequest | SignedResponse, private: Ed25519PrivateKey, covered: Sequence[str]) -> Mapping[str, object]:
    """Return the parameters of a signature that holds; Refused."""
    verifier = _Timeless(signature_algorithm=library.algorithms.ED25519, key_resolver=_Keys(private))
    (result,) = verifier.verify(
        message,
        max_age=None,
        expect_tag="tallystick-x1",
        expect_label="tallystick",
        require_components=covered,
        body=message.body,
    )
    found: Mapping[str, object] = result.parameters
    return found
