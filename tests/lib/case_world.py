"""Three organisations that work on cases with faults in every place, and invariants that are looked at after every step.

The casework, its database and its documents are the real ones; network, log, registers and clock are made up, so that a step
takes milliseconds and a node can be killed between any two writes. `World.act` takes one random step.
"""

import hashlib
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from lib import circles
from tallystick.adapters.casework_state import SqliteCaseworkState
from tallystick.audit import AnyEntry
from tallystick.audit.entries import CaseAct, CaseHeard, encode
from tallystick.errors import Error, PeerUnavailableError
from tallystick.exchange import canonical, case_messages, signing
from tallystick.exchange.agreement import Card, Circle
from tallystick.model import Custody, Record
from tallystick.model import encode as encode_record
from tallystick.node.casework import Casework, Terms
from tallystick.node.casework.footing_ports import Followed
from tallystick.node.casework.ports import CaseFilter, CaseRow, CopyState, DisclosedRow, EncounterRow
from tallystick.node.context import NodeContext
from tallystick.node.exchange_ports import HitRow, LedgerRow
from tallystick.review import cases, events, footings
from tallystick.review.disclosures import FIELDS
from tallystick.review.events import Verdict
from tallystick.review.footings import Worth
from tallystick.review.handling import read_handling
from tallystick.review.moves import moves
from tallystick.review.roles import Actor, Role

MEMBERS = ("east", "north", "west")
CODES = ("H0 TLP:GREEN", "H1 TLP:GREEN", "H0 TLP:CLEAR", "H1 TLP:GREEN", "H2 TLP:AMBER", "TLP:RED", "H3 TLP:AMBER ask unit 4")
PURPOSE = "border"
WORTHS = (Worth("withdrawn"), *(Worth("graded", credibility, reliability) for credibility in "256" for reliability in "BF"))
VERDICTS: tuple[Verdict, ...] = ("same", "same", "same", "undecided", "not-same")


class KilledError(BaseException):
    """The process is gone, as if by a power failure."""


class Log:
    """A log that knows whether anything was recorded since the last change that was stored."""

    def __init__(self) -> None:
        self.entries: list[AnyEntry] = []
        self.documents: set[bytes] = set()
        self.is_ahead = False

    def record(self, entries: list[AnyEntry]) -> int:
        for entry in entries:
            encode(entry)
            if isinstance(entry, CaseAct | CaseHeard) and entry.document:
                self.documents.add(entry.document)
        self.entries += entries
        self.is_ahead = True
        return len(self.entries) - len(entries)


class WatchedState(SqliteCaseworkState):
    """The real database; it fails the run when something is stored before its entry, and dies when it is told to."""

    def __init__(self, file: Path, log: Log, faults: "Faults") -> None:
        self.log = log
        self.faults = faults
        super().__init__(file)

    @contextmanager
    def together(self) -> Iterator[None]:
        with super().together():
            yield
            self.faults.maybe_die()  # before the commit: nothing of it was done
        self.log.is_ahead = False
        self.faults.maybe_die()  # after it, before anything is sent

    def add_event(self, case: int, line: bytes) -> None:
        assert self.log.is_ahead, "an event was stored before its entry was in the log"
        super().add_event(case, line)

    def put_disclosed(self, row: DisclosedRow) -> None:
        assert self.log.is_ahead, "a disclosure was stored before its entry was in the log"
        super().put_disclosed(row)

    def change_disclosed(self, digest: str, state: CopyState, handling: str) -> None:
        assert self.log.is_ahead, "a copy was changed before its entry was in the log"
        super().change_disclosed(digest, state, handling)


