"""Writes spec/vectors/exchange-v1.json: one small exchange from match keys to hits, and bytes that must be refused.

    PYTHONPATH=tests:scripts .venv/bin/python scripts/exchange_vectors.py

All values come from the slow second implementations (tests/lib/exchange_twin.py, oprf_twin.py); the package is then held
against them. Keys, blinds, handles and chaff are hashes of labels: good for vectors and for nothing else.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from lib import exchange_twin as twin
from lib.oprf_twin import ORDER, Context, write_scalar

OUT = Path(__file__).parents[1] / "spec" / "vectors" / "exchange-v1.json"
NOW = "2027-01-15T08:00:00Z"
QUANTUM = 256
CIRCLE, ASKER, HOLDER = "harbour", "asker", "holder"
VOPRF = Context(1)
REGISTER = {
    "r0": ["common", "zorvek marek;1971"],
    "r1": ["common", "quilmar ana;1980"],
    "r2": ["common"],
    "r3": ["common", "zorvek marek;1971"],
    "r4": ["common", "ostrelka ivo;1965"],
    "r5": ["brandovski olga;1990"],
    "r6": ["brandovski olga;1990", "quilmar ana;1980"],
}
"""Offered records and their match keys; r6 comes with the delta, in which r0 to r3 go: the notch of r4 moves to the first run."""
ASKED = [
    ("zorvek marek;1971", 171),
    ("brandovski olga;1990", 190),
    ("ostrelka ivo;1965", 165),
    ("common", 140),
    ("nobody;2000", 300),
]


def digest(data: bytes) -> str:
    """Return H in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def secret32(label: str) -> bytes:
    """Return 32 bytes made from a label."""
    return hashlib.sha256(f"vector: {label}".encode()).digest()


def scalar(label: str) -> int:
    """Return a scalar made from a label."""
    return int.from_bytes(hashlib.sha512(f"vector: {label}".encode()).digest(), "little") % ORDER


def handle(record: str) -> bytes:
    """Return the handle of a record."""
    return secret32(f"handle {record}")[:7]


@cache
def public_key(member: str) -> str:
    """Return a member's signing key."""
    return twin.public_key(secret32(f"signing key {member}"))


def key_pair(epoch: int) -> tuple[bytes, bytes, int, bytes]:
    """Return seed, info, secret and public key of an epoch (section 3)."""
    info = f"tallystick/x1/{CIRCLE}/{HOLDER}/".encode() + epoch.to_bytes(4, "big")
    seed = secret32(f"epoch {epoch}")
    return seed, info, *VOPRF.derive_key_pair(seed, info)


@cache
def key_secret(key: str) -> bytes:
    """Return the key secret of a match key in epoch 1."""
    return twin.key_secret(VOPRF.evaluate(key_pair(1)[2], key.encode()))


@cache
def base_and_delta() -> tuple[twin.Notches, bytes, twin.Notches]:
    """Return the base over r0 to r5, the delta that takes out r0 to r3 and brings r6, and the notches after it."""
    notches: twin.Notches = {}
    for record in ["r0", "r1", "r2", "r3", "r4", "r5"]:
        for key in REGISTER[record]:
            assert twin.put(notches, key_secret(key), handle(record)) is not None
    real = dict(notches)
    chaff = [secret32(f"chaff {i}")[:15] for i in range(5 * QUANTUM - len(real) + QUANTUM)]
    split = 5 * QUANTUM - len(real)
    notches |= {each[:8]: each[8:] for each in chaff[:split]}
    removed, added = taken_out(real)
    removed += [each[:8] for each in chaff[: QUANTUM - len(removed)]]
    fresh = chaff[split : split + QUANTUM - len(added)]
    delta = twin.delta(1, 1, added | {each[:8]: each[8:] for each in fresh}, removed)
    return notches, delta, twin.apply(notches, delta)


def taken_out(real: twin.Notches) -> tuple[list[bytes], twin.Notches]:
    """Return the tags that go with r0 to r3, the moved notch of r4 among them, and the notches that come."""
    gone = {handle(f"r{i}") for i in range(4)}
    removed = [
        tag
        for key in sorted({key for keys in REGISTER.values() for key in keys})
        for tag, pad in (twin.tag_and_pad(key_secret(key), counter) for counter in range(4))
        if tag in real and twin.xor(real[tag], pad) in gone
    ]
    moved, _ = twin.tag_and_pad(key_secret("common"), 4)
    added: twin.Notches = {}
    put_at(added, "common", 0, "r4")
    put_at(added, "brandovski olga;1990", 1, "r6")
    put_at(added, "quilmar ana;1980", 1, "r6")
    return [*removed, moved], added


def put_at(notches: twin.Notches, key: str, counter: int, record: str) -> None:
    """Put a record under a key at one counter."""
    tag, pad = twin.tag_and_pad(key_secret(key), counter)
    notches[tag] = twin.xor(handle(record), pad)


