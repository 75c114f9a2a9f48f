"""What may happen so often, happens no oftener, whatever is tried."""

from hypothesis import given
from hypothesis import strategies as st

from tallystick.node.pace import Pace


@given(st.integers(1, 50), st.floats(0.01, 100), st.lists(st.tuples(st.floats(0, 100), st.integers(1, 60)), max_size=60))
def test_no_more_is_taken_than_was_there_and_came(at_once: int, every_s: float, tries: list[tuple[float, int]]) -> None:
    pace, now_s, taken = Pace(at_once, every_s, 0.0), 0.0, 0
    for passed_s, count in tries:
        now_s += passed_s
        wait_s = pace.take(now_s, count)
        taken += count if not wait_s else 0
        assert taken <= at_once + now_s / every_s + 1e-6
        assert 0 <= pace.left <= at_once


@given(st.integers(1, 50), st.floats(0.01, 100), st.integers(1, 50))
def test_who_waits_as_long_as_told_gets_it(at_once: int, every_s: float, count: int) -> None:
    pace = Pace(at_once, every_s, 0.0)
    assert not pace.take(0.0, at_once)
    wait_s = pace.take(0.0, count)
    assert wait_s > 0
    if count <= at_once:
        assert not pace.take(wait_s * 1.000001, count)
    else:
        assert pace.take(1e9, count)
