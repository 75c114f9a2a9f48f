"""The exchange against spec/vectors/exchange-v1.json: one small exchange, and everything that must be refused."""

import json
import re
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import exchange_vectors
import msgspec
import pytest

from lib.oprf_twin import Context
from tallystick.errors import DeserializeError, Error, IntegrityError, NotAuthorizedError, RemoteProtocolError, VerifyError
from tallystick.exchange import agreement, canonical, index, key_secrets, manifest, messages, requester, signing
from tallystick.exchange.agreement import Circle
from tallystick.exchange.budget import Budgets, Grant
from tallystick.exchange.index import SealedIndex
from tallystick.exchange.key_secrets import KeySecrets
from tallystick.exchange.manifest import Chain, DeltaLine, Manifest
from tallystick.exchange.messages import Receipt
from tallystick.exchange.requester import Question
from tallystick.exchange.responder import Admitted, OpenEpoch, Query, Refusal, Responder

ROOT = Path(__file__).parents[2]
FILE = ROOT / "spec" / "vectors" / "exchange-v1.json"
SUITE = "ristretto255-SHA512"
LIMIT = 512 << 10
REFUSALS = {
    "malformed": RemoteProtocolError,
    "not-verified": VerifyError,
    "not-a-member": NotAuthorizedError,
    "equivocation": IntegrityError,
}
Why = Literal["malformed", "not-verified", "not-a-member", "equivocation"]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field nobody knows is a vector nobody understands."""


class NotchVector(Strict, frozen=True):
    name: str
    output: str
    secret: str
    counter: int
    handle: str
    notch: str


class RootVector(Strict, frozen=True):
    segments: list[str]
    root: str


class StepVector(Strict, frozen=True):
    real: int
    step: int


class Wire(Strict, frozen=True):
    wire: str


class LookUp(Strict, frozen=True):
    key: str
    weight_tenths: int
    handles: list[str]


class HostileRequest(Strict, frozen=True):
    name: str
    bytes: str
    zeros: int
    purpose: str
    step: Literal[6, 7, 9]


class HostileResponse(Strict, frozen=True):
    name: str
    bytes: str
    refusal: Why


class HostileDocument(Strict, frozen=True):
    name: str
    wire: str
    refusal: Why


class HostileManifest(Strict, frozen=True):
    name: str
    wire: str
    refusal: Why
    after: int


class HostileBase(Strict, frozen=True):
    name: str
    edits: list[tuple[int, int, str]]
    root: str


class HostileDelta(Strict, frozen=True):
    name: str
    edits: list[tuple[int, int, str]]
    named: bool


class HostileText(Strict, frozen=True):
    name: str
    text: str
    spaces: int


class EvaluationVector(Strict, frozen=True):
    epoch: int
    seed: str
    info: str
    secret_key: str
    public_key: str
    inputs: list[str]
    blinds: list[str]
    request: str
    nonce: str
    response: str
    outputs: str
    secrets: str


class Vectors(Strict, frozen=True):
    spec: str
    source: str
    now: str
    counts: dict[str, int]
    signing_keys: dict[str, str]
    register: dict[str, list[str]]
    handles: dict[str, str]
    agreement: str
    leave: str
    receipt: str
    redemption: str
    seen: str
    contradiction: str
    base: str
    delta: str
    base_after: str
    evaluation: EvaluationVector
    notches: list[NotchVector]
    roots: list[RootVector]
    steps: list[StepVector]
    manifests: list[Wire]
    look_ups_before: list[LookUp]
    look_ups_after: list[LookUp]
    hostile_requests: list[HostileRequest]
    hostile_responses: list[HostileResponse]
    hostile_agreements: list[HostileDocument]
    hostile_leaves: list[HostileDocument]
    hostile_manifests: list[HostileManifest]
    hostile_bases: list[HostileBase]
    hostile_deltas: list[HostileDelta]
    hostile_receipts: list[HostileDocument]
    hostile_redemptions: list[HostileText]
    hostile_seen: list[HostileText]
    hostile_contradictions: list[HostileDocument]


VECTORS = msgspec.json.decode(FILE.read_bytes(), type=Vectors)
BASE, DELTA = bytes.fromhex(VECTORS.base), bytes.fromhex(VECTORS.delta)
NOW_S = canonical.seconds(VECTORS.now)
COUNT = 224
VOPRF = Context(1)


def each(vectors: list[Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=lambda vector: vector.name)


@cache
def circle() -> Circle:
    return agreement.adopt(signing.decode_signed(VECTORS.agreement.encode(), LIMIT))


@cache
def chain(number: int) -> Chain:
    """The chain after so many manifests."""
    if number == 0:
        return Chain()
    signed = signing.decode_signed(VECTORS.manifests[number - 1].wire.encode(), LIMIT)
    return chain(number - 1).after(signed, circle(), "holder", NOW_S + 3 * 3600)[0]


def said(number: int) -> Manifest:
    return chain(number).newest[1]


class FixedKey:
    """An epoch's key in the slow implementation."""

    def blind_evaluate_batch(self, blinded: bytes) -> tuple[bytes, bytes | None]:
        key = int.from_bytes(bytes.fromhex(VECTORS.evaluation.secret_key), "little")
        points = list(key_secrets.rows(blinded, 32))
        try:
            evaluated = [VOPRF.blind_evaluate(key, point) for point in points]
        except ValueError:
            raise DeserializeError("no element") from None
        nonce = int.from_bytes(bytes.fromhex(VECTORS.evaluation.nonce), "little")
        return b"".join(evaluated), VOPRF.generate_proof(key, points, evaluated, nonce)


