"""What partners have said of their indexes: the manifests kept here, and those that follow on them, verified.

Rules
 1. A manifest is held against what its holder said before, under the revision that it names.
 2. All manifests are kept, and read again once, after a restart: a holder may publish every minute.

Spec: spec/exchange-v1.md, section 5.4.
"""

from collections.abc import Iterable, Mapping

from tallystick.exchange import canonical
from tallystick.exchange import manifest as manifests
from tallystick.exchange.agreement import MAX_AGREEMENT_BYTES, MAX_DOCUMENT_BYTES, Agreement, Card, Circle, Leave
from tallystick.exchange.manifest import Chain, Manifest
from tallystick.exchange.signing import Signed
from tallystick.node.context import NodeContext
from tallystick.node.exchange_ports import StoredDocument
from tallystick.node.fetching import Fetching
from tallystick.node.index_room import Step

CLOCKS_S = 120
"""How far the clock of who left and that of a partner may be apart."""
MOST_BYTES = 256 << 20
"""How much of a partner's manifests is taken at one time; what is beyond is asked for in the next round."""


class PartnerManifests:
    """The manifests of the partners of one node."""

    def __init__(self, node: NodeContext, fetching: Fetching) -> None:
        self._node = node
        self._fetching = fetching
        self._known: dict[tuple[str, str], Chain] = {}

    def news(self, circle: Circle, card: Card) -> tuple[Chain, list[Step]]:
        """Return what was known of a partner, and the manifests that it has published since.

        Raises:
            PeerUnavailableError: it cannot be reached.
            RemoteProtocolError, VerifyError, IntegrityError: one of them does not hold.
        """
        known = chain = self._chain(circle.agreement.circle, card.id)
        steps: list[Step] = []
        left = MOST_BYTES
        while left > 0 and (page := self._fetching.manifests(card, circle.agreement.circle, chain.number)):
            for signed in page:
                chain, manifest = chain.after(signed, self._as_of(circle, signed), card.id, self._node.seconds())
                steps.append(Step(chain, manifest, signed))
                left -= len(signed.document)
        return known, steps

    def ended(self, circle: str, chain: Chain) -> set[int]:
        """Return the open epochs of a partner that are over before their time: somebody left, and it has begun another since."""
        still = chain.open_epochs(self._node.seconds())
        if len(still) < 2:  # noqa: PLR2004  # one epoch has no later one
            return set()
        left = [
            canonical.seconds(canonical.decode(row.document, Leave, MAX_DOCUMENT_BYTES).at)
            for row in self._node.state.documents(circle, "leave")
        ]
        revisions = {
            canonical.digest(row.document): canonical.decode(row.document, Agreement, MAX_AGREEMENT_BYTES)
            for row in self._node.state.documents(circle, "agreement")
        }
        newest = still[max(still)]
        return {number for number, said in still.items() if _is_over(said, newest, left, revisions)}

    def keep(self, step: Step) -> None:
        """Remember a manifest; it counts when the caller's transaction is done."""
        said = step.manifest
        self._known.pop((said.circle, said.member), None)
        self._node.state.put_document(
            StoredDocument(
                circle=said.circle, kind="manifest", member=said.member, number=said.number, document=step.signed.raw,
                signatures=step.signed.signatures,
            )
        )  # fmt: skip

    def _as_of(self, circle: Circle, signed: Signed) -> Circle:
        """Return the circle under the revision that a manifest names; the one in force where that is none of ours."""
        said = canonical.decode(signed.raw, Manifest, manifests.MAX_MANIFEST_BYTES).agreement
        for row in self._node.state.documents(circle.agreement.circle, "agreement"):
            if said != circle.digest and canonical.digest(row.document) == said:
                return Circle(canonical.decode(row.document, Agreement, MAX_AGREEMENT_BYTES), said)
        return circle

    def kept(self, step: Step) -> None:
        """Note that a manifest was remembered: the next one is held against it."""
        self._known[step.manifest.circle, step.manifest.member] = step.chain

    def _chain(self, circle: str, member: str) -> Chain:
        last = self._node.state.last_document(circle, "manifest", member)
        known = self._known.get((circle, member))
        if known is None or last is None or known.number != last.number:
            known = self._known[circle, member] = self._read(circle, member)
        return known

    def _read(self, circle: str, member: str) -> Chain:
        rows = self._node.state.documents(circle, "manifest", member)
        said = [canonical.decode(row.document, Manifest, manifests.MAX_MANIFEST_BYTES) for row in rows]
        if not said:
            return Chain()
        last = said[-1]
        newest = {each.epoch: each for each in said if each.closes_at > last.published_at}
        digest, epoch = canonical.digest(rows[-1].document), max(each.epoch for each in said)
        return Chain(last.number, digest, last.published_at, epoch, newest)


def _is_over(said: Manifest, newest: Manifest, left: Iterable[int], revisions: Mapping[str, Agreement]) -> bool:
    """Tell whether an epoch ended at once when a later one began: a member of it had left, or was put out (section 3)."""
    if said.epoch == newest.epoch:
        return False
    begun, since = (canonical.seconds(each.valid_from) for each in (said, newest))
    before, after = revisions.get(said.agreement), revisions.get(newest.agreement)
    gone = {card.id for card in before.members} - {card.id for card in after.members} if before and after else set()
    return bool(gone) or any(begun - CLOCKS_S <= at <= since + CLOCKS_S for at in left)
