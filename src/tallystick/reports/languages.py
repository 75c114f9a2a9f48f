"""Which language a text is in.

Pure. Rules
 1. A text most of whose letters are Arabic is Arabic.
 2. The others are told apart by runs of letters: how much each speaks for a language was learned from our own texts
    (`python -m bench.learn.languages`). One sentence is enough, mostly.
 3. Where nothing speaks for any language, a text is English.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain, islice

from tallystick.errors import ConfigError
from tallystick.reports.cue_tables import Language
from tallystick.reports.cues import LANGUAGES

LETTERED = ("en", "de", "fr", "es")
"""Languages that are told apart by their letters."""
_MOST_WORDS = 60
"""The first words of a text; more of them change nothing."""
_LENGTHS = (1, 2, 3, 4)
_WORD = re.compile(r"[^\W\d_]{1,40}")
"""No longer than any word is: what has no blanks for a megabyte is looked at piece by piece, and only its beginning."""
_ARABIC = re.compile(r"[\u0620-\u064a]")


def language_of(text: str) -> Language:
    """Return the language of a text."""
    start = " ".join(found[0] for found in islice(_WORD.finditer(text), _MOST_WORDS))
    if 2 * len(_ARABIC.findall(start)) > len(start.replace(" ", "")):
        return language_called("ar")
    weights = _weights()
    sums = [0.0] * len(LETTERED)
    for run in runs(start):
        for at, weight in enumerate(weights.get(run, ())):
            sums[at] += weight
    return language_called(LETTERED[max(range(len(sums)), key=sums.__getitem__)])


def runs(text: str) -> Iterator[str]:
    """Yield the runs of letters of the words of a text, blanks around the words."""
    for found in _WORD.finditer(text):
        word = f" {found[0].lower()} "
        yield from chain.from_iterable((word[at : at + n] for at in range(len(word) - n + 1)) for n in _LENGTHS if n < len(word))
        yield word


@cache
def _weights() -> Mapping[str, tuple[float, ...]]:
    """Return how much each run of letters speaks for each language of `LETTERED`, in bits.

    Raises:
        ConfigError: the table that comes with the package is damaged.
    """
    table = (files(__package__) / "parameters" / "languages-1.tsv").read_text(encoding="utf-8")
    head, *lines = table.splitlines()
    out = {run: tuple(map(float, weights)) for run, *weights in (line.split("\t") for line in lines)}
    if head.split("\t") != ["run", *LETTERED] or any(len(each) != len(LETTERED) for each in out.values()):
        raise ConfigError("the table of languages is damaged", hint="reinstall the package")
    return out


def language_called(code: str) -> Language:
    """Return the language with a code of `LANGUAGES`."""
    return next(each for each in LANGUAGES if each.code == code)
