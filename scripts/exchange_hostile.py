"""Bytes that a node of the exchange must refuse, each named by its fault: part of spec/vectors/exchange-v1.json.

Documents are signed as they should be unless the signature is the fault, so that nothing else hides it. `refusal` says what a
node makes of it: malformed, not-verified (a signature or proof), not-a-member, or equivocation.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from exchange_vectors import (
    ASKER,
    CIRCLE,
    HOLDER,
    NOW,
    QUANTUM,
    VOPRF,
    agreement,
    card,
    digest,
    evaluation,
    key_pair,
    keys_of,
    manifest,
    scalar,
    secret32,
    terms,
)

from lib import exchange_twin as twin
from lib.oprf_twin import ORDER, P, decode

Vector = dict[str, Any]
STRANGER = "stranger"
IDENTITY = bytes(32)
UNREDUCED = (P + 2).to_bytes(32, "little")
assert decode(UNREDUCED) is None


def requests() -> list[Vector]:
    """Return evaluation requests; `purpose` is that of the header, `step` the first one that refuses (section 6.3)."""
    body = bytes.fromhex(evaluation()["request"])
    points = [body[at : at + 32] for at in range(8, len(body), 32)]

    def made(name: str, data: bytes, purpose: str = "border", step: int = 7, zeros: int = 0) -> Vector:
        return {"name": name, "bytes": data.hex(), "zeros": zeros, "purpose": purpose, "step": step}

    def with_point(data: bytes) -> bytes:
        return twin.request([*points[:17], data, *points[18:]])

    return [
        made("wrong magic", b"TSQ2" + body[4:]),
        made("magic of a response", b"TSA1" + body[4:]),
        made("unknown suite", body[:4] + b"\x02" + body[5:]),
        made("mode without proof", body[:5] + b"\x00" + body[6:]),
        made("mode of RFC 9497 that is not used here", body[:5] + b"\x02" + body[6:]),
        made("count above length", body[:6] + (64).to_bytes(2, "big") + body[8:]),
        made("count below length", body[:6] + (31).to_bytes(2, "big") + body[8:]),
        made("count in the other byte order", body[:6] + (32).to_bytes(2, "little") + body[8:]),
        made("33 points", twin.request([*points, points[0]])),
        made("31 points", twin.request(points[:31])),
        made("no point", twin.request([])),
        made("nothing", b""),
        made("the head alone", body[:8]),
        made("one byte short", body[:-1]),
        made("one byte more", body + b"\x00"),
        made("a bulk size for another purpose", b"TSQ1\x01\x01" + (256).to_bytes(2, "big"), zeros=256 * 32),
        made("32 points in bulk", body, purpose="bulk"),
        made("more points than any size", b"TSQ1\x01\x01" + (8192).to_bytes(2, "big"), purpose="bulk", zeros=8192 * 32),
        made("a purpose nobody agreed on", body, purpose="curiosity", step=6),
        made("the identity as a point", with_point(IDENTITY), step=9),
        made("a point whose number is not below the prime", with_point(UNREDUCED), step=9),
        made(
            "a point with its sign turned", with_point((P - int.from_bytes(points[17], "little")).to_bytes(32, "little")), step=9
        ),
        made("a point with the high bit set", with_point(points[17][:31] + bytes((points[17][31] | 0x80,))), step=9),
        made("a number that is on no point", with_point(on_no_point()), step=9),
    ]


def on_no_point() -> bytes:
    """Return an even number below the prime that encodes nothing."""
    return next(data for data in ((2 * i).to_bytes(32, "little") for i in range(1, 100)) if decode(data) is None)


def responses() -> list[Vector]:
    """Return responses to the question of `evaluation`."""
    good = bytes.fromhex(evaluation()["response"])
    elements = [good[at : at + 32] for at in range(12, 12 + 32 * 32, 32)]
    c, s = good[-64:-32], good[-32:]

    def made(name: str, data: bytes, refusal: str = "malformed") -> Vector:
        return {"name": name, "bytes": data.hex(), "refusal": refusal}

    def with_element(data: bytes) -> bytes:
        return twin.response(1, [*elements[:5], data, *elements[6:]], c + s)

    unreduced = (int.from_bytes(s, "little") + ORDER).to_bytes(32, "little")
    return [
        made("wrong magic", b"TSQ1" + good[4:]),
        made("unknown suite", good[:4] + b"\x02" + good[5:]),
        made("mode without proof", good[:5] + b"\x00" + good[6:]),
        made("another count", good[:6] + (64).to_bytes(2, "big") + good[8:]),
        made("another epoch", twin.response(2, elements, c + s)),
        made("one byte short", good[:-1]),
        made("one byte more", good + b"\x00"),
        made("nothing", b""),
        made("one element less", twin.response(1, elements[:31], c + s)),
        made("no proof", good[:-64]),
        made("the identity as an element", with_element(IDENTITY)),
        made("an element whose number is not below the prime", with_element(UNREDUCED)),
        made("a scalar of the proof above the order", twin.response(1, elements, c + unreduced)),
        made("a bit of the challenge flipped", twin.response(1, elements, bytes((c[0] ^ 1,)) + c[1:] + s), "not-verified"),
        made("a bit of the answer flipped", twin.response(1, elements, c + bytes((s[0] ^ 1,)) + s[1:]), "not-verified"),
        made("two elements swapped", twin.response(1, [elements[1], elements[0], *elements[2:]], c + s), "not-verified"),
        made("one element twice", twin.response(1, [elements[0], elements[0], *elements[2:]], c + s), "not-verified"),
        made("an element that another key made", with_element(other_key()[0][5]), "not-verified"),
        made("everything by another key, proof included", twin.response(1, *other_key()), "not-verified"),
        made("a proof of zeros", twin.response(1, elements, bytes(64)), "not-verified"),
    ]


def other_key() -> tuple[list[bytes], bytes]:
    """Return elements and proof as a key makes them that nobody published."""
    key = key_pair(2)[2]
    body = bytes.fromhex(evaluation()["request"])
    points = [body[at : at + 32] for at in range(8, len(body), 32)]
    made = [VOPRF.blind_evaluate(key, each) for each in points]
    return made, VOPRF.generate_proof(key, points, made, scalar("other nonce"))


def _document(kind: str, name: str, document: bytes, refusal: str = "malformed", by: tuple[str, ...] = (HOLDER,)) -> Vector:
    return {"name": name, "wire": twin.signed(kind, document, keys_of(*by)).decode(), "refusal": refusal}


def writings(document: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield writings of an agreement that say the same, or nearly, and are not the canonical one."""
    yield "white space", document.replace(b'"circle":', b'"circle": ', 1)
    yield "a line break at the end", document + b"\n"
    yield "a byte order mark", b"\xef\xbb\xbf" + document
    first, rest = document[1:].split(b',"circle"', 1)
    yield "members in another order", b'{"circle"' + rest[:-1] + b"," + first + b"}"
    yield "a member twice", document.replace(b'"format":"x1"', b'"format":"x1","format":"x1"', 1)
    yield "an unknown member", document.replace(b'"suite"', b'"so":1,"suite"', 1)
    yield "a member missing", document.replace(b'"retention_days":365,', b"", 1)
    yield "a float", document.replace(b'"retention_days":365', b'"retention_days":365.0', 1)
    yield "an exponent", document.replace(b'"retention_days":365', b'"retention_days":365e0', 1)
    yield "minus zero", document.replace(b'"retention_days":365', b'"retention_days":-0', 1)
    yield "a leading zero", document.replace(b'"retention_days":365', b'"retention_days":0365', 1)
    yield (
        "a number above 2^53",
        document.replace(b'"bulk_points_per_epoch":100000', b'"bulk_points_per_epoch":9007199254740993', 1),
    )
    yield "a number of 5,000 digits", document.replace(b'"retention_days":365', b'"retention_days":' + b"9" * 5000, 1)
    yield "a number as a string", document.replace(b'"retention_days":365', b'"retention_days":"365"', 1)
    yield "true for 1", document.replace(b'"revision":1', b'"revision":true', 1)
    yield "null", document.replace(b'"previous":""', b'"previous":null', 1)
    yield "NaN", document.replace(b'"retention_days":365', b'"retention_days":NaN', 1)
    yield "an escape that need not be", document.replace(b"harbour act", b"h\\u0061rbour act", 1)
    yield "a slash escaped", document.replace(b"https://asker", b"https:\\/\\/asker", 1)
    yield "a lone surrogate", document.replace(b"harbour act", b"harbour \\ud800 act", 1)
    yield "a control character", document.replace(b"harbour act", b"harbour\\u0007act", 1)
    yield "a line break in a string", document.replace(b"harbour act", b"harbour\\nact", 1)
    yield "a mark that turns direction", document.replace(b"harbour act", "harbour\u202eact".encode(), 1)
    yield "deep nesting", document.replace(b'"previous":""', b'"previous":' + b"[" * 5000 + b"]" * 5000, 1)
    yield "an array instead of an object", b"[" + document + b"]"
    yield "nothing", b""


