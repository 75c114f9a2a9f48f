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
 6. A source has a place and, in it, a name: without what is said about it (`descriptions`).
 7. Spans are characters of the text passed in.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from tallystick.reports.cue_patterns import patterns
from tallystick.reports.cue_tables import Language
from tallystick.reports.cue_words import Span, Words
from tallystick.reports.cues import ADVERB, BASES, BEFORE_NOUNS, FIRST_PERSON, Kind
from tallystick.reports.descriptions import place_and_name, with_description
from tallystick.reports.english_words import RELATIVES
from tallystick.reports.languages import language_of
from tallystick.reports.learned_cues import READERS, Learned, cue_chance, learned, shipped_weights
from tallystick.reports.noun_cues import noun_cues
from tallystick.reports.sentences import sentences
from tallystick.reports.source_kinds import (
    DEFINITE,
    is_source,
    kind_of,
)
from tallystick.reports.source_spans import before, behind
from tallystick.reports.subject_words import BEHIND_HEAD

_POSTPOSED = frozenset({"zufolge", "nach", "heißt es", "hieß es"})
"""Stand right behind their source, wherever in a clause: `Er war der Polizei zufolge allein`."""
_PRONOUN_BEHIND = re.compile(r"\s(?P<pronoun>er|sie|man)\b")
"""In German, it is the subject wherever it stands behind its verb; what stands before is none."""
_QUOTE = re.compile(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"")
_CLOSED_QUOTE = re.compile(r"[”\"»’]\s?,?\s+(?P<cue>(?!a-t-|ont-)[^\W\d_]+(?:\s[^\W\d_]+é)?)\s(?=\S)")
"""What opens the words behind a quotation: whatever verb it is, it says who spoke."""
_QUOTE_OR_COMMA = ',،”"»“–—'
_IS = frozenset({"is", "was", "were", "are", "had", "has", "ist", "war", "est", "était", "es", "era", "fue"})
"""Behind a quotation these say nothing: `“Never,” was the answer`."""
_INVERTING = ("so", " as")
"""Behind these an English verb may stand before its source: `so says the keeper`."""
_PASSIVE = re.compile(
    rf"\b(?:be|been|being|is|are|was|were|will|can|could|should|to|the|a|an|do|does)\s+(?:not\s|never\s|{ADVERB}\s)?$",
    re.IGNORECASE,
)
"""Before an English verb: nobody says anything here. The other languages have none of these words before a form of the tables."""
_OF_SPEECHES = frozenset({"de"})
"""Languages whose weights were learned from speeches; in news they find mostly what is none."""
_SPEECH = 0.012
"""The share of words for the speaker, outside of quotations, from which on a text is a speech: 96 of 100 parliament speeches have
it, 1 of 100 news."""
_LEAST_LIKELY = {"de": 0.5, "en": 0.1}
"""How likely the weights must hold a verb of the tables for a cue. German weights are used only for such texts as they were
learned from, and may say more."""
_OF = re.compile(rf"\s(?:{BEHIND_HEAD.pattern})\s")
_SEVERAL = (["police"], ["people"], ["media"], ["they"], ["men"], ["women"], ["some"], ["many"], ["both"], ["two"], ["three"])
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
        source_start, source_end: where the sentence names it, with what it says about it there.
        name_start, name_end: where it names it, without that: of `Karin Beispiel, a lawyer, said` the first two words.
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
    name_start: int
    name_end: int
    kind: Kind
    told: str = ""
    leaked: bool = False
    learned: bool = False

    @property
    def counts(self) -> bool:
        """Whether a chain may rest on it: a table found it, and its source is neither a group nor the document's own author."""
        return not self.learned and self.kind not in {"group", "author"}


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
        listed = list(_in_sentence(text, start, end, spoken))
        words = READERS[spoken.code].words(text, start, end) if is_weighed and (listed or is_whole) else None
        if words:
            listed = [each for each in listed if _is_likely(words, each, spoken.code)]
        found = list(_apart(text, listed))
        if words and is_whole:
            found = _weighed(text, (start, end), words, found, spoken.code)
        for each in found:
            out.append(_resolved(each, earlier, spoken))
            if not each.learned:
                earlier = _with(earlier, out[-1])
    return out


