"""Signs and verifies the HTTP messages of the exchange (RFC 9421, Ed25519).

What a signature covers is fixed by spec/exchange-v1.md, section 8.2; one that covers less is no signature. Says nothing
about whether the signer may do what it asks for: that is decided by who calls. The library does the structured fields.

Rules
 1. A verification succeeds or raises; nothing of a message is returned before its signature holds.
 2. Time is an argument; the library's clock is not asked.
 3. Errors name the rule that broke, never a value of the message.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from tallystick.errors import NotAuthorizedError, VerifyError

LABEL = "tallystick"
TAG = "tallystick-x1"
FIELD_PREFIX = "tallystick-"
CLOCK_SKEW = timedelta(seconds=60)
NONCE_BYTES = 16

_REQUEST = ("@method", "@target-uri", "content-digest")
_RESPONSE = ("@status", "content-digest", f'"signature";req;key="{LABEL}"')


@dataclass(slots=True)
class SignedRequest:
    """A request as its signature sees it.

    Attributes:
        method: upper case.
        url: the whole target URI.
        headers: the header fields; signing adds to them.
        body: the content, before any decoding.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class SignedResponse:
    """A response as its signature sees it, with the request it answers."""

    status_code: int
    headers: dict[str, str]
    request: SignedRequest
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a verified request signature says.

    Attributes:
        key_id: whose key it was.
        created: when it was made.
        nonce: what makes it different from every other one.
    """

    key_id: str
    created: datetime
    nonce: str


def key_id(member: str, public_key: bytes) -> str:
    """Return the key id of a member's signing key: the member id and the first 16 hex digits of its SHA-256."""
    return f"{member}/{hashlib.sha256(public_key).hexdigest()[:16]}"


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, public: Mapping[str, Ed25519PublicKey], private: Ed25519PrivateKey | None = None) -> None:
        self._public = public
        self._private = private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return self._public.get(key_id)

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey | None:  # noqa: ARG002
        return self._private


class Signer:
    """Signs what one member sends."""

    def __init__(self, member: str, private_key: Ed25519PrivateKey) -> None:
        self.key_id = key_id(member, private_key.public_key().public_bytes_raw())
        self._signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Keys({}, private_key))

    def sign_request(self, request: SignedRequest, now: datetime) -> None:
        """Add `Content-Digest`, `Signature-Input` and `Signature` to a request."""
        nonce = base64.b64encode(secrets.token_bytes(NONCE_BYTES)).decode()
        covered = (*_REQUEST, *_own_fields(request.headers))
        _add_digest(request.headers, request.body)
        self._signer.sign(
            request,
            key_id=self.key_id,
            created=now,
            nonce=nonce,
            label=LABEL,
            tag=TAG,
            covered_component_ids=covered,
            use_existing_digest=True,
        )

    def sign_response(self, response: SignedResponse, now: datetime) -> None:
        """Add the same three to a response; its signature covers the request's."""
        covered = (*_RESPONSE, *_own_fields(response.headers))
        _add_digest(response.headers, response.body)
        self._signer.sign(
            response,
            key_id=self.key_id,
            created=now,
            label=LABEL,
            tag=TAG,
            covered_component_ids=covered,
            use_existing_digest=True,
        )


class _TimelessVerifier(HTTPMessageVerifier):
    """Leaves `created` to its caller, who is told the time (rule 2)."""

    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """Accept every time."""


def claimed_key_id(headers: Mapping[str, str]) -> str:
    """Return the key id that a signature names; nothing is verified yet. Empty when there is none."""
    return headers.get("signature-input", "").partition(';keyid="')[2].partition('"')[0]


def verify_request(request: SignedRequest, key: tuple[str, bytes], now: datetime) -> Signed:
    """Verify the signature of a request.

    Args:
        request: the request; its header names in lower case.
        key: key id and public key (32 bytes) it must be signed with.
        now: the verifier's time.

    Raises:
        NotAuthorizedError: no signature, another key, too little covered, wrong content, or a clock too far away.
    """
    required = (*_REQUEST, *_own_fields(request.headers))
    try:
        parameters = _verified(request, key, required)
    except HTTPMessageSignaturesException:
        raise NotAuthorizedError("the signature of a request does not hold", hint="check the signing key of the card") from None
    nonce = parameters.get("nonce")
    if not isinstance(nonce, str) or not _is_nonce(nonce):
        raise NotAuthorizedError("a signed request has no nonce of 16 bytes", hint="follow spec/exchange-v1.md, section 8.2")
    created = _moment(parameters.get("created"))
    if created is None or abs(now - created) > CLOCK_SKEW:
        raise NotAuthorizedError("a request was signed at another time", hint="set the clocks of both nodes right")
    return Signed(key[0], created, nonce)


def verify_response(response: SignedResponse, key: tuple[str, bytes], now: datetime) -> None:
    """Verify the signature of a response over the request it answers.

    Raises:
        VerifyError: as for a request.
    """
    required = (*_RESPONSE, *_own_fields(response.headers))
    try:
        parameters = _verified(response, key, required)
    except HTTPMessageSignaturesException:
        raise VerifyError("the signature of a response does not hold", hint="check the signing key of the card") from None
    created = _moment(parameters.get("created"))
    if created is None or abs(now - created) > CLOCK_SKEW:
        raise VerifyError("a response was signed at another time", hint="set the clocks of both nodes right")


def _verified(
    message: SignedRequest | SignedResponse, key: tuple[str, bytes], required: tuple[str, ...]
) -> Mapping[str, int | str]:
    name, public = key
    verifier = _TimelessVerifier(
        signature_algorithm=algorithms.ED25519, key_resolver=_Keys({name: Ed25519PublicKey.from_public_bytes(public)})
    )
    results = verifier.verify(
        message, max_age=None, expect_tag=TAG, expect_label=LABEL, require_components=required, body=message.body
    )
    if len(results) != 1 or results[0].parameters.get("alg") != "ed25519":
        raise InvalidSignature("not one signature by Ed25519")
    parameters: Mapping[str, int | str] = results[0].parameters
    return parameters


def _own_fields(headers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name.lower() for name in headers if name.lower().startswith(FIELD_PREFIX)))


def _add_digest(headers: dict[str, str], body: bytes) -> None:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    headers["content-digest"] = f"sha-256=:{digest}:"


def _is_nonce(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == NONCE_BYTES
    except ValueError:
        return False


def _moment(value: int | str | None) -> datetime | None:
    if not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None
