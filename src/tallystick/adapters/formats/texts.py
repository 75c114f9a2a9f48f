"""Lines of text files: which encoding, where each line is, and none too long.

Rules
 1. The encoding is the byte order mark's; else UTF-8, unless the beginning of the file holds more bytes that
    cannot be UTF-8 than characters that are: then Windows-1252, the West's habit.
 2. UTF-16 and UTF-32 are turned into UTF-8 before lines are cut; originals of such files are kept in UTF-8.
 3. A line longer than MAX_LINE_BYTES is cut there and marked; the rest of it is skipped, not held.
"""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tallystick.adapters.formats.files import Content, Meter, head, opened
from tallystick.errors import InputError

MAX_LINE_BYTES = 1 << 20
SAMPLE_BYTES = 4 << 20

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
_WIDE = ("utf-16", "utf-32")
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line: its number from 1, its bytes with the line break, and whether it had to be cut."""

    number: int
    raw: bytes = field(repr=False)
    cut: bool = False


def guess_encoding(sample: bytes) -> str:
    """Return the Python name of the encoding a text begins in (rule 1)."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if 0 in sample and sample[1::2].count(0) > len(sample) // 3:
        return "utf-16-le"
    if 0 in sample and sample[::2].count(0) > len(sample) // 3:
        return "utf-16-be"
    if sample.isascii():
        return "utf-8"
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    good = decoder.decode(sample)
    cut_off = len(decoder.getstate()[0])  # the sample may end within a character
    seen = len(good) - len(good.encode("ascii", "ignore"))
    bad = _high_bytes(sample) - _high_bytes(good.encode()) - cut_off
    return "cp1252" if bad > seen else "utf-8"


def _high_bytes(text: bytes) -> int:
    return len(text.translate(None, _ASCII))


def file_encoding(path: Path) -> str:
    """Return the encoding of a text file."""
    return guess_encoding(head(path, SAMPLE_BYTES))


@contextmanager
def opened_text(path: Path, meter: Meter | None = None, encoding: str | None = None) -> Iterator[tuple[Content, str]]:
    """Open a text file; yields its bytes without byte order mark, and the encoding to read them with.

    Raises:
        InputError: see `files.opened`; or an encoding nobody knows.
    """
    encoding = encoding or file_encoding(path)
    try:
        encoding = codecs.lookup(encoding).name
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)  # some codecs are no encodings of text
    except LookupError:
        raise InputError(f"unknown encoding for {path.name}", hint="name one that Python knows, such as cp1252") from None
    with opened(path, meter) as stream:
        if is_wide(encoding):
            yield as_utf8(stream, encoding), "utf-8"
            return
        if stream.peek(3)[:3] == codecs.BOM_UTF8:
            stream.read(3)
        yield stream, encoding


def lines(stream: Content) -> Iterator[Line]:
    """Yield the physical lines of a stream (rule 3)."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) <= MAX_LINE_BYTES or raw.endswith(b"\n"):
            yield Line(number, raw)
            continue
        while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield Line(number, raw[:MAX_LINE_BYTES], cut=True)


def as_utf8(stream: Content, encoding: str) -> Content:
    """Return a stream in UTF-16 or UTF-32 as one in UTF-8, without byte order mark."""
    return io.BufferedReader(_ToUtf8(stream, encoding), 1 << 16)


def is_wide(encoding: str) -> bool:
    """Tell whether an encoding takes several bytes for every character."""
    return encoding.startswith(_WIDE)


class _ToUtf8(io.RawIOBase):
    """A UTF-16 or UTF-32 stream, read as UTF-8."""

    def __init__(self, stream: Content, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._pending:
            data = self._stream.read1(1 << 14)
            self._pending = self._decoder.decode(data, final=not data).encode().removeprefix(codecs.BOM_UTF8)
            if not data:
                break
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size
