"""Every parser of what a peer sends, each as a function of bytes: it returns, or raises what is meant for it, or it has a bug.

Whoever writes a parser of peer input puts it here, and into the table of docs/threat-model.md. Documents are signed here with
known keys, so that what lies behind a signature is reached, too. `SEEDS` are good messages: what a fuzzer begins with.
"""

import json
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lib.circles import NOW_S, QUANTUM, SUITE, card, circle, manifest, seed, signed_by_all, signing_key, stream, terms
from lib.shared_reports import FULL
from tallystick import _native
from tallystick.adapters import pki
from tallystick.adapters.documents import Document
from tallystick.adapters.documents.reading import documents as read_parts_of
from tallystick.adapters.feeds import entries_of
from tallystick.adapters.message_signatures import (
    SignedRequest,
    SignedResponse,
    Signer,
    claimed_key_id,
    key_id,
    verify_request,
    verify_response,
)
from tallystick.adapters.peer_client import refusal_of
from tallystick.adapters.report_formats import FORMATS
from tallystick.audit import COSIGNATURE, ED25519, SigningKey, Trust, entries, sign_checkpoint, verify_proof
from tallystick.audit.checkpoints import decode_checkpoint, verify_checkpoint
from tallystick.audit.commitments import decode_opening
from tallystick.audit.notes import decode_note, read_verifier_key
from tallystick.audit.tiles import Tile, decode_bundle, decode_tile
from tallystick.audit.tree import leaf_hash
from tallystick.audit.witnessing import answer, origin_of, take_cosignatures
from tallystick.errors import Error, RemoteProtocolError
from tallystick.exchange import agreement, canonical, case_messages, index, key_secrets, ledger, messages, requester, signing
from tallystick.exchange import manifest as manifests
from tallystick.exchange.agreement import Card
from tallystick.exchange.index import SealedIndex
from tallystick.exchange.manifest import Base, Chain, Seen, SeenLine
from tallystick.exchange.requester import AskedKey
from tallystick.exchange.signing import Signed
from tallystick.node.casework.hearing import disclosed_values
from tallystick.node.fetching import read_manifests
from tallystick.oprf import Client, Mode, SecretKey, Server, Suite
from tallystick.reports.sharing import SharedReport, checked
from tallystick.review.handling import read_handling

NOW: Final = datetime.fromtimestamp(NOW_S, UTC)
CIRCLE = circle()
PAIR = SecretKey.derive_key_pair(Suite(SUITE), Mode.VOPRF, seed("fuzz"), b"fuzz")
HOLDER = Server(Suite(SUITE), Mode.VOPRF, PAIR)
LOG = SigningKey("node.example/log", ED25519, seed("fuzzed log"))
WITNESS = SigningKey("node.example/witness", COSIGNATURE, seed("fuzzed witness"))
NOTE = sign_checkpoint(1, leaf_hash(b"x"), LOG)
LIMIT = 1 << 20


@dataclass(frozen=True)
class Target:
    """A parser.

    Attributes:
        run: feeds it; returns, or raises an `Error`.
        seeds: good messages, and some that are nearly good.
    """

    run: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]


def survives(target: Target, data: bytes) -> bool:
    """Feed a parser; return whether it accepted. Whatever is no `Error` of ours comes through: that is a finding."""
    try:
        target.run(data)
    except Error:
        return False
    return True


# --- evaluation ----------------------------------------------------------------------------------------------------------


def evaluation_request(data: bytes) -> None:
    """Decode a request, and evaluate its points, whatever they are."""
    points = messages.decode_request(data, SUITE, "bulk" if len(data) > 8 + 64 * 32 else "border")
    evaluated, _ = HOLDER.blind_evaluate_batch(points)
    assert len(evaluated) == len(points)


def points(data: bytes) -> None:
    """Evaluate bytes as points of any number."""
    HOLDER.blind_evaluate_batch(data)


