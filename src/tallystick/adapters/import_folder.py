"""The folder of imports that were begun at the desk: one folder for each, removed as a whole.

    imports/ID/state.json         how far it is (node/importing.py)
    imports/ID/file/NAME          what came in, until it was read
    imports/ID/quarantine.jsonl   rows that could not be read; sealed where the registers are

Rules
 1. Folders have mode 0700, files 0600.
 2. A file is opened under no name that somebody else chose: of it only letters, digits, dots and hyphens are left.
 3. An id is 16 hexadecimal digits; what is none is not looked for.
"""

import os
import re
import secrets
import shutil
from pathlib import Path

import msgspec

from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.outputs import written
from tallystick.errors import InputError, UnknownIdError
from tallystick.node.importing import Import

_ID = re.compile(r"[0-9a-f]{16}\Z")
_STRANGE = re.compile(r"[^A-Za-z0-9.-]+")
_MOST_NAME_CHARS = 100
_ID_BYTES = 8


class ImportFolder:
    """The imports of a node; the folder is made with the first."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        self._folder = folder
        self._seal = seal

    def take(self, name: str, content: bytes) -> tuple[str, Path]:
        """Keep a file that came in; return the id of its import, and where it lies."""
        made = secrets.token_hex(_ID_BYTES)
        place = self._folder / made / "file"
        place.mkdir(mode=0o700, parents=True)
        for each in (self._folder, self._folder / made):
            each.chmod(0o700)
        path = place / (_STRANGE.sub("_", name)[-_MOST_NAME_CHARS:].lstrip(".") or "list")
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        return made, path

    def file(self, import_id: str) -> Path:
        """Return the file of an import.

        Raises:
            InputError: it is gone.
        """
        found = [*(self._folder / import_id / "file").glob("*")] if _ID.match(import_id) else []
        if len(found) != 1:
            raise InputError("the file of this import is gone", hint="hand it in again")
        return found[0]

    def quarantine(self, import_id: str) -> Path:
        """Return where an import's quarantine is written."""
        return self._folder / import_id / "quarantine.jsonl"

    def keep(self, found: Import) -> None:
        """Write down how far an import is; one that has ended gives its file away, and seals its quarantine."""
        if found.ended_at is not None:
            shutil.rmtree(self._folder / found.id / "file", ignore_errors=True)
            self._close(self.quarantine(found.id))
        with written(self._folder / found.id / "state.json") as write:
            write(msgspec.json.encode(found))

    def read_quarantine(self, import_id: str) -> bytes:
        """Return what could not be read, one line for each row; empty where there is nothing."""
        try:
            return self._seal.open(self.quarantine(import_id).read_bytes())
        except FileNotFoundError:
            return b""

    def all(self) -> list[Import]:
        """Return every import, newest first."""
        names = [each.name for each in self._folder.iterdir()] if self._folder.is_dir() else []
        read = [found for name in names if (found := self._state(name))]
        return sorted(read, key=lambda each: (each.at, each.id), reverse=True)

    def one(self, import_id: str) -> Import:
        """Return an import.

        Raises:
            InputError: there is none.
        """
        found = self._state(import_id)
        if found is None:
            raise UnknownIdError("there is no such import", hint="see the list of imports", id=import_id)
        return found

    def remove(self, import_id: str) -> None:
        """Remove all that is kept of an import."""
        if _ID.match(import_id):
            shutil.rmtree(self._folder / import_id, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a stop left without a state: a file that came in, and nobody began with."""
        for each in self._folder.iterdir() if self._folder.is_dir() else ():
            if not (each / "state.json").exists():  # one that cannot be read is left: nothing of it is lost
                self.remove(each.name)

    def _state(self, import_id: str) -> Import | None:
        if _ID.match(import_id) is None:
            return None
        try:
            return msgspec.json.decode((self._folder / import_id / "state.json").read_bytes(), type=Import)
        except (OSError, msgspec.DecodeError):
            return None

    def _close(self, path: Path) -> None:
        if path.is_file():
            plain = path.read_bytes()
            if (stored := self._seal.close(plain)) != plain:
                with written(path) as write:
                    write(stored)
