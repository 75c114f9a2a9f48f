"""Whose statement a sentence is: cue and source, by the words texts use for it.

Pure; no parser. Finds what is said with a cue; what a reader only infers it does not find.

Rules
 1. A source stands behind a cue such as `according to`, before a verb of saying, or behind one where the language does that.
 2. A clause about the source may stand between the two (`An employee, who asked not to be named, confirmed`).
 3. A pronoun, and a bare `the official`, mean the source of that kind named last.
 4. In German, what the words of the tables do not find is looked for with learned weights (`learned_cues`). Such attributions are
    marked as learned: they are shown, and no chain and no count rests on them.
 5. Spans are characters of the text passed in.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from tallystick.reports.cues import BASES, LANGUAGES, Kind, Language
from tallystick.reports.learned_cues import learned, shipped_weights
from tallystick.reports.source_kinds import ARTICLE, DEFINITE, are_several, is_name, is_source, kind_of

_SHORT = "".join(
    rf"(?<!\b{each}\.)"
    for each in ("M", "Mr", "Mrs", "Ms", "Mme", "Dr", "Prof", "Sr", "Sra", "St", "Gen", "Col", "Lt", "Sgt", "Rev")
)
"""Behind none of these does a full stop end a sentence."""
_END = rf"[.!?؟]+[”\"»’)]*(?=\s|$){_SHORT}"
_SENTENCE = re.compile(rf"[^\n]*?(?:{_END}|(?=\n)|$)")
_BOUNDARY = re.compile(r"[,;:()“”\"„«»–—]|\s-\s|\b(?:that|because|while|when|but|dass|weil|que|porque|أن|إن|بأن)\b")
_ASIDE = re.compile(r"[,–—]")
_LONGEST_ASIDE = 7
_QUOTE = re.compile(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"")
_CLOSED_QUOTE = re.compile(r"[”\"»’]\s?,?\s+(?P<cue>(?!a-t-|ont-)[^\W\d_]+(?:\s[^\W\d_]+é)?)\s(?=\S)")
"""What opens the words behind a quotation: whatever verb it is, it says who spoke."""
_QUOTE_OR_COMMA = ',”"»“–—'
_PASSIVE = re.compile(
    r"\b(?:be|been|being|is|are|was|were|will|can|could|should|to|the|a|an|do|does)\s+(?:not\s|never\s|[a-z]+ly\s)?$",
    re.IGNORECASE,
)
"""Before an English verb: nobody says anything here. The other languages have none of these words before a form of the tables."""
_MOST_WORDS = 9
_LEARNED = "de"


@dataclass(frozen=True, slots=True)
class Attribution:
    """One statement with its source.

    Attributes:
        start, end: the sentence.
        cue: the words that say so, and where they are.
        cue_start, cue_end: characters.
        source: the words for the source; of a pronoun, those it means.
        source_start, source_end: where the sentence names it.
        kind: what kind of source that is.
        told: to whom, where the text says so; else empty.
        leaked: whether the cue speaks of a leak, and the source is who has it.
        learned: whether learned weights found it, and no table of cues.
    """

    start: int
    end: int
    cue: str
    cue_start: int
    cue_end: int
    source: str = field(repr=False)
    source_start: int
    source_end: int
    kind: Kind
    told: str = ""
    leaked: bool = False
    learned: bool = False

    @property
    def counts(self) -> bool:
        """Whether a chain may rest on it: a table found it, and its source is neither a group nor the document's own author."""
        return not self.learned and self.kind not in {"group", "author"}


