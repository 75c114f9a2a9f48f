"""How many independent origins stand behind several reports: an interval, and why some count as one.

Pure. Whoever counts publishers counts one leak five times; so what is not surely another origin counts as the same one.

Rules
 1. Reports of one lineage, copies and derived texts, are one origin at most. Whatever a copy says of its sources can only make
    its lineage look like another, never add to it.
 2. For sure counts a person, an organisation or a document that is named. An outlet or an agency passes on what somebody told it:
    who, its text does not say. Like an unnamed source and a report that says nothing it counts at the upper end only.
 3. Two named origins are apart for sure when neither name can be a shorter, longer, misspelled or abbreviated writing of the
    other. In texts of two languages only two persons whose names share nothing are: one text may be the other's translation.
 4. At least: the most reports of which each two are apart in all their named origins. So removing a report never raises it.
 5. Of one report at most one origin counts for sure: which of its sources stands behind which statement it does not say.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Final, Literal

from tallystick.reports.chain import Source
from tallystick.reports.cues import DOCUMENT, ORGANISATION, TITLES

Why = Literal["derived", "unrecorded", "shared", "unnamed", "passed on"]
_WORDS: dict[Why, str] = {
    "derived": "is derived from another: it adds no origin",
    "unrecorded": "does not say where it has it from",
    "shared": "has an origin that another has, too, or may have under another name or in another language",
    "unnamed": "has unnamed origins only: they may be another's",
    "passed on": "names only who published it, not who said it",
}


@dataclass(frozen=True, slots=True)
class Merge:
    """Why a report, by its number from 1, does not count as an origin of its own for sure."""

    report: int
    why: Why

    def __str__(self) -> str:
        """Say it in English."""
        return f"report {self.report} {_WORDS[self.why]}"


@dataclass(frozen=True, slots=True)
class Interval:
    """How many independent origins there are: at least, at most; and why some count as one."""

    at_least: int
    at_most: int
    reasons: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind one report.

    Attributes:
        lineage: the report it is derived from in the end; its own name where it is from none.
        origins: those its text names.
        language: of its text, ISO 639-1.
        first: of a derived report, the origins of the text it is derived from; they count as its own. None elsewhere.
    """

    lineage: str
    origins: tuple[Source, ...] = field(repr=False)
    language: str = ""
    first: "Behind | None" = field(default=None, repr=False)


_Name = tuple[str, str, str]
"""Language, kind, name."""
_NEAR: Final = 5
_MOST_STEPS: Final = 20_000
_GENERIC: Final = re.compile(
    r"of|the|by|for|in|on|at|and|an?|de|des|du|la|le|les|el|los|las|del|y|et|der|die|das|dem|den|und|von|vom|zur|zum|s|d|l"
    r"|new|internal|secret|confidential|leaked|classified|official|officials|police|intelligence|government|authority"
    r"|authorities|office|agency|department|service|services|behörde|amt|dienst|autorité|autorités|autoridad|autoridades"
    r"|mr|mrs|ms|dr|prof|herr|frau|m|mme|señor|señora|sr|sra"
)
_DOCUMENT = re.compile(rf"(?:{DOCUMENT})", re.IGNORECASE)
_ORGANISATION = re.compile(ORGANISATION, re.IGNORECASE)
_TITLE = re.compile(rf"(?:{TITLES})", re.IGNORECASE)
_LINKS = re.compile(r"of|the|for|and|de|la|du|des|del|y|et|der|für|und")
_SURE_KINDS: Final = frozenset({"person", "organisation", "document"})


def is_sure(origin: Source) -> bool:
    """Tell whether an origin is one by name: whose report a document is must be said, and an outlet only passes on."""
    if not origin.named or origin.kind not in _SURE_KINDS:
        return False
    if origin.kind != "document":
        return True
    whose = _DOCUMENT.sub(" ", origin.name)
    return bool(_ORGANISATION.search(whose)) or any(each[:1].isupper() for each in whose.split())


def independent_origins(reports: Iterable[Behind]) -> Interval:
    """Count the independent origins of several reports.

    Args:
        reports: earliest first.
    """
    given = list(reports)
    lineages: dict[str, list[Behind]] = {}
    reasons: list[Merge] = []
    seen: set[str] = set()
    unrecorded = 0
    sure: dict[str, frozenset[_Name]] = {}
    for number, each in enumerate(given, 1):
        if each.lineage in lineages:
            reasons.append(Merge(number, "derived"))
            lineages[each.lineage].append(each)
            continue
        lineages[each.lineage] = [each]
        if not each.origins:
            unrecorded += 1
        seen |= {origin.key for origin in each.origins}
        why = _unsure(each)
        reasons += [Merge(number, why)] if why else []
        sure[each.lineage] = frozenset()
    for lineage, members in lineages.items():
        if _unsure(members[0]) is None:
            sure[lineage] = frozenset(name for member in members for name in _names(member))
    numbers = {each.lineage: number for number, each in reversed(list(enumerate(given, 1)))}
    conflicts = _conflicts(sure)
    reasons += [Merge(numbers[each], "shared") for each in _later(conflicts, numbers)]
    at_most = len(seen) + unrecorded
    at_least = min(max(_most_apart(conflicts), 1), at_most)
    return Interval(at_least, at_most, tuple(sorted(reasons, key=lambda each: each.report)))


