"""Where mentions stand within the passages of a document: the text of a passage in pieces, some of them marked.

Pure. A place counts characters of the document; a passage without markup is the document between its ends, so places carry over.
In one that holds markup, the words of a mention are looked for: the same one of equal words is taken, counted from its beginning.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tallystick.reports.zones import Passage

_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a passage.

    Attributes:
        text: the characters.
        marks: numbers of the places it is part of, from 0; empty for text between them.
    """

    text: str = field(repr=False)
    marks: tuple[int, ...] = ()


def marked(document: str, passage: Passage, places: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return a passage in pieces.

    Args:
        document: its whole text, markup included.
        passage: one of it.
        places: start and end in the document; those outside the passage are passed over.
    """
    found = []
    for number, (start, end) in enumerate(places):
        if passage.start <= start < end <= passage.end:
            within = _within(document, passage, start, end)
            if within is not None:
                found.append((*within, number))
    return _cut(passage.text, found)


def _within(document: str, passage: Passage, start: int, end: int) -> tuple[int, int] | None:
    if document[passage.start : passage.end] == passage.text:
        return start - passage.start, end - passage.start
    words = read(document[start:end])
    if not words:
        return None
    before = read(document[passage.start : start]).count(words)
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    hits = list(pattern.finditer(passage.text))
    if not hits:
        return None
    hit = hits[min(before, len(hits) - 1)]
    return hit.span()


def read(source: str) -> str:
    """Return what one reads in a stretch of markup: no tags, characters for references, single blanks."""
    return " ".join(html.unescape(_TAG.sub(" ", source)).split())


def _cut(text: str, found: Sequence[tuple[int, int, int]]) -> list[Piece]:
    edges = sorted({0, len(text), *(each[0] for each in found), *(each[1] for each in found)})
    pieces = []
    for start, end in pairwise(edges):
        marks = tuple(number for first, last, number in found if first <= start and end <= last)
        if end > start:
            pieces.append(Piece(text[start:end], marks))
    return pieces
