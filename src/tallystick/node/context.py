"""What the use cases of an exchange share: who this node is, and the outside world as ports.

Decides nothing. One object for each running node; its parts are safe for several threads.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tallystick.audit import AnyEntry
from tallystick.exchange.agreement import Card
from tallystick.node.exchange_ports import Files, KeysOf, NodeState, Peer, RecordsOf

MB = 1_000_000
Report = Callable[[str, int, int], None]
"""Told the stage of a long job, how much of it is done, and how much there is (0 when nobody knows)."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeContext:
    """One node.

    Attributes:
        card: what partners know of it.
        case_class: what partners are told of the kind of its cases.
        signing_seed: 32 bytes, for documents and messages.
        state: its memory.
        record: makes entries durable in its audit log; returns the position of the first.
        files: opens the files of (circle, member, epoch).
        records: its registers.
        keys: makes match keys under a threshold in tenths of a bit.
        parameters: digest of the parameter set those are made with.
        peer: opens the way to a partner.
        now: its clock, UTC.
        random: secure random bytes.
        notices_a_day: how many hits a partner may tell of in one circle.
        largest_index: bytes that all of one partner's index may take in one circle.
    """

    card: Card
    case_class: str
    signing_seed: bytes = field(repr=False)
    state: NodeState
    record: Callable[[list[AnyEntry]], int]
    files: Callable[[str, str, int], Files]
    records: RecordsOf
    keys: Callable[[int], KeysOf]
    parameters: str
    peer: Callable[[Card], Peer]
    now: Callable[[], datetime]
    random: Callable[[int], bytes]
    largest_index: int
    notices_a_day: int

    @property
    def id(self) -> str:
        """The member id of this node."""
        return self.card.id

    def seconds(self) -> int:
        """Return the time in seconds since 1970."""
        return int(self.now().timestamp())


def whole(moment: datetime) -> datetime:
    """Return a moment in whole seconds, as entries and documents say it."""
    return moment - timedelta(microseconds=moment.microsecond)
