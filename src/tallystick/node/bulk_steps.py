"""How own records are asked for in bulk: some batches under way at once, answers taken in order; and what a refusal means."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from tallystick.errors import NotApprovedError, PurposeError, QueryBudgetError
from tallystick.node.batching import Batch

T = TypeVar("T")
R = TypeVar("R")
IN_FLIGHT = 3
"""Batches under way at once: while one is on its way, the next is blinded."""


@contextmanager
def no_grant_explained(own: str, member: str, *, is_bulk: bool) -> Iterator[None]:
    """Say of a refused bulk request what is missing; the wire says only that the purpose is none, or the budget spent."""
    ask_for_it = f"ask it for one: `tallystick circle grant {own} --points N`, then `circle approve`; bulk goes on where it was"
    try:
        yield
    except PurposeError as error:
        if not is_bulk:
            raise
        raise NotApprovedError(f"{member} has granted this node no bulk budget in its epoch", hint=ask_for_it) from error
    except QueryBudgetError as error:
        if not is_bulk:
            raise
        raise QueryBudgetError(f"the bulk budget that {member} granted is spent, or over", hint=ask_for_it) from error


def in_order(
    pool: ThreadPoolExecutor, work: Callable[[Batch[T]], R], batches: Iterator[Batch[T]]
) -> Iterator[tuple[Batch[T], R]]:
    """Yield the results in order, with a few batches under way ahead of the one that is taken."""
    waiting = [(batch, pool.submit(work, batch)) for batch in islice(batches, IN_FLIGHT)]
    while waiting:
        batch, future = waiting.pop(0)
        try:
            keys = future.result()
        except BaseException:
            for _, other in waiting:
                other.cancel()
            raise
        waiting += [(each, pool.submit(work, each)) for each in islice(batches, 1)]
        yield batch, keys
