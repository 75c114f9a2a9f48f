"""Keeps the finished batches of a linking run in a folder, so that an interrupted run goes on where it stopped.

Knows record numbers and weights, no values of records. What it holds is of use for one pair of inputs only.

Rules
 1. `manifest.json` says what is being linked and how; a run that differs in anything is refused, and nothing is changed.
 2. A batch is one file, written beside and renamed: it is there whole or not at all. One that does not carry its own digest
    (a disk that lost power) counts as not there, and is weighed again.
 3. One run at a time; a folder that holds other things is refused.
 4. Folder and files are readable by their owner only.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from struct import Struct

from tallystick.adapters.outputs import lock_file, private_folder
from tallystick.errors import ConfigError
from tallystick.linkage.engine import WeighedPair

FORMAT = "1"
_MANIFEST = "manifest.json"
_LOCK = "lock"
_JOIN = "join"
_EARLY = {_LOCK, _JOIN, f"{_MANIFEST}.part"}
"""What a run may leave behind that was killed before it said what it links."""
_PAIR = Struct("<IIf")
_DIGEST_BYTES = 32


class WorkFolder:
    """The folder of one run. Use it through `opened_work_folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def claim(self, run: Mapping[str, str]) -> None:
        """Say what is being linked; see `linkage.engine.Aside`."""
        wanted = {"format": FORMAT, **run}
        manifest = self._folder / _MANIFEST
        if not manifest.exists():
            _write_whole(manifest, json.dumps(wanted, indent=1).encode() + b"\n")
            return
        found = _read_manifest(manifest)
        different = [part for part in wanted if found.get(part) != wanted[part]]
        if different:
            raise ConfigError(
                f"the work folder {self._folder} belongs to another run: {', '.join(different)} differ",
                hint="repeat that run as it was, or give --work a new folder",
            )

    def get(self, batch: int) -> list[WeighedPair] | None:
        """Return a batch as it was put, or None."""
        try:
            content = self._path(batch).read_bytes()
        except FileNotFoundError:
            return None
        digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(body).digest() != digest:  # rule 2
            return None
        return [(a, b, bits) for a, b, bits in _PAIR.iter_unpack(body)]

    def put(self, batch: int, pairs: Sequence[WeighedPair]) -> None:
        """Keep a finished batch."""
        body = b"".join(_PAIR.pack(*pair) for pair in pairs)
        _write_whole(self._path(batch), hashlib.sha256(body).digest() + body)

    def join_folder(self) -> Path:
        """Return the folder for a join on disk; it is there."""
        folder = self._folder / _JOIN
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _path(self, batch: int) -> Path:
        return self._folder / f"batch-{batch:06}.pairs"


@contextmanager
def opened_work_folder(folder: Path) -> Iterator[WorkFolder]:
    """Open a folder of work, or make it; nobody else can until the end of the block.

    Raises:
        ConfigError: another run is using it, or it is no folder of work.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is no folder", hint="give --work a folder, or a name that is still free")
    private_folder(folder)
    names = {path.name for path in folder.iterdir()}
    if names - _EARLY and _MANIFEST not in names:
        raise ConfigError(f"{folder} holds other things", hint="give --work an empty folder, or one of an interrupted run")
    with lock_file(folder / _LOCK) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"another run is using the work folder {folder}", hint="wait for it, or give --work another folder"
            ) from None
        yield WorkFolder(folder)


def _read_manifest(manifest: Path) -> dict[str, str]:
    try:
        found = json.loads(manifest.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigError(f"{manifest} is no manifest of ours", hint="give --work a new folder")
    return found


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
