"""What a responder says about its index, and whether it follows on what it said before (spec/exchange-v1.md, section 5.3).

A chain is what a requester knows of one responder in one circle: the newest manifest of all, and the newest of each epoch. It
accepts the next one whole or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from msgspec import Meta

from tallystick.errors import IntegrityError, RemoteProtocolError
from tallystick.exchange import canonical, index, signing
from tallystick.exchange.agreement import Circle
from tallystick.exchange.canonical import Count, Digest, DigestOrNone, Document, Format, Id, Moment, Number, seconds
from tallystick.exchange.key_secrets import NOTCH_BYTES, TAG_BYTES
from tallystick.exchange.signing import Signed

MAX_MANIFEST_BYTES: Final = 1 << 20
MAX_DELTAS: Final = 1024
CLOCK_SLACK_S: Final = 60
DAY_S: Final = 86_400
_HINT: Final = "keep the copy you have; ask the other node what it published"

Notches = Annotated[int, Meta(ge=1, le=(1 << 32) - 1)]


class Base(Document, frozen=True, kw_only=True):
    """The base of an index. `delta`: the number of the newest delta that it already holds; 0 at first."""

    delta: Count
    notches: Notches
    number: Number
    root: Digest
    segments: Number


class DeltaLine(Document, frozen=True, kw_only=True):
    """A delta as a manifest names it."""

    added: Count
    digest: Digest
    number: Number
    removed: Count


class Manifest(Document, frozen=True, kw_only=True):
    """One state of a responder's index in one epoch."""

    agreement: Digest
    base: Base
    circle: Id
    closes_at: Moment
    deltas: Annotated[list[DeltaLine], Meta(max_length=MAX_DELTAS)]
    epoch: Number
    format: Format
    log2_records: Annotated[int, Meta(ge=0, le=40)]
    member: Id
    number: Number
    parameters: Digest
    previous: DigestOrNone
    public_key: Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{2}){32,66}\Z")]
    published_at: Moment
    suite: Annotated[str, Meta(pattern=r"\A[!-~]{1,64}\Z")]
    threshold_tenths: Annotated[int, Meta(ge=1, le=65_535)]
    valid_from: Moment
    valid_until: Moment

    @property
    def notches(self) -> int:
        """Notches of the index after all deltas."""
        return self.base.notches + sum(each.added - each.removed for each in self.deltas)

    @property
    def size(self) -> int:
        """Bytes that the base and all deltas take."""
        deltas = sum(each.added * NOTCH_BYTES + each.removed * TAG_BYTES for each in self.deltas)
        return self.base.notches * NOTCH_BYTES + deltas

    @property
    def last_delta(self) -> int:
        """Number of the newest delta of the epoch; 0 without one."""
        return self.base.delta + len(self.deltas)


