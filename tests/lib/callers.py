"""A partner at the door of a node: good requests, and by name those that are not to be answered."""

import base64
import hashlib
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lib import signing_peer
from lib.nodes import Answering, Node
from tallystick.adapters import pki
from tallystick.adapters.message_signatures import SignedRequest, Signer
from tallystick.adapters.tls import client_context
from tallystick.wiring import now

EVALUATIONS = "/v1/circles/border/evaluations"
FIELDS = {
    "tallystick-circle": "border",
    "tallystick-epoch": "1",
    "tallystick-purpose": "border",
    "tallystick-officer": "officer-7",
}
CANARY = "Tomasin Verhoovel"


class Caller:
    """Calls node B with the signature of A, and with whatever a test changes about it."""

    def __init__(self, a: Node, b: Answering, c: Node) -> None:
        self.a, self.b, self.c = a, b, c
        self.signer = a.open.signer

    def signed(self, body: bytes = b"", path: str = EVALUATIONS, method: str = "POST", **fields: str) -> SignedRequest:
        headers = {**FIELDS, **{f"tallystick-{name}": value for name, value in fields.items()}}
        request = SignedRequest(method, self.b.card.url + path, {name: each for name, each in headers.items() if each}, body)
        self.signer.sign_request(request, now())
        return request

    def send(self, request: SignedRequest, connecting: Node | None = None) -> httpx.Response:
        folder = (connecting or self.a).open.folder
        context = client_context(folder.certificate, folder.key, pki.from_base64(self.b.card.ca))
        with httpx.Client(verify=context, trust_env=False) as client:
            return client.request(request.method, request.url, headers=request.headers, content=request.body)

    def send_raw(self, request: SignedRequest) -> httpx.Response:
        """Send a request whose path nobody may tidy up on the way."""
        from urllib.parse import urlsplit

        folder, parts = self.a.open.folder, urlsplit(request.url)
        context = client_context(folder.certificate, folder.key, pki.from_base64(self.b.card.ca))
        lines = [f"{request.method} {request.url.removeprefix(self.b.card.url)} HTTP/1.1", f"host: {parts.netloc}"]
        lines += [*(f"{name}: {value}" for name, value in request.headers.items()), "connection: close", "", ""]
        with (
            socket.create_connection((parts.hostname, parts.port)) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as sock,
        ):
            sock.sendall("\r\n".join(lines).encode())
            raw = b"".join(iter(lambda: sock.recv(65_536), b""))
        head, _, content = raw.partition(b"\r\n\r\n")
        status, *rest = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in rest)
        return httpx.Response(int(status.split(" ")[1]), headers=headers, content=content)

    def body(self, count: int = 32) -> bytes:
        """A request as its node makes it, of one question."""
        from tallystick.oprf import Client, Mode, Suite

        self.a.open.participation.copies.sync(self.a.open.participation.circles.in_force("border"), self.b.card.id)
        copy = self.a.open.participation.copies.newest(self.a.open.participation.circles.in_force("border"), self.b.card.id)
        suite = Suite("ristretto255-SHA512")
        from tallystick.exchange.requester import AskedKey, ask

        client = Client(suite, Mode.VOPRF, bytes.fromhex(copy.manifest.public_key))
        keys = [AskedKey(f"key {at}".encode(), 200) for at in range(count)]
        from os import urandom

        (question,) = ask(keys, client, "ristretto255-SHA512", urandom, bulk=False)
        return question.body


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    said = msgspec.json.decode(response.content, type=dict[str, object])
    assert CANARY.encode() not in response.content
    return response.status_code, str(said["type"]).removeprefix("urn:tallystick:problem:")


WRONG = {
    "another circle in the field": ({"circle": "other"}, (400, "malformed")),
    "no circle in the field": ({"circle": ""}, (400, "malformed")),
    "an epoch that is not answered": ({"epoch": "2"}, (404, "unknown-epoch")),
    "no epoch": ({"epoch": ""}, (400, "malformed")),
    "an epoch with a sign": ({"epoch": "+1"}, (400, "malformed")),
    "an epoch with a nought": ({"epoch": "01"}, (400, "malformed")),
    "a purpose not agreed": ({"purpose": "curiosity"}, (403, "purpose-not-agreed")),
    "no purpose": ({"purpose": ""}, (403, "purpose-not-agreed")),
    "bulk without a grant": ({"purpose": "bulk"}, (403, "purpose-not-agreed")),
    "no officer": ({"officer": ""}, (400, "malformed")),
    "an officer with a name": ({"officer": "Jo Bloggs"}, (400, "malformed")),
    "an officer too long": ({"officer": "o" * 64}, (400, "malformed")),
}


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "a byte less": lambda body: body[:-1],
    "a point less": lambda body: body[:-32],
    "a point more": lambda body: body + bytes(32),
    "another format": lambda body: b"TSQ2" + body[4:],
    "another suite": lambda body: body[:4] + b"\x02" + body[5:],
    "another mode": lambda body: body[:5] + b"\x00" + body[6:],
    "the identity": lambda body: body[:8] + bytes(32) + body[40:],
    "no canonical point": lambda body: body[:8] + b"\xff" * 32 + body[40:],
}


