"""A file to a document: the untouched text that places count in, and whether it is HTML.

Does not look for the main text; that is the business of `reports`.

Rules
 1. Places count characters (Unicode code points) of the decoded text as it stands in the file: line breaks, tags and blanks
    included, without the byte order mark.
 2. The encoding is the byte order mark's; else what an HTML page says of itself, if the bytes agree; else UTF-8, or
    Windows-1252 where the bytes cannot be UTF-8. A byte that fits nowhere becomes U+FFFD, one character, and is counted.
 3. A document larger than MAX_DOCUMENT_BYTES, one that is no text, and an archive that explodes are refused with the reason.
 4. HTML is told by its first bytes, not by the name of the file.
"""

import codecs
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from tallystick.adapters.formats.files import opened
from tallystick.adapters.formats.texts import guess_encoding
from tallystick.errors import InputError

MAX_DOCUMENT_BYTES = 256 << 20
_SNIFFED = 4096
_MOST_CONTROLS = 0.02
_FEW_CONTROLS = 8
_HTML = re.compile(rb"<\s*(!doctype\s+html|html|head|body|title|meta|div|p|article|section|h1|table|span|br)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_CONTROLS = bytes({*range(32)} - {9, 10, 12, 13, 27})
_FOREIGN = (
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old office file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document.

    Attributes:
        name: as it was handed in.
        text: the decoded text; places count its characters.
        markup: whether the text is HTML.
        sha256: of the content.
        replaced: how many bytes fitted no character.
        content: the bytes, unpacked where the file was packed.
    """

    name: str
    text: str = field(repr=False)
    markup: bool
    sha256: str
    replaced: int
    content: bytes = field(repr=False)


def read_document(path: Path) -> Document:
    """Read a document.

    Raises:
        InputError: it cannot be read, is no text, or is too large.
    """
    return parsed(str(path), _content(path))


def parsed(name: str, content: bytes) -> Document:
    """Return the document that some bytes are.

    Raises:
        InputError: they are no text.
    """
    for magic, kind in _FOREIGN:
        if content.startswith(magic):
            raise InputError(f"{name} is {kind}, no text", hint="hand in plain text or HTML")
    markup = bool(_HTML.search(content[:_SNIFFED]))
    text, replaced = _decoded(content, markup=markup)
    if _is_binary(text):
        raise InputError(f"{name} is no text", hint="hand in plain text or HTML")
    return Document(name, text, markup, hashlib.sha256(content).hexdigest(), replaced, content)


def _content(path: Path) -> bytes:
    with opened(path) as stream:
        content = bytearray()
        while part := stream.read(1 << 20):
            content += part
            if len(content) > MAX_DOCUMENT_BYTES:
                raise InputError(f"{path} holds more than {MAX_DOCUMENT_BYTES >> 20} MB", hint="cut it into several documents")
    return bytes(content)


def _decoded(content: bytes, *, markup: bool) -> tuple[str, int]:
    guessed = guess_encoding(content)
    encoding = (_stated(content) if markup and guessed == "cp1252" else None) or guessed
    plain = content.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else content
    text = plain.decode(encoding, "replace").removeprefix("\ufeff")
    if "\ufffd" not in text:
        return text, 0
    return text, text.count("\ufffd") - (content.count("\ufffd".encode()) if encoding == "utf-8" else 0)


def _stated(content: bytes) -> str | None:
    found = _CHARSET.search(content[:_SNIFFED])
    if found is None:
        return None
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except LookupError:
        return None
    return codec.name if getattr(codec, "_is_text_encoding", False) and codec.name not in {"utf-8", "ascii", "utf-7"} else None


def _is_binary(text: str) -> bool:
    """Tell whether the beginning holds more control characters than a text could."""
    sample = text[:_SNIFFED].encode("utf-8", "replace")
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > max(_FEW_CONTROLS, _MOST_CONTROLS * len(sample))
