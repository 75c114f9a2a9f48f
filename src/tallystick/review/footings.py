"""How the reports stand on which a case rests, as its two sides tell each other: told, heard, heeded by a person.

A report has one random name between two sides, and of its text nothing is told. `said` and `heeded` are the only ways on.

Rules
 1. What was withdrawn stays withdrawn: no grade comes after it.
 2. What changes nothing is not said: neither grades nor disclosures that were told before.
 3. A change that is heard waits for a person, each one anew. Who heeds an older one, because it crossed on the line with a newer
    one, has not heeded the newer.
 4. One side tells the other of MOST reports in a case at most.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from tallystick.errors import RefusedError
from tallystick.review import events

MOST: Final = 32
Change = Literal["withdrawn", "graded"]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a report is worth: withdrawn, or graded; then as the Admiralty scales have it, and 6 and F where nobody can say."""

    change: Change
    credibility: str = ""
    reliability: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """How one report stands.

    Attributes:
        report: its random name.
        is_heard: whether the other side told us; else we told it.
        worth, changed_at: what it is worth, and since when.
        disclosures: digests of those of the case that rest on it.
        message, at: digest of the newest message of it, and when that was told or heard.
        past: digests of those before.
        heeded_at, heeded_by, note: when a person of the side that heard it had looked, who, and what was done.
    """

    report: str
    is_heard: bool
    worth: Worth
    changed_at: datetime
    disclosures: tuple[str, ...]
    message: str
    at: datetime
    past: tuple[str, ...] = ()
    heeded_at: datetime | None = None
    heeded_by: str = ""
    note: str = ""


Footings = tuple[Footing, ...]


def to_heed(footings: Footings) -> Footings:
    """Return what was heard and waits for a person."""
    return tuple(each for each in footings if each.is_heard and each.heeded_at is None)


def told(footings: Footings, report: str = "") -> Footing | None:
    """Return what the other side was told of a report, or of any; None before."""
    return next((each for each in footings if not each.is_heard and report in {"", each.report}), None)


def said(footings: Footings, event: events.FootingSaid) -> Footings:
    """Return what is told or heard, after one more.

    Raises:
        RefusedError: it changes nothing, comes after a withdrawal, or is of too many reports.
    """
    is_heard = isinstance(event, events.FootingHeard)
    worth = Worth(event.change, event.credibility, event.reliability)
    made = Footing(
        report=event.report, is_heard=is_heard, worth=worth, changed_at=event.changed_at, disclosures=event.disclosures,
        message=event.message, at=event.at,
    )  # fmt: skip
    before = next((each for each in footings if (each.report, each.is_heard) == (event.report, is_heard)), None)
    if before is None:
        _need(sum(each.is_heard == is_heard for each in footings) < MOST, "too many reports are told of in this case")
        return (*footings, made)
    _need(before.worth.change != "withdrawn" or worth == before.worth, "a report that was withdrawn is graded no more")
    _need((before.worth, before.disclosures) != (worth, event.disclosures), "this was said of the report already")
    made = replace(made, past=(*before.past, before.message))
    return tuple(made if each is before else each for each in footings)


def heeded(footings: Footings, event: events.FootingHeeded) -> Footings:
    """Return them after a person has looked at one.

    Raises:
        RefusedError: nobody said it, or it was looked at already.
    """
    of_side = [each for each in footings if each.is_heard == event.heard]
    if any(event.message in each.past for each in of_side):
        return footings  # it crossed a newer one on the line
    found = next((each for each in of_side if each.message == event.message), None)
    _need(found, "no such footing was said")
    _need(found is not None and found.heeded_at is None, "it was heeded already")
    return _changed(footings, found, lambda each: replace(each, heeded_at=event.at, heeded_by=event.by, note=event.note))


def _changed(footings: Footings, which: Footing | None, change: Callable[[Footing], Footing]) -> Footings:
    return tuple(change(each) if each is which else each for each in footings)


def _need(true: object, message: str) -> None:
    if not true:
        raise RefusedError(message, hint="see `tallystick case show`")