def card(member: str) -> dict[str, Any]:
    """Return a member card."""
    return {
        "format": "x1",
        "id": member,
        "name": f"Office of the {member}, “North”",
        "url": f"https://{member}.example:8443",
        "ca": twin.base64(secret32(f"ca {member}")),
        "signing_key": public_key(member),
        "log_key": f"{member}.example/log+7d2f+{member}",
        "witness_key": f"{member}.example/witness+7d2f+{member}",
        "contact": "duty officer",
    }


def terms(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  any member, of any type
    """Return what the circle agreed on; changes replace members of it."""
    purposes = [{"code": "border", "text": "checks", "points_per_day": 10_000, "points_per_epoch": 100_000, "burst": 640}]
    said: dict[str, Any] = {
        "format": "x1",
        "circle": CIRCLE,
        "name": "Harbour\\circle",
        "revision": 1,
        "previous": "",
        "legal_basis": "harbour act, section 4",
        "suite": "ristretto255-SHA512",
        "parameters": digest(b"parameters"),
        "threshold_tenths": 140,
        "purposes": purposes,
        "bulk_points_per_epoch": 100_000,
        "epoch_days": 90,
        "overlap_days": 7,
        "retention_days": 365,
        "delta_quantum": QUANTUM,
        "members": [card(ASKER), card(HOLDER)],
    }
    return said | changes


def keys_of(*members: str) -> dict[str, bytes]:
    """Return private signing keys by member."""
    return {member: secret32(f"signing key {member}") for member in members}


def agreement() -> bytes:
    """Return the agreement's document."""
    return twin.canonical(terms())


def manifest(number: int = 1, /, **changes: Any) -> bytes:  # noqa: ANN401  any member, of any type
    """Return the document of manifest 1, 2 (with the delta) or 3 (a new base); changes replace members of it."""
    notches, delta, after = base_and_delta()
    first = {"number": 1, "notches": len(notches), "segments": 1, "root": twin.root(twin.base(notches)).hex(), "delta": 0}
    second = {"number": 2, "notches": len(after), "segments": 1, "root": twin.root(twin.base(after)).hex(), "delta": 1}
    added, removed = (int.from_bytes(delta[at : at + 4], "big") for at in (12, 16))
    line = {"number": 1, "added": added, "removed": removed, "digest": digest(delta)}
    said: dict[str, Any] = {
        "format": "x1",
        "circle": CIRCLE,
        "agreement": digest(agreement()),
        "member": HOLDER,
        "number": number,
        "previous": "" if number == 1 else digest(manifest(number - 1)),
        "epoch": 1,
        "suite": "ristretto255-SHA512",
        "public_key": key_pair(1)[3].hex(),
        "parameters": digest(b"parameters"),
        "threshold_tenths": 140,
        "valid_from": NOW,
        "valid_until": "2027-04-15T08:00:00Z",
        "closes_at": "2027-04-22T08:00:00Z",
        "published_at": f"2027-01-15T{7 + number:02}:00:00Z",
        "base": second if number == 3 else first,  # noqa: PLR2004  the third manifest
        "deltas": [line] if number == 2 else [],  # noqa: PLR2004  the second
        "log2_records": 3,
    }
    return twin.canonical(said | changes)


@cache
def evaluation() -> dict[str, Any]:
    """Return one question and its answer, step by step."""
    seed, info, key, public = key_pair(1)
    inputs = [text.encode() for text, _ in ASKED] + [secret32(f"padding {i}") for i in range(32 - len(ASKED))]
    order = sorted(range(32), key=lambda i: secret32(f"order {i}"))
    inputs = [inputs[i] for i in order]
    blinds = [scalar(f"blind {i}") for i in range(32)]
    points = [VOPRF.blind(each, blind) for each, blind in zip(inputs, blinds, strict=True)]
    evaluated = [VOPRF.blind_evaluate(key, each) for each in points]
    nonce = scalar("nonce")
    outputs = [VOPRF.finalize(*each) for each in zip(inputs, blinds, evaluated, strict=True)]
    return {
        "epoch": 1,
        "seed": seed.hex(),
        "info": info.hex(),
        "secret_key": write_scalar(key).hex(),
        "public_key": public.hex(),
        "inputs": [each.hex() for each in inputs],
        "blinds": [write_scalar(each).hex() for each in blinds],
        "request": twin.request(points).hex(),
        "nonce": write_scalar(nonce).hex(),
        "response": twin.response(1, evaluated, VOPRF.generate_proof(key, points, evaluated, nonce)).hex(),
        "outputs": b"".join(outputs).hex(),
        "secrets": b"".join(map(twin.key_secret, outputs)).hex(),
    }


def look_ups(notches: twin.Notches) -> list[dict[str, Any]]:
    """Return what every key asked opens."""
    return [
        {"key": key, "weight_tenths": weight, "handles": sorted(each.hex() for each in twin.look_up(notches, key_secret(key)))}
        for key, weight in ASKED
    ]


def notch_vectors() -> list[dict[str, Any]]:
    """Return key secrets and notches at the ends of what counters can be."""
    made = []
    for name, output in {"zeros": bytes(64), "ones": b"\xff" * 64, "an output": hashlib.sha512(b"output").digest()}.items():
        secret = twin.key_secret(output)
        for counter in (0, 3, 4, 63):
            tag, pad = twin.tag_and_pad(secret, counter)
            notch = tag + twin.xor(handle(name), pad)
            made.append(
                {
                    "name": f"{name}, counter {counter}",
                    "output": output.hex(),
                    "secret": secret.hex(),
                    "counter": counter,
                    "handle": handle(name).hex(),
                    "notch": notch.hex(),
                }
            )
    return made


def roots() -> list[dict[str, Any]]:
    """Return roots over segments of a few bytes, for trees of every small shape."""
    shapes = {count: [secret32(f"segment {i}")[:5] for i in range(count)] for count in (1, 2, 3, 4, 5, 7, 8)}
    return [{"segments": [each.hex() for each in made], "root": twin.tree(made).hex()} for made in shapes.values()]


def steps() -> list[dict[str, int]]:
    """Return n and q(n) at a delta quantum of 256."""
    return [{"real": real, "step": twin.q(real, QUANTUM)} for real in (0, 63, 64, 16_384, 32_767, 32_768, 65_536, 25_000_000)]


def vectors() -> dict[str, Any]:
    """Return the whole file."""
    import exchange_hostile as hostile  # noqa: PLC0415  which needs all of the above

    notches, delta, after = base_and_delta()
    leave: dict[str, Any] = {"format": "x1", "circle": CIRCLE, "revision": 1, "member": ASKER, "at": NOW}
    receipt: dict[str, Any] = {"format": "x1", "circle": CIRCLE, "member": ASKER, "holder": HOLDER, "epoch": 1, "applied_at": NOW}
    receipt["manifest"] = digest(manifest(2))
    sections: dict[str, list[dict[str, Any]]] = {
        "notches": notch_vectors(),
        "roots": roots(),
        "steps": steps(),
        "manifests": [{"wire": twin.signed("manifest", manifest(i), keys_of(HOLDER)).decode()} for i in (1, 2, 3)],
        "look_ups_before": look_ups(notches),
        "look_ups_after": look_ups(after),
        "hostile_requests": hostile.requests(),
        "hostile_responses": hostile.responses(),
        "hostile_agreements": hostile.agreements(),
        "hostile_leaves": hostile.leaves(leave),
        "hostile_manifests": hostile.manifests(),
        "hostile_bases": hostile.bases(twin.base(notches)),
        "hostile_deltas": hostile.deltas(delta, notches),
        "hostile_receipts": hostile.receipts(receipt),
        "hostile_redemptions": hostile.redemptions(),
        "hostile_seen": hostile.seens(),
        "hostile_contradictions": hostile.contradictions(),
    }
    head: dict[str, Any] = {
        "spec": "exchange-v1",
        "source": "scripts/exchange_vectors.py; names and keys are made up",
        "now": NOW,
        "counts": {name: len(each) for name, each in sections.items()},
        "signing_keys": {member: key.hex() for member, key in keys_of(ASKER, HOLDER).items()},
        "register": REGISTER,
        "handles": {record: handle(record).hex() for record in REGISTER},
        "agreement": twin.signed("agreement", agreement(), keys_of(ASKER, HOLDER)).decode(),
        "leave": twin.signed("leave", twin.canonical(leave), keys_of(ASKER)).decode(),
        "receipt": twin.signed("receipt", twin.canonical(receipt), keys_of(ASKER)).decode(),
        "redemption": twin.canonical(hostile.redemption()).decode(),
        "seen": twin.canonical(hostile.seen()).decode(),
        "contradiction": twin.signed("manifest", hostile.contradiction(), keys_of(HOLDER)).decode(),
        "base": twin.base(notches).hex(),
        "delta": delta.hex(),
        "base_after": digest(twin.base(after)),
        "evaluation": evaluation(),
    }
    return head | sections


def text(content: dict[str, Any]) -> str:
    """Return JSON, one vector a line, with every character escaped that does not show what it is."""
    members = []
    for name, value in content.items():
        if isinstance(value, list):
            rows = ",\n".join("  " + json.dumps(each) for each in value)
            members.append(f"{json.dumps(name)}: [\n{rows}\n]")
        else:
            members.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(members) + "\n}\n"


if __name__ == "__main__":
    OUT.write_text(text(vectors()), encoding="utf-8")
    print(f"wrote {OUT.name}")
