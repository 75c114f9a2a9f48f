"""Oblivious evaluation: client, server and holder agree, the second implementation agrees, and nothing hostile gets through."""

import copy
import pickle
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import oprf_twin
from lib.oprf_twin import ORDER, Context, write_scalar
from tallystick import errors
from tallystick.oprf import MAX_BATCH, MAX_INPUT_BYTES, Blinds, Client, Mode, SecretKey, Server, Suite, check_element

SUITE = Suite.RISTRETTO255_SHA512
CANARY = b"zq7canary"
modes = st.sampled_from(Mode)
inputs = st.lists(st.binary(max_size=200), min_size=1, max_size=5)
scalars = st.one_of(st.integers(1, ORDER - 1), st.sampled_from([1, 2, ORDER - 2, ORDER - 1]))


def parties(mode: Mode, key: int | None = None) -> tuple[Client, Server]:
    chosen = SecretKey.generate(SUITE) if key is None else SecretKey.deserialize(SUITE, write_scalar(key))
    server = Server(SUITE, mode, chosen)
    return Client(SUITE, mode, server.public_key if mode is Mode.VOPRF else None), server


def split(data: bytes, length: int) -> list[bytes]:
    return [data[at : at + length] for at in range(0, len(data), length)]


# --- agreement ------------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(mode=modes, key=scalars, texts=inputs)
def test_client_holder_and_second_implementation_agree(mode: Mode, key: int, texts: list[bytes]) -> None:
    client, server = parties(mode, key)
    blinds, blinded = client.blind_batch(texts)
    evaluated, proof = server.blind_evaluate_batch(blinded)
    outputs = client.finalize_batch(blinds, evaluated, proof)
    assert outputs == server.evaluate_batch(texts)
    twin = Context(mode.value)
    assert split(outputs, SUITE.output_bytes) == [twin.evaluate(key, text) for text in texts]
    assert split(evaluated, SUITE.element_bytes) == [twin.blind_evaluate(key, each) for each in split(blinded, 32)]
    if proof is not None:
        assert len(proof) == SUITE.proof_bytes
        assert twin.verify_proof(server.public_key, split(blinded, 32), split(evaluated, 32), proof)


@settings(max_examples=30)
@given(mode=modes, seed=st.binary(min_size=32, max_size=32), info=st.binary(max_size=100))
def test_derived_keys_agree(mode: Mode, seed: bytes, info: bytes) -> None:
    key = SecretKey.derive_key_pair(SUITE, mode, seed, info)
    secret, public = Context(mode.value).derive_key_pair(seed, info)
    assert (key.serialize(), key.public_key) == (write_scalar(secret), public)


@settings(max_examples=20)
@given(key=scalars, texts=inputs, nonce=scalars)
def test_a_proof_of_the_second_implementation_verifies(key: int, texts: list[bytes], nonce: int) -> None:
    client, server = parties(Mode.VOPRF, key)
    kept, blinded = client.blind_batch(texts)
    evaluated, _ = server.blind_evaluate_batch(blinded)
    proof = Context(1).generate_proof(key, split(blinded, 32), split(evaluated, 32), nonce)
    assert client.finalize_batch(kept, evaluated, proof) == server.evaluate_batch(texts)


def test_a_large_batch_has_one_proof() -> None:
    client, server = parties(Mode.VOPRF)
    texts = [b"%d" % i for i in range(2500)]
    blinds, blinded = client.blind_batch(texts)
    evaluated, proof = server.blind_evaluate_batch(blinded)
    assert client.finalize_batch(blinds, evaluated, proof) == server.evaluate_batch(texts)


def test_an_input_is_never_blinded_the_same_way_twice() -> None:
    client, _ = parties(Mode.OPRF)
    seen = split(client.blind_batch([b"same"] * 200)[1] + client.blind_batch([b"same"] * 200)[1], 32)
    assert len(set(seen)) == 400


def test_modes_give_different_outputs() -> None:
    first, second = (parties(mode, 7)[1].evaluate_batch([b"x"]) for mode in Mode)
    assert first != second


# --- limits ---------------------------------------------------------------------------------------------------------------


def test_the_longest_input_is_taken_and_a_longer_one_is_not() -> None:
    client, server = parties(Mode.OPRF, 7)
    longest = b"x" * MAX_INPUT_BYTES
    assert server.evaluate_batch([longest]) == Context(0).evaluate(7, longest)
    for call in (client.blind_batch, server.evaluate_batch):
        with pytest.raises(errors.InvalidInputError, match="input 1 is longer"):
            call([b"fine", longest + b"x"])


