"""What casework needs to know of reports: which encounters were made of one, and what it is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tallystick.review.footings import Worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An encounter that was made of a mention in a report.

    Attributes:
        encounter: its number at this node.
        report: id of the report; stays here.
        before: what it was worth when the encounter was made.
        now: what it is worth.
    """

    encounter: int
    report: str
    before: Worth
    now: Worth


class FollowedReports(Protocol):
    """The reports of a node, as casework asks for them."""

    def __call__(self) -> Sequence[Followed]:
        """Return every encounter that was made of a report."""
        ...


def no_reports() -> Sequence[Followed]:
    """Return that no encounter was made of a report."""
    return ()
