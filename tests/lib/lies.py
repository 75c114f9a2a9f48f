"""The lies of a partner that is asked, by name: what it signs, what happens to that on the way, and what is fetched from it."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import replace

from lib.liars import Message, Send, Spoiled
from tallystick.exchange.messages import MAX_REQUEST_BYTES
from tallystick.oprf import Mode, SecretKey, Server, Suite
from tallystick.server.app import Call, Reply

HEAD, POINT, PROOF = 12, 32, 64
SOON_S = 1.5
"""Whoever asks is told to wait so long for a partner, in tests."""
EVALUATIONS = "/evaluations"

# --- what a partner signs -----------------------------------------------------------------------------------------------


def body(change: Callable[[bytes], bytes]) -> Callable[[Call, Reply], Reply]:
    return lambda _, reply: replace(reply, body=change(reply.body))


def swapped(said: bytes) -> bytes:
    first, second = said[HEAD : HEAD + POINT], said[HEAD + POINT : HEAD + 2 * POINT]
    return said[:HEAD] + second + first + said[HEAD + 2 * POINT :]


def under_another_key(call: Call, reply: Reply) -> Reply:
    """An honest evaluation with a proof that holds, but under a key that no manifest names."""
    suite = Suite("ristretto255-SHA512")
    other = Server(suite, Mode.VOPRF, SecretKey.generate(suite))
    evaluated, proof = other.blind_evaluate_batch(call.body[8:])
    assert proof
    return replace(reply, body=reply.body[:HEAD] + evaluated + proof)


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda said: said[:at] + bytes([said[at] ^ 1]) + said[at + 1 :]


SIGNED: dict[str, Callable[[Call, Reply], Reply]] = {
    "nothing": body(lambda _: b""),
    "a byte less": body(lambda said: said[:-1]),
    "a byte more": body(lambda said: said + b"\0"),
    "a point less": body(lambda said: said[:HEAD] + said[HEAD + POINT :]),
    "a point more": body(lambda said: said[:HEAD] + said[HEAD : HEAD + POINT] + said[HEAD:]),
    "more than there may be": body(lambda said: said + bytes(MAX_REQUEST_BYTES)),
    "another format": body(lambda said: b"TSA2" + said[4:]),
    "the question itself": lambda call, reply: replace(reply, body=call.body),
    "another suite": body(flipped(4)),
    "another mode": body(flipped(5)),
    "another count": body(flipped(7)),
    "another epoch": body(flipped(11)),
    "two points in another order": body(swapped),
    "the identity": body(lambda said: said[:HEAD] + bytes(POINT) + said[HEAD + POINT :]),
    "no canonical point": body(lambda said: said[:HEAD] + b"\xff" * POINT + said[HEAD + POINT :]),
    "a point of its own making": body(lambda said: said[:HEAD] + said[HEAD + POINT : HEAD + 2 * POINT] + said[HEAD + POINT :]),
    "no proof": body(lambda said: said[:-PROOF] + bytes(PROOF)),
    "another proof": body(flipped(-1)),
    "a proof with its scalars turned round": body(lambda said: said[:-PROOF] + said[-PROOF // 2 :] + said[-PROOF : -PROOF // 2]),
    "a scalar beyond the order": body(lambda said: said[:-PROOF] + b"\xff" * PROOF),
    "the evaluation under another key": under_another_key,
    "a refusal that is none": lambda _, reply: replace(reply, status=404, body=b"not here"),
    "a refusal of an unknown kind": lambda _, reply: replace(reply, status=403, body=b'{"type":"urn:tallystick:problem:whim"}'),
    "a refusal without an end": lambda _, reply: replace(reply, status=403, body=b"[" * 200_000),
    "an answer under a status that is none": lambda _, reply: replace(reply, status=299),
    "a way to somebody else": lambda _, reply: replace(reply, status=302, fields={"location": "https://127.0.0.1:1/"}),
}


# --- what happens on the way --------------------------------------------------------------------------------------------


def with_fields(change: Callable[[list[tuple[bytes, bytes]]], list[tuple[bytes, bytes]]]) -> Spoiled:
    async def send_changed(start: Message, content: Message, send: Send) -> None:
        await send({**start, "headers": change(list(start["headers"]))})
        await send(content)

    return send_changed


def without(*names: bytes) -> Spoiled:
    return with_fields(lambda fields: [(name, value) for name, value in fields if name.lower() not in names])


def changed(wanted: bytes, change: Callable[[bytes], bytes]) -> Spoiled:
    return with_fields(lambda fields: [(name, change(value) if name.lower() == wanted else value) for name, value in fields])


def spoiled_body(change: Callable[[bytes], bytes]) -> Spoiled:
    async def send_changed(start: Message, content: Message, send: Send) -> None:
        said = change(content["body"])
        length = str(len(said)).encode()
        fields = [(name, length if name.lower() == b"content-length" else value) for name, value in start["headers"]]
        await send({**start, "headers": fields})
        await send({**content, "body": said})

    return send_changed


async def cut_off(start: Message, content: Message, send: Send) -> None:
    """Promise all of it and send half."""
    await send(start)
    await send({**content, "body": content["body"][: len(content["body"]) // 2], "more_body": True})
    raise ConnectionResetError


async def silence(_start: Message, _content: Message, _send: Send) -> None:
    await asyncio.sleep(SOON_S + 2)


async def no_answer(_start: Message, _content: Message, _send: Send) -> None:
    raise ConnectionResetError


async def dripped(start: Message, content: Message, send: Send) -> None:
    """A byte now and then: each in time, all of it too late."""
    await send(start)
    for at in range(20):
        await send({**content, "body": content["body"][at : at + 1], "more_body": True})
        await asyncio.sleep(0.2)


async def endless(start: Message, content: Message, send: Send) -> None:
    fields = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    await send({**start, "headers": [*fields, (b"transfer-encoding", b"chunked")]})
    for _ in range(100):
        await send({**content, "body": bytes(65_536), "more_body": True})
        await asyncio.sleep(0.01)


def _flip_signature(value: bytes) -> bytes:
    label, _, rest = value.partition(b"=:")
    raw = bytearray(base64.b64decode(rest.rstrip(b":")))
    raw[3] ^= 1
    return label + b"=:" + base64.b64encode(raw) + b":"


ON_THE_WAY: dict[str, Spoiled] = {
    "no signature": without(b"signature", b"signature-input"),
    "no digest": without(b"content-digest"),
    "no budget, which was signed": without(b"tallystick-budget"),
    "a field that nobody signed": with_fields(lambda fields: [*fields, (b"tallystick-more", b"1")]),
    "a field that is there twice": with_fields(
        lambda fields: [*fields, *[each for each in fields if each[0] == b"tallystick-budget"]]
    ),
    "another budget": changed(b"tallystick-budget", lambda _: b"99999"),
    "another digest": changed(b"content-digest", lambda _: b"sha-256=:" + base64.b64encode(bytes(32)) + b":"),
    "a signature with a flipped bit": changed(b"signature", _flip_signature),
    "a signature that is none": changed(b"signature", lambda _: b"tallystick=:x:"),
    "a signature that covers nothing": changed(b"signature-input", lambda _: b"tallystick=()"),
    "a signature by a key that nobody knows": changed(b"signature-input", lambda said: said.replace(b"police-b/", b"police-x/")),
    "a changed body": spoiled_body(flipped(40)),
    "a body cut short, its length corrected": spoiled_body(lambda said: said[:100]),
    "a body cut off": cut_off,
    "no answer, the connection closed": no_answer,
    "silence": silence,
    "a byte now and then": dripped,
    "a body without an end": endless,
    "a body said to be compressed": with_fields(
        lambda fields: [*fields, (b"content-encoding", b"gzip"), (b"tallystick-z", b"1")]
    ),
    "header fields without an end": with_fields(lambda fields: [*fields, *[(b"x-%d" % n, b"x" * 8_000) for n in range(200)]]),
}


# --- what is fetched ----------------------------------------------------------------------------------------------------


def manifests(change: Callable[[list[object]], object]) -> Callable[[Call, Reply], Reply]:
    import msgspec

    return body(lambda said: msgspec.json.encode(change(msgspec.json.decode(said))))


FETCHED: dict[str, tuple[str, Callable[[Call, Reply], Reply]]] = {
    "no manifests": ("/manifests", body(lambda _: b"{}")),
    "manifests that are none": ("/manifests", body(lambda _: b'[{"document":"x","signatures":{}}]')),
    "manifests nested without an end": ("/manifests", body(lambda _: b"[" * 100_000)),
    "a manifest without its signature": ("/manifests", manifests(lambda said: [{**each, "signatures": {}} for each in said])),  # type: ignore[dict-item]
    "a manifest that was changed": ("/manifests", body(lambda said: said.replace(b"notches", b"nutches"))),
    "manifests twice": ("/manifests", manifests(lambda said: [*said, *said])),
    "a delta that was changed": ("/deltas/", body(flipped(-3))),
    "a delta cut short": ("/deltas/", body(lambda said: said[:-15])),
    "a delta of nothing": ("/deltas/", body(lambda _: b"")),
}
