"""The door of a node: whoever does not pass learns nothing, whoever passes gets signed answers, refusals included."""

import base64
import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lib import signing_peer
from lib.nodes import PURPOSE, Node, agree, fill, nodes, offer, person
from tallystick.adapters import pki
from tallystick.adapters.message_signatures import SignedRequest, SignedResponse, Signer, key_id, verify_response
from tallystick.adapters.tls import client_context
from tallystick.audit.entries import QueryAnswered, QueryRefused, RequestRefused
from tallystick.server.nonces import NonceCache
from tallystick.wiring import now

SMALL = {"code": "visa", "text": "visa applications", "points_per_day": 64, "points_per_epoch": 1_000, "burst": 64}
CANARY = "Tomasin Verhoovel"
EVALUATIONS = "/v1/circles/border/evaluations"
FIELDS = {
    "tallystick-circle": "border",
    "tallystick-epoch": "1",
    "tallystick-purpose": "border",
    "tallystick-officer": "officer-7",
}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    with nodes(tmp_path_factory.mktemp("nodes"), "police-a", "police-b", "police-c") as made:
        a, b, c = made
        fill(b.folder, person("b1", CANARY, born="1981-04-17"))
        agree(a, b, c, purposes=[PURPOSE, SMALL])
        offer(b)
        yield made


class Caller:
    """Calls node B with the signature of A, and with whatever a test changes about it."""

    def __init__(self, three: list[Node]) -> None:
        self.a, self.b, self.c = three
        self.signer = self.a.open.signer

    def signed(self, body: bytes = b"", path: str = EVALUATIONS, method: str = "POST", **fields: str) -> SignedRequest:
        headers = {**FIELDS, **{f"tallystick-{name}": value for name, value in fields.items()}}
        request = SignedRequest(method, self.b.open.card.url + path, {name: each for name, each in headers.items() if each}, body)
        self.signer.sign_request(request, now())
        return request

    def send(self, request: SignedRequest, connecting: Node | None = None) -> httpx.Response:
        folder = (connecting or self.a).open.folder
        context = client_context(folder.certificate, folder.key, pki.from_base64(self.b.open.card.ca))
        with httpx.Client(verify=context, trust_env=False) as client:
            return client.request(request.method, request.url, headers=request.headers, content=request.body)

    def send_raw(self, request: SignedRequest) -> httpx.Response:
        """Send a request whose path nobody may tidy up on the way."""
        from urllib.parse import urlsplit

        folder, parts = self.a.open.folder, urlsplit(request.url)
        context = client_context(folder.certificate, folder.key, pki.from_base64(self.b.open.card.ca))
        lines = [f"{request.method} {request.url.removeprefix(self.b.open.card.url)} HTTP/1.1", f"host: {parts.netloc}"]
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

        self.a.open.participation.copies.sync(self.a.open.participation.circles.in_force("border"), "police-b")
        copy = self.a.open.participation.copies.newest(self.a.open.participation.circles.in_force("border"), "police-b")
        suite = Suite("ristretto255-SHA512")
        from tallystick.exchange.requester import AskedKey, ask

        client = Client(suite, Mode.VOPRF, bytes.fromhex(copy.manifest.public_key))
        keys = [AskedKey(f"key {at}".encode(), 200) for at in range(count)]
        from os import urandom

        (question,) = ask(keys, client, "ristretto255-SHA512", urandom, bulk=False)
        return question.body


@pytest.fixture
def caller(three: list[Node]) -> Caller:
    return Caller(three)


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    said = msgspec.json.decode(response.content, type=dict[str, object])
    assert CANARY.encode() not in response.content
    return response.status_code, str(said["type"]).removeprefix("urn:tallystick:problem:")


def is_signed(caller: Caller, request: SignedRequest, response: httpx.Response) -> bool:
    if "signature" not in response.headers:
        return False
    card = caller.b.open.card
    key = bytes.fromhex(card.signing_key)
    headers = {name.lower(): value for name, value in response.headers.items()}
    sent = SignedRequest(request.method, request.url, {**request.headers}, request.body)
    verify_response(SignedResponse(response.status_code, headers, sent, response.content), (key_id(card.id, key), key), now())
    return True


