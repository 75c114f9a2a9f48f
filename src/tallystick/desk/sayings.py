"""What errors say, in the language of who reads it: the messages people meet at the desk, by their English text.

An error's message is made where the error is, in English, with ids in it. Here it is found again among the messages of the
catalogues: word for word, or by its pattern, whose places are ids and numbers. What nobody has translated is shown in English.

The result is plain text: whoever shows it escapes it, since an id may have come out of an address.
"""

import re
from functools import cache

from tallystick.desk import languages

PATTERNS = (
    "handling code %(code)s does not allow: %(use)s",
    "a handling code is only tightened: %(code)s holds",
    "%(partner)s has left circle %(circle)s",
    "circle %(circle)s demands two persons",
    "this node holds no copy in case %(number)s",
    "record %(record)s is gone from register %(register)s",
    "in case %(number)s this node is the requester",
    "nothing was disclosed in case %(number)s",
    "no footing of case %(number)s waits for anybody",
    "case %(number)s was not decided as another person",
    "there is no circle %(circle)s here",
    "there is an account %(name)s already",
    "register %(register)s is new and does not say why it is held",
    "register %(register)s is held under another custody than given",
    "%(name)s is in no format known here",
    "%(name)s is broken or cut off, at byte %(byte)s of its content",
    "what was given cannot be used: %(why)s",
    "no report can be exported: %(why)s",
    "%(name)s may not loosen the code of a report",
    "take %(least)s to %(most)s characters; several words are good",
)
"""Messages with places in them."""
WHOLE = (
    "somebody who may share reports loosens a code; see docs/reference/roles.md",
    "see `tallystick report mark`",
    "this is no format that reports are taken from",
    "TLP:RED is for named recipients, and here every officer reads reports",
    "this is our own word that came back",
    "this is no handling code",
    "ask the owner of the data for leave",
    "ask the owner of the data",
    "what is passed on may not live longer than the copy",
    "approve it for fewer days",
    "approve under one that covers it",
    "an approval names a field that was not requested",
    "two different persons must approve this",
    "another approver must approve it, too",
    "the second approval differs from the first",
    "approve the same fields, code and retention, or refuse",
    "the same person approved this before",
    "the disclosed copy has expired",
    "ask its holder again, if it is still needed",
    "a request is open already",
    "wait for its answer",
    "the case is closed",
    "a recall must be acknowledged first",
    "a request waits for an answer",
    "it is approved or refused first",
    "nobody has decided yet",
    "it was decided that this is another person",
    "a second person must confirm the decision",
    "a hit is closed with an outcome",
    "no request waits for an answer",
    "it was recalled already",
    "a changed footing must be heeded first",
    "it was heeded already",
    "a reason is missing",
    "say why, without personal data",
    "the copy that is passed on is gone",
    "refuse the request",
    "there is no consent",
    "this was sent from another site",
    "this form is not of your session",
    "load the page again and repeat what you did",
    "this form cannot be read",
    "correct it and try again",
    "this page is not for your role",
    "ask an administrator if it should be",
    "there is no such page",
    "something went wrong here; it is no fault of yours",
    "tell an administrator",
    "this asks for neither a record nor a case",
    "give a register and the id of a record, or a case",
    "this is no reference of a case",
    "32 hexadecimal digits, as the log and the page of the case have it",
    "this is no number",
    "see the list",
    "one file is imported at a time",
    "choose the file of the list",
    "register name is not usable",
    "the node was stopped before the end; the register is as it was",
    "hand the file in again",
    "this import is under way",
    "wait until it has ended",
    "there is no such import",
    "too many attempts",
    "the old password is wrong",
    "this password cannot be used",
)
"""Messages without."""
_PLACE = re.compile(r"%\((\w+)\)s")


@cache
def _matchers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((each, re.compile(_expression(each), re.DOTALL)) for each in PATTERNS)


def _expression(pattern: str) -> str:
    """Return what matches every message of a pattern: its words as they are, anything in its places."""
    parts = _PLACE.split(pattern)
    return "".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)) + r"\Z"


def said(text: str, language: str) -> str:
    """Return what an error says in a language; in English where nobody has translated it."""
    words = languages.catalogue(language)
    whole = words.gettext(text) if text else ""
    if whole != text or language == "en":
        return whole
    for pattern, matcher in _matchers():
        if found := matcher.match(text):
            return words.gettext(pattern) % found.groupdict()
    return text
