"""What is refused is in the log, and a partner cannot make the log grow as it likes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tallystick.audit.entries import AnyEntry, Other, QueryRefused, RefusalsCounted, RequestRefused, encode
from tallystick.errors import InputError, RemoteProtocolError
from tallystick.node.broken_rules import BrokenRules
from tallystick.node.refusing import AT_ONCE, EVERY_S, Refusals
from tallystick.server.complaints import Complaints

DAY_S = 86_400


@dataclass
class World:
    """A node with a clock and a log; `police-a` is a member of its circle."""

    at: datetime = datetime(2027, 1, 15, tzinfo=UTC)
    log: list[AnyEntry] = field(default_factory=list)

    def record(self, entries: list[AnyEntry]) -> int:
        assert all(encode(each) for each in entries)
        self.log += entries
        return len(self.log)

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> int:
        return int(self.at.timestamp())

    def view(self, circle: str) -> Any:  # noqa: ANN401
        if circle != "border":
            raise InputError("none", hint="none")
        return SimpleNamespace(cards=[SimpleNamespace(id="police-a")])


def refusals(world: World) -> Refusals:
    return Refusals(cast("Any", world), cast("Any", world))


def stood_for(log: list[AnyEntry]) -> int:
    return sum(each.count if isinstance(each, RefusalsCounted) else 1 for each in log)


def test_every_refusal_has_an_entry_or_is_counted_and_the_log_is_bounded() -> None:
    world = World()
    refused = refusals(world)
    for _ in range(10_000):
        refused.enter("police-a", "malformed", b"x", circle="border")
        world.at += timedelta(seconds=DAY_S / 10_000)
        refused.settle()
    assert len(world.log) <= AT_ONCE + 2 * DAY_S // EVERY_S < 900
    refused.settle(at_the_end=True)
    assert stood_for(world.log) == 10_000


def test_one_partner_takes_no_room_of_another() -> None:
    world = World()
    refused = refusals(world)
    for _ in range(AT_ONCE + 5):
        refused.enter("police-a", "malformed", b"x")
    refused.enter("police-b", "malformed", b"x")
    assert [each.peer for each in world.log if isinstance(each, RequestRefused)] == ["police-a"] * AT_ONCE + ["police-b"]
    world.at += timedelta(seconds=EVERY_S)
    refused.settle()
    assert world.log[-1] == RefusalsCounted(time=world.at, peer="police-a", count=5)


@pytest.mark.parametrize(
    ("circle", "peer", "named"), [("border", "police-a", True), ("border", "x", False), ("Jo-Doe", "police-a", False)]
)
def test_no_circle_is_named_that_a_partner_made_up(circle: str, peer: str, *, named: bool) -> None:
    world = World()
    for is_question in (True, False):
        refusals(world).enter(peer, "malformed", b"x", circle=circle, is_question=is_question)
    first, second = world.log
    assert isinstance(first, QueryRefused if named else RequestRefused)
    assert (first.circle, second.circle) == ((circle, circle) if named else (None, None))  # type: ignore[union-attr]


def test_the_operator_is_told_at_a_bounded_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    at, told = [0.0], list[dict[str, object]]()
    monkeypatch.setattr("tallystick.server.complaints.log", SimpleNamespace(warning=lambda _kind, **ids: told.append(ids)))
    complaints = Complaints(lambda: at[0])
    for _ in range(10_000):
        complaints.tell("no connection", reason="x")
        at[0] += 0.01
    assert 25 <= len(told) <= 35
    assert sum("left_out" in line for line in told) >= 5


def test_a_partner_that_always_lies_fills_no_log() -> None:
    world = World()
    broken = BrokenRules(cast("Any", world))
    for _ in range(10_000):
        broken.enter("border", "police-a", RemoteProtocolError("a lie", hint="none"))
        world.at += timedelta(seconds=DAY_S / 10_000)
    texts = [each.text or "" for each in world.log if isinstance(each, Other)]
    assert len(texts) == len(world.log) <= 32 + DAY_S // 900 + 1
    assert "more before it" in texts[-1]
