"""What a circle agreed on: members, purposes, budgets, epochs; and who still belongs to it (spec/exchange-v1.md, section 2).

A revision is in force when all its members signed it and it follows on the revision before. A leave takes effect at once.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Final

from msgspec import Meta

from tallystick.errors import NotAuthorizedError, RemoteProtocolError
from tallystick.exchange import canonical, signing
from tallystick.exchange.canonical import (
    Count,
    Digest,
    DigestOrNone,
    Document,
    Format,
    Id,
    Moment,
    Name,
    Number,
    Text300,
    Text500,
)
from tallystick.exchange.signing import PublicKey, Signed

MAX_AGREEMENT_BYTES: Final = 512 << 10
MAX_DOCUMENT_BYTES: Final = 64 << 10
SUITES: Final = {"ristretto255-SHA512": 1}
"""Suite -> its byte in messages."""
BULK: Final = "bulk"
_CA_BYTES: Final = 4096
_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

Url = Annotated[str, Meta(pattern=rf"\Ahttps://{_HOST}(?::[1-9][0-9]{{0,4}})?\Z", max_length=270)]
VerifierKey = Annotated[str, Meta(pattern=r"\A[!-~]{1,300}\Z")]


class Card(Document, frozen=True, kw_only=True):
    """What an organisation tells about its node."""

    ca: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]+={0,2}\Z", max_length=_CA_BYTES * 4 // 3 + 4)]
    contact: Text500
    format: Format
    id: Id
    log_key: VerifierKey
    name: Name
    signing_key: PublicKey
    url: Url
    witness_key: VerifierKey


class Purpose(Document, frozen=True, kw_only=True):
    """What may be asked for, and how much of it."""

    burst: Annotated[int, Meta(ge=64, le=canonical.MAX_INTEGER)]
    code: Id
    points_per_day: Annotated[int, Meta(ge=1, le=1 << 40)]
    points_per_epoch: Count
    text: Text500


class Agreement(Document, frozen=True, kw_only=True, omit_defaults=True):
    """One revision of what a circle agreed on; `two_persons` is there only where they are demanded."""

    bulk_points_per_epoch: Count
    circle: Id
    delta_quantum: Annotated[int, Meta(ge=256, le=65_536)]
    epoch_days: Annotated[int, Meta(ge=1, le=366)]
    format: Format
    legal_basis: Text300
    members: Annotated[list[Card], Meta(min_length=2, max_length=64)]
    name: Name
    overlap_days: Annotated[int, Meta(ge=0, le=30)]
    parameters: Digest
    previous: DigestOrNone
    purposes: Annotated[list[Purpose], Meta(min_length=1, max_length=32)]
    retention_days: Annotated[int, Meta(ge=0, le=36_600)]
    revision: Number
    suite: Annotated[str, Meta(pattern=r"\A[!-~]{1,64}\Z")]
    threshold_tenths: Annotated[int, Meta(ge=1, le=65_535)]
    two_persons: bool = False


class Leave(Document, frozen=True, kw_only=True):
    """A member says that it leaves."""

    at: Moment
    circle: Id
    format: Format
    member: Id
    revision: Number


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle as it is now.

    Attributes:
        agreement: the revision in force.
        digest: H of its document.
        left: the members that left since it came into force.
    """

    agreement: Agreement
    digest: str
    left: frozenset[str] = frozenset()

    @property
    def members(self) -> dict[str, Card]:
        """The members that remain, by id."""
        return {card.id: card for card in self.agreement.members if card.id not in self.left}

    @property
    def over(self) -> bool:
        """Whether fewer than two members remain."""
        return len(self.members) < 2  # noqa: PLR2004  one alone asks nobody

    @property
    def keys(self) -> dict[str, str]:
        """Signing keys of the members that remain."""
        return {name: card.signing_key for name, card in self.members.items()}

    def purpose(self, code: str) -> Purpose | None:
        """The purpose of a code, if it was agreed on."""
        return next((each for each in self.agreement.purposes if each.code == code), None)


def draft(agreement: Agreement) -> bytes:
    """Return the document to sign.

    Raises:
        RemoteProtocolError: it breaks a rule of section 2.
    """
    return canonical.encode(_read(canonical.encode(agreement)))


