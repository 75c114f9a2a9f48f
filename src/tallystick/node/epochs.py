"""The epochs of this node in its circles: begun, answered, closed, their keys destroyed.

An epoch ends when its time is over, when its key was used often enough, when the terms of the circle change, and at once when a
member leaves.

Rules
 1. A key is recorded in the log before it is used.
 2. When an epoch closes, its key, its index and what the ledger knows of it are destroyed.

Spec: spec/exchange-v1.md, section 3.
"""

import hashlib
import threading
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec

from tallystick.audit.entries import EpochBegun
from tallystick.exchange.agreement import Circle
from tallystick.exchange.manifest import key_info
from tallystick.exchange.responder import OpenEpoch
from tallystick.node.context import NodeContext, whole
from tallystick.node.exchange_ports import EpochRow
from tallystick.oprf import Mode, SecretKey, Server, Suite

_SEED_BYTES = 32


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What an epoch holds under: when any of it changes, a new one begins."""

    suite: str
    parameters: str
    threshold_tenths: int
    members: dict[str, str]
    """Signing keys by member id."""

    @classmethod
    def of(cls, circle: Circle) -> "Terms":
        """Return the terms of a circle as it is."""
        agreed = circle.agreement
        return cls(
            suite=agreed.suite, parameters=agreed.parameters, threshold_tenths=agreed.threshold_tenths, members=circle.keys
        )

    def text(self) -> str:
        """Return them as the store keeps them."""
        return msgspec.json.encode(self, order="sorted").decode()


@dataclass(frozen=True, slots=True)
class OwnEpoch:
    """An epoch with its key ready for use."""

    row: EpochRow
    server: Server


class Epochs:
    """The epochs of one node."""

    def __init__(self, node: NodeContext) -> None:
        self._node = node
        self._lock = threading.RLock()
        """Held from reading what epochs there are to storing what becomes of them: no key comes back that was destroyed."""
        self._servers: dict[tuple[str, int], Server] = {}

    def current(self, circle: Circle) -> OwnEpoch:
        """Return the epoch this node publishes under; begin one where the last is over or its terms have changed."""
        with self._lock:
            self._shorten(circle)
            rows = [row for row in self._node.state.epochs(circle.agreement.circle) if row.secret]
            now, terms = self._node.now(), Terms.of(circle).text()
            if rows and rows[-1].terms == terms and now < rows[-1].valid_until:
                return self._own(circle, rows[-1])
            return self._begin(circle, terms)

    def open(self, circle: Circle) -> dict[int, OwnEpoch]:
        """Return the epochs that are answered now, by number."""
        with self._lock:
            rows = self._node.state.epochs(circle.agreement.circle)
            return {row.epoch: self._own(circle, row) for row in rows if row.secret and self._node.now() < row.closes_at}

    def answered(self, circle: Circle) -> dict[int, OpenEpoch]:
        """Return them as a responder needs them."""
        return {
            number: OpenEpoch(own.server, int(own.row.valid_from.timestamp()), int(own.row.closes_at.timestamp()))
            for number, own in self.open(circle).items()
        }

    def close(self, circle: str) -> int:
        """Destroy what belongs to epochs that are over; return how many were closed."""
        with self._lock:
            return self._close(circle)

    def _close(self, circle: str) -> int:
        over = [row for row in self._node.state.epochs(circle) if row.secret and row.closes_at <= self._node.now()]
        for row in over:
            with self._node.state.together():
                self._node.state.put_epoch(replace(row, secret=b""))
                self._node.state.clear_ledger(circle, row.epoch)
            self._servers.pop((circle, row.epoch), None)
            self._node.files(circle, self._node.id, row.epoch).remove_all()
        return len(over)

    def retire(self, circle: Circle, epoch: int) -> None:
        """Let an epoch whose key was used often enough go over into its overlap; the next publication begins a new one."""
        now = whole(self._node.now())
        closing = now + timedelta(days=circle.agreement.overlap_days)
        with self._lock:
            for row in self._node.state.epochs(circle.agreement.circle):
                if row.epoch == epoch and row.secret and row.valid_until > now:
                    self._node.state.put_epoch(replace(row, valid_until=now, closes_at=min(row.closes_at, closing)))

    def end_all(self, circle: str) -> None:
        """End every epoch of a circle now: this node has left it, or nobody else remains."""
        with self._lock:
            self._end_all(circle, self._node.seconds())
            self._close(circle)

    def _end_all(self, circle: str, at_s: int) -> None:
        now = whole(self._node.now())
        for row in self._node.state.epochs(circle):
            if row.secret and int(row.closes_at.timestamp()) > at_s:
                self._node.state.put_epoch(replace(row, valid_until=min(row.valid_until, now), closes_at=now))

    def _shorten(self, circle: Circle) -> None:
        """Bring forward the ends of epochs that are longer than the revision in force allows; none is ever put back."""
        agreed = circle.agreement
        for row in self._node.state.epochs(agreed.circle):
            until = min(row.valid_until, row.valid_from + timedelta(days=agreed.epoch_days))
            closing = min(row.closes_at, until + timedelta(days=agreed.overlap_days))
            if row.secret and (until, closing) != (row.valid_until, row.closes_at):
                self._node.state.put_epoch(replace(row, valid_until=until, closes_at=closing))

    def _begin(self, circle: Circle, terms: str) -> OwnEpoch:
        name = circle.agreement.circle
        former = self._node.state.epochs(name)
        row, key = self._new(circle, terms, former[-1].epoch + 1 if former else 1)
        digest, parameters = hashlib.sha256(row.public).digest(), bytes.fromhex(circle.agreement.parameters)
        self._node.record([EpochBegun(time=row.valid_from, circle=name, epoch=row.epoch, key=digest, parameters=parameters)])
        with self._node.state.together():
            if former and somebody_left(former[-1].terms, circle):
                self._end_all(name, self._node.seconds())
            self._node.state.put_epoch(row)
        self._servers[name, row.epoch] = Server(key.suite, Mode.VOPRF, key)
        return self._own(circle, row)

    def _new(self, circle: Circle, terms: str, number: int) -> tuple[EpochRow, SecretKey]:
        agreed = circle.agreement
        info = key_info(agreed.circle, self._node.id, number)
        key = SecretKey.derive_key_pair(Suite(agreed.suite), Mode.VOPRF, self._node.random(_SEED_BYTES), info)
        begin = whole(self._node.now())
        end = begin + timedelta(days=agreed.epoch_days)
        row = EpochRow(
            circle=agreed.circle,
            epoch=number,
            secret=key.serialize(),
            public=key.public_key,
            terms=terms,
            valid_from=begin,
            valid_until=end,
            closes_at=end + timedelta(days=agreed.overlap_days),
        )
        return row, key

    def _own(self, circle: Circle, row: EpochRow) -> OwnEpoch:
        place = (row.circle, row.epoch)
        if place not in self._servers:
            key = SecretKey.deserialize(Suite(circle.agreement.suite), row.secret)
            self._servers[place] = Server(key.suite, Mode.VOPRF, key)
        return OwnEpoch(row, self._servers[place])


def somebody_left(terms: str, circle: Circle) -> bool:
    """Tell whether a member of the terms an epoch began under is in the circle no longer: the epoch ends at once."""
    former = msgspec.json.decode(terms, type=Terms)
    return bool(former.members.keys() - circle.members.keys())
