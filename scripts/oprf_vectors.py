"""Writes spec/vectors/oprf-v1.json: RFC 9497 with ristretto255-SHA512, both modes, and bytes that must be refused.

    PYTHONPATH=tests .venv/bin/python scripts/oprf_vectors.py

All values come from the slow second implementation (tests/lib/oprf_twin.py), which the RFC's own vectors are held against;
the core is then held against both. Keys, blinds and nonces are hashes of labels: good for vectors and for nothing else.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib.oprf_twin import GENERATOR, IDENTIFIER, ORDER, Context, Mode, P, decode, write_scalar

OUT = Path(__file__).parents[1] / "spec" / "vectors" / "oprf-v1.json"
BATCHES = {
    "one input": [b"k1;n;zorvek+marek;1971-05-03"],
    "an empty input": [b""],
    "two equal inputs": [b"same", b"same"],
    "inputs of many lengths": [b"\x00", b"\xff" * 66, b"\xff" * 67, b"\xff" * 68, b"z" * 127, b"z" * 128, b"z" * 1000],
    "forty inputs": [b"input %d" % i for i in range(40)],
}


def scalar(label: str) -> int:
    """Return a scalar made from a label."""
    return int.from_bytes(hashlib.sha512(label.encode()).digest(), "little") % ORDER


def blinds(name: str, count: int) -> list[int]:
    """Return a scalar for each input; the outermost ones where there are two inputs."""
    if count == 2:  # noqa: PLR2004
        return [1, ORDER - 1]
    return [scalar(f"{name} {i}") for i in range(count)]


def batch(context: Context, key: int, name: str) -> dict[str, Any]:
    """Return everything one batch gives, step by step."""
    inputs = BATCHES[name]
    chosen = blinds(name, len(inputs))
    blinded = [context.blind(each, blind) for each, blind in zip(inputs, chosen, strict=True)]
    evaluated = [context.blind_evaluate(key, each) for each in blinded]
    outputs = [context.finalize(*each) for each in zip(inputs, chosen, evaluated, strict=True)]
    assert outputs == [context.evaluate(key, each) for each in inputs]
    made: dict[str, Any] = {
        "name": name,
        "inputs": [each.hex() for each in inputs],
        "blinds": [write_scalar(each).hex() for each in chosen],
        "blinded": b"".join(blinded).hex(),
        "evaluated": b"".join(evaluated).hex(),
        "outputs": b"".join(outputs).hex(),
    }
    if context.mode == 1:
        nonce = scalar(f"nonce of {name}")
        made["nonce"] = write_scalar(nonce).hex()
        made["proof"] = context.generate_proof(key, blinded, evaluated, nonce).hex()
    return made


def mode(number: Mode) -> dict[str, Any]:
    """Return the vectors of one mode."""
    context, seed, info = Context(number), hashlib.sha256(b"seed").digest(), b"epoch 1"
    key, public = context.derive_key_pair(seed, info)
    return {
        "mode": number,
        "seed": seed.hex(),
        "info": info.hex(),
        "secret_key": write_scalar(key).hex(),
        "public_key": public.hex(),
        "batches": [batch(context, key, name) for name in BATCHES],
    }


def no_elements() -> Iterator[tuple[str, bytes]]:
    """Yield bytes that are no group element, and why."""
    good = GENERATOR.encode()
    number = int.from_bytes(good, "little")
    yield "the identity", bytes(32)
    yield "a negative field element", (P - number).to_bytes(32, "little")
    yield "a field element above the prime", (P + 2).to_bytes(32, "little")
    yield "the prime itself", P.to_bytes(32, "little")
    yield "the generator with the highest bit set", (number + 2**255).to_bytes(32, "little")
    yield "all bits set", b"\xff" * 32
    yield "one", (1).to_bytes(32, "little")
    yield "minus one", (P - 1).to_bytes(32, "little")
    missing = (n for n in range(2, 1000, 2) if decode(n.to_bytes(32, "little")) is None)
    yield from ((f"{n} is on no point", n.to_bytes(32, "little")) for n, _ in zip(missing, range(8), strict=False))
    yield "a byte too short", good[:31]
    yield "a byte too long", good + b"\x00"
    yield "nothing", b""


def no_keys() -> Iterator[tuple[str, bytes]]:
    """Yield bytes that are no secret key, and why."""
    yield "zero", bytes(32)
    yield "the order", ORDER.to_bytes(32, "little")
    yield "one above the order", (ORDER + 1).to_bytes(32, "little")
    yield "all bits set", b"\xff" * 32
    yield "a byte too short", write_scalar(7)[:31]
    yield "a byte too long", write_scalar(7) + b"\x00"
    yield "nothing", b""


def vectors() -> dict[str, Any]:
    """Return the whole file."""
    return {
        "suite": IDENTIFIER.decode(),
        "modes": [mode(0), mode(1)],
        "no_elements": [{"name": name, "bytes": data.hex()} for name, data in no_elements()],
        "no_keys": [{"name": name, "bytes": data.hex()} for name, data in no_keys()],
    }


if __name__ == "__main__":
    OUT.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
    print(f"wrote {OUT.name}")
