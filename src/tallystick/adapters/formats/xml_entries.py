"""Cuts an XML stream into entries, one element at a time, safely.

Knows no list; the format modules say which elements are entries.

Rules
 1. No document type is accepted, so there are no entities to expand and nothing to fetch.
 2. An entry with more than MAX_ELEMENTS elements or MAX_TEXT_CHARS characters is cut while it streams in and
    comes out refused; memory stays bounded.
 3. XML that is not well-formed, or ends early, is an InputError with line and column, after all entries before it.
 4. What lies outside the entries is thrown away as it passes.
 5. An element may have MAX_ATTRIBUTES: the parser's own time grows with their square. This is counted in the bytes
    before they are parsed, so only encodings are accepted in which a byte of ASCII is always that character, and UTF-16
    and UTF-32, which are turned into UTF-8.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from tallystick.adapters.formats.files import Content
from tallystick.adapters.formats.texts import as_utf8, guess_encoding, is_wide
from tallystick.errors import InputError

MAX_ELEMENTS = 20_000
MAX_TEXT_CHARS = 2 << 20
MAX_ATTRIBUTES = 5_000
_CHUNK_BYTES = 1 << 15
_PROLOG_BYTES = 1 << 16

_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_DECLARED = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""")
_ENCODINGS = ("utf-8", "ascii", "iso8859", "cp125", "koi8")
TOO_LARGE = "entry is too large; its original is cut"


@dataclass(frozen=True, slots=True)
class Entry:
    """One element: its local name, the element (None when refused), and the reason."""

    position: int
    tag: str
    element: etree._Element | None = field(repr=False)
    reason: str = ""
    cut: bytes = field(default=b"", repr=False)

    @property
    def original(self) -> bytes:
        """The element as serialized, or the beginning of it when it was cut."""
        return self.cut if self.element is None else serialized(self.element)


def local_name(element: etree._Element) -> str:
    """Return the tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def serialized(element: etree._Element) -> bytes:
    """Return the element as bytes."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def text_of(element: etree._Element, path: str) -> str:
    """Return the stripped text at a path of local names (`A/B`), or an empty text."""
    return next(texts_of(element, path), "")


def texts_of(element: etree._Element, path: str) -> Iterator[str]:
    """Yield the stripped texts at all places a path of local names leads to, empty ones left out."""
    for found in elements_of(element, path):
        text = (found.text or "").strip()
        if text:
            yield text


def elements_of(element: etree._Element, path: str) -> Iterator[etree._Element]:
    """Yield the elements a path of local names leads to."""
    first, _, rest = path.partition("/")
    for child in element:
        if local_name(child) == first:
            if rest:
                yield from elements_of(child, rest)
            else:
                yield child


def xml_entries(stream: Content, name: str, *, roots: frozenset[str], entries: frozenset[str]) -> Iterator[Entry]:
    """Yield the entries of an XML stream.

    The element of an entry is emptied when the next one is asked for.

    Args:
        stream: the content.
        name: of the file, for messages.
        roots: local names the root element may have.
        entries: local names of elements that are entries; those inside another entry belong to it.

    Raises:
        InputError: another root, a document type, not well-formed, cut off, or without any entry.
    """
    stream, encoding = _readable(stream, name)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    cutter, attributes = _Cutter(name, roots, entries), _AttributeCount(name)
    _refuse_doctype(name, stream.peek(_PROLOG_BYTES)[:_PROLOG_BYTES])
    broken: etree.XMLSyntaxError | None = None
    while broken is None and (chunk := stream.read1(_CHUNK_BYTES)):
        attributes.check(chunk)
        broken = _break(parser, chunk)
        yield from cutter.cut(parser)
    if broken is None:
        broken = _break(parser, b"")
        yield from cutter.cut(parser)
    if broken is not None:
        raise _not_well_formed(name, broken)
    if cutter.position == 0:
        raise no_entries(name)


def _readable(stream: Content, name: str) -> tuple[Content, str]:
    """Return the stream in an encoding of rule 5, and which."""
    beginning = stream.peek(_PROLOG_BYTES)[:_PROLOG_BYTES]
    encoding = guess_encoding(beginning)
    if is_wide(encoding):
        return as_utf8(stream, encoding), "utf-8"
    if beginning.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
        return stream, "utf-8"
    declared = _DECLARED.match(beginning)
    try:
        encoding = codecs.lookup(declared[1].decode()).name if declared else "utf-8"
    except LookupError:
        encoding = ""
    if not encoding.startswith(_ENCODINGS):
        raise InputError(f"{name} is in an encoding that is not accepted", hint="convert it to UTF-8")
    return stream, encoding


