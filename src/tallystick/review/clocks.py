"""How long something may wait: urgency classes and the moments at which they are over. The time is always an argument.

Source: Directive (EU) 2023/977, Article 5 (8 hours, 3 days, 7 days); Regulation (EU) 2024/982 (48 hours after a confirmed match).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Urgency(StrEnum):
    """How soon a hit, or a request, must be answered."""

    URGENT = "urgent"
    """8 hours: danger to life, or a person who is held."""
    DIRECT = "direct"
    """3 days: what the other side can look up by itself."""
    ROUTINE = "routine"
    """7 days: everything else."""


ANSWER_WITHIN: Final[dict[Urgency, timedelta]] = {
    Urgency.URGENT: timedelta(hours=8),
    Urgency.DIRECT: timedelta(days=3),
    Urgency.ROUTINE: timedelta(days=7),
}
CONFIRMED_WITHIN: Final = timedelta(hours=48)
"""From the request that follows a confirmed match to its answer."""
OUTCOME_WITHIN: Final = timedelta(days=7)
"""From a disclosure to what came of it."""
ACKNOWLEDGE_WITHIN: Final = timedelta(hours=48)
"""From a recall to its acknowledgement by a person."""

HEED_WITHIN: Final = timedelta(hours=48)
"""From hearing how a report stands to a person who has looked at it."""


def answer_due(urgency: Urgency, received_at: datetime, *, confirmed: bool = False) -> datetime:
    """Return when an answer is due.

    Args:
        urgency: the class.
        received_at: when the clock began.
        confirmed: whether a person has confirmed the match; then 48 hours at most.
    """
    due = received_at + ANSWER_WITHIN[urgency]
    return min(due, received_at + CONFIRMED_WITHIN) if confirmed else due
