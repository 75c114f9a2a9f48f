"""Whose statement a sentence is: cue and source, by the words texts use for it.

Pure; no parser. Finds what is said with a cue; what a reader only infers it does not find.

Rules
 1. A source stands behind a cue such as `according to`, before a verb of saying, or behind one where the language does that.
 2. A clause about the source may stand between the two (`An employee, who asked not to be named, confirmed`).
 3. A pronoun, and a bare `the official`, mean the source of that kind named last.
 4. In English, and in German speeches, what the words of the tables do not find is looked for with learned weights
    (`learned_cues`). Such attributions are marked as learned: they are shown, and no chain and no count rests on them.
 5. Where there are weights they also speak on what the tables find. A verb that they hold for no cue (`the twice-told story`) is
    left out; where they name the source with more or fewer words, theirs is its place, and its words stay those of the tables.
 6. Spans are characters of the text passed in.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice

from tallystick.reports.cue_words import Words
from tallystick.reports.cues import BASES, FIRST_PERSON, LANGUAGES, Kind, Language
from tallystick.reports.learned_cues import READERS, cue_chance, learned, shipped_weights
from tallystick.reports.source_kinds import (
    ARTICLE,
    DEFINITE,
    are_several,
    german_nouns,
    german_tail,
    is_german_group,
    is_name,
    is_source,
    kind_of,
)

_SHORT = "".join(
    rf"(?<!\b{each}\.)"
    for each in (
        "[A-Z]", "Mr", "Mrs", "Ms", "Mme", "Dr", "Prof", "Sr", "Sra", "St", "Gen", "Col", "Lt", "Sgt", "Rev", "Sen", "Sens",
        "Rep", "Reps", "Gov", "Capt", "Adm", "Maj", "Hon",
    )
)  # fmt: skip
"""Behind none of these does a full stop end a sentence."""
_END = rf"[.!?؟]+[”\"»’)]*(?=\s|$){_SHORT}"
_SENTENCE = re.compile(rf"[^\n]*?(?:{_END}|(?=\n)|$)")
_BOUNDARY = re.compile(
    r"[,;:()“”\"„«»–—،؛]|\s-\s|\b(?:that|because|while|when|but|dass|weil|[Ww]ie|ob|[Nn]achdem|[Oo]bwohl|que|porque|أن|إن|بأن|فيما)\b|\bعن\b(?=[^،,.]{1,60}\bقول)"
)
_ASIDE = re.compile(r"[,،–—]")
_LONGEST_ASIDE = 7
_IN_BRACKETS = re.compile(r"\s*\([^()]{1,40}\)\s*$")
"""What may stand between a name and its verb: `Anna Beispiel (Greens) said`."""
_OBJECT = re.compile(r"(?:dem|den|des|einem|einen)\s", re.IGNORECASE)
"""What a German subject never begins with."""
_POSTPOSED = frozenset({"zufolge"})
"""Stand right behind their source, wherever in a clause: `Er war der Polizei zufolge allein`."""
_PRONOUN_BEHIND = re.compile(r"\s(?P<pronoun>er|sie|man)\b")
"""In German, it is the subject wherever it stands behind its verb; what stands before is none."""
_QUOTE = re.compile(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"")
_CLOSED_QUOTE = re.compile(r"[”\"»’]\s?,?\s+(?P<cue>(?!a-t-|ont-)[^\W\d_]+(?:\s[^\W\d_]+é)?)\s(?=\S)")
"""What opens the words behind a quotation: whatever verb it is, it says who spoke."""
_QUOTE_OR_COMMA = ',،”"»“–—'
_PASSIVE = re.compile(
    r"\b(?:be|been|being|is|are|was|were|will|can|could|should|to|the|a|an|do|does)\s+(?:not\s|never\s|[a-z]+ly\s)?$",
    re.IGNORECASE,
)
"""Before an English verb: nobody says anything here. The other languages have none of these words before a form of the tables."""
_MOST_WORDS = 9
_OF_SPEECHES = frozenset({"de"})
"""Languages whose weights were learned from speeches; in news they find mostly what is none."""
_SPEECH = 0.012
"""The share of words for the speaker from which on a text is a speech: 98 of 100 parliament speeches have it, 5 of 100 news."""
_LEAST_LIKELY = {"de": 0.5, "en": 0.1}
"""How likely the weights must hold a verb of the tables for a cue. German weights are used only for such texts as they were
learned from, and may say more."""
_LONGEST_SENTENCE = 2_000
"""What has no stop for longer is no sentence anybody wrote; searching one that never ends would take for ever."""
_MOST_CUES = 20
"""Of one kind in one sentence; a text of nothing but verbs of saying says nothing."""


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
    times = Counter(found[0].lower() for found in islice(re.finditer(r"\w+", text), 2000))
    return max(LANGUAGES, key=lambda language: sum(times[word] for word in language.common))


def language_called(code: str) -> Language:
    """Return the language with a code of `LANGUAGES`."""
    return next(each for each in LANGUAGES if each.code == code)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence, blanks left out; one of more than _LONGEST_SENTENCE characters in pieces."""
    for found in _SENTENCE.finditer(text):
        inside = found[0].strip()
        if inside:
            start = found.start() + found[0].index(inside)
            end = start + len(inside)
            for at in range(start, end, _LONGEST_SENTENCE):
                yield at, min(at + _LONGEST_SENTENCE, end)