@dataclass(frozen=True, slots=True)
class Chain:
    """What is known of one responder in one circle.

    Attributes:
        number: of the newest manifest; 0 before the first.
        digest: H of it.
        published_at: when it was published; "" before the first.
        epoch: the highest epoch seen.
        newest: by epoch, the newest manifest, of epochs that were open when the newest manifest of all was published.
    """

    number: int = 0
    digest: str = ""
    published_at: str = ""
    epoch: int = 0
    newest: Mapping[int, Manifest] = field(default_factory=dict)

    def after(self, signed: Signed, circle: Circle, responder: str, now_s: int) -> "tuple[Chain, Manifest]":
        """Verify the next manifest.

        Whoever has missed some takes them one after the other; those of an epoch that is closed by now are links of the chain and
        nothing else (see `open_epochs`).

        Args:
            signed: the manifest.
            circle: the circle under the revision that was in force when it was published.
            responder: the member it must be of.
            now_s: the moment, in seconds since 1970.

        Returns:
            The chain after it, and what it says.

        Raises:
            RemoteProtocolError: malformed, or it contradicts the agreement, the clock or what was said before.
            VerifyError: the signature does not verify.
            IntegrityError: two different manifests with one number: the responder says different things to different members.
        """
        card = circle.members.get(responder)
        if card is None:
            raise RemoteProtocolError(
                f"manifest of {responder}, who is no member of circle {circle.agreement.circle}", hint=_HINT
            )
        manifest = canonical.decode(signed.raw, Manifest, MAX_MANIFEST_BYTES)
        signing.verify("manifest", signed, {responder: card.signing_key}, [responder])
        digest = canonical.digest(signed.raw)
        self._check_chain(manifest, digest)
        _check_circle(manifest, circle, responder)
        _check_times(manifest, circle, now_s)
        _check_counts(manifest, circle)
        self._check_epoch(manifest)
        kept = {number: each for number, each in self.newest.items() if each.closes_at > manifest.published_at}
        newest, epoch = {**kept, manifest.epoch: manifest}, max(self.epoch, manifest.epoch)
        return Chain(manifest.number, digest, manifest.published_at, epoch, newest), manifest

    def open_epochs(self, now_s: int) -> dict[int, Manifest]:
        """Epochs that are not closed; copies and key secrets of all others are to be deleted."""
        return {number: each for number, each in self.newest.items() if seconds(each.closes_at) > now_s}

    def _check_chain(self, manifest: Manifest, digest: str) -> None:
        if self.number and manifest.number == self.number and digest != self.digest:
            raise IntegrityError(
                f"{manifest.member} signed two different manifests with number {manifest.number}",
                hint="keep both and tell the circle: it says different things to different members",
            )
        first = manifest.number == 1
        follows = not self.number or (manifest.number, manifest.previous) == (self.number + 1, self.digest)
        if not follows or first != (manifest.previous == ""):
            raise _refused(manifest, f"does not follow on number {self.number}")
        if manifest.published_at < self.published_at:
            raise _refused(manifest, "is older than the one before")

    def _check_epoch(self, manifest: Manifest) -> None:
        former = self.newest.get(manifest.epoch)
        if former is None:
            if self.number and manifest.epoch <= self.epoch:
                raise _refused(manifest, "goes back to an epoch that is closed")
            if self.number and (manifest.base.number, manifest.base.delta) != (1, 0):
                raise _refused(manifest, "begins an epoch in the middle")
            if manifest.public_key in {each.public_key for each in self.newest.values()}:
                raise _refused(manifest, "begins an epoch with the key of another")
            return
        same = (former.public_key, former.valid_from) == (manifest.public_key, manifest.valid_from)
        prolonged = manifest.closes_at > former.closes_at or manifest.valid_until > former.valid_until
        if not same or prolonged:
            raise _refused(manifest, "changes an epoch that has begun")
        _check_growth(former, manifest)


def _check_growth(former: Manifest, manifest: Manifest) -> None:
    if manifest.base == former.base:
        grown = manifest.deltas[: len(former.deltas)] == former.deltas
    else:
        grown = manifest.base.number == former.base.number + 1 and manifest.base.delta >= former.last_delta
    if not grown:
        raise _refused(manifest, "takes back what an earlier one said")


def _check_circle(manifest: Manifest, circle: Circle, responder: str) -> None:
    agreed = circle.agreement
    said = (manifest.circle, manifest.member, manifest.suite, manifest.parameters, manifest.threshold_tenths)
    if said != (agreed.circle, responder, agreed.suite, agreed.parameters, agreed.threshold_tenths):
        raise _refused(manifest, "says something else than the agreement")
    if manifest.agreement != circle.digest:
        raise _refused(manifest, "is under another revision of the agreement")


def _check_times(manifest: Manifest, circle: Circle, now_s: int) -> None:
    begin, end, close, published = map(
        seconds, (manifest.valid_from, manifest.valid_until, manifest.closes_at, manifest.published_at)
    )
    agreed = circle.agreement
    if not begin < end <= close or end - begin > agreed.epoch_days * DAY_S or close - end > agreed.overlap_days * DAY_S:
        raise _refused(manifest, "gives its epoch other times than agreed")
    if published > now_s + CLOCK_SLACK_S or begin > now_s + CLOCK_SLACK_S:
        raise _refused(manifest, "comes from the future")
    if close <= published:
        raise _refused(manifest, "is of an epoch that was closed")


