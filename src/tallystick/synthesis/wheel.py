"""Draws from a discrete distribution with one random number.

Holds no random state of its own: the caller passes the generator.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, product
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Wheel(Generic[T]):
    """Values with weights; `draw` costs one random number and one bisection."""

    __slots__ = ("chances", "draw", "values")

    draw: Callable[[Random], T]
    """Return one value, each with the chance its weight says."""

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        """Take the values with their weights; weights need not add up to one, but one must be positive."""
        pairs = [(value, weight) for value, weight in weighted if weight > 0]
        total = sum(weight for _, weight in pairs)
        values = self.values = [value for value, _ in pairs]
        self.chances = [weight / total for _, weight in pairs]
        cumulative = list(accumulate(self.chances))
        cumulative.pop()  # what lies above the last bound falls to the last value: rounding cannot lead outside

        # A closure and not a method: some fifteen draws make a record, and this one costs two thirds.
        def draw(rng: Random) -> T:
            return values[bisect(cumulative, rng.random())]

        self.draw = draw

    def __len__(self) -> int:
        """Return how many values can be drawn."""
        return len(self.values)


def zipf(values: Iterable[T], *, exponent: float = 1.0, offset: float = 2.0) -> Iterator[tuple[T, float]]:
    """Weigh values, the most frequent first, by Zipf's law as Mandelbrot shifted it: 1 / (rank + offset) ** exponent."""
    for rank, value in enumerate(values, start=1):
        yield value, 1.0 / (rank + offset) ** exponent


def independent(rates: Iterable[tuple[int, float]]) -> Wheel[int]:
    """Return a wheel over sets of independent events, so that one draw decides them all.

    Args:
        rates: for each event its bit and its chance.

    Returns:
        A wheel of bit masks; the likeliest first, because most records are not damaged.
    """
    events = list(rates)
    outcomes = []
    for happened in product((False, True), repeat=len(events)):
        mask, chance = 0, 1.0
        for (bit, rate), yes in zip(events, happened, strict=True):
            mask |= bit * yes
            chance *= rate if yes else 1.0 - rate
        outcomes.append((mask, chance))
    return Wheel(sorted(outcomes, key=lambda outcome: -outcome[1]))


def one_of(rates: Iterable[tuple[T, float]], otherwise: T) -> Wheel[T]:
    """Return a wheel over events that exclude each other; what is left of the chance falls to `otherwise`."""
    events = list(rates)
    return Wheel([(otherwise, 1.0 - sum(rate for _, rate in events)), *events])


def together(one: Wheel[T], two: Wheel[T], three: Wheel[T]) -> Wheel[tuple[T, T, T]]:
    """Return a wheel that turns three wheels at once, each on its own; the likeliest outcome first."""
    sides = [list(zip(wheel.values, wheel.chances, strict=True)) for wheel in (one, two, three)]
    outcomes = [((x, y, z), a * b * c) for (x, a), (y, b), (z, c) in product(*sides)]
    return Wheel(sorted(outcomes, key=lambda outcome: -outcome[1]))