def attributions(text: str, language: Language | None = None, *, is_whole: bool = True) -> list[Attribution]:
    """Return the attributions of a text, in its order.

    Args:
        text: its main text.
        language: which it is in; told by its words where not said.
        is_whole: whether also those that learned weights alone find, which takes ten times as long. What counts is the same.
    """
    spoken = language or language_of(text)
    is_weighed = spoken.code in READERS and (spoken.code not in _OF_SPEECHES or _is_speech(text))
    out: list[Attribution] = []
    earlier: dict[Kind, Attribution] = {}
    for start, end in sentences(text):
        found = list(_apart(_in_sentence(text, start, end, spoken)))
        if is_weighed and (found or is_whole):
            found = _weighed(text, start, end, found, spoken.code, is_whole=is_whole)
        for each in found:
            out.append(_resolved(each, earlier, spoken))
            if not each.learned:
                earlier = _with(earlier, out[-1])
    return out


def _with(earlier: dict[Kind, Attribution], found: Attribution) -> dict[Kind, Attribution]:
    """Return the last attribution of each kind, the latest kind last."""
    return {**{kind: each for kind, each in earlier.items() if kind != found.kind}, found.kind: found}


def _is_speech(text: str) -> bool:
    """Whether a text speaks of itself as speeches do, and news hardly ever does."""
    words = re.findall(r"\w+", text.lower())
    return sum(word in FIRST_PERSON for word in words) >= _SPEECH * max(len(words), 1)


def _apart(found: Iterable[Attribution]) -> Iterator[Attribution]:
    """Leave out attributions to words that another one took before."""
    taken: list[tuple[int, int]] = []
    for each in found:
        source = each.source_start, each.source_end
        if not any(_meet(source, other) for other in taken):
            taken.append(source)
            yield each


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _weighed(text: str, start: int, end: int, listed: Sequence[Attribution], code: str, *, is_whole: bool) -> list[Attribution]:
    """Return what the tables found in a sentence and the weights do not rule out; as a whole also what these find beside it."""
    reader, weights = READERS[code], shipped_weights(code)
    words = reader.words(text, start, end)
    verbs = _patterns(code).verbs
    likely = [
        each
        for each in listed
        if each.leaked or not verbs.match(text, each.cue_start) or _chance(words, each, code) >= _LEAST_LIKELY[code]
    ]
    if not is_whole:
        return likely
    open_, out = list(learned(words, reader, weights)), []
    for each in likely:
        same = next((one for one in open_ if _meet(one.cue, (each.cue_start, each.cue_end))), None)
        if same is not None:
            open_.remove(same)
        is_placed = same is not None and verbs.match(text, each.cue_start) and _meet(same.source, _source(each))
        out.append(replace(each, source_start=same.source[0], source_end=same.source[1]) if same and is_placed else each)
    return out + [replace(_made(text, (start, end), one.cue, one.source), learned=True) for one in open_]


def _source(found: Attribution) -> tuple[int, int]:
    return found.source_start, found.source_end


