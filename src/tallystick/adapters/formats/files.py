"""Opens what people hand in: plain, gzip or zip, with a meter for the progress bar and limits against bombs.

Does not know what is inside a file.

Rules
 1. Content is read as a stream; nothing here holds more than a buffer of it.
 2. A stream that ends early, or breaks its own checksum, is an InputError with the file and the byte where it broke.
 3. Content that grows more than MAX_RATIO times beyond its compressed size is refused once it passes FREE_BYTES.
 4. A zip archive must hold exactly one file; archives inside archives are not opened.
"""

import gzip
import io
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeAlias, cast

from tallystick.errors import InputError
from tallystick.node.ports import SourceRow

MAX_RATIO = 200
"""Lists shrink to a tenth or a thirtieth; a bomb shrinks to a thousandth."""
FREE_BYTES = 64 << 20
MAX_CONTENT_BYTES = 64 << 30

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"

Content: TypeAlias = "io.BufferedReader[Any]"
"""A stream of content. `read1` gives what came before a break; `read` may lose it."""

_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError)
"""What gzip and zipfile raise on broken, encrypted or exotic archives."""


class Meter:
    """Counts the bytes read from disk."""

    def __init__(self) -> None:
        self.count = 0


class FileSource(ABC):
    """One or more files read as a source; what every format module offers.

    Attributes:
        paths: the files that will be read, the list itself first.
        bytes_total: their size on disk, times the passes a format needs; constant.
        bytes_read: how much of that has been read; grows while `rows` runs, never beyond bytes_total.
        warnings: what a person should know about the files as a whole, never a value; complete when `rows` has run.
    """

    passes = 1

    def __init__(self, path: Path, *siblings: Path) -> None:
        self.paths = (path, *siblings)
        self._meter = Meter()
        self.warnings: list[str] = []
        self.bytes_total = sum(size_bytes(each) for each in self.paths) * self.passes

    @property
    def bytes_read(self) -> int:
        """Bytes read from disk so far."""
        return min(self._meter.count, self.bytes_total)

    @abstractmethod
    def rows(self) -> Iterator[SourceRow]:
        """Yield every entry once; see `node.ports.Source`."""


class _Metered(io.RawIOBase):
    """The file on disk; every byte read is counted."""

    def __init__(self, file: IO[bytes], meter: Meter) -> None:
        self._file, self._meter = file, meter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._meter.count += len(data)
        return len(data)


class _Guarded(io.RawIOBase):
    """The content; breaks and bombs become an InputError."""

    def __init__(self, inner: io.BufferedIOBase, name: str, compressed_bytes: int) -> None:
        self._inner, self._name = inner, name
        self._position = 0
        self._limit = min(max(compressed_bytes * MAX_RATIO, FREE_BYTES), MAX_CONTENT_BYTES)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read1(len(buffer))
        except _BROKEN:
            raise InputError(
                f"{self._name} is broken or cut off, at byte {self._position} of its content",
                hint="fetch the file again; what came before this byte was read",
            ) from None
        self._position += len(data)
        if self._position > self._limit:
            raise InputError(
                f"{self._name} grows beyond {self._limit} bytes when unpacked",
                hint="if the file is genuine, unpack it and import the unpacked file",
            )
        buffer[: len(data)] = data
        return len(data)


def size_bytes(path: Path) -> int:
    """Return the size of a file on disk.

    Raises:
        InputError: there is no such file, or it is none.
    """
    try:
        if path.is_file():
            return path.stat().st_size
    except OSError:
        pass
    raise InputError(f"cannot read file {path.name}", hint="check the path and its permissions")


@contextmanager
def metered(path: Path, meter: Meter | None = None) -> Iterator[Content]:
    """Open a file as it lies on the disk, for formats that unpack themselves.

    Raises:
        InputError: it cannot be read.
    """
    size_bytes(path)
    try:
        raw = path.open("rb")
    except OSError:
        raise InputError(f"cannot read file {path.name}", hint="check the path and its permissions") from None
    with raw, io.BufferedReader(_Metered(raw, meter or Meter()), 1 << 16) as reader:
        yield reader


@contextmanager
def opened(path: Path, meter: Meter | None = None) -> Iterator[Content]:
    """Open the content of a file for reading, unpacked if need be.

    Args:
        path: a plain, gzip or zip file.
        meter: counts the bytes taken from disk.

    Raises:
        InputError: no such file, or a zip archive that cannot be read; while reading, see the rules above.
    """
    packed_bytes = size_bytes(path)
    with metered(path, meter) as file, unpacked(file, path.name, packed_bytes) as content:
        yield content


@contextmanager
def unpacked(file: Content, name: str, packed_bytes: int) -> Iterator[Content]:
    """Read what a stream holds, unpacked if need be.

    Args:
        file: plain, gzip or zip.
        name: what to call it in errors.
        packed_bytes: how long it is.

    Raises:
        InputError: a zip archive that cannot be read; while reading, see the rules above.
    """
    with ExitStack() as stack:
        magic = file.peek(4)[:4]
        inner: io.BufferedIOBase = file
        limit = packed_bytes
        if magic.startswith(GZIP_MAGIC):
            inner = stack.enter_context(gzip.GzipFile(fileobj=file))
        elif magic == ZIP_MAGIC:
            inner = stack.enter_context(_only_member(name, file))
        else:
            limit = MAX_CONTENT_BYTES  # what lies there plainly is no bomb
        yield stack.enter_context(io.BufferedReader(_Guarded(inner, name, limit), 1 << 16))


@contextmanager
def _only_member(name: str, file: BinaryIO) -> Iterator[io.BufferedIOBase]:
    try:
        archive = zipfile.ZipFile(file)
        members = [info for info in archive.infolist() if not info.is_dir()]
        if len(members) != 1:
            raise InputError(f"{name} holds {len(members)} files", hint="unpack it and import the file that is the list")
        member = archive.open(members[0])
    except _BROKEN:
        raise InputError(f"{name} is a zip archive that cannot be read", hint="fetch the file again, without password") from None
    with archive, member:
        yield cast("io.BufferedIOBase", member)


def head(path: Path, size: int = 1 << 16) -> bytes:
    """Return up to size bytes from the beginning of the content; less where it ends or breaks.

    Raises:
        InputError: the file cannot be read at all.
    """
    content = bytearray()
    with opened(path) as stream, suppress(InputError):  # a break is told when the file is read, after what comes before it
        while len(content) < size and (part := stream.read1(size - len(content))):
            content += part
    return bytes(content)
