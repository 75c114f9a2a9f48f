"""RSS and Atom feeds: their entries as documents, read with feedparser from bytes that were checked before.

Rules
 1. A feed of more than MAX_FEED_BYTES or MOST_TAGS, one that declares a document type (and with it entities), one that is not
    written in an encoding of ASCII letters, and one with a tag of more than MOST_ATTRIBUTES, which feedparser reads in the
    square of their number, are refused before anything parses them. So is what is no feed.
 2. Of a feed the first MOST_ENTRIES entries are read; one without a text, or too large, is told and the others go on.
 3. An entry becomes a message (`documents.letters`): one line of JSON with its id, author, date, link, title and text, and with
    the markup its text was taken from, as it came. The same entry makes the same bytes, so a folder of reports keeps it once; an
    entry whose words changed under the same id is another report.
 4. The markup of an entry is never shown and nothing in it is fetched: scripts, styles and pictures are left out of the text.
"""

import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from tallystick.adapters.documents.reading import Document, Unread, parsed
from tallystick.errors import InputError

MAX_FEED_BYTES: Final = 16 << 20
MOST_TAGS: Final = 500_000
MOST_ATTRIBUTES: Final = 64
MOST_ENTRIES: Final = 1000
MAX_ENTRY_CHARS: Final = 400_000
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']\s*([A-Za-z0-9_.:-]+)")
_LATIN = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-\w+"
)
"""Encodings in which a bracket is a bracket: in the others a document type could hide."""
_CROWDED = re.compile(
    rb"<[^\s<>\"'=/!?][^\s<>\"'=]*+(?:[\s/]++[^\s<>\"'=/]++(?:\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'|[^\s<>\"']++))?){%d}"
    % (MOST_ATTRIBUTES + 1)
)
_PROLOG = 4096
_BLOCKS = frozenset((
    "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "table", "pre", "section",
    "article",
))  # fmt: skip
_SILENT = frozenset(("script", "style", "noscript", "template", "iframe", "object", "svg", "form"))
_HINT = "give the address of an RSS or Atom feed"


def entries_of(name: str, content: bytes) -> Iterator[Document | Unread]:
    """Yield the entries of a feed as documents, in its order; one that cannot be read is told in its place.

    Args:
        name: of the feed, for messages.
        content: its bytes.

    Raises:
        InputError: it is no feed, is too large, or declares a document type.
    """
    feed = _parsed(name, content)
    for number, entry in enumerate(feed.entries[:MOST_ENTRIES], 1):
        called = f"{name}#{number}"
        try:
            yield parsed(called, _message(entry))
        except InputError as error:
            yield Unread(called, str(error), error.hint)
    if len(feed.entries) > MOST_ENTRIES:
        yield Unread(name, f"it has more than {MOST_ENTRIES:,} entries; the others are left out", "read it more often")


def _parsed(name: str, content: bytes) -> Any:  # noqa: ANN401  # feedparser publishes no types
    """Return a feed as feedparser sees it, after the checks of rule 1."""
    import feedparser  # noqa: PLC0415  loaded late: it takes a while, and few commands need it

    _check(name, content)
    try:
        feed = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError, KeyError, IndexError):  # of a broken feed
        raise InputError(f"{name} cannot be read as a feed", hint=_HINT) from None
    if not feed.version:
        raise InputError(f"{name} is no feed", hint=_HINT)
    return feed


def _check(name: str, content: bytes) -> None:
    """Refuse what is not to be parsed at all."""
    if len(content) > MAX_FEED_BYTES:
        raise InputError(f"{name} holds more than {MAX_FEED_BYTES >> 20} MB", hint=_HINT)
    plain = content.replace(b"\0", b"")
    stated = _ENCODING.search(plain[:_PROLOG].partition(b"?>")[0])
    if stated and not _LATIN.fullmatch(stated[1].decode().lower()):
        raise InputError(f"{name} is written in an encoding that is not read", hint="feeds are written in UTF-8")
    if not plain.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip().startswith(b"<"):
        raise InputError(f"{name} is no feed", hint=_HINT)
    if plain.count(b"<") > MOST_TAGS or _CROWDED.search(plain):
        raise InputError(f"{name} has more tags than a feed, or more attributes in one", hint=_HINT)
    if _DOCTYPE.search(_COMMENT.sub(b"", plain)) or _DOCTYPE.search(plain[:_PROLOG]):
        raise InputError(f"{name} declares a document type", hint="feeds do not; entities of its own would be expanded")


def _message(entry: Any) -> bytes:  # noqa: ANN401  # feedparser publishes no types
    """Return an entry as one line of JSON.

    Raises:
        InputError: it has no text, or is too large.
    """
    said = _fullest(entry)
    title = plain_text(str(entry.get("title", "")))
    text = plain_text(said)
    if not text.strip() and not title.strip():
        raise InputError("an entry has no text", hint="follow its link, and add the page itself")
    if len(said) + len(title) > MAX_ENTRY_CHARS:
        raise InputError(f"an entry holds more than {MAX_ENTRY_CHARS:,} characters", hint="add its page itself")
    link = str(entry.get("link", ""))
    message = {
        "id": str(entry.get("id", "")) or link, "subject": title, "author": str(entry.get("author", "")),
        "date": str(entry.get("published", "") or entry.get("updated", "")), "link": link, "text": text or title, "markup": said,
    }  # fmt: skip
    return json.dumps(message, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def _fullest(entry: Any) -> str:  # noqa: ANN401  # feedparser publishes no types
    """Return the longest of what an entry says: its contents, or its summary."""
    said = [str(each.get("value", "")) for each in entry.get("content", ())]
    return max([*said, str(entry.get("summary", ""))], key=len)


def plain_text(markup: str) -> str:
    """Return the text of a piece of markup, blocks parted by blank lines; of plain text, the text."""
    from lxml import etree, html  # noqa: PLC0415  loaded late, as feedparser

    if "<" not in markup and "&" not in markup:
        return markup
    plain = "".join(char for char in markup if char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff"))
    try:
        root = html.fragment_fromstring(plain, create_parent="div", parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    parts: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            silent += tag in _SILENT
            parts.append("\n\n" if tag in _BLOCKS else "")
            parts.append("" if silent else element.text or "")
        else:
            silent -= event == "end" and tag in _SILENT
            parts.append("\n\n" if tag in _BLOCKS else "")
            parts.append("" if silent else element.tail or "")
    blocks = re.split(r"\n\s*\n", "".join(parts))
    return "\n\n".join(" ".join(block.split()) for block in blocks if block.strip())
