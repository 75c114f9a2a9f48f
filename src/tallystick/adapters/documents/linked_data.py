"""What a page says of its article to machines (schema.org, as JSON in a script): its headline and its text. Pure.

Many pages have their text nowhere else: a script draws it. Places are those of the words in the page, escapes included.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

from tallystick.reports.zones import Block

_JSON: Final = json.JSONDecoder(strict=False)
"""Line breaks within words are no fault to it."""
_SCRIPT = re.compile(r"<script\b[^<>]{0,400}application/ld\+json[^<>]{0,400}>", re.IGNORECASE)
_MEMBER = re.compile(r'"(headline|articleBody)"\s*:\s*(?=")')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_BREAKS: Final = ("\\n", "\\r")


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a member: where they stand between their quotation marks, and what they are."""

    name: str
    start: int
    end: int
    text: str


def article_blocks(source: str) -> list[Block]:
    """Return the headline and the paragraphs of the first article that a page describes so; none where it describes none."""
    for start, end in _scripts(source):
        members = list(_members(source, start, end))
        body = next((each for each in members if each.name == "articleBody" and each.text.strip()), None)
        if body is not None:
            called = _headline_of(source[start:end], body.text)
            headline = next((each for each in members if each.name == "headline" and each.text == called), None)
            blocks = [Block(headline.start, headline.end, unescape(headline.text), mark="headline")] if headline else []
            return sorted([*blocks, *_paragraphs(source, body)], key=lambda each: each.start)
    return []


def _scripts(source: str) -> Iterator[tuple[int, int]]:
    """Yield where scripts with such words begin and end; what looks like one within one is none."""
    end = 0
    while script := _SCRIPT.search(source, end):
        end = source.find("</script", script.end())
        if end < 0:  # nor has any script behind it an end
            return
        yield script.end(), end


def _members(source: str, start: int, end: int) -> Iterator[_Words]:
    for member in _MEMBER.finditer(source, start, end):
        words = _STRING.match(source, member.end(), end)
        if words is None:
            continue
        try:
            text = _JSON.decode(words[0])  # of the piece alone: what is wrong with it is told by counting the lines before
        except json.JSONDecodeError:
            continue
        yield _Words(member[1], words.start() + 1, words.end() - 1, text)


def _headline_of(said: str, body: str) -> str:
    """Return the headline of the thing that has this body; empty where it has none, or the JSON is broken."""
    try:
        waiting = [_JSON.decode(said.strip())]
    except (ValueError, RecursionError):
        return ""
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if each.get("articleBody") == body:
                return str(each.get("headline", ""))
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return ""


def _paragraphs(source: str, body: _Words) -> Iterator[Block]:
    """Yield the paragraphs of a text, parted where a line breaks."""
    cuts = [body.start]
    for escape in _ESCAPE.finditer(source, body.start, body.end):
        if escape[0] in _BREAKS:
            cuts += [escape.start(), escape.end()]
    cuts.append(body.end)
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        text = _TAG.sub(" ", unescape(str(_JSON.decode(f'"{source[start:end]}"'))))
        if text.strip():
            yield Block(start, end, text, is_main=True)
