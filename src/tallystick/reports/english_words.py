"""English words as `english_cues` needs them: which belong to no noun, which help a verb, which the tables of cues have.

Pure. Rule: whether a sentence begins inside a quotation is seen from its paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tallystick.reports.cue_words import Words
from tallystick.reports.cues import DOCUMENT, GROUP, LANGUAGES, NO_ADVERBS, ORGANISATION, OUTLET, UNNAMED


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = "Mr|Mrs|Ms|Dr|Prof|Sens?|Reps?|Gov|Gen|Col|Lt|Sgt|Rev|St|Jr|Sr|Capt|Adm|Maj|Hon|No|Inc|Co|Corp|Ltd"
_SHORTENED = r"[’'](?:s|re|ve|ll|d|m)\b"
_WORD = re.compile(rf"(?:{_TITLES})\.|(?:[A-Z]\.)+|\w+(?:-\w+|(?!{_SHORTENED})[’']\w+)*|{_SHORTENED}|--|[^\w\s]")
DETERMINERS = _words(
    """
    the a an this that these those his her its their my our your some any no many several few both all each every another one two
    three four five six seven eight nine ten most
    """
)
ALONE = _words("many some few both all several most one two three four five six this that these those another")
"""Determiners that may be a source without a noun."""
PRONOUNS = _words(
    """
    he she they it we i you who which one each nobody everyone everybody somebody someone many some others few both anyone him
    them us me
    """
)
POSSESSIVES = _words("his her its their my our your")
PREPOSITIONS = _words(
    """
    of in on at by for with from to as into about over under after before during between among against through without within
    across toward towards until since near like than outside inside behind upon via per despite around off up down out
    """
)
CONJUNCTIONS = _words(
    """
    and or but that which who whom whose when while where because if although though whether so as nor yet unless since what
    how why
    """
)
AUXILIARIES = _words(
    """
    is are was were be been being has have had do does did will would can could may might must shall should 's 're 've 'll 'd 'm
    not never also
    """
)
ADVERBS = _words(
    """
    not never also then now later still again even just only already once soon however meanwhile instead too very more most
    ever here there perhaps maybe almost often always rather since long
    """
)
APART = PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | ADVERBS | _words("to there")
"""Belong to no noun."""
RELATIVES = _words("who which whose that")
NO_CUES = (
    DETERMINERS
    | _words(
        """
        of in on at with from into over under after before during between among through without within across and or but
        which who whom whose when while where is are was were be been being has have had do does did will would can could
        may might must shall should not never he she they it we i him them us me
        """
    )
)  # fmt: skip
MARK_CUES = _words(": ― — -- –")
JOINING = _words("of for in from at and with on to as 's who")
_OPENING, _CLOSING, QUOTES = "“«‘", "”»", '“”"'
_SHORTEST_STEM = 3
COMMAS = ",;:–—"
_LISTED = re.compile(rf"(?:{next(each for each in LANGUAGES if each.code == 'en').verbs})", re.IGNORECASE)
_SOURCE = re.compile(
    "|".join(each.replace(r"\b", "") for each in (UNNAMED, GROUP, ORGANISATION, DOCUMENT, OUTLET)), re.IGNORECASE
)


@lru_cache(maxsize=1 << 16)
def is_listed(word: str) -> bool:
    """Whether the tables of cues have a word as a verb of saying."""
    return bool(_LISTED.fullmatch(word))


def words(text: str, start: int, end: int) -> Words:
    """Return the words of a sentence of a text; whether it begins inside a quotation is seen from its paragraph."""
    found = list(_WORD.finditer(text, start, end))
    written = tuple(each[0] for each in found)
    small = tuple(each.lower().replace("’", "'") for each in written)
    quoted = tuple(_quoted(written, is_open=_is_open(text, start)))
    listed = tuple(at for at, word in enumerate(small) if not quoted[at] and is_listed(word))
    quoting = any(quoted) or any(each in QUOTES for each in written)
    return Words(tuple(each.span() for each in found), written, small, quoted, quoting, listed)


def _is_open(text: str, start: int) -> bool:
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _quoted(written: Sequence[str], *, is_open: bool) -> Iterator[bool]:
    for word in written:
        if word in _OPENING or word in _CLOSING:
            is_open = word in _OPENING
        elif word == '"':
            is_open = not is_open
        yield is_open and word not in _OPENING and word != '"'


@lru_cache(maxsize=1 << 16)
def is_like_source(word: str) -> bool:
    """Whether a word has in it what a source that is no name is called by."""
    return _SOURCE.search(word) is not None


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return a word without the ending of a form, roughly: what `claims`, `claimed` and `claiming` have in common."""
    for ending in ("ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    word = word.rstrip("ey")
    return word[:-1] if word[-2:-1] == word[-1:] else word


def bucket(number: int) -> int:
    """Return a distance in words, larger ones together."""
    return number if number < 4 else 4 if number < 6 else 5 if number < 10 else 6 if number < 20 else 7  # noqa: PLR2004


def is_helper(word: str) -> bool:
    """Whether a word may stand between a source and its verb."""
    return word in AUXILIARIES or word in ADVERBS or (word.endswith(("ly", "n't")) and word not in NO_ADVERBS)


def behind_source(small: Sequence[str], at: int) -> int:
    """Return where what may stand between a source and its cue begins: `has repeatedly`."""
    while at > 0 and is_helper(small[at - 1]):
        at -= 1
    return at
