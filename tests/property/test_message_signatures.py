"""Signed messages: the RFC's own example verifies, and nothing a stranger sends brings anything but a refusal."""

import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tallystick.adapters.message_signatures import (
    SignedRequest,
    SignedResponse,
    Signer,
    claimed_key_id,
    key_id,
    verify_request,
    verify_response,
)
from tallystick.errors import Error, NotAuthorizedError, VerifyError

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
KEY = (key_id("police-a", PUBLIC), PUBLIC)
FIELDS = {"tallystick-circle": "border", "tallystick-epoch": "1"}


def request(**changes: object) -> SignedRequest:
    made = SignedRequest("POST", "https://b.example:7443/v1/circles/border/evaluations", dict(FIELDS), b"body")
    Signer("police-a", PRIVATE).sign_request(made, NOW)
    made.headers = {name.lower(): value for name, value in made.headers.items()}
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_the_example_of_rfc_9421_b_2_6() -> None:
    """The library's signature base and Ed25519, held against the RFC: two implementations cannot differ in both."""
    import http_message_signatures as library

    raw = base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    public = Ed25519PrivateKey.from_private_bytes(base64.b64decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=")).public_key()
    assert public.public_bytes_raw() == raw

    class Keys(library.HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id: str) -> object:
            assert key_id == "test-key-ed25519"
            return public

    message = SignedRequest(
        "POST",
        "https://example.com/foo?param=Value&Pet=dog",
        {
            "date": "Tue, 20 Apr 2021 02:07:55 GMT",
            "content-type": "application/json",
            "content-length": "18",
            "signature-input": 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
            ';created=1618884473;keyid="test-key-ed25519"',
            "signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
        },
        b'{"hello": "world"}',
    )
    from tallystick.adapters.message_signatures import _TimelessVerifier

    verifier = _TimelessVerifier(signature_algorithm=library.algorithms.ED25519, key_resolver=Keys())
    (result,) = verifier.verify(message, max_age=None)
    assert result.parameters["keyid"] == "test-key-ed25519"
    message.headers["content-length"] = "19"
    with pytest.raises(library.InvalidSignature):
        verifier.verify(message, max_age=None)


def test_a_request_and_its_answer_verify() -> None:
    sent = request()
    signed = verify_request(sent, KEY, NOW)
    assert (signed.key_id, signed.created, len(base64.b64decode(signed.nonce))) == (KEY[0], NOW, 16)
    assert claimed_key_id(sent.headers) == KEY[0]
    answer = SignedResponse(200, {"tallystick-budget": "7"}, sent, b"answer")
    Signer("police-a", PRIVATE).sign_response(answer, NOW)
    answer.headers = {name.lower(): value for name, value in answer.headers.items()}
    verify_response(answer, KEY, NOW)
    for changed in (
        SignedResponse(201, answer.headers, sent, b"answer"),
        SignedResponse(200, answer.headers, sent, b"answers"),
        SignedResponse(200, {**answer.headers, "tallystick-budget": "8"}, sent, b"answer"),
        SignedResponse(200, {**answer.headers, "tallystick-more": "8"}, sent, b"answer"),
        SignedResponse(200, answer.headers, request(), b"answer"),
    ):
        with pytest.raises(VerifyError):
            verify_response(changed, KEY, NOW)
    with pytest.raises(VerifyError):
        verify_response(answer, KEY, NOW + timedelta(seconds=61))


@given(st.integers(-200, 200))
def test_the_clock_may_be_a_minute_off_and_no_more(seconds: int) -> None:
    sent, now = request(), NOW + timedelta(seconds=seconds)
    if abs(seconds) <= 60:
        assert verify_request(sent, KEY, now).created == NOW
    else:
        with pytest.raises(NotAuthorizedError):
            verify_request(sent, KEY, now)


HEADER = st.sampled_from(["signature", "signature-input", "content-digest", "tallystick-epoch"])
TEXT = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=60)


@given(HEADER, TEXT)
def test_whatever_stands_in_a_header_it_is_refused(name: str, value: str) -> None:
    sent = request()
    if value == sent.headers[name]:
        return
    sent.headers[name] = value
    claimed_key_id(sent.headers)
    with pytest.raises(Error):
        verify_request(sent, KEY, NOW)


@given(HEADER, st.data())
def test_a_header_with_a_character_changed_left_out_or_more_is_refused(name: str, data: st.DataObject) -> None:
    sent = request()
    before = sent.headers[name]
    at = data.draw(st.integers(0, len(before) - 1))
    put = data.draw(st.one_of(st.just(""), st.sampled_from(list('=:;,"() \\x0aA0-')), TEXT))
    sent.headers[name] = before[:at] + put + before[at + data.draw(st.integers(0, 3)) :]
    if sent.headers[name] == before:
        return
    with suppress(Error):  # another spelling of the same thing may pass; anything but an error of ours may not
        claimed_key_id(sent.headers)
        verify_request(sent, KEY, NOW)


@given(st.dictionaries(st.sampled_from(["signature", "signature-input", "content-digest"]), TEXT))
def test_a_stranger_brings_a_refusal_and_nothing_else(headers: dict[str, str]) -> None:
    claimed_key_id(headers)
    with pytest.raises(NotAuthorizedError):
        verify_request(SignedRequest("GET", "https://b.example/", headers), KEY, NOW)


@pytest.mark.parametrize("nonce", ["", "short", "A" * 23, "A" * 25, "!" * 24])
def test_a_nonce_is_sixteen_bytes(nonce: str) -> None:
    import http_message_signatures as library

    sent = request()
    for name in ("signature", "signature-input"):
        del sent.headers[name]
    signer = library.HTTPMessageSigner(
        signature_algorithm=library.algorithms.ED25519, key_resolver=Signer("police-a", PRIVATE)._signer.key_resolver
    )
    covered = ("@method", "@target-uri", "content-digest", *FIELDS)
    signer.sign(
        sent, key_id=KEY[0], created=NOW, nonce=nonce, label="tallystick", tag="tallystick-x1", covered_component_ids=covered,
        use_existing_digest=True,
    )  # fmt: skip
    sent.headers = {name.lower(): value for name, value in sent.headers.items()}
    with pytest.raises(NotAuthorizedError):
        verify_request(sent, KEY, NOW)