def broken_terms() -> Iterator[tuple[str, Vector]]:
    """Yield agreements in canonical form that break a rule of section 2."""
    asker, holder = card(ASKER), card(HOLDER)
    purpose: Vector = terms()["purposes"][0]
    yield "one member", terms(members=[holder])
    yield "members not sorted", terms(members=[holder, asker])
    yield "an organisation twice", terms(members=[holder, holder])
    for member in ("signing_key", "log_key", "url", "ca"):
        yield f"two members with one {member}", terms(members=[asker | {member: holder[member]}, holder])
    yield "one key for two uses", terms(members=[asker | {"log_key": asker["witness_key"]}, holder])
    yield "a URL with a path", terms(members=[asker | {"url": "https://asker.example/x"}, holder])
    yield "a URL without TLS", terms(members=[asker | {"url": "http://asker.example"}, holder])
    yield "a URL with a user", terms(members=[asker | {"url": "https://holder@asker.example"}, holder])
    yield "a port that is none", terms(members=[asker | {"url": "https://asker.example:70000"}, holder])
    yield "an id in capitals", terms(members=[asker | {"id": "Asker"}, holder])
    yield "an id that begins with a hyphen", terms(members=[asker | {"id": "-asker"}, holder])
    yield "an id of 65 characters", terms(members=[asker | {"id": "a" * 65}, holder])
    yield "a name without characters", terms(members=[asker | {"name": ""}, holder])
    yield "a certificate that is not base64", terms(members=[asker | {"ca": "abc"}, holder])
    yield "base64 with bits left over", terms(members=[asker | {"ca": "ab=="}, holder])
    yield "a quantum that is no power of two", terms(delta_quantum=257)
    yield "a quantum too small", terms(delta_quantum=128)
    yield "a quantum too large", terms(delta_quantum=131_072)
    yield "an overlap as long as an epoch", terms(epoch_days=7)
    yield "an epoch without days", terms(epoch_days=0, overlap_days=0)
    yield "a suite nobody knows", terms(suite="P256-SHA256")
    yield "no purpose", terms(purposes=[])
    yield "a purpose twice", terms(purposes=[purpose, purpose])
    yield "a purpose called bulk", terms(purposes=[purpose | {"code": "bulk"}])
    yield "a burst below one question", terms(purposes=[purpose | {"burst": 63}])
    yield "revision 2 without a former one", terms(revision=2)
    yield "revision 1 with a former one", terms(previous=digest(b"former"))
    yield "revision 0", terms(revision=0)
    yield "another format", terms(format="x2")
    yield "a digest in capitals", terms(parameters=digest(b"parameters").upper())
    yield "a digest too short", terms(parameters=digest(b"parameters")[:62])
    yield "a legal basis too long", terms(legal_basis="x" * 301)
    yield "a threshold of nothing", terms(threshold_tenths=0)


