"""What a witness cosigned last of each log, as a folder: `HASH/checkpoint`, where HASH is SHA-256 of the log's origin, in hex.

The layout is that under which C2SP tlog-witness serves these checkpoints to monitors.

Rules
 1. A checkpoint is there whole or not at all, and durable when `keep` returns.
 2. One process and one thread at a time answers for a log.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.audit_journal import sync_folder
from tallystick.adapters.outputs import lock_file, private_folder
from tallystick.audit.notes import MAX_NOTE_BYTES, Note, decode_note
from tallystick.audit.verification import CHECKPOINT


class WitnessFolder:
    """See `node.auditing.WitnessStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        private_folder(folder)

    @contextmanager
    def turn(self, origin: str) -> Iterator[None]:
        place = self._place(origin)
        place.mkdir(mode=0o700, exist_ok=True)
        with lock_file(place / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # every opening is a holder of its own: threads wait for each other, too
            yield

    def last(self, origin: str) -> Note | None:
        content = AuditFiles(self._place(origin)).read(CHECKPOINT, MAX_NOTE_BYTES)
        return None if content is None else decode_note(content)

    def keep(self, origin: str, note: Note) -> None:
        place = self._place(origin)
        part = place / ".part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(str(note).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(place / CHECKPOINT)
        sync_folder(place)
        sync_folder(self._folder)

    def _place(self, origin: str) -> Path:
        return self._folder / hashlib.sha256(origin.encode()).hexdigest()
