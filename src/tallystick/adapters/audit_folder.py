"""An audit log as a folder that anything can read: checkpoint, tiles and entry bundles as C2SP tlog-tiles lays them out.

    checkpoint               the newest one, with the cosignatures it has
    tile/0/x001/234          tiles and partial tiles, tile/entries/... the bundles
    pending/00000000000000...  entries that no checkpoint covers yet (audit_journal)
    lock                     held by the one writer

Rules
 1. Record, then send: `append` returns when the entries are on the disk. One fsync serves all threads that wait for one.
 2. A checkpoint appears when everything it covers is on the disk. Files appear whole; none is ever changed but `checkpoint`.
 3. Whatever moment the process is killed at, the folder opens again, with every entry that was acknowledged and no half one.
 4. After a failed write nothing more is written: only opening anew finds out what the disk has.
 5. A log is opened only if its checkpoint is signed by its own key and its tiles lead to that root.

Spec: spec/audit-log-v1.md, section 5; C2SP tlog-tiles.
"""

import errno
import fcntl
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tallystick.adapters.audit_journal import FOLDER as PENDING
from tallystick.adapters.audit_journal import Journal, read_pending, sync_folder
from tallystick.adapters.outputs import lock_file, private_folder
from tallystick.audit.checkpoints import SignedCheckpoint, Trust, check_origin, sign_checkpoint, verify_checkpoint
from tallystick.audit.entries import Entry, encode
from tallystick.audit.notes import Note, SigningKey, VerifierKey, with_signatures
from tallystick.audit.tiles import WIDTH, Edge, Tile, encode_bundle, read_bundle, read_edge
from tallystick.audit.tree import leaf_hash
from tallystick.audit.verification import CHECKPOINT, read_checkpoint
from tallystick.errors import InputError, IntegrityError, RefusedError, UnavailableError

LOCK = "lock"
_LOOK_AGAIN_S = 0.05
_PART = ".part"
_FRAME_BYTES = 4 << 20
_PATIENCE = 0.1
"""The part of a write's duration that a writer may wait for others to join the next one."""
MAX_APPEND_BYTES = 64 << 20
_HINT = "do not go on with this log; keep its folder as it is and ask for help"


