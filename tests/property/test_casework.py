"""Casework under every fault: no disclosure without an approval, no action before its entry, no code loosened downstream.

CASE_STEPS says how many steps (default 1,200); `bench/run case-steps` takes 100,000.
"""

import json
import os
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lib.case_actions import ACTIONS, act, run
from lib.case_invariants import check, check_settled
from lib.case_world import World

STEPS = int(os.environ.get("CASE_STEPS", "1200"))
A_WORLD = 300
"""Steps after which a new world begins: cases pile up, and every step looks at all of them."""

BASIC = ("hit", "tell", "decide", "request", "approve", "recall", "outcome", "close", "weather")
ENOUGH = 20_000
"""Steps in which every move, the rare ones as well, must have been allowed at least once."""


def test_no_step_of_many_breaks_an_invariant(tmp_path: Path) -> None:
    root = Path(tempfile.mkdtemp(dir="/dev/shm")) if Path("/dev/shm").is_dir() and STEPS > A_WORLD * 3 else tmp_path  # noqa: S108 - a disk in memory
    taken = Counter[str]()
    for seed in range(-(-STEPS // A_WORLD)):
        taken.update(run(root / str(seed), seed, min(A_WORLD, STEPS - seed * A_WORLD)))
        for file in (root / str(seed)).iterdir():
            file.unlink()
    missing = [name for name in ACTIONS if not taken[name] and (name in BASIC or STEPS >= ENOUGH)]
    assert missing == [], f"some moves were never allowed: {missing}"
    if out := os.environ.get("CASE_STEPS_OUT"):
        Path(out).write_text(json.dumps({"steps": STEPS, **taken}), encoding="utf-8")


class Casework(RuleBasedStateMachine):
    """What Hypothesis plays: any action, in any order, with any seed; it shrinks what fails."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.world: World | None = None

    @initialize(seed=st.integers(0, 1 << 32))
    def begin(self, seed: int) -> None:
        self.world = World(Path(self._folder.name), seed)
        for name in ("hit", "tell", "decide", "request"):
            act(self.world, name)

    @rule(name=st.sampled_from(sorted(ACTIONS)))
    def act(self, name: str) -> None:
        assert self.world
        act(self.world, name)

    @invariant()
    def holds(self) -> None:
        if self.world:
            check(self.world)

    def teardown(self) -> None:
        if self.world:
            self.world.settle()
            check_settled(self.world)
            self.world.close()
        self._folder.cleanup()


TestCasework = Casework.TestCase
TestCasework.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
