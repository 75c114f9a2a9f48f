"""In which script a name is written, as far as the tables need it. Standard library only."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_JOINED = {"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana", "HANGUL": "Hangul"}


@lru_cache(maxsize=65536)
def _of_letter(letter: str) -> str:
    word = unicodedata.name(letter, "OTHER").split(" ", 1)[0].split("-", 1)[0]
    return _JOINED.get(word, word.capitalize())


def script(name: str) -> str:
    """The script of most letters of a name: Latin, Cyrillic, Arabic, Han, ...; none when it has no letter."""
    counts = Counter(_of_letter(letter) for letter in name if letter.isalpha())
    return counts.most_common(1)[0][0] if counts else "none"


def culture(names: Iterable[str]) -> str:
    """The script other than Latin that a person's names also come in, else Latin."""
    others = Counter(script(name) for name in names)
    del others["Latin"], others["none"]
    return others.most_common(1)[0][0] if others else "Latin"
