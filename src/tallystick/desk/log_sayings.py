"""What entries of the audit log say in words, in the language of who reads them: the details of an entry, by its kind.

The log holds one English writing of each, the same for everybody: it is hashed. Here it is read by the pattern of its kind and
said again; names, ids and numbers stay. What nobody has translated is shown as it stands in the log.
"""

import re
from collections.abc import Sequence
from functools import cache

from tallystick.desk import languages, sayings

_BY = ("%(name)s by %(by)s",)
_LOOKUPS = (
    "%(count)s in all registers by %(by)s at the desk",
    "%(count)s in %(register)s by %(by)s at the desk",
    "%(count)s in %(register)s by %(by)s at the desk for case %(case)s",
    "%(count)s in all registers by %(by)s on the command line",
    "%(count)s in %(register)s by %(by)s on the command line",
    "%(count)s in %(register)s by %(by)s on the command line for case %(case)s",
    "%(count)s in any register by %(by)s with token %(token)s",
    "%(count)s in %(register)s by %(by)s with token %(token)s",
    "the first %(count)s in %(register)s by %(by)s at the desk",
    "case %(case)s by %(by)s at the desk",
    "case %(case)s by %(by)s on the command line",
    "1 record by %(by)s at the desk",
    "1 record by %(by)s on the command line",
)
_IMPORTED = (
    "edition %(edition)s of %(register)s: %(added)s added, %(changed)s changed, %(removed)s removed, %(quarantined)s quarantined"
)
_REPORTS = ("by %(by)s", "by %(by)s, %(count)s acts")
PATTERNS: dict[str, Sequence[str]] = {
    "staff-added": ("%(name)s as %(role)s by %(by)s",),
    "staff-session-ended": (
        "%(name)s: ended by the identity provider", "%(name)s: the identity provider does not confirm it any more",
    ),
    "token-made": ("%(token)s of %(name)s for %(days)s days by %(by)s",),
    "token-revoked": ("%(token)s of %(name)s by %(by)s",),
    "register-import": ("%(format)s into %(register)s by %(by)s",),
    "register-imported": (_IMPORTED,),
    "register-searched": _LOOKUPS, "records-read": _LOOKUPS, "case-read": _LOOKUPS, "lookups-traced": _LOOKUPS,
    "two-manifests": (
        "%(member)s signed two manifests with number %(number)s in circle %(circle)s; the other was shown by %(by)s",
    ),
    "broken-rule": (
        "%(circle)s, %(member)s: %(error)s: %(why)s", "%(circle)s, %(member)s (%(count)s more before it): %(error)s: %(why)s",
    ),
}  # fmt: skip
"""What an entry of a kind may say; a kind that is not here is looked up by what it begins with."""
BEGINNINGS: dict[str, Sequence[str]] = {"staff-": _BY, "report-": _REPORTS}


def told(text: str, kind: str, language: str) -> str:
    """Return the details of an entry in a language; as they stand in the log where nobody has translated them.

    Args:
        text: of the entry.
        kind: of the entry.
        language: of who reads it.
    """
    words = languages.catalogue(language)
    for pattern, matcher in _matchers(kind):
        if found := matcher.match(text):
            places = {name: _said(name, value, language) for name, value in found.groupdict().items()}
            return words.gettext(pattern) % places
    return text


def _said(name: str, value: str, language: str) -> str:
    if name == "role":
        return languages.catalogue(language).gettext(value)
    return sayings.said(value, language) if name == "why" else value


@cache
def _matchers(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    beginning = next((each for name, each in BEGINNINGS.items() if kind.startswith(name)), ())
    return sayings.matchers(tuple(PATTERNS.get(kind, beginning)))