def agreements() -> list[Vector]:
    """Return signed agreements."""
    document = agreement()
    both = (ASKER, HOLDER)
    assert all(data != document for _, data in writings(document))
    made = [_document("agreement", name, data, by=both) for name, data in writings(document)]
    made += [_document("agreement", name, twin.canonical(said), by=both) for name, said in broken_terms()]
    made += [
        _document("agreement", "not signed by everybody", document, "not-verified", (HOLDER,)),
        _document("agreement", "signed by somebody else, too", document, "not-verified", (ASKER, HOLDER, STRANGER)),
        _document("leave", "signed as another kind of document", document, "not-verified", both),
    ]
    wire = json.loads(twin.signed("agreement", document, keys_of(*both)))
    good = wire["signatures"]
    edits: dict[str, tuple[Vector, str]] = {
        "no signature": ({"signatures": {}}, "malformed"),
        "a signature too short": ({"signatures": good | {ASKER: good[ASKER][:-2]}}, "malformed"),
        "a signature in capitals": ({"signatures": good | {ASKER: good[ASKER].upper()}}, "malformed"),
        "a bit of a signature flipped": ({"signatures": good | {ASKER: f"{int(good[ASKER], 16) ^ 1:0128x}"}}, "not-verified"),
        "signatures swapped": ({"signatures": {ASKER: good[HOLDER], HOLDER: good[ASKER]}}, "not-verified"),
        "a signature of zeros": ({"signatures": good | {ASKER: "0" * 128}}, "not-verified"),
        "a document that nobody signed": ({"document": twin.canonical(terms(epoch_days=91)).decode()}, "not-verified"),
        "an envelope with an unknown member": ({"kind": "agreement"}, "malformed"),
    }
    made += [{"name": name, "wire": twin.canonical(wire | edit).decode(), "refusal": why} for name, (edit, why) in edits.items()]
    spaced = json.dumps(wire, ensure_ascii=False, sort_keys=True)
    return [*made, {"name": "an envelope with white space", "wire": spaced, "refusal": "malformed"}]