def _with(earlier: dict[Kind, Attribution], found: Attribution) -> dict[Kind, Attribution]:
    """Return the last attribution of each kind, the latest kind last."""
    return {**{kind: each for kind, each in earlier.items() if kind != found.kind}, found.kind: found}


def _is_speech(text: str) -> bool:
    """Whether a text speaks of itself as speeches do, and news hardly ever does outside of what it quotes."""
    words = re.findall(r"\w+", _QUOTE.sub(" ", text).lower())
    return sum(word in FIRST_PERSON for word in words) >= _SPEECH * max(len(words), 1)


def _apart(text: str, found: Iterable[Attribution]) -> Iterator[Attribution]:
    """Leave out attributions to words that another one took before, or by words that are part of another's source."""
    taken: list[Span] = []
    for each in found:
        source, cue = _source(each), (each.cue_start, each.cue_end)
        is_joined = text[: each.cue_start].endswith(" und ")
        if not any((_meet(source, other) and not (is_joined and source == other)) or _meet(cue, other) for other in taken):
            taken.append(source)
            yield each


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _is_likely(words: Words, found: Attribution, code: str) -> bool:
    """Whether the weights do not rule out what the tables found; of verbs alone they know enough."""
    is_verb = not found.leaked and patterns(code).verbs.fullmatch(found.cue)
    return not is_verb or _chance(words, found, code) >= _LEAST_LIKELY[code]


def _weighed(text: str, sentence: Span, words: Words, listed: Sequence[Attribution], code: str) -> list[Attribution]:
    """Return what the tables found in a sentence, in the places of the weights, and what these find beside it."""
    verbs = patterns(code).verbs
    open_, out = list(learned(words, READERS[code], shipped_weights(code))), []
    for each in listed:
        same = next((one for one in open_ if _meet(one.cue, (each.cue_start, each.cue_end))), None)
        if same is not None:
            open_.remove(same)
        is_placed = same is not None and verbs.match(text, each.cue_start) and _meet(same.source, _source(each))
        out.append(_placed(text, each, same.source) if same and is_placed else each)
    return out + [_found(text, sentence, one) for one in open_]


def _found(text: str, sentence: Span, found: Learned) -> Attribution:
    """Make an attribution of what the weights alone found."""
    place, name = place_and_name(text, found.source, found.cue)
    words, cue = text[slice(*name)], text[slice(*found.cue)]
    return Attribution(*sentence, cue, *found.cue, words, *place, *name, kind_of(words), learned=True)


def _placed(text: str, found: Attribution, place: Span) -> Attribution:
    """Return an attribution with another place of its source; its words stay those of the tables."""
    is_inside = found.source_start < place[0] and _OF.search(text, found.source_start, place[0])
    is_relative = found.source_start < place[0] and text[slice(*place)].lower() in RELATIVES
    is_joined = text[slice(*place)].endswith(" and")
    if is_relative or is_joined or (is_inside and place[1] == found.source_end):  # `A man who called himself Karim`: not Karim
        return found
    place, name = place_and_name(text, place, (found.cue_start, found.cue_end))
    is_cut = name == (found.name_start, found.name_end)
    place = (min(place[0], found.source_start), max(place[1], found.source_end)) if is_cut else place
    return replace(found, source_start=place[0], source_end=place[1], name_start=name[0], name_end=name[1])


def _source(found: Attribution) -> Span:
    return found.source_start, found.source_end


def _chance(words: Words, found: Attribution, code: str) -> float:
    """How likely the weights hold the cue of the tables for one."""
    reader, weights = READERS[code], shipped_weights(code)
    cue = found.cue_start, found.cue_end
    inside = (at for at, span in enumerate(words.spans) if _meet(span, cue) and reader.may_be_cue(words, at))
    return max((cue_chance(words, at, reader, weights, is_sure=True) for at in inside), default=0.0)


