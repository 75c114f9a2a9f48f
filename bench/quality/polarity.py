"""Whether a sentence says that something is so or that it is not, on own sentences, beside a plain list of words of negation.

Bar: 95 of 100 right. `bench/texts/polarity.txt` holds sentences of news in five languages behind their language and polarity, as
a reader would say it: what a source does not say is not said to be false, and what somebody denies is not so, as he says. They
were written before the product was run on them, by who wrote its rules; every second line is kept back from whoever mends these,
who saw their figure. Sentences by the author of the rules say little of what other people's news scores.
The plain list calls negated what has a word of negation.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.lib import places
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from tallystick.reports.attribution import attributions
from tallystick.reports.claims import claims
from tallystick.reports.languages import language_called

BAR = 0.95
_WORDS = re.compile(
    r"(?<!\w)(?:not|no|never|none|nobody|nothing|neither|nor|cannot|\w+n[’']t|nicht|nie|niemand|nichts|kein\w*|weder|ne|n[’']\w+|pas|jamais"
    r"|rien|personne|aucune?|ni|nunca|nadie|nada|ningun\w*|ningún|لم|لا|لن|ليس|ليست|ولا)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence, its language, and whether it says that something is not so."""

    code: str
    is_negated: bool
    text: str


def run(_options: Options) -> Result:
    """Tell both ways."""
    marked = _read()
    ways: dict[str, Callable[[Marked], bool]] = {
        "tallystick": _is_negated,
        "plain list": lambda each: bool(_WORDS.search(each.text)),
    }
    sets = {"all": marked, "kept back": marked[1::2]}
    figures = [
        Figure(
            name=f"polarity of claims, {name}: share right",
            ours=_right(of, ways["tallystick"]),
            bar=BAR,
            peers={"plain list": _right(of, ways["plain list"])},
        )
        for name, of in sets.items()
    ]
    rows: list[list[str | float | None]] = [
        [code, way, len(of := [each for each in marked if each.code == code]), _right(of, tell)]
        for code in dict.fromkeys(each.code for each in marked)
        for way, tell in ways.items()
    ]
    return Result(
        name="polarity", figures=figures, tables=[Table("By language", ["language", "way", "sentences", "right"], rows)]
    )


def _read() -> Sequence[Marked]:
    lines = (places.ROOT / "bench" / "texts" / "polarity.txt").read_text(encoding="utf-8").splitlines()
    return [Marked(code, polarity == "negated", text) for code, polarity, text in (line.split("\t") for line in lines)]


def _is_negated(each: Marked) -> bool:
    found = claims(each.text, attributions(each.text, language_called(each.code)), each.code)
    return any(one.polarity == "negated" for one in found)


def _right(marked: Sequence[Marked], tell: Callable[[Marked], bool]) -> float:
    return sum(tell(each) == each.is_negated for each in marked) / len(marked)
