"""A node among its partners: all use cases of an exchange in one object, and the chores that keep it current.

Chores, each for every circle in force: signatures are handed around, old epochs closed, the own index published, partners'
indexes fetched, joined and compared, new records asked for once, checkpoints cosigned. Partners are dealt with side by side; one
that cannot be reached is left for the next time, one that is slow for itself, and nothing else waits for it.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from tallystick.errors import (
    Error,
    InputError,
    IntegrityError,
    PeerUnavailableError,
    ProtocolError,
    PurposeError,
    QueryBudgetError,
    RemoteProtocolError,
    UnknownCircleError,
)
from tallystick.exchange import agreement as agreements
from tallystick.exchange import canonical, signing
from tallystick.exchange.agreement import Card, Circle
from tallystick.exchange.canonical import seconds
from tallystick.exchange.manifest import DAY_S
from tallystick.exchange.signing import Signed
from tallystick.node import cleaning
from tallystick.node.answering import Answering
from tallystick.node.asking import NODE, Asked, Asking
from tallystick.node.broken_rules import BrokenRules
from tallystick.node.circles import Circles
from tallystick.node.comparing import Comparing
from tallystick.node.context import NodeContext, Report, silent
from tallystick.node.copies import Copies, Synced
from tallystick.node.drafting import Drafting
from tallystick.node.epochs import Epochs
from tallystick.node.granting import Granting
from tallystick.node.offering import Offering, Publication
from tallystick.node.opening import Openings
from tallystick.node.redeeming import Redeeming
from tallystick.node.refusing import Refusals
from tallystick.node.side_by_side import PATIENT, SideBySide

ONLINE_AT_MOST = 200
"""New records asked for online at one time; more are a matter of bulk."""
PATIENCE_S = 40.0
"""Seconds that a running node waits for partners at each step of a round; what takes longer goes on beside it."""


@dataclass(slots=True)
class Round:
    """What one round of chores did.

    Attributes:
        published: what was published, by circle.
        synced: what was fetched.
        asked: own records that were asked for, by circle and member.
        problems: what could not be done now, and why.
        unreachable: partners that did not answer; nothing more of this round is tried with them.
    """

    published: list[Publication] = field(default_factory=list)
    synced: list[tuple[str, Synced]] = field(default_factory=list)
    asked: dict[tuple[str, str], int] = field(default_factory=dict)
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)

    def take(self, others: Iterable["Round"]) -> None:
        """Add what was done beside it."""
        for other in others:
            self.published += other.published
            self.synced += other.synced
            self.asked |= other.asked
            self.problems += other.problems
            self.unreachable |= other.unreachable


_Partner = tuple[str, Card]
"""A circle, and a partner in it."""
_Work = Callable[[Round, str, Card], None]
"""Something done with one partner, and told in a round of its own."""


class Participation:
    """A node's part in its circles."""

    def __init__(self, node: NodeContext, cosign: Callable[[Card], None]) -> None:
        self.node = node
        self.circles = Circles(node)
        self.drafting = Drafting(node, self.circles)
        self.epochs = Epochs(node)
        self.offering = Offering(node, self.epochs)
        self.copies = Copies(node, self.circles.has_partner)
        self.broken_rules = BrokenRules(node)
        self.asking = Asking(node, self.copies, self.offering, self.broken_rules)
        self.redeeming = Redeeming(node, self.circles)
        self.answering = Answering(node, self.circles, self.epochs)
        self.granting = Granting(node, self.answering)
        self.openings = Openings(node)
        self.comparing = Comparing(node, self.circles)
        self.refusals = Refusals(node, self.circles)
        self._cosign = cosign
        self.patience_s = PATIENT
        self._beside = SideBySide[tuple[str, str, str], Round]()
        self._chores = threading.Lock()
        self._documents = threading.Lock()

    def go_round(self, report: Report = silent, circle: str = "") -> Round:
        """Do what is due.

        Args:
            report: told how far it is.
            circle: only this one; every one by default.

        What partners are slow with is waited for `patience_s` seconds; it goes on, and a later round tells of it.
        """
        done = Round()
        for late in self._beside.late():
            late.unreachable.clear()  # that was then
            done.take([late])
        self.asking.late()
        with self._chores:
            names = [circle] if circle else self.circles.names()
            current = [name for name in names if self._tended(name, done, report, alone=bool(circle))]
        follow = partial(self._follow_and_compare, report=_one_at_a_time(report))
        self._side_by_side("fetching its index", self._partners(current), done, follow)
        with self._chores:
            cosigners = {card.id: (name, card) for name, card in self._partners(current)}
            self._side_by_side("having the log cosigned", cosigners.values(), done, self._have_cosigned)
            self._forget()
            self.refusals.settle()
        return done

    def clean(self) -> None:
        """Remove what a killed process left in files; nothing may be under way."""
        for name in self.circles.names():
            known = {card.id for card in self.circles.view(name).agreement.members}
            known |= {row.member for row in self.node.state.documents(name, "leave")}
            known |= {row.member for row in self.node.state.copies(name)}
            cleaning.clean(self.node, name, sorted(known | {self.node.id}))

    def finish(self, within_s: float) -> None:
        """Wait for what is under way with partners, so long at most."""
        self._beside.finish(within_s)
        self.asking.finish(within_s)

    def tell_leave(self, circle: str) -> list[str]:
        """Leave a circle, tell everybody, and destroy what belonged to it; returns who could not be told.

        Those are told again with every round, until the circle's retention is over.
        """
        members = [card for card in self.circles.view(circle).cards if card.id != self.node.id]
        signed = self.circles.leave(circle)
        self.node.state.put_value(f"untold/{circle}", " ".join(card.id for card in members).encode())
        done = Round()
        self._side_by_side("telling of the leave", [(circle, card) for card in members], done, partial(self._tell, signed=signed))
        self.epochs.end_all(circle)
        self.copies.drop(circle)
        return [member for _, member, _ in done.problems]

    def untold(self, circle: str) -> list[str]:
        """Return the members that do not know yet that this node has left."""
        return self.node.state.value(f"untold/{circle}").decode().split()

    def take_leave(self, circle: Circle, sender: str, signed: Signed) -> None:
        """Let a partner go: its requests are refused from now on, and the next index is under another key."""
        name = circle.agreement.circle
        self.circles.take_leave(name, sender, signed)
        self.copies.drop(name, sender)
        if self.circles.view(name).standing == "in force":
            self.epochs.current(self.circles.in_force(name))
        else:
            self.epochs.end_all(name)

    def _tended(self, name: str, done: Round, report: Report, *, alone: bool) -> bool:
        """Tend a circle; where it is one of several, what fails there keeps up none of the others."""
        if alone:
            return self._tend(name, done, report)
        try:
            return self._tend(name, done, report)
        except Error as error:
            done.problems.append((name, "", f"{type(error).__name__}: {error}"))
            return False

    def _tend(self, name: str, done: Round, report: Report) -> bool:
        """Do for a circle what comes before its indexes; return whether it is in force."""
        view = self.circles.view(name)
        partners = [(name, card) for card in view.cards if card.id != self.node.id]
        if view.standing in {"left", "over"}:
            self.epochs.end_all(name)
            self.copies.drop(name)
            self._tell_again(done, name, partners)
            return False
        signing_members = {card.id for card in view.agreement.members}
        signers = [(name, card) for name, card in partners if card.id in signing_members]
        self._side_by_side("handing signatures around", signers, done, self._swap_signatures)
        if self.circles.view(name).standing != "in force":
            return False
        circle = self.circles.in_force(name)
        self.epochs.close(name)
        self.copies.drop_strangers(name, circle.members)
        published = self.offering.publish(circle, report)
        if published:
            done.published.append(published)
        return True

    def _partners(self, circles: Iterable[str]) -> list[_Partner]:
        """Return all partners in circles that are still in force."""
        current = [name for name in circles if self.circles.view(name).standing == "in force"]
        return [
            (name, card) for name in current for card in self.circles.in_force(name).members.values() if card.id != self.node.id
        ]

    def _side_by_side(self, what: str, partners: Iterable[_Partner], done: Round, work: _Work) -> None:
        """Do something with several partners at once; what fails with one, or takes it too long, is a problem of the round."""
        works = {
            (what, name, card.id): partial(self._apart, work, name, card, frozenset(done.unreachable)) for name, card in partners
        }
        rounds, going = self._beside.do(works, self.patience_s)
        done.take(rounds)
        done.problems += [
            (name, member, f"{what} is still under way; it goes on, and a later round tells of it") for _, name, member in going
        ]

    def _apart(self, work: _Work, name: str, card: Card, unreachable: frozenset[str]) -> Round:
        own = Round(unreachable={card.id} & unreachable)
        self._try(own, name, card.id, partial(work, own, name, card))
        return own

    def _follow_and_compare(self, own: Round, name: str, card: Card, *, report: Report) -> None:
        circle = self.circles.in_force(name)
        self._try(own, name, card.id, partial(self._follow, circle, card.id, own, report))
        self._try(own, name, card.id, partial(self.comparing.compare, circle, card))

    def _have_cosigned(self, _own: Round, _name: str, card: Card) -> None:
        self._cosign(card)

    def _follow(self, circle: Circle, member: str, done: Round, report: Report) -> None:
        name = circle.agreement.circle
        synced = self.copies.sync(circle, member, report)
        done.synced.append((name, synced))
        if not synced.epoch or not self.node.state.offers(name):
            return
        waiting = self.asking.waiting(circle, member)
        if waiting and circle.purpose(self.node.state.offers(name)[0].purpose) is None:
            raise PurposeError(
                f"the purpose new records of circle {name} are asked for is not agreed any more",
                hint="offer the register again, with a purpose that is",
            )
        if 0 < waiting <= ONLINE_AT_MOST:
            purpose = self.node.state.offers(name)[0].purpose
            try:
                outcome = self.asking.bulk(circle, member, Asked(officer=NODE, purpose=purpose), report, waits=False)
            except QueryBudgetError:
                return
            if not outcome.problem:
                done.asked[name, member] = waiting
        elif waiting:
            done.problems.append(
                (name, member, f"{waiting} records are not watched yet; that many are a matter of `tallystick bulk`")
            )

    def _swap_signatures(self, _own: Round, name: str, card: Card) -> None:
        """Give a partner the signatures known here, and take those known there."""
        mine = self.circles.newest(name)
        fields = {"tallystick-circle": name}
        _, missing = agreements.read(mine)
        if not missing and self.node.state.value(f"told/{name}/{card.id}") == mine.raw:
            return
        body = signing.encode_signed(mine)
        path = f"/v1/circles/{name}/agreement"
        raw, _ = self.node.peer(card).post(path, body, most_bytes=2 * agreements.MAX_AGREEMENT_BYTES, fields=fields)
        theirs = signing.decode_signed(raw, agreements.MAX_AGREEMENT_BYTES)
        if theirs.document == mine.document:
            with self._documents:
                self.circles.add_signatures(theirs)
            if not missing:
                self.node.state.put_value(f"told/{name}/{card.id}", mine.raw)

    def _tell(self, _own: Round, circle: str, card: Card, *, signed: Signed) -> None:
        body, fields = signing.encode_signed(signed), {"tallystick-circle": circle}
        with suppress(UnknownCircleError):  # it knows already: only the answer was lost
            self.node.peer(card).post(f"/v1/circles/{circle}/leaves", body, most_bytes=1024, fields=fields)
        with self._documents:
            rest = [member for member in self.untold(circle) if member != card.id]
            self.node.state.put_value(f"untold/{circle}", " ".join(rest).encode())

    def _tell_again(self, done: Round, circle: str, partners: list[_Partner]) -> None:
        untold = self.untold(circle)
        own = [signed for signed in self.circles.leaves(circle) if self.node.id in signed.signatures]
        if not untold or not own:
            return
        left_s = seconds(canonical.decode(own[0].raw, agreements.Leave, agreements.MAX_DOCUMENT_BYTES).at)
        if self.node.seconds() > left_s + self.circles.view(circle).agreement.retention_days * DAY_S:
            self.node.state.put_value(f"untold/{circle}", b"")
            return
        still = [(name, card) for name, card in partners if card.id in untold]
        self._side_by_side("telling of the leave", still, done, partial(self._tell, signed=own[0]))

    def _forget(self) -> None:
        """Forget hits, questions and redemptions that are older than the retention of their circle allows."""
        for name in self.circles.names():
            before = self.node.now() - timedelta(days=self.circles.view(name).agreement.retention_days)
            self.node.state.forget_hits(name, before)
            self.node.state.forget_queries(name, before)
            self.node.state.forget_redemptions(name, before)

    def _try(self, done: Round, circle: str, member: str, work: Callable[[], None]) -> None:
        if member in done.unreachable:
            return
        try:
            work()
        except Error as error:
            if isinstance(error, PeerUnavailableError):
                done.unreachable.add(member)
            if isinstance(error, ProtocolError | IntegrityError):
                self.broken_rules.enter(circle, member, error)
            done.problems.append((circle, member, f"{type(error).__name__}: {error}"))


def _one_at_a_time(report: Report) -> Report:
    turn = threading.Lock()

    def told(stage: str, done: int, total: int) -> None:
        with turn:
            report(stage, done, total)

    return told


def read_signed(raw: bytes) -> Signed:
    """Read a signed agreement from a file.

    Raises:
        InputError: it is none.
    """
    try:
        return signing.decode_signed(raw, agreements.MAX_AGREEMENT_BYTES)
    except RemoteProtocolError:
        raise InputError(
            "this is no agreement of a circle", hint="give the file that `circle invite` or `circle change` wrote, as it was sent"
        ) from None