class Faults:
    """What goes wrong, and how often."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.deaths = 0.0
        self.losses = 0.0

    def maybe_die(self) -> None:
        if self.rng.random() < self.deaths:
            raise KilledError

    def loses(self) -> bool:
        return self.rng.random() < self.losses


class Registers:
    """The records of one organisation."""

    def __init__(self) -> None:
        self.held: dict[str, Record] = {}

    def names(self) -> list[str]:
        return ["wanted"]

    def record(self, register: str, record_id: str) -> Record | None:
        return self.held.get(record_id) if register == "wanted" else None

    def lines_of(self, register: str, record_ids: Collection[str]) -> dict[str, bytes]:
        found = {record_id: self.record(register, record_id) for record_id in record_ids}
        return {record_id: encode_record(record) for record_id, record in found.items() if record}

    def custody(self, _register: str, record: Record) -> Custody:
        return record.custody or Custody()

    def find(self, _register: str, _person: Record, _most: int) -> list[Any]:
        return []

    def size(self, _register: str) -> int:
        return len(self.held)

    def expire(self, _now: datetime) -> int:
        return 0


class FixedCircles:
    """One circle, in force."""

    def __init__(self, circle: Circle) -> None:
        self.circle = circle
        self.agreement = circle.agreement

    def in_force(self, _name: str) -> Circle:
        return self.circle

    def view(self, _name: str) -> "FixedCircles":
        return self

    def names(self) -> list[str]:
        return [self.agreement.circle]

    def all_in_force(self) -> list[Circle]:
        return [self.circle]


class Office:
    """One organisation: what survives a kill, and the casework that does not."""

    def __init__(self, world: "World", member: str, file: Path) -> None:
        self.world = world
        self.id = member
        self.log = Log()
        self.registers = Registers()
        self.reports: dict[int, tuple[Worth, Worth]] = {}
        """By encounter: what the report it was made of was worth then, and is worth now."""
        self._file = file
        self.start()

    def start(self) -> None:
        """Begin as after a kill: everything from the database."""
        self.state = WatchedState(self._file, self.log, self.world.faults)
        card = circles.card(self.id)
        node = NodeContext(
            card=card, case_class="x", signing_seed=circles.signing_key(self.id), state=self.state, record=self.log.record,
            files=_no, records=_no, keys=_no, parameters="", peer=lambda to: Line(self, to), now=self.world.now,  # type: ignore[arg-type,return-value]
            random=self.world.rng.randbytes, largest_index=0, notices_a_day=60,
        )  # fmt: skip
        around = _Around(node, self.world.circles, _Redeeming(self.state))
        self.casework = Casework(around, self.state, self.registers, dict, self.id[:2], self.followed)  # type: ignore[arg-type]

    def followed(self) -> list[Followed]:
        return [Followed(encounter=key, report="r", before=was, now=now) for key, (was, now) in self.reports.items()]

    def case(self, number: int) -> cases.Case:
        """What the events of a case make of it."""
        return cases.replay(self.state.case_row(number).side, map(events.decode, self.state.events(number)))

    def die(self) -> None:
        self.state.close()
        self.start()


class _Around:
    """As much of `Participation` as casework takes."""

    asking = offering = None

    def __init__(self, node: NodeContext, circles_: FixedCircles, redeeming: "_Redeeming") -> None:
        self.node, self.circles, self.redeeming = node, circles_, redeeming


class _Redeeming:
    def __init__(self, state: SqliteCaseworkState) -> None:
        self._state = state

    def redeem(self, number: int, **_given: str) -> HitRow:
        hit = self._state.hit(number)
        said = {
            "case_class": "x", "contact": "desk", "format": "x1", "handle": hit.handle.hex(), "known": True, "level": 1,
            "reference": "r",
        }  # fmt: skip
        self._state.set_hit(number, "redeemed", msgspec.json.encode(said).decode())
        return self._state.hit(number)


class Line:
    """The way to a partner: it loses messages, and receipts of messages that arrived."""

    def __init__(self, sender: Office, to: Card) -> None:
        self._sender = sender
        self._to = to.id

    def post(self, _path: str, body: bytes, **_given: object) -> tuple[bytes, Mapping[str, str]]:
        world = self._sender.world
        signed = signing.decode_signed(body, case_messages.MAX_MESSAGE_BYTES)
        assert hashlib.sha256(signed.raw).digest() in self._sender.log.documents, "a message was sent before its entry"
        world.saw(self._sender.id, canonical.decode(signed.raw, case_messages.CaseMessage, case_messages.MAX_MESSAGE_BYTES))
        if world.faults.loses():
            raise PeerUnavailableError("lost on the way")
        receiver = world.offices[self._to]
        try:
            receipt = receiver.casework.take(world.circle, self._sender.id, signed)
        except KilledError:
            receiver.die()
            raise PeerUnavailableError("the receiver died") from None
        if world.faults.loses():
            raise PeerUnavailableError("the receipt was lost")
        return receipt, {}


class World:
    """Everything, and what may happen in it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.faults = Faults(self.rng)
        self.circle = circles.circle(*MEMBERS)
        self.circles = FixedCircles(self.circle)
        self._at = datetime(2026, 11, 25, 12, tzinfo=UTC)
        self.sent: set[str] = set()
        self.taken = dict.fromkeys(ACTIONS, 0)
        self.offices = {member: Office(self, member, folder / f"{member}.db") for member in MEMBERS}
        for office in self.offices.values():
            office.state.put_value("two-persons/harbour", b"1" if self.rng.random() < 0.3 else b"0")
            for number in range(3):
                self.put_record(office, f"{office.id}{number}")

    def close(self) -> None:
        for office in self.offices.values():
            office.state.close()

    def now(self) -> datetime:
        return self._at

    def saw(self, sender: str, message: case_messages.CaseMessage) -> None:
        """See what a wire shows: every disclosure must be one of its sender's own, approved."""
        if isinstance(message.body, case_messages.Disclosure):
            self.sent.add(canonical.digest(canonical.encode(message)))
            assert len(message.body.officers) == len(set(message.body.officers)) > 0
            assert sender == message.body.owner or message.body.former

    def put_record(self, office: Office, record_id: str) -> None:
        born = f"19{self.rng.randrange(50, 99)}"
        office.registers.held[record_id] = Record(id=record_id, names=("Tomasin Verhoovel",), birth_dates=(born,), phones=("1",))

    def act(self, action: str) -> bool:
        """Do one thing somewhere; returns whether it was allowed. What may not happen is refused, never half done."""
        office = self.offices[self.rng.choice(MEMBERS)]
        self._at += timedelta(seconds=self.rng.randrange(1, 600))
        try:
            done = ACTIONS[action](self, office)
        except Error:
            done = False
        except KilledError:
            office.die()
            done = True
        self.taken[action] += done
        return done

    def any_case(self, office: Office, side: str, move: str, actor: Actor) -> int | None:
        """Choose a case: mostly one in which the move is open, now and then any."""
        rows = office.state.case_rows(CaseFilter(side=side))
        if rows and self.rng.random() < 0.8:
            histories = {row.id: [events.decode(line) for line in office.state.events(row.id)] for row in rows}
            rows = [row for row in rows if move in moves(cases.replay(row.side, histories[row.id]), actor)] or rows
        return self.rng.choice(rows).id if rows else None

    def officer(self, role: Role = Role.OFFICER) -> Actor:
        return Actor(f"{role.value}-{self.rng.randrange(3)}", role)

    def carry(self, requester: str, holder: str, pass_on: int = 0) -> tuple[int, int]:
        """Bring a new encounter to its disclosure, without faults; returns the number of its case at both sides."""
        ours, theirs = self.offices[requester], self.offices[holder]
        number = _found(self, ours, theirs, _met(self, ours))
        two = [Actor(f"approver-{each}", Role.APPROVER) for each in range(2)]
        ours.casework.tell(two[0], number, reason="r", purpose=PURPOSE)
        for actor in two:
            ours.casework.decide(actor, number, "same", "r")
        ours.casework.request(two[0], number, ("names",), reason="r")
        reference = ours.state.case_row(number).reference
        other = theirs.state.case_by_reference("harbour", requester, reference)
        assert other is not None
        for actor in two if theirs.case(other.id).two_persons else two[:1]:
            theirs.casework.approve(actor, other.id, Terms(handling="TLP:GREEN", days=20, reason="r", pass_on=pass_on))
        return number, other.id

    def settle(self) -> None:
        """Let everything arrive, without faults."""
        self.faults.deaths = self.faults.losses = 0.0
        for _ in range(4):
            for office in self.offices.values():
                office.casework.go_round()

    # --- invariants --------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Fail when a state was reached that must not be."""
        for office in self.offices.values():
            for row in office.state.case_rows(CaseFilter()):
                check_history(row, [events.decode(line) for line in office.state.events(row.id)])
            for copy in office.state.disclosures(direction="in"):
                self.check_copy(copy)

    def check_copy(self, copy: DisclosedRow) -> None:
        sender = self.offices[copy.partner].state.disclosed(copy.digest)
        assert copy.digest in self.sent
        assert sender is not None, "a copy of a disclosure nobody made"
        assert read_handling(copy.handling).covers(read_handling(sender.handling)), "a code was loosened at the receiver"
        assert copy.expires_at <= sender.expires_at
        assert bool(copy.values) == (copy.state == "held"), "a copy that is gone has values, or one that is held has none"
        if copy.former:
            before = self.offices[copy.partner].state.disclosed(copy.former)
            assert before is not None
            assert before.direction == "in"
            assert before.owner == copy.owner != copy.partner
            assert copy.expires_at <= before.expires_at, "what was passed on lives longer"
            if before.state == "held":
                return
            first = self.offices[before.partner].state.disclosed(copy.former)
            assert first is not None
            assert read_handling(copy.handling).covers(read_handling(first.handling)), "a code was loosened downstream"

    def check_settled(self) -> None:
        """After `settle`: both sides of every disclosure agree, and nothing that was called back is held anywhere."""
        for office in self.offices.values():
            assert not [row for row in office.state.outbox() if row.kind in {"recall", "expiry"}], "a recall or receipt is stuck"
            for copy in office.state.disclosures(direction="in"):
                sender = self.offices[copy.partner].state.disclosed(copy.digest)
                assert sender is not None
                assert (copy.state == "held") == (sender.state == "held"), (copy.state, sender.state)
                if copy.former:
                    self.check_told_on(office, copy)
            for row in office.state.case_rows(CaseFilter(side="requester")):
                self.check_told(office, row)

    def check_told(self, office: Office, row: CaseRow) -> None:
        """The holder of a hit knows what the report behind it is worth, and nothing where that did not change."""
        case = office.case(row.id)
        if case.told_at is None or row.encounter not in office.reports:
            return
        before, now = office.reports[row.encounter]
        told = footings.told(case.footings)
        assert (told.worth if told else before) == now, "a holder was not told"
        theirs = self.offices[row.partner].state.case_by_reference(row.circle, office.id, row.reference)
        assert theirs is not None
        heard = [each.worth for each in self.offices[row.partner].case(theirs.id).footings if each.is_heard]
        assert heard == ([told.worth] if told else []), "a holder was told and did not hear, or heard and was not told"

    def check_told_on(self, office: Office, copy: DisclosedRow) -> None:
        """A receiver of what was passed on knows of every report on which the first disclosure rests."""
        sender = self.offices[copy.partner]
        source = sender.state.disclosed(copy.former)
        heard = {each.report: each for each in office.case(copy.case).footings if each.is_heard}
        for each in sender.case(source.case).footings if source else ():
            if not each.is_heard or copy.former in each.disclosures:
                assert heard[each.report].worth == each.worth
                assert copy.digest in heard[each.report].disclosures


