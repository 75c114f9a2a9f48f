"""A backup as one file: an age file that holds a tar of a node's folder and its store. Any machine with `age` and `tar` opens it.

Does not know where things lie (`wiring.backups`).

Rules
 1. Nothing is written in the open on the way out, but snapshots of SQLite databases, in files that have no name: whatever ends
    the process takes them away.
    What one leaves that is killed before that, an empty file, the next one removes.
 2. The last member of the tar is `manifest.json`: every other one with its size and SHA-256. Without it a backup is no whole one.
 3. Restoring goes into a folder that is not there yet, and leaves nothing behind when a byte is not what it was.
 4. What may grow meanwhile is read in the order that leaves every moment consistent: databases, then pending entries of the audit
    log, then its checkpoint, then everything else; each kind is listed when it is its turn. Files that were deleted meanwhile
    were not needed, or others took their place: so the folder is listed once more at the end.

Source: age-encryption.org/v1; POSIX.1-2001 (pax) for the tar.
"""

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

import msgspec

from tallystick.adapters.age_streams import DAMAGED, decrypting, encrypting
from tallystick.adapters.outputs import private_folder, settle
from tallystick.adapters.sealing import IDENTITY, readable_identity, readable_recipients
from tallystick.errors import ConfigError, IntegrityError, RefusedError, UnavailableError

MANIFEST = "manifest.json"
_MANIFEST_BYTES = 64 << 20
_DATABASE_ENDINGS = ("-wal", "-shm", "-journal")
_CHUNK = 1 << 20
_SNAPSHOT = ".snapshot."
_COPIES = frozenset({"node.db.snapshot", "staff.db.snapshot", "registers.db.snapshot", "tallystick.db.snapshot"})
"""Earlier versions made copies under these names."""
_NAMED_S = 60.0
"""A file of another backup that goes on has its name for no time at all."""

