"""Takes document numbers out of the cells of the British list.

Rules
 1. Where the layout has a column for numbers and one for details (2022), both are numbered alike; where it has only
    details (2014), the number is what stands before the first bracket, comma, full stop or "issued".
 2. Words before a number that are written in small letters or end in a colon ("INN number:") are its label, not the number.
 3. The issuing state is taken from brackets or the first words of the details, if it is a state at all.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tallystick.adapters.formats.countries import country_code
from tallystick.adapters.formats.documents import document_kind
from tallystick.adapters.formats.numbered import numbered

_END = re.compile(r"[(;,]|\.(?:\s|$)|\b(?:issued?|expir\w*|valid)\b", re.IGNORECASE)
_LIST = re.compile(r"[\w/-]*\d[\w/ -]*(?:\.\s+[\w/-]*\d[\w/ -]*)+\.?")
_ISSUE = re.compile(
    r"[,.;:]|\b(?:issued?|number|passport|expir\w*|date|iss|exp|valid|identity|national|identification)\b", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")


class Document(NamedTuple):
    """A document's kind, its number, and its issuing state as the list writes it."""

    kind: str
    number: str
    country: str | None


def documents(kind: str, numbers: str, details: str) -> Iterator[Document]:
    """Yield the documents of one row.

    Args:
        kind: what the column is for; "national_id" may turn out to be another kind by its details.
        numbers: the cell with the numbers; empty in the layout of 2014.
        details: the cell with the details.
    """
    said = numbered(details) if numbers.strip() else {}
    for index, text in (numbered(numbers) or numbered(details)).items():
        for number, about in _numbers(text):
            told = f"{about} {said.get(index, '')}".strip()
            found = document_kind(told)
            yield Document(found if kind == "national_id" and found not in ("other", "passport") else kind, number, _issuer(told))


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield each number of a cell with what the cell says about it."""
    for part in re.split(r"\.\s+", text) if _LIST.fullmatch(text.strip()) else [text]:
        end = _END.search(part)
        words = (part[: end.start()] if end else part).split()
        first = next((index for index, word in enumerate(words) if any(char.isdigit() for char in word)), None)
        if first is None:
            continue
        label = words[:first] if any(_is_word(word) for word in words[:first]) else []
        last = next((index for index in range(first + 1, len(words)) if _is_word(words[index])), len(words))
        number = " ".join(words[len(label) : last]).strip(" .,")
        yield number, " ".join((*label, *words[last:], part[end.start() :] if end else ""))


def _is_word(word: str) -> bool:
    return word.endswith(":") or (any(char.islower() for char in word) and not any(char.isdigit() for char in word))


def _issuer(text: str) -> str | None:
    for part in (*_IN_BRACKETS.findall(text), _ISSUE.split(text.strip(" .(),"), maxsplit=1)[0]):
        if part.strip() and country_code(part) is not None:
            return str(part).strip()
    return None
