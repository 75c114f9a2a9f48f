"""Who is said to say it: cue and source, on texts of others and on our own news sentences, beside a plain cue list.

Bar: F1 0.70, and 15 points above the plain cue list. An attribution is right if its cue shares a word with a marked one and its
source is at least half of the marked source and no more than twice of it (Dice 0.5); each marked one counts once. One part of
the data teaches (the weights of `reports/learned_cues.py`, the words of `reports/cues.py`, the plain list), the other judges.

Texts of others: US news (PolNeAR) and German news (Wikinews), from clones in the folder named by TALLYSTICK_CORPORA
(`bench/lib/corpora.py`); German parliament speeches, from the evaluation data. What is not there is left out, with a line that
says so. No weight was learned from German news, whose licence forbids it; the tables were widened by what they missed in the
parts of it that teach and develop.

A source is judged with what the sentence says about it (`Weber, who runs the port`) where others marked it so, and by its name
alone in our own sentences, which mark that. The product knows both places.

The plain cue list: the words that are a cue at least half of the times they occur in the part that teaches; its source is the
nearest pronoun or run of capitalised words before it in the clause, or else behind it; or all words of the clause before it, or
else behind it. The better of the two counts. For our own sentences the product's own tables with those two sources
stand in the table as well: they show how much of its score is the words and how much the finding of sources. What counts, without
what learned weights alone found, has a line of its own: chains and origins rest on it.

Sentences and tables of English, French, Spanish and Arabic were written by the same people: the tables were widened with the
sentences that teach, and those that judge changed nothing, but of the English ones every second line was looked at when rules
were mended; the others are kept back and have lines of their own. What other people's news scores is not said by them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from bench.lib import attributed, corpora, places
from bench.lib.attributed import Marked, Sentence, Span
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from tallystick.reports.attribution import Attribution, attributions
from tallystick.reports.cue_tables import Language
from tallystick.reports.cues import LANGUAGES
from tallystick.reports.sentences import sentences

BAR = 0.70
AHEAD = 0.15
Found = Sequence[tuple[Span, Span]]
_WORD = re.compile(r"\w+(?:[-’']\w+)*|[^\w\s]")
_PRONOUNS = re.compile(
    r"ich|wir|sie|er|man|he|she|they|i|we|il|elle|ils|elles|on|je|él|ella|ellos|ellas|yo|wer|niemand|هو|هي", re.IGNORECASE
)
_CLAUSE = frozenset(',;:–—-()«»“”"„،؛')


@dataclass(slots=True)
class Judged:
    """How many attributions there were, were found, and were right; and of the right ones how many to the letter."""

    marked: int = 0
    found: int = 0
    right: int = 0
    exact: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.marked if self.marked else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.marked) if self.found + self.marked else 0.0


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of one language.

    Attributes:
        title, code: what they are, in which language.
        read: returns those that teach and those that judge.
        small: whether they are few enough to judge what taught as well.
        own: whether we wrote them; then the product's cues alone are shown too.
    """

    title: str
    code: str
    read: Callable[[], tuple[Sequence[Sentence], Sequence[Sentence]]]
    small: bool = True
    own: bool = False


_OWN = {"en": "English", "fr": "French", "es": "Spanish", "ar": "Arabic"}
TEXTS = (
    Texts("US news", "en", lambda: (corpora.english_news("train"), corpora.english_news("test")), small=False),
    Texts("German news", "de", lambda: (corpora.german_news("train"), corpora.german_news("test")), small=False),
    Texts("German speeches", "de", attributed.speeches),
    Texts(
        "harder English sentences",
        "en",
        lambda: (attributed.own_part("en", "teaching"), attributed.own_part("en", "hard")),
        own=True,
    ),
    Texts(
        "harder English sentences kept back",
        "en",
        lambda: (attributed.own_part("en", "teaching"), attributed.kept_back("en", "hard")),
        own=True,
    ),
    *(Texts(f"own {_OWN[code]} sentences", code, partial(attributed.own, code), own=True) for code in attributed.OWN),
    Texts(
        "own English sentences kept back",
        "en",
        lambda: (attributed.own_part("en", "teaching"), attributed.kept_back("en", "judging")),
        own=True,
    ),
)


def run(_options: Options) -> Result:
    """Find both ways, judge both alike."""
    figures: list[Figure] = []
    rows: list[list[str | float | None]] = []
    missing: list[str] = []
    for texts in TEXTS:
        try:
            teaching, judging = texts.read()
        except places.SkippedError as error:
            missing.append(f"{texts.title} left out: {error}")
            continue
        lines = _lines(texts, teaching, judging)
        ours, plain = lines["tallystick"].f1, lines["plain cue list"].f1
        figures.append(
            Figure(
                name=f"{texts.title}: F1",
                ours=ours,
                bar=max(BAR, plain + AHEAD),
                peers={"plain cue list": plain},
                checked=texts.small,  # the corpora are not on every machine
            )
        )
        for name, each in lines.items():
            rows.append([texts.title, name, each.marked, each.found, each.precision, each.recall, each.f1, each.exact])
    headings = ["texts", "tool", "marked", "found", "precision", "recall", "F1", "to the letter"]
    return Result(name="attribution", figures=figures, tables=[Table("Cue and source", headings, rows)], notes=missing)


