"""Whose statement a sentence is: cue and source, by the words texts use for it.

Pure; no parser, no model. Finds what is said with a cue; what a reader only infers it does not find.

Rules
 1. A source stands behind a cue such as `according to`, before a verb of saying, or behind one where the language does that.
 2. A pronoun, and a bare `the official`, mean the source of that kind named last.
 3. Spans are characters of the text passed in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tallystick.reports.cues import (
    AGENCIES,
    DOCUMENT,
    GROUP,
    LANGUAGES,
    ORGANISATION,
    OUTLET,
    OUTLET_NAME,
    UNNAMED,
    Kind,
    Language,
)

_SENTENCE = re.compile(r"[^.!?؟\n]*(?:[.!?؟](?=[^\s”\"»’)])[^.!?؟\n]*)*[.!?؟]*[”\"»’)]*")
_BOUNDARY = re.compile(r"[,;:()“”\"„«»–—]|\s-\s|\b(?:that|because|while|when|but|dass|weil|que|porque|أن|إن|بأن)\b")
_MOST_WORDS = 9
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARTICLE = re.compile(
    r"^(the|a|an|der|die|das|dem|den|des|ein|eine|einem|einer|le|la|l[’']|les|un|une|el|los|las|una)\s+", re.IGNORECASE
)
_DEFINITE = re.compile(r"^(the|der|die|das|dem|den|le|la|l[’']|les|el|los|las|ال)\s*", re.IGNORECASE)
_STOP = re.compile(
    r"\s+(?:nobody|no one|niemand|personne|nadie"
    r"|on|in|at|who|which|that|said|told|and|has|have|had|was|were|is|are|this|after|late|am|im"
    r"|der|die|das|wurde|ist|hat|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|qui|a|est|avait"
    r"|el lunes|quien|que|ha|había|fue)\b"
)


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


def language_of(text: str) -> Language:
    """Return the language whose commonest words a text has most of."""
    words = re.findall(r"\w+", text.lower())[:2000]
    return max(LANGUAGES, key=lambda language: sum(word in language.common for word in words))


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
    return out


@cache
def _patterns(code: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    language = next(each for each in LANGUAGES if each.code == code)
    joint = r"(?<!\w)({})(?!\w)" if code != "ar" else r"(?<!\w)({})"
    made = [
        re.compile(joint.format(words), re.IGNORECASE)
        for words in (language.leak, language.before, language.verbs, language.behind)
    ]
    return made[0], made[1], made[2], made[3]


def _in_sentence(text: str, start: int, end: int, language: Language) -> Iterator[Attribution]:
    leak, before, verbs, behind = _patterns(language.code)
    for pattern, leaked in ((leak, True), (before, False)):
        for cue in pattern.finditer(text, start, end):
            source = _behind(text, cue.end(), end)
            # `according to leaks from X` has one source, X, and the other pattern finds it.
            if source and not (not leaked and leak.match(text, *source)):
                yield _made(text, (start, end), cue.span(), source, leaked=leaked)
    for cue in verbs.finditer(text, start, end):
        source = _before(text, start, cue.start())
        if source is None and behind.fullmatch(cue[0]):
            source = _behind(text, cue.end(), end)
        if source:
            told = _behind(text, cue.end(), end) if cue[0].lower() in {"told", "tells"} else None
            yield _made(text, (start, end), cue.span(), source, told=text[slice(*told)] if told else "")


def _made(
    text: str, sentence: tuple[int, int], cue: tuple[int, int], source: tuple[int, int], *, told: str = "", leaked: bool = False
) -> Attribution:
    words = text[slice(*source)]
    return Attribution(*sentence, text[slice(*cue)], *cue, words, *source, kind_of(words), told, leaked)


def _behind(text: str, at: int, end: int) -> tuple[int, int] | None:
    """The words behind a cue, up to a boundary."""
    part = text[at:end]
    stop = _BOUNDARY.search(part)
    part = part[: stop.start()] if stop else part
    words = part.strip(" .!?؟")
    article = _ARTICLE.match(words)
    halt = _STOP.search(words, article.end() if article else 0)
    words = " ".join(words[: halt.start()].split(" ")[:_MOST_WORDS]) if halt else " ".join(words.split(" ")[:_MOST_WORDS])
    if not words or not _is_source(words):
        return None
    start = at + part.index(words)
    return start, start + len(words)


def _before(text: str, start: int, at: int) -> tuple[int, int] | None:
    """The words before a verb of saying, from the last boundary on."""
    part = text[start:at]
    stops = list(_BOUNDARY.finditer(part))
    from_ = stops[-1].end() if stops else 0
    words = part[from_:].strip()
    if not words or len(words.split()) > _MOST_WORDS or not _is_source(words):
        return None
    begin = start + part.index(words, from_)
    return begin, begin + len(words)


def _is_source(words: str) -> bool:
    plain = words.lower()
    if plain in {pronoun for language in LANGUAGES for pronoun in language.pronouns}:
        return plain != "it"
    kinds = (DOCUMENT, OUTLET, UNNAMED, GROUP, ORGANISATION)
    return (
        any(c.isupper() for c in _ARTICLE.sub("", words)[:1])
        or any(re.search(kind, words, re.IGNORECASE) for kind in kinds)
        or bool(_ARABIC.search(words))
    )


def kind_of(words: str) -> Kind:
    """Return what kind of source some words name."""
    bare = _ARTICLE.sub("", words)
    if set(bare.split()) & AGENCIES:
        return "agency"
    tests: tuple[tuple[str, Kind], ...] = ((GROUP, "group"), (DOCUMENT, "document"), (OUTLET, "outlet"), (UNNAMED, "unnamed"))
    for pattern, kind in tests:
        if re.search(pattern, bare, re.IGNORECASE):
            return kind
    if re.search(OUTLET_NAME, bare):
        return "outlet"
    capitals = [word for word in bare.split() if word[:1].isupper()]
    return "person" if len(capitals) == len(bare.split()) == 2 else "organisation"  # noqa: PLR2004  given and family name


def _resolved(found: Attribution, before: list[Attribution], language: Language) -> Attribution:
    """Take a pronoun, or a source named again by its kind alone, for the one it means."""
    words = found.source.lower()
    earlier = [each for each in before if each.kind != "group"]
    if words in language.pronouns:
        persons = [each for each in earlier if each.kind in {"person", "unnamed"}]
        return _as(found, persons[-1]) if persons else found
    again = _DEFINITE.match(found.source)
    if again and len(found.source[again.end() :].split()) <= 2 and found.kind != "group":  # noqa: PLR2004  `the French broadcaster`
        same = [each for each in earlier if each.kind == found.kind]
        return _as(found, same[-1]) if same else found
    return found


def _as(found: Attribution, other: Attribution) -> Attribution:
    return Attribution(
        found.start,
        found.end,
        found.cue,
        found.cue_start,
        found.cue_end,
        other.source,
        found.source_start,
        found.source_end,
        other.kind,
        found.told,
        found.leaked,
    )