def check_history(row: CaseRow, history: list[events.AnyEvent]) -> None:
    """Check by its own reading of the events that nothing was disclosed without a complete approval of the newest request."""
    two_persons, asked, said = False, None, list[events.Approved]()
    for event in history:
        if isinstance(event, events.Opened | events.Told):
            two_persons = two_persons or event.two_persons
        elif isinstance(event, events.Requested):
            asked, said = event, []
        elif isinstance(event, events.Approved):
            said.append(event)
        elif isinstance(event, events.Disclosed):
            assert asked is not None, "a disclosure without a request"
            assert len({each.by for each in said}) >= 1 + two_persons, f"too few persons approved, {row.side}"
            assert len({(each.fields, each.handling, each.expires_at) for each in said}) == 1
            assert set(said[0].fields) <= set(asked.fields)
            said, asked = [], None


def _no(*_given: object) -> Any:  # noqa: ANN401
    raise AssertionError("casework asked for what it does not need")


# --- what may happen -------------------------------------------------------------------------------------------------


def _hit(world: World, office: Office) -> bool:
    holder = world.offices[world.rng.choice([each for each in MEMBERS if each != office.id])]
    _found(world, office, holder, _met(world, office) if world.rng.random() < 0.5 else _watched(world, office))
    return True


def _found(world: World, office: Office, holder: Office, by: dict[str, Any]) -> int:
    """Let an office have a hit; returns the number of the newest case."""
    record_id = world.rng.choice(list(holder.registers.held))
    handle = hashlib.sha256(f"{holder.id}{record_id}".encode()).digest()[:7]
    ledger = LedgerRow(register="wanted", record_id=record_id, digest=b"", handle=handle, tags=b"")
    holder.state.change_ledger("harbour", 1, put=[ledger], drop=[])
    row = HitRow(
        circle="harbour", member=holder.id, epoch=1, handle=handle, weight_tenths=150, tags=b"", seen_at=world.now(), **by
    )
    office.state.put_hits([row])
    office.casework.go_round()
    return max((each.id for each in office.state.case_rows(CaseFilter())), default=0)


