"""Three organisations that work on cases with faults in every place.

A step takes milliseconds, and a node can be killed between any two writes. What may happen is in `case_actions`, what must hold
after it in `case_invariants`.
"""

import hashlib
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lib import circles
from lib.case_offices import Faults, FixedCircles, Office
from tallystick.exchange import canonical, case_messages
from tallystick.model import Record
from tallystick.model import encode as encode_record
from tallystick.node.casework import Terms
from tallystick.node.casework.ports import CaseFilter, EncounterRow
from tallystick.node.exchange_ports import HitRow, LedgerRow
from tallystick.review import cases, events
from tallystick.review.footings import Worth
from tallystick.review.moves import moves
from tallystick.review.roles import Actor, Role

MEMBERS = ("east", "north", "west")
PURPOSE = "border"


class World:
    """Everything, and what may happen in it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.faults = Faults(self.rng)
        self.circle = circles.circle(*MEMBERS)
        self.circles = FixedCircles(self.circle)
        self.at = datetime(2026, 11, 25, 12, tzinfo=UTC)
        self.sent: set[str] = set()
        self.taken = Counter[str]()
        self.offices = {member: Office(self, member, folder / f"{member}.db") for member in MEMBERS}
        for office in self.offices.values():
            office.state.put_value("two-persons/harbour", b"1" if self.rng.random() < 0.3 else b"0")
            for number in range(3):
                self.put_record(office, f"{office.id}{number}")

    def close(self) -> None:
        for office in self.offices.values():
            office.state.close()

    def now(self) -> datetime:
        return self.at

    def saw(self, sender: str, message: case_messages.CaseMessage) -> None:
        """See what a wire shows: every disclosure must be one of its sender's own, approved."""
        if isinstance(message.body, case_messages.Disclosure):
            self.sent.add(canonical.digest(canonical.encode(message)))
            assert len(message.body.officers) == len(set(message.body.officers)) > 0
            assert sender == message.body.owner or message.body.former
            kept = self.offices[sender].state.disclosed(canonical.digest(canonical.encode(message)))
            assert kept is not None
            assert kept.state == "held", "a disclosure left that had been called back"

    def put_record(self, office: Office, record_id: str) -> None:
        born = f"19{self.rng.randrange(50, 99)}"
        office.registers.held[record_id] = Record(id=record_id, names=("Tomasin Verhoovel",), birth_dates=(born,), phones=("1",))

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
        number = found(self, ours, theirs, met(self, ours))
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


def found(world: World, office: Office, holder: Office, by: dict[str, Any]) -> int:
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


def watched(world: World, office: Office) -> dict[str, Any]:
    return {"register": "wanted", "record_id": world.rng.choice(list(office.registers.held)), "found_by": "watch"}


def met(world: World, office: Office) -> dict[str, Any]:
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
