"""Answers partners that ask: who may, how much, recorded before it is sent.

The state of budgets follows from the log: after a restart its entries are read again, from a snapshot on. So whatever moment
the process dies at, a point is charged if and only if its entry is in the log.

Rules
 1. Admission and accounting are done one request at a time; evaluation is not.
 2. Nothing is sent that is not recorded: a failure to record is a failure to answer, and charges nothing.

Spec: spec/exchange-v1.md, sections 6.3, 9 and 10.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from tallystick.audit.entries import AnyEntry, BudgetGranted, GrantApproved, QueryAnswered
from tallystick.errors import (
    Error,
    InputError,
    NotAuthorizedError,
    PurposeError,
    QueryBudgetError,
    RemoteProtocolError,
    UnknownEpochError,
)
from tallystick.exchange.agreement import Agreement, Circle
from tallystick.exchange.budget import Budgets, Charge, Grant, Plain, replay, restored
from tallystick.exchange.responder import Admitted, Answer, OpenEpoch, Query, QueryEntry, Refusal, Responder
from tallystick.node.circles import Circles
from tallystick.node.context import NodeContext, whole
from tallystick.node.epochs import Epochs
from tallystick.node.exchange_ports import GrantRow

_PROBLEMS: dict[str, tuple[type[Error], str]] = {
    "malformed": (RemoteProtocolError, "an evaluation request is malformed"),
    "not-authorized": (NotAuthorizedError, "the sender may not ask in this circle"),
    "unknown-epoch": (UnknownEpochError, "the epoch is not answered"),
    "purpose-not-agreed": (PurposeError, "the purpose is not agreed"),
    "budget-spent": (QueryBudgetError, "the query budget is spent"),
}
_HINT = "the partner is told which rule it was"


class Snapshot(msgspec.Struct, frozen=True):
    """Budgets as they were after so many entries of the log."""

    entries: int
    budgets: Plain


@dataclass(slots=True)
class _Ready:
    """A responder, and what it was made for."""

    circle: Circle
    epochs: dict[int, OpenEpoch] = field(repr=False)
    responder: Responder


class Answering:
    """The responder's side of one node."""

    def __init__(self, node: NodeContext, circles: Circles, epochs: Epochs) -> None:
        self._node = node
        self._circles = circles
        self._epochs = epochs
        self._budgets = Budgets()
        self._lock = threading.Lock()
        self._ready: dict[str, _Ready] = {}

    def restore(self, snapshot: bytes, entries: Iterable[AnyEntry]) -> dict[bytes, BudgetGranted]:
        """Take up budgets where the log says they are.

        Args:
            snapshot: what `snapshot` gave, or empty.
            entries: the entries of the log since then, in order.

        Returns:
            The grants among them, by the digest of what was proposed.
        """
        before = restored(msgspec.json.decode(snapshot, type=Snapshot).budgets) if snapshot else None
        agreed, charges, granted = self._agreements(), list[Charge | Grant](), dict[bytes, BudgetGranted]()
        former: AnyEntry | None = None
        for entry in entries:
            charge = _charge(entry, agreed)
            if charge:
                charges.append(charge)
            if isinstance(entry, BudgetGranted) and isinstance(former, GrantApproved):  # recorded together, see `grant`
                granted[former.grant] = entry
            former = entry
        self._budgets = replay(charges, agreed, before)
        return granted

    def snapshot(self, entries: Callable[[], int]) -> bytes:
        """Return the budgets, and after how many entries of the log they are so; empty while a request is under way.

        What is recorded and not spent yet would be lost with it, or charged twice: the former snapshot serves as well.

        Args:
            entries: counts the entries of the log.
        """
        with self._lock:
            return b"" if self._budgets.held else msgspec.json.encode(Snapshot(entries(), self._budgets.plain()))

    def evaluate(self, query: Query) -> tuple[bytes, int]:
        """Answer one request.

        Returns:
            The body of the response, and the points left.

        Raises:
            RefusedError, RemoteProtocolError: the request is refused; see node/refusing.py for the record of it.
            UnavailableError: it cannot be recorded.
        """
        circle = self._circles.in_force(query.circle)
        with self._lock:
            responder = self._responder(circle)
            step = responder.admit(query, self._node.seconds())
        if isinstance(step, Refusal):
            raise _refused(step)
        return self._carry_out(circle, responder, step, query)

    def check_grant(self, name: str, member: str, points: int) -> None:
        """Check that a partner may be granted so many points; see `grant`."""
        circle = self._circles.in_force(name)
        with self._lock:
            self._budgets.check_grant(self._grant(circle, member, points, self._node.now()), circle.agreement)

    def grant(
        self, name: str, member: str, points: int, until: datetime, officers: tuple[str, str], approval: GrantApproved
    ) -> GrantRow:
        """Grant a partner a bulk budget in the newest epoch.

        Args:
            name: the circle.
            member: the partner.
            points: how many.
            until: how long.
            officers: who approved it: two persons (node/granting.py).
            approval: the second approval, recorded together with the grant.

        Raises:
            InputError: the partner is no member.
            QueryBudgetError: more than the circle allows.
        """
        circle = self._circles.in_force(name)
        grant = self._grant(circle, member, points, until)
        epoch = grant.epoch
        with self._lock:
            self._budgets.check_grant(grant, circle.agreement)
            entry = BudgetGranted(
                time=whole(self._node.now()), peer=member, circle=name, epoch=epoch, points=points,
                until=whole(until), officer=officers[0], second_officer=officers[1],
            )  # fmt: skip
            self._node.record([approval, entry])
            self._budgets.grant(grant)
            self._ready.pop(name, None)
        row = GrantRow(circle=name, member=member, epoch=epoch, points=points, until=until, officers=officers)
        self._node.state.put_grant(row)
        return row

    def _grant(self, circle: Circle, member: str, points: int, until: datetime) -> Grant:
        name = circle.agreement.circle
        if member not in circle.members or member == self._node.id:
            raise InputError(f"{member} is no partner in circle {name}", hint="see `tallystick circle show`")
        return Grant(member, name, self._epochs.current(circle).row.epoch, points, int(until.timestamp()), self._node.seconds())

    def left(self, name: str, member: str, purpose: str) -> int:
        """Return how many points a partner has left here."""
        circle = self._circles.in_force(name)
        epoch = max(self._epochs.open(circle), default=0)
        with self._lock:
            return self._budgets.left(
                Charge(member, name, purpose, epoch, 0, self._node.seconds(), circle.digest), circle.agreement
            )

    def _carry_out(self, circle: Circle, responder: Responder, admitted: Admitted, query: Query) -> tuple[bytes, int]:
        try:
            answer = responder.evaluate(admitted)
            if isinstance(answer, Answer):
                self._node.record([_answered(circle, answer.entry)])
        except BaseException:
            with self._lock:
                responder.dropped(admitted)
            raise
        with self._lock:
            if isinstance(answer, Refusal):
                responder.dropped(admitted)
            else:
                responder.recorded(answer)
            if responder.is_worn(query.epoch):
                self._epochs.retire(circle, query.epoch)
                self._ready.pop(query.circle, None)
        if isinstance(answer, Refusal):
            raise _refused(answer)
        return answer.body, answer.budget_left

    def _responder(self, circle: Circle) -> Responder:
        """Return the responder of a circle, made anew when the circle or its epochs have changed."""
        name = circle.agreement.circle
        ready = self._ready.get(name)
        epochs = self._epochs.answered(circle)
        if ready is None or ready.circle != circle or ready.epochs.keys() != epochs.keys():
            ready = _Ready(circle, epochs, Responder(circle, self._node.id, epochs, self._budgets))
            self._ready[name] = ready
        return ready.responder

    def _agreements(self) -> dict[str, Agreement]:
        return {digest: agreed for name in self._circles.names() for digest, agreed in self._circles.revisions(name).items()}