# --- what nobody signed as it must be -----------------------------------------------------------------------------------


def _by(signer: Callable[[Caller], Signer]) -> Callable[[Caller], SignedRequest]:
    def made(caller: Caller) -> SignedRequest:
        request = caller.signed(caller.body())
        signer(caller).sign_request(request, now())
        return request

    return made


def _known_key_id(caller: Caller) -> Signer:
    forger = Signer(caller.a.id, Ed25519PrivateKey.generate())
    forger.key_id = caller.signer.key_id
    return forger


def _at(seconds: int) -> Callable[[Caller], SignedRequest]:
    def made(caller: Caller) -> SignedRequest:
        request = caller.signed(caller.body())
        caller.signer.sign_request(request, now() + timedelta(seconds=seconds))
        return request

    return made


def _covering(left_out: str) -> Callable[[Caller], SignedRequest]:
    def made(caller: Caller) -> SignedRequest:
        request = caller.signed(caller.body())
        covered: Sequence[str] = [each for each in (*signing_peer.REQUEST, *sorted(FIELDS)) if each != left_out]
        nonce = base64.b64encode(bytes(16)).decode()
        signing_peer.sign(request, caller.signer._key, now(), covered, key_id=caller.signer.key_id, nonce=nonce)
        return request

    return made


def _changed(change: Callable[[SignedRequest], None]) -> Callable[[Caller], SignedRequest]:
    def made(caller: Caller) -> SignedRequest:
        request = caller.signed(caller.body())
        change(request)
        return request

    return made


def _flip_signature(request: SignedRequest) -> None:
    label, _, value = request.headers["signature"].partition("=:")
    raw = bytearray(base64.b64decode(value.rstrip(":")))
    raw[5] ^= 1
    request.headers["signature"] = f"{label}=:{base64.b64encode(raw).decode()}:"


def _flip_body(request: SignedRequest) -> None:
    request.body = request.body[:-1] + bytes([request.body[-1] ^ 1])


def _flip_body_and_digest(request: SignedRequest) -> None:
    _flip_body(request)
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    request.headers["content-digest"] = f"sha-256=:{digest}:"


def _header(name: str, value: str) -> Callable[[SignedRequest], None]:
    def change(request: SignedRequest) -> None:
        request.headers[name] = value

    return change


def _without(name: str) -> Callable[[SignedRequest], None]:
    def change(request: SignedRequest) -> None:
        del request.headers[name]

    return change


def _longer_url(request: SignedRequest) -> None:
    request.url += "?more=1"


FORGED: dict[str, Callable[[Caller], SignedRequest]] = {
    "an unknown key": _by(lambda caller: Signer(caller.a.id, Ed25519PrivateKey.generate())),
    "a known key id with another key": _by(_known_key_id),
    "a flipped bit of the signature": _changed(_flip_signature),
    **{f"{left_out} is not covered": _covering(left_out) for left_out in ("@method", "@target-uri", "content-digest")},
    **{f"no {name}": _changed(_without(name)) for name in ("signature", "signature-input", "content-digest")},
    **{
        f"{name}: {broken!r}": _changed(_header(name, broken))
        for name in ("signature", "signature-input", "content-digest")
        for broken in ("", "tallystick=(", "tallystick=:x:")
    },
    "a field that nobody signed": _changed(_header("tallystick-other", "x")),
    "a changed body": _changed(_flip_body),
    "a changed body with its digest": _changed(_flip_body_and_digest),
    "another path": _changed(_longer_url),
    **{f"a clock {seconds} seconds away": _at(seconds) for seconds in (-3600, -61, 62, 3600)},
}
"""Requests that get in nowhere: 403, unsigned."""