def refused_at_the_door(caller: Caller, response: httpx.Response) -> None:
    assert problem(response) == (403, "not-authorized")
    assert "signature" not in response.headers
    fresh = caller.send(caller.signed(caller.body()))
    assert fresh.status_code == 200, "everybody else is served as before"


def test_a_good_request_is_answered_and_the_answer_is_signed(caller: Caller) -> None:
    request = caller.signed(caller.body())
    response = caller.send(request)
    assert response.status_code == 200
    assert is_signed(caller, request, response)
    assert response.headers["tallystick-budget"].isdecimal()


def test_no_certificate_no_connection(caller: Caller) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pki.to_pem(pki.from_base64(caller.b.open.card.ca)).decode())
    request = caller.signed(caller.body())
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.request("POST", request.url, headers=request.headers, content=request.body)


def test_a_certificate_of_nobody_known_no_connection(caller: Caller, tmp_path: Path) -> None:
    stranger = pki.issue(pki.make_authority("Office of police-a", now()), ["127.0.0.1"], now())
    (tmp_path / "key").write_bytes(stranger.key)
    (tmp_path / "pem").write_bytes(stranger.certificate)
    context = client_context(tmp_path / "pem", tmp_path / "key", pki.from_base64(caller.b.open.card.ca))
    request = caller.signed(caller.body())
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.request("POST", request.url, headers=request.headers, content=request.body)


