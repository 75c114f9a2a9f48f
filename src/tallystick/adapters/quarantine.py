"""Keeps rows that could not be imported, as JSON Lines, for whoever must look at them.

Does not decide what is bad.

    {"line": 7, "reason": "record has no name", "original": "..."}
    {"line": 9, "reason": "line is not UTF-8", "original_base64": "..."}
    {"side": "b", "line": 2, "reason": "record has no name", "original": "..."}      where a command reads two files

Rules
 1. The file holds personal data: only its owner can read it (mode 0600).
 2. The original is untouched: as text where it is UTF-8, in base64 where it is not.
 3. A file belongs to one import: an older one of the same name goes, and none is made when nothing is bad.
"""

import base64
import os
from io import BufferedWriter
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from tallystick.errors import ConfigError


class JsonLinesQuarantine:
    """See `node.ports.Quarantine`; use it as a context manager."""

    def __init__(self, path: Path, repairs: "JsonLinesQuarantine | None" = None) -> None:
        """Begin a file.

        Args:
            path: where rows go that could not be imported.
            repairs: takes the rows of which something was corrected or left out; nobody does where there is none.
        """
        self._path = path
        self._repairs = repairs
        self._file: BufferedWriter | None = None
        try:
            path.unlink(missing_ok=True)
        except OSError:
            raise self._failed() from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def put(self, *, position: int, reason: str, original: bytes, side: str = "") -> None:
        where = {"side": side} if side else {}
        line = msgspec.json.encode({**where, "line": position, "reason": reason, **_as_json(original)})
        try:
            if self._file is None:
                self._file = self._create()
            self._file.write(line + b"\n")
        except OSError:
            raise self._failed() from None

    def repaired(self, *, position: int, reason: str, original: bytes) -> None:
        if self._repairs is not None:
            self._repairs.put(position=position, reason=reason, original=original)

    def close(self) -> None:
        """Write out what is buffered."""
        if self._file is not None:
            try:
                self._file.close()
            except OSError:
                raise self._failed() from None

    def _create(self) -> BufferedWriter:
        # O_EXCL: never through a link that somebody put there meanwhile.
        return os.fdopen(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")

    def _failed(self) -> ConfigError:
        return ConfigError(
            f"quarantine file {self._path} cannot be written", hint="check the folder, its permissions and the room on the disk"
        )


def _as_json(original: bytes) -> dict[str, str]:
    try:
        return {"original": original.decode()}
    except UnicodeDecodeError:
        return {"original_base64": base64.b64encode(original).decode()}
