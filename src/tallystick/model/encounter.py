"""Who was met, where, when, and under which identity: an encounter of a person with an organisation.

Values only. The identity is a record as it was presented; whose it is, nobody has decided.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tallystick.errors import RecordError
from tallystick.model.codec import clean_text
from tallystick.model.dates import parse_birth_date
from tallystick.model.record import Record

KINDS: Final = ("border", "arrest", "registration", "report")
MAX_PLACE_CHARS: Final = 200
_COUNTRY: Final = re.compile(r"[a-z]{2}\Z")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """One encounter.

    Attributes:
        person: the identity as presented: names, birth date, documents.
        kind: one of KINDS.
        country: where, ISO 3166-1 alpha-2 in lower case.
        time: when, in EDTF: a date as for births, or a moment in UTC (`2026-11-25T14:05Z`).
        place: which post, station or office; may be empty.
    """

    person: Record = field(repr=False)
    kind: str
    country: str
    time: str
    place: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what is outside its format.

        Raises:
            RecordError: an unknown kind, no country code, no time in EDTF, or a place that is too long.
        """
        if self.kind not in KINDS:
            raise RecordError("an encounter has a kind that is none", hint=f"take one of: {', '.join(KINDS)}")
        if _COUNTRY.match(self.country) is None:
            raise RecordError("an encounter has no country", hint="write its ISO 3166-1 alpha-2 code in lower case, such as fr")
        if self.place != clean_text(self.place) or len(self.place) > MAX_PLACE_CHARS:
            raise RecordError("the place of an encounter cannot be used", hint=f"at most {MAX_PLACE_CHARS} plain characters")
        check_time(self.time)


def check_time(text: str) -> None:
    """Refuse a time that is none.

    Raises:
        RecordError: neither a date in EDTF nor a moment in UTC.
    """
    if "T" not in text:
        try:
            parse_birth_date(text)
        except RecordError:
            raise _no_time() from None
        return
    try:
        is_moment = _MOMENT.match(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        is_moment = False
    if not is_moment:
        raise _no_time()


def _no_time() -> RecordError:
    return RecordError("the time of an encounter is not EDTF", hint="write 2026-11-25 or 2026-11-25T14:05Z")
