"""A file to documents: the untouched text that places count in, and whether it is HTML.

Does not look for the main text; that is the business of `reports`.

Rules
 1. Places count characters (Unicode code points) of the decoded text as it stands in the file: line breaks, tags and blanks
    included, without the byte order mark.
 2. The encoding is the byte order mark's; else what an HTML page says of itself, if the bytes agree; else UTF-8; where the bytes
    cannot be that, the one of another script that they tell (`encodings`), or Windows-1252. A byte that fits nowhere becomes
    U+FFFD, one character, and is counted.
 3. A document larger than MAX_DOCUMENT_BYTES, one that is no text, and an archive that explodes are refused with the reason.
    So is one that is handed in and has no text at all, or more characters of it than are allowed: reading takes a second for
    each 300,000 characters. One that was taken is read whatever is allowed later.
 4. What a file is, its first bytes say, not its name: HTML, an e-mail, a message export, a PDF, a document of an office program,
    else plain text.
 5. An e-mail and each of its attachments, and each message of an export, are documents of their own; their text is what was
    written, decoded, and places count there (`letters`, `pdf`, `office`). One that cannot be read does not keep the others back.
"""

import codecs
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tallystick.adapters.documents.letters import MOST_DEEP, Letter, is_mail, is_messages, letters_of, read_mail, read_message
from tallystick.adapters.documents.office import MAGIC as ARCHIVE
from tallystick.adapters.documents.office import is_office, office_text
from tallystick.adapters.documents.opening import name_of, named_file
from tallystick.adapters.documents.pdf import MAGIC as PDF
from tallystick.adapters.documents.pdf import Allowance, pdf_text
from tallystick.adapters.formats.encodings import other_script
from tallystick.adapters.formats.files import Content, unpacked
from tallystick.adapters.formats.texts import guess_encoding
from tallystick.errors import InputError