def test_an_empty_batch_is_none() -> None:
    client, server = parties(Mode.VOPRF)
    with pytest.raises(errors.InvalidInputError):
        client.blind_batch([])
    with pytest.raises(errors.DeserializeError):
        server.blind_evaluate_batch(b"")
    assert server.evaluate_batch([]) == b""


def test_a_batch_too_large_is_refused_before_anything_is_computed() -> None:
    client, server = parties(Mode.VOPRF)
    with pytest.raises(errors.InvalidInputError, match="not 65536"):
        client.blind_batch([b""] * (MAX_BATCH + 1))
    with pytest.raises(errors.DeserializeError, match="not 65536"):
        server.blind_evaluate_batch(server.public_key * (MAX_BATCH + 1))


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_a_seed_has_one_length(seed: bytes) -> None:
    with pytest.raises(errors.InvalidInputError):
        SecretKey.derive_key_pair(SUITE, Mode.OPRF, seed)
    with pytest.raises(errors.InvalidInputError):
        SecretKey.derive_key_pair(SUITE, Mode.OPRF, bytes(32), bytes(MAX_INPUT_BYTES + 1))


# --- hostile answers --------------------------------------------------------------------------------------------------------


@cache
def conversation() -> tuple[Client, Server, Blinds, bytes, bytes, bytes]:
    client, server = parties(Mode.VOPRF)
    blinds, blinded = client.blind_batch([CANARY, b"second", b"third"])
    evaluated, proof = server.blind_evaluate_batch(blinded)
    assert proof is not None
    return client, server, blinds, blinded, evaluated, proof


def refused(evaluated: bytes, proof: bytes | None, error: type[errors.Error] | tuple[type[errors.Error], ...]) -> None:
    client, _, blinds, *_ = conversation()
    with pytest.raises(error) as caught:
        client.finalize_batch(blinds, evaluated, proof)
    assert CANARY.decode() not in str(caught.value)
    assert not evaluated or evaluated.hex()[:16] not in str(caught.value)