def leaves(good: Vector) -> list[Vector]:
    """Return signed leaves."""
    return [
        _document("leave", "signed by another member", twin.canonical(good), "not-verified", (HOLDER,)),
        _document("leave", "signed by another member, too", twin.canonical(good), "not-verified", (ASKER, HOLDER)),
        _document("leave", "of another circle", twin.canonical(good | {"circle": "other"}), by=(ASKER,)),
        _document("leave", "of another revision", twin.canonical(good | {"revision": 2}), by=(ASKER,)),
        _document("leave", "of nobody known", twin.canonical(good | {"member": STRANGER}), "not-a-member", (STRANGER,)),
        _document("leave", "at a moment of no calendar", twin.canonical(good | {"at": "2027-02-30T08:00:00Z"}), by=(ASKER,)),
        _document("leave", "in a leap second", twin.canonical(good | {"at": "2027-02-20T23:59:60Z"}), by=(ASKER,)),
        _document("leave", "in another time zone", twin.canonical(good | {"at": "2027-02-20T08:00:00+01:00"}), by=(ASKER,)),
    ]


def manifests() -> list[Vector]:
    """Return signed manifests; `after` is the number of the manifest that the requester has, 0 for none."""
    said: Vector = json.loads(manifest(1))
    line: Vector = json.loads(manifest(2))["deltas"][0]
    base: Vector = said["base"]

    def made(name: str, after: int, refusal: str = "malformed", **changes: Any) -> Vector:  # noqa: ANN401
        return {**_document("manifest", name, manifest(after + 1, **changes), refusal), "after": after}

    def by(name: str, member: str) -> Vector:
        return {**_document("manifest", name, manifest(1), "not-verified", (member,)), "after": 0}

    def with_base(name: str, **changes: Any) -> Vector:  # noqa: ANN401
        return made(name, 0, base=base | changes)

    key = key_pair(2)[3].hex()
    return [
        by("signed by another member", ASKER),
        by("signed by nobody known", STRANGER),
        made("a number left out", 1, number=3),
        made("a number again, for something else", 1, "equivocation", number=1, previous="", log2_records=4),
        made("another manifest before it", 1, previous=digest(b"other")),
        made("no manifest before it", 1, previous=""),
        made("the first one with one before it", 0, previous=digest(b"other")),
        made("of another circle", 0, circle="other"),
        made("under another agreement", 0, agreement=digest(b"other")),
        made("of another member", 0, member=ASKER),
        made("in another suite", 0, suite="P256-SHA256"),
        made("with other parameters", 0, parameters=digest(b"other")),
        made("with another threshold", 0, threshold_tenths=139),
        made(
            "of an epoch that is closed",
            0,
            valid_from="2026-10-01T00:00:00Z",
            valid_until="2026-12-30T00:00:00Z",
            closes_at="2027-01-06T00:00:00Z",
        ),
        made("of an epoch that is not yet", 0, valid_from="2027-01-20T08:00:00Z"),
        made("published in the future", 0, published_at="2027-01-20T08:00:00Z"),
        made("an epoch longer than agreed", 0, valid_until="2027-04-15T08:00:01Z"),
        made("an overlap longer than agreed", 0, closes_at="2027-04-22T08:00:01Z"),
        made("an epoch that ends before it begins", 0, valid_until=NOW, closes_at=NOW),
        made("closing before it ends", 0, closes_at="2027-04-15T07:59:59Z"),
        made("a moment of no calendar", 0, published_at="2027-01-32T08:00:00Z"),
        made("another key within an epoch", 1, public_key=key),
        made("another beginning within an epoch", 1, valid_from="2027-01-15T08:00:01Z"),
        made("a new epoch with the old key", 1, epoch=2),
        made("a new epoch that begins with base 2", 1, epoch=2, public_key=key, base=base | {"number": 2}),
        made("older than the one before", 1, published_at="2027-01-15T07:59:00Z"),
        made("a delta taken back", 2, base=base, deltas=[]),
        made("a delta changed", 2, base=base, deltas=[line | {"digest": digest(b"other")}]),
        made("a base left out", 1, base=base | {"number": 3}),
        made("a base older than the deltas", 2, base=json.loads(manifest(3))["base"] | {"delta": 0}),
        made("a base changed under its number", 1, base=base | {"root": digest(b"other")}, deltas=[]),
        made("a delta left out", 1, deltas=[line | {"number": 2}]),
        made("a delta twice", 1, deltas=[line, line]),
        made("a delta of a count that is no multiple", 1, deltas=[line | {"added": QUANTUM + 1}]),
        made("a delta of nothing", 1, deltas=[line | {"added": 0, "removed": 0}]),
        made("more removed than there is", 1, deltas=[line | {"added": 0, "removed": 6 * QUANTUM}]),
        with_base("a base smaller than its chaff", notches=3 * QUANTUM),
        with_base("a base of a count that is no multiple", notches=5 * QUANTUM + 1),
        with_base("a segment too many", segments=2),
        with_base("a base without number", number=0),
        made("a public key that is too short", 0, public_key=key[:62]),
    ]


