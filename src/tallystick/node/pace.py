"""How often something may happen: so many times at once, then one more as time passes.

For what this node bounds for itself: entries a partner causes, lines to the operator, lookups of a program. Query budgets are
agreed, counted in whole points and follow from the log (`exchange.budget`). Not for several threads: whoever holds one locks.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """What is left now of a number that fills up again.

    Attributes:
        at_once: how many are there when nothing was taken for long.
        every_s: seconds for one more.
        at_s: the moment that `left` is of.
        left: how many are there; all of them at the beginning.
    """

    at_once: int
    every_s: float
    at_s: float
    left: float = -1.0

    def __post_init__(self) -> None:
        """Begin full."""
        if self.left < 0:
            self.left = self.at_once

    def take(self, now_s: float, count: int = 1) -> float:
        """Take so many, or none of them: return 0.0 when they were there, else the seconds until as many as can be will be.

        More than `at_once` are never there; whoever asks for them is told to wait, too.
        """
        self.left = min(self.at_once, self.left + max(0.0, now_s - self.at_s) / self.every_s)
        self.at_s = now_s
        if self.left >= count:
            self.left -= count
            return 0.0
        return max(min(count, self.at_once) - self.left, 1.0) * self.every_s

    def give_back(self) -> None:
        """Put one back that was taken for nothing."""
        self.left = min(self.at_once, self.left + 1)
