"""Reads the native format: JSON Lines, one record per line, plain or compressed.

Decides nothing about content; `model.decode` does.

Rules
 1. Every line that is not blank is one entry; a line that is no record is refused alone.
 2. What decoding cleans out of a text is counted.

Format: docs/reference/record-format.md.
"""

from collections.abc import Iterator
from itertools import chain

import msgspec

from tallystick.adapters.formats.draft import UNSEEN_REMOVED, refused
from tallystick.adapters.formats.files import Content, FileSource
from tallystick.adapters.formats.texts import MAX_LINE_BYTES, Line, lines, opened_text
from tallystick.errors import RecordError
from tallystick.model import Record, decode
from tallystick.node.ports import SourceRow

TOO_LONG = f"line is longer than {MAX_LINE_BYTES} bytes; its original is cut"
TOO_DEEP = "line is nested too deeply"
_ESCAPES = (b"\\u00", b"\\u20", b"\\ufe", b"\\u06", b"\\u18")
"""How JSON spells most characters that decoding takes out; raw ones are looked for in the bytes."""


class _Identity(msgspec.Struct):
    id: str


class NativeSource(FileSource):
    """A file of native records."""

    def rows(self) -> Iterator[SourceRow]:
        with opened_text(self.paths[0], self._meter) as (stream, encoding):
            yield from native_rows(stream, encoding)


def native_rows(stream: Content, encoding: str = "utf-8") -> Iterator[SourceRow]:
    """Yield the rows of a stream of native lines."""
    for line in lines(stream):
        if line.raw.strip():
            yield _row(line, encoding)


def _row(line: Line, encoding: str) -> SourceRow:
    if line.cut:
        return refused(line.number, TOO_LONG, line.raw)
    body = line.raw.rstrip(b"\r\n")
    try:
        text = body if encoding in {"utf-8", "ascii"} else body.decode(encoding).encode()
        record = decode(text)
    except RecordError as error:
        return refused(line.number, str(error), line.raw, _identity(text))
    except UnicodeError:
        return refused(line.number, f"line is not {encoding}", line.raw)
    except RecursionError:
        return refused(line.number, TOO_DEEP, line.raw)
    repaired = (UNSEEN_REMOVED,) if _had_unseen(text, record) else ()
    return SourceRow(position=line.number, record=record, original=line.raw, repaired=repaired)


def _identity(text: bytes) -> str:
    """Return the id of a line that is no record, where it says one."""
    try:
        return msgspec.json.decode(text, type=_Identity).id
    except (ValueError, RecursionError):
        return ""


def _had_unseen(line: bytes, record: Record) -> bool:
    """Tell whether decoding took a character out of a name: only then is the written name not in the line."""
    if line.isascii() and not any(escape in line for escape in _ESCAPES):
        return False
    names = chain(record.names, record.weak_names)
    return any(name.encode() not in line for name in names) and (
        b"\\u" in line or any(not char.isprintable() for char in line.decode())
    )
