"""The circles of a node: drafted, proposed, joined, in force, left.

A draft becomes a revision when it is signed for the first time; from then on its text stays. A revision counts when all its
members have signed it. What is in force follows from the documents alone, every time they are read.

Rules
 1. Nothing is signed that this node's operator has not accepted.
 2. A document that does not verify is never stored.
 3. A leave takes effect at once.

Spec: spec/exchange-v1.md, section 2.
"""

import threading
from dataclasses import dataclass
from typing import Literal

from tallystick.audit.entries import CircleAgreed, CircleLeft
from tallystick.errors import InputError, NotAuthorizedError, RefusedError, UnavailableError, UnknownIdError
from tallystick.exchange import agreement as agreements
from tallystick.exchange import canonical, signing
from tallystick.exchange.agreement import Agreement, Card, Circle, Leave
from tallystick.exchange.signing import Signed
from tallystick.node.context import NodeContext, whole
from tallystick.node.exchange_ports import StoredDocument

Standing = Literal["proposed", "in force", "left", "over"]


@dataclass(frozen=True, slots=True)
class CircleView:
    """A circle, as this node sees it.

    Attributes:
        agreement: the newest revision this node knows and has signed.
        standing: whether it is in force.
        missing: members whose signature is missing.
        circle: what is in force; None before the first revision is.
    """

    agreement: Agreement
    standing: Standing
    missing: tuple[str, ...]
    circle: Circle | None

    @property
    def cards(self) -> list[Card]:
        """The cards of all members: of what is in force and of what is being signed, less those that left."""
        left = self.circle.left if self.circle else frozenset()
        before = self.circle.agreement.members if self.circle else []
        cards = {card.id: card for card in [*self.agreement.members, *before]}
        return [card for member, card in sorted(cards.items()) if member not in left]


