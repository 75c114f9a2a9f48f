"""Reads forms that carry files (multipart/form-data): fields as text, files with the names they came with, while they arrive.

Rules
 1. Fields are held in memory within the usual limit; a file goes into a spool (adapters/upload_spool.py), however large it is.
 2. A part is a field unless it names a file; a file without a name was not chosen, and is left out.
 3. Of a file's name the last part counts, without control characters. Nothing is opened under it.

Source: RFC 7578, as the library `multipart` reads it.
"""

from collections.abc import Callable

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from tallystick.adapters.upload_spool import UploadSpool
from tallystick.errors import InputError

_MOST_PARTS = 200
_MOST_FIELD_BYTES = 1 << 20
_MOST_NAME_CHARS = 200

Fields = dict[str, list[str]]
Files = dict[str, list[tuple[str, UploadSpool]]]
"""Uploaded files by field: the name each came with, and its bytes."""


class FormReader:
    """One form; whoever made it closes it when its files are not needed any more."""

    def __init__(self, content_type: str, spool: Callable[[], UploadSpool] = UploadSpool) -> None:
        """Take what the request says of its content, and what makes room for a file.

        Raises:
            InputError: it says no boundary.
        """
        self.fields: Fields = {}
        self.files: Files = {}
        self._spool = spool
        self._part: MultipartSegment | None = None
        self._value = bytearray()
        self._file: UploadSpool | None = None
        self._in_memory = 0
        try:
            _, options = parse_options_header(content_type)
            # Not strict: what that refuses depends on where one chunk ends and the next begins.
            self._parser = PushMultipartParser(options["boundary"], max_segment_count=_MOST_PARTS)
        except (MultipartError, KeyError, ValueError):
            raise _unreadable() from None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body; empty at its end.

        Raises:
            InputError: this is no such form.
            OSError: there is no room for a file.
        """
        try:
            for event in self._parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    self._begin(event)
                elif event:
                    self._take(bytes(event))
                else:
                    self._end()
            if not chunk:
                self._parser.close()
        except (MultipartError, ValueError):
            raise _unreadable() from None

    def close(self) -> None:
        """Give all files away."""
        for each in [spool for found in self.files.values() for _, spool in found] + [self._file]:
            if each is not None:
                each.close()

    def _begin(self, part: MultipartSegment) -> None:
        self._part, self._file = part, None
        self._value.clear()
        if part.filename is not None:
            self._file = self._spool()

    def _take(self, content: bytes) -> None:
        if self._file is not None:
            self._file.write(content)
            return
        self._in_memory += len(content)
        if self._in_memory > _MOST_FIELD_BYTES:
            raise ValueError
        self._value += content

    def _end(self) -> None:
        part, file, self._part, self._file = self._part, self._file, None, None
        if part is None:
            return
        if file is None:
            self.fields.setdefault(part.name, []).append(self._value.decode())
        elif name := plain_name(part.filename or ""):
            self.files.setdefault(part.name, []).append((name, file))
        else:
            file.close()


def _unreadable() -> InputError:
    return InputError("this form cannot be read", hint="see the description of the desk's interface")


def plain_name(name: str) -> str:
    """Return the name of a file as it may be shown: its last part, printable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip()[-_MOST_NAME_CHARS:]