class FixedBlinds:
    """A client in the slow implementation that takes its blinds from the vectors, whatever it is asked to blind."""

    def __init__(self) -> None:
        self.inputs = [bytes.fromhex(text) for text in VECTORS.evaluation.inputs]
        self.blinds = [int.from_bytes(bytes.fromhex(blind), "little") for blind in VECTORS.evaluation.blinds]
        self.points = [VOPRF.blind(*pair) for pair in zip(self.inputs, self.blinds, strict=True)]

    def blind_batch(self, inputs: Sequence[bytes]) -> tuple["FixedBlinds", bytes]:
        assert list(inputs) == self.inputs
        return self, b"".join(self.points)

    def finalize_batch(self, blinds: "FixedBlinds", evaluated: bytes, proof: bytes | None = None) -> bytes:
        elements = list(key_secrets.rows(evaluated, 32))
        public_key = bytes.fromhex(VECTORS.evaluation.public_key)
        try:
            good = VOPRF.verify_proof(public_key, blinds.points, elements, proof or b"")
        except ValueError:
            raise DeserializeError("no element or scalar") from None
        if not good:
            raise VerifyError("no proof")
        return b"".join(VOPRF.finalize(*each) for each in zip(self.inputs, self.blinds, elements, strict=True))


def question() -> Question[FixedBlinds]:
    weights = {key.encode(): look_up.weight_tenths for look_up in VECTORS.look_ups_before for key in [look_up.key]}
    inputs = [bytes.fromhex(text) for text in VECTORS.evaluation.inputs]
    asked = [(at, weights[text]) for at, text in enumerate(inputs) if text in weights]
    columns = (array("I", [at for at, _ in asked]), array("I", [0] * len(asked)), array("H", [weight for _, weight in asked]))
    return Question(FixedBlinds(), inputs, requester.Places(*columns), SUITE)


def edited(data: bytes, edits: list[tuple[int, int, str]]) -> bytes:
    for at, drop, put in edits:
        data = data[:at] + bytes.fromhex(put) + data[at + drop :]
    return data


def answered(keys: KeySecrets, reader: SealedIndex) -> dict[bytes, int]:
    return {hit.handle: hit.weight_tenths for hit in requester.hits(reader, keys)}


def expected(look_ups: list[LookUp]) -> dict[bytes, int]:
    pairs = [(bytes.fromhex(handle), each.weight_tenths) for each in look_ups for handle in each.handles]
    return {handle: max(weight for other, weight in pairs if other == handle) for handle, _ in pairs}


def test_no_vector_is_skipped() -> None:
    lists = {name: value for name, value in json.loads(FILE.read_bytes()).items() if isinstance(value, list)}
    assert VECTORS.spec == "exchange-v1"
    assert VECTORS.counts == {name: len(value) for name, value in lists.items()}
    hostile = {name: value for name, value in lists.items() if name.startswith("hostile_")}
    assert sum(map(len, hostile.values())) == COUNT
    assert all(len({vector["name"] for vector in value}) == len(value) for value in hostile.values())


def test_the_file_is_what_its_script_writes() -> None:
    assert exchange_vectors.text(exchange_vectors.vectors()) == FILE.read_text(encoding="utf-8")
    assert re.fullmatch(r"[\x20-\x7e\n]*", FILE.read_text(encoding="utf-8"))