def language_of(text: str) -> Language:
    """Return the language whose commonest words a text has most of."""
    times = Counter(re.findall(r"\w+", text.lower())[:2000])
    return max(LANGUAGES, key=lambda language: sum(times[word] for word in language.common))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence, blanks left out."""
    for found in _SENTENCE.finditer(text):
        inside = found[0].strip()
        if inside:
            start = found.start() + found[0].index(inside)
            yield start, start + len(inside)


def attributions(text: str, language: Language | None = None) -> list[Attribution]:
    """Return the attributions of a text, in its order."""
    spoken = language or language_of(text)
    out: list[Attribution] = []
    for start, end in sentences(text):
        taken: list[tuple[int, int]] = []
        for found in _in_sentence(text, start, end, spoken):
            if all(found.source_end <= a or found.source_start >= b for a, b in taken):
                taken.append((found.source_start, found.source_end))
                out.append(_resolved(found, out, spoken))
        if spoken.code == _LEARNED:
            out += [_resolved(each, out, spoken) for each in _learned(text, start, end, out)]
    return out


def _learned(text: str, start: int, end: int, before: list[Attribution]) -> list[Attribution]:
    """Return what learned weights find in a sentence beside what the tables found in it."""
    listed = [(each.cue_start, each.cue_end) for each in before if each.start == start]
    return [
        replace(_made(text, (start, end), each.cue, each.source), learned=True)
        for each in learned(text, start, end, shipped_weights())
        if all(each.cue[1] <= a or each.cue[0] >= b for a, b in listed)
    ]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The tables of one language as regular expressions."""

    leak: re.Pattern[str]
    before: re.Pattern[str]
    verbs: re.Pattern[str]
    behind: re.Pattern[str]
    helpers: re.Pattern[str]
    stops: re.Pattern[str]


@cache
def _patterns(code: str) -> _Patterns:
    language = next(each for each in LANGUAGES if each.code == code)
    joint = r"(?<!\w)(?:{})(?!\w)" if code != "ar" else r"(?<!\w)(?:{})"
    cues = (joint.format(words) for words in (language.leak, language.before, language.verbs, language.behind))
    if code == "fr":  # an elided `d'` is part of the word that follows it
        cues = (each.replace("[’'])(?!\\w)", "[’'])") for each in cues)
    helpers, stops = rf"(?:(?:^|(?<=\s))(?:{language.helpers})\s*)+$", rf"\s+(?:{language.stops})(?!\w)"
    leak, before, verbs, behind = cues
    return _Patterns(
        re.compile(leak, re.IGNORECASE), re.compile(before, re.IGNORECASE), re.compile(verbs), re.compile(behind),
        re.compile(helpers, re.IGNORECASE), re.compile(stops),
    )  # fmt: skip


def _in_sentence(text: str, start: int, end: int, language: Language) -> Iterator[Attribution]:
    patterns = _patterns(language.code)
    for pattern, leaked in ((patterns.leak, True), (patterns.before, False)):
        for cue in pattern.finditer(text, start, end):
            source = _behind(text, cue.end(), end, language, loose=True)
            # `according to leaks from X` has one source, X, and the other pattern finds it.
            if source and not (not leaked and patterns.leak.match(text, source[0])):
                yield _made(text, (start, end), cue.span(), source, leaked=leaked)
    yield from _said(text, start, end, language)
    for quote in _CLOSED_QUOTE.finditer(text, start, end):
        source = _behind(text, quote.end("cue"), end, language)
        if source and not is_source(quote["cue"], language) and quote["cue"].lower() not in language.no_openers:
            yield _made(text, (start, end), quote.span("cue"), source)


def _said(text: str, start: int, end: int, language: Language) -> Iterator[Attribution]:
    """Yield what verbs of saying attribute; those inside a quotation are the words of somebody else."""
    patterns = _patterns(language.code)
    quotes = [found.span() for found in _QUOTE.finditer(text, start, end)]
    for cue in patterns.verbs.finditer(text, start, end):
        if any(a < cue.start() < b for a, b in quotes):
            continue
        source = _before(text, start, cue.start(), language)
        if source is None and patterns.behind.fullmatch(cue[0]) and _opens(text, start, cue.start(), language):
            source = _behind(text, cue.end(), end, language)
        if source is None or _is_noun(cue[0], text[slice(*source)], language) or _PASSIVE.search(text[start : cue.start()]):
            continue
        told = _behind(text, cue.end(), end, language) if cue[0].lower() in {"told", "tells"} else None
        yield _made(text, (start, end), cue.span(), source, told=text[slice(*told)] if told else "")


def _made(
    text: str, sentence: tuple[int, int], cue: tuple[int, int], source: tuple[int, int], *, told: str = "", leaked: bool = False
) -> Attribution:
    words = text[slice(*source)]
    return Attribution(*sentence, text[slice(*cue)], *cue, words, *source, kind_of(words), told, leaked)


def _is_noun(cue: str, source: str, language: Language) -> bool:
    """Whether an English word without an ending is no verb: `the annual report`, but `prosecutors report`, `the police say`."""
    last = source.rsplit(maxsplit=1)[-1].lower()
    several = last.endswith("s") or last in {"police", "people", "media", "they", "men", "women"} or " and " in source
    return language.code == "en" and cue in BASES and not several