def _watched(world: World, office: Office) -> dict[str, Any]:
    return {"register": "wanted", "record_id": world.rng.choice(list(office.registers.held)), "found_by": "watch"}


def _met(world: World, office: Office) -> dict[str, Any]:
    """Make an encounter of a report; an office may hear of several holders by one."""
    row = EncounterRow(
        line=encode_record(Record(id="q", names=("Tomasin Verhoovel",))), kind="report", country="be", place="", time="2026",
        urgency="routine", circles=("harbour",), purpose=PURPOSE, officer="o", at=world.now(),
    )  # fmt: skip
    number = office.state.put_encounter(row)
    query = 1000 + number
    office.state.put_query_of(number, query)
    office.reports[number] = (Worth("graded", "6", "F"), Worth("graded", "6", "F"))
    return {"register": "", "record_id": "", "query": query, "found_by": "question"}


def _judge(world: World, office: Office) -> bool:
    """Judge a report otherwise; what was withdrawn stays it."""
    if not office.reports:
        return False
    chosen = world.rng.choice(list(office.reports))
    before, now = office.reports[chosen]
    if now.change == "withdrawn":
        return False
    office.reports[chosen] = (before, world.rng.choice(WORTHS))
    office.casework.tell_footings()
    return True


def _on_case(
    move: str, side: str, role: Role, work: Callable[[World, Casework, Actor, int], object]
) -> Callable[[World, Office], bool]:
    def act(world: World, office: Office) -> bool:
        actor = world.officer(role)
        number = world.any_case(office, side, move, actor)
        if number is None:
            return False
        work(world, office.casework, actor, number)
        return True

    return act


