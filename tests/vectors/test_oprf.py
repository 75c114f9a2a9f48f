"""Oblivious evaluation against spec/vectors/oprf-v1.json and the vectors of RFC 9497 themselves.

The steps that take a chosen blind or nonce are held against the same files by the core's own tests (rust/src/oprf/tests.rs);
from Python nobody can choose them. The second implementation is held against the RFC's vectors whole.
"""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import oprf_vectors
import pytest

from lib import oprf_twin
from tallystick import errors
from tallystick.oprf import Mode, SecretKey, Server, Suite, check_element

SUITE = Suite.RISTRETTO255_SHA512
FILE = Path(__file__).parents[2] / "spec" / "vectors" / "oprf-v1.json"
OWN: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


def unhex(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def test_the_file_is_what_the_script_writes() -> None:
    assert oprf_vectors.vectors() == OWN


def test_the_vectors_name_the_suite() -> None:
    assert Suite(OWN["suite"]) is SUITE


@pytest.mark.parametrize("part", OWN["modes"], ids=lambda part: f"mode {part['mode']}")
def test_own_vectors(part: dict[str, Any]) -> None:
    key = SecretKey.derive_key_pair(SUITE, Mode(part["mode"]), bytes.fromhex(part["seed"]), bytes.fromhex(part["info"]))
    assert (key.serialize().hex(), key.public_key.hex()) == (part["secret_key"], part["public_key"])
    server = Server(SUITE, Mode(part["mode"]), key)
    for batch in part["batches"]:
        assert server.evaluate_batch(unhex(batch["inputs"])).hex() == batch["outputs"], batch["name"]
        evaluated, proof = server.blind_evaluate_batch(bytes.fromhex(batch["blinded"]))
        assert evaluated.hex() == batch["evaluated"], batch["name"]
        assert (proof is None) == (server.mode is Mode.OPRF)


@pytest.mark.parametrize("vector", OWN["no_elements"], ids=lambda vector: vector["name"])
def test_what_is_no_element_is_refused(vector: dict[str, str]) -> None:
    data = bytes.fromhex(vector["bytes"])
    with pytest.raises(errors.DeserializeError):
        check_element(SUITE, data)
    server = Server(SUITE, Mode.VOPRF, SecretKey.generate(SUITE))
    good = server.public_key
    for blinded in (data, good + data, data + good):
        if blinded != good:
            with pytest.raises(errors.DeserializeError):
                server.blind_evaluate_batch(blinded)


@pytest.mark.parametrize("vector", OWN["no_keys"], ids=lambda vector: vector["name"])
def test_what_is_no_key_is_refused(vector: dict[str, str]) -> None:
    with pytest.raises(errors.InvalidInputError):
        SecretKey.deserialize(SUITE, bytes.fromhex(vector["bytes"]))


# --- the vectors of the RFC --------------------------------------------------------------------------------------------


@cache
def official(folder: Path) -> list[dict[str, Any]]:
    path = folder / "vectors" / "rfc9497_all_vectors.json"
    if not path.exists():
        pytest.skip("needs the vectors of RFC 9497: vectors/rfc9497_all_vectors.json in the folder named by TALLYSTICK_DATA")
    found = json.loads(path.read_text(encoding="utf-8"))
    return [part for part in found if part["identifier"] == SUITE and part["mode"] in set(Mode)]


@pytest.mark.data
def test_the_vectors_of_the_rfc(data: Path) -> None:
    checked = 0
    for part in official(data):
        seed, info, mode = bytes.fromhex(part["seed"]), bytes.fromhex(part["keyInfo"]), Mode(part["mode"])
        key = SecretKey.derive_key_pair(SUITE, mode, seed, info)
        assert key.serialize().hex() == part["skSm"]
        assert key.public_key.hex() == part.get("pkSm", key.public_key.hex())
        server = Server(SUITE, mode, key)
        for vector in part["vectors"]:
            text, blinded, evaluated, output = (
                b"".join(unhex(vector[name].split(","))) for name in ("Input", "BlindedElement", "EvaluationElement", "Output")
            )
            assert server.blind_evaluate_batch(blinded)[0] == evaluated
            assert server.evaluate_batch(unhex(vector["Input"].split(","))) == output
            assert text
            checked += 1
    assert checked == 5


@pytest.mark.data
def test_the_second_implementation_follows_the_rfc(data: Path) -> None:
    for part in official(data):
        context = oprf_twin.Context(part["mode"])
        key, public = context.derive_key_pair(bytes.fromhex(part["seed"]), bytes.fromhex(part["keyInfo"]))
        for vector in part["vectors"]:
            texts, blinds, blinded, evaluated, outputs = (
                unhex(vector[name].split(",")) for name in ("Input", "Blind", "BlindedElement", "EvaluationElement", "Output")
            )
            scalars = [oprf_twin.read_scalar(blind) for blind in blinds]
            assert [context.blind(text, scalar) for text, scalar in zip(texts, scalars, strict=True)] == blinded
            assert [context.blind_evaluate(key, each) for each in blinded] == evaluated
            assert [context.finalize(*each) for each in zip(texts, scalars, evaluated, strict=True)] == outputs
            if "Proof" in vector:
                nonce = oprf_twin.read_scalar(bytes.fromhex(vector["Proof"]["r"]))
                proof = context.generate_proof(key, blinded, evaluated, nonce)
                assert proof.hex() == vector["Proof"]["proof"]
                assert context.verify_proof(public, blinded, evaluated, proof)


def test_multiples_of_the_generator_have_distinct_encodings_that_decode() -> None:
    multiples = [oprf_twin.GENERATOR.times(n).encode() for n in range(1, 20)]
    assert len(set(multiples)) == len(multiples)
    for one, following in pairwise(multiples):
        assert oprf_twin.read_element(one).plus(oprf_twin.GENERATOR).encode() == following
        assert check_element(SUITE, one) == one
