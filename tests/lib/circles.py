"""A circle of two made-up organisations, for tests of the exchange: cards, an agreement, keys, seeded randomness."""

import base64
import hashlib
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from tallystick.exchange import agreement, canonical, signing
from tallystick.exchange.agreement import Agreement, Card, Circle, Purpose
from tallystick.exchange.manifest import Base, DeltaLine, Manifest
from tallystick.exchange.signing import Signed

Said: TypeAlias = int | str | bytes | list[Card] | list[Purpose] | list[DeltaLine] | Base
"""What a member of a document may be replaced by."""

SUITE = "ristretto255-SHA512"
NOW_S = 1_800_000_000
QUANTUM = 256


def seed(name: str) -> bytes:
    """32 bytes that are the same in every run."""
    return hashlib.sha256(name.encode()).digest()


def stream(name: str) -> Callable[[int], bytes]:
    """A source of randomness that is the same in every run."""
    state = {"at": 0}

    def draw(count: int) -> bytes:
        state["at"] += 1
        return hashlib.shake_256(f"{name} {state['at']}".encode()).digest(count)

    return draw


def signing_key(member: str) -> bytes:
    return seed(f"signing key of {member}")


def card(member: str) -> Card:
    return Card(
        format="x1",
        id=member,
        name=f"Office of {member}",
        url=f"https://{member}.example:8443",
        ca=base64.b64encode(seed(f"ca {member}")).decode(),
        signing_key=signing.new_key(signing_key(member)),
        log_key=f"{member}.example/log+0000+{member}",
        witness_key=f"{member}.example/witness+0000+{member}",
        contact=f"duty officer, {member}",
    )


def terms(*members: str, **changes: Said) -> Agreement:
    """An agreement between members; changes replace what it says."""
    said = Agreement(
        format="x1",
        circle="harbour",
        name="Harbour circle",
        revision=1,
        previous="",
        legal_basis="harbour act, section 4",
        suite=SUITE,
        parameters=canonical.digest(b"parameters"),
        threshold_tenths=140,
        purposes=[
            Purpose(code="border", text="checks at the border", points_per_day=10_000, points_per_epoch=100_000, burst=640),
            Purpose(code="visa", text="visa applications", points_per_day=100, points_per_epoch=1_000, burst=64),
        ],
        bulk_points_per_epoch=100_000,
        epoch_days=90,
        overlap_days=7,
        retention_days=365,
        delta_quantum=QUANTUM,
        members=[card(member) for member in sorted(members)],
    )
    return msgspec.structs.replace(said, **changes)


def signed_by_all(said: Agreement) -> Signed:
    document = canonical.encode(said)
    signatures = {each.id: signing.sign("agreement", document, signing_key(each.id)) for each in said.members}
    return Signed(document=document.decode(), signatures=signatures)


def circle(*members: str, **changes: Said) -> Circle:
    return agreement.adopt(signed_by_all(terms(*(members or ("asker", "holder")), **changes)))


def manifest(of: Circle, member: str, base: Base, public_key: bytes, **changes: Said) -> Manifest:
    said = Manifest(
        format="x1",
        circle=of.agreement.circle,
        agreement=of.digest,
        member=member,
        number=1,
        previous="",
        epoch=1,
        suite=of.agreement.suite,
        public_key=public_key.hex(),
        parameters=of.agreement.parameters,
        threshold_tenths=of.agreement.threshold_tenths,
        valid_from=canonical.moment_of(NOW_S),
        valid_until=canonical.moment_of(NOW_S + 90 * 86_400),
        closes_at=canonical.moment_of(NOW_S + 97 * 86_400),
        published_at=canonical.moment_of(NOW_S),
        base=base,
        deltas=[],
        log2_records=0,
    )
    return msgspec.structs.replace(said, **changes)


def next_manifest(former: Manifest, **changes: Said) -> Manifest:
    previous = canonical.digest(canonical.encode(former))
    return msgspec.structs.replace(former, number=former.number + 1, previous=previous, **changes)


def line(raw: bytes) -> DeltaLine:
    """A delta as a manifest names it."""
    number, added, removed = (int.from_bytes(raw[at : at + 4]) for at in (8, 12, 16))
    return DeltaLine(number=number, added=added, removed=removed, digest=canonical.digest(raw))


def publish(said: Manifest) -> Signed:
    return Signed.made("manifest", canonical.encode(said), said.member, signing_key(said.member))
