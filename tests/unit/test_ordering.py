"""Every worker begins with its part of the slow tests, and each test runs once."""

from itertools import chain

import pytest

from lib.ordering import dealt


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize(("slow", "rest"), [((), 5), ((3,), 0), ((6, 1, 9), 60), ((2, 9) * 4, 6_789), ((1, 1), 1)])
def test_each_share_begins_with_slow_tests_and_nothing_is_lost(slow: tuple[int, ...], rest: int, workers: int) -> None:
    groups = [[("slow", group, each) for each in range(size)] for group, size in enumerate(slow)]
    others = [("rest", 0, each) for each in range(rest)]
    order = dealt(groups, others, workers)
    assert sorted(order) == sorted([*chain.from_iterable(groups), *others])
    for share in _shares(order, workers):
        kinds = [kind for kind, *_ in share]
        assert kinds == sorted(kinds, reverse=True), "slow ones first"
    if rest > 100 * sum(slow):
        begun = [{group for kind, group, _ in share if kind == "slow"} for share in _shares(order, workers)]
        assert begun == [set(range(worker, len(slow), workers)) for worker in range(workers)]


def _shares(order: list[tuple[str, int, int]], workers: int) -> list[list[tuple[str, int, int]]]:
    """Divide tests as xdist's `worksteal` does."""
    shares, left = [], list(order)
    for worker in range(workers):
        size = len(left) // (workers - worker)
        shares.append(left[:size])
        left = left[size:]
    return shares