def may_be_one(a: Source, b: Source) -> bool:
    """Tell whether two origins named in one language may be the same under two writings."""
    return a.key == b.key or _may_be_one(("", a.kind, a.name), ("", b.kind, b.name))


def _unsure(report: Behind) -> Why | None:
    """Return why a report counts as no origin for sure; None where it does."""
    if report.first is not None and (why := _unsure(report.first)):
        return why
    if not report.origins:
        return "unrecorded"
    if any(map(is_sure, report.origins)):
        return None
    return "passed on" if any(each.kind in {"outlet", "agency"} for each in report.origins) else "unnamed"


def _names(report: Behind) -> set[_Name]:
    own: set[_Name] = {(report.language, each.kind, each.name) for each in report.origins if is_sure(each)}
    return own | _names(report.first) if report.first else own


def _conflicts(sure: Mapping[str, frozenset[_Name]]) -> dict[str, set[str]]:
    """Return, for each lineage with a sure origin, those that it may share one with."""
    found: dict[str, set[str]] = {key: set() for key, names in sure.items() if names}
    for one, other in combinations(found, 2):
        if any(_may_be_one(a, b) for a in sure[one] for b in sure[other]):
            found[one].add(other)
            found[other].add(one)
    return found


def _later(conflicts: Mapping[str, set[str]], numbers: Mapping[str, int]) -> list[str]:
    """Return the lineages that may share an origin with an earlier one."""
    return [each for each, others in conflicts.items() if any(numbers[other] < numbers[each] for other in others)]


def _most_apart(conflicts: Mapping[str, set[str]]) -> int:
    """Return the size of a largest set of which no two conflict; of very tangled ones, of a large one."""
    steps = [_MOST_STEPS]

    def most(left: frozenset[str]) -> int:
        count = 0
        while left:
            chosen = min(left, key=lambda each: (len(conflicts[each] & left), each))
            around = conflicts[chosen] & left
            if not _all_conflict(conflicts, around) and steps[0] > 0:
                steps[0] -= 1
                widest = max(around, key=lambda each: (len(conflicts[each] & left), each))
                return count + max(most(left - {widest}), 1 + most(left - conflicts[widest] - {widest}))
            count += 1  # of those that all conflict with each other one at most counts, and this one hinders no other
            left -= around | {chosen}
        return count

    return most(frozenset(conflicts))


def _all_conflict(conflicts: Mapping[str, set[str]], some: set[str]) -> bool:
    return all(other in conflicts[one] for one, other in combinations(some, 2))


@lru_cache(65_536)
def _may_be_one(a: _Name, b: _Name) -> bool:
    """Tell whether two names can be of one origin (rule 3)."""
    ones, others = _tokens(a[2]), _tokens(b[2])
    if a[1] == b[1] == "person":
        ones, others = (tuple(each for each in some if not _TITLE.fullmatch(each)) for some in (ones, others))
        if any(_script(one) != _script(other) for one in ones for other in others):
            return True
        return any(len(one) > 1 and len(other) > 1 and _alike(one, other) for one in ones for other in others)
    if a[0] != b[0]:
        return True
    return (
        _within(ones, others)
        or _within(_telling(ones), _telling(others))
        or _abbreviates(ones, others)
        or _abbreviates(others, ones)
    )


def _within(ones: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether all words of the shorter name are in the longer one."""
    few, many = sorted((ones, others), key=len)
    return all(any(_alike(one, other) for other in many) for one in few)


@lru_cache(16_384)
def _tokens(name: str) -> tuple[str, ...]:
    plain = "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
    return tuple(re.findall(r"[^\W_]+", re.sub(r"[’']s\b", "", plain)))


def _telling(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a name that tell it from others; all of them where none does."""
    found = tuple(each for each in tokens if not _GENERIC.fullmatch(each) and not _DOCUMENT.fullmatch(each))
    return found or tuple(tokens)


def _alike(one: str, other: str) -> bool:
    """Tell whether two words are one, give or take a letter of a long one."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _NEAR or len(long) - len(short) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[start + (len(short) == len(long)) :] == long[start + 1 :]


def _abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether a name is the first letters of another: `fbi`."""
    if len(short) != 1 or len(short[0]) < 2:  # noqa: PLR2004  one letter is no abbreviation
        return False
    telling = [each for each in long if not _LINKS.fullmatch(each)]
    return short[0] in {"".join(each[0] for each in words) for words in (long, telling)}


def _script(word: str) -> str:
    return unicodedata.name(word[0], "?").split()[0]