Told = Callable[[int], None]
Check = Callable[["Manifest", Path | None], None]
"""Told what a backup holds and where that was unpacked, before it takes its name; raises where it is not to."""


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in a backup.

    Attributes:
        path: below the root of the backup.
        size_bytes: its length.
        sha256: of its content, in hexadecimal digits.
    """

    path: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds.

    Attributes:
        format: "tallystick backup v1".
        at: when it was made, UTC.
        software: what made it.
        members: its files.
    """

    format: str
    at: str
    software: str
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to be kept.

    Attributes:
        content: the file it lies in, or what it says.
        name: where it is to lie in the backup.
    """

    content: Path | bytes
    name: str


def pieces_of(folder: Path, name: str) -> Iterator[Piece]:
    """Yield the files of a folder in the order of rule 4; no sockets, locks and side files of databases."""
    _sweep(folder.rglob("*"))
    given: set[Path] = set()
    for is_due in (_is_database, _is_pending, _is_checkpoint, _is_settled, _is_settled):
        for path in [each for each in files_of(folder) if each not in given and is_due(each)]:
            given.add(path)
            yield Piece(path, f"{name}/{path.relative_to(folder).as_posix()}")


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder that a backup keeps, as it is now."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name != "lock" and not path.name.endswith(_DATABASE_ENDINGS)
    ]


def _is_pending(path: Path) -> bool:
    return path.parent.name == "pending"


def _is_checkpoint(path: Path) -> bool:
    return path.name == "checkpoint"


def _is_settled(path: Path) -> bool:
    """Tell what is none of these; of entries that are pending now, the checkpoint that was read knows nothing."""
    return not _is_pending(path)


def _is_database(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"
    return False


def write_backup(out: Path, pieces: Iterable[Piece], recipients: list[str], made: tuple[str, str], told: Told) -> Manifest:
    """Write a backup.

    Args:
        out: a new file.
        pieces: what to keep, in order.
        recipients: whose keys open it.
        made: the moment, and the software.
        told: hears how many bytes went in so far.

    Raises:
        ConfigError: no recipient, or `out` is there already.
        UnavailableError: the disk is full, or a file cannot be read.
    """
    readers = readable_recipients(recipients)
    if not readers:
        raise ConfigError("nobody could open the backup", hint="say with --for whose key opens it: `tallystick key show`")
    part = out.with_name(out.name + ".part")
    if out.exists():
        raise ConfigError(f"{out} is there already", hint="a backup is never overwritten: give another name")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with encrypting(file, readers) as sink:
                manifest = _write_tar(sink, pieces, made, told)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
        settle(out.parent)
    except OSError as error:
        raise UnavailableError("the backup could not be written", hint=(error.strerror or "check the disk").lower()) from None
    finally:
        part.unlink(missing_ok=True)
    return manifest


def read_backup(
    file: Path, secret: str, told: Told, into: Path | None = None, check: Check = lambda _made, _at: None
) -> Manifest:
    """Check every byte of a backup, and unpack it where a folder is given.

    Args:
        file: the backup.
        secret: an age identity that opens it.
        told: hears how many bytes came out so far.
        into: a folder that is not there yet.
        check: looks at what came out before it takes its name.

    Raises:
        RefusedError: the identity does not open it, or the folder is there, or what an interrupted restore left.
        IntegrityError: it is not what was written.
    """
    if not secret.startswith(IDENTITY):
        raise ConfigError("a backup is opened by a key, not by a passphrase", hint="give the file of an age identity")
    identity = readable_identity(secret)
    aside = _aside(into) if into else None
    try:
        with file.open("rb") as source, decrypting(source, identity) as stream:
            manifest = _read_tar(stream, aside, told)
        check(manifest, aside)
        if aside and into:
            aside.replace(into)
            settle(into.parent)
    except OSError as error:
        raise UnavailableError(f"backup {file} cannot be read", hint=(error.strerror or "check the path").lower()) from None
    except (tarfile.TarError, msgspec.DecodeError, EOFError):
        raise IntegrityError("the backup is damaged", hint=DAMAGED) from None
    finally:
        if aside:
            shutil.rmtree(aside, ignore_errors=True)
    return manifest


def _aside(into: Path) -> Path:
    """Return where a backup is unpacked until it is known to be whole; neither it nor its folder may be there."""
    if into.exists():
        raise RefusedError(f"{into} is there already", hint="restore into a folder that is not; nothing is overwritten")
    aside = into.with_name(into.name + ".part")
    if aside.exists():
        raise RefusedError(f"{aside} is there: a restore goes on, or was interrupted", hint=f"if none goes on, remove {aside}")
    return aside


def _write_tar(sink: IO[bytes], pieces: Iterable[Piece], made: tuple[str, str], told: Told) -> Manifest:
    members: list[Member] = []
    done = 0
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for piece in pieces:
            with _opened(piece.content) as opened:
                if opened is None:
                    continue
                members.append(_add(tar, piece.name, opened))
            done += members[-1].size_bytes
            told(done)
        manifest = Manifest(format="tallystick backup v1", at=made[0], software=made[1], members=members)
        text = msgspec.json.encode(manifest)
        tar.addfile(_info(MANIFEST, len(text)), io.BytesIO(text))
    return manifest


@contextmanager
def _opened(path: Path | bytes) -> Iterator[BinaryIO | None]:
    """Open a file as it is now: a database as a snapshot, None for one that is gone."""
    if isinstance(path, bytes):
        yield io.BytesIO(path)
        return
    if not _is_database(path):
        try:
            file = path.open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            yield file
        return
    with _snapshot(path) as snapshot:
        yield snapshot


def _sweep(paths: Iterable[Path]) -> None:
    """Remove what killed backups left: empty files that were about to lose their names, and copies that earlier versions made."""
    for path in [*paths]:
        with suppress(OSError):
            is_old = time.time() - path.stat().st_mtime > _NAMED_S
            is_ours = path.name.startswith(_SNAPSHOT) and path.stat().st_size == 0
            if is_old and (is_ours or path.name in _COPIES):
                path.unlink()


@contextmanager
def _snapshot(database: Path) -> Iterator[BinaryIO]:
    """Give a SQLite database as it is now, in a file beside it that loses its name before anything is written into it."""
    _sweep(database.parent.iterdir())
    handle, name = tempfile.mkstemp(dir=database.parent, prefix=_SNAPSHOT)
    with os.fdopen(handle, "rb") as file:
        try:
            with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(name, isolation_level=None)) as copy:
                copy.execute("PRAGMA journal_mode = OFF")  # a journal has a name, and nothing is lost that is not whole
                copy.execute("PRAGMA schema_version").fetchall()  # opens the file
                Path(name).unlink()
                live.backup(copy)
        except sqlite3.Error:
            raise UnavailableError(
                f"database {database.name} cannot be read", hint="try again when no other program changes it"
            ) from None
        finally:
            Path(name).unlink(missing_ok=True)
        yield file


def _add(tar: tarfile.TarFile, name: str, file: BinaryIO) -> Member:
    size = file.seek(0, os.SEEK_END)  # a file that grows meanwhile is kept as long as it was
    file.seek(0)
    hashing = _Hashing(file)
    tar.addfile(_info(name, size), hashing)
    return Member(path=name, size_bytes=size, sha256=hashing.hexdigest())


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


class _Hashing(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        part = self._file.read(size)
        self._digest.update(part)
        return part

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _read_tar(stream: IO[bytes], into: Path | None, told: Told) -> Manifest:
    found: list[Member] = []
    manifest: Manifest | None = None
    done = 0
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for info in tar:
            content = tar.extractfile(info) if info.isreg() else None
            if content is None or manifest is not None:
                raise IntegrityError("the backup holds something that no backup has", hint=DAMAGED)
            if info.name == MANIFEST:
                manifest = msgspec.json.decode(content.read(_MANIFEST_BYTES), type=Manifest)
                continue
            found.append(_take(info, content, into))
            done += info.size
            told(done)
    while stream.read(_CHUNK):  # the padding of the tar, too: what is cut off there was cut off
        pass
    if manifest is None or manifest.members != found:
        raise IntegrityError("the backup is not whole", hint=DAMAGED)
    return manifest


def _take(info: tarfile.TarInfo, content: IO[bytes], into: Path | None) -> Member:
    parts = PurePosixPath(info.name).parts
    if not parts or info.name.startswith("/") or ".." in parts:
        raise IntegrityError("the backup names a file outside of its folder", hint=DAMAGED)
    digest = hashlib.sha256()
    with _target(into, parts) as file:
        while part := content.read(_CHUNK):
            digest.update(part)
            file.write(part)
    return Member(path=info.name, size_bytes=info.size, sha256=digest.hexdigest())


@contextmanager
def _target(into: Path | None, parts: tuple[str, ...]) -> Iterator[IO[bytes]]:
    if into is None:
        with Path(os.devnull).open("wb") as nothing:
            yield nothing
        return
    path = into.joinpath(*parts)
    private_folder(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
