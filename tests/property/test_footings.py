"""Footings: what a state machine takes and refuses, beside a plain model; and along a chain of nodes, with faults and kills.

FOOTING_CHAINS says how many chains (default 6), each of three disclosures made of one another and 60 random steps.
"""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.case_actions import WORTHS, act
from lib.case_invariants import check, check_settled
from lib.case_world import World
from tallystick.errors import RefusedError
from tallystick.review import events, footings
from tallystick.review.footings import Footings, Worth

CHAINS = int(os.environ.get("FOOTING_CHAINS", "6"))
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
REPORTS = tuple(f"{each:032x}" for each in range(3))
STEPS = (
    "judge",
    "judge",
    "judge",
    "heed",
    "heed",
    "round",
    "recall",
    "acknowledge",
    "close",
    "outcome",
    "decide",
    "weather",
    "wait",
)

SAID = st.tuples(
    st.sampled_from(REPORTS), st.booleans(), st.sampled_from(WORTHS[:4]), st.sampled_from([(), ("d1",), ("d1", "d2")])
)
"""Of which report, heard or told, what it is worth, which disclosures rest on it."""
HEEDED = st.tuples(st.integers(0, 12), st.booleans())
"""Of which message, counted from the first, and whether on our side."""


def said(footing: tuple[str, bool, Worth, tuple[str, ...]], number: int) -> events.FootingSaid:
    report, is_heard, worth, disclosures = footing
    kind = events.FootingHeard if is_heard else events.FootingTold
    return kind(
        at=NOW, by="x", report=report, change=worth.change, credibility=worth.credibility, reliability=worth.reliability,
        changed_at=NOW, disclosures=disclosures, message=f"m{number}",
    )  # fmt: skip


@given(st.lists(SAID | HEEDED, max_size=14))
def test_what_is_said_changes_something_and_waits_until_the_newest_is_heeded(steps: list[tuple[object, ...]]) -> None:
    held: Footings = ()
    messages: dict[tuple[str, bool], list[str]] = {}
    last: dict[tuple[str, bool], tuple[object, ...]] = {}
    done: set[str] = set()
    for number, given_ in enumerate(steps):
        before = held
        try:
            if len(given_) == 4:
                held = footings.said(held, said(given_, number))  # type: ignore[arg-type]
                report, is_heard, worth, rest = given_
                key = (str(report), bool(is_heard))
                assert last.get(key, (None,))[0] != WORTHS[0] or worth == WORTHS[0], "graded after it was withdrawn"
                assert last.get(key) != (worth, rest), "said again"
                last[key] = (worth, rest)
                messages.setdefault(key, []).append(f"m{number}")
            else:
                message, is_heard = f"m{given_[0]}", bool(given_[1])
                event = events.FootingHeeded(at=NOW, by="o", message=message, heard=is_heard, note="n")
                held = footings.heeded(held, event)
                mine = [one for (_, side), each in messages.items() if side == is_heard for one in each]
                assert message in mine, "heeded what nobody said"
                if any(each[-1] == message for each in messages.values()):
                    assert message not in done, "heeded twice"
                    done.add(message)
        except RefusedError:
            assert held is before
        newest = {key: each[-1] for key, each in messages.items()}
        assert {each.message for each in footings.to_heed(held)} == {
            message for (_, is_heard), message in newest.items() if is_heard and message not in done
        }
        assert {(each.report, each.is_heard): (each.worth, each.disclosures) for each in held} == last


def test_a_side_tells_of_so_many_reports_and_no_more() -> None:
    held: Footings = ()
    for number in range(footings.MOST):
        held = footings.said(held, said((f"{number:032x}", True, WORTHS[0], ()), number))
    with pytest.raises(RefusedError, match="too many"):
        footings.said(held, said(("f" * 32, True, WORTHS[0], ()), 99))
    assert footings.said(held, said(("f" * 32, False, WORTHS[0], ()), 99)), "what we tell is counted apart"


def test_every_receiver_along_a_chain_knows_what_the_first_report_is_worth(tmp_path: Path) -> None:
    root = Path(tempfile.mkdtemp(dir="/dev/shm")) if Path("/dev/shm").is_dir() else tmp_path  # noqa: S108 - a disk in memory
    for seed in range(CHAINS):
        (root / str(seed)).mkdir()
        world = World(root / str(seed), seed)
        try:
            first, _ = world.carry("west", "north")
            second, _ = world.carry("east", "west", pass_on=first)
            world.carry("north", "east", pass_on=second)
            for _ in range(60):
                act(world, world.rng.choice(STEPS))
                check(world)
            world.settle()
            check(world)
            check_settled(world)
            assert world.taken["judge"] > 1
        finally:
            world.close()
            for file in (root / str(seed)).iterdir():
                file.unlink()
