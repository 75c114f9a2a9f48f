"""In which order tests run: the slow ones first, so that none of them starts last and keeps all the other workers waiting."""

from collections.abc import Sequence
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")


def dealt(slow: Sequence[Sequence[T]], rest: Sequence[T], workers: int) -> list[T]:
    """Return all tests in the order in which xdist's `worksteal` makes the slow ones the first of every worker.

    It gives each worker a consecutive share of what is left, as many as to any other; what a worker has not begun is taken
    from the end of its share.

    Args:
        slow: the slow tests, those together that share what they set up.
        rest: all others.
        workers: how many there are.
    """
    order: list[T] = []
    others, total = iter(rest), sum(map(len, slow)) + len(rest)
    for worker in range(workers):
        share = (total - len(order)) // (workers - worker)
        mine = list(chain.from_iterable(slow[worker::workers]))
        order += [*mine, *islice(others, max(0, share - len(mine)))]
    return [*order, *others]
