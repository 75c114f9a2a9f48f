"""Signed messages: the RFC's own example verifies, and nothing a stranger sends brings anything but a refusal."""

import base64
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lib import signing_peer
from tallystick.adapters.message_signatures import (
    SignedRequest,
    SignedResponse,
    Signer,
    claimed_key_id,
    key_id,
    verify_request,
    verify_response,
)
from tallystick.adapters.signature_base import read_input, read_signature, signature_base
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
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU="))
    assert key.public_key().public_bytes_raw() == base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    values = {
        '"date"': "Tue, 20 Apr 2021 02:07:55 GMT",
        '"@method"': "POST",
        '"@path"': "/foo",
        '"@authority"': "example.com",
        '"content-type"': "application/json",
        '"content-length"': "18",
    }
    listed = '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    said = read_input(f'sig-b26={listed};created=1618884473;keyid="test-key-ed25519"', "sig-b26")
    assert said.components == tuple(values)
    assert said.parameters == {"created": 1618884473, "keyid": "test-key-ed25519"}
    written = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    signature = read_signature(f"sig-b26=:{written}:", "sig-b26")
    assert signature == key.sign(signature_base(values.items(), said.text))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5))
def test_members_of_other_labels_are_passed_over(order: list[int]) -> None:
    """A proxy may add a signature of its own; nothing of it is looked at."""
    others = ['p=("a";sf "b";key="\\",\\"");x=?1;y=tok/en', "q=:AAAA:", "r=-1.5;z", 's="tallystick=()"']
    chosen = [(["tallystick=()", *others])[at] for at in order]
    text = " , ".join(chosen)
    if order.count(0) == 1:
        assert read_input(text, "tallystick").text == "()"
    else:
        with pytest.raises(ValueError, match="label"):
            read_input(text, "tallystick")


def test_a_hostile_field_takes_no_longer_than_its_length() -> None:
    for part in ('"a" ', ";a=1", "a=1, ", '(("', ":", 'tallystick=("a', '"\\"'):
        for field in (part * 8_000, f"tallystick=({part * 8_000}", f'tallystick=("a"){part * 8_000}'):
            start = time.perf_counter()
            with suppress(ValueError):
                read_input(field, "tallystick")
            with suppress(ValueError):
                read_signature(field, "tallystick")
            assert time.perf_counter() - start < 1


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "\x00", "é", "\x7f"])
def test_a_base_is_printable_lines(value: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        signature_base([('"@method"', value)], "()")


PATHS = st.lists(st.text("abz019-._~%3A", max_size=8).filter(lambda text: "%" not in text), max_size=5).map("/".join)
VALUES = st.text([chr(code) for code in range(0x21, 0x7F)], max_size=20)
NAMES = st.from_regex(r"\Atallystick-[a-z][a-z0-9-]{0,10}\Z")
FIELDS_OF = st.dictionaries(NAMES, VALUES, max_size=4)


@given(st.sampled_from(["GET", "POST"]), PATHS, FIELDS_OF, FIELDS_OF, st.binary(max_size=40), st.randoms())
def test_ours_and_a_peer_verify_each_other(
    method: str, path: str, fields: dict[str, str], answered: dict[str, str], body: bytes, random: Random
) -> None:
    sent = SignedRequest(method, f"https://b.example:7443/{path}", dict(fields), body)
    Signer("police-a", PRIVATE).sign_request(sent, NOW)
    covered = [*signing_peer.REQUEST, *fields]
    assert signing_peer.verify(sent, PRIVATE, covered)["keyid"] == KEY[0]
    random.shuffle(covered)
    nonce = base64.b64encode(random.randbytes(16)).decode()
    signing_peer.sign(sent, PRIVATE, NOW, covered, key_id=KEY[0], nonce=nonce)
    assert verify_request(sent, KEY, NOW).nonce == nonce

    answer = SignedResponse(random.choice([200, 404]), dict(answered), sent, body)
    Signer("police-a", PRIVATE).sign_response(answer, NOW)
    covered = [*signing_peer.RESPONSE, *answered]
    assert signing_peer.verify(answer, PRIVATE, covered)["keyid"] == KEY[0]
    random.shuffle(covered)
    signing_peer.sign(answer, PRIVATE, NOW, covered, key_id=KEY[0])
    verify_response(answer, KEY, NOW)


@given(st.sampled_from(["signature", "signature-input", "content-digest", "tallystick-epoch"]), st.data())
def test_what_a_peer_refuses_is_refused(name: str, data: st.DataObject) -> None:
    """Any change of a signed header that the peer finds broken is broken here, too."""
    sent = request()
    before = sent.headers[name]
    at = data.draw(st.integers(0, len(before) - 1))
    put = data.draw(st.sampled_from(["", *'=:;,"() A0-', ";a", ';a=1;b="c"', ', x=("y")', " "]))
    sent.headers[name] = before[:at] + put + before[at + data.draw(st.integers(0, 3)) :]
    try:
        signing_peer.verify(sent, PRIVATE, (*signing_peer.REQUEST, *FIELDS))
    except signing_peer.Refused:
        with pytest.raises(NotAuthorizedError):
            verify_request(sent, KEY, NOW)


@pytest.mark.parametrize("more", [["@authority"], ["date"]])
def test_what_covers_something_else_too_is_refused(more: list[str]) -> None:
    sent = request()
    sent.headers["date"] = "Tue, 20 Apr 2021 02:07:55 GMT"
    nonce = base64.b64encode(bytes(16)).decode()
    covered = [*signing_peer.REQUEST, *FIELDS, *more]
    signing_peer.sign(sent, PRIVATE, NOW, covered, key_id=KEY[0], nonce=nonce)
    with pytest.raises(NotAuthorizedError):
        verify_request(sent, KEY, NOW)


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
    sent = request()
    covered = (*signing_peer.REQUEST, *FIELDS)
    signing_peer.sign(sent, PRIVATE, NOW, covered, key_id=KEY[0], nonce=nonce)
    with pytest.raises(NotAuthorizedError):
        verify_request(sent, KEY, NOW)


@pytest.mark.parametrize("said", [{"tag": "other"}, {"key_id": "police-a/0"}, {"label": "other"}])
def test_what_is_signed_for_something_else_is_refused(said: dict[str, str]) -> None:
    sent = request()
    covered = (*signing_peer.REQUEST, *FIELDS)
    usual = {"key_id": KEY[0], "nonce": base64.b64encode(bytes(16)).decode()}
    signing_peer.sign(sent, PRIVATE, NOW, covered, **{**usual, **said})
    with pytest.raises(NotAuthorizedError):
        verify_request(sent, KEY, NOW)
