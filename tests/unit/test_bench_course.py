"""Whether memory stays what it is: judged on courses whose growth is known."""

from itertools import pairwise

import pytest
from bench.lib.course import BAR_PERCENT, LEAST_S, WARM_UP_S, Moment, growth_percent, parts, table


def course(seconds: int, mb_a_second: float = 0.0, rhythm_mb: float = 0.0) -> list[Moment]:
    """A process that warms up to 100 MB, then grows steadily, and takes some more every minute that it gives back."""
    steps = range(0, seconds + 1, 10)
    return [
        Moment(at, 400 * at, at // 300, 80 + min(at, WARM_UP_S) * 20 / WARM_UP_S + at * mb_a_second + rhythm_mb * (at % 60) / 50)
        for at in steps
    ]


def test_what_is_flat_is_flat_whatever_it_takes_and_gives_back() -> None:
    assert growth_percent(course(600)) == pytest.approx(0)
    assert growth_percent(course(600, rhythm_mb=12)) == pytest.approx(0)


@pytest.mark.parametrize("seconds", [600, 1_800])
def test_what_grows_is_told_by_the_ten_minutes(seconds: int) -> None:
    for percent in (1.0, 2.5, 20.0):
        told = growth_percent(course(seconds, mb_a_second=percent / 600))
        assert told is not None
        assert told == pytest.approx(percent, rel=0.15)
        assert (told > BAR_PERCENT) == (percent > BAR_PERCENT)


def test_a_short_load_tells_nothing() -> None:
    assert growth_percent(course(int(WARM_UP_S + LEAST_S) - 10)) is None
    assert [part.name for part in parts(course(60))] == ["start", "warm-up"]
    assert [part.name for part in parts(course(200))] == ["start", "warm-up", "after it"]


def test_parts_add_up_to_the_whole() -> None:
    moments = course(600, mb_a_second=0.01)
    found = parts(moments)
    assert [part.name for part in found] == ["start", "warm-up", "quarter 1", "quarter 2", "quarter 3", "quarter 4"]
    assert (found[0].mb, found[-1].mb) == (moments[0].mb, moments[-1].mb)
    assert sum(part.done for part in found) == moments[-1].done
    assert sum(part.errors for part in found) == moments[-1].errors
    assert all(one.to_s == next_.from_s for one, next_ in pairwise(found[1:]))
    assert [row[3] for row in table(moments).rows] == [None, *[pytest.approx(400)] * 5]
