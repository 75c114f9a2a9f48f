"""Query budgets: how many points a requester may still have evaluated (spec/exchange-v1.md, section 9).

Rules
 1. Whole numbers only. A bucket counts in points times the seconds of a day, so that nothing is ever rounded.
 2. A charge is held when a request is admitted, and becomes spent when its entry is in the log, or is released. What is spent
    depends on the log's entries alone: `replay` of them gives the live state.
 3. What is held counts as gone: two requests that are under way cannot spend one point twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from tallystick.errors import QueryBudgetError, RefusedError
from tallystick.exchange.agreement import BULK, Agreement

DAY_S: Final = 86_400

Plain: TypeAlias = dict[str, list[list[str | int]]]


class Charge(NamedTuple):
    """Points of one request: what its entry in the log says about budgets."""

    member: str
    circle: str
    purpose: str
    epoch: int
    points: int
    at_s: int
    agreement: str
    """H of the revision in force, whose limits hold."""


class Grant(NamedTuple):
    """Leave to ask in bulk, approved by two persons."""

    member: str
    circle: str
    epoch: int
    points: int
    until_s: int
    at_s: int


class Limits(NamedTuple):
    """What one member may ask for one purpose."""

    burst: int
    points_per_day: int
    points_per_epoch: int


class Bucket(NamedTuple):
    """A token bucket: points times `DAY_S`, at a moment."""

    level: int
    at_s: int

    def at(self, now_s: int, limits: Limits) -> "Bucket":
        """The bucket at a later moment."""
        passed = max(0, now_s - self.at_s)
        return Bucket(min(limits.burst * DAY_S, self.level + passed * limits.points_per_day), self.at_s + passed)


def limits_of(agreement: Agreement, purpose: str) -> Limits:
    """Return the limits of a purpose.

    Raises:
        RefusedError: it is not one of the agreement's.
    """
    for each in agreement.purposes:
        if each.code == purpose:
            return Limits(each.burst, each.points_per_day, each.points_per_epoch)
    raise RefusedError(f"purpose is not agreed on in circle {agreement.circle}", hint="use one of the purposes of the agreement")


@dataclass(slots=True)
class Budgets:
    """The budgets of all requesters of one responder.

    Attributes:
        buckets: by member, circle and purpose.
        days: points of the newest day that anything was asked on (days since 1970, UTC), likewise.
        spent: points by member, circle, purpose and epoch.
        grants: by member, circle and epoch: moments and points left, the earliest first.
        granted: points ever granted, by member, circle and epoch.
        held: points of requests under way, by member, circle, purpose and epoch.
    """

    buckets: dict[tuple[str, str, str], Bucket] = field(default_factory=dict)
    days: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)
    spent: dict[tuple[str, str, str, int], int] = field(default_factory=dict)
    grants: dict[tuple[str, str, int], list[tuple[int, int]]] = field(default_factory=dict)
    granted: dict[tuple[str, str, int], int] = field(default_factory=dict)
    held: dict[tuple[str, str, str, int], int] = field(default_factory=dict, compare=False)

    def left(self, charge: Charge, agreement: Agreement) -> int:
        """Points left in the tightest bucket at the moment of a charge, before it."""
        if charge.purpose == BULK:
            return max(0, sum(points for until_s, points in self._grants(charge) if until_s > charge.at_s) - self._held(charge))
        limits = limits_of(agreement, charge.purpose)
        bucket = self._bucket(charge, limits)
        in_epoch = limits.points_per_epoch - self.spent.get(_key(charge), 0) - self._held(charge)
        on_the_day = limits.points_per_day - self._of_the_day(charge)[1]
        return max(0, min(min(bucket.level // DAY_S, on_the_day) - self._held_in_all(charge), in_epoch))

    def wait_s(self, charge: Charge, agreement: Agreement, closes_s: int) -> int:
        """Seconds until a charge could be paid; 0: now.

        Args:
            charge: what is asked for.
            agreement: the revision in force.
            closes_s: when the epoch closes; what is spent of an epoch does not come back before.
        """
        if charge.points <= self.left(charge, agreement):
            return 0
        never = max(1, closes_s - charge.at_s)
        if charge.purpose == BULK:
            return never
        limits = limits_of(agreement, charge.purpose)
        wanted = charge.points + self._held_in_all(charge)
        in_epoch = limits.points_per_epoch - self.spent.get(_key(charge), 0) - self._held(charge)
        if charge.points > in_epoch or wanted > min(limits.points_per_day, limits.burst):
            return never
        lacking = wanted * DAY_S - self._bucket(charge, limits).level
        day, spent = self._of_the_day(charge)
        tomorrow_s = (day + 1) * DAY_S - charge.at_s if spent + wanted > limits.points_per_day else 0
        return max(1, -(-lacking // limits.points_per_day), tomorrow_s)

    def hold(self, charge: Charge, agreement: Agreement) -> None:
        """Put the points of a request aside.

        Raises:
            QueryBudgetError: there are not so many.
        """
        if charge.points > self.left(charge, agreement):
            raise QueryBudgetError(f"{charge.member} has spent its budget in circle {charge.circle}", hint="ask again later")
        self.held[_key(charge)] = self._held(charge) + charge.points

    def release(self, charge: Charge) -> None:
        """Give back what was held: the request was not recorded, and not answered."""
        self.held[_key(charge)] = self._held(charge) - charge.points
        if self.held[_key(charge)] <= 0:
            del self.held[_key(charge)]

    def spend(self, charge: Charge, agreement: Agreement) -> None:
        """Charge what stands in the log now. Never refuses: what is recorded was evaluated."""
        key = _key(charge)
        self.spent[key] = self.spent.get(key, 0) + charge.points
        if charge.purpose == BULK:
            self._spend_grants(charge)
            return
        limits = limits_of(agreement, charge.purpose)
        bucket = self._bucket(charge, limits)
        self.buckets[key[:3]] = Bucket(bucket.level - charge.points * DAY_S, bucket.at_s)
        day, spent = self._of_the_day(charge)
        self.days[key[:3]] = (day, spent + charge.points)

    def commit(self, charge: Charge, agreement: Agreement) -> None:
        """Spend what was held: its entry is in the log."""
        self.release(charge)
        self.spend(charge, agreement)

    def evaluations(self, circle: str, epoch: int) -> int:
        """Points evaluated in an epoch, or under way, of all members and purposes."""
        return sum(points for table in (self.spent, self.held) for key, points in table.items() if key[1::2] == (circle, epoch))

    def check_grant(self, grant: Grant, agreement: Agreement) -> None:
        """Check that a grant may be given.

        Raises:
            QueryBudgetError: the grants of this epoch would add up to more than the circle agreed on.
        """
        total = self.granted.get((grant.member, grant.circle, grant.epoch), 0) + grant.points
        if total > agreement.bulk_points_per_epoch or grant.points <= 0:
            raise QueryBudgetError(
                f"grants to {grant.member} in epoch {grant.epoch} would add up to more than the circle allows",
                hint=f"grant at most {agreement.bulk_points_per_epoch - total + grant.points} points, or wait for the next epoch",
            )

    def grant(self, grant: Grant) -> None:
        """Take in a grant that stands in the log."""
        key = (grant.member, grant.circle, grant.epoch)
        self.granted[key] = self.granted.get(key, 0) + grant.points
        self.grants[key] = sorted([*self.grants.get(key, []), (grant.until_s, grant.points)])

    def plain(self) -> Plain:
        """Return what is spent as plain values, for a snapshot beside a position in the log."""
        return {
            "buckets": [[*key, *value] for key, value in sorted(self.buckets.items())],
            "days": [[*key, *value] for key, value in sorted(self.days.items())],
            "spent": [[*key, points] for key, points in sorted(self.spent.items())],
            "grants": [[*key, *each] for key, values in sorted(self.grants.items()) for each in values],
            "granted": [[*key, points] for key, points in sorted(self.granted.items())],
        }

    def _spend_grants(self, charge: Charge) -> None:
        owed, left = charge.points, []
        for until_s, points in self._grants(charge):
            paid = min(points, owed) if until_s > charge.at_s else 0
            owed -= paid
            left.append((until_s, points - paid))
        self.grants[charge.member, charge.circle, charge.epoch] = left

    def _grants(self, charge: Charge) -> list[tuple[int, int]]:
        return self.grants.get((charge.member, charge.circle, charge.epoch), [])

    def _bucket(self, charge: Charge, limits: Limits) -> Bucket:
        full = Bucket(limits.burst * DAY_S, charge.at_s)
        return self.buckets.get(_key(charge)[:3], full).at(charge.at_s, limits)

    def _of_the_day(self, charge: Charge) -> tuple[int, int]:
        """The day of a charge and what was spent on it; when the clock went back, the newest day that was charged."""
        day, spent = self.days.get(_key(charge)[:3], (0, 0))
        today = charge.at_s // DAY_S
        return (day, spent) if today <= day else (today, 0)

    def _held(self, charge: Charge) -> int:
        return self.held.get(_key(charge), 0)

    def _held_in_all(self, charge: Charge) -> int:
        """A bucket is one for all epochs that are open."""
        return sum(points for key, points in self.held.items() if key[:3] == _key(charge)[:3])


def restored(plain: Plain) -> Budgets:
    """Return budgets as `Budgets.plain` wrote them down."""
    made = Budgets()
    for member, circle, purpose, level, at_s in plain["buckets"]:
        made.buckets[str(member), str(circle), str(purpose)] = Bucket(int(level), int(at_s))
    for member, circle, purpose, day, points in plain["days"]:
        made.days[str(member), str(circle), str(purpose)] = (int(day), int(points))
    for member, circle, purpose, epoch, points in plain["spent"]:
        made.spent[str(member), str(circle), str(purpose), int(epoch)] = int(points)
    for member, circle, epoch, until_s, points in plain["grants"]:
        made.grants.setdefault((str(member), str(circle), int(epoch)), []).append((int(until_s), int(points)))
    for member, circle, epoch, points in plain["granted"]:
        made.granted[str(member), str(circle), int(epoch)] = int(points)
    return made


def replay(entries: Iterable[Charge | Grant], agreements: Mapping[str, Agreement], start: Budgets | None = None) -> Budgets:
    """Return the state after the entries of a log.

    Args:
        entries: charges and grants, in the order of the log.
        agreements: every revision they name, by digest.
        start: the state before them; empty by default.
    """
    made = Budgets() if start is None else restored(start.plain())
    for entry in entries:
        if isinstance(entry, Grant):
            made.grant(entry)
        else:
            made.spend(entry, agreements[entry.agreement])
    return made


def _key(charge: Charge) -> tuple[str, str, str, int]:
    return charge.member, charge.circle, charge.purpose, charge.epoch