def _request(world: World, casework: Casework, actor: Actor, number: int) -> None:
    fields = tuple(world.rng.sample(FIELDS, world.rng.randrange(1, 5)))
    casework.request(actor, number, fields, reason="r")


def _approve(world: World, casework: Casework, actor: Actor, number: int) -> None:
    handling, days = world.rng.choice(["", *CODES]), world.rng.choice([0, 1, 30])
    view = casework.case(actor, number)
    asked = view.request or {"fields": []}
    some = [str(each) for each in asked["fields"]][: world.rng.randrange(0, 4)]  # type: ignore[attr-defined]
    if view.approvals:
        handling, days, some = "", 0, []
    casework.approve(actor, number, Terms(fields=tuple(some), handling=handling, days=days, reason="r"))


def _pass_on(world: World, office: Office) -> bool:
    held = [row for row in office.state.disclosures(direction="in", held=True) if "AMBER" not in row.handling]
    waiting = office.state.case_rows(CaseFilter(side="holder", stage="requested"))
    if not held or not waiting:
        return False
    terms = Terms(handling=world.rng.choice(["", *CODES]), days=world.rng.choice([0, 1, 60]), pass_on=world.rng.choice(held).case)
    office.casework.approve(world.officer(Role.APPROVER), world.rng.choice(waiting).id, terms)
    return True


