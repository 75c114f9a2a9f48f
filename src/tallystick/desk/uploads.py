"""Reads forms that carry files (multipart/form-data): fields as text, files with the names they came with.

Rules
 1. The body is in memory already, within the limit of its route; nothing is written to a disk here.
 2. A part is a field unless it names a file; a file without a name was not chosen, and is left out.
 3. Of a file's name the last part counts, without control characters. Nothing is opened under it.

Source: RFC 7578, as the library `multipart` reads it.
"""

import io

from multipart import MultipartError, MultipartParser, parse_options_header

from tallystick.errors import InputError

_MOST_PARTS = 200
_MOST_NAME_CHARS = 200


def read_parts(content_type: str, body: bytes) -> tuple[dict[str, list[str]], dict[str, list[tuple[str, bytes]]]]:
    """Return the fields and the files of a form.

    Raises:
        InputError: it cannot be read.
    """
    fields: dict[str, list[str]] = {}
    files: dict[str, list[tuple[str, bytes]]] = {}
    try:
        _, options = parse_options_header(content_type)
        memory = {"spool_limit": len(body) + 1, "memory_limit": len(body) + 1}
        for part in MultipartParser(io.BytesIO(body), options["boundary"], part_limit=_MOST_PARTS, strict=True, **memory):
            if part.filename is None:
                fields.setdefault(part.name, []).append(part.value)
            elif name := plain_name(part.filename):
                files.setdefault(part.name, []).append((name, part.raw))
    except (MultipartError, KeyError, ValueError):
        raise InputError("this form cannot be read", hint="see the description of the desk's interface") from None
    return fields, files


def plain_name(name: str) -> str:
    """Return the name of a file as it may be shown: its last part, printable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip()[-_MOST_NAME_CHARS:]