def _in_sentence(text: str, start: int, end: int, language: Language) -> Iterator[Attribution]:
    tables = patterns(language.code)
    for pattern, leaked in ((tables.leak, True), (tables.before, False)):
        for cue in islice(pattern.finditer(text, start, end), _MOST_CUES):
            source = behind(text, cue.end(), end, language, loose=True)
            # `according to leaks from X` has one source, X, and the other pattern finds it.
            if source and not (not leaked and tables.leak.match(text, source[0])):
                yield replace(_made(text, (start, end), cue.span(), source, language.code), leaked=leaked)
    yield from _said(text, start, end, language)
    for quote in islice(_CLOSED_QUOTE.finditer(text, start, end), _MOST_CUES):
        source = behind(text, quote.end("cue"), end, language)
        verb = quote["cue"].lower()
        if source and verb not in _IS and verb not in language.no_openers and not is_source(quote["cue"], language):
            yield _made(text, (start, end), quote.span("cue"), source, language.code)
    for noun, owner in islice(noun_cues(text, start, end, language), _MOST_CUES):
        yield _made(text, (start, end), noun, owner, language.code)


def _said(text: str, start: int, end: int, language: Language) -> Iterator[Attribution]:
    """Yield what verbs of saying attribute; those inside a quotation are the words of somebody else."""
    tables = patterns(language.code)
    quotes = [found.span() for found in _QUOTE.finditer(text, start, end)]
    for cue in islice(tables.verbs.finditer(text, start, end), _MOST_CUES):
        if any(a < cue.start() < b for a, b in quotes):
            continue
        source = _pronoun_behind(text, cue.end(), language)
        if source is None or text[slice(*source)] == "sie":  # which may be an object
            source = before(text, start, cue.start(), language, is_tail=cue[0] in _POSTPOSED) or source
        if source is None and _ends_alike(tables.behind, cue) and _opens(text, start, cue.start(), language):
            source = behind(text, cue.end(), end, language)
        if source is None or _is_noun(cue[0], text[slice(*source)], language) or _PASSIVE.search(text[start : cue.start()]):
            continue
        told = behind(text, cue.end(), end, language) if cue[0].lower() in {"told", "tells"} else None
        made = _made(text, (start, end), cue.span(), source, language.code)
        yield replace(made, told=text[slice(*told)]) if told else made


def _pronoun_behind(text: str, at: int, language: Language) -> Span | None:
    found = _PRONOUN_BEHIND.match(text, at) if language.code == "de" else None
    return found.span("pronoun") if found else None


def _made(text: str, sentence: Span, cue: Span, source: Span, code: str) -> Attribution:
    """Make an attribution of what the tables found."""
    place, name = place_and_name(text, with_description(text, source, sentence, cue, code), cue)
    words = text[slice(*name)]
    return Attribution(*sentence, text[slice(*cue)], *cue, words, *place, *name, kind_of(words))


def _ends_alike(pattern: re.Pattern[str], cue: re.Match[str]) -> bool:
    """Whether another pattern finds the same words there; it may look at what follows them."""
    found = pattern.match(cue.string, cue.start())
    return found is not None and found.end() == cue.end()


def _is_noun(cue: str, source: str, language: Language) -> bool:
    """Whether an English word is no verb: `the annual report`, `eleven claims`; but `prosecutors report`, `the police say`."""
    if language.code != "en":
        return False
    last, head = source.rsplit(maxsplit=1)[-1].lower(), _OF.split(source.lower())[0]
    several = head.endswith("s") or head.split()[-1:] in _SEVERAL or " and " in source
    return last in BEFORE_NOUNS or (cue in BASES and not several)


def _opens(text: str, start: int, at: int, language: Language) -> bool:
    """Whether a verb opens what follows a statement: behind a quotation or a comma; in German also behind any other word."""
    before_it = text[start:at].rstrip()
    return language.code in {"de", "ar"} or before_it[-1:] in _QUOTE_OR_COMMA or before_it.lower().endswith(_INVERTING)


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
