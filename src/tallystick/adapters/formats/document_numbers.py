"""Takes document numbers out of cells that hold more than a number.

Rules
 1. Where a list has a column for numbers and one for details (United Kingdom 2022), both are numbered alike; where it has
    only one (2014, or a careless clerk), a number ends before the next bracket, comma, full stop, "issued" or word.
 2. Words before a number that are written in small letters, end in a colon or are known (TIN, INN) are its label, not
    the number; other capitals belong to it (`OB 0243318`).
 3. The issuing state is taken from brackets or the first words of the details, if it is a state at all.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tallystick.adapters.formats.countries import country_code
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.numbered import numbered

_END = re.compile(r"[(;,]|(?<!\bNo)\.(?:\s|$)|\b(?:issued?|expir\w*|valid)\b", re.IGNORECASE)
_STOP = re.compile(r"(?<!\bNo)\.\s+")
_PLAIN = re.compile(r"[\w/ .-]+")
_ISSUE = re.compile(
    r"[,.;:]|\b(?:issued?|number|passport|expir\w*|date|iss|exp|valid|identity|national|identification)\b", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_LABELS = frozenset({"TIN", "INN", "OGRN", "OGRNIP", "SSN", "NIF", "ID", "NO", "No.", "NO."})
_NO_COUNTRY = frozenset({"", "no", "id"})  # words, though Norway and Indonesia have these codes
_MAX_CHARS = 1000
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")


class Document(NamedTuple):
    """A document's kind, its number, and its issuing state as the list writes it."""

    kind: str
    number: str
    country: str | None


def documents(kind: str, numbers: str, details: str) -> Iterator[Document]:
    """Yield the documents of one row.

    Args:
        kind: what the column is for; anything but "passport" may turn out to be another kind by its details.
        numbers: the cell with the numbers; empty where the details hold them.
        details: the cell with the details.
    """
    said = numbered(details) if numbers.strip() else {}
    for index, text in (numbered(numbers) or numbered(details)).items():
        for number, about in _numbers(text[:_MAX_CHARS]):
            told = f"{about} {said.get(index, '')}".strip()
            found = document_kind(told)
            yield Document(found if kind != "passport" and found not in ("other", "passport") else kind, number, _issuer(told))


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield each number of a cell with what the cell says about it."""
    parts = _STOP.split(text)
    is_list = _PLAIN.fullmatch(text) is not None and all(map(_has_digit, parts))
    for part in parts if is_list else [text]:
        digit = _DIGIT.search(part)
        end = _END.search(part, digit.start()) if digit else None
        words = (part[: end.start()] if end else part).split()
        rest = part[end.start() :] if end else ""
        while (cut := _cut(words)) is not None:
            label, number, words = cut
            yield number, " ".join((*label, *(() if any(map(_has_digit, words)) else words), rest))


def _cut(words: list[str]) -> tuple[list[str], str, list[str]] | None:
    """Return the label of the first number, the number, and the words after it."""
    digit = next((index for index, word in enumerate(words) if _has_digit(word)), None)
    if digit is None:
        return None
    begin = next((index + 1 for index in range(digit - 1, -1, -1) if _is_label(words[index])), 0)
    after = range(digit + 1, len(words))  # "8208 No. 555627" is one number, of series and number
    end = next((index for index in after if _is_label(words[index]) and words[index].lower() != "no."), len(words))
    return words[:begin], " ".join(words[begin:end]).strip(" .,"), words[end:]


def _has_digit(word: str) -> bool:
    return _DIGIT.search(word) is not None


def _is_label(word: str) -> bool:
    return word.endswith(":") or word in _LABELS or (any(char.islower() for char in word) and not _has_digit(word))


def _issuer(text: str) -> str | None:
    for part in (*_IN_BRACKETS.findall(text), _ISSUE.split(text.strip(" .(),"), maxsplit=1)[0]):
        if part.strip().lower() not in _NO_COUNTRY and country_code(part) is not None:
            return str(part).strip()
    return None
