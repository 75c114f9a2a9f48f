"""What a place in a report is worth: whether it still stands, how credible what is said there is, how reliable by whom. Pure.

Rules
 1. What is said at a place are the claims it stands in; where it stands in none, all claims of the report.
 2. Withdrawn: the report, the one it is derived from, or all that is said at the place.
 3. Of several grades the worst one that somebody gave; 6 and F only where nobody can say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tallystick.reports.acts import Anchor
from tallystick.reports.grades import Credibility, Reliability
from tallystick.reports.judging import Judgements


@dataclass(frozen=True, slots=True)
class Worth:
    """What is thought of a place; of what is withdrawn, the grades say nothing."""

    is_withdrawn: bool
    credibility: Credibility
    reliability: Reliability


def worth_at(judged: Judgements, read: Iterable[Anchor], place: tuple[str, int, int], day: date) -> Worth:
    """Return what a place is worth on a day.

    Args:
        judged: what people said.
        read: the claims that are read in the report now.
        place: id of the report, and start and end in its document.
        day: for the grades of sources.
    """
    report, start, end = place
    anchors = {each.id: each for each in read} | {
        key: each.anchor for key, each in judged.claims.items() if each.anchor.report == report
    }
    chosen = {key: each for key, each in anchors.items() if each.start < end and start < each.end} or anchors
    known = [key for key in chosen if key in judged.claims]
    standing = [key for key in known if judged.counts(key)]
    is_gone = bool(chosen) and len(known) == len(chosen) and not standing
    sources = {source for key, each in chosen.items() if key in standing or key not in known for source in each.sources}
    return Worth(
        is_withdrawn=judged.carries_nothing(report) or is_gone,
        credibility=_worst_credibility(judged.credibility(key) for key in standing),
        reliability=_worst_reliability(judged.reliability(source, day) for source in sources),
    )


def _worst_credibility(grades: Iterable[Credibility]) -> Credibility:
    return max((each for each in grades if each != "6"), default="6")


def _worst_reliability(grades: Iterable[Reliability]) -> Reliability:
    return max((each for each in grades if each != "F"), default="F")
