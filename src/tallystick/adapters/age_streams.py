"""Writes and reads age files as streams: a thread does the sealing, whoever writes or reads has an open file.

Source: age-encryption.org/v1.
"""

import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

import pyrage

from tallystick.errors import IntegrityError, RefusedError

DAMAGED = "take another backup; this one was changed or cut off"
_OTHER_KEY = "No matching keys found"
"""What pyrage says of a file that is whole and for others; everything else it says of the head of one that is not."""


@contextmanager
def encrypting(file: io.BufferedIOBase, recipients: list[pyrage.x25519.Recipient]) -> Iterator[IO[bytes]]:
    """Yield what is to be written to; a thread encrypts it into the file."""
    ours, theirs = os.pipe()

    def work() -> None:
        with os.fdopen(ours, "rb") as source:
            pyrage.encrypt_io(source, file, recipients)

    worker = _Worker(work)
    try:
        with os.fdopen(theirs, "wb") as sink:
            yield sink
    finally:
        worker.join()
    worker.check()


@contextmanager
def decrypting(file: io.BufferedIOBase, identity: pyrage.x25519.Identity) -> Iterator[IO[bytes]]:
    """Yield what is to be read from; a thread decrypts the file into it."""
    ours, theirs = os.pipe()

    def work() -> None:
        with suppress(BrokenPipeError), os.fdopen(theirs, "wb") as sink:
            pyrage.decrypt_io(file, sink, [identity])

    worker = _Worker(work)
    try:
        with os.fdopen(ours, "rb") as source:
            yield source
    except (tarfile.TarError, IntegrityError):
        worker.join()
        worker.check()  # why the stream ended early is the better reason
        raise
    worker.join()
    worker.check()


class _Worker:
    """A thread whose failure is heard of."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def check(self) -> None:
        """Raise what went wrong in the thread.

        Raises:
            RefusedError: the identity is none of those the file was made for.
            IntegrityError: the file is none, or was changed.
        """
        if isinstance(self._failure, pyrage.DecryptError):
            if str(self._failure) != _OTHER_KEY:
                raise IntegrityError("this is no backup, or it was changed or cut off", hint="take another one")
            raise RefusedError("this key does not open the backup", hint="give the key file whose recipient it was made for")
        if isinstance(self._failure, OSError) and self._failure.errno is None:
            raise IntegrityError("the backup is damaged", hint=DAMAGED)
        if self._failure is not None:
            raise self._failure

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as failure:  # noqa: BLE001 - kept for the thread that waits
            self._failure = failure
