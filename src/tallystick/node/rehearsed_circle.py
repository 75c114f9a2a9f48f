"""A circle of two invented members, a and b, that lasts as long as a rehearsal: documents as real nodes exchange, fresh keys.

Both members are one process, so nothing is secret from the other; no document is kept.

Spec: spec/exchange-v1.md, sections 2, 3 and 5.3.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tallystick.exchange import agreement as agreements
from tallystick.exchange import canonical, index, signing
from tallystick.exchange.agreement import Agreement, Card, Circle, Purpose
from tallystick.exchange.budget import Budgets, Grant
from tallystick.exchange.key_secrets import NOTCH_BYTES
from tallystick.exchange.manifest import DAY_S, Base, Manifest, key_info
from tallystick.exchange.responder import OpenEpoch, Responder
from tallystick.exchange.signing import Signed
from tallystick.matching import Parameters
from tallystick.matching.parameter_text import key_threshold
from tallystick.oprf import Mode, SecretKey, Server, Suite

ASKER: Final = "a"
HOLDER: Final = "b"
EPOCH: Final = 1
QUANTUM: Final = 256
"""The least `delta_quantum` of a circle: little chaff, so that the sizes told are those of the register."""
_KEY_BYTES = 32
_SUITE = Suite.RISTRETTO255_SHA512
_EPOCH_DAYS = 90
_OVERLAP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A circle in force, and what the holder needs in it.

    Attributes:
        circle: signed by both, and adopted.
        server: the key of the holder's first epoch.
        now_s: when all this happens, in seconds since 1970.
        holder_key: the signing key of the holder.
    """

    circle: Circle
    server: Server = field(repr=False)
    now_s: int
    holder_key: bytes = field(repr=False)

    @property
    def closes_s(self) -> int:
        """When the epoch closes."""
        return self.now_s + (_EPOCH_DAYS + _OVERLAP_DAYS) * DAY_S

    def responder(self) -> Responder:
        """Return the holder's answering; the asker has a bulk grant of all that the circle allows."""
        agreed = self.circle.agreement
        budgets = Budgets()
        grant = Grant(ASKER, agreed.circle, EPOCH, agreed.bulk_points_per_epoch, self.closes_s, self.now_s)
        budgets.check_grant(grant, agreed)
        budgets.grant(grant)
        return Responder(self.circle, HOLDER, {EPOCH: OpenEpoch(self.server, self.now_s, self.closes_s)}, budgets)

    def manifest(self, notches: memoryview, records: int) -> Signed:
        """Return the first manifest of a base, signed by the holder."""
        leaves = [index.leaf(part) for part in index.segments(notches)]
        base = Base(delta=0, notches=notches.nbytes // NOTCH_BYTES, number=1, root=index.root(leaves), segments=len(leaves))
        agreed = self.circle.agreement
        said = Manifest(
            agreement=self.circle.digest,
            base=base,
            circle=agreed.circle,
            closes_at=canonical.moment_of(self.closes_s),
            deltas=[],
            epoch=EPOCH,
            format="x1",
            log2_records=max(records - 1, 0).bit_length(),
            member=HOLDER,
            number=1,
            parameters=agreed.parameters,
            previous="",
            public_key=self.server.public_key.hex(),
            published_at=canonical.moment_of(self.now_s),
            suite=agreed.suite,
            threshold_tenths=agreed.threshold_tenths,
            valid_from=canonical.moment_of(self.now_s),
            valid_until=canonical.moment_of(self.now_s + _EPOCH_DAYS * DAY_S),
        )
        return Signed.made("manifest", canonical.encode(said), HOLDER, self.holder_key)


def rehearsed_circle(parameters: Parameters, now_s: int, random: Callable[[int], bytes]) -> Rehearsed:
    """Bring a circle into force, and begin the holder's first epoch.

    Args:
        parameters: what both make their match keys with; its threshold is the circle's.
        now_s: the moment, in seconds since 1970.
        random: secure random bytes.
    """
    keys = {member: random(_KEY_BYTES) for member in (ASKER, HOLDER)}
    document = agreements.draft(_terms(parameters, [_card(member, key, random) for member, key in keys.items()]))
    asker, holder = (Signed.made("agreement", document, member, key) for member, key in keys.items())
    circle = agreements.adopt(asker.joined(holder))
    info = key_info(circle.agreement.circle, HOLDER, EPOCH)
    server = Server(_SUITE, Mode.VOPRF, SecretKey.derive_key_pair(_SUITE, Mode.VOPRF, random(_KEY_BYTES), info))
    return Rehearsed(circle, server, now_s, keys[HOLDER])


def _terms(parameters: Parameters, members: list[Card]) -> Agreement:
    return Agreement(
        bulk_points_per_epoch=canonical.MAX_INTEGER,
        circle="rehearsal",
        delta_quantum=QUANTUM,
        epoch_days=_EPOCH_DAYS,
        format="x1",
        legal_basis="none: a rehearsal on one machine",
        members=members,
        name="Rehearsal",
        overlap_days=_OVERLAP_DAYS,
        parameters=parameters.digest,
        previous="",
        purposes=[Purpose(burst=64, code="rehearsal", points_per_day=1, points_per_epoch=0, text="none: all is asked in bulk")],
        retention_days=0,
        revision=1,
        suite=_SUITE.value,
        threshold_tenths=key_threshold(parameters),
    )


def _card(member: str, signing_key: bytes, random: Callable[[int], bytes]) -> Card:
    return Card(
        ca=base64.b64encode(random(_KEY_BYTES)).decode(),
        contact="",
        format="x1",
        id=member,
        log_key=f"{member}.invalid/log+0000+none",
        name=f"Rehearsed member {member}",
        signing_key=signing.new_key(signing_key),
        url=f"https://{member}.invalid",
        witness_key=f"{member}.invalid/witness+0000+none",
    )