def _check_counts(manifest: Manifest, circle: Circle) -> None:
    quantum = circle.agreement.delta_quantum
    base = manifest.base
    if base.notches % quantum or base.notches < 4 * quantum or base.segments != -(-base.notches // index.SEGMENT_NOTCHES):
        raise _refused(manifest, "counts notches that cannot be")
    total = base.notches
    for number, line in enumerate(manifest.deltas, base.delta + 1):
        total += line.added - line.removed
        if line.added % quantum or line.removed % quantum or line.added + line.removed == 0 or total < 0:
            raise _refused(manifest, f"counts notches of delta {line.number} that cannot be")
        if line.number != number:
            raise _refused(manifest, "leaves out a delta")


class SeenLine(Document, frozen=True, kw_only=True):
    """The newest manifest of one member that another holds."""

    digest: Digest
    member: Id
    number: Number


class Seen(Document, frozen=True, kw_only=True):
    """What a member holds of the others' manifests: for each, the newest (section 5.6)."""

    circle: Id
    format: Format
    seen: Annotated[list[SeenLine], Meta(max_length=64)]


def check_conflict(ours: Signed, theirs: Signed, circle: Circle, responder: str) -> Manifest:
    """Check that what another member holds contradicts what we hold: one number, two documents, both signed by the responder.

    Args:
        ours: the manifest as we hold it.
        theirs: as the other member holds it.
        circle: the circle under the revision that theirs names.
        responder: whose they are.

    Returns:
        What theirs says.

    Raises:
        RemoteProtocolError: it is no contradiction: of another circle, member or number, or the same.
        VerifyError: the responder did not sign it; nothing is proven.
    """
    mine, said = (canonical.decode(each.raw, Manifest, MAX_MANIFEST_BYTES) for each in (ours, theirs))
    signing.verify("manifest", theirs, circle.keys, [responder])
    place = (circle.agreement.circle, responder, mine.number)
    if (said.circle, said.member, said.number) != place or ours.raw == theirs.raw:
        raise RemoteProtocolError(
            f"manifests of {responder} do not contradict each other", hint="compare again in the next round"
        )
    return said


def check_base(base: Base, leaves: Sequence[bytes], notches: index.Buffer) -> None:
    """Check that a base is what its manifest says: count, root, order.

    Args:
        base: what the manifest says.
        leaves: hashes of its segments as they came.
        notches: the whole base.

    Raises:
        RemoteProtocolError: it is something else.
    """
    size = memoryview(notches).nbytes
    if size != base.notches * NOTCH_BYTES or index.root(leaves) != base.root or not index.ascending(notches, NOTCH_BYTES):
        raise RemoteProtocolError(f"base {base.number} is not what its manifest says", hint=_HINT)


def check_delta(line: DeltaLine, raw: bytes, epoch: int, quantum: int) -> index.Delta:
    """Read a delta, and check that it is what its manifest says.

    Raises:
        RemoteProtocolError: it is something else.
    """
    if canonical.digest(raw) != line.digest:
        raise RemoteProtocolError(f"delta {line.number} is not what its manifest says", hint=_HINT)
    delta = index.decode_delta(raw, quantum)
    counts = (len(delta.added) // NOTCH_BYTES, len(delta.removed) // TAG_BYTES)
    if (delta.epoch, delta.number, counts) != (epoch, line.number, (line.added, line.removed)):
        raise RemoteProtocolError(f"delta {line.number} says something else than its manifest", hint=_HINT)
    return delta


def key_info(circle: str, member: str, epoch: int) -> bytes:
    """Return the info from which the key pair of an epoch is derived, together with 32 fresh random bytes (section 3)."""
    return f"tallystick/x1/{circle}/{member}/".encode() + epoch.to_bytes(4)


def _refused(manifest: Manifest, fault: str) -> RemoteProtocolError:
    return RemoteProtocolError(f"manifest {manifest.number} of {manifest.member} {fault}", hint=_HINT)
