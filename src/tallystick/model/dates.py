"""Birth dates as they are known: whole, partial, about, or somewhere in an interval.

Reads the part of EDTF (ISO 8601-2:2019) that registers need and nothing more:
`1964`, `1964-05`, `1964-05-03`, `1964~` (about), `1960/1965` (somewhere in it, ends included).
Knows no clock and no calendar but the proleptic Gregorian one.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from tallystick.errors import RecordError

FIRST_YEAR = 1800
"""Years before it are refused: in a register of living persons they are another calendar (Hijri 1385 is 1965)."""
LAST_YEAR = 2100

_SIMPLE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(~?)\Z")


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A birth date with its own precision.

    Attributes:
        first: earliest day it can be.
        last: latest day it can be.
        about: the source says "circa"; the true day may lie outside.
        edtf: the canonical writing.
    """

    first: date = field(repr=False)
    last: date = field(repr=False)
    about: bool
    edtf: str = field(repr=False)


def parse_birth_date(text: str) -> BirthDate:
    """Read one birth date in EDTF.

    Args:
        text: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, each optionally followed by `~`, or two of them joined by `/`.

    Returns:
        The date with its first and last possible day.

    Raises:
        RecordError: not EDTF, no such day, a year outside FIRST_YEAR..LAST_YEAR, or an interval that ends before it begins.
    """
    start, slash, end = text.partition("/")
    first, last, about = _simple(start)
    if slash:
        other_first, other_last, other_about = _simple(end)
        if other_last < first:
            raise RecordError("birth date interval ends before it begins", hint="write the earlier date first")
        last, about = max(last, other_last, other_first), about or other_about
    return BirthDate(first=first, last=last, about=about, edtf=text)


def _simple(text: str) -> tuple[date, date, bool]:
    found = _SIMPLE.match(text)
    if found is None:
        raise RecordError("birth date is not EDTF", hint="write 1964, 1964-05, 1964-05-03, 1964~ or 1960/1965")
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RecordError(
            f"birth year lies outside {FIRST_YEAR} to {LAST_YEAR}",
            hint="convert dates of other calendars (Hijri, Buddhist, ...) before importing",
        )
    try:
        first = date(year, month, day)
    except ValueError:
        raise RecordError("birth date is no day of the calendar", hint="give the year, or year and month, alone") from None
    return first, _last_day(first, found[2] is not None, found[3] is not None), bool(found[4])


def _last_day(first: date, has_month: bool, has_day: bool) -> date:  # noqa: FBT001
    if has_day:
        return first
    if has_month:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(month=12, day=31)