@cache
def _question() -> tuple[bytes, bytes]:
    question = next(iter(requester.ask([AskedKey(b"key", 150)], _client(), SUITE, stream("fuzz"))))
    evaluated, proof = HOLDER.blind_evaluate_batch(question.body[8:])
    return question.body, messages.encode_response(SUITE, messages.Evaluation(1, evaluated, proof or b""))


def _client() -> Client:
    return Client(Suite(SUITE), Mode.VOPRF, PAIR.public_key)


def evaluation_response(data: bytes) -> None:
    """Decode a response, and check its proof; no made-up one can hold."""
    said = messages.decode_response(data, SUITE, 32, 1)
    blinds, _ = _client().blind_batch([b"fuzz %d" % number for number in range(32)])
    _client().finalize_batch(blinds, said.evaluated, said.proof)
    raise AssertionError("a proof held that nobody made")


# --- documents -----------------------------------------------------------------------------------------------------------

REDEMPTION = messages.Redemption(
    format="x1", handle="00112233445566", purpose="border", reason="same name", officer="o-17", reference="c 4"
)
ANSWER = messages.RedemptionAnswer(
    case_class="terrorism", contact="desk", format="x1", handle=REDEMPTION.handle, known=True, level=1, reference="r"
)


def envelope(data: bytes) -> None:
    """Decode an envelope as it comes over the wire, and look at its signatures as every kind of document."""
    signed = signing.decode_signed(data, LIMIT)
    assert signing.encode_signed(signed) == data
    agreement.read(signed)


def _signed(kind: signing.Kind, data: bytes, *members: str) -> Signed:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise RemoteProtocolError("an envelope cannot hold this", hint="it is JSON") from None
    return Signed(document=text, signatures={each: signing.sign(kind, data, signing_key(each)) for each in members})


def agreed(data: bytes) -> None:
    """Adopt an agreement that everybody signed."""
    agreement.adopt(_signed("agreement", data, "asker", "holder"))


def leave(data: bytes) -> None:
    """Take a leave that its member signed."""
    agreement.leave(CIRCLE, _signed("leave", data, "asker"))


def receipt(data: bytes) -> None:
    """Take a receipt that its member signed."""
    messages.read_receipt(_signed("receipt", data, "asker"), CIRCLE, "holder")


def said_of_index(data: bytes) -> None:
    """Take a manifest that the holder signed, as the first one and after another."""
    signed = _signed("manifest", data, "holder")
    try:
        Chain().after(signed, CIRCLE, "holder", NOW_S)
    finally:
        _chain()[0].after(signed, CIRCLE, "holder", NOW_S)


def case(data: bytes) -> None:
    """Read a message of a case that its sender signed, and the receipt of one."""
    case_messages.read(_signed("case", data, "asker"), CIRCLE, sender="asker", receiver="holder")


def disclosed(data: bytes) -> None:
    """Read the values that a holder disclosed."""
    disclosed_values(data.decode("latin-1"), ("names", "birth_dates"))


def manifest_list(data: bytes) -> None:
    """Read what a holder sends when it is asked for its manifests."""
    read_manifests(data, "holder")


def documents(data: bytes) -> None:
    """Read bytes as each document that comes without an envelope."""
    kinds = (Card, Seen, messages.Redemption, messages.RedemptionAnswer, case_messages.CaseReceipt)
    accepted = []
    for kind in kinds:
        try:
            accepted.append(canonical.decode(data, kind, LIMIT))
        except Error:
            continue
    assert all(canonical.encode(each) == data for each in accepted)
    if not accepted:
        raise RemoteProtocolError("no document", hint="none")


