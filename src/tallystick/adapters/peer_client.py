"""Speaks HTTPS to one partner's node: TLS with its pinned root, every message signed, every answer verified.

Knows the transport of spec/exchange-v1.md (sections 8, 11, 12) and nothing of what the messages mean.

Rules
 1. An answer is verified before any of it is used; a refusal is verified like any other answer.
 2. No more is read than the caller allows.
 3. A call is over in `_CALL_S` and a time that what came may take, however slowly the partner sends.
 4. Only `UnavailableError` may be tried again, and only the caller knows with which bytes.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpcore
import msgspec

from tallystick.adapters.deadline_network import Deadline, DeadlineNetwork, over_within
from tallystick.adapters.message_signatures import SignedRequest, SignedResponse, Signer, combined_fields, verify_response
from tallystick.errors import (
    Error,
    NotAuthorizedError,
    PeerUnavailableError,
    PurposeError,
    QueryBudgetError,
    RemoteProtocolError,
    UnknownCircleError,
    UnknownEpochError,
    UnknownHandleError,
)

MOST_PROBLEM_BYTES = 16 * 1024
_TIMEOUT = {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}
_CALL_S = 30.0
_SLOWEST_BYTES_S = 64 * 1024
"""Seconds for a call, and how fast an answer must come beside them."""
_KEPT_CONNECTIONS, _KEPT_S = 20, 5.0
_OK = 200
_FAILURES = (
    httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, ssl.SSLError, OSError,
)  # fmt: skip

PROBLEM = "urn:tallystick:problem:"
_REFUSALS: Mapping[str, tuple[type[Error], str, str]] = {
    "malformed": (RemoteProtocolError, "found a message malformed", "update the older of the two nodes"),
    "not-authorized": (NotAuthorizedError, "does not let this node in", "compare cards, agreement and clocks with the partner"),
    "unknown-circle": (UnknownCircleError, "does not know the circle", "ask whether the partner has joined"),
    "unknown-epoch": (UnknownEpochError, "does not answer that epoch any more", "run `tallystick sync`"),
    "unknown-handle": (UnknownHandleError, "does not know the handle any more", "the record is gone; run `tallystick sync`"),
    "purpose-not-agreed": (PurposeError, "does not accept the purpose", "see `tallystick circle show` for those agreed"),
    "too-large": (RemoteProtocolError, "found a message too large", "update the older of the two nodes"),
    "budget-spent": (QueryBudgetError, "says the query budget is spent", "wait, or agree on a larger budget"),
    "unavailable": (PeerUnavailableError, "cannot answer now", "try again later"),
}


@dataclass(frozen=True, slots=True)
class Partner:
    """Where a partner is, and how to know it.

    Attributes:
        member: its id.
        url: base URL of its node.
        key_id, signing_key: what its answers are signed with (32 bytes).
    """

    member: str
    url: str
    key_id: str
    signing_key: bytes = field(repr=False)


class PeerClient:
    """Calls one partner; connections are kept and reused."""

    def __init__(self, partner: Partner, signer: Signer, context: ssl.SSLContext, clock: Callable[[], datetime]) -> None:
        self._partner = partner
        self._signer = signer
        self._clock = clock
        self._stopped = False
        self._http = httpcore.ConnectionPool(
            ssl_context=context, network_backend=DeadlineNetwork(), max_connections=None,
            max_keepalive_connections=_KEPT_CONNECTIONS, keepalive_expiry=_KEPT_S,
        )  # fmt: skip

    def stop(self) -> None:
        """Read no answer any further: a call that is under way ends with the next piece of it, or within `_CALL_S`."""
        self._stopped = True

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, *, most_bytes: int, fields: Mapping[str, str] | None = None) -> bytes:
        """Fetch what is at a path; see `post`."""
        return self._call("GET", path, b"", most_bytes, fields)[0]

    def post(
        self, path: str, body: bytes, *, most_bytes: int, fields: Mapping[str, str] | None = None
    ) -> tuple[bytes, Mapping[str, str]]:
        """Send a request; return the content of the verified answer, and its header fields by lower-case name.

        Args:
            path: absolute path.
            body: the content.
            most_bytes: the largest answer accepted.
            fields: header fields of the exchange (`tallystick-circle` ...).

        Raises:
            PeerUnavailableError: no connection, no answer in time, or the partner asks to come back later.
            RemoteProtocolError: the answer is too large, unsigned or badly signed.
            RefusedError: the partner said no; the subclass says why.
        """
        return self._call("POST", path, body, most_bytes, fields)

    def submit(self, path: str, body: bytes, *, most_bytes: int) -> tuple[int, bytes]:
        """Send a request whose answer may have any status; return that and the verified content."""
        status, _, content = self._verified("POST", path, body, most_bytes, None)
        return status, content

    def _call(
        self, method: str, path: str, body: bytes, most_bytes: int, fields: Mapping[str, str] | None
    ) -> tuple[bytes, Mapping[str, str]]:
        status, headers, content = self._verified(method, path, body, most_bytes, fields)
        if status != _OK:
            raise refusal_of(self._partner.member, status, content)
        return content, headers

    def _verified(
        self, method: str, path: str, body: bytes, most_bytes: int, fields: Mapping[str, str] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        request = SignedRequest(method, self._partner.url + path, dict(fields or {}), body)
        self._signer.sign_request(request, self._clock())
        status, headers, content = self._exchange(request, most_bytes)
        if status != _OK and "signature" not in headers:
            raise refusal_of(self._partner.member, status, content)
        response = SignedResponse(status, headers, request, content)
        verify_response(response, (self._partner.key_id, self._partner.signing_key), self._clock())
        return status, headers, content

    def _exchange(self, request: SignedRequest, most_bytes: int) -> tuple[int, dict[str, str], bytes]:
        member = self._partner.member
        try:
            with (
                over_within(_CALL_S) as deadline,
                self._http.stream(
                    request.method,
                    request.url,
                    headers=[*request.headers.items()],
                    content=request.body,
                    extensions={"timeout": _TIMEOUT},
                ) as response,
            ):
                most = most_bytes if response.status == _OK else MOST_PROBLEM_BYTES
                said = combined_fields((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
                return response.status, said, self._read(response, most, deadline)
        except _FAILURES as error:
            away = PeerUnavailableError(
                f"member {member} cannot be reached ({type(error).__name__})",
                hint="is its node running, and is the URL of its card right?",
            )
            away.may_have_heard = not isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout)
            raise away from None

    def _read(self, response: httpcore.Response, most: int, deadline: Deadline) -> bytes:
        content = bytearray()
        for chunk in response.iter_stream():
            if self._stopped:
                raise PeerUnavailableError(
                    f"member {self._partner.member} is not heard out: this node is being stopped", hint="try again later"
                )
            content += chunk
            deadline.extend(len(chunk) / _SLOWEST_BYTES_S)
            if len(content) > most:
                raise RemoteProtocolError(
                    f"member {self._partner.member} sent more than {most} bytes", hint="tell the partner; nothing was used"
                )
        return bytes(content)


def refusal_of(member: str, status: int, content: bytes) -> Error:
    """Return the error that a partner's refusal is, whatever its content."""
    try:
        kind = str(msgspec.json.decode(content, type=dict[str, object]).get("type", ""))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        kind = ""
    known = _REFUSALS.get(kind.removeprefix(PROBLEM))
    if known is None:
        return RemoteProtocolError(f"member {member} answered {status} without a reason we know", hint="tell the partner")
    error, what, hint = known
    return error(f"member {member} {what}", hint=hint)