def _tighten(world: World, office: Office) -> bool:
    held = office.state.disclosures(direction="in", held=True)
    if not held:
        return False
    office.casework.tighten(world.officer(Role.APPROVER), world.rng.choice(held).case, world.rng.choice(CODES))
    return True


def _correct(world: World, office: Office) -> bool:
    world.put_record(office, world.rng.choice(list(office.registers.held)))
    office.casework.go_round()
    return True


def _wait(world: World, office: Office) -> bool:
    world._at += timedelta(days=world.rng.choice([1, 10, 40]))
    office.casework.go_round()
    return True


def _round(_world: World, office: Office) -> bool:
    office.casework.go_round()
    return True


def _weather(world: World, _office: Office) -> bool:
    world.faults.losses = world.rng.choice([0.0, 0.0, 0.0, 0.2, 1.0])
    world.faults.deaths = world.rng.choice([0.0, 0.0, 0.02, 0.1])
    return True


ACTIONS: dict[str, Callable[[World, Office], bool]] = {
    "hit": _hit,
    "tell": _on_case("tell", "requester", Role.OFFICER, lambda _w, c, a, n: c.tell(a, n, reason="r", purpose=PURPOSE)),
    "decide": _on_case("decide", "", Role.OFFICER, lambda w, c, a, n: c.decide(a, n, w.rng.choice(VERDICTS), "r")),
    "request": _on_case("request", "requester", Role.OFFICER, _request),
    "approve": _on_case("approve", "holder", Role.APPROVER, _approve),
    "pass-on": _pass_on,
    "refuse": _on_case("refuse", "holder", Role.APPROVER, lambda _w, c, a, n: c.refuse(a, n, "r")),
    "outcome": _on_case("outcome", "requester", Role.OFFICER, lambda _w, c, a, n: c.report_outcome(a, n, "acted", "")),
    "close": _on_case("close", "", Role.OFFICER, lambda _w, c, a, n: c.close(a, n)),
    "recall": _on_case("recall", "holder", Role.APPROVER, lambda _w, c, a, n: c.recall(a, n, "handling")),
    "acknowledge": _on_case("acknowledge", "requester", Role.OFFICER, lambda _w, c, a, n: c.acknowledge(a, n, "done")),
    "heed": _on_case("heed", "", Role.OFFICER, lambda _w, c, a, n: c.heed(a, n, "done")), "judge": _judge,
    "tighten": _tighten,
    "correct": _correct, "wait": _wait, "round": _round, "weather": _weather,
}  # fmt: skip
"""Every action by name."""

WEIGHTS = {
    "hit": 4, "tell": 5, "decide": 12, "request": 14, "approve": 16, "pass-on": 10, "refuse": 2, "outcome": 1, "close": 1,
    "recall": 2, "acknowledge": 3, "tighten": 2, "correct": 0.3, "wait": 0.2, "round": 5, "weather": 1.5, "judge": 5,
    "heed": 6,
}  # fmt: skip


def run(folder: Path, seed: int, steps: int) -> dict[str, int]:
    """Take random steps in a new world, look at it after each, and let it settle in the end; returns what was allowed."""
    folder.mkdir()
    world = World(folder, seed)
    try:
        for step in range(steps):
            fair = {name: weight for name, weight in WEIGHTS.items() if name != "weather" or step * 3 > steps}
            [action] = world.rng.choices(list(fair), list(fair.values()))
            world.act(action)
            world.check()
        world.settle()
        world.check()
        world.check_settled()
        return world.taken
    finally:
        world.close()
