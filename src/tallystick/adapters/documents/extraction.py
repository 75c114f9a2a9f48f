"""The blocks of a document, and which of them are its main text: for HTML by trafilatura, whose answer is led back to places.

Does not decide zones (`reports.zones`). Nothing is fetched: trafilatura is given the text of a page and no address.

Rules
 1. A block is main text when trafilatura's text has it: word for word, or nearly all of its word pairs in a row.
 2. Where trafilatura finds nothing, or fails, no block is main text; the document keeps its other zones.
 3. What the markup says of a block counts (`markup`): a caption, comments, a box of stories are no main text. Neither is a block
    that is a link and nothing else.
 4. Where a page has no main text of its own, it is what the page says of its article to machines (`linked_data`).
 5. A page with more than MAX_MARKUP_CHARS is not given to it: its time grows faster than the page.
"""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tallystick import _native
from tallystick.adapters.documents.linked_data import article_blocks
from tallystick.adapters.documents.markup import Markup, Stretch
from tallystick.reports.zones import Block, Zone

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
    if len(document.text) > MAX_MARKUP_CHARS:
        return [Block(*each, is_main=False) for each in found]
    main = _Main(main_text(document.text))
    is_main: list[bool] = []
    for _, _, text in found:
        # A block without words (`* * *`) goes with the one before.
        is_main.append(main.has(text) if _WORD.search(text) else bool(is_main and is_main[-1]))
    markup = Markup(document.text, [Stretch(*each[:2]) for each, has in zip(found, is_main, strict=True) if has])
    out = [Block(*each, has, _mark(markup, Stretch(*each[:2]), is_main=has)) for each, has in zip(found, is_main, strict=True)]
    if any(each.is_main and each.mark is None for each in out):
        return out
    return sorted([*out, *article_blocks(document.text)], key=lambda each: each.start)


def _mark(markup: Markup, block: Stretch, *, is_main: bool) -> Zone | None:
    return markup.mark(block) or ("related" if is_main and markup.is_link(block) else None)


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
