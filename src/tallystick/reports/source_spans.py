"""Which words around a cue name its source.

Pure.
"""

import re

from tallystick.reports.cue_patterns import patterns
from tallystick.reports.cue_tables import Language
from tallystick.reports.cue_words import Span
from tallystick.reports.source_kinds import (
    ARTICLE,
    are_several,
    german_nouns,
    german_tail,
    is_german_group,
    is_name,
    is_source,
)
from tallystick.reports.subject_words import ADVERBS, BEHIND_HEAD, FINITE, LEADING, OBJECT, OF, REMARK, SUBJECTS, VERBAL, WHO

_BOUNDARY = re.compile(
    r"[,;:()“”\"„«»–—،؛]|\s-\s|\b(?:that|because|while|when|but|dass|weil|[Ww]ie|ob|[Nn]achdem|[Oo]bwohl|que|porque|أن|إن|بأن|فيما)\b|\bعن\b(?=[^،,.]{1,60}\bقول)"
)
_ASIDE = re.compile(r"[,،–—]")
_LONGEST_ASIDE = 7
_IN_BRACKETS = re.compile(r"\s*\([^()]{1,40}\)\s*$")
"""What may stand between a name and its verb: `Anna Beispiel (Greens) said`."""
_CALLED = re.compile(r"„[^“”,!?:]{1,30}[“”]")
"""In German, names of papers and the like; their marks are no boundary."""
_MOST_WORDS, _MOST_OF_GROUP = 9, 18


def behind(text: str, at: int, end: int, language: Language, *, loose: bool = False) -> Span | None:
    """The words behind a cue, up to a boundary; loosely, several of a kind are a source whatever they are."""
    if language.code == "de" and (adverbs := ADVERBS.match(text, at, end)):
        at = adverbs.end()
    part = text[at:end]
    stop = next(iter(_boundaries(part, language)), None)
    part = part[: stop.start()] if stop else part
    words = part.strip(" .!?؟")
    article = ARTICLE.match(words)
    halts = patterns(language.code).stops.finditer(words, article.end() if article else 0)
    # `ein Sprecher der Bahn` is one source; `Anna Beispiel der Zeitung` told it to the paper
    halt = next((each for each in halts if not (article and each[0].strip() == "der")), None)
    words = " ".join(words[: halt.start()].split(" ")[:_MOST_WORDS]) if halt else " ".join(words.split(" ")[:_MOST_WORDS])
    is_group = False
    if language.code == "de":
        words = german_nouns(words)
        is_group = loose and is_german_group(words)
    if not words.strip() or not (is_group or is_source(words, language) or (loose and are_several(words, language))):
        return None
    start = at + part.index(words)
    return start, start + len(words)


def _boundaries(part: str, language: Language) -> list[re.Match[str]]:
    """Return what no source goes across."""
    named = [each.span() for each in _CALLED.finditer(part)] if language.code == "de" else []
    return [each for each in _BOUNDARY.finditer(part) if not any(a <= each.start() < b for a, b in named)]


def before(text: str, start: int, at: int, language: Language, *, is_tail: bool = False) -> Span | None:
    """The words before a verb of saying, from the last boundary on; before a clause about them where there is one; or a tail."""
    part = _IN_BRACKETS.sub("", _without_helpers(text[start:at], language))
    stops = _boundaries(part, language)
    from_ = stops[-1].end() if stops else 0
    if not part[from_:].strip() and (earlier := _before_aside(part, language)):
        from_, part = earlier[0], part[: earlier[1]]
    words = german_tail(part[from_:].strip()) if is_tail else part[from_:].strip()
    if language.code in SUBJECTS and words.split()[-1:] in (["und"], ["and"]):
        return _subject(text, start, at, language.code)
    leading = None if is_tail else LEADING.get(language.code)
    if leading and (found := leading.match(words)):
        words = words[found.end() :]
    if not words or not (is_tail or _is_subject(words, language, is_clause=from_ > 0)):
        return None
    begin = start + part.index(words, from_)
    return begin, begin + len(words)


def _is_subject(words: str, language: Language, *, is_clause: bool) -> bool:
    """Whether words before a verb may be its subject, and a source."""
    if len(words.split()) > _MOST_WORDS and not _is_long_group(words, language):
        return False
    if language.code == "de" and OBJECT.match(words):
        return False
    if language.code == "en" and FINITE.search(words.partition(WHO["en"])[0]):
        return False
    return is_source(words, language) or (is_clause and _are_some(words, language))


def _are_some(words: str, language: Language) -> bool:
    """Whether words are several of a kind and nothing else, or with what tells which (`residents of the valley`)."""
    parts = words.split()
    return are_several(parts[0], language) and (len(parts) == 1 or bool(BEHIND_HEAD.fullmatch(parts[1])))


def _is_long_group(words: str, language: Language) -> bool:
    """Whether many words are one group: `the leader of the largest party in parliament`, `une femme qui a perdu son fils`."""
    if language.code not in VERBAL:
        return False
    head, who, _ = words.partition(WHO[language.code])
    first, *rest = words.split()
    is_group = first.lower() in language.openers and len(rest) < _MOST_OF_GROUP
    return is_group and not VERBAL[language.code].search(head) and (bool(who) or bool(OF.search(head)))


def _subject(text: str, start: int, at: int, code: str) -> Span | None:
    """Return the subject that a sentence begins with, for a verb that `and` joins to its first one."""
    found = SUBJECTS[code].match(text, start, at)
    return found.span("subject") if found else None


def _without_helpers(part: str, language: Language) -> str:
    """Leave out what may stand between a source and its verb: `has repeatedly`, `, however,`."""
    found = patterns(language.code).helpers.search(part.rstrip() if not part.endswith(("’", "'")) else part)
    if found and part[: found.start()].strip():
        left = part[: found.start()]
        return left.rstrip(" ,") if left.rstrip().endswith(",") else left
    bare = part.rstrip(" ,")
    inner = patterns(language.code).helpers.search(bare)
    return (
        bare[: inner.start()].rstrip(" ,") if inner and inner.start() and bare[: inner.start()].rstrip().endswith(",") else part
    )


def _before_aside(part: str, language: Language) -> Span | None:
    """Return where the words before a clause about them begin and end, if the text before a verb ends in such a clause."""
    marks = [found.start() for found in _ASIDE.finditer(part)]
    if len(marks) < 2:  # noqa: PLR2004  a clause has a mark before it and one behind it
        return None
    opening = part[marks[-2] + 1 : marks[-1]].split()
    earlier = [found.end() for found in _BOUNDARY.finditer(part, 0, marks[-2])]
    first = earlier[-1] if earlier else 0
    opens = opening[0].lower() if opening else ""
    words, aside = part[first : marks[-2]], part[marks[-2] + 1 : marks[-1]]
    is_named = not part[:first].strip() and 0 < len(opening) <= _LONGEST_ASIDE and is_name(words)
    is_apposition = is_named or (
        is_name(_IN_BRACKETS.sub("", aside)) and bool(words.strip()) and is_source(words.strip(), language)
    )
    is_remark = opens in language.relatives | language.no_openers or (language.code == "en" and bool(REMARK.fullmatch(opens)))
    if not is_apposition and not is_remark:
        return None
    return first, marks[-2]
