"""Birth dates as lists write them, to EDTF (see `model.dates`).

Reads texts; does not convert calendars and does not guess which of two numbers is the month.

Rules
 1. A day or month written as 0 is unknown: 00/00/1964 is 1964, 00/05/1964 is 1964-05.
 2. circa, about, approximately, ca., c. and a trailing ~ become `~`; "to", "-", "and", "/" between two dates an interval.
 3. A year from 1300 to 1500 is taken for the Hijri calendar; such a date is left out, and so is an impossible one.
 4. A year of two digits is completed only where the first of the hundred years it lies in is given; else it is left out.
 5. What cannot be read is left out with a reason; it never takes the record with it.
"""

import re
from calendar import monthrange
from typing import NamedTuple

from tallystick.errors import RecordError
from tallystick.model import parse_birth_date
from tallystick.model.dates import FIRST_YEAR, LAST_YEAR

OTHER_CALENDAR = "birth date dropped: other calendar"
IMPOSSIBLE = "birth date dropped: no day of the calendar"
NOT_UNDERSTOOD = "birth date dropped: not understood"
TWO_DIGITS = "birth date dropped: year of two digits"
COMPLETED = "birth date: year of two digits completed"

_MAX_CHARS = 80
_HIJRI_YEARS = range(1300, 1501)
_LONGEST_YEARS = 60
"""An interval longer than that says nothing and is most likely two other numbers."""

_SHORTEST_MONTH = 28

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio janeiro januari ocak stycznia styczeń января январь січня يناير",
            (
                "february feb februar février fevrier febrero febbraio fevereiro "
                "februari şubat lutego luty февраля февраль лютого فبراير"
            ),
            "march mar märz maerz mars marzo março maart mart marca marzec марта март березня مارس",
            "april apr avril abril aprile nisan kwietnia kwiecień апреля апрель квітня أبريل ابريل",
            "may mai mayo maggio maio mei maj mayıs maja мая май травня مايو",
            "june jun juni juin junio giugno junho haziran czerwca czerwiec июня июнь червня يونيو",
            "july jul juli juillet julio luglio julho temmuz lipca lipiec июля июль липня يوليو",
            "august aug août aout agosto augusti augustus ağustos sierpnia sierpień августа август серпня أغسطس اغسطس",
            "september sep sept septembre septiembre settembre setembro eylül września wrzesień сентября сентябрь вересня سبتمبر",
            (
                "october oct oktober okt octobre octubre ottobre outubro "
                "ekim października październik октября октябрь жовтня أكتوبر اكتوبر"
            ),
            "november nov novembre noviembre novembro kasım listopada listopad ноября ноябрь листопада نوفمبر",
            (
                "december dec dezember dez décembre decembre diciembre dicembre dezembro "
                "aralık grudnia grudzień декабря декабрь грудня ديسمبر"
            ),
        ),
        start=1,
    )
    for name in names.split()
}

_ABOUT = re.compile(
    r"\b(circa|about|around|approximately|approx|ca|c|vers|um|env|environ|alrededor de|hacia)\b\.?\s*|~", re.IGNORECASE
)
_BETWEEN = re.compile(r"^(?:between|from|de|entre|zwischen|von)\s+", re.IGNORECASE)
_TO = re.compile(
    r"\s+(?:to|and|or|bis|und|et|à|a|y|through)\s+|\s*[–—]\s*|\s+-\s+|\s*/\s*(?=\d{4}-)|(?<=\d{4})\s*[-/]\s*(?=\d{4}\b)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"(?:(early|mid|late)[- ])?(\d{3})0'?s\Z", re.IGNORECASE)
_PARTS_OF_DECADE = {"": (0, 9), "early": (0, 4), "mid": (3, 7), "late": (5, 9)}
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ][\d:.+Z-]*)?\Z")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_NUMBERS = re.compile(r"(?:(\d{1,2})[./-])?(\d{1,2})[./-](\d{4})\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})(?:[./](\d{1,2}))?\Z")
_WORDS = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[ -]+(?:de )?)?([^\W\d_]+)\.?,?[ -]+(?:de )?(\d{4})\Z")
_HAN = re.compile(r"(\d{4}) ?[年년] ?(?:(\d{1,2}) ?[月월] ?(?:(\d{1,2}) ?[日일])?)?\Z")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]M)?\Z", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"((?:\d{1,2}[./-]){2}|\d{1,2}[ .-]+[^\W\d_]{3,}[ .-]+)(\d{2})\Z")
_US_WORDS = re.compile(r"([^\W\d_]+)\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})\Z")


class Reading(NamedTuple):
    """A date in EDTF, or an empty text and why there is none."""

    edtf: str
    problem: str = ""


class _Day(NamedTuple):
    year: int
    month: int
    day: int