class Circles:
    """The circles of one node."""

    def __init__(self, node: NodeContext) -> None:
        self._node = node
        self._known: dict[str, CircleView] = {}
        self._lock = threading.Lock()
        self._signing = threading.RLock()
        """Held from looking at what is known of a revision to storing what follows: no two of one number may come into force."""

    def names(self) -> list[str]:
        """Return the ids of all circles this node has signed an agreement of."""
        return self._node.state.circles()

    def view(self, circle: str) -> CircleView:
        """Return a circle.

        Raises:
            InputError: this node has signed none of that id.
        """
        with self._lock:
            if circle not in self._known:
                self._known[circle] = self._read(circle)
            return self._known[circle]

    def in_force(self, circle: str) -> Circle:
        """Return the circle as it is in force.

        Raises:
            InputError: there is none of that id.
            RefusedError: it is not in force: signatures are missing, this node has left, or nobody else remains.
        """
        view = self.view(circle)
        if view.circle is None:
            missing = ", ".join(view.missing)
            raise RefusedError(
                f"circle {circle} is not in force yet", hint=f"signatures are missing: {missing}; run `tallystick sync`"
            )
        if view.standing in {"left", "over"}:
            raise RefusedError(f"circle {circle} is {view.standing}", hint="see `tallystick circle show`")
        return view.circle

    def all_in_force(self) -> list[Circle]:
        """Return every circle in force of which this node is a member."""
        views = [self.view(name) for name in self.names()]
        return [view.circle for view in views if view.circle and view.standing not in {"left", "over"}]

    def has_partner(self, circle: str, member: str) -> bool:
        """Tell whether somebody is a member of a circle now, and this node is in it, too."""
        view = self.view(circle)
        return view.standing == "in force" and view.circle is not None and member in view.circle.members

    def cards(self) -> list[Card]:
        """Return the cards of all partners in agreements this node has signed: whose connections are let in."""
        views = [self.view(name) for name in self.names()]
        cards = [card for view in views if view.standing != "left" for card in view.cards]
        return [card for card in cards if card.id != self._node.id]

    def propose(self, proposal: Agreement) -> Signed:
        """Sign a new agreement, or a new revision, and keep it; returns what the others must sign.

        Raises:
            RefusedError: a revision of that number is in force.
            RemoteProtocolError: it breaks a rule of the specification.
        """
        return self._sign(proposal, agreements.draft(proposal))

    def join(self, signed: Signed) -> CircleView:
        """Sign an agreement that somebody proposed; the operator has accepted it.

        Raises:
            NotAuthorizedError: this node is not among its members, or under another card.
            InputError: its parameter set is not the one this node makes keys with.
            RefusedError: another revision of that number is in force.
            RemoteProtocolError, VerifyError: the proposal does not hold.
        """
        proposal, _ = agreements.read(signed)
        mine = next((card for card in proposal.members if card.id == self._node.id), None)
        if mine != self._node.card:
            raise NotAuthorizedError(
                f"agreement of circle {proposal.circle} does not name this node by its card",
                hint="send `tallystick node card` again",
            )
        if proposal.parameters != self._node.parameters:
            raise InputError(
                f"circle {proposal.circle} uses another parameter set", hint="give the node that set, or ask for the shipped one"
            )
        self._sign(proposal, signed.raw)
        self.add_signatures(signed)
        return self.view(proposal.circle)

    def add_signatures(self, signed: Signed) -> bool:
        """Add signatures of others to a revision this node has signed; return whether anything was new.

        Raises:
            NotAuthorizedError: this node has not signed that revision.
            RemoteProtocolError, VerifyError: they do not hold.
        """
        proposal, _ = agreements.read(signed)
        with self._signing:
            return self._add(proposal, signed)

    def _add(self, proposal: Agreement, signed: Signed) -> bool:
        stored = next(
            (row for row in self._node.state.documents(proposal.circle, "agreement") if row.number == proposal.revision), None
        )
        if stored is None or stored.document != signed.raw:
            raise NotAuthorizedError(
                f"revision {proposal.revision} of circle {proposal.circle} was not accepted here", hint="join it first"
            )
        fresh = {name: each for name, each in signed.signatures.items() if name not in stored.signatures}
        if fresh:
            self._keep(proposal, signed.raw, fresh)
        return bool(fresh)

    def newest(self, circle: str) -> Signed:
        """Return the newest revision, with the signatures known."""
        row = self._node.state.documents(circle, "agreement")[-1]
        return Signed(document=row.document.decode(), signatures=dict(row.signatures))

    def revisions(self, circle: str) -> dict[str, Agreement]:
        """Return all revisions of a circle this node has signed, by digest."""
        rows = self._node.state.documents(circle, "agreement")
        return {
            canonical.digest(row.document): canonical.decode(row.document, Agreement, agreements.MAX_AGREEMENT_BYTES)
            for row in rows
        }

    def leave(self, circle: str) -> Signed:
        """Leave a circle; returns the document to tell the others."""
        view = self.view(circle)
        if view.standing == "left":
            raise RefusedError(f"this node has left circle {circle} before", hint="nothing is to be done")
        said = Leave(
            at=canonical.moment_of(self._node.seconds()),
            circle=circle,
            format="x1",
            member=self._node.id,
            revision=(view.circle.agreement if view.circle else view.agreement).revision,
        )
        signed = Signed.made("leave", canonical.encode(said), self._node.id, self._node.signing_seed)
        self._keep_leave(circle, self._node.id, said.revision, signed)
        return signed

    def take_leave(self, circle: str, sender: str, signed: Signed) -> None:
        """Let a member go that says so.

        Raises:
            RemoteProtocolError, VerifyError, NotAuthorizedError: it does not hold.
        """
        agreements.leave(self.in_force(circle), signed)
        said = canonical.decode(signed.raw, Leave, agreements.MAX_DOCUMENT_BYTES)
        if said.member != sender:
            raise NotAuthorizedError(f"{sender} says that {said.member} leaves", hint="members leave by themselves")
        self._keep_leave(circle, sender, said.revision, signed)

    def leaves(self, circle: str) -> list[Signed]:
        """Return what members said when they left."""
        return [
            Signed(document=row.document.decode(), signatures=dict(row.signatures))
            for row in self._node.state.documents(circle, "leave")
        ]

    def _sign(self, proposal: Agreement, document: bytes) -> Signed:
        """Sign; another document of that number that is not in force is forgotten: nobody can bring it into force without us."""
        with self._signing:
            return self._signed(proposal, document)

    def _signed(self, proposal: Agreement, document: bytes) -> Signed:
        stored = self._node.state.documents(proposal.circle, "agreement")
        circle = self._read(proposal.circle).circle if stored else None
        if circle and proposal.revision <= circle.agreement.revision and canonical.digest(document) != circle.digest:
            raise RefusedError(
                f"revision {circle.agreement.revision} of circle {proposal.circle} is in force already", hint="make the next one"
            )
        signature = signing.sign("agreement", document, self._node.signing_seed)
        digest = bytes.fromhex(canonical.digest(document))
        self._node.record(
            [CircleAgreed(time=whole(self._node.now()), circle=proposal.circle, revision=proposal.revision, agreement=digest)]
        )
        self._keep(proposal, document, {self._node.id: signature})
        return self.newest(proposal.circle)

    def _keep(self, proposal: Agreement, document: bytes, signatures: dict[str, str]) -> None:
        self._node.state.put_document(
            StoredDocument(
                circle=proposal.circle,
                kind="agreement",
                member="",
                number=proposal.revision,
                document=document,
                signatures=signatures,
            )
        )
        self._forget(proposal.circle)

    def _keep_leave(self, circle: str, member: str, revision: int, signed: Signed) -> None:
        digest = bytes.fromhex(canonical.digest(signed.raw))
        self._node.record(
            [CircleLeft(time=whole(self._node.now()), circle=circle, revision=revision, member=member, leave=digest)]
        )
        self._node.state.put_document(
            StoredDocument(
                circle=circle, kind="leave", member=member, number=revision, document=signed.raw, signatures=signed.signatures
            )
        )
        self._forget(circle)

    def _forget(self, circle: str) -> None:
        with self._lock:
            self._known.pop(circle, None)

    def _read(self, circle: str) -> CircleView:
        rows = self._node.state.documents(circle, "agreement")
        if not rows:
            raise UnknownIdError(
                f"there is no circle {circle} at this node", hint="see `tallystick circle show`, or join it first", id=circle
            )
        current: Circle | None = None
        missing: tuple[str, ...] = ()
        newest: Agreement | None = None
        for row in rows:
            signed = Signed(document=row.document.decode(), signatures=dict(row.signatures))
            newest, missing = agreements.read(signed)
            if not missing:
                current = agreements.adopt(signed, current)
        for row in self._node.state.documents(circle, "leave"):
            if current and row.member in current.members and row.number == current.agreement.revision:
                current = agreements.leave(current, Signed(document=row.document.decode(), signatures=dict(row.signatures)))
        if newest is None:
            raise UnavailableError(f"circle {circle} cannot be read", hint="restore node.db")
        return CircleView(newest, self._standing(current, circle), missing, current)

    def _standing(self, current: Circle | None, circle: str) -> Standing:
        if any(row.member == self._node.id for row in self._node.state.documents(circle, "leave")):
            return "left"
        if current is None:
            return "proposed"
        return "over" if current.over else "in force"