def certificate(data: bytes) -> None:
    """Hold a certificate against a root, both anything."""
    assert not pki.is_issued_by(data, data[len(data) // 2 :])
    raise RemoteProtocolError("issued by nobody", hint="none")


# --- the index -----------------------------------------------------------------------------------------------------------


@cache
def _base() -> bytes:
    builder = ledger.Builder()
    builder.add_secrets(b"".join(seed(f"fuzz {number}") for number in range(40)), array("I", range(40)))
    return bytes(builder.build(key_secrets.new_handles(40, seed("handles")), QUANTUM, seed("base")).ledger.notches)


@cache
def _delta() -> bytes:
    built = ledger.Builder()
    built.add_secrets(b"".join(seed(f"fuzz {number}") for number in range(40)), array("I", range(40)))
    state = built.build(key_secrets.new_handles(40, seed("handles")), QUANTUM, seed("base")).ledger
    return index.encode_delta(ledger.make_delta(state, [], (1, 1), QUANTUM, seed("delta")).delta)


def delta(data: bytes) -> None:
    """Decode a delta, and apply it."""
    before = SealedIndex(_base())
    after = before.after(index.decode_delta(data, 1))
    after.open(seed("fuzz 0") + data[:32].ljust(32))


def base(data: bytes) -> None:
    """Check a base against a manifest that fits it, and look something up, in order or not."""
    fits = {"notches": max(1, len(data) // 15), "segments": 1, "number": 1, "delta": 0}
    try:
        manifests.check_base(Base(root=index.root([index.leaf(data)]), **fits), [index.leaf(data)], data)
    finally:
        if len(data) % 15 == 0:
            SealedIndex(data).open(seed("fuzz 0") + data[:32].ljust(32))


@cache
def _chain() -> tuple[Chain, bytes]:
    root = index.root([index.leaf(_base())])
    first = manifest(
        CIRCLE, "holder", Base(number=1, notches=len(_base()) // 15, segments=1, root=root, delta=0), PAIR.public_key
    )
    signed = Signed.made("manifest", canonical.encode(first), "holder", signing_key("holder"))
    return Chain().after(signed, CIRCLE, "holder", NOW_S)[0], signing.encode_signed(signed)


# --- HTTP ----------------------------------------------------------------------------------------------------------------

KEY = bytes.fromhex(card("asker").signing_key)


def signature_fields(data: bytes) -> None:
    """Verify a request and a response whose header fields are these lines."""
    lines = [line.partition(":") for line in data.decode("latin-1").split("\n")]
    headers = {name.strip().lower(): value for name, _, value in lines if name.strip()}
    claimed_key_id(headers)
    request = SignedRequest("POST", "https://holder.example:8443/v1/x", headers, b"body")
    named = (key_id("asker", KEY), KEY)
    try:
        verify_request(request, named, NOW)
    finally:
        verify_response(SignedResponse(200, headers, request, b"body"), named, NOW)


def problem(data: bytes) -> None:
    """Read a refusal, from a partner that signs nothing."""
    raise refusal_of("holder", 400, data)


def budget_field(data: bytes) -> None:
    """Read what a partner says of the budget."""
    if messages.points_left(data.decode("latin-1")) < 0:
        raise RemoteProtocolError("no number", hint="none")


# --- logs of others ------------------------------------------------------------------------------------------------------


def witness_request(data: bytes) -> None:
    """Answer a request to cosign."""
    origin_of(data)
    answer(data, None, log_keys=[LOG.verifier_key()], key=WITNESS, at_s=NOW_S)


def cosignatures(data: bytes) -> None:
    """Take what a witness answered."""
    take_cosignatures(NOTE, data, [WITNESS.verifier_key()])


def note(data: bytes) -> None:
    """Read a checkpoint, signed or not."""
    decode_checkpoint(decode_note(data).text)
    verify_checkpoint(data, Trust(log=[LOG.verifier_key()]))


def log_files(data: bytes) -> None:
    """Read bytes as a bundle, as a tile, as an entry."""
    faults = 0
    for parse in (
        lambda: decode_bundle(data, Tile(None, 0, 3)),
        lambda: decode_tile(data, Tile(0, 0, 3)),
        lambda: entries.decode(data),
    ):
        try:
            parse()
        except Error:
            faults += 1
    if faults == 3:
        raise RemoteProtocolError("no file of a log", hint="none")


def texts(data: bytes) -> None:
    """Read text as a verifier key, as a proof, as what opens a commitment."""
    text, faults = data.decode("latin-1"), 0
    trust = Trust(log=[LOG.verifier_key()])
    for parse in (lambda: read_verifier_key(text), lambda: verify_proof(data, trust), lambda: decode_opening(text)):
        try:
            parse()
        except Error:
            faults += 1
    if faults == 3:
        raise RemoteProtocolError("no text of a log", hint="none")


# --- good messages, to begin with ----------------------------------------------------------------------------------------

MOMENT = canonical.moment_of(NOW_S)
LEAVE = agreement.Leave(at=MOMENT, circle="harbour", format="x1", member="asker", revision=1)
RECEIPT = messages.Receipt(
    applied_at=MOMENT, circle="harbour", epoch=1, format="x1", holder="holder", manifest="00" * 32, member="asker"
)
BODIES: Sequence[case_messages.Body] = (
    case_messages.Notice(
        country="xx", encounter_country="", encounter_kind="border", encounter_time="2027-01-15", epoch=1,
        handle="00112233445566", purpose="border", reason="same name", two_persons=False, urgency="routine",
    ),
    case_messages.Request(confirmed=True, fields=["names"], purpose="border", reason="same name", urgency="urgent"),
    case_messages.Disclosure(
        approved_at=MOMENT, expires_at=MOMENT, fields=["names"], former="", handling="none", officers=["o-1", "o-2"],
        owner="holder", record='{"names":["Tomasin Verhoovel"]}', request="00" * 32,
    ),
    case_messages.Missing(disclosure="00" * 32, recall="11" * 32),
    case_messages.Expiry(deleted_at=MOMENT, disclosure="00" * 32),
    case_messages.Footing(
        change="graded", changed_at=MOMENT, credibility="5", disclosures=["00" * 32], reliability="F", report="00" * 16
    ),
    case_messages.Heed(footing="00" * 32, note="struck from file 12"),
)  # fmt: skip


def _cases() -> list[bytes]:
    said = [
        case_messages.CaseMessage(
            at=MOMENT, body=body, case="0" * 32, circle="harbour", format="x1", officer="o-1", receiver="holder", sender="asker"
        )
        for body in BODIES
    ]
    return [canonical.encode(each) for each in said]


def _fields() -> list[bytes]:
    request = SignedRequest("POST", "https://holder.example:8443/v1/x", {"tallystick-circle": "harbour"}, b"body")
    Signer("asker", Ed25519PrivateKey.from_private_bytes(signing_key("asker"))).sign_request(request, NOW)
    return ["\n".join(f"{name}: {value}" for name, value in request.headers.items()).encode("latin-1")]


NESTED = b'{"names":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
"""Deeper than a parser may follow."""

SEEN = Seen(circle="border", format="x1", seen=[SeenLine(digest="0" * 64, member="holder", number=1)])

MAIL = (
    b"From: =?utf-8?q?J=C3=B6rg?= <a@example.org>\nTo: b\nSubject: s\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--x\n'
    b"Content-Type: message/rfc822\n\nFrom: c\nTo: d\n\ninner\n--x--\n"
)


def shared(data: bytes) -> None:
    """A file of reports from somebody else, in whatever format it looks like; each report up to its limits and its code."""
    form = FORMATS.look(data)
    for each in FORMATS.readers[form](data):
        if isinstance(each, SharedReport):
            read_handling(checked(each).handling)


def handed_in(data: bytes) -> None:
    """A document as somebody hands it in, up to its blocks."""
    for each in read_parts_of("x", data):
        if isinstance(each, Document):
            _native.text_blocks(each.text, each.markup)


def feed(data: bytes) -> None:
    """A feed, up to the blocks of its entries."""
    for each in entries_of("x", data):
        if isinstance(each, Document):
            _native.text_blocks(each.text, each.markup)


FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title><item><guid>1</guid><title>Tomasin</title>'
    b"<description>&lt;p&gt;Tomasin &amp;amp; Verhoovel&lt;/p&gt;&lt;script&gt;1&lt;/script&gt;</description>"
    b"</item></channel></rss>"
)

PARSERS: Mapping[str, Target] = {
    "evaluation-request": Target(evaluation_request, lambda: [_question()[0]]),
    "points": Target(points, lambda: [_question()[0][8:72]]),
    "evaluation-response": Target(evaluation_response, lambda: [_question()[1]]),
    "envelope": Target(envelope, lambda: [signing.encode_signed(signed_by_all(terms("asker", "holder"))), _chain()[1]]),
    "agreement": Target(agreed, lambda: [signed_by_all(terms("asker", "holder")).raw]),
    "leave": Target(leave, lambda: [canonical.encode(LEAVE)]),
    "receipt": Target(receipt, lambda: [canonical.encode(RECEIPT)]),
    "manifest": Target(said_of_index, lambda: [json.loads(_chain()[1])["document"].encode()]),
    "manifests": Target(manifest_list, lambda: [b"[" + _chain()[1] + b"]", NESTED]),
    "mail": Target(handed_in, lambda: [MAIL]),
    "messages": Target(handed_in, lambda: [b'{"id":1,"from":{"name":"Li"},"text":"Tomasin Verhoovel"}\n{"text":"x"}\n', NESTED]),
    "page": Target(handed_in, lambda: [b"<html><body><p>Tomasin &amp; Verhoovel</p><!-- x --><script>1</script></body></html>"]),
    "shared-reports": Target(shared, lambda: [write([FULL], "north", NOW) for write in FORMATS.writers.values()]),
    "feed": Target(feed, lambda: [FEED, b"<!DOCTYPE x>" + FEED]),
    "case": Target(case, _cases),
    "disclosed": Target(disclosed, lambda: [b'{"names":["Tomasin Verhoovel"]}', NESTED]),
    "documents": Target(documents, lambda: [canonical.encode(each) for each in (card("asker"), REDEMPTION, ANSWER, SEEN)]),
    "certificate": Target(certificate, lambda: [b"\x30\x82\x01\x00" * 8]),
    "delta": Target(delta, lambda: [_delta()]),
    "base": Target(base, lambda: [_base()]),
    "signature-fields": Target(signature_fields, _fields),
    "problem": Target(problem, lambda: [b'{"type":"urn:tallystick:problem:malformed","title":"x"}', NESTED]),
    "budget-field": Target(budget_field, lambda: [b"19968", b"9" * 5_000]),
    "witness-request": Target(witness_request, lambda: [b"old 0\n\n" + str(NOTE).encode()]),
    "cosignatures": Target(cosignatures, lambda: [str(WITNESS.cosign(NOTE.text, at_s=NOW_S)).encode()]),
    "note": Target(note, lambda: [str(NOTE).encode()]),
    "log-files": Target(log_files, lambda: [entries.encode(entries.Other(time=NOW, kind="x")), bytes(96)]),
    "texts": Target(texts, lambda: [str(LOG.verifier_key()).encode()]),
}


def together(data: bytes) -> object:
    """Feed the parser that the first byte names."""
    names = list(PARSERS)
    return PARSERS[names[data[0] % len(names)]].run(data[1:]) if data else None


def _numbered() -> list[bytes]:
    return [bytes([number]) + seed for number, target in enumerate(PARSERS.values()) for seed in target.seeds()]


TARGETS: Mapping[str, Target] = {**PARSERS, "together": Target(together, _numbered)}
