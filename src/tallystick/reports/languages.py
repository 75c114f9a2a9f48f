"""Which language a text is in.

Rules
 1. Letters tell it: `py3langid`, asked for the five languages whose cues are known. A few words are enough, mostly.
 2. Where no letter is of a script of theirs, a text is English.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from tallystick.reports.cue_tables import Language
from tallystick.reports.cues import LANGUAGES

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_MOST_CHARS = 400
"""The beginning of a text; more of it changes nothing."""
_LATIN_OR_ARABIC = re.compile(r"[A-Za-z\u00c0-\u024f\u0620-\u064a]")


def language_of(text: str) -> Language:
    """Return the language of a text."""
    start = text[:_MOST_CHARS]
    return language_called(_identifier().classify(start)[0] if _LATIN_OR_ARABIC.search(start) else "en")


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - takes most of a second

    made = LanguageIdentifier.from_model_file(MODEL_FILE)
    made.set_languages([each.code for each in LANGUAGES])
    return made


def language_called(code: str) -> Language:
    """Return the language with a code of `LANGUAGES`."""
    return next(each for each in LANGUAGES if each.code == code)