def bases(good: bytes) -> list[Vector]:
    """Return bases by edits of the good one, [offset, bytes dropped, bytes put there]; the manifest names `root`."""
    rows = [good[at : at + 15] for at in range(0, len(good), 15)]
    swapped = b"".join([rows[1], rows[0], *rows[2:]])
    twice = b"".join([rows[0], rows[0][:8] + rows[1][8:], *rows[2:]])

    def made(name: str, data: bytes, edits: list[list[int | str]], *, own_root: bool) -> Vector:
        return {"name": name, "edits": edits, "root": twin.root(data if own_root else good).hex()}

    flipped = f"{good[14] ^ 1:02x}"
    return [
        made("a bit flipped", good, [[14, 1, flipped]], own_root=False),
        made("two notches swapped", swapped, [[0, 30, swapped[:30].hex()]], own_root=True),
        made("a tag twice", twice, [[0, 30, twice[:30].hex()]], own_root=True),
        made("a notch short", good[:-15], [[len(good) - 15, 15, ""]], own_root=True),
        made("a byte short", good[:-1], [[len(good) - 1, 1, ""]], own_root=True),
        made("a notch more", good + b"\xff" * 15, [[len(good), 0, "ff" * 15]], own_root=True),
    ]


def deltas(good: bytes, notches: twin.Notches) -> list[Vector]:
    """Return deltas by edits of the good one; `named`: the manifest names the digest of what the edits give, and its counts."""
    middle = 20 + 15 * QUANTUM
    tags = sorted(notches)
    absent = next(
        tag
        for tag in (secret32(f"absent {i}")[:8] for i in range(100))
        if tag not in notches and tag < good[middle + 8 : middle + 16]
    )
    below = good[35:43]
    present = next(tag for tag in tags if tag < below and tag not in {good[at : at + 8] for at in range(middle, len(good), 8)})

    def made(name: str, *edits: list[int | str], named: bool = True) -> Vector:
        return {"name": name, "edits": list(edits), "named": named}

    return [
        made("a bit flipped, which the manifest does not name", [34, 1, f"{good[34] ^ 1:02x}"], named=False),
        made("wrong magic", [0, 4, b"TSD2".hex()]),
        made("nothing", [0, len(good), ""]),
        made("the head alone", [20, len(good) - 20, ""]),
        made("one byte short", [len(good) - 1, 1, ""]),
        made("one byte more", [len(good), 0, "00"]),
        made("a count above length", [12, 4, (2 * QUANTUM).to_bytes(4, "big").hex()]),
        made("a count of 2^32 - 1", [16, 4, "ffffffff"]),
        made(
            "counts swapped with the lists as they are",
            [12, 8, (QUANTUM - 8).to_bytes(4, "big").hex() + (QUANTUM + 15).to_bytes(4, "big").hex()],
        ),
        made("a count that is no multiple", [middle - 15, 15, ""], [12, 4, (QUANTUM - 1).to_bytes(4, "big").hex()]),
        made("nothing added and nothing removed", [20, len(good) - 20, ""], [12, 8, "00" * 8]),
        made("of another epoch", [4, 4, "00000002"]),
        made("of another number", [8, 4, "00000002"]),
        made("added notches not sorted", [20, 30, (good[35:50] + good[20:35]).hex()]),
        made("an added tag twice", [35, 8, good[20:28].hex()]),
        made("removed tags not sorted", [middle, 16, (good[middle + 8 : middle + 16] + good[middle : middle + 8]).hex()]),
        made("a removed tag twice", [middle + 8, 8, good[middle : middle + 8].hex()]),
        made("a removed tag that is absent", [middle, 8, absent.hex()]),
        made("an added tag that is present", [20, 8, present.hex()]),
    ]


