"""Asks partners whether they know somebody: one person by hand, the records of a register in bulk, new records once each.

Rules
 1. Record, then send: what is asked is committed to in the log before the request leaves, and the answer is recorded before
    anybody sees what it says.
 2. The log holds a commitment to each record that a request asks about; what opens it is kept apart from the log, for as long as
    the circle says. Of a person asked for by hand that is a secret and the question, of own records a secret and which they were.
 3. A question that fails is asked anew, with new blinds, or not at all.
 4. Partners are asked about one person side by side: none waits for another, and who does not answer in time is said to be one.

Spec: spec/exchange-v1.md, sections 6 and 7.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from tallystick.audit import commit, commit_all, salt_of
from tallystick.audit.entries import AnswerReceived, QueryAsked
from tallystick.errors import Error, InputError, ProtocolError
from tallystick.exchange import agreement as agreements
from tallystick.exchange import messages, requester
from tallystick.exchange.agreement import Circle
from tallystick.exchange.canonical import moment_of
from tallystick.exchange.key_secrets import KeySecrets, concatenated
from tallystick.exchange.requester import AskedKeys, Question
from tallystick.model import Record, encode
from tallystick.node.batching import BULK_KEYS, KEYED_TOGETHER, ONLINE_KEYS, Batch, batches
from tallystick.node.broken_rules import BrokenRules
from tallystick.node.bulk_steps import IN_FLIGHT, in_order, no_grant_explained
from tallystick.node.context import NodeContext, Report, silent, whole
from tallystick.node.copies import Copies
from tallystick.node.exchange_ports import HitRow, QueryRow, SaltRow, Source
from tallystick.node.held_copy import Copy
from tallystick.node.offering import Line, Offering
from tallystick.node.side_by_side import PATIENT, SideBySide
from tallystick.oprf import Blinds, Client, Mode, Suite

SECRET_BYTES = 32
FETCH_S = 15.0
"""Seconds that whoever asks waits for an index that has to be fetched first; then the partner is one with a problem."""
ANSWER_S = 20.0
"""Seconds that a running node waits for partners that are asked about one person; what a late one says is a hit all the same."""
NODE = "node"
"""Who asks when nobody does."""
_Commitment = Callable[[Question[Blinds], bytes], bytes]
"""What the log says of whom a question is about, given the hash of its request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, and why.

    Attributes:
        officer: a pseudonym.
        purpose: a code of the agreement, or "bulk".
        reason: in the officer's own words; stays at this node.
    """

    officer: str
    purpose: str
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What asking one partner brought.

    Attributes:
        member: the partner.
        hits: the hits, heaviest first; empty for no-hit.
        points, requests: what it cost.
        entries: where the log says so.
        budget_left: points left there; -1 where nothing was asked.
        problem: why there is no answer; empty where there is one.
    """

    member: str
    hits: tuple[HitRow, ...] = ()
    points: int = 0
    requests: int = 0
    entries: tuple[int, ...] = ()
    budget_left: int = -1
    problem: str = ""


def _nothing(_query: int) -> None:
    pass


