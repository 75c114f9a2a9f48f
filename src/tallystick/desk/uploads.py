"""Reads forms that carry files (multipart/form-data, RFC 7578): fields as text, files with the names they came with.

Rules
 1. The body is in memory already, within the limit of its route; nothing is written here.
 2. A part is a field unless it names a file; a file without a name was not chosen, and is left out.
 3. Of a file's name the last part counts, without control characters. Nothing is opened under it.
"""

import re

from tallystick.errors import InputError

_MOST_PARTS = 200
_MOST_HEAD_BYTES = 2_000
_MOST_NAME_CHARS = 200
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_NAME = re.compile(r';\s*name="([^"]*)"', re.IGNORECASE)
_FILE_NAME = re.compile(r';\s*filename="([^"]*)"', re.IGNORECASE)
_END = b"\r\n\r\n"


def read_parts(content_type: str, body: bytes) -> tuple[dict[str, list[str]], dict[str, list[tuple[str, bytes]]]]:
    """Return the fields and the files of a form.

    Raises:
        InputError: it cannot be read.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise _unreadable()
    mark = b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(mark, _MOST_PARTS + 1)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):  # noqa: PLR2004  what is before the first mark, and behind the last
        raise _unreadable()
    fields: dict[str, list[str]] = {}
    files: dict[str, list[tuple[str, bytes]]] = {}
    for piece in pieces[1:-1]:
        name, file_name, content = _part(piece)
        if file_name is None:
            fields.setdefault(name, []).append(_text(content))
        elif file_name:
            files.setdefault(name, []).append((file_name, content))
    return fields, files


def _part(piece: bytes) -> tuple[str, str | None, bytes]:
    head, end, content = piece.partition(_END)
    name = _NAME.search(_text(head)) if end and len(head) <= _MOST_HEAD_BYTES else None
    if name is None:
        raise _unreadable()
    file_name = _FILE_NAME.search(_text(head))
    return name[1], None if file_name is None else plain_name(file_name[1]), content


def plain_name(name: str) -> str:
    """Return the name of a file as it may be shown: its last part, printable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip()[-_MOST_NAME_CHARS:]


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _unreadable() from None


def _unreadable() -> InputError:
    return InputError("this form cannot be read", hint="see the description of the desk's interface")
