"""Writes result files: whole or not at all, readable by their owner only.

Rules
 1. A file appears under its name when it is complete; an error leaves what was there before.
 2. A new file has mode 0600, because it holds personal data.
 3. A name that ends in .gz is compressed; two writings of the same content give the same bytes.
"""

import gzip
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from tallystick.errors import InputError

Write = Callable[[bytes], object]


@contextmanager
def written(path: Path, *, durable: bool = False) -> Iterator[Write]:
    """Open a file for writing; it takes its name at the end of the block.

    Args:
        path: where the file will be; a device or a pipe is written straight.
        durable: whether its bytes outlast a power failure from then on; its name does after `settle`.

    Yields:
        A function that writes bytes.

    Raises:
        InputError: the folder is not there.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file.write
        return
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}", hint="make the folder, or name another")
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file, _compressed(file, path) as stream:
            yield stream.write
        if durable:
            settle(Path(partial))
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def private_folder(folder: Path) -> None:
    """Make a folder that its owner alone reads, and those above it that are missing likewise; one that is there stays."""
    if folder.is_dir():
        return
    private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def lock_file(path: Path) -> TextIO:
    """Open a file that stands for a lock, or make it, for its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600), "w")


def settle(path: Path) -> None:
    """Bring to the disk what was written to a file, or the names that a folder has."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def standard_output() -> Iterator[Write]:
    """Write to standard output, as bytes."""
    sys.stdout.flush()
    yield sys.stdout.buffer.write
    sys.stdout.buffer.flush()


@contextmanager
def _compressed(file: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    if path.suffix != ".gz":
        yield file
        return
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as stream:
        yield cast(BinaryIO, stream)