def receipts(good: Vector) -> list[Vector]:
    """Return signed receipts, as they reach the holder."""
    return [
        _document("receipt", "signed by another member", twin.canonical(good), "not-verified", (HOLDER,)),
        _document("receipt", "of nobody known", twin.canonical(good | {"member": STRANGER}), "not-verified", (STRANGER,)),
        _document("receipt", "for another member", twin.canonical(good | {"holder": ASKER}), by=(ASKER,)),
        _document("receipt", "of another circle", twin.canonical(good | {"circle": "other"}), by=(ASKER,)),
        _document("receipt", "of epoch 0", twin.canonical(good | {"epoch": 0}), by=(ASKER,)),
        _document("manifest", "signed as another kind of document", twin.canonical(good), "not-verified", (ASKER,)),
    ]


def seen() -> Vector:
    """Return what a member says it holds of another's manifests."""
    return {"format": "x1", "circle": CIRCLE, "seen": [{"member": HOLDER, "number": 2, "digest": digest(manifest(2))}]}


def seens() -> list[Vector]:
    """Return bodies that tell what is held of manifests."""
    good = seen()
    (line,) = good["seen"]
    edits = {
        "a digest too short": twin.canonical(good | {"seen": [line | {"digest": line["digest"][:-2]}]}),
        "number 0": twin.canonical(good | {"seen": [line | {"number": 0}]}),
        "a member that is none": twin.canonical(good | {"seen": [line | {"member": "Holder"}]}),
        "an unknown member of a line": twin.canonical(good | {"seen": [line | {"epoch": 1}]}),
        "more lines than members": twin.canonical(good | {"seen": [line | {"number": each} for each in range(1, 66)]}),
        "no list": twin.canonical(good | {"seen": line}),
        "a member missing": twin.canonical({name: value for name, value in good.items() if name != "seen"}),
        "white space": json.dumps(good, sort_keys=True).encode(),
    }
    return [{"name": name, "text": body.decode(), "spaces": 0} for name, body in edits.items()]


