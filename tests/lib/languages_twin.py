"""Reads names in Han characters and Tamil words a second time, by spec/match-keys-v1.md, sections 2.7 and 2.8; slowly.

How Mandarin reads a character, and how a Hangul syllable is romanized, is for the tables of `any_ascii` to say: both are asked.
"""

import itertools
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

from lib.names_twin import TABLES, Token

_FOLDER = Path(__file__).parents[2] / "spec" / "tables"
Name = list[Token]
Letters = Callable[[str], str]
"""From a character to its romanized letters."""


def table(name: str) -> dict[str, str]:
    """Return a table of the specification."""
    lines = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


def characters(name: str) -> dict[str, str]:
    """Return a table turned round: character -> its reading."""
    return {character: reading for reading, row in table(name).items() for character in row}


def _costs(name: str) -> dict[str, list[tuple[str, int]]]:
    cells = {character: row.split() for character, row in table(name).items()}
    return {character: [(row[k], int(row[k + 1])) for k in range(0, len(row), 2)] for character, row in cells.items()}


SURNAMES = table("surnames")
CANTONESE, CANTONESE_SURNAMES, HANJA = (characters(name) for name in ("cantonese", "cantonese-surnames", "hanja"))
WADE_GILES = table("wade-giles")
JAPANESE_SURNAMES = {surname: reading for reading, row in table("japanese-surnames").items() for surname in row.split()}
FAMILY, GIVEN, ALONE = (_costs(f"japanese-{name}") for name in ("family", "given", "alone"))


def _composed(text: str, readings: dict[str, list[tuple[str, int]]], most: int) -> list[tuple[int, str]]:
    texts = [(0, "")]
    for place, character in enumerate(text):
        read_as = text[place - 1] if character == "々" and place else character
        longer = sorted((cost + more, before + after) for cost, before in texts for after, more in readings.get(read_as, []))
        cheapest = {text: cost for cost, text in reversed(longer)}
        texts = sorted((cost, text) for text, cost in cheapest.items())[:8]
    return texts[:most]


def _surname(first: str, *, alone: bool) -> tuple[int, list[tuple[int, str]]]:
    fit = [n for n in range(1, 6) if n <= len(first) and first[:n] in JAPANESE_SURNAMES]
    longest = max((n for n in fit if n > 1 or len(first) > 1 or not alone), default=0)
    may_be = {2: not alone, 3: first[0] not in SURNAMES["chinese"], 4: True, 5: True}.get(len(first), False)
    composed = _composed(first[:2], FAMILY, 2) if longest < 2 and may_be else []
    if composed:
        return 2, composed
    return longest, [(0, JAPANESE_SURNAMES[first[:longest]])] if longest else []


def _japanese(tokens: list[str]) -> tuple[list[Name], int]:
    length, surnames = _surname(tokens[0], alone=len(tokens) == 1)
    given, others = tokens[0][length:], tokens[1:]
    if not length:
        return [], 0
    if not given and others:
        given, *others = others
    tried = {0: [(0, "")], 1: _composed(given, ALONE, 4), 2: _composed(given, GIVEN, 4), 3: _composed(given, GIVEN, 4)}
    pairs = itertools.product(surnames, tried.get(len(given), []))
    read = sorted((cost + more, surname, name) for (cost, surname), (more, name) in pairs)[:6]
    return [[Token(form, "kana") for form in (surname, name) if form] for _, surname, name in read if not others], length


def _first_syllable(syllable: str) -> str:
    initial, *rest = list(normalize("NFD", syllable))
    if initial in "ᄂᄅ":
        initial = "ᄋ" if rest[0] in "ᅣᅤᅧᅨᅭᅲᅵ" else "ᄂ"
    return normalize("NFC", "".join([initial, *rest]))


def _cut(token: str) -> list[str]:
    first = {2: 1, 3: 1, 4: 2}.get(len(token), len(token))
    return [piece for piece in (token[:first], token[first:]) if piece]


def readings(tokens: list[str], letters: Letters) -> list[Name]:
    """Return all readings (2.3) of a name of one or two tokens, all Han, of which 2.4 takes nothing."""
    pieces = ([piece for token in tokens for piece in _cut(token)], tokens)
    mandarin = [[Token("".join(map(letters, piece)), "han") for piece in cut] for cut in pieces]
    several = sum(map(len, tokens)) > 1
    all_of_them = [*mandarin, *_further(tokens, letters)] if several else mandarin[:1]
    kept = (tuple(token for token in reading if token.form) for reading in all_of_them)
    return [list(reading) for reading in dict.fromkeys(kept) if reading]


def _further(tokens: list[str], letters: Letters) -> list[Name]:
    """2.7."""
    out, length = _japanese(tokens)
    signs = "".join(tokens)
    if length > 1 or len(signs) not in range(2, 5):
        return out
    mandarin = [letters(sign) for sign in signs]
    if signs[0] in SURNAMES["chinese"]:
        out.append([Token(form, "han") for form in mandarin])
        out.append([Token(WADE_GILES.get(form, form), "han") for form in mandarin])
        read = [CANTONESE.get(sign) for sign in signs]
        forms = [CANTONESE_SURNAMES.get(signs[0], read[0]), *read[1:]]
        out += [[Token(form, "han") for form in forms if form]] if all(forms) else []
    if signs[0] in SURNAMES["korean"] and all(sign in HANJA for sign in signs):
        syllables = [_first_syllable(HANJA[signs[0]]), *(HANJA[sign] for sign in signs[1:])]
        out.append([Token(letters(syllable), "hangul") for syllable in syllables])
    return out


_SONORANTS = TABLES["tamil sonorants"].split()
SONORANTS = {letter: latin for latin, row in zip(_SONORANTS[::2], _SONORANTS[1::2], strict=True) for letter in row}
_STOPS = TABLES["tamil stops"].split()
STOPS = dict(zip(_STOPS[::4], zip(_STOPS[1::4], _STOPS[2::4], _STOPS[3::4], strict=True), strict=True))
_VOWELS = {"a": "அஆா", "i": "இஈிீ", "u": "உஊுூ", "e": "எஏெே", "o": "ஒஓொோ", "ai": "ஐை", "au": "ஔௌ"}
VOWELS = {letter: latin for latin, row in _VOWELS.items() for letter in row}
PULLI = "்"
_SIGNS = "ாிீுூெேைொோௌ"


def tamil(word: str, *, otherwise: bool = False) -> str:
    """2.8: a word of letters of its tables."""
    out = ""
    for place, letter in enumerate(word):
        following = word[place + 1 : place + 2]
        if letter in VOWELS:
            out += VOWELS[letter]
        elif letter != PULLI:
            out += _consonant(word[:place], letter, following, otherwise=otherwise)
            out += "" if following and following in PULLI + _SIGNS else "a"
    return out


def _consonant(before: str, letter: str, following: str, *, otherwise: bool) -> str:
    if letter in SONORANTS:
        return "l" if letter == "ழ" and otherwise else SONORANTS[letter]
    hard, single, nasal = STOPS[letter]
    if otherwise:
        single = {"ட": "t", "த": "d"}.get(letter, single)
    if before[-1:] == PULLI and before[-2:-1] and before[-2] in "ஙஞணநமன":
        return nasal
    if not before:
        return "s" if letter == "ச" else "d" if letter == "த" and otherwise else hard
    return hard if before[-1] == PULLI or following == PULLI else single