MAX_DOCUMENT_BYTES = 256 << 20
MOST_CHARS = 20_000_000
_SNIFFED = 4096
_MOST_CONTROLS = 0.02
_FEW_CONTROLS = 8
_HTML = re.compile(rb"<\s*(!doctype\s+html|html|head|body|title|meta|div|p|article|section|h1|table|span|br)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_KINDS = "hand in text, HTML, e-mail, JSON lines, PDF, DOCX or OpenDocument"
_LONGER = "cut it, or allow more: --longest, at a node report_chars in node.toml"
_TAG = re.compile(r"<[^<>]*>")
_SEEN = re.compile(r"[^\s\0\u200b-\u200f\u2060\ufeff]")
"""A character that somebody can see: one that is neither blank nor without width."""
_CONTROLS = bytes({*range(32)} - {9, 10, 12, 13, 27})
Opened: TypeAlias = Callable[[Path], io.BufferedReader]
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old or locked office file"),
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


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that could not be read, why, and what to do about it."""

    name: str
    reason: str
    hint: str


def read_document(path: Path) -> Document:
    """Read the document that a file is: of an e-mail the letter, of a message export the first message.

    Raises:
        InputError: it cannot be read, is no text, or is too large.
    """
    return parsed(name_of(path), _content(path))


def read_documents(path: Path, most_chars: int = MOST_CHARS, opened: Opened = named_file) -> Iterator[Document | Unread]:
    """Read all documents that a file holds; one that cannot be read is told in its place.

    Args:
        path: the file.
        most_chars: how many characters the text of a document may have.
        opened: opens it, as one that somebody named, or as one that may have been laid there.

    Raises:
        InputError: the file cannot be read, or is too large.
    """
    return (_taken(each, most_chars) for each in documents(name_of(path), _content(path, opened)))


def handed_in(name: str, packed: bytes, most_chars: int = MOST_CHARS) -> Iterator[Document | Unread]:
    """Read all documents of a file that lies in memory; see `read_documents`."""
    for each in documents(name, _unpacked(io.BufferedReader(io.BytesIO(packed)), name, name, len(packed))):
        yield _taken(each, most_chars)


def fit_to_take(document: Document, most_chars: int) -> Document:
    """Return a document that is handed in.

    Raises:
        InputError: it has no text, or more than is allowed.
    """
    if len(document.text) > most_chars:
        raise InputError(f"the text has more than {most_chars} characters", hint=_LONGER)
    if not _SEEN.search(_TAG.sub("", document.text) if document.markup else document.text):
        raise InputError("there is no text in it", hint="hand in what says something")
    return document


def _taken(read: Document | Unread, most_chars: int) -> Document | Unread:
    if isinstance(read, Unread):
        return read
    try:
        return fit_to_take(read, most_chars)
    except InputError as error:
        return Unread(read.name, str(error), error.hint)


def documents(name: str, content: bytes, depth: int = 0, pdfs: Allowance | None = None) -> Iterator[Document | Unread]:
    """Yield the documents that some bytes hold, attachments after their letter; see `read_documents`.

    Args:
        name: of the file.
        content: of the file.
        depth: in how many letters it lies.
        pdfs: what is left for the PDFs of the file that was handed in; a new one where it is this one.
    """
    pdfs = pdfs or Allowance()
    if is_messages(content):
        yield from _messages(name, content)
        return
    if is_mail(content) and len(letters := letters_of(content)) > 1:
        for number, letter in enumerate(letters, 1):
            yield from documents(f"{name}#{number}", letter, depth, pdfs)
        return
    try:
        document = parsed(name, content, pdfs)
    except InputError as error:
        yield Unread(name, str(error), error.hint)
        return
    yield document
    if is_mail(content):
        for attached, inside in read_mail(content).attached:
            if depth < MOST_DEEP:
                yield from documents(f"{name}: {attached}", inside, depth + 1, pdfs)
            else:
                yield Unread(f"{name}: {attached}", "it lies too deep", "hand it in by itself")


def _messages(name: str, content: bytes) -> Iterator[Document | Unread]:
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            letter = read_message(line)
            called = letter.id[:100] if letter.id.isprintable() else ""
            yield _of_letter(f"{name}#{called or number}", line, letter)
        except InputError as error:
            yield Unread(f"{name}#{number}", str(error), error.hint)


def parsed(name: str, content: bytes, pdfs: Allowance | None = None) -> Document:
    """Return the document that some bytes are; see `documents`.

    Raises:
        InputError: they are no text.
    """
    if content.startswith(PDF):
        return _of_letter(name, content, Letter(pdf_text(content, pdfs or Allowance())))
    if content.startswith(ARCHIVE):
        return _of_letter(name, content, Letter(office_text(content)))
    if is_mail(content):
        return _of_letter(name, content, read_mail(content))
    if is_messages(content):
        return _of_letter(name, content, read_message(content.strip().partition(b"\n")[0]))
    for magic, kind in _FOREIGN:
        if content.startswith(magic):
            raise InputError(f"{name} is {kind}, no text", hint=_KINDS)
    markup = bool(_HTML.search(content[:_SNIFFED]))
    text, replaced = _decoded(content, markup=markup)
    if _is_binary(text):
        raise InputError(f"{name} is no text", hint=_KINDS)
    return Document(name, text, markup, hashlib.sha256(content).hexdigest(), replaced, content)


def _of_letter(name: str, content: bytes, letter: Letter) -> Document:
    text = letter.text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    return Document(name, text, letter.markup, hashlib.sha256(content).hexdigest(), 0, content)


def _content(path: Path, opened: Opened = named_file) -> bytes:
    with opened(path) as file:
        return _unpacked(file, name_of(path), name_of(path.name), os.fstat(file.fileno()).st_size)


def _unpacked(file: Content, name: str, short: str, packed_bytes: int) -> bytes:
    """Return what a file holds: of a packed one what is in it, of a document that is an archive by itself the archive."""
    if file.peek(len(ARCHIVE)).startswith(ARCHIVE):
        whole = _whole(file, name)
        if is_office(whole):
            return whole
        file = io.BufferedReader(io.BytesIO(whole))
    with unpacked(file, short, packed_bytes) as stream:
        return _whole(stream, name)


def _whole(stream: Content, name: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := stream.read(1 << 20):
        parts.append(part)
        size += len(part)
        if size > MAX_DOCUMENT_BYTES:
            raise InputError(f"{name} holds more than {MAX_DOCUMENT_BYTES >> 20} MB", hint="cut it into several documents")
    return b"".join(parts)


def _decoded(content: bytes, *, markup: bool) -> tuple[str, int]:
    if (plain_text := _as_utf8(content)) is not None:
        return plain_text, 0
    guessed = guess_encoding(content)
    encoding = guessed
    if guessed == "cp1252":
        encoding = (_stated(content) if markup else None) or other_script(content) or guessed
    plain = content.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else content
    text = plain.decode(encoding, "replace").removeprefix("\ufeff")
    if "\ufffd" not in text:
        return text, 0
    return text, text.count("\ufffd") - (content.count("\ufffd".encode()) if encoding == "utf-8" else 0)


def _as_utf8(content: bytes) -> str | None:
    """Return the text of bytes that are UTF-8 to the last one, as most are; None for others, and where zeros may say UTF-16."""
    if 0 in content:
        return None
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


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
