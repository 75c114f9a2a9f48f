"""Which handling code holds for a report.

Rules
 1. What people here said last counts, and never less than any code the report came under.
 2. A report of our own that nobody marked is TLP:AMBER.
"""

from collections.abc import Iterable

from tallystick.reports.judging import Judgements
from tallystick.review.handling import Handling, read_handling


def handling_of(judged: Judgements, report: str) -> Handling:
    """Return the code of a report, by its id."""
    marks = judged.sharings.marks.get(report, ())
    codes = [read_handling(each.handling) for each in (*judged.sharings.received.get(report, ()), *marks[-1:])]
    return joined(codes) if codes else Handling()


def joined(codes: Iterable[Handling]) -> Handling:
    """Return the least code that covers all of some; of none at all the loosest."""
    out = Handling(tlp="CLEAR")
    for each in codes:
        out = out.joined(each)
    return out