def _refused(refusal: Refusal) -> Error:
    kind, message = _PROBLEMS[refusal.problem]
    error = kind(message, hint=_HINT)
    if isinstance(error, QueryBudgetError):
        error.retry_after_s = refusal.retry_after_s
    return error


def _answered(circle: Circle, entry: QueryEntry) -> QueryAnswered:
    return QueryAnswered(
        time=_moment(entry.at_s), peer=entry.member, circle=entry.circle, epoch=entry.epoch, purpose=entry.purpose,
        legal_basis=circle.agreement.legal_basis, officer=entry.officer, points=entry.points,
        agreement=bytes.fromhex(entry.agreement), request=bytes.fromhex(entry.request), response=bytes.fromhex(entry.response),
    )  # fmt: skip


def _charge(entry: AnyEntry, agreed: dict[str, Agreement]) -> Charge | Grant | None:
    if isinstance(entry, QueryAnswered) and entry.agreement.hex() in agreed:
        return Charge(
            entry.peer, entry.circle, entry.purpose, entry.epoch, entry.points, int(entry.time.timestamp()), entry.agreement.hex()
        )
    if isinstance(entry, BudgetGranted):
        at_s, until_s = int(entry.time.timestamp()), int(entry.until.timestamp())
        return Grant(entry.peer, entry.circle, entry.epoch, entry.points, until_s, at_s)
    return None


def _moment(at_s: int) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)