class AuditFiles:
    """Reads the files of a log: our own, a partner's, a copy on a stick. Trusts nothing in there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str, most: int) -> bytes | None:
        """Return the bytes of a file; see `audit.tiles.Read`.

        Raises:
            IntegrityError: it is longer, or no plain file.
        """
        try:
            file = os.open(self.folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.ENXIO}:  # a link, a socket
                raise IntegrityError(f"{path} is no plain file", hint=_HINT) from None
            raise
        try:
            content = _read_plain(file, path, most + 1)
        finally:
            os.close(file)
        if len(content) > most:
            raise IntegrityError(f"{path} is longer than {most} bytes", hint=_HINT)
        return content

    def pending(self, size: int) -> list[bytes]:
        """Return the entries that a checkpoint of `size` entries does not cover yet."""
        return read_pending(self.folder, size)


def _read_plain(file: int, path: str, most: int) -> bytes:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise IntegrityError(f"{path} is no plain file", hint=_HINT)
    parts: list[bytes] = []
    while most and (part := os.read(file, most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


class _Batch:
    """The entries of one `append`, and where they came to stand."""

    __slots__ = ("first", "lines", "size_bytes")

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines
        self.size_bytes = sum(map(len, lines))
        self.first: int | None = None


class AuditFolder:
    """The one writer of a log. Use it through `opened_audit_log`; every method may be called from any thread."""

    def __init__(self, folder: Path, key: SigningKey, signed: SignedCheckpoint) -> None:
        self._files = AuditFiles(folder)
        self._key = key
        self._note = signed.note
        self._published = size = signed.checkpoint.size
        self._edge = _checked_edge(self._files, signed)
        self._tail = read_tail(self._files, size)
        self._journal = Journal(folder)
        self._pending = self._journal.recover(size)
        self._size = size + len(self._pending)
        self._queue: list[_Batch] = []
        lock = threading.Lock()
        self._turn, self._joined = threading.Condition(lock), threading.Condition(lock)
        self._is_writing = False
        self._last_group, self._last_s = 1, 0.0
        self._publish_lock = threading.Lock()
        self._is_broken = False

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._key.name

    @property
    def size(self) -> int:
        """How many entries are durable, under a checkpoint or not."""
        return self._size

    def append(self, entries: Sequence[Entry]) -> int:
        """Record entries; return the index of the first. They are on the disk, in this order and without others between.

        Raises:
            InputError: an entry breaks the rules of a log, or there are none, or too many at once; nothing was recorded.
            UnavailableError: an earlier write failed; the log must be opened anew.
        """
        batch = _Batch([encode(entry) for entry in entries])
        if not 0 < batch.size_bytes <= MAX_APPEND_BYTES:
            raise InputError(f"{len(entries)} entries cannot be appended at once", hint="append in smaller portions")
        with self._turn:
            self._queue.append(batch)
            self._joined.notify()
            while batch.first is None:
                if self._is_writing:
                    self._turn.wait()
                else:
                    self._commit()
            return batch.first

    def publish(self) -> Note:
        """Put all entries under a new checkpoint and return it; the last one, if nothing was added."""
        with self._publish_lock:
            with self._turn:
                self._turn.wait_for(lambda: not self._is_writing)
                self._must_work()
                size, lines = self._size, self._pending
                if size == self._published:
                    return self._note
                self._pending = []
                self._journal.rotate()
            try:
                self._cover(size, lines)
            except BaseException:
                self._is_broken = True
                raise
            return self._note

    def checkpoint(self) -> Note:
        """Return the newest checkpoint, with the cosignatures it has."""
        return self._note

    def keep_cosignatures(self, note: Note) -> Note:
        """Keep the signatures of this note under the newest checkpoint; return that.

        Raises:
            RefusedError: a newer checkpoint has been published meanwhile.
        """
        with self._publish_lock:
            self._must_work()
            if note.text != self._note.text:
                raise RefusedError("the cosigned checkpoint is not the newest any more", hint="ask the witness for the newest")
            self._replace_checkpoint(with_signatures(self._note, note.signatures))
            return self._note

    def read(self, path: str, most: int) -> bytes | None:
        """Read a file of the log; see `audit.tiles.Read`."""
        return self._files.read(path, most)

    def close(self) -> None:
        """Close the files; pending entries stay pending."""
        with self._publish_lock, self._turn:
            self._turn.wait_for(lambda: not self._is_writing)
            self._is_broken = True
            self._journal.rotate()

    @property
    def is_working(self) -> bool:
        """Whether entries can be written: no write has failed."""
        return not self._is_broken

    def _must_work(self) -> None:
        if self._is_broken:
            raise UnavailableError(f"log {self.origin} is closed, or a write failed", hint="open it anew")

    def _commit(self) -> None:
        """Write for all that wait; called with the turn held, which is let go for as long as the disk takes."""
        self._must_work()
        self._is_writing = True
        try:
            # Those who were served last are about to come again: a moment's patience lets one fsync serve them all.
            self._joined.wait_for(lambda: len(self._queue) >= self._last_group, self._last_s * _PATIENCE)
            batches = self._next_batches()
            lines = [line for batch in batches for line in batch.lines]
            self._write(lines)
        except BaseException:
            self._is_broken = True  # rule 4
            raise
        finally:
            self._is_writing = False
            self._turn.notify_all()
        self._pending += lines
        for batch in batches:
            batch.first = self._size
            self._size += len(batch.lines)

    def _write(self, lines: list[bytes]) -> None:
        self._turn.release()
        start = time.perf_counter()
        try:
            self._journal.write(self._size, lines)
        finally:
            self._last_s = time.perf_counter() - start
            self._turn.acquire()

    def _next_batches(self) -> list[_Batch]:
        count, size_bytes = 0, 0
        for batch in self._queue:
            size_bytes += batch.size_bytes
            if count and size_bytes > _FRAME_BYTES:
                break
            count += 1
        batches, self._queue = self._queue[:count], self._queue[count:]
        self._last_group = count
        return batches

    def _cover(self, size: int, lines: list[bytes]) -> None:
        """Write tiles and bundles up to `size`, then the checkpoint, then let the pending entries go."""
        written = _Writer(self._files.folder)
        full = list(self._edge.append(map(leaf_hash, lines)))
        for tile, content in [*full, *self._edge.partial_tiles()]:
            written.put(tile.path(), content)
        entries = self._tail + lines
        start = size - len(entries)
        for at in range(0, len(entries), WIDTH):
            some = entries[at : at + WIDTH]
            written.put(Tile(None, (start + at) // WIDTH, len(some)).path(), encode_bundle(some))
        self._tail = entries[len(entries) - size % WIDTH :]
        written.sync()
        self._replace_checkpoint(sign_checkpoint(size, self._edge.root(), self._key))
        self._published = size
        self._journal.forget(size)
        _remove_partial(self._files.folder, [tile for tile, _ in full])

    def _replace_checkpoint(self, note: Note) -> None:
        written = _Writer(self._files.folder)
        written.put(CHECKPOINT, str(note).encode())
        written.sync()
        self._note = note


class _Writer:
    """Writes whole files below a folder, and makes their names durable in the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._touched: set[Path] = set()

    def put(self, name: str, content: bytes) -> None:
        path = self._folder / name
        self._make(path.parent)
        part = self._folder / _PART
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        self._touched.add(path.parent)

    def sync(self) -> None:
        for folder in self._touched:
            sync_folder(folder)
        self._touched.clear()

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(mode=0o700)
        self._touched.add(folder.parent)