def _opens(text: str, start: int, at: int, language: Language) -> bool:
    """Whether a verb opens what follows a statement: behind a quotation or a comma; in German also behind any other word."""
    return language.code in {"de", "ar"} or text[start:at].rstrip()[-1:] in _QUOTE_OR_COMMA


def _behind(text: str, at: int, end: int, language: Language, *, loose: bool = False) -> tuple[int, int] | None:
    """The words behind a cue, up to a boundary; loosely, several of a kind are a source whatever they are."""
    part = text[at:end]
    stop = _BOUNDARY.search(part)
    part = part[: stop.start()] if stop else part
    words = part.strip(" .!?؟")
    article = ARTICLE.match(words)
    halt = _patterns(language.code).stops.search(words, article.end() if article else 0)
    words = " ".join(words[: halt.start()].split(" ")[:_MOST_WORDS]) if halt else " ".join(words.split(" ")[:_MOST_WORDS])
    if not words or not (is_source(words, language) or (loose and are_several(words, language))):
        return None
    start = at + part.index(words)
    return start, start + len(words)


def _before(text: str, start: int, at: int, language: Language) -> tuple[int, int] | None:
    """The words before a verb of saying, from the last boundary on; before a clause about them where there is one."""
    part = _without_helpers(text[start:at], language)
    stops = list(_BOUNDARY.finditer(part))
    from_ = stops[-1].end() if stops else 0
    if not part[from_:].strip() and (earlier := _before_aside(part, language)):
        from_, part = earlier[0], part[: earlier[1]]
    words = part[from_:].strip()
    if not words or len(words.split()) > _MOST_WORDS:
        return None
    if not is_source(words, language) and not (from_ and len(words.split()) == 1 and are_several(words, language)):
        return None
    begin = start + part.index(words, from_)
    return begin, begin + len(words)


def _without_helpers(part: str, language: Language) -> str:
    """Leave out what may stand between a source and its verb: `has repeatedly`, `, however,`."""
    found = _patterns(language.code).helpers.search(part.rstrip() if not part.endswith(("’", "'")) else part)
    if found and part[: found.start()].strip():
        left = part[: found.start()]
        return left.rstrip(" ,") if left.rstrip().endswith(",") else left
    bare = part.rstrip(" ,")
    inner = _patterns(language.code).helpers.search(bare)
    return (
        bare[: inner.start()].rstrip(" ,") if inner and inner.start() and bare[: inner.start()].rstrip().endswith(",") else part
    )


def _before_aside(part: str, language: Language) -> tuple[int, int] | None:
    """Return where the words before a clause about them begin and end, if the text before a verb ends in such a clause."""
    marks = [found.start() for found in _ASIDE.finditer(part)]
    if len(marks) < 2:  # noqa: PLR2004  a clause has a mark before it and one behind it
        return None
    opening = part[marks[-2] + 1 : marks[-1]].split()
    earlier = [found.end() for found in _BOUNDARY.finditer(part, 0, marks[-2])]
    first = earlier[-1] if earlier else 0
    opens = opening[0].lower() if opening else ""
    is_apposition = not part[:first].strip() and 0 < len(opening) <= _LONGEST_ASIDE and is_name(part[: marks[-2]])
    if not is_apposition and opens not in language.relatives and opens not in language.no_openers:
        return None
    return first, marks[-2]


def _resolved(found: Attribution, before: list[Attribution], language: Language) -> Attribution:
    """Take a pronoun, or a source named again by its kind alone, for the one it means."""
    words = found.source.lower()
    earlier = [each for each in before if each.kind not in {"group", "author"} and not each.learned]
    if words in language.pronouns:
        persons = [each for each in earlier if each.kind in {"person", "unnamed"}]
        return _as(found, persons[-1]) if persons else found
    again = DEFINITE.match(found.source)
    if again and len(found.source[again.end() :].split()) <= 2 and found.kind != "group":  # noqa: PLR2004  `the French broadcaster`
        same = [each for each in earlier if each.kind == found.kind]
        return _as(found, same[-1]) if same else found
    return found


def _as(found: Attribution, other: Attribution) -> Attribution:
    return replace(found, source=other.source, kind=other.kind)
