"""Reads native-format files as chunks of whole lines, plain or gzip, in constant memory."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tallystick.errors import InputError
from tallystick.model.codec import MAX_LINE_BYTES

CHUNK_BYTES = 16 << 20
_GZIP_MAGIC = b"\x1f\x8b"


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield the file's lines, many at a time; each chunk ends at the end of a line or of the file.

    Raises:
        InputError: the file is not there, or breaks off (truncated gzip).
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            if packed:
                with gzip.open(raw, "rb") as unpacked:
                    yield from _chunks(unpacked)  # type: ignore[arg-type]
            else:
                yield from _chunks(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{path.name} breaks off: the gzip data is damaged", hint="fetch the file again") from None
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}", hint="check the path and your rights") from None


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while block := file.read(CHUNK_BYTES):
        end = block.rfind(b"\n") + 1
        if end == 0 and len(rest) + len(block) > CHUNK_BYTES + MAX_LINE_BYTES:
            raise InputError("a line is longer than any record", hint="the native format has one record per line")
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
    if rest:
        yield rest
