"""Claims that cannot both hold, side by side: numbers of one thing that do not meet, and what one says and another denies.

Pure. Nothing is decided here: which of the two holds, people say. What is not found is not said to agree.

Rules
 1. A quantity is a range: `about 500` is 500 give or take a fifth, `over 1,700` has no end, `hundreds` begin at 200.
 2. Two quantities are of the same thing when their units share their last word, and neither place excludes the other.
 3. They contradict when their ranges do not meet.
 4. What one says is not so, and another says is so, contradict each other when three of four words that carry meaning of what is
    negated are in the other, two at least, and are half of its. Only what is asserted, probable or denied does.
 5. A denied claim contradicts an asserted or probable one that negates nothing itself and shares half of the words of the
    shorter, four at least.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from tallystick.reports.claims import Claim, Quantity, written_quantity
from tallystick.reports.cue_tables import words_of

_ABOUT: Final = 0.2
_LEAST_SHARED: Final = 4
_SHARE: Final = 0.5
_LEAST_LETTERS: Final = 4
_LEAST_NEGATED: Final = 2
_SHARE_NEGATED: Final = 0.75
_SHORTEST: Final = 3
_WORD = re.compile(r"[^\W\d_]+")
_TERM = re.compile(r"\w+")
_TOGETHER = re.compile(r"^(?=[\u0620-\u064a]{5})[وف]?[بلك]?(?:ال)?")
_FUNCTION = words_of(
    """
    the and was were are has had have been being did does not never nor but that this these those for with from into than then who
    which his her their its they she him them any ever one said says say told
    der die das den dem des ein eine einen einem einer und war waren ist sind hat hatte haben hatten wurde wurden sei sein worden
    nicht nie kein keine keinen keiner mit von vom für auf aus bei zum zur sich ihr ihre seine dass als wie sagte
    les des une est était étaient sont ont avait avaient été dans pour sur par que qui aux avec son ses leur leurs pas jamais plus
    los las una del por con para que fue fueron era eran está estaba estaban han había habían sido ser sus nunca jamás dijo
    كان كانت يكن تكن لم لن لا ليس ليست أن إن في من على إلى عن مع قال قالت هذا هذه الذي التي
    believe believes believed think thinks expect expects
    """
)
"""Words that carry no meaning of their own in a claim."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two claims that cannot both hold.

    Attributes:
        one, other: their ids.
        why: "quantity", "denied", or "negated": one says that it is not so.
        said: the numbers as both say them, or the polarity of each; empty for "denied".
    """

    one: str
    other: str
    why: Literal["quantity", "denied", "negated"]
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
    read = {key: _Read.of(each) for key, each in claims.items()}
    for (one, a), (other, b) in combinations(read.items(), 2):
        said = _numbers_apart(a.claim.quantities, b.claim.quantities)
        if said:
            found.append(Contradiction(one, other, "quantity", said))
        elif _is_denied(a.claim, b.claim) and _share(a.words, b.words):
            found.append(Contradiction(one, other, "denied"))
        elif _negates(a, b):
            found.append(Contradiction(one, other, "negated", ("negated", "affirmed")))
        elif _negates(b, a):
            found.append(Contradiction(one, other, "negated", ("affirmed", "negated")))
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """A claim, read once for all it is set against.

    Attributes:
        claim: it.
        words: its words.
        affirmed: the words that carry meaning in it, without what it negates and who says it.
        negated: those of each thing that it says is not so.
    """

    claim: Claim
    words: frozenset[str]
    affirmed: frozenset[str]
    negated: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, claim: Claim) -> "_Read":
        affirmed = _meaning(claim.quote) - _meaning(" ".join((*claim.negated, *claim.sources)))
        negated = tuple(_negated_meaning(each, claim.sources) for each in claim.negated)
        return cls(claim, _words(claim.quote), affirmed, negated)


def _numbers_apart(ones: Iterable[Quantity], others: Iterable[Quantity]) -> tuple[str, ...]:
    for one in ones:
        for other in others:
            if _last(one.unit) != _last(other.unit) or not _may_be_one_place(one.place, other.place):
                continue
            (low, high), (least, most) = span_of(one), span_of(other)
            if high < least or most < low:
                return tuple(written_quantity(each.qualifier, each.number, each.unit) for each in (one, other))
    return ()


def _last(unit: str) -> str:
    return unit.rsplit(maxsplit=1)[-1].casefold()


def _may_be_one_place(one: str, other: str) -> bool:
    return not one or not other or bool(set(one.casefold().split()) & set(other.casefold().split()))


def _is_denied(one: Claim, other: Claim) -> bool:
    said = {each.modality: each.polarity for each in (one, other)}
    return "denied" in said and any(said.get(each) == "affirmed" for each in ("asserted", "probable"))


def _negates(one: _Read, other: _Read) -> bool:
    """Whether one claim says that something is not so while the other says that it is."""
    if one.claim.modality not in {"asserted", "probable", "denied"} or other.claim.modality not in {"asserted", "probable"}:
        return False
    return any(_is_same(each, other.affirmed) for each in one.negated)


def _negated_meaning(negated: str, sources: Iterable[str]) -> frozenset[str]:
    """Return the meaning of what is negated; where that is too little, as in `denied that he was in Paris`, with who says it."""
    who = _meaning(" ".join(sources))
    words = _meaning(negated) - who
    return words if len(words) >= _LEAST_NEGATED else words | who


def _is_same(negated: frozenset[str], affirmed: frozenset[str]) -> bool:
    shared = len(negated & affirmed)
    return shared >= _LEAST_NEGATED and shared >= _SHARE_NEGATED * len(negated) and shared >= _SHARE * len(affirmed)


def _meaning(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, Arabic ones without what is written together with them."""
    words = (_TOGETHER.sub("", each.casefold()) for each in _TERM.findall(text))
    return frozenset(each for each in words if len(each) >= _SHORTEST and each not in _FUNCTION)


def _words(text: str) -> frozenset[str]:
    return frozenset(each.casefold() for each in _WORD.findall(text) if len(each) >= _LEAST_LETTERS)


def _share(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= _LEAST_SHARED and shared >= _SHARE * min(len(one), len(other))
