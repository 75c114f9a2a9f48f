"""A responder, step by step: a request's facts in, an entry for the log and bytes to send out (spec/exchange-v1.md, section 6.3).

    admitted = responder.admit(query, now_s)        # steps 4 to 8: quick; holds the points
    answer = responder.evaluate(admitted)           # steps 9 and 10: the work, in any thread
    ...                                             # step 11: whoever keeps the log records answer.entry, durably
    responder.recorded(answer)                      # the points are spent
    ...                                             # step 12: send answer.body

Rules
 1. Steps 1 to 3 (sizes, TLS, signature) are done before, by those who speak HTTP; `Query.member` is who they found it to be.
 2. Points are held before they are evaluated; what cannot be held is not evaluated.
 3. `recorded` is called once the entry is in the log, `dropped` when that failed; nothing is sent then.
 4. No answer depends on the register: this module has never heard of one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeAlias

from tallystick.errors import DeserializeError, LocalProtocolError, RemoteProtocolError
from tallystick.exchange import messages
from tallystick.exchange.agreement import BULK, Circle
from tallystick.exchange.budget import Budgets, Charge

Problem = Literal["malformed", "not-authorized", "unknown-epoch", "purpose-not-agreed", "budget-spent"]
EVALUATIONS_PER_EPOCH: Final = 1 << 30
"""After so many a new epoch begins; in its overlap the former answers for as many again, and then no more."""


class Evaluator(Protocol):
    """The key of an epoch, in VOPRF mode: `tallystick.oprf.Server` is one."""

    def blind_evaluate_batch(self, blinded: bytes) -> tuple[bytes, bytes | None]:
        """Evaluate blinded elements, and prove it.

        Raises:
            DeserializeError: one of them is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenEpoch:
    """An epoch that this responder answers for.

    Attributes:
        key: its key.
        opens_s, closes_s: from and until when, in seconds since 1970.
    """

    key: Evaluator = field(repr=False)
    opens_s: int
    closes_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A request for evaluation, its sender being known."""

    member: str
    circle: str
    epoch: int
    purpose: str
    officer: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryEntry:
    """What the log shall say about a query: evaluated when `problem` is empty, else refused."""

    at_s: int
    member: str
    circle: str
    agreement: str
    epoch: int
    purpose: str
    officer: str
    points: int
    problem: str
    request: str
    """H of the request's body."""
    response: str
    """H of the response's body; empty for a refusal."""

    @property
    def charge(self) -> Charge | None:
        """What this entry costs its member."""
        if self.problem:
            return None
        return Charge(self.member, self.circle, self.purpose, self.epoch, self.points, self.at_s, self.agreement)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was not evaluated.

    Attributes:
        problem: what to answer.
        entry: what to record before that; None where the request came from nobody known.
        retry_after_s: when it may be tried again, for `budget-spent`.
    """

    problem: Problem
    entry: QueryEntry | None
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request whose points are held.

    Attributes:
        query: the request.
        charge: what it costs.
        blinded: its points.
        budget_left: points left in the tightest bucket after it.
    """

    query: Query
    charge: Charge
    blinded: bytes = field(repr=False)
    budget_left: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A request that was evaluated: to be recorded, then sent.

    Attributes:
        entry: what to record.
        charge: what it costs.
        body: what to send once it is recorded.
        budget_left: points left in the tightest bucket after it.
    """

    entry: QueryEntry
    charge: Charge
    body: bytes = field(repr=False)
    budget_left: int


Step: TypeAlias = Admitted | Refusal


class Responder:
    """One member's answering in one circle. Calls of `admit`, `recorded` and `dropped` come one after the other."""

    def __init__(self, circle: Circle, member: str, epochs: Mapping[int, OpenEpoch], budgets: Budgets) -> None:
        """Take what is fixed until the agreement or an epoch changes.

        Args:
            circle: the circle in force.
            member: this node's id in it.
            epochs: what is answered, by number.
            budgets: the budgets of the requesters; changed by what follows.
        """
        self._circle = circle
        self._member = member
        self._epochs = epochs
        self._budgets = budgets

    def admit(self, query: Query, now_s: int) -> Step:
        """Check a request (steps 4 to 8), and hold its points."""
        known = self._circle.members.keys() - {self._member}
        if query.circle != self._circle.agreement.circle or query.member not in known or self._circle.over:
            return Refusal("not-authorized", None)
        epoch = self._epochs.get(query.epoch)
        if (
            epoch is None
            or not epoch.opens_s <= now_s < epoch.closes_s
            or self.evaluated(query.epoch) >= 2 * EVALUATIONS_PER_EPOCH
        ):
            return self._refused("unknown-epoch", query, now_s)
        if not self._may_ask_for(query):
            return self._refused("purpose-not-agreed", query, now_s)
        try:
            blinded = messages.decode_request(query.body, self._circle.agreement.suite, query.purpose)
        except RemoteProtocolError:
            return self._refused("malformed", query, now_s)
        points = len(blinded) // messages.POINT_BYTES
        charge = Charge(query.member, query.circle, query.purpose, query.epoch, points, now_s, self._circle.digest)
        wait_s = self._budgets.wait_s(charge, self._circle.agreement, epoch.closes_s)
        if wait_s:
            return self._refused("budget-spent", query, now_s, wait_s)
        self._budgets.hold(charge, self._circle.agreement)
        return Admitted(query, charge, blinded, self._budgets.left(charge, self._circle.agreement))

    def evaluate(self, admitted: Admitted) -> Answer | Refusal:
        """Evaluate and prove (steps 9 and 10). Reads nothing that other calls change; may run in another thread."""
        query, charge = admitted.query, admitted.charge
        try:
            evaluated, proof = self._epochs[query.epoch].key.blind_evaluate_batch(admitted.blinded)
        except DeserializeError:
            return self._refused("malformed", query, charge.at_s)
        if proof is None:
            raise LocalProtocolError("the key of an epoch is used without proofs", hint="use VOPRF mode")
        body = messages.encode_response(self._circle.agreement.suite, messages.Evaluation(query.epoch, evaluated, proof))
        entry = self._entry(query, charge.at_s, points=charge.points, response=_digest(body))
        return Answer(entry, charge, body, admitted.budget_left)

    def recorded(self, answer: Answer) -> None:
        """Note that an answer's entry is in the log: its points are spent."""
        self._budgets.commit(answer.charge, self._circle.agreement)

    def evaluated(self, epoch: int) -> int:
        """Return how many points were evaluated under the key of an epoch, those under way included."""
        return self._budgets.evaluations(self._circle.agreement.circle, epoch)

    def is_worn(self, epoch: int) -> bool:
        """Tell whether the key of an epoch was used as often as it may be before a new one begins."""
        return self.evaluated(epoch) >= EVALUATIONS_PER_EPOCH

    def dropped(self, admitted: Admitted) -> None:
        """Note that an admitted request was refused after all, or could not be recorded: its points are free again."""
        self._budgets.release(admitted.charge)

    def _may_ask_for(self, query: Query) -> bool:
        if query.purpose == BULK:
            return (query.member, query.circle, query.epoch) in self._budgets.granted
        return self._circle.purpose(query.purpose) is not None

    def _refused(self, problem: Problem, query: Query, now_s: int, retry_after_s: int = 0) -> Refusal:
        return Refusal(problem, self._entry(query, now_s, problem=problem), retry_after_s)

    def _entry(self, query: Query, at_s: int, *, points: int = 0, problem: str = "", response: str = "") -> QueryEntry:
        known = query.purpose == BULK or self._circle.purpose(query.purpose) is not None
        return QueryEntry(
            at_s=at_s,
            member=query.member,
            circle=query.circle,
            agreement=self._circle.digest,
            epoch=query.epoch,
            purpose=query.purpose if known else "",
            officer=query.officer,
            points=points,
            problem=problem,
            request=_digest(query.body),
            response=response,
        )


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
