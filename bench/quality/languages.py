"""Which language a headline or a sentence is in, on own sentences of a few words, beside the commonest words of each language.

Bar: 95 of 100 right. `bench/texts/languages.txt` holds headlines and short sentences in five languages, one a line behind the
code of its language, written before any product was run on them. The other way takes the fifteen commonest words of each language
in the project's own messages and in the sentences that teach cues, and the language that has most of a sentence's words.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bench.lib import attributed, places
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from tallystick.reports.cues import LANGUAGES
from tallystick.reports.languages import language_of

BAR = 0.95
_COMMONEST = 15
_MESSAGE = re.compile(r"^(?P<kind>msgid|msgstr)\S*\s(?P<first>\".*\")\n(?P<more>(?:\".*\"\n)*)", re.MULTILINE)
_FILLED = re.compile(r"%\(\w+\)[sd]|%%")
_CODES = tuple(each.code for each in LANGUAGES)
_Marked = Sequence[tuple[str, str]]


def run(_options: Options) -> Result:
    """Tell the language of short and of whole sentences both ways."""
    common = _commonest()
    ways: dict[str, Callable[[str], str]] = {
        "tallystick": lambda text: language_of(text).code,
        "commonest words": lambda text: max(_CODES, key=lambda code: sum(each in common[code] for each in _words(text))),
    }
    sets = {"headlines and short sentences": _short(), "sentences of news": _whole()}
    figures = [
        Figure(
            name=f"language of {name}: share right",
            ours=_right(marked, ways["tallystick"]),
            bar=BAR,
            peers={"commonest words": _right(marked, ways["commonest words"])},
        )
        for name, marked in sets.items()
    ]
    headings = ["texts", "language", "way", "texts", "right"]
    rows: list[list[str | float | None]] = [
        [name, code, way, len(of := [each for each in marked if each[0] == code]), _right(of, tell)]
        for name, marked in sets.items()
        for code in dict.fromkeys(code for code, _ in marked)
        for way, tell in ways.items()
    ]
    return Result(name="languages", figures=figures, tables=[Table("By language", headings, rows)])


def _short() -> _Marked:
    lines = (places.ROOT / "bench" / "texts" / "languages.txt").read_text(encoding="utf-8").splitlines()
    return [(code, text) for code, _, text in (line.partition("\t") for line in lines)]


def _whole() -> _Marked:
    return [(code, each.text) for code in attributed.OWN for each in attributed.own_part(code, "judging")]


def _right(marked: _Marked, tell: Callable[[str], str]) -> float:
    return sum(tell(text) == code for code, text in marked) / len(marked)


def _commonest() -> dict[str, frozenset[str]]:
    counts = {code: Counter(word for text in _texts(code) for word in _words(text)) for code in _CODES}
    return {code: frozenset(word for word, _ in each.most_common(_COMMONEST)) for code, each in counts.items()}


def _texts(code: str) -> Iterator[str]:
    """Yield our own texts of a language."""
    kind, file = ("msgid", "de") if code == "en" else ("msgstr", code)
    path = places.ROOT / "src" / "tallystick" / "desk" / "locales" / f"{file}.po"
    for found in _MESSAGE.finditer(path.read_text(encoding="utf-8")):
        if found["kind"] == kind:
            lines = [found["first"], *found["more"].splitlines()]
            yield _FILLED.sub(" ", "".join(ast.literal_eval(each) for each in lines))
    if code in attributed.OWN:
        yield from (each.text for each in attributed.own_part(code, "teaching"))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())
