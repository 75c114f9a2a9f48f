"""A document as a report: its zones, its language, whose statements it passes on, what it claims.

Pure: blocks of text come in. Everything here is read out of the document again whenever it is asked for; nothing of it is kept.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from tallystick.reports.attribution import Attribution, attributions
from tallystick.reports.chain import Chain, chain_of
from tallystick.reports.claims import Claim, claims
from tallystick.reports.derivation import Derivation, Sketches, sketch
from tallystick.reports.independence import Behind, Interval, independent_origins
from tallystick.reports.languages import language_called, language_of
from tallystick.reports.zones import Block, Passage, Zone, zoned

_BETWEEN = "\n\n"


@dataclass(frozen=True)
class Reading:
    """What was read out of one document.

    Attributes:
        passages: all of it, zone by zone.
        language: ISO 639-1.
        main: the passages of the main text, joined by blank lines; attributions and claims count its characters.
        chain: see there.
        attributions, claims: see there; found out when they are asked for, which counting origins does not.
        mains: the passages of the main text, each with where it begins in `main`.
    """

    passages: tuple[Passage, ...] = field(repr=False)
    language: str
    main: str = field(repr=False)
    chain: Chain = field(repr=False)

    @cached_property
    def attributions(self) -> tuple[Attribution, ...]:
        return tuple(attributions(self.main, language_called(self.language)))

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claims(self.main, self.attributions, self.language))

    @cached_property
    def mains(self) -> tuple[tuple[int, Passage], ...]:
        chosen = [each for each in self.passages if each.zone == "main"]
        starts = accumulate((len(each.text) + len(_BETWEEN) for each in chosen), initial=0)
        return tuple(zip(starts, chosen, strict=False))

    def first(self, zone: Zone) -> str:
        """Return the text of the first passage of a zone; empty where there is none."""
        return next((each.text for each in self.passages if each.zone == zone), "")

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters of the main text stand in the document; the whole passage where that holds markup."""
        number = bisect_right(self.mains, start, key=lambda each: each[0]) - 1
        if number < 0:
            return 0, 0
        at, passage = self.mains[number]
        if start >= at + len(passage.text):
            return 0, 0
        if passage.end - passage.start != len(passage.text):
            return passage.start, passage.end
        return passage.start + start - at, min(passage.start + end - at, passage.end)


def read_report(blocks: Sequence[Block]) -> Reading:
    """Read a document, given as its blocks."""
    passages = zoned(blocks)
    main = _BETWEEN.join(each.text for each in passages if each.zone == "main")
    language = language_of(main)
    counted = attributions(main, language, is_whole=False)
    agency = next((each.text for each in passages if each.zone == "agency"), "")
    return Reading(tuple(passages), language.code, main, chain_of(counted, main, agency, language.code))


@dataclass(frozen=True, slots=True)
class Derived:
    """One report that has its wording from an earlier one: their numbers from 1, and how much."""

    report: int
    source: int
    how: Derivation


def derived_reports(readings: Sequence[Reading]) -> list[Derived]:
    """Return which reports are derived from an earlier one, in their order."""
    sketches, out = Sketches(), []
    for number, reading in enumerate(readings, 1):
        if found := sketches.add(sketch(reading.main)):
            out.append(Derived(number, found[0] + 1, found[1]))
    return out


def origins_of(readings: Sequence[Reading]) -> tuple[Interval, list[Derived]]:
    """Count the independent origins of several reports, earliest first."""
    derived = derived_reports(readings)
    root = list(range(len(readings) + 1))
    for each in derived:
        root[each.report] = root[each.source]
    behind = [
        Behind(str(root[number]), tuple(each.chain.origins()), each.chain.language) for number, each in enumerate(readings, 1)
    ]
    return independent_origins(behind), derived


def groups_of(readings: Sequence[Reading]) -> list[list[int]]:
    """Return the reports, earliest first, grouped with those that have their wording wholly from them; numbers from 0."""
    first = list(range(len(readings)))
    for each in derived_reports(readings):
        if each.how == "wholly":
            first[each.report - 1] = first[each.source - 1]
    return [[number for number, own in enumerate(first) if own == root] for root in sorted(set(first))]