@contextmanager
def opened_audit_log(
    folder: Path, key: SigningKey, *, earlier_keys: Sequence[VerifierKey] = (), wait_s: float = 0
) -> Iterator[AuditFolder]:
    """Open a log for writing, or make it; nobody else can until the end of the block.

    Args:
        folder: where it is.
        key: signs its checkpoints; its name is the log's origin.
        earlier_keys: verifier keys of this log that may have signed the newest checkpoint, when the key was changed.

        wait_s: how long to wait for somebody else who is writing.

    Raises:
        UnavailableError: somebody else is writing, and goes on.
        IntegrityError: what is there is damaged, or is another log.
    """
    check_origin(key.name)
    private_folder(folder)
    with _locked(folder, wait_s):
        if not (folder / CHECKPOINT).exists():
            _begin(folder, key)
        trust = Trust(log=[key.verifier_key(), *earlier_keys])
        log = AuditFolder(folder, key, verify_checkpoint(read_checkpoint(AuditFiles(folder).read), trust))
        try:
            yield log
        finally:
            log.close()


@contextmanager
def _locked(folder: Path, wait_s: float) -> Iterator[None]:
    end = time.monotonic() + wait_s
    with lock_file(folder / LOCK) as lock:
        while not _taken(lock):
            if time.monotonic() >= end:
                waited = f" and has not ended within {wait_s:g} s" if wait_s else ""
                raise UnavailableError(f"somebody else is writing the log in {folder}{waited}", hint="wait for it")
            time.sleep(_LOOK_AGAIN_S)
        yield


def _taken(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _begin(folder: Path, key: SigningKey) -> None:
    if names := {path.name for path in folder.iterdir()} - {LOCK, _PART}:
        what = "lost its checkpoint" if names & {"tile", PENDING} else "holds other things"
        raise IntegrityError(f"the log in {folder} {what}", hint=_HINT)
    edge = Edge()
    written = _Writer(folder)
    written.put(CHECKPOINT, str(sign_checkpoint(edge.size, edge.root(), key)).encode())
    written.sync()


def _checked_edge(files: AuditFiles, signed: SignedCheckpoint) -> Edge:
    edge = read_edge(files.read, signed.checkpoint.size)
    if edge.root() != signed.checkpoint.root:
        raise IntegrityError("the tiles of the log do not lead to the root of its checkpoint", hint=_HINT)
    return edge


def read_tail(files: AuditFiles, size: int) -> list[bytes]:
    """Return the entries of a log's partial bundle, if it has one."""
    return read_bundle(files.read, Tile(None, size // WIDTH, size % WIDTH)) if size % WIDTH else []


def _remove_partial(folder: Path, full: Sequence[Tile]) -> None:
    """Remove the partial tiles and bundles that full ones have replaced."""
    bundles = [Tile(None, tile.index) for tile in full if tile.level == 0]
    for tile in [*full, *bundles]:
        path = folder / tile.path()
        shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)
