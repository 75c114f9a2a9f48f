"""Slips of the pen: typos by keyboard and look-alike, spelling by ear, diacritics lost.

Draws from the generator passed in. Works on one text at a time and never returns an empty one.
"""

import unicodedata
from random import Random

from tallystick.synthesis.tables import letter_rows, slip_rows

FIRST_LETTER = 0.12
"""Share of the typos that hit the first letter; people look at it."""

LEFT_OUT = 0.5
"""What is no letter (a blank, a hyphen) is left out rather than confused."""

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_TABLES = slip_rows()
_LOOKALIKES = dict(_TABLES["lookalike"])
_BY_EAR = _TABLES["by ear"]
_UNMARKED = dict(_TABLES["unmarked"])
_UMLAUTS = str.maketrans(dict(_TABLES["two letters"]))
_plain: dict[str, str] = dict(_UNMARKED)


def typo(text: str, script: str, rng: Random) -> str:
    """Return the text with one letter wrong."""
    size = len(text)
    if size < 2:  # noqa: PLR2004
        return text if script == "latin" else _letter(script, rng)
    place = 0 if rng.random() < FIRST_LETTER else 1 + int(rng.random() * (size - 1))
    kind = rng.random() if text[place].isalpha() else LEFT_OUT
    if kind < 0.35 or (script in SIGNS and kind < 0.8):  # noqa: PLR2004
        return text[:place] + _confused(text[place], script, rng) + text[place + 1 :]
    if kind < 0.60:  # noqa: PLR2004
        return text[:place] + text[place + 1 :]
    if kind < 0.80:  # noqa: PLR2004
        double = text[place].lower() if rng.random() < 0.5 else _letter(script, rng)  # noqa: PLR2004
        return text[: place + 1] + double + text[place + 1 :]
    place = min(place, size - 2)
    first, second = text[place], text[place + 1]
    if first.isupper():
        first, second = first.lower(), second.upper()
    return text[:place] + second + first + text[place + 2 :]


SIGNS = frozenset({"han", "hangul", "kanji"})
"""Scripts with so many signs that one is mistaken for another rather than left out."""


def by_ear(text: str, rng: Random) -> str:
    """Return the text with one sound written another way."""
    start = int(rng.random() * len(_BY_EAR))
    for heard, written in (*_BY_EAR[start:], *_BY_EAR[:start]):
        place = text.find(heard, 1)
        if place > 0:
            return text[:place] + written + text[place + len(heard) :]
        if text.startswith(heard.capitalize()):
            return written.capitalize() + text[len(heard) :]
    return text


def without_diacritics(text: str, rng: Random) -> str:
    """Return a Latin text without diacritics; ä, ö, ü and å become ae, oe, ue and aa for half."""
    if text.isascii():
        return text
    if rng.random() < 0.5:  # noqa: PLR2004
        text = text.translate(_UMLAUTS)
    return "".join([sign if sign < "\x80" else _plain.get(sign) or _unmarked(sign) for sign in text])


def _unmarked(sign: str) -> str:
    if sign in _UNMARKED:
        return _UNMARKED[sign]
    base = "".join(letter for letter in unicodedata.normalize("NFD", sign) if not unicodedata.combining(letter))
    _plain[sign] = base
    return base


def _confused(letter: str, script: str, rng: Random) -> str:
    if script != "latin":
        return _letter(script, rng)
    low = letter.lower()
    chance = rng.random()
    if chance < 0.5:  # noqa: PLR2004
        neighbours = _NEIGHBOURS.get(low, "e")
        new = neighbours[int(rng.random() * len(neighbours))]
    elif chance < 0.75:  # noqa: PLR2004
        new = _LOOKALIKES.get(low, "x")
    else:
        new = _letter(script, rng)
    return new if letter == low else new.capitalize()


def _letter(script: str, rng: Random) -> str:
    letters = _LETTERS.get(script) or _LETTERS["latin"]
    return letters[int(rng.random() * len(letters))]


def _neighbours() -> dict[str, str]:
    at = {letter: (row, column) for row, letters in enumerate(_KEYBOARD) for column, letter in enumerate(letters)}
    return {
        letter: "".join(other for other, place in at.items() if other != letter and _near(at[letter], place)) for letter in at
    }


def _near(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return abs(one[0] - two[0]) <= 1 and abs(one[1] - two[1]) <= 1


_NEIGHBOURS = _neighbours()
_LETTERS = letter_rows()