class _AttributeCount:
    """Counts what can be attributes: equal signs between one `<`, which no attribute can hold, and the next."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._carried = 0

    def check(self, chunk: bytes) -> None:
        """Take the next chunk.

        Raises:
            InputError: an element has more than MAX_ATTRIBUTES.
        """
        counts = [piece.count(b"=") for piece in chunk.split(b"<")] if chunk.count(b"=") > MAX_ATTRIBUTES - self._carried else []
        if counts and max(self._carried + counts[0], *counts[1:], 0) > MAX_ATTRIBUTES:
            raise InputError(
                f"{self._name} has an element with over {MAX_ATTRIBUTES} attributes", hint="get it from its publisher"
            )
        last = chunk.rfind(b"<")
        self._carried = chunk.count(b"=", last) if last >= 0 else self._carried + chunk.count(b"=")


def no_entries(name: str) -> InputError:
    """Return the error for a list without entries: taken for complete, it would remove every record."""
    return InputError(f"{name} holds no entries", hint="an empty list is most likely an accident; get the file again")


def _break(parser: etree.XMLPullParser, chunk: bytes) -> etree.XMLSyntaxError | None:
    """Feed a chunk, or close when it is empty; return the error instead of raising it: what came before is still to be read."""
    try:
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
    except etree.XMLSyntaxError as error:
        return error
    return None


def _not_well_formed(name: str, error: etree.XMLSyntaxError) -> InputError:
    where = f"line {error.lineno or 1}, column {error.offset or 1}"
    return InputError(
        f"{name} is not well-formed XML or cut off, at {where}", hint="fetch the file again; what came before was read"
    )


def _refuse_doctype(name: str, prolog: bytes) -> None:
    if _DOCTYPE.search(_COMMENT.sub(b"", prolog.replace(b"\0", b""))):
        raise InputError(f"{name} declares a document type", hint="lists do not; get the file from its publisher")


class _Cutter:
    """Follows the events of a parser and cuts the entries out."""

    def __init__(self, name: str, roots: frozenset[str], entries: frozenset[str]) -> None:
        self._name, self._roots, self._entries = name, roots, entries
        self.position = 0
        self._root: etree._Element | None = None
        self._open: etree._Element | None = None
        self._elements = self._chars = 0
        self._cut: bytes | None = None

    def cut(self, parser: etree.XMLPullParser) -> Iterator[Entry]:
        for event, item in parser.read_events():
            element = cast("etree._Element", item)  # noqa: SLF001  # lxml names its element class so
            if event == "start":
                self._start(element)
            else:
                entry = self._end(element)
                if entry is not None:
                    yield entry
                    _empty(element)

    def _start(self, element: etree._Element) -> None:
        if self._root is None:
            self._begin(element)
        elif self._open is not None:
            self._elements += 1
            before = element.getprevious()
            self._chars += len(before.tail or "") if before is not None else 0
            self._chars += sum(len(key) + len(value) for key, value in element.attrib.items())
        elif local_name(element) in self._entries:
            self._open, self._elements, self._chars, self._cut = element, 1, 0, None

    def _begin(self, root: etree._Element) -> None:
        self._root = root
        if root.getroottree().docinfo.internalDTD is not None:
            _refuse_doctype(self._name, b"<!DOCTYPE")
        if local_name(root) not in self._roots:
            expected = " or ".join(sorted(self._roots))
            raise InputError(f"{self._name} is another kind of XML", hint=f"its root element should be {expected}")

    def _end(self, element: etree._Element) -> Entry | None:
        if self._open is None:
            if element is not self._root:
                _empty(element)
            return None
        self._chars += len(element.text or "") + (len(element[-1].tail or "") if len(element) else 0)
        if self._cut is not None:
            _empty(element)
        elif self._elements > MAX_ELEMENTS or self._chars > MAX_TEXT_CHARS:
            self._cut = serialized(self._open)
            _empty(element)
        return self._entry(element) if element is self._open else None

    def _entry(self, element: etree._Element) -> Entry:
        self.position += 1
        self._open = None
        if self._cut is not None:
            return Entry(self.position, local_name(element), None, TOO_LARGE, self._cut)
        return Entry(self.position, local_name(element), element)


def _empty(element: etree._Element) -> None:
    """Throw away what an element held and its elder siblings (the parser still needs the element itself)."""
    element.clear()  # its tail, if any, is blank between elements
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
