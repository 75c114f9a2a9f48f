"""Entries of an audit log that are not yet under a checkpoint, in files of their own: durable before anybody hears of them.

Knows nothing of trees. A file is a sequence of frames; a frame is what one write and one fsync made durable:

    first index (8 bytes) | length of the body (4) | SHA-256 of index and body (32) | first 4 bytes of SHA-256 of those 44
    body: a bundle of entries, as in tlog-tiles

Rules
 1. One frame is durable before the next is written: only the last frame of the last file can be torn, and nobody was told of it.
 2. A torn end is cut off when the log is opened for writing. Damage anywhere else is an IntegrityError, and nothing is changed.
 3. A file is named after its first index; it goes when a checkpoint covers all of it.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

from tallystick.audit.tiles import MAX_ENTRY_BYTES, encode_bundle
from tallystick.errors import IntegrityError

FOLDER = "pending"
_HEAD = Struct(">QI32s")
_CHECK_BYTES = 4
_HEAD_BYTES = _HEAD.size + _CHECK_BYTES
_NAME_DIGITS = 20
_HINT = "do not go on with this log; keep its folder as it is and ask for help"


@dataclass(frozen=True, slots=True)
class _Frame:
    first: int
    entries: tuple[bytes, ...]
    end: int


class Journal:
    """The pending entries of one log. Not for two threads at once."""

    def __init__(self, log: Path) -> None:
        self._folder = log / FOLDER
        self._file: int | None = None

    def write(self, first: int, entries: Sequence[bytes]) -> None:
        """Make entries durable, the first of them at this index."""
        body = encode_bundle(entries)
        if self._file is None:
            self._file = self._begin(first)
        _write_all(self._file, _head(first, body) + body)
        os.fsync(self._file)

    def rotate(self) -> None:
        """Let the next entries go to a new file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def forget(self, size: int) -> None:
        """Remove the files that a checkpoint of `size` entries covers; call it after `rotate`, with the size of that time."""
        for path in _files(self._folder):
            if int(path.name) < size:
                path.unlink()

    def recover(self, size: int) -> list[bytes]:
        """Return the entries from index `size` on; cut off a torn end.

        Raises:
            IntegrityError: entries between are missing or damaged.
        """
        entries, torn = _read(self._folder, size)
        if torn is not None:
            path, end = torn
            with path.open("r+b") as file:
                file.truncate(end)
                os.fsync(file.fileno())
        return entries

    def _begin(self, first: int) -> int:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{first:0{_NAME_DIGITS}}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        sync_folder(self._folder)
        sync_folder(self._folder.parent)
        return file


def read_pending(log: Path, size: int) -> list[bytes]:
    """Return the pending entries of a log from index `size` on, changing nothing; see `Journal.recover`."""
    return _read(log / FOLDER, size)[0]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _write_all(file: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def _head(first: int, body: bytes) -> bytes:
    digest = hashlib.sha256(first.to_bytes(8, "big") + body).digest()
    head = _HEAD.pack(first, len(body), digest)
    return head + hashlib.sha256(head).digest()[:_CHECK_BYTES]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.isascii() and path.name.isdigit())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # covered and removed while a reader looked
        return b""


def _read(folder: Path, size: int) -> tuple[list[bytes], tuple[Path, int] | None]:
    """Return the entries from `size` on, and where a torn end begins."""
    entries: list[bytes] = []
    torn = None
    files = _files(folder)
    for path in files:
        content = _content(path)
        end = 0
        for frame in _frames(content, path):
            end = frame.end
            if frame.first + len(frame.entries) <= size:
                continue
            if frame.first != size + len(entries):
                raise IntegrityError(f"pending entries from {size + len(entries)} on are missing", hint=_HINT)
            entries += frame.entries
        if end < len(content):
            if path != files[-1]:
                raise IntegrityError(f"pending entries in {path.name} are damaged", hint=_HINT)
            torn = path, end
    return entries, torn


def _frames(content: bytes, path: Path) -> Iterator[_Frame]:
    """Yield the frames of a file up to a torn end."""
    at = 0
    while at < len(content):
        frame = _frame(content, at)
        if frame is None:
            if not _is_torn(content, at):
                raise IntegrityError(f"pending entries in {path.name} are damaged", hint=_HINT)
            return
        yield frame
        at = frame.end


def _frame(content: bytes, at: int) -> _Frame | None:
    head = content[at : at + _HEAD_BYTES]
    if not _is_head(head):
        return None
    first, length, digest = _HEAD.unpack(head[: _HEAD.size])
    body = content[at + _HEAD_BYTES : at + _HEAD_BYTES + length]
    if hashlib.sha256(first.to_bytes(8, "big") + body).digest() != digest:
        return None
    return _Frame(first, tuple(_entries(body)), at + _HEAD_BYTES + length)


def _is_head(head: bytes) -> bool:
    return len(head) == _HEAD_BYTES and hashlib.sha256(head[: _HEAD.size]).digest()[:_CHECK_BYTES] == head[_HEAD.size :]


def _is_torn(content: bytes, at: int) -> bool:
    """Tell an interrupted write from damage: it is short, or reaches to the end of the file, or was never written."""
    head = content[at : at + _HEAD_BYTES]
    if len(head) < _HEAD_BYTES or not any(content[at:]):
        return True
    return _is_head(head) and at + _HEAD_BYTES + int(_HEAD.unpack(head[: _HEAD.size])[1]) >= len(content)


def _entries(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        start = at + 2
        at = start + int.from_bytes(body[at:start], "big")
        if not start < at <= min(len(body), start + MAX_ENTRY_BYTES):
            raise IntegrityError("a frame of pending entries is not whole", hint=_HINT)
        yield body[start:at]