def contradiction(**changes: Any) -> bytes:  # noqa: ANN401  # what is changed is of any type
    """Return another manifest of number 2."""
    return twin.canonical({**json.loads(manifest(2)), "log2_records": 9, **changes})


def contradictions() -> list[Vector]:
    """Return documents that a member shows against manifest 2, and that prove nothing."""
    return [
        _document("manifest", "the same manifest", manifest(2), by=(HOLDER,)),
        _document("manifest", "of another number", manifest(3), by=(HOLDER,)),
        _document("manifest", "of another circle", contradiction(circle="other"), by=(HOLDER,)),
        _document("manifest", "of another member", contradiction(member=ASKER), by=(HOLDER,)),
        _document("manifest", "signed by whoever shows it", contradiction(), "not-verified", (ASKER,)),
        _document("receipt", "signed as another kind of document", contradiction(), "not-verified", (HOLDER,)),
        _document("manifest", "no manifest", twin.canonical(seen()), by=(HOLDER,)),
    ]


def redemption() -> Vector:
    """Return what a requester says when it opens a handle."""
    return {
        "format": "x1",
        "handle": "00112233445566",
        "purpose": "border",
        "reason": "same name and date",
        "officer": "o-17",
        "reference": "c 4",
    }


def redemptions() -> list[Vector]:
    """Return bodies of redemptions."""
    good = redemption()
    edits: dict[str, Callable[[], bytes]] = {
        "a handle too short": lambda: twin.canonical(good | {"handle": "0011"}),
        "a handle in capitals": lambda: twin.canonical(good | {"handle": "AABBCCDDEEFF00"}),
        "a handle of another alphabet": lambda: twin.canonical(good | {"handle": "0011223344556g"}),
        "an officer with a space": lambda: twin.canonical(good | {"officer": "o 17"}),
        "a reason too long": lambda: twin.canonical(good | {"reason": "x" * 501}),
        "a reason with a line break": lambda: twin.canonical(good | {"reason": "one\ntwo"}),
        "a reference too long": lambda: twin.canonical(good | {"reference": "x" * 65}),
        "an unknown member": lambda: twin.canonical(good | {"level": 2}),
        "a member missing": lambda: twin.canonical({name: value for name, value in good.items() if name != "purpose"}),
        "white space": lambda: json.dumps(good, sort_keys=True).encode(),
    }
    made: list[Vector] = [{"name": name, "text": edit().decode(), "spaces": 0} for name, edit in edits.items()]
    return [*made, {"name": "longer than a body may be", "text": twin.canonical(good).decode(), "spaces": 64 << 10}]
