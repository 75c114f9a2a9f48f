"""Separates what lists put into one name field: several names, another script in brackets, remarks about birth.

Rules
 1. A bracket in another script than the text before it is another name; "original script:" in it is a label.
 2. "born in 1963" and what follows is no part of a name, nor is "(previously listed as)".
 3. `FAMILY, Given` is turned round; a Jr. or III stays at the end.
"""

import re
import unicodedata

from tallystick.model.codec import MAX_TEXT_CHARS

_BRACKET = re.compile(r"[(（]([^()（）]*)[)）]")
_LABEL = re.compile(r"^\s*[\w ]*script\s*:\s*", re.IGNORECASE)
_REMARK = re.compile(r"[(（][^()（）]*\blisted\b[^()（）]*[)）]", re.IGNORECASE)
_BORN = re.compile(r"[,;]?\s+born\b.*", re.IGNORECASE | re.DOTALL)
_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv)\.?\Z", re.IGNORECASE)


def written_names(text: str) -> list[str]:
    """Return the names in one field of a list, the first as it stands before any bracket in another script."""
    if len(text) > MAX_TEXT_CHARS:
        return [text]  # for `check` to refuse
    text = _REMARK.sub(" ", _BORN.sub("", text))
    others: list[str] = []

    def taken_out(found: re.Match[str]) -> str:
        inner = _LABEL.sub("", found[1])
        if _is_latin(inner) or not _is_latin(text[: found.start()]):
            return found[0]
        others.append(inner)
        return " "

    first = _BRACKET.sub(taken_out, text)
    return [name for name in (part.strip(" ,;") for part in (first, *others)) if name]


def turned(text: str) -> str:
    """Return `FAMILY, Given` as `Given FAMILY`; a text without comma as it is."""
    family, *rest = (part.strip() for part in text.split(","))
    if not rest:
        return family
    suffixes = [part for part in rest if _SUFFIX.match(part)]
    given = [part for part in rest if not _SUFFIX.match(part)]
    return " ".join((*given, family, *suffixes)).strip()


def _is_latin(text: str) -> bool:
    letter = next((char for char in text if char.isalpha()), None)
    return letter is None or unicodedata.name(letter, "").startswith("LATIN")