def test_tls_before_1_3_no_connection(caller: Caller) -> None:
    folder = caller.a.open.folder
    context = client_context(folder.certificate, folder.key, pki.from_base64(caller.b.open.card.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.get(caller.b.open.card.url)


def test_the_certificate_of_another_member_does_not_fit_the_signature(caller: Caller) -> None:
    refused_at_the_door(caller, caller.send(caller.signed(caller.body()), connecting=caller.c))


def test_an_unknown_key(caller: Caller) -> None:
    request = caller.signed(caller.body())
    caller.signer = Signer("police-a", Ed25519PrivateKey.generate())
    caller.signer.sign_request(request, now())
    caller.signer = caller.a.open.signer
    refused_at_the_door(caller, caller.send(request))


def test_a_known_key_id_with_another_key(caller: Caller) -> None:
    request = caller.signed(caller.body())
    forger = Signer("police-a", Ed25519PrivateKey.generate())
    forger.key_id = caller.signer.key_id
    forger.sign_request(request, now())
    refused_at_the_door(caller, caller.send(request))


def test_a_signature_with_a_flipped_bit(caller: Caller) -> None:
    request = caller.signed(caller.body())
    label, _, value = request.headers["signature"].partition("=:")
    raw = bytearray(base64.b64decode(value.rstrip(":")))
    raw[5] ^= 1
    request.headers["signature"] = f"{label}=:{base64.b64encode(raw).decode()}:"
    refused_at_the_door(caller, caller.send(request))


@pytest.mark.parametrize("left_out", ["@method", "@target-uri", "content-digest", "tallystick-purpose"])
def test_a_signature_that_covers_too_little(caller: Caller, left_out: str) -> None:
    request = caller.signed(caller.body())
    covered = [each for each in (*signing_peer.REQUEST, *sorted(FIELDS)) if each != left_out]
    nonce = base64.b64encode(bytes(16)).decode()
    key_id = caller.signer.key_id
    signing_peer.sign(request, caller.signer._key, now(), covered, key_id=key_id, nonce=nonce)
    refused_at_the_door(caller, caller.send(request))


@pytest.mark.parametrize("header", ["signature", "signature-input", "content-digest"])
def test_what_is_no_signature(caller: Caller, header: str) -> None:
    request = caller.signed(caller.body())
    for broken in ("", "tallystick", "tallystick=(", "tallystick=:x:", '";keyid="police-a/0"'):
        changed = SignedRequest(request.method, request.url, {**request.headers, header: broken}, request.body)
        assert problem(caller.send(changed)) == (403, "not-authorized")
    del request.headers[header]
    refused_at_the_door(caller, caller.send(request))


def test_a_field_that_nobody_signed(caller: Caller) -> None:
    request = caller.signed(caller.body())
    request.headers["Tallystick-Other"] = "x"
    refused_at_the_door(caller, caller.send(request))


def test_a_changed_body(caller: Caller) -> None:
    request = caller.signed(caller.body())
    request.body = request.body[:-1] + bytes([request.body[-1] ^ 1])
    refused_at_the_door(caller, caller.send(request))


def test_a_changed_body_with_its_digest(caller: Caller) -> None:
    request = caller.signed(caller.body())
    request.body = request.body[:-1] + bytes([request.body[-1] ^ 1])
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    request.headers["content-digest"] = f"sha-256=:{digest}:"
    refused_at_the_door(caller, caller.send(request))


def test_a_request_for_another_path(caller: Caller) -> None:
    request = caller.signed(caller.body())
    request.url += "?more=1"
    refused_at_the_door(caller, caller.send(request))


@pytest.mark.parametrize("seconds", [-61, -3600, 62, 3600])
def test_a_clock_too_far_away(caller: Caller, seconds: int) -> None:
    request = caller.signed(caller.body())
    caller.signer.sign_request(request, now() + timedelta(seconds=seconds))
    refused_at_the_door(caller, caller.send(request))


def test_a_clock_not_too_far_away(caller: Caller) -> None:
    request = caller.signed(caller.body())
    caller.signer.sign_request(request, now() + timedelta(seconds=58))
    assert caller.send(request).status_code == 200


def test_a_nonce_used_twice(caller: Caller) -> None:
    request = caller.signed(caller.body())
    assert caller.send(request).status_code == 200
    refused_at_the_door(caller, caller.send(request))


def test_a_request_whose_nonce_finds_no_room_is_not_taken_and_may_come_again(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = caller.signed(caller.body())
    refused, answered = len(caller.b.log(RequestRefused)), len(caller.b.log(QueryAnswered))
    monkeypatch.setattr(NonceCache, "_most", property(lambda _: 0), raising=False)
    response = caller.send(request)
    monkeypatch.undo()
    assert problem(response) == (503, "unavailable")
    assert response.headers["retry-after"] == "5"
    (entry,) = caller.b.log(RequestRefused)[refused:]
    assert (entry.peer, entry.reason) == ("police-a", "unavailable")
    assert len(caller.b.log(QueryAnswered)) == answered
    assert caller.send(request).status_code == 200


def test_a_member_of_no_common_circle_is_let_in_nowhere(caller: Caller) -> None:
    request = caller.signed(caller.body(), path="/v1/circles/other/evaluations", circle="other")
    response = caller.send(request)
    assert problem(response) == (404, "unknown-circle")
    assert is_signed(caller, request, response)


def test_a_body_that_is_too_large(caller: Caller) -> None:
    assert problem(caller.send(caller.signed(bytes(8 + 4096 * 32 + 1)))) == (413, "too-large")
    assert problem(caller.send(caller.signed(bytes(64 * 1024 + 1), path="/v1/circles/border/receipts"))) == (413, "too-large")
    assert problem(caller.send(caller.signed(b"x", path="/v1/circles/border/manifests", method="GET"))) == (413, "too-large")


def test_a_body_that_is_too_large_and_does_not_say_so(caller: Caller) -> None:
    request = caller.signed(b"")
    folder = caller.a.open.folder
    context = client_context(folder.certificate, folder.key, pki.from_base64(caller.b.open.card.ca))
    with httpx.Client(verify=context, trust_env=False) as client:
        response = client.post(request.url, headers=request.headers, content=(bytes(65_536) for _ in range(4)))
    assert problem(response) == (413, "too-large")


def test_a_header_section_that_is_too_large(caller: Caller) -> None:
    request = caller.signed(caller.body())
    request.headers["x-filling"] = "x" * (16 * 1024)
    assert problem(caller.send(request)) == (413, "too-large")


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


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_after_the_door_is_refused_signed_and_recorded(caller: Caller, case: str) -> None:
    fields, expected = WRONG[case]
    body = caller.body()
    refused, answered = len(caller.b.log(QueryRefused)), len(caller.b.log(QueryAnswered))
    request = caller.signed(body, **fields)
    response = caller.send(request)
    assert problem(response) == expected
    assert is_signed(caller, request, response)
    assert len(caller.b.log(QueryAnswered)) == answered
    if "circle" not in fields:  # a step before the fourth: which circle would it be recorded for?
        (entry,) = caller.b.log(QueryRefused)[refused:]
        assert (entry.peer, entry.reason, entry.request) == ("police-a", expected[1], hashlib.sha256(body).digest())


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


@pytest.mark.parametrize("case", SPOILT)
def test_a_malformed_body_is_refused_signed_recorded_and_costs_nothing(caller: Caller, case: str) -> None:
    body = SPOILT[case](caller.body())
    left, refused = points_left(caller), len(caller.b.log(QueryRefused))
    request = caller.signed(body)
    response = caller.send(request)
    assert problem(response) == (400, "malformed")
    assert is_signed(caller, request, response)
    assert len(caller.b.log(QueryRefused)) == refused + 1
    assert points_left(caller) >= left


def test_a_spent_budget_says_when_it_is_full_enough_again(caller: Caller) -> None:
    for _ in range(2):
        assert caller.send(caller.signed(caller.body(), purpose="visa")).headers["tallystick-budget"] in {"32", "0"}
    request = caller.signed(caller.body(), purpose="visa")
    response = caller.send(request)
    assert problem(response) == (429, "budget-spent")
    assert is_signed(caller, request, response)
    # Half a day brings half of what a day does; but the day that was spent must be over, too.
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    wait_s = max(43_200, (midnight - now()).total_seconds())
    assert wait_s - 200 < int(response.headers["retry-after"]) <= wait_s + 1
    assert caller.b.log(QueryRefused)[-1].reason == "budget-spent"


def points_left(caller: Caller) -> int:
    left: int = caller.b.open.participation.answering.left("border", "police-a", "border")
    return left


@pytest.mark.parametrize(
    "prefix", ["entries/", "./entries/", "/entries/", "0/../entries/", "%2e/entries/", "%2fentries/", "../tile/entries/"]
)
def test_entries_of_the_log_are_for_nobody(caller: Caller, prefix: str) -> None:
    caller.b.open.log.publish()
    bundles = caller.b.open.folder.log / "tile" / "entries"
    names = [str(path.relative_to(bundles)) for path in bundles.rglob("*") if path.is_file()]
    assert names
    for name in (*names, ""):
        request = caller.signed(path=f"/v1/log/tile/{prefix}{name}", method="GET", epoch="", purpose="", officer="", circle="")
        assert problem(caller.send_raw(request)) == (404, "unknown-epoch")


def test_hash_tiles_of_the_log_are_for_partners(caller: Caller) -> None:
    caller.b.open.log.publish()
    tiles = caller.b.open.folder.log / "tile" / "0"
    name = next(str(path.relative_to(tiles)) for path in tiles.rglob("*") if path.is_file())
    request = caller.signed(path=f"/v1/log/tile/0/{name}", method="GET", epoch="", purpose="", officer="", circle="")
    response = caller.send_raw(request)
    assert (response.status_code, response.content) == (200, (tiles / name).read_bytes())


def test_files_of_no_index_are_not_served(caller: Caller) -> None:
    for path in ("epochs/1/bases/9/segments/0", "epochs/1/bases/1/segments/9", "epochs/9/deltas/1", "epochs/1/deltas/7"):
        request = caller.signed(path=f"/v1/circles/border/{path}", method="GET")
        assert problem(caller.send(request)) == (404, "unknown-epoch")


def test_an_unknown_handle_and_a_purpose_not_agreed_when_redeeming(caller: Caller) -> None:
    from tallystick.exchange import canonical
    from tallystick.exchange.messages import Redemption

    for purpose, expected in (("border", (404, "unknown-handle")), ("curiosity", (403, "purpose-not-agreed"))):
        asked = Redemption(format="x1", handle="00" * 7, purpose=purpose, reason="r", officer="o", reference="")
        request = caller.signed(canonical.encode(asked), path="/v1/circles/border/redemptions", purpose=purpose)
        response = caller.send(request)
        assert problem(response) == expected
        assert is_signed(caller, request, response)


def test_a_header_section_that_does_not_end(caller: Caller) -> None:
    folder, port = caller.a.open.folder, int(caller.b.open.card.url.rpartition(":")[2])
    context = client_context(folder.certificate, folder.key, pki.from_base64(caller.b.open.card.ca))
    most = 64 << 20
    sent = 0
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as sock,
        suppress(OSError),
    ):
        sock.sendall(b"GET /v1/log/checkpoint HTTP/1.1\r\nhost: here\r\nx-endless: ")
        while sent < most:
            sock.sendall(b"x" * 65_536)
            sent += 65_536
    assert sent < most // 4, "the node took a header section without end"
