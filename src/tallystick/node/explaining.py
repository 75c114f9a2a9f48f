"""Explain why two records weigh what they weigh, with the frequencies of the registers they come from.

Does no I/O: the sides are passed in.

Rules
 1. Name-part classes are counted over both sides, as linking counts them; one side against itself counts once.
 2. Without a given prior, three in ten persons of the smaller side are taken to be in the larger one, as linking does
    before it has looked.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from tallystick.matching import Explanation, Parameters, default_parameters, explain
from tallystick.matching.indexing import Searcher
from tallystick.model import Record, encode

SHARED = 0.3
"""Part of the smaller side that is expected in the larger one."""

ClassesOf = Callable[[Sequence[bytes]], Iterable[set[int]]]
"""Returns the name-part classes of each line."""


class Side(Protocol):
    """A register, or a file of records, that a record comes from."""

    def record(self, record_id: str) -> Record:
        """Return one record; InputError when it is not there."""
        ...

    def count_classes(self, classes: Collection[int], classes_of: ClassesOf) -> tuple[Mapping[int, int], int]:
        """Return how many records hold each class, and how many records there are."""
        ...


def explain_pair(
    a: Side, id_a: str, b: Side, id_b: str, *, prior_bits: float | None = None, parameters: Parameters | None = None
) -> Explanation:
    """Weigh two records and say why.

    Args:
        a: where the first record is.
        id_a: its id.
        b: where the second one is; the same object when both are in one register.
        id_b: its id.
        prior_bits: log2 of the prior odds, as `link` reports it; None for rule 2.
        parameters: the shipped set by default.

    Returns:
        The explanation, field by field.
    """
    chosen = parameters or default_parameters()
    searcher = Searcher(chosen)

    def classes_of(lines: Sequence[bytes]) -> list[set[int]]:
        return [set(parts) for _, parts in searcher.entries(lines)]

    first, second = a.record(id_a), b.record(id_b)
    classes = set().union(*classes_of([encode(first), encode(second)]))
    counted = [side.count_classes(classes, classes_of) for side in ([a] if a is b else [a, b])]
    counts: Counter[int] = Counter()
    for each, _ in counted:
        counts.update(each)
    sizes = [size for _, size in counted]
    prior = math.log2(SHARED / max(*sizes, 1)) if prior_bits is None else prior_bits
    return explain(first, second, prior_bits=prior, parameters=chosen, counts=counts, persons=sum(sizes))