class Asking:
    """The requester's side of one node."""

    def __init__(self, node: NodeContext, copies: Copies, offering: Offering, broken: BrokenRules) -> None:
        self._node = node
        self._broken = broken
        self._copies = copies
        self._offering = offering
        self.patience_s = PATIENT
        self._beside = SideBySide[tuple[int, str], Outcome]()
        self._turns: dict[tuple[str, str], threading.RLock] = {}
        self._waiting: dict[tuple[str, str, int], tuple[bytes, int, int]] = {}
        """By circle, member and epoch: the mark of the offers, how many records are watched for, and how many wait."""

    def ask(
        self,
        circle: Circle,
        person: Record,
        asked: Asked,
        members: Sequence[str] = (),
        *,
        before: Callable[[int], None] = _nothing,
    ) -> tuple[int, list[Outcome]]:
        """Ask partners about one person.

        Args:
            circle: the circle in force.
            person: the person as typed; its id is not used.
            asked: who asks, and why.
            members: whom; everybody else in the circle where none is named.
            before: told the number of the query before anybody is asked.

        Returns:
            The number of the query, and an outcome for each partner, in the order of `members`. A partner that cannot answer, or
            has not within `patience_s` seconds, is one with a problem.

        Raises:
            InputError: the purpose is not agreed, somebody is no partner, or nothing about the person makes a match key.
        """
        if circle.purpose(asked.purpose) is None:
            codes = ", ".join(each.code for each in circle.agreement.purposes)
            raise InputError(f"purpose is none of circle {circle.agreement.circle}", hint=f"take one of: {codes}")
        partners = circle.members.keys() - {self._node.id}
        wanted = list(dict.fromkeys(members)) or sorted(partners)
        for member in [each for each in wanted if each not in partners]:
            raise InputError(f"{member} is no partner in circle {circle.agreement.circle}", hint="see `tallystick circle show`")
        line = encode(person)
        keys = self._keys(circle, line)
        if not keys:
            raise InputError("what is known of the person is too little to ask with", hint="add a birth date or a further name")
        row = QueryRow(
            circle=circle.agreement.circle, purpose=asked.purpose, officer=asked.officer, reason=asked.reason,
            secret=self._node.random(SECRET_BYTES), line=line, at=self._node.now(),
        )  # fmt: skip
        query = self._node.state.put_query(row)
        before(query)
        return query, self._ask_all(circle, wanted, keys, asked, replace(row, id=query))

    def late(self) -> None:
        """Look at what partners said too late to be waited for: their hits are kept already.

        Raises:
            Exception: what went wrong with one of them.
        """
        self._beside.late()

    def finish(self, within_s: float) -> None:
        """Wait for partners that are still being asked, so long at most."""
        self._beside.finish(within_s)

    def bulk(self, circle: Circle, member: str, asked: Asked, report: Report = silent, *, waits: bool = True) -> Outcome:
        """Ask a partner about every own record that is not watched for there yet; goes on where it was interrupted.

        One at a time asks a partner about own records, so that none is asked for, and paid, twice.

        Args:
            circle: the circle in force.
            member: the partner.
            asked: who asks, and why; purpose "bulk" needs the partner's grant, another one its online budget.
            report: told how far it is.
            waits: wait while somebody else asks there; otherwise that is the problem of the outcome.

        Raises:
            NotApprovedError: bulk without a grant.
            QueryBudgetError: the points are spent; what was asked by then is kept.
            RefusedError: the partner was dropped meanwhile, or its epoch closed.
        """
        with self._alone(circle, member, waits=waits) as alone:
            if not alone:
                return _Tally().outcome(member, "own records are being asked for there already")
            return self._bulk(circle, member, asked, report)

    def _bulk(self, circle: Circle, member: str, asked: Asked, report: Report) -> Outcome:
        self._copies.sync(circle, member, report)
        copy = self._copies.newest(circle, member)
        total, done = self.waiting(circle, member), _Tally()
        self._waiting.pop((circle.agreement.circle, member, copy.epoch), None)
        report(f"asking {member}", 0, total)
        is_bulk = asked.purpose == agreements.BULK
        by: Source = "bulk" if is_bulk else "watch"
        with no_grant_explained(self._node.id, member, is_bulk=is_bulk), ThreadPoolExecutor(IN_FLIGHT) as pool:
            filled = batches(self._keyed(circle, copy), BULK_KEYS if is_bulk else ONLINE_KEYS)
            for batch, keys in in_order(pool, lambda batch: self._ask_batch(circle, copy, batch, asked, done), filled):
                done.hits += self._copies.add(copy, [(line.place, line.digest) for line in batch.records], keys, by)
                done.records += len(batch.records)
                report(f"asking {member}", done.records, total)
        return done.outcome(member)

    def waiting(self, circle: Circle, member: str) -> int:
        """Return how many own records are not watched for at a partner yet; those that are gone are watched for no longer.

        While somebody asks for own records there, the latter is left for later: what was just asked for is not gone.
        """
        with self._alone(circle, member, waits=False) as alone:
            return self._count(circle, member, alone=alone)

    @contextmanager
    def _alone(self, circle: Circle, member: str, *, waits: bool) -> Iterator[bool]:
        turn = self._turns.setdefault((circle.agreement.circle, member), threading.RLock())
        mine = turn.acquire(blocking=waits)
        try:
            yield mine
        finally:
            if mine:
                turn.release()

    def _count(self, circle: Circle, member: str, *, alone: bool) -> int:
        copy = self._copies.newest(circle, member)
        key, mark = (circle.agreement.circle, member, copy.epoch), self._offering.mark(circle.agreement.circle)
        if self._waiting.get(key, (b"", 0, 0))[:2] == (mark, len(copy.numbers)):
            return self._waiting[key][2]
        count, seen = 0, set()
        for line in self._offering.lines(circle.agreement.circle, with_silent=True):
            seen.add(line.place)
            count += not _is_watched(copy, line)
        if not alone:
            return count
        self._copies.drop_records(copy, [place for place in copy.numbers if place not in seen])
        self._waiting[key] = (mark, len(copy.numbers), count)
        return count

    # --- one person --------------------------------------------------------------------------------------------------

    def _ask_all(self, circle: Circle, wanted: Sequence[str], keys: AskedKeys, asked: Asked, query: QueryRow) -> list[Outcome]:
        tallies = {member: _Tally() for member in wanted}
        works = {
            (query.id, member): partial(self._ask_one, circle, member, keys, asked, query, tallies[member]) for member in wanted
        }
        ended, going = self._beside.do(works, self.patience_s)
        problem = f"no answer within {self.patience_s:.0f} s; what comes later is among the hits"
        outcomes = {each.member: each for each in ended}
        outcomes |= {member: tallies[member].outcome(member, problem) for _, member in going}
        return [outcomes[member] for member in wanted]

    def _ask_one(self, circle: Circle, member: str, keys: AskedKeys, asked: Asked, query: QueryRow, done: "_Tally") -> Outcome:
        def commitment(_question: Question[Blinds], request: bytes) -> bytes:
            return commit(salt_of(query.secret, request), query.line)

        try:
            copy = self._copy(circle, member)
            questions = self._questions(circle, copy, keys, bulk=False)
            secrets = concatenated([self._send(circle, copy, each, asked, commitment, done) for each in questions])
            done.hits = self._copies.look_up(copy, secrets, query.id)
        except Error as error:  # one partner that cannot answer must not keep the answers of the others
            return done.outcome(member, str(error))
        return done.outcome(member)

    def _copy(self, circle: Circle, member: str) -> Copy:
        """Return the copy of a partner's index, fetched now if there was none or its epoch is over.

        A fetch that is under way holds up nobody who asks, as long as there is a copy.
        """
        if any(row.member == member for row in self._node.state.copies(circle.agreement.circle)):
            copy = self._copies.newest(circle, member)
            if copy.manifest.closes_at > moment_of(self._node.seconds()):
                return copy
        self._copies.sync(circle, member, patience_s=FETCH_S)
        return self._copies.newest(circle, member)

    # --- many records ------------------------------------------------------------------------------------------------

    def _keyed(self, circle: Circle, copy: Copy) -> Iterator[tuple[Line, list[tuple[bytes, int]]]]:
        """Yield the own records that are not watched for yet, with their keys."""
        keys = self._node.keys(circle.agreement.threshold_tenths)
        lines = self._offering.lines(circle.agreement.circle, with_silent=True)
        unwatched = (line for line in lines if not _is_watched(self._copies.current(copy), line))
        while some := list(islice(unwatched, KEYED_TOGETHER)):
            yield from zip(some, keys([line.line for line in some], "asker"), strict=True)

    def _ask_batch(self, circle: Circle, copy: Copy, batch: Batch[Line], asked: Asked, done: "_Tally") -> KeySecrets:
        def commitment(question: Question[Blinds], request: bytes) -> bytes:
            return self._commit(copy, request, [batch.records[number] for number in question.records])

        questions = self._questions(circle, copy, batch.asked(), bulk=asked.purpose == agreements.BULK)
        return concatenated([self._send(circle, copy, each, asked, commitment, done) for each in questions])

    def _commit(self, copy: Copy, request: bytes, lines: list[Line]) -> bytes:
        """Return the commitment to own records; what opens it for each is kept."""
        secret = self._node.random(SECRET_BYTES)
        commitments = [commit(salt_of(secret, request, number), line.line) for number, line in enumerate(lines)]
        row = SaltRow(
            request=request, circle=copy.circle, member=copy.member, secret=secret, at=self._node.now(),
            records=tuple(line.place for line in lines), commitments=b"".join(commitments),
        )  # fmt: skip
        self._node.state.put_salts(row)
        return commit_all(commitments)

    # --- the wire ----------------------------------------------------------------------------------------------------

    def _keys(self, circle: Circle, line: bytes) -> AskedKeys:
        (made,) = self._node.keys(circle.agreement.threshold_tenths)([line], "asker")
        return AskedKeys([key for key, _ in made], [weight for _, weight in made], [0] * len(made))

    def _questions(self, circle: Circle, copy: Copy, keys: AskedKeys, *, bulk: bool) -> Iterator[Question[Blinds]]:
        suite = Suite(circle.agreement.suite)
        client = Client(suite, Mode.VOPRF, bytes.fromhex(copy.manifest.public_key))
        return requester.ask(keys, client, circle.agreement.suite, self._node.random, bulk=bulk)

    def _send(
        self, circle: Circle, copy: Copy, question: Question[Blinds], asked: Asked, commitment: "_Commitment", done: "_Tally"
    ) -> KeySecrets:
        name, member = circle.agreement.circle, copy.member
        request = hashlib.sha256(question.body).digest()
        entry = QueryAsked(
            time=whole(self._node.now()), peer=member, circle=name, agreement=bytes.fromhex(circle.digest), epoch=copy.epoch,
            purpose=asked.purpose,
            legal_basis=circle.agreement.legal_basis, officer=asked.officer, points=len(question), request=request,
            commitment=commitment(question, request),
        )  # fmt: skip
        done.entries.append(self._node.record([entry]))
        fields = {
            "tallystick-circle": name, "tallystick-epoch": str(copy.epoch),
            "tallystick-purpose": asked.purpose, "tallystick-officer": asked.officer,
        }  # fmt: skip
        most = messages.response_bytes(len(question))
        body: bytes | None = None
        said: Mapping[str, str] = {}
        try:
            body, said = self._node.peer(circle.members[member]).post(
                f"/v1/circles/{name}/evaluations", question.body, most_bytes=most, fields=fields
            )
            secrets = question.take(body, copy.epoch)
        except ProtocolError as error:
            self._broken.enter(name, member, error, hashlib.sha256(body).digest() if body else None)
            raise
        answer = AnswerReceived(
            time=whole(self._node.now()), peer=member, circle=name, request=request, response=hashlib.sha256(body).digest()
        )
        self._node.record([answer])
        done.add(len(question), messages.points_left(said.get("tallystick-budget", "")))
        return secrets


@dataclass(slots=True)
class _Tally:
    points: int = 0
    requests: int = 0
    records: int = 0
    budget_left: int = -1
    hits: list[HitRow] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, points: int, left: int) -> None:
        """Count a question that was answered, and what its partner says is left; several are under way at once."""
        with self.lock:
            self.points += points
            self.requests += 1
            if left >= 0:
                self.budget_left = left if self.budget_left < 0 else min(left, self.budget_left)

    def outcome(self, member: str, problem: str = "") -> Outcome:
        """Return what asking a partner brought."""
        return Outcome(
            member=member, hits=tuple(self.hits), points=self.points, requests=self.requests, entries=tuple(self.entries),
            budget_left=self.budget_left if not problem else -1, problem=problem,
        )  # fmt: skip


def _is_watched(copy: Copy, line: Line) -> bool:
    return copy.numbers.get(line.place, (b"", 0))[0] == line.digest