def _chance(words: Words, found: Attribution, code: str) -> float:
    """How likely the weights hold the cue of the tables for one."""
    reader, weights = READERS[code], shipped_weights(code)
    cue = found.cue_start, found.cue_end
    inside = (at for at, span in enumerate(words.spans) if _meet(span, cue) and reader.may_be_cue(words, at))
    return max((cue_chance(words, at, reader, weights) for at in inside), default=0.0)


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
    language = language_called(code)
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
        for cue in islice(pattern.finditer(text, start, end), _MOST_CUES):
            source = _behind(text, cue.end(), end, language, loose=True)
            # `according to leaks from X` has one source, X, and the other pattern finds it.
            if source and not (not leaked and patterns.leak.match(text, source[0])):
                yield _made(text, (start, end), cue.span(), source, leaked=leaked)
    yield from _said(text, start, end, language)
    for quote in islice(_CLOSED_QUOTE.finditer(text, start, end), _MOST_CUES):
        source = _behind(text, quote.end("cue"), end, language)
        if source and not is_source(quote["cue"], language) and quote["cue"].lower() not in language.no_openers:
            yield _made(text, (start, end), quote.span("cue"), source)


def _said(text: str, start: int, end: int, language: Language) -> Iterator[Attribution]:
    """Yield what verbs of saying attribute; those inside a quotation are the words of somebody else."""
    patterns = _patterns(language.code)
    quotes = [found.span() for found in _QUOTE.finditer(text, start, end)]
    for cue in islice(patterns.verbs.finditer(text, start, end), _MOST_CUES):
        if any(a < cue.start() < b for a, b in quotes):
            continue
        source = _pronoun_behind(text, cue.end(), language) or _before(
            text, start, cue.start(), language, is_tail=cue[0] in _POSTPOSED
        )
        if source is None and _ends_alike(patterns.behind, cue) and _opens(text, start, cue.start(), language):
            source = _behind(text, cue.end(), end, language)
        if source is None or _is_noun(cue[0], text[slice(*source)], language) or _PASSIVE.search(text[start : cue.start()]):
            continue
        told = _behind(text, cue.end(), end, language) if cue[0].lower() in {"told", "tells"} else None
        yield _made(text, (start, end), cue.span(), source, told=text[slice(*told)] if told else "")


def _pronoun_behind(text: str, at: int, language: Language) -> tuple[int, int] | None:
    found = _PRONOUN_BEHIND.match(text, at) if language.code == "de" else None
    return found.span("pronoun") if found else None


def _made(
    text: str, sentence: tuple[int, int], cue: tuple[int, int], source: tuple[int, int], *, told: str = "", leaked: bool = False
) -> Attribution:
    words = text[slice(*source)]
    return Attribution(*sentence, text[slice(*cue)], *cue, words, *source, kind_of(words), told, leaked)


def _ends_alike(pattern: re.Pattern[str], cue: re.Match[str]) -> bool:
    """Whether another pattern finds the same words there; it may look at what follows them."""
    found = pattern.match(cue.string, cue.start())
    return found is not None and found.end() == cue.end()


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
    halts = _patterns(language.code).stops.finditer(words, article.end() if article else 0)
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


def _before(text: str, start: int, at: int, language: Language, *, is_tail: bool = False) -> tuple[int, int] | None:
    """The words before a verb of saying, from the last boundary on; before a clause about them where there is one; or a tail."""
    part = _IN_BRACKETS.sub("", _without_helpers(text[start:at], language))
    stops = list(_BOUNDARY.finditer(part))
    from_ = stops[-1].end() if stops else 0
    if not part[from_:].strip() and (earlier := _before_aside(part, language)):
        from_, part = earlier[0], part[: earlier[1]]
    words = german_tail(part[from_:].strip()) if is_tail else part[from_:].strip()
    is_object = language.code == "de" and not is_tail and bool(_OBJECT.match(words))
    if not words or len(words.split()) > _MOST_WORDS or is_object:
        return None
    if not (is_tail or is_source(words, language)) and not (from_ and len(words.split()) == 1 and are_several(words, language)):
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


def _resolved(found: Attribution, earlier: dict[Kind, Attribution], language: Language) -> Attribution:
    """Take a pronoun, or a source named again by its kind alone, for the one it means."""
    words = found.source.lower()
    if words in language.pronouns:
        persons = [each for kind, each in earlier.items() if kind in {"person", "unnamed"}]
        return _as(found, persons[-1]) if persons else found
    again = DEFINITE.match(found.source)
    if again and len(found.source[again.end() :].split()) <= 2 and found.kind != "group":  # noqa: PLR2004  `the French broadcaster`
        same = earlier.get(found.kind) if found.kind not in {"group", "author"} else None
        return _as(found, same) if same else found
    return found


def _as(found: Attribution, other: Attribution) -> Attribution:
    return replace(found, source=other.source, kind=other.kind)
