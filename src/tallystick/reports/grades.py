"""Grades: how reliable a source is, how credible a claim, on the scales of Admiralty and Europol; with a dated history.

Pure. Grades are given by people. F and 6 mean that nobody can say; they stand for no number.

Rules
 1. Reliability belongs to the source and has a history; what held on a day is what was said last up to that day.
 2. Credibility 1, confirmed, needs at least two independent origins, or a second reader who says otherwise, with a reason.
 3. Scales are mapped both ways; where a step loses something, that is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from tallystick.errors import NotApprovedError
from tallystick.reports.independence import Interval

Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Literal["1", "2", "3", "4", "5", "6"]
EuropolSource = Literal["A", "B", "C", "X"]
EuropolInformation = Literal["1", "2", "3", "4"]

RELIABILITY: dict[Reliability, str] = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY: dict[Credibility, str] = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
EUROPOL_INFORMATION: dict[EuropolInformation, str] = {
    "1": "no doubt about its accuracy",
    "2": "known personally to the source, not to the official who passes it on",
    "3": "not known personally to the source, but corroborated by other information already recorded",
    "4": "not known personally to the source, and cannot be corroborated",
}
_TO_EUROPOL: dict[Reliability, tuple[EuropolSource, str]] = {
    "A": ("A", ""),
    "B": ("B", ""),
    "C": ("C", "fairly reliable becomes mostly unreliable: Europol has no step between"),
    "D": ("C", ""),
    "E": ("C", "unreliable becomes mostly unreliable"),
    "F": ("X", ""),
}
_FROM_EUROPOL: dict[EuropolSource, tuple[Reliability, str]] = {
    "A": ("A", ""),
    "B": ("B", ""),
    "C": ("D", "Europol's C covers C, D and E"),
    "X": ("F", ""),
}
CONFIRMED: Credibility = "1"
CONFIRMING = 2


@dataclass(frozen=True, slots=True)
class Grading:
    """One grade of a source, by one person, from one day on.

    Attributes:
        grade: A to F.
        since: from when.
        by: who gave it, a pseudonym.
        reason: why; no personal data.
    """

    grade: Reliability
    since: date
    by: str
    reason: str = field(repr=False)


def grade_on(history: Sequence[Grading], day: date) -> Reliability:
    """Return the grade that held on a day; F before the first.

    Args:
        history: in the order the grades were given: of two for one day the later one corrects the earlier.
        day: which day.
    """
    said = sorted((each for each in history if each.since <= day), key=lambda each: each.since)
    return said[-1].grade if said else "F"


def to_europol(grade: Reliability) -> tuple[EuropolSource, str]:
    """Return Europol's code for a reliability, and what is lost; empty where nothing is."""
    return _TO_EUROPOL[grade]


def from_europol(code: EuropolSource) -> tuple[Reliability, str]:
    """Return the reliability for Europol's code, and what is not known by it."""
    return _FROM_EUROPOL[code]


def check_credibility(grade: Credibility, origins: Interval) -> None:
    """Let a credibility pass (rule 2); an override by a second reader is another act (`reports.acts`).

    Raises:
        NotApprovedError: confirmed, with fewer than two origins for sure.
    """
    if grade == CONFIRMED and origins.at_least < CONFIRMING:
        raise NotApprovedError(
            f"confirmed needs two independent origins, and there may be {origins.at_least}",
            hint="grade it 2, name claims of other origins that say the same, or give an override for a second reader",
        )
