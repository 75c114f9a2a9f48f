"""A file that is sealed block by block, so that none is too large for the memory; opened as a plain file in memory alone.

    0x00 magic, then blocks: length (4 bytes, big endian), sealed (number (8 bytes), 0x01 for the last else 0x00, data)

Rules
 1. Blocks are sealed with their number and whether they are the last: none can be left out, moved or cut off unseen.
 2. A format reads plain files by their names. Where the system has a file system in memory (`/dev/shm`), the plain file lies
    there while it is read; elsewhere beside the sealed one. It is removed at the end of the reading, what a kill left by `sweep`.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from tallystick.adapters.casework_seal import Seal
from tallystick.errors import IntegrityError

MAGIC: Final = b"\x00tallystick sealed file v1\n"
BLOCK_BYTES: Final = 1 << 20
_LENGTH_BYTES, _NUMBER_BYTES = 4, 8
_MOST_SEALED: Final = BLOCK_BYTES + 64
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, readable by us alone
_MARK: Final = "tallystick-"


def write_sealed(path: Path, chunks: Iterable[bytes], seal: Seal) -> None:
    """Write a file: sealed, or as it is where nothing seals; mode 0600, and none may be there.

    Raises:
        OSError: there is no room.
    """
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        if not seal.is_closing:
            file.writelines(chunks)
            return
        file.write(MAGIC)
        held, number = bytearray(), 0
        for chunk in chunks:
            held += chunk
            while len(held) > BLOCK_BYTES:  # the last one is written below
                _put(file, seal, number, bytes(held[:BLOCK_BYTES]), is_last=False)
                del held[:BLOCK_BYTES]
                number += 1
        _put(file, seal, number, bytes(held), is_last=True)


def _put(file: BinaryIO, seal: Seal, number: int, data: bytes, *, is_last: bool) -> None:
    sealed = seal.close(number.to_bytes(_NUMBER_BYTES, "big") + bytes([is_last]) + data)
    file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)


def read_sealed(path: Path, seal: Seal) -> Iterator[bytes]:
    """Yield what a file holds, opened where it is sealed.

    Raises:
        IntegrityError: it was changed.
        ConfigError: it is sealed, and the registers of this node are not.
    """
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
        if start != MAGIC:
            yield start
            while chunk := file.read(BLOCK_BYTES):
                yield chunk
            return
        number, is_last = 0, False
        while not is_last:
            size = int.from_bytes(file.read(_LENGTH_BYTES), "big")
            body = file.read(size) if 0 < size <= _MOST_SEALED else b""
            if len(body) != size or not body:
                raise _damaged()
            plain = seal.open(body)
            place, last, data = plain[:_NUMBER_BYTES], plain[_NUMBER_BYTES : _NUMBER_BYTES + 1], plain[_NUMBER_BYTES + 1 :]
            if place != number.to_bytes(_NUMBER_BYTES, "big") or last not in {b"\x00", b"\x01"}:
                raise _damaged()
            number, is_last = number + 1, last == b"\x01"
            yield data
        if file.read(1):
            raise _damaged()


@contextmanager
def opened_plain(path: Path, name: str, seal: Seal, owner: str) -> Iterator[Path]:
    """Give a file as a plain one until the end of the block.

    Args:
        path: the file.
        name: what it is called while it is read: formats go by the ending.
        seal: what opens it.
        owner: whose it is; see `sweep`.
    """
    with path.open("rb") as file:
        is_sealed = file.read(len(MAGIC)) == MAGIC
    if not is_sealed:
        yield path
        return
    with private_place(owner, path.parent) as place:
        with os.fdopen(os.open(place / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as plain:
            plain.writelines(read_sealed(path, seal))
        yield place / name


@contextmanager
def private_place(owner: str, otherwise: Path) -> Iterator[Path]:
    """Make a folder in memory that only we read, until the end of the block; `otherwise`: where there is none."""
    place = (_MEMORY if os.access(_MEMORY, os.W_OK) else otherwise) / f"{_MARK}{owner}-{secrets.token_hex(8)}"
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep(owner: str, otherwise: Path) -> None:
    """Remove what a kill left of an owner's opened files."""
    for folder in (_MEMORY, otherwise):
        for left in folder.glob(f"{_MARK}{owner}-*") if folder.is_dir() else ():
            shutil.rmtree(left, ignore_errors=True)


def _damaged() -> IntegrityError:
    return IntegrityError("a sealed file was changed or cut off", hint="hand the file in again")
