"""The tables of cues as regular expressions.

Pure.
"""

import re
from dataclasses import dataclass
from functools import cache

from tallystick.reports.languages import language_called


@dataclass(frozen=True, slots=True)
class Patterns:
    """The tables of one language as regular expressions."""

    leak: re.Pattern[str]
    before: re.Pattern[str]
    verbs: re.Pattern[str]
    behind: re.Pattern[str]
    helpers: re.Pattern[str]
    stops: re.Pattern[str]


@cache
def patterns(code: str) -> Patterns:
    """Return the tables of the language with a code."""
    language = language_called(code)
    joint = r"(?<!\w)(?:{})(?!\w)" if code != "ar" else r"(?<!\w)(?:{})"
    cues = (joint.format(words) for words in (language.leak, language.before, language.verbs, language.behind))
    if code == "fr":  # an elided `d'` is part of the word that follows it
        cues = (each.replace("[’'])(?!\\w)", "[’'])") for each in cues)
    helpers, stops = rf"(?:(?:^|(?<=\s))(?:{language.helpers})\s*)+$", rf"\s+(?:{language.stops})(?!\w)"
    leak, before, verbs, behind = cues
    return Patterns(
        re.compile(leak, re.IGNORECASE), re.compile(before, re.IGNORECASE), re.compile(verbs), re.compile(behind),
        re.compile(helpers, re.IGNORECASE), re.compile(stops),
    )  # fmt: skip
