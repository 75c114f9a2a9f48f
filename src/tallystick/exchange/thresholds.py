"""Which threshold a register of a size needs, so that strangers are no hits.

Pure. A stranger meets every record of a register: twice the records are twice the chances that one of them shares as much by
chance, and one bit more of evidence undoes it.

Source: measured on made-up registers of 10,000 to a million records (`bench/run strangers`; docs/how-to/first-circle.md).
"""

import math
from typing import Final

MARGIN_BITS: Final = 5.0
"""With T = log2(records) + this, fewer than one stranger in 1,000 is a hit."""


def enough_tenths(records: int) -> int:
    """Return the least threshold, in tenths of bits, at which fewer than 1 in 1,000 strangers hit a register of that size."""
    return math.ceil(10 * (math.log2(max(records, 1)) + MARGIN_BITS))


def enough_for_records(threshold_tenths: int) -> int:
    """Return how large a register a threshold, in tenths of bits, is enough for."""
    return int(2.0 ** (threshold_tenths / 10 - MARGIN_BITS))


def advice(threshold_tenths: int, records: int) -> str:
    """Return what to say of a threshold that is low for a register; empty where it is enough."""
    enough = enough_tenths(records)
    if threshold_tenths >= enough:
        return ""
    return (
        f"the threshold of {threshold_tenths / 10} bits is low for {records:,} records: more than 1 in 1,000 strangers "
        f"may be hits, from {enough / 10} bits on fewer; a higher threshold finds fewer persons, too "
        "(docs/how-to/first-circle.md, Choosing T)"
    )
