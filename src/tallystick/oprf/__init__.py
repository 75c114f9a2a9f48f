"""Oblivious pseudorandom functions: RFC 9497, and nothing else. No I/O, no clock.

A client learns the output of a keyed function for its inputs; the server lends its key and sees neither inputs nor outputs.
In VOPRF mode a proof shows that the key behind the public key was used. Every call takes a batch and works on all cores.

    server = Server(Suite.RISTRETTO255_SHA512, Mode.VOPRF, SecretKey.generate(Suite.RISTRETTO255_SHA512))
    client = Client(server.suite, server.mode, server.public_key)
    blinds, blinded = client.blind_batch([b"first", b"second"])
    evaluated, proof = server.blind_evaluate_batch(blinded)
    assert client.finalize_batch(blinds, evaluated, proof) == server.evaluate_batch([b"first", b"second"])

Elements, scalars and outputs are bytes of fixed length, one after the other without separators. Budgets, epochs, who may
ask and how messages travel are the business of those above.

Vectors: spec/vectors/oprf-v1.json. Why it is made so: docs/decisions/0014-oprf.md.
"""

from tallystick.oprf.client import Blinds, Client
from tallystick.oprf.keys import SEED_BYTES, SecretKey
from tallystick.oprf.server import Server
from tallystick.oprf.suites import MAX_BATCH, MAX_INPUT_BYTES, Mode, Suite, check_element

__all__ = [
    "MAX_BATCH",
    "MAX_INPUT_BYTES",
    "SEED_BYTES",
    "Blinds",
    "Client",
    "Mode",
    "SecretKey",
    "Server",
    "Suite",
    "check_element",
]