def read(signed: Signed) -> tuple[Agreement, tuple[str, ...]]:
    """Read an agreement that circulates for signature.

    Returns:
        The agreement, and the members whose signature is still missing.

    Raises:
        RemoteProtocolError: it breaks a rule of section 2.
        VerifyError: a signature that is there does not verify.
    """
    agreement = _read(signed.raw)
    keys = {card.id: card.signing_key for card in agreement.members}
    signing.verify_some("agreement", signed, keys)
    return agreement, tuple(sorted(set(keys) - set(signed.signatures)))


def adopt(signed: Signed, former: Circle | None = None) -> Circle:
    """Bring a revision into force.

    Args:
        signed: the revision with the signatures of all its members.
        former: the circle before, if there was one.

    Raises:
        RemoteProtocolError: it breaks a rule, or does not follow on the former revision.
        VerifyError: a signature is missing or wrong.
    """
    agreement = _read(signed.raw)
    keys = {card.id: card.signing_key for card in agreement.members}
    signing.verify("agreement", signed, keys, keys)
    before = None if former is None else (former.agreement.circle, former.agreement.revision + 1, former.digest)
    now = (agreement.circle, agreement.revision, agreement.previous)
    if before is not None and now != before:
        raise RemoteProtocolError(
            f"revision {agreement.revision} of circle {agreement.circle} does not follow on the one in force",
            hint="fetch the revisions between, in order",
        )
    if former is not None and agreement.delta_quantum != former.agreement.delta_quantum:
        raise RemoteProtocolError(
            f"revision {agreement.revision} of circle {agreement.circle} changes delta_quantum", hint="make a new circle for that"
        )
    return Circle(agreement, canonical.digest(signed.raw))


def leave(circle: Circle, signed: Signed) -> Circle:
    """Take out a member that left.

    Raises:
        RemoteProtocolError: malformed, or of another circle or revision.
        NotAuthorizedError: whoever leaves is no member.
        VerifyError: not signed by the member that leaves.
    """
    said = canonical.decode(signed.raw, Leave, MAX_DOCUMENT_BYTES)
    canonical.seconds(said.at)
    if (said.circle, said.revision) != (circle.agreement.circle, circle.agreement.revision):
        raise RemoteProtocolError("leave is about another circle or revision", hint="fetch the agreement in force")
    if said.member not in circle.members:
        raise NotAuthorizedError(f"{said.member} leaves a circle it does not belong to")
    signing.verify("leave", signed, circle.keys, [said.member])
    return replace(circle, left=circle.left | {said.member})


def _read(raw: bytes) -> Agreement:
    agreement = canonical.decode(raw, Agreement, MAX_AGREEMENT_BYTES)
    for fault, broken in _faults(agreement):
        if broken:
            raise RemoteProtocolError(
                f"agreement of circle {agreement.circle}: {fault}", hint="have it corrected and signed anew"
            )
    for card in agreement.members:
        _check_card(card)
    return agreement


def _faults(agreement: Agreement) -> Iterable[tuple[str, bool]]:
    members, codes = agreement.members, [each.code for each in agreement.purposes]
    yield "suite is none this version knows", agreement.suite not in SUITES
    yield "delta_quantum is not a power of two", agreement.delta_quantum.bit_count() != 1
    yield "overlap_days is not less than epoch_days", agreement.overlap_days >= agreement.epoch_days
    yield "previous does not fit revision", (agreement.revision == 1) != (agreement.previous == "")
    yield "purposes are not sorted and distinct", not _ascending(codes)
    yield f"a purpose is called {BULK}", BULK in codes
    yield "members are not sorted and distinct", not _ascending([card.id for card in members])
    keys = [key for card in members for key in (card.signing_key, card.log_key, card.witness_key)]
    yield "two keys are the same", len(set(keys)) < len(keys)
    yield "two members have one URL", len({card.url for card in members}) < len(members)
    yield "two members have one ca", len({card.ca for card in members}) < len(members)


def _check_card(card: Card) -> None:
    port = re.search(r":([0-9]+)\Z", card.url)
    try:
        der = base64.b64decode(card.ca, validate=True)
    except binascii.Error:
        der = b""
    if not 0 < len(der) <= _CA_BYTES or base64.b64encode(der).decode() != card.ca:
        raise RemoteProtocolError(f"card of {card.id}: ca is not base64 of at most {_CA_BYTES} bytes", hint="make the card again")
    if port is not None and int(port[1]) > 0xFFFF:  # noqa: PLR2004  the last port there is
        raise RemoteProtocolError(f"card of {card.id}: no such port", hint="correct the URL of the node")


def _ascending(names: Sequence[str]) -> bool:
    return all(x < y for x, y in pairwise(names))
