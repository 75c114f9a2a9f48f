"""Claims that cannot both hold, side by side: numbers of one thing that do not meet, and what one says and another denies.

Pure. Nothing is decided here: which of the two holds, people say. What is not found is not said to agree.

Rules
 1. A quantity is a range: `about 500` is 500 give or take a fifth, `over 1,700` has no end, `hundreds` begin at 200.
 2. Two quantities are of the same thing when their units share their last word, and neither place excludes the other.
 3. They contradict when their ranges do not meet.
 4. A denied claim contradicts an asserted or probable one that shares half of the words of the shorter, four at least.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from tallystick.reports.claims import Claim, Quantity

_ABOUT: Final = 0.2
_LEAST_SHARED: Final = 4
_SHARE: Final = 0.5
_LEAST_LETTERS: Final = 4
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two claims that cannot both hold.

    Attributes:
        one, other: their ids.
        why: "quantity" or "denied".
        said: the numbers as both say them; empty for "denied".
    """

    one: str
    other: str
    why: Literal["quantity", "denied"]
    said: tuple[str, ...] = ()


def span_of(quantity: Quantity) -> tuple[float, float]:
    """Return the least and the most a quantity can be."""
    number = quantity.number
    match quantity.qualifier:
        case "exactly":
            return number, number
        case "about":
            return number * (1 - _ABOUT), number * (1 + _ABOUT)
        case "over":
            return number + 1, math.inf
        case "at least" | "many":
            return number, math.inf
        case "up to":
            return 0, number
        case "under":
            return 0, number - 1


def contradictions(claims: Mapping[str, Claim]) -> list[Contradiction]:
    """Return the pairs of claims that cannot both hold, in the order of the claims.

    Args:
        claims: by id.
    """
    found = []
    words = {key: _words(each.quote) for key, each in claims.items()}
    for one, other in combinations(claims, 2):
        said = _numbers_apart(claims[one].quantities, claims[other].quantities)
        if said:
            found.append(Contradiction(one, other, "quantity", said))
        elif _is_denied(claims[one], claims[other]) and _share(words[one], words[other]):
            found.append(Contradiction(one, other, "denied"))
    return found


def _numbers_apart(ones: Iterable[Quantity], others: Iterable[Quantity]) -> tuple[str, ...]:
    for one in ones:
        for other in others:
            if _last(one.unit) != _last(other.unit) or not _may_be_one_place(one.place, other.place):
                continue
            (low, high), (least, most) = span_of(one), span_of(other)
            if high < least or most < low:
                return _said(one), _said(other)
    return ()


def _said(quantity: Quantity) -> str:
    return f"{quantity.qualifier} {quantity.number:,} {quantity.unit}"


def _last(unit: str) -> str:
    return unit.rsplit(maxsplit=1)[-1].casefold()


def _may_be_one_place(one: str, other: str) -> bool:
    return not one or not other or bool(set(one.casefold().split()) & set(other.casefold().split()))


def _is_denied(one: Claim, other: Claim) -> bool:
    said = {one.modality, other.modality}
    return "denied" in said and bool(said & {"asserted", "probable"})


def _words(text: str) -> frozenset[str]:
    return frozenset(each.casefold() for each in _WORD.findall(text) if len(each) >= _LEAST_LETTERS)


def _share(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= _LEAST_SHARED and shared >= _SHARE * min(len(one), len(other))
