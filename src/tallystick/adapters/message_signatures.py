"""Signs and verifies the HTTP messages of the exchange (RFC 9421, Ed25519).

What a signature covers is fixed by spec/exchange-v1.md, section 8.2: these components and parameters, all of them and no others,
in any order. Says nothing about whether the signer may do what it asks for: that is decided by who calls.

Rules
 1. A verification succeeds or raises; nothing of a message is returned before its signature holds.
 2. Time is an argument; no clock is asked.
 3. Errors name the rule that broke, never a value of the message.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tallystick.adapters.signature_base import byte_sequence, read_input, read_signature, signature_base
from tallystick.errors import NotAuthorizedError, VerifyError

LABEL = "tallystick"
TAG = "tallystick-x1"
FIELD_PREFIX = "tallystick-"
CLOCK_SKEW = timedelta(seconds=60)
NONCE_BYTES = 16

_DIGEST = "content-digest"
_REQUEST_SIGNATURE = f'"signature";req;key="{LABEL}"'
_ALWAYS = {"created", "keyid", "alg", "tag"}


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


class Signer:
    """Signs what one member sends."""

    def __init__(self, member: str, private_key: Ed25519PrivateKey) -> None:
        self.key_id = key_id(member, private_key.public_key().public_bytes_raw())
        self._key = private_key

    def sign_request(self, request: SignedRequest, now: datetime) -> None:
        """Add `content-digest`, `signature-input` and `signature` to a request."""
        request.headers[_DIGEST] = _digest(request.body)
        nonce = base64.b64encode(secrets.token_bytes(NONCE_BYTES)).decode()
        self._sign(request.headers, _lines_of_request(request), now, f';nonce="{nonce}"')

    def sign_response(self, response: SignedResponse, now: datetime) -> None:
        """Add the same three to a response; its signature covers the request's."""
        response.headers[_DIGEST] = _digest(response.body)
        self._sign(response.headers, _lines_of_response(response), now)

    def _sign(self, headers: dict[str, str], lines: dict[str, str], now: datetime, more: str = "") -> None:
        created = int(now.timestamp())
        covered = " ".join(lines)
        text = f'({covered});created={created};keyid="{self.key_id}";alg="ed25519"{more};tag="{TAG}"'
        signature = self._key.sign(signature_base(lines.items(), text))
        headers["signature-input"] = f"{LABEL}={text}"
        headers["signature"] = f"{LABEL}={byte_sequence(signature)}"


def combined_fields(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return header fields by lower-case name; one that is there more than once is all of its values (RFC 9421, section 2.1)."""
    combined: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        combined[key] = f"{combined[key]}, {value}" if key in combined else value
    return combined


def claimed_key_id(headers: Mapping[str, str]) -> str:
    """Return the key id that a signature names; nothing is verified yet. Empty when there is none."""
    try:
        return str(read_input(headers.get("signature-input", ""), LABEL).parameters.get("keyid", ""))
    except ValueError:
        return ""


def verify_request(request: SignedRequest, key: tuple[str, bytes], now: datetime) -> Signed:
    """Verify the signature of a request.

    Args:
        request: the request; its header names in lower case.
        key: key id and public key (32 bytes) it must be signed with.
        now: the verifier's time.

    Raises:
        NotAuthorizedError: no signature, another key, not what must be covered, wrong content, or a clock too far away.
    """
    try:
        _check_digest(request.headers, request.body)
        parameters = _verified(request.headers, _lines_of_request(request), key, _ALWAYS | {"nonce"})
    except (ValueError, InvalidSignature):
        raise NotAuthorizedError("the signature of a request does not hold", hint="check the signing key of the card") from None
    nonce = parameters["nonce"]
    if not isinstance(nonce, str) or not _is_nonce(nonce):
        raise NotAuthorizedError("a signed request has no nonce of 16 bytes", hint="follow spec/exchange-v1.md, section 8.2")
    created = _moment(parameters["created"])
    if created is None or abs(now - created) > CLOCK_SKEW:
        raise NotAuthorizedError("a request was signed at another time", hint="set the clocks of both nodes right")
    return Signed(key[0], created, nonce)


def verify_response(response: SignedResponse, key: tuple[str, bytes], now: datetime) -> None:
    """Verify the signature of a response over the request it answers.

    Raises:
        VerifyError: as for a request.
    """
    try:
        _check_digest(response.headers, response.body)
        parameters = _verified(response.headers, _lines_of_response(response), key, _ALWAYS)
    except (ValueError, InvalidSignature):
        raise VerifyError("the signature of a response does not hold", hint="check the signing key of the card") from None
    created = _moment(parameters["created"])
    if created is None or abs(now - created) > CLOCK_SKEW:
        raise VerifyError("a response was signed at another time", hint="set the clocks of both nodes right")


def _verified(
    headers: Mapping[str, str], lines: dict[str, str], key: tuple[str, bytes], wanted: set[str]
) -> Mapping[str, int | str]:
    """Return the parameters of a signature that holds over all of these lines and nothing else; ValueError, InvalidSignature."""
    said = read_input(headers.get("signature-input", ""), LABEL)
    name, public = key
    if said.parameters.keys() != wanted or sorted(said.components) != sorted(lines):
        raise ValueError("a signature covers something else, or is described otherwise")
    if (said.parameters["keyid"], said.parameters["alg"], said.parameters["tag"]) != (name, "ed25519", TAG):
        raise ValueError("a signature was made with another key, or for something else")
    base = signature_base(((each, lines[each]) for each in said.components), said.text)
    _public_key(public).verify(read_signature(headers.get("signature", ""), LABEL), base)
    return said.parameters


@lru_cache(maxsize=1024)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def _lines_of_request(request: SignedRequest) -> dict[str, str]:
    """Return what must be covered: identifiers of components, and their values."""
    return {'"@method"': request.method, '"@target-uri"': request.url, **_lines_of_fields(request.headers)}


def _lines_of_response(response: SignedResponse) -> dict[str, str]:
    theirs = byte_sequence(read_signature(response.request.headers.get("signature", ""), LABEL))
    return {'"@status"': str(response.status_code), **_lines_of_fields(response.headers), _REQUEST_SIGNATURE: theirs}


def _lines_of_fields(headers: Mapping[str, str]) -> dict[str, str]:
    own = sorted((name.lower(), value) for name, value in headers.items() if name.lower().startswith(FIELD_PREFIX))
    return {f'"{name}"': value.strip(" \t") for name, value in ((_DIGEST, headers.get(_DIGEST, "")), *own)}


def _digest(body: bytes) -> str:
    return f"sha-256={byte_sequence(hashlib.sha256(body).digest())}"


def _check_digest(headers: Mapping[str, str], body: bytes) -> None:
    if headers.get(_DIGEST, "").strip(" \t") != _digest(body):
        raise ValueError("the digest of a content is missing, or of another content")


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
