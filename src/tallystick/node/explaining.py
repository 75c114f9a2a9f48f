"""Explain why two records weigh what they weigh, with the frequencies of the registers they come from.

Does no I/O: the sides are passed in.

Rules
 1. The weight is the one that linking the two sides gives the pair: name parts and places are counted over both, read whole.
 2. Without a given prior, three in ten persons of the smaller side are taken to be in the larger one, as linking does
    before it has looked.
"""

import math
from collections.abc import Iterable
from typing import Protocol

from tallystick.matching import Explainer, Explanation, Parameters
from tallystick.model import Record

SHARED = 0.3
"""Part of the smaller side that is expected in the larger one."""


class Side(Protocol):
    """A register, or a file of records, that a record comes from."""

    def record(self, record_id: str) -> Record:
        """Return one record; InputError when it is not there."""
        ...

    def chunks(self) -> Iterable[bytes]:
        """Read the records in chunks of whole lines, anew each time."""
        ...


def explain_pair(
    a: Side, id_a: str, b: Side, id_b: str, *, prior_bits: float | None = None, parameters: Parameters | None = None
) -> Explanation:
    """Weigh two records and say why.

    Args:
        a: where the first record is.
        id_a: its id.
        b: where the second one is; may be the same.
        id_b: its id.
        prior_bits: log2 of the prior odds, as `link` reports it; None for rule 2.
        parameters: the shipped set by default.

    Returns:
        The explanation, field by field.
    """
    first, second = a.record(id_a), b.record(id_b)
    explainer = Explainer(a.chunks(), b.chunks(), parameters)
    prior = math.log2(SHARED / max(*explainer.sizes, 1)) if prior_bits is None else prior_bits
    return explainer.explain(first, second, prior_bits=prior)