@settings(max_examples=150)
@given(bit=st.integers(0, 511))
def test_a_flipped_bit_in_the_proof_is_found(bit: int) -> None:
    *_, evaluated, proof = conversation()
    changed = bytearray(proof)
    changed[bit // 8] ^= 1 << bit % 8
    refused(evaluated, bytes(changed), (errors.VerifyError, errors.DeserializeError))


@settings(max_examples=150)
@given(bit=st.integers(0, 3 * 256 - 1))
def test_a_flipped_bit_in_an_element_is_found(bit: int) -> None:
    *_, evaluated, proof = conversation()
    changed = bytearray(evaluated)
    changed[bit // 8] ^= 1 << bit % 8
    refused(bytes(changed), proof, (errors.VerifyError, errors.DeserializeError))


def test_swapped_and_repeated_elements_are_found() -> None:
    *_, evaluated, proof = conversation()
    first, second, third = split(evaluated, 32)
    refused(second + first + third, proof, errors.VerifyError)
    refused(first + first + third, proof, errors.VerifyError)


def test_elements_missing_or_too_many_are_found() -> None:
    *_, evaluated, proof = conversation()
    for changed in (b"", evaluated[:-1], evaluated[:-32], evaluated + evaluated[:32]):
        refused(changed, proof, errors.DeserializeError)


def test_another_key_is_found() -> None:
    _, _, _, blinded, *_ = conversation()
    evaluated, proof = parties(Mode.VOPRF)[1].blind_evaluate_batch(blinded)
    refused(evaluated, proof, errors.VerifyError)


def test_the_proof_of_another_batch_is_found() -> None:
    client, server, *_, evaluated, _ = conversation()
    _, other = server.blind_evaluate_batch(client.blind_batch([CANARY, b"second", b"third"])[1])
    refused(evaluated, other, errors.VerifyError)


@pytest.mark.parametrize("at", [0, 32])
def test_a_scalar_of_a_proof_has_one_encoding(at: int) -> None:
    *_, evaluated, proof = conversation()
    number = int.from_bytes(proof[at : at + 32], "little")
    for larger in (number + ORDER, number | 1 << 255, 2**256 - 1):
        refused(evaluated, proof[:at] + larger.to_bytes(32, "little") + proof[at + 32 :], errors.DeserializeError)


@pytest.mark.parametrize("proof", [None, b"", bytes(63), bytes(65)])
def test_a_proof_has_one_length(proof: bytes | None) -> None:
    *_, evaluated, _ = conversation()
    refused(evaluated, proof, errors.DeserializeError)


def test_a_proof_of_zeros_does_not_verify() -> None:
    *_, evaluated, _ = conversation()
    refused(evaluated, bytes(64), errors.VerifyError)


def test_a_proof_of_the_other_mode_does_not_verify() -> None:
    _, server, _, blinded, evaluated, _ = conversation()
    key = int.from_bytes(server._key.serialize(), "little")
    refused(evaluated, Context(0).generate_proof(key, split(blinded, 32), split(evaluated, 32), 5), errors.VerifyError)


def test_modes_do_not_mix() -> None:
    client, _, blinds, _, evaluated, proof = conversation()
    plain = Client(SUITE, Mode.OPRF)
    with pytest.raises(errors.LocalProtocolError):
        plain.finalize_batch(blinds, evaluated)
    kept, _ = plain.blind_batch([b"x", b"y", b"z"])
    with pytest.raises(errors.LocalProtocolError):
        plain.finalize_batch(kept, evaluated, proof)
    with pytest.raises(errors.LocalProtocolError):
        client.finalize_batch(kept, evaluated, proof)
    with pytest.raises(errors.LocalProtocolError):
        Client(SUITE, Mode.VOPRF)


def test_an_unknown_suite_is_named_to_nobody() -> None:
    with pytest.raises(errors.InvalidInputError) as caught:
        Suite(CANARY.decode())
    assert CANARY.decode() not in str(caught.value) + caught.value.hint
    assert SUITE in caught.value.hint


# --- any bytes at all -------------------------------------------------------------------------------------------------------

noise = st.one_of(
    st.binary(max_size=200),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=96, max_size=96),
    st.integers(0, 2**256 - 1).map(lambda n: n.to_bytes(32, "little")),
)


@settings(max_examples=400)
@given(data=noise)
def test_any_bytes_as_element_are_read_as_the_second_implementation_reads_them(data: bytes) -> None:
    try:
        oprf_twin.read_element(data)
    except ValueError:
        with pytest.raises(errors.DeserializeError):
            check_element(SUITE, data)
    else:
        assert check_element(SUITE, data) == data


@settings(max_examples=200)
@given(data=noise)
def test_any_bytes_as_key_are_a_key_or_refused(data: bytes) -> None:
    try:
        fine = oprf_twin.read_scalar(data) != 0
    except ValueError:
        fine = False
    if fine:
        assert SecretKey.deserialize(SUITE, data).serialize() == data
    else:
        with pytest.raises(errors.InvalidInputError):
            SecretKey.deserialize(SUITE, data)


@settings(max_examples=200)
@given(data=noise)
def test_any_bytes_as_request_are_answered_or_refused(data: bytes) -> None:
    _, server, *_ = conversation()
    try:
        evaluated, proof = server.blind_evaluate_batch(data)
    except errors.DeserializeError:
        return
    assert (len(evaluated), len(proof or b"")) == (len(data), SUITE.proof_bytes)


@settings(max_examples=200)
@given(evaluated=noise, proof=st.none() | noise | st.binary(min_size=64, max_size=64))
def test_any_bytes_as_answer_are_refused(evaluated: bytes, proof: bytes | None) -> None:
    client, _, blinds, *_ = conversation()
    with pytest.raises(errors.RemoteProtocolError):
        client.finalize_batch(blinds, evaluated, proof)


# --- silence ----------------------------------------------------------------------------------------------------------------


def test_keys_and_blinds_show_nothing() -> None:
    client, server, blinds, blinded, *_ = conversation()
    key = server._key
    said = "".join(map(repr, (key, key.native, blinds, blinds.native, client, server))) + str(key) + str(blinds)
    assert key.serialize().hex() not in said
    assert str(key.serialize())[2:-1] not in said
    assert CANARY.decode() not in said
    assert blinded.hex()[:16] not in said
    assert (repr(key), repr(blinds)) == ("SecretKey(ristretto255-SHA512)", "Blinds(3)")


def test_keys_and_blinds_are_not_copied_by_chance() -> None:
    _, server, blinds, *_ = conversation()
    for secret in (server._key, blinds, server._key.native, blinds.native):
        for copying in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError):
                copying(secret)
        with pytest.raises((AttributeError, TypeError)):
            vars(secret)
