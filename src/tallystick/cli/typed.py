"""What a person types about a person, as the record format writes it.

Never guesses in silence: where a date can be read in two ways, the reading taken is said.

Rules
 1. Of 03/09/1974 the first number is the day; where that is no date, the month.
 2. A country is an ISO 3166-1 code, or a name or demonym that is looked up.
 3. What cannot be read is refused without repeating it.
"""

import re

from tallystick.errors import InputError, RecordError
from tallystick.model import parse_birth_date

_PLAIN = re.compile(r"\d{4}(-\d\d){0,2}~?\Z", re.ASCII)
_TWO_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})\Z")
_CODE = re.compile(r"[A-Za-z]{2}\Z")
_MONTHS = 12


def read_born(text: str) -> tuple[str, str]:
    """Read a birth date as typed.

    Args:
        text: `1974`, `1974-09-03`, `3.9.1974`, `03/09/1974`, `3 September 1974`, `around 1974`, `1985-1990`; or nothing.

    Returns:
        The date in EDTF, and a remark where another reading was possible.

    Raises:
        InputError: it is no date.
    """
    if _PLAIN.match(text):  # most dates; the reader of all others takes its time to load
        return _plain(text), ""
    from tallystick.adapters.formats.birth_dates import read_birth_date

    read = read_birth_date(text)
    if read.problem:
        read = read_birth_date(text, month_first=True)
    if read.problem or (text.strip() and not read.edtf):
        raise InputError(
            f"--born cannot be used: {read.problem.rpartition(': ')[2] or 'no date'}",
            hint="write 1974, 1974-09-03, 3.9.1974, 'around 1974' or 1985/1990",
        )
    return read.edtf, _remark(text.strip(), read.edtf)


def _plain(text: str) -> str:
    try:
        return parse_birth_date(text).edtf
    except RecordError as error:
        raise InputError(
            f"--born cannot be used: {error}",
            hint="a year of another calendar (Hijri 1375) may be two of ours: write 1955/1956",
        ) from None


def _remark(text: str, edtf: str) -> str:
    found = _TWO_NUMBERS.match(text)
    if found is None or found[1] == found[3] or max(int(found[1]), int(found[3])) > _MONTHS:
        return ""
    other = f"{found[4]}-{int(found[1]):02d}-{int(found[3]):02d}"
    return f"born is read as {edtf}, the day first; write {other} if that is meant"


def read_country(text: str) -> str:
    """Return the code of a country as typed.

    Raises:
        InputError: no country of that name is known.
    """
    if not text or _CODE.match(text):
        return text.lower()
    from tallystick.adapters.formats.countries import country_code

    code = country_code(text)
    if code is None:
        raise InputError("--country names no country", hint="write its two letters, such as ma, or its name in English")
    return code
