"""The door of a node: whoever does not pass learns nothing, whoever passes gets signed answers, refusals included."""

import base64
import hashlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lib import signing_peer
from lib.callers import CANARY, FIELDS, SPOILT, WRONG, Caller, problem
from lib.nodes import PURPOSE, Node, agree, fill, made_folder, nodes, offer, person, serving
from tallystick.adapters import pki
from tallystick.adapters.message_signatures import SignedRequest, SignedResponse, Signer, key_id, verify_response
from tallystick.adapters.tls import client_context
from tallystick.audit.entries import QueryAnswered, QueryRefused, RequestRefused
from tallystick.server.nonces import NonceCache
from tallystick.wiring import now
from tallystick.wiring.nodes import OpenNode

SMALL = {"code": "visa", "text": "visa applications", "points_per_day": 64, "points_per_epoch": 1_000, "burst": 64}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    with nodes(tmp_path_factory.mktemp("nodes"), "police-a", "police-b", "police-c") as made:
        a, b, c = made
        fill(b.folder, person("b1", CANARY, born="1981-04-17"))
        agree(a, b, c, purposes=[PURPOSE, SMALL])
        offer(b)
        yield made


@pytest.fixture
def caller(three: list[Node]) -> Caller:
    return Caller(*three)


def opened(caller: Caller) -> OpenNode:
    """The node that is called; in this file it is served by this process."""
    assert isinstance(caller.b, Node)
    return caller.b.open


def is_signed(caller: Caller, request: SignedRequest, response: httpx.Response) -> bool:
    if "signature" not in response.headers:
        return False
    card = caller.b.card
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
    context.load_verify_locations(cadata=pki.to_pem(pki.from_base64(caller.b.card.ca)).decode())
    request = caller.signed(caller.body())
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.request("POST", request.url, headers=request.headers, content=request.body)


def test_a_certificate_of_nobody_known_no_connection(caller: Caller, tmp_path: Path) -> None:
    stranger = pki.issue(pki.make_authority("Office of police-a", now()), ["127.0.0.1"], now())
    (tmp_path / "key").write_bytes(stranger.key)
    (tmp_path / "pem").write_bytes(stranger.certificate)
    context = client_context(tmp_path / "pem", tmp_path / "key", pki.from_base64(caller.b.card.ca))
    request = caller.signed(caller.body())
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.request("POST", request.url, headers=request.headers, content=request.body)


def test_tls_before_1_3_no_connection(caller: Caller) -> None:
    folder = caller.a.open.folder
    context = client_context(folder.certificate, folder.key, pki.from_base64(caller.b.card.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.get(caller.b.card.url)


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
    context = client_context(folder.certificate, folder.key, pki.from_base64(caller.b.card.ca))
    with httpx.Client(verify=context, trust_env=False) as client:
        response = client.post(request.url, headers=request.headers, content=(bytes(65_536) for _ in range(4)))
    assert problem(response) == (413, "too-large")


def test_a_header_section_that_is_too_large(caller: Caller) -> None:
    request = caller.signed(caller.body())
    request.headers["x-filling"] = "x" * (16 * 1024)
    assert problem(caller.send(request)) == (413, "too-large")


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
    left: int = opened(caller).participation.answering.left("border", "police-a", "border")
    return left


@pytest.mark.parametrize(
    "prefix", ["entries/", "./entries/", "/entries/", "0/../entries/", "%2e/entries/", "%2fentries/", "../tile/entries/"]
)
def test_entries_of_the_log_are_for_nobody(caller: Caller, prefix: str) -> None:
    opened(caller).log.publish()
    bundles = opened(caller).folder.log / "tile" / "entries"
    names = [str(path.relative_to(bundles)) for path in bundles.rglob("*") if path.is_file()]
    assert names
    for name in (*names, ""):
        request = caller.signed(path=f"/v1/log/tile/{prefix}{name}", method="GET", epoch="", purpose="", officer="", circle="")
        assert problem(caller.send_raw(request)) == (404, "unknown-epoch")


def test_hash_tiles_of_the_log_are_for_partners(caller: Caller) -> None:
    opened(caller).log.publish()
    tiles = opened(caller).folder.log / "tile" / "0"
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
    folder, port = caller.a.open.folder, int(caller.b.card.url.rpartition(":")[2])
    context = client_context(folder.certificate, folder.key, pki.from_base64(caller.b.card.ca))
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


def test_a_file_that_no_manifest_names_yet_is_not_there(caller: Caller) -> None:
    assert isinstance(caller.b, Node)
    for kind, path in (("base-2", "bases/2/segments/0"), ("delta-1", "deltas/1")):
        written = caller.b.folder / "indexes" / "border" / "police-b" / "1" / kind
        written.write_bytes(bytes(15 * 256))  # its publication is under way, and not in the log
        response = caller.send(caller.signed(b"", f"/v1/circles/border/epochs/1/{path}", "GET"))
        assert problem(response) == (404, "unknown-epoch")
        written.unlink()


# --- members of other circles -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Caller, Caller]]:
    """A member of circle `border`, and one of the same id, of another organisation, that B meets in circle `other`."""
    root = tmp_path_factory.mktemp("namesakes")
    with nodes(root, "police-a", "police-b") as (a, b), serving(made_folder(root / "namesake", "police-a")) as namesake:
        fill(b.folder, person("b1", CANARY, born="1981-04-17"))
        agree(a, b)
        offer(b)
        agree(b, namesake, circle="other")
        yield Caller(a, b, a), Caller(namesake, b, namesake)
        namesake.hang_up()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "evaluations"), ("POST", "redemptions"), ("GET", "agreement"), ("GET", "manifests?after=0"), ("GET", "seen"),
        ("GET", "epochs/1/bases/1/segments/0"),
    ],
)  # fmt: skip
def test_an_id_of_one_circle_opens_nothing_in_another(namesakes: tuple[Caller, Caller], method: str, path: str) -> None:
    member, namesake = namesakes
    body = member.body() if method == "POST" else b""
    before, refused = len(member.b.log(QueryAnswered)), len(member.b.log(RequestRefused))
    response = namesake.send(namesake.signed(body, f"/v1/circles/border/{path}", method))
    assert problem(response) == (404, "unknown-circle"), "as if there were none"
    assert len(member.b.log(QueryAnswered)) == before
    assert [entry.circle for entry in member.b.log(RequestRefused)[refused:]] == [None], "it is in none of that name"
    assert member.send(member.signed(member.body())).status_code == 200


def test_a_card_of_another_circle_with_a_members_key_shuts_nobody_out(
    namesakes: tuple[Caller, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    member, namesake = namesakes
    assert isinstance(member.b, Node)
    circles = opened(member).participation.circles
    copied = msgspec.structs.replace(namesake.a.card, signing_key=member.a.card.signing_key)
    real = circles.cards()
    monkeypatch.setattr(circles, "cards", lambda: [*real, copied])
    member.b.partners.refresh()
    assert member.send(member.signed(member.body())).status_code == 200
    elsewhere = member.send(member.signed(member.body()), connecting=namesake.a)
    assert problem(elsewhere) == (404, "unknown-circle"), "its key over a connection of that other organisation"