@each(VECTORS.notches)
def test_outputs_become_secrets_and_secrets_notches(vector: NotchVector) -> None:
    assert key_secrets.key_secrets(bytes.fromhex(vector.output)).hex() == vector.secret
    notch = key_secrets.notch(bytes.fromhex(vector.secret), vector.counter, bytes.fromhex(vector.handle))
    assert notch.hex() == vector.notch


@pytest.mark.parametrize("vector", VECTORS.roots, ids=lambda vector: str(len(vector.segments)))
def test_segments_have_these_roots(vector: RootVector) -> None:
    assert index.root(index.leaf(bytes.fromhex(segment)) for segment in vector.segments) == vector.root


@pytest.mark.parametrize("vector", VECTORS.steps, ids=lambda vector: str(vector.real))
def test_sizes_are_multiples_of(vector: StepVector) -> None:
    assert index.step(vector.real, 256) == vector.step


def test_the_exchange_goes_from_keys_to_hits() -> None:
    vector = VECTORS.evaluation
    assert manifest.key_info("harbour", "holder", 1).hex() == vector.info
    asked = question()
    assert asked.body.hex() == vector.request
    responder = Responder(circle(), "holder", {1: OpenEpoch(FixedKey(), NOW_S, NOW_S + 1)}, Budgets())
    query = Query(member="asker", circle="harbour", epoch=1, purpose="border", officer="o-17", body=asked.body)
    admitted = responder.admit(query, NOW_S)
    assert isinstance(admitted, Admitted)
    answer = responder.evaluate(admitted)
    assert not isinstance(answer, Refusal)
    assert answer.body.hex() == vector.response
    responder.recorded(answer)
    assert answer.budget_left == 640 - 32
    keys = asked.take(answer.body, 1)
    reader = SealedIndex(BASE)
    assert answered(keys, reader) == expected(VECTORS.look_ups_before)
    [line] = said(2).deltas
    reader = reader.after(manifest.check_delta(line, DELTA, 1, circle().agreement.delta_quantum))
    assert answered(keys, reader) == expected(VECTORS.look_ups_after)
    assert {hit.handle for hit in requester.hits(reader, keys)} == {bytes.fromhex(VECTORS.handles[r]) for r in ("r4", "r5", "r6")}


def test_the_secrets_of_every_input_are_these() -> None:
    outputs = bytes.fromhex(VECTORS.evaluation.outputs)
    assert key_secrets.key_secrets(outputs).hex() == VECTORS.evaluation.secrets


def test_manifests_follow_and_fit_their_bases() -> None:
    for number, base in ((1, BASE), (2, BASE)):
        manifest.check_base(said(number).base, [index.leaf(part) for part in index.segments(base)], base)
    assert said(2).notches == said(3).base.notches
    assert said(2).last_delta == said(3).last_delta == 1
    assert canonical.digest(_after()) == VECTORS.base_after
    manifest.check_base(said(3).base, [index.leaf(part) for part in index.segments(_after())], _after())


def _after() -> bytes:
    from lib import exchange_twin

    return exchange_twin.base(exchange_twin.apply(exchange_twin.read_base(BASE), DELTA))


def test_good_documents_are_taken() -> None:
    left = agreement.leave(circle(), signing.decode_signed(VECTORS.leave.encode(), LIMIT))
    assert (left.over, list(left.members)) == (True, ["holder"])
    receipt = messages.read_receipt(signing.decode_signed(VECTORS.receipt.encode(), LIMIT), circle(), "holder")
    assert isinstance(receipt, Receipt)
    assert receipt.manifest == chain(2).digest
    assert messages.decode_redemption(VECTORS.redemption.encode()).handle == "00112233445566"
    for member, key in VECTORS.signing_keys.items():
        assert circle().keys[member] == signing.new_key(bytes.fromhex(key))


@each(VECTORS.hostile_requests)
def test_requests_are_refused(vector: HostileRequest) -> None:
    budgets = Budgets()
    budgets.grant(Grant("asker", "harbour", 1, 100_000, NOW_S + 10, NOW_S))
    responder = Responder(circle(), "holder", {1: OpenEpoch(FixedKey(), NOW_S, NOW_S + 10)}, budgets)
    body = bytes.fromhex(vector.bytes) + bytes(vector.zeros)
    before = budgets.plain()
    query = Query(member="asker", circle="harbour", epoch=1, purpose=vector.purpose, officer="o-17", body=body)
    said = responder.admit(query, NOW_S)
    if vector.step == 9:
        assert isinstance(said, Admitted)
        refused = responder.evaluate(said)
        responder.dropped(said)
    else:
        assert isinstance(said, Refusal)
        refused = said
    assert isinstance(refused, Refusal)
    assert refused.problem == ("purpose-not-agreed" if vector.step == 6 else "malformed")
    assert refused.entry is not None
    assert refused.entry.charge is None
    assert budgets.plain() == before
    assert not budgets.held


