"""What comes in with a form until somebody takes it: small in memory, large on the disk, sealed under a key that nobody keeps.

Rules
 1. On the disk there is never a byte of it in the open: blocks are sealed with AES-GCM under a key that ends with the process.
 2. The file has no name: whatever ends the process takes it away.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MEMORY_BYTES: Final = 1 << 20
BLOCK_BYTES: Final = 1 << 20
_OVERHEAD: Final = 16
_NONCE_BYTES: Final = 12


class UploadSpool:
    """The bytes of one file; written once from begin to end, then read as often as wanted. Not for several threads at once."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take where a large one may lie; None for the system's place for temporary files."""
        self._folder = folder
        self._buffer = bytearray()
        self._file: BinaryIO | None = None
        self._cipher: AESGCM | None = None
        self._blocks = 0
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Add bytes.

        Raises:
            OSError: the disk has no room.
        """
        self._buffer += chunk
        self.size += len(chunk)
        if self.size > MEMORY_BYTES:
            while len(self._buffer) >= BLOCK_BYTES:
                self._put(bytes(self._buffer[:BLOCK_BYTES]))
                del self._buffer[:BLOCK_BYTES]

    def chunks(self) -> Iterator[bytes]:
        """Yield all of it, in order."""
        if self._file is not None and self._cipher is not None:
            self._file.seek(0)
            for number in range(self._blocks):
                yield self._cipher.decrypt(_nonce(number), self._file.read(BLOCK_BYTES + _OVERHEAD), None)
        if self._buffer:
            yield bytes(self._buffer)

    def read(self) -> bytes:
        """Return all of it."""
        return b"".join(self.chunks())

    def close(self) -> None:
        """Give it away."""
        self._buffer.clear()
        if self._file is not None:
            self._file.close()

    def _put(self, block: bytes) -> None:
        if self._file is None or self._cipher is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `close`
            self._cipher = AESGCM(os.urandom(32))
        self._file.write(self._cipher.encrypt(_nonce(self._blocks), block, None))
        self._blocks += 1


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")