def _lines(texts: Texts, teaching: Sequence[Sentence], judging: Sequence[Sentence]) -> dict[str, Judged]:
    found = [(each, attributions(each.text, _language(texts.code))) for each in judging]
    spans = _names if texts.own else _places
    out = {
        "tallystick": judged((each, spans(all_)) for each, all_ in found),
        "tallystick, what counts": judged((each, spans(one for one in all_ if not one.learned)) for each, all_ in found),
        "plain cue list": _plainly(judging, _cues(teaching)),
    }
    if texts.small:
        language = _language(texts.code)
        out["tallystick, on what taught"] = judged((each, spans(attributions(each.text, language))) for each in teaching)
    if texts.own:
        out["the product's cues, plain sources"] = _plainly(judging, _tables(texts.code))
    return out


def judged(sentences: Iterable[tuple[Sentence, Found]]) -> Judged:
    """Compare what was found in sentences with what is marked in them."""
    out = Judged()
    for sentence, found in sentences:
        open_ = list(sentence.marked)
        out.marked += len(open_)
        out.found += len(found)
        for cue, source in found:
            right = next((each for each in open_ if _is_right(cue, source, each)), None)
            if right is not None:
                open_.remove(right)
                out.right += 1
                out.exact += source == (right.source[0][0], right.source[-1][1])
    return out


def _is_right(cue: Span, source: Span, marked: Marked) -> bool:
    size = marked.source[-1][1] - marked.source[0][0] if marked.source else 0
    shared = attributed.overlap([source], [(marked.source[0][0], marked.source[-1][1])]) if size else 0
    return bool(attributed.overlap([cue], marked.cue)) and 4 * shared >= size + source[1] - source[0]


def _language(code: str) -> Language:
    return next(each for each in LANGUAGES if each.code == code)


def _places(found: Iterable[Attribution]) -> Found:
    """Cues and sources with what the sentence says about them, as the texts of others mark them."""
    return [((each.cue_start, each.cue_end), (each.source_start, each.source_end)) for each in found]


def _names(found: Iterable[Attribution]) -> Found:
    """Cues and sources by name alone, as our own sentences mark them."""
    return [((each.cue_start, each.cue_end), (each.name_start, each.name_end)) for each in found]


def _plainly(judging: Sequence[Sentence], cues: re.Pattern[str]) -> Judged:
    """Judge a list of cues with whichever of the two plain sources is better."""
    return max(
        (judged((each, _plain(each.text, cues, near)) for each in judging) for near in (_nearest, _rest)),
        key=lambda each: each.f1,
    )


def _tables(code: str) -> re.Pattern[str]:
    language = _language(code)
    return re.compile(rf"(?<!\w)(?:{language.before}|{language.verbs}|{language.behind})(?!\w)", re.IGNORECASE)


def _cues(teaching: Sequence[Sentence]) -> re.Pattern[str]:
    """The words that are a cue at least half of the times they occur."""
    all_, cues = Counter[str](), Counter[str]()
    for each in teaching:
        for found in _WORD.finditer(each.text):
            all_[found[0].lower()] += 1
            cues[found[0].lower()] += any(attributed.overlap([found.span()], one.cue) for one in each.marked)
    words = [re.escape(word) for word, times in sorted(cues.items()) if times and 2 * times >= all_[word]]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


_Tokens = Sequence[tuple[str, Span]]


def _plain(text: str, cues: re.Pattern[str], near: Callable[[_Tokens, int, int], Span | None]) -> Found:
    out = []
    for start, end in sentences(text):
        tokens = [(found[0], found.span()) for found in _WORD.finditer(text, start, end)]
        for cue in cues.finditer(text, start, end):
            first = next(at for at, (_, span) in enumerate(tokens) if span[1] > cue.start())
            last = max(at for at, (_, span) in enumerate(tokens) if span[0] < cue.end())
            if source := near(tokens, first, last):
                out.append((cue.span(), source))
    return out


def _rest(tokens: _Tokens, first: int, last: int) -> Span | None:
    """All words of the clause before a cue, or else behind it."""
    begin, end = first, last
    while begin and tokens[begin - 1][0] not in _CLAUSE:
        begin -= 1
    while end + 1 < len(tokens) and tokens[end + 1][0] not in _CLAUSE | {"."}:
        end += 1
    if begin < first:
        return tokens[begin][1][0], tokens[first - 1][1][1]
    return (tokens[last + 1][1][0], tokens[end][1][1]) if last < end else None


def _nearest(tokens: _Tokens, first: int, last: int) -> Span | None:
    """The nearest pronoun or run of capitalised words in the clause, before a word or else behind it."""
    for step, at in ((-1, first - 1), (1, last + 1)):
        number = at
        while 0 <= number < len(tokens) and tokens[number][0] not in _CLAUSE:
            word, span = tokens[number]
            if _PRONOUNS.fullmatch(word):
                return span
            if word[0].isupper():
                return _run(tokens, number, step)
            number += step
    return None


def _run(tokens: _Tokens, number: int, step: int) -> Span:
    first = last = number
    while 0 <= last + step < len(tokens) and tokens[last + step][0][0].isupper():
        last += step
    return tokens[min(first, last)][1][0], tokens[max(first, last)][1][1]