@each(VECTORS.hostile_responses)
def test_responses_are_discarded_whole(vector: HostileResponse) -> None:
    refuses(vector.refusal, lambda: question().take(bytes.fromhex(vector.bytes), 1))


@each(VECTORS.hostile_agreements)
def test_agreements_are_refused(vector: HostileDocument) -> None:
    refuses(vector.refusal, lambda: agreement.adopt(signing.decode_signed(vector.wire.encode(), LIMIT)))


@each(VECTORS.hostile_leaves)
def test_leaves_are_refused(vector: HostileDocument) -> None:
    refuses(vector.refusal, lambda: agreement.leave(circle(), signing.decode_signed(vector.wire.encode(), LIMIT)))


@each(VECTORS.hostile_manifests)
def test_manifests_are_refused(vector: HostileManifest) -> None:
    before = chain(vector.after)
    signed = signing.decode_signed(vector.wire.encode(), LIMIT)
    refuses(vector.refusal, lambda: before.after(signed, circle(), "holder", NOW_S + 3 * 3600))


@each(VECTORS.hostile_bases)
def test_bases_are_refused(vector: HostileBase) -> None:
    base = edited(BASE, vector.edits)
    named = msgspec.structs.replace(said(1).base, root=vector.root)
    refuses("malformed", lambda: manifest.check_base(named, [index.leaf(part) for part in index.segments(base)], base))


@each(VECTORS.hostile_deltas)
def test_deltas_are_refused(vector: HostileDelta) -> None:
    raw = edited(DELTA, vector.edits)
    [line] = said(2).deltas
    if vector.named:
        line = DeltaLine(number=line.number, added=line.added, removed=line.removed, digest=canonical.digest(raw))
    refuses("malformed", lambda: SealedIndex(BASE).after(manifest.check_delta(line, raw, 1, circle().agreement.delta_quantum)))


@each(VECTORS.hostile_receipts)
def test_receipts_are_refused(vector: HostileDocument) -> None:
    refuses(vector.refusal, lambda: messages.read_receipt(signing.decode_signed(vector.wire.encode(), LIMIT), circle(), "holder"))


@each(VECTORS.hostile_redemptions)
def test_redemptions_are_refused(vector: HostileText) -> None:
    refuses("malformed", lambda: messages.decode_redemption(vector.text.encode() + b" " * vector.spaces))


@each(VECTORS.hostile_seen)
def test_what_is_said_to_be_held_is_refused(vector: HostileText) -> None:
    refuses("malformed", lambda: canonical.decode(vector.text.encode(), manifest.Seen, LIMIT))


@each(VECTORS.hostile_contradictions)
def test_what_contradicts_nothing_is_refused(vector: HostileDocument) -> None:
    ours = signing.decode_signed(VECTORS.manifests[1].wire.encode(), LIMIT)
    refuses(
        vector.refusal,
        lambda: manifest.check_conflict(ours, signing.decode_signed(vector.wire.encode(), LIMIT), circle(), "holder"),
    )


def test_two_manifests_of_one_number_convict_their_signer() -> None:
    ours = signing.decode_signed(VECTORS.manifests[1].wire.encode(), LIMIT)
    theirs = signing.decode_signed(VECTORS.contradiction.encode(), LIMIT)
    assert manifest.check_conflict(ours, theirs, circle(), "holder").number == 2
    [line] = canonical.decode(VECTORS.seen.encode(), manifest.Seen, LIMIT).seen
    assert (line.member, line.number, line.digest) == ("holder", 2, canonical.digest(ours.raw))


def refuses(why: Why, act: Callable[[], object]) -> None:
    with pytest.raises(Error) as caught:
        act()
    assert isinstance(caught.value, REFUSALS[why])
    assert (why == "not-verified") == isinstance(caught.value, VerifyError)
    assert not re.search(r"harbour act|checks|duty officer|same name|zorvek", str(caught.value))
