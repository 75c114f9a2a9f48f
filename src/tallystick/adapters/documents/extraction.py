"""The blocks of a document, and which of them are its main text: for HTML by trafilatura, whose answer is led back to places.

Does not decide zones (`reports.zones`). Nothing is fetched: trafilatura is given the text of a page and no address.

Rules
 1. A block is main text when trafilatura's text has it: word for word, or nearly all of its word pairs in a row.
 2. Where trafilatura finds nothing, or fails, no block is main text; the document keeps its other zones.
 3. A page with more than MAX_MARKUP_CHARS is not given to it: its time grows faster than the page.
"""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tallystick import _native
from tallystick.reports.zones import Block

if TYPE_CHECKING:
    from tallystick.adapters.documents.reading import Document

MAX_MARKUP_CHARS = 5_000_000
_ENOUGH = 0.8
_SHORT_WORDS = 4
_WORD = re.compile(r"\w+")


def blocks_of(document: "Document") -> list[Block]:
    """Return the blocks of a document, in its order."""
    found = _native.text_blocks(document.text, document.markup)
    if not document.markup:
        return [Block(*each) for each in found]
    main = _Main(main_text(document.text))
    out: list[Block] = []
    for start, end, text in found:
        # A block without words (`* * *`) goes with the one before.
        has = main.has(text) if _WORD.search(text) else bool(out and out[-1].is_main)
        out.append(Block(start, end, text, has))
    return out


def main_text(source: str) -> str:
    """Return the main text of a page as trafilatura sees it; empty where it sees none."""
    import trafilatura  # noqa: PLC0415  # takes half a second to load

    if len(source) > MAX_MARKUP_CHARS:
        return ""
    try:
        return trafilatura.extract(source, include_comments=False, favor_precision=True) or ""
    except Exception:  # noqa: BLE001  # a page that breaks the extractor has no main text; the batch goes on
        return ""


class _Main:
    """The main text of a page, asked block by block."""

    def __init__(self, text: str) -> None:
        words = _WORD.findall(text.lower())
        self._text = f" {' '.join(words)} "
        self._pairs = set(pairwise(words))

    def has(self, block: str) -> bool:
        words = _WORD.findall(block.lower())
        if len(words) < _SHORT_WORDS:
            return f" {' '.join(words)} " in self._text
        pairs = list(pairwise(words))
        return sum(pair in self._pairs for pair in pairs) >= _ENOUGH * len(pairs)
