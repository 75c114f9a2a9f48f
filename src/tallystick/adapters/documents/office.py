"""The text of what word processors and presentation programs save: Office Open XML (.docx, .pptx) and OpenDocument (.odt, .odp).

Rules
 1. The text is what a reader sees, in the order of the parts: body, heads and feet, notes, comments; slides by their number, with
    their notes. A paragraph ends with a line break. What was deleted under tracked changes is not read, and of a drawing that is
    there twice for old programs only the first.
 2. The file has at most MOST_BYTES, and its parts unpack to as much together; a part with a document type is refused, so nothing
    is expanded or fetched. Memory holds the text, never a tree.
 3. A spreadsheet is no running text: names and dates stand in cells of their own. It is refused with the way out.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from tallystick.errors import InputError

MOST_BYTES = 64 << 20
MAGIC = b"PK\x03\x04"
_CHUNK_BYTES = 1 << 16
_MOST_BLANKS = 100
_HINT = "open it in its program and save it again, or as PDF"
_PARTS = (
    re.compile(r"word/(document)\.xml"),
    re.compile(r"word/((?:header|footer)\d*|footnotes|endnotes|comments)\.xml"),
    re.compile(r"ppt/slides/slide(\d+)\.xml"),
    re.compile(r"ppt/notesSlides/notesSlide(\d+)\.xml"),
)
_OPEN_DOCUMENT = "content.xml"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
    OverflowError,
)  # fmt: skip
"""What zipfile and expat raise on archives and XML that are broken, encrypted or exotic."""


def is_office(content: bytes) -> bool:
    """Tell whether bytes are an archive that an office program saved, of whatever kind."""
    if len(content) > MOST_BYTES or not content.startswith(MAGIC):
        return False
    return any(name in {"[Content_Types].xml", _OPEN_DOCUMENT} for name in _names(content))


def office_text(content: bytes) -> str:
    """Return the text of a document.

    Raises:
        InputError: it is a spreadsheet, another archive, damaged, or unpacks to more than it may.
    """
    names = _names(content)
    if "xl/workbook.xml" in names:
        raise InputError("this is a workbook", hint="import it as a table, or save it as CSV or PDF")
    parts = [_OPEN_DOCUMENT] if _OPEN_DOCUMENT in names else _parts(names)
    if not parts:
        raise InputError("this is an archive, no document", hint="unpack it and hand in what is in it")
    texts, left = [], MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in parts:
                reader = _Reader(mixed=name == _OPEN_DOCUMENT)
                left = reader.read(_pieces(archive, name, left))
                texts.append(reader.text())
    except _BROKEN:
        raise InputError("the document is damaged or locked", hint=_HINT) from None
    return "\n".join(text for text in texts if text.strip())


def _names(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except _BROKEN:
        return []


def _parts(names: list[str]) -> list[str]:
    """Return the parts that hold text, body first, those with a number in its order."""
    found = [
        (place, _order(match[1]), name) for place, part in enumerate(_PARTS) for name in names if (match := part.fullmatch(name))
    ]
    return [name for _, _, name in sorted(found)]


def _order(text: str) -> tuple[str, int]:
    word = text.rstrip("0123456789")
    return word, int(text[len(word) :][:9] or 0)


def _pieces(archive: zipfile.ZipFile, name: str, left: int) -> Iterator[tuple[bytes, int]]:
    """Yield a part in pieces, each with how many bytes are left of what may be unpacked."""
    with archive.open(name) as part:
        while piece := part.read(_CHUNK_BYTES):
            left -= len(piece)
            if left < 0:
                raise InputError(
                    f"the document unpacks to more than {MOST_BYTES >> 20} MB", hint="cut it into several, or save it as PDF"
                )
            yield piece, left
    yield b"", left


class _Reader:
    """Follows the XML of one part and keeps its text."""

    _SKIPPED = frozenset({"del", "moveFrom", "Fallback", "tracked-changes"})
    _BREAKS = frozenset({"br", "cr", "line-break"})

    def __init__(self, *, mixed: bool) -> None:
        """Take whether text stands directly in paragraphs (OpenDocument), or in elements of its own (Office Open XML)."""
        self._mixed = mixed
        self._written: list[str] = []
        self._open: list[str] = []
        self._skipped = 0
        self._reading = 0

    def read(self, pieces: Iterator[tuple[bytes, int]]) -> int:
        """Read a part to its end; return what is left of the bytes that may be unpacked."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_doctype
        left = 0
        for piece, left in pieces:  # noqa: B007 - the last one counts
            parser.Parse(piece, not piece)
        return left

    def text(self) -> str:
        """Return what was read."""
        return "".join(self._written)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local, parent = name.rpartition(":")[2], self._open[-1] if self._open else ""
        self._open.append(local)
        if self._skipped or local in self._SKIPPED:
            self._skipped += 1
        elif local in self._text_elements:
            self._reading += 1
        elif local in self._BREAKS:
            self._written.append("\n")
        elif local == "tab" and parent != "tabs":
            self._written.append("\t")
        elif local == "s" and self._mixed:
            self._written.append(" " * _blanks(attributes))
        elif local == "noBreakHyphen":
            self._written.append("-")

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        self._open.pop()
        if self._skipped:
            self._skipped -= 1
            return
        if local in self._text_elements:
            self._reading -= 1
        if local in {"p", "h"}:
            self._written.append("\n")

    def _characters(self, text: str) -> None:
        if self._reading and not self._skipped:
            self._written.append(text)

    @property
    def _text_elements(self) -> frozenset[str]:
        return frozenset({"p", "h"}) if self._mixed else frozenset({"t"})


def _blanks(attributes: dict[str, str]) -> int:
    said = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "c"), "1")
    return min(int(said), _MOST_BLANKS) if said.isdecimal() and said.isascii() and len(said) < len("1000000") else 1


def _refuse_doctype(*_: object) -> None:
    raise InputError("the document declares a document type inside", hint=_HINT)
