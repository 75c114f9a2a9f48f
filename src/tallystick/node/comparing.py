"""Lays what partners hold of each other's manifests side by side, so that nobody can say different things to different members.

Rules
 1. A contradiction is believed only when the responder signed both sides of it; both are kept, and recorded.
 2. Whoever has the newer manifest of a responder compares: it holds the older one, too.

Spec: spec/exchange-v1.md, section 5.6.
"""

from tallystick.audit.entries import Other
from tallystick.errors import IntegrityError, UnknownCircleError
from tallystick.exchange import canonical, signing
from tallystick.exchange import manifest as manifests
from tallystick.exchange.agreement import Card, Circle
from tallystick.exchange.manifest import Manifest, Seen, SeenLine
from tallystick.exchange.signing import Signed
from tallystick.node.circles import Circles
from tallystick.node.context import NodeContext, whole
from tallystick.node.exchange_ports import StoredDocument

CONFLICT = "conflict"
"""Kind of the stored documents that contradict a manifest of the same member and number."""
_MOST_SEEN_BYTES = 64 << 10


class Comparing:
    """What one node compares."""

    def __init__(self, node: NodeContext, circles: Circles) -> None:
        self._node = node
        self._circles = circles

    def seen(self, circle: str) -> Seen:
        """Return what this node holds of its partners' manifests."""
        lines = [
            SeenLine(digest=canonical.digest(row.document), member=row.member, number=row.number)
            for row in self._node.state.newest_documents(circle, "manifest")
            if row.member != self._node.id
        ]
        return Seen(circle=circle, format="x1", seen=lines)

    def held(self, circle: str, member: str, number: int) -> Signed:
        """Return a partner's manifest as this node holds it.

        Raises:
            UnknownCircleError: it holds none.
        """
        found = self._held(circle, member, number)
        if found is None:
            raise UnknownCircleError("no such manifest is held", hint="compare again in the next round")
        return found

    def compare(self, circle: Circle, card: Card) -> None:
        """Compare with what a partner holds.

        Raises:
            IntegrityError: a responder says different things to different members.
            RemoteProtocolError, VerifyError: what the partner shows does not hold.
        """
        name, fields = circle.agreement.circle, {"tallystick-circle": circle.agreement.circle}
        peer = self._node.peer(card)
        raw = peer.get(f"/v1/circles/{name}/seen", most_bytes=_MOST_SEEN_BYTES, fields=fields)
        for line in canonical.decode(raw, Seen, _MOST_SEEN_BYTES).seen:
            ours = self._held(name, line.member, line.number)
            if line.member not in circle.members or ours is None or canonical.digest(ours.raw) == line.digest:
                continue
            path = f"/v1/circles/{name}/seen/{line.member}/{line.number}"
            theirs = signing.decode_signed(
                peer.get(path, most_bytes=2 * manifests.MAX_MANIFEST_BYTES, fields=fields), 2 * manifests.MAX_MANIFEST_BYTES
            )
            self._keep(circle, card.id, line.member, ours, theirs)

    def conflicts(self, circle: str) -> list[tuple[Signed, Signed]]:
        """Return the contradictions kept: the manifest as it was told to us, and as it was told to another member."""
        pairs = [
            (self._held(circle, row.member, row.number), _signed(row)) for row in self._node.state.documents(circle, CONFLICT)
        ]
        return [(ours, theirs) for ours, theirs in pairs if ours]

    def _keep(self, circle: Circle, told_by: str, member: str, ours: Signed, theirs: Signed) -> None:
        name = circle.agreement.circle
        said = manifests.check_conflict(ours, theirs, self._as_of(circle, theirs), member)
        if not self._node.state.documents(name, CONFLICT, member):
            text = f"{member} signed two manifests with number {said.number} in circle {name}; the other was shown by {told_by}"
            digest = bytes.fromhex(canonical.digest(theirs.raw))
            self._node.record([Other(time=whole(self._node.now()), kind="two-manifests", text=text, document=digest)])
            self._node.state.put_document(
                StoredDocument(
                    circle=name, kind=CONFLICT, member=member, number=said.number,
                    document=theirs.raw, signatures=theirs.signatures,
                )
            )  # fmt: skip
        raise IntegrityError(
            f"{member} signed two manifests with number {said.number}, one for this node and one for {told_by}",
            hint="it says different things to different members: tell the circle; `tallystick circle show --json` holds both",
        )

    def _as_of(self, circle: Circle, signed: Signed) -> Circle:
        said = canonical.decode(signed.raw, Manifest, manifests.MAX_MANIFEST_BYTES).agreement
        agreed = self._circles.revisions(circle.agreement.circle).get(said)
        return Circle(agreed, said) if agreed else circle

    def _held(self, circle: str, member: str, number: int) -> Signed | None:
        row = self._node.state.document(circle, "manifest", member, number)
        return _signed(row) if row else None


def _signed(row: StoredDocument) -> Signed:
    return Signed(document=row.document.decode(), signatures=dict(row.signatures))
