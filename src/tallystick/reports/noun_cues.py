"""Nouns for what somebody said: `the mayor's claim that`, `a denial from the palace`, `by her own account`.

Pure.

Rules
 1. Whose it is stands before the noun as an owner, where a `that` says what was said; or behind it and `by` or `from`.
 2. `By the clerk's account` and its like say it of the whole sentence.
"""

import re
from collections.abc import Iterator
from functools import cache

from tallystick.reports.cue_tables import Language
from tallystick.reports.cue_words import Span
from tallystick.reports.source_kinds import is_source

_OWNER = (
    r"(?P<owner>(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Oo]ne|[Tt]wo)\s(?:[\w.-]+\s){0,3}?[\w.-]+|(?:[A-Z][\w.-]*\s){0,3}[A-Z][\w-]*)"
    r"(?:[’']s|(?<=s)[’'])|\b(?:[Hh]is|[Hh]er|[Tt]heir)\b)"
)
_OWN = r"(?:\s(?!(?:and|or|but|that)\b)[a-z-]+){0,2}?\s"
_WHOLE = r"account|accounts|admission|estimate|estimates|reckoning|telling|opinion|view|words|version"


_NAMED = r"(?:the\s)?[A-Z][\w’'.-]*(?:\s(?:of\sthe\s|of\s|and\s)?[A-Z][\w’'-]*)*"
_NO_NOUN = (
    r"(?:\w+ed|\w+ly|is|are|was|were|has|had|have|will|would|could|may|might|that|who|which|in|on|at|of|for|to|came|went)\b"
)
_CALLED = rf"(?:the|an?|his|her|their|its|two|three|several|some|many|both|one)(?:\s(?!{_NO_NOUN})[\w’'-]+){{1,3}}"


@cache
def _glance(nouns: str) -> re.Pattern[str]:
    """Return what every sentence has in which there is anything to find; looking for owners takes far longer."""
    return re.compile(rf"(?<!\w)(?i:{nouns})\s(?:that|by|from)(?!\w)|\b(?:{_WHOLE}),")


@cache
def _owned(nouns: str) -> re.Pattern[str]:
    said, whole = rf"(?P<noun>{nouns})(?=\sthat\b)", rf"(?P<own>{_WHOLE})(?=,)"
    return re.compile(rf"(?P<whole>\b(?:[Bb]y|[Ii]n)\s)?{_OWNER}{_OWN}(?:{said}|(?(whole){whole}|(?!)))")


@cache
def _behind(nouns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?P<noun>(?i:{nouns}))\s(?:by|from)\s(?P<source>{_NAMED}|{_CALLED})")


def noun_cues(text: str, start: int, end: int, language: Language) -> Iterator[tuple[Span, Span]]:
    """Yield cue and source of each noun of a sentence that says what somebody said."""
    if not language.nouns or not _glance(language.nouns).search(text, start, end):
        return
    for found in _owned(language.nouns).finditer(text, start, end):
        yield found.span("noun" if found["noun"] else "own"), found.span("owner")
    for found in _behind(language.nouns).finditer(text, start, end):
        if is_source(found["source"], language):
            yield found.span("noun"), found.span("source")