def read_birth_date(text: str, *, month_first: bool = False, two_digit_years: int = 0) -> Reading:
    """Read one birth date as a list writes it.

    Args:
        text: `1964`, `00/00/1964`, `03 May 1964`, `circa 1964`, `1960 to 1965`, `1964-05-03`, ...
        month_first: numbers such as 05/03/1964 give the month first (American tables).
        two_digit_years: the first of the hundred years that a year of two digits lies in; 0 where that is not known.

    Returns:
        The date, or the reason why there is none. Empty text gives neither.
    """
    plain = " ".join(text.split()).strip(" .,;-")
    if not plain:
        return Reading("")
    if len(plain) > _MAX_CHARS:
        return Reading("", NOT_UNDERSTOOD)
    plain = _TIME.sub("", plain)
    if short := _SHORT_YEAR.match(plain):
        return _completed(short, month_first=month_first, first_year=two_digit_years)
    about = _ABOUT.search(plain) is not None
    plain = _BETWEEN.sub("", _ABOUT.sub("", plain)).strip()
    decade = _decade(plain)
    if decade:
        return decade
    start, *rest = _TO.split(plain, maxsplit=1)
    first = _day(start, month_first=month_first)
    last = _day(rest[0], month_first=month_first) if rest else first
    if first is None or last is None:
        return Reading("", NOT_UNDERSTOOD)
    return _checked(first, last, about=about)


def read_parts(year: int, month: int = 0, day: int = 0, *, about: bool = False) -> Reading:
    """Read a date given as numbers; 0 is unknown."""
    only = _Day(year, month, day)
    return _checked(only, only, about=about)


def read_years(first: int, last: int, *, about: bool = False) -> Reading:
    """Read an interval of years, ends included."""
    return _checked(_Day(first, 0, 0), _Day(last, 0, 0), about=about)


def read_days(first: tuple[int, int, int], last: tuple[int, int, int], *, about: bool = False) -> Reading:
    """Read an interval of days, each as year, month and day, ends included; whole years and months become such."""
    return _checked(_Day(*first), _Day(*last), about=about)


def _completed(found: re.Match[str], *, month_first: bool, first_year: int) -> Reading:
    """Read a date whose year has two digits, as that year of the hundred that begin with `first_year`."""
    if not first_year:
        return Reading("", TWO_DIGITS)
    whole = f"{found[1]}{first_year + (int(found[2]) - first_year) % 100}"
    read = read_birth_date(whole, month_first=month_first)
    return read if read.problem else Reading(read.edtf, COMPLETED)


def _decade(text: str) -> Reading | None:
    found = _DECADE.match(text)
    if found is None:
        return None
    low, high = _PARTS_OF_DECADE[(found[1] or "").lower()]
    return read_years(int(found[2]) * 10 + low, int(found[2]) * 10 + high)


def _day(text: str, *, month_first: bool) -> _Day | None:
    text = text.strip(" ,")
    numbers = (_NUMBERS, "mdy" if month_first else "dmy")
    for pattern, order in (
        (_ISO, "ymd"),
        (_HAN, "ymd"),
        (_YEAR_FIRST, "ymd"),
        (_COMPACT, "ymd"),
        numbers,
        (_WORDS, "dmy"),
        (_US_WORDS, "mdy"),
    ):
        found = pattern.match(text)
        if found is not None:
            return _ordered(dict(zip(order, found.groups(), strict=True)), swapped=pattern is _NUMBERS and month_first)
    return None


def _ordered(parts: dict[str, str | None], *, swapped: bool) -> _Day | None:
    if swapped and parts["m"] is None:  # 05/1964 matches with its only number in the day's place
        parts["m"], parts["d"] = parts["d"], None
    month = parts["m"] or "0"
    number = int(month) if month.isdecimal() else _MONTHS.get(month.lower(), -1)
    if number < 0:
        return None
    return _Day(int(parts["y"] or 0), number, int(parts["d"] or 0))


def _checked(first: _Day, last: _Day, *, about: bool) -> Reading:
    years = (first.year, last.year)
    if any(year in _HIJRI_YEARS for year in years):
        return Reading("", OTHER_CALENDAR)
    if not all(FIRST_YEAR <= year <= LAST_YEAR for year in years):
        return Reading("", IMPOSSIBLE)
    if last.year - first.year > _LONGEST_YEARS:
        return Reading("", NOT_UNDERSTOOD)
    first, last = _coarsest(first, last)
    text = _edtf(first) + ("~" if about else "")
    if last != first:
        text = f"{text}/{_edtf(last)}" + ("~" if about else "")
    try:
        parse_birth_date(text)
    except RecordError:
        return Reading("", IMPOSSIBLE)
    return Reading(text)


def _coarsest(first: _Day, last: _Day) -> tuple[_Day, _Day]:
    """Return an interval of days as one of years or months where it covers them whole."""
    if first[1:] == (1, 1) and last[1:] == (12, 31):
        return _Day(first.year, 0, 0), _Day(last.year, 0, 0)
    if (
        first.day == 1
        and last.day >= _SHORTEST_MONTH
        and last.month in _MONTHS.values()
        and last.day == monthrange(last.year, last.month)[1]
    ):
        return first._replace(day=0), last._replace(day=0)
    return first, last


def _edtf(day: _Day) -> str:
    if not day.month:
        return f"{day.year:04d}"
    return f"{day.year:04d}-{day.month:02d}" + (f"-{day.day:02d}" if day.day else "")
