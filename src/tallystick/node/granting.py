"""Bulk budgets for partners: proposed by one officer, approved by another, in two acts with an entry of the log each.

Rules
 1. A grant holds when a second officer has approved it; both are in the log before it does.
 2. What waits for a second officer is forgotten after a week.
 3. The log decides: what it says was granted when the process was killed waits for nobody any more.

Spec: spec/exchange-v1.md, section 9; spec/audit-log-v1.md, section 3.3.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from tallystick.audit.entries import BudgetGranted, GrantApproved
from tallystick.errors import InputError, NotApprovedError
from tallystick.node.answering import Answering
from tallystick.node.context import NodeContext, whole
from tallystick.node.exchange_ports import GrantRow

_KEPT = timedelta(days=7)
_VALUE = "grants-proposed"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A grant that waits for a second officer.

    Attributes:
        number: at this node.
        circle, member: who may ask in bulk, where.
        points, days: how much, and for how long from the second approval on.
        officer: who approved it first.
        at: when.
    """

    number: int
    circle: str
    member: str
    points: int
    days: int
    officer: str
    at: datetime

    @property
    def digest(self) -> bytes:
        """What both approvals name."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).digest()


class _Proposals(msgspec.Struct, kw_only=True):
    last: int = 0
    waiting: list[Proposal] = []


class Granting:
    """The grants of one node."""

    def __init__(self, node: NodeContext, answering: Answering) -> None:
        self._node = node
        self._answering = answering
        self._lock = threading.Lock()

    def propose(self, circle: str, member: str, points: int, days: int, officer: str) -> Proposal:
        """Approve a grant as the first officer.

        Raises:
            InputError: the member is no partner.
            QueryBudgetError: more than the circle allows.
        """
        with self._lock:
            self._answering.check_grant(circle, member, points)
            known = self._known()
            proposal = Proposal(
                number=known.last + 1, circle=circle, member=member, points=points, days=days, officer=officer,
                at=whole(self._node.now()),
            )  # fmt: skip
            self._node.record([self._entry(proposal, officer)])
            self._keep(_Proposals(last=proposal.number, waiting=[*known.waiting, proposal]))
            return proposal

    def approve(self, number: int, officer: str) -> GrantRow:
        """Approve a grant as the second officer; it holds from now on.

        Raises:
            InputError: no such grant waits.
            NotApprovedError: the officer is the one who proposed it.
            QueryBudgetError: more than the circle allows by now.
        """
        with self._lock:
            known = self._known()
            proposal = next((each for each in known.waiting if each.number == number), None)
            if proposal is None:
                raise InputError(f"no grant {number} waits for an approval", hint="see `tallystick circle show`")
            if officer == proposal.officer:
                raise NotApprovedError(
                    f"grant {number} was proposed by the same officer",
                    hint="a second person must approve it",
                )
            until = self._node.now() + timedelta(days=proposal.days)
            officers, entry = (proposal.officer, officer), self._entry(proposal, officer)
            row = self._answering.grant(proposal.circle, proposal.member, proposal.points, until, officers, entry)
            self._keep(_Proposals(last=known.last, waiting=[each for each in known.waiting if each != proposal]))
            return row

    def settle(self, granted: Mapping[bytes, BudgetGranted]) -> None:
        """Finish what the log says was granted when the process died: it waits for nobody, and is granted once.

        Args:
            granted: grants of the log, by the digest of what was proposed.
        """
        with self._lock:
            known = self._known()
            done = [each for each in known.waiting if each.digest in granted]
            for each in done:
                entry = granted[each.digest]
                row = GrantRow(
                    circle=entry.circle, member=entry.peer, epoch=entry.epoch, points=entry.points, until=entry.until,
                    officers=(entry.officer, entry.second_officer),
                )  # fmt: skip
                if row not in [replace(kept, until=whole(kept.until)) for kept in self._node.state.grants(row.circle)]:
                    self._node.state.put_grant(row)
            if done:
                self._keep(_Proposals(last=known.last, waiting=[each for each in known.waiting if each not in done]))

    def waiting(self, circle: str = "") -> list[Proposal]:
        """Return the grants that wait for a second officer."""
        return [each for each in self._known().waiting if circle in {"", each.circle}]

    def _entry(self, proposal: Proposal, officer: str) -> GrantApproved:
        return GrantApproved(
            time=whole(self._node.now()), peer=proposal.member, circle=proposal.circle, points=proposal.points,
            days=proposal.days, officer=officer, grant=proposal.digest,
        )  # fmt: skip

    def _known(self) -> _Proposals:
        found = self._node.state.value(_VALUE)
        known = msgspec.json.decode(found, type=_Proposals) if found else _Proposals()
        known.waiting = [each for each in known.waiting if each.at + _KEPT > self._node.now()]
        return known

    def _keep(self, proposals: _Proposals) -> None:
        self._node.state.put_value(_VALUE, msgspec.json.encode(proposals))
