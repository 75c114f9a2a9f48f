"""What errors say, in the language of who reads it: the messages people meet at the desk, by their English text.

An error's message is made where the error is, in English, with ids in it. Here it is found again among the messages of the
catalogues: word for word, or by its pattern, whose places are ids and numbers. What nobody has translated is shown in English.

A hint that names a command names a page instead.

The result is plain text: whoever shows it escapes it, since an id may have come out of an address.
"""

import re
from collections.abc import Callable
from functools import cache

from tallystick.desk import languages

PATTERNS = (
    "handling code %(code)s does not allow: %(use)s",
    "a handling code is only tightened: %(code)s holds",
    "nothing is kept here: it was shown for %(minutes)s minutes, to whoever asked for it",
    "%(partner)s has left circle %(circle)s",
    "circle %(circle)s demands two persons",
    "this node holds no copy in case %(number)s",
    "record %(record)s is gone from register %(register)s",
    "the identity provider cannot be reached (%(why)s)",
    "the approval of %(who)s counts no more: its day is past",
    "the approval of %(who)s counts no more: what it was of has changed since",
    "in case %(number)s this node is the requester",
    "nothing was disclosed in case %(number)s",
    "no footing of case %(number)s waits for anybody",
    "case %(number)s was not decided as another person",
    "there is no circle %(circle)s here",
    "there is an account %(name)s already",
    "this edition would take out %(removed)s of %(before)s records of %(register)s; nothing was changed",
    "register %(register)s is new and does not say why it is held",
    "register %(register)s is held under another custody than given",
    "%(name)s is in no format known here",
    "%(name)s is broken or cut off, at byte %(byte)s of its content",
    "a field that is needed is empty: %(field)s",
    "what was given cannot be used: %(why)s",
    "no report can be exported: %(why)s",
    "%(name)s may not loosen the code of a report",
    "take %(least)s to %(most)s characters; several words are good",
    "write 1 to %(most)s characters, as a reader counts them",
    "birth year lies outside %(first)s to %(last)s",
    "claim %(claim)s is withdrawn",
    "confirmed needs two independent origins, and there may be %(count)s",
    "hit %(number)s was withdrawn by %(partner)s",
    "in case %(number)s this node is the %(side)s",
    "in case %(number)s this node is the holder",
    "mention %(mention)s is a namesake",
    "more than %(most)s reports are compared",
    "the text has more than %(most)s characters",
    "%(name)s is no text",
    "no override of claim %(claim)s waits for a second reader",
    "not-me %(number)s was revoked already",
    "note %(note)s is another person's",
    "note %(note)s is withdrawn already",
    "nothing was recalled in case %(number)s",
    "purpose is none of circle %(circle)s",
    "record %(record)s is not in register %(register)s",
    "register %(name)s is in this store already",
    "the index of register %(register)s was made by another version",
    "register %(name)s is not in this store",
    "register %(register)s has no record %(record)s",
    "register %(register)s never held record %(record)s",
    "report %(report)s is withdrawn already",
    "the handling code of record %(record)s is none that can be passed on",
    "the original of report %(report)s was changed",
    "the same was said in case %(number)s in this second",
    "there is no assessment %(number)s",
    "there is no case %(number)s",
    "there is no claim %(claim)s",
    "there is no encounter %(number)s",
    "there is no mention %(mention)s",
    "there is no note %(note)s",
    "there is no report %(report)s",
    "there is no such record: not-me %(number)s",
    "%(member)s does not fit the act %(name)s",
    "%(name)s holds a value of more than %(most)s characters",
    "%(name)s holds more than %(most)s values",
    "%(who)s may not %(action)s: the role is %(role)s",
    "say why, in at most %(most)s characters, without personal data",
    "this cannot be told in case %(number)s: %(why)s",
    "only the %(side)s does this",
    "take some of: %(names)s",
    "take one of: %(names)s",
    "there are %(names)s",
    "give %(names)s",
    "1 to %(most)s days",
    "1 to %(most)s days, %(letters)s letters at most",
    "%(most)s letters at most",
    "at most %(most)s plain characters",
    "at most %(most)s characters",
    "write %(codes)s and TLP:%(levels)s",
    "leave the custody out, or see `tallystick register show %(register)s`",
    "%(name)s can have no token: %(why)s",
    "what is kept of the arrival of report %(report)s is damaged",
)
"""Messages with places in them."""
AT_DESK = {
    "see `tallystick alerts`": "see the list of cases",
    "see `tallystick case show`": "see the case",
    "see who has acknowledged with `tallystick case show`": "see the case",
    "run `tallystick case tell`": "tell the holder first",
    "run `tallystick case acknowledge`": "confirm the recall first",
    "run `tallystick case heed`": "say what was done about it first",
    "run `tallystick case decide`": "decide first",
    "run `tallystick case outcome` first": "report the outcome first",
    "another officer runs `tallystick case decide`": "let another officer decide, too",
    "say with --for which": "name the claims that speak for it",
    "see docs/reference/roles.md": "ask an administrator if it should be",
    "see `tallystick encounter list`": "see the list of encounters",
    "see `tallystick not-me list`": "see the list of namesakes",
    "cut it, or allow more: --longest, at a node report_chars in node.toml": "cut it into several documents",
    "bring it up to date with `tallystick register reindex`": "take its list in again: that brings the index up to date",
    "see `tallystick register list`": "see the list of registers",
    "see `tallystick register list`; a file of records ends in .jsonl or .jsonl.gz": "see the list of registers",
    "see `tallystick report list`": "see the list of reports",
    "see `tallystick report claims`": "see what is said of the report",
    "see `tallystick report assessments`": "see the list of assessments",
    "see `tallystick staff list`": "see the list of accounts",
    "see `tallystick staff tokens`": "see the list of tokens",
    "see `tallystick circle show`": "see the list of circles",
    "see `tallystick circle show`, or join it first": "see the list of circles",
}
"""Hints that name a command, and what they say at the desk instead."""
_PLACE = re.compile(r"%\((\w+)\)s")


@cache
def matchers(patterns: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what finds out which of some patterns a message is of: those that say most by themselves first."""
    exact_first = sorted(patterns, key=lambda each: -len(_PLACE.sub("", each)))
    return tuple((each, re.compile(_expression(each), re.DOTALL)) for each in exact_first)


def _expression(pattern: str) -> str:
    """Return what matches every message of a pattern: its words as they are, anything in its places."""
    parts = _PLACE.split(pattern)
    return "".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)) + r"\Z"


def _placed(places: dict[str, str], translated: Callable[[str], str]) -> dict[str, str]:
    """Return what stands at the places of a message: names of fields are words, all else is an id or a number and stays."""
    return {name: translated(text) if name == "field" else text for name, text in places.items()}


def said(text: str, language: str) -> str:
    """Return what an error says in a language; in English where nobody has translated it."""
    words, text = languages.catalogue(language), AT_DESK.get(text, text)
    whole = words.gettext(text) if text else ""
    if whole != text or language == "en":
        return whole
    for pattern, matcher in matchers(PATTERNS):
        if found := matcher.match(text):
            return words.gettext(pattern) % _placed(found.groupdict(), words.gettext)
    return text
