"""The folder of imports that were begun at the desk: one folder for each, removed as a whole.

    imports/ID/state.json         how far it is (node/importing.py)
    imports/ID/file/NAME          what came in, until it was read; sealed where the registers are (adapters/sealed_file.py)
    imports/ID/quarantine.jsonl   rows that could not be read; sealed where the registers are

Rules
 1. Folders have mode 0700, files 0600.
 2. A file is opened under no name that somebody else chose: of it only letters, digits, dots and hyphens are left.
 3. An id is 16 hexadecimal digits; what is none is not looked for.
"""

import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.outputs import private_folder, written
from tallystick.adapters.sealed_file import opened_plain, private_place, write_sealed
from tallystick.adapters.sealed_file import sweep as sweep_opened
from tallystick.errors import InputError, UnavailableError, UnknownIdError
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

    def take(self, name: str, content: Iterable[bytes]) -> str:
        """Keep a file that came in, in pieces; return the id of its import.

        Raises:
            UnavailableError: there is no room for it.
        """
        made = secrets.token_hex(_ID_BYTES)
        place = self._folder / made / "file"
        private_folder(place)
        path = place / (_STRANGE.sub("_", name)[-_MOST_NAME_CHARS:].lstrip(".") or "list")
        try:
            write_sealed(path, content, self._seal)
        except OSError:
            self.remove(made)
            raise UnavailableError("there is no room for this file", hint="tell an administrator") from None
        return made

    @contextmanager
    def file(self, import_id: str) -> Iterator[Path]:
        """Give the file of an import to be read until the end of the block.

        Raises:
            InputError: it is gone.
            IntegrityError: it was changed.
        """
        found = [*(self._folder / import_id / "file").glob("*")] if _ID.match(import_id) else []
        if len(found) != 1:
            raise InputError("the file of this import is gone", hint="hand it in again")
        with opened_plain(found[0], found[0].name, self._seal, import_id) as path:
            yield path

    def quarantine(self, import_id: str) -> Path:
        """Return where an import's quarantine is kept."""
        return self._folder / import_id / "quarantine.jsonl"

    @contextmanager
    def quarantining(self, import_id: str) -> Iterator[Path]:
        """Give where a quarantine is written until the end of the block; it is sealed where it is kept."""
        kept = self.quarantine(import_id)
        if not self._seal.is_closing:
            yield kept
            return
        with private_place(import_id, kept.parent) as place:
            path = place / kept.name
            try:
                yield path
            finally:
                if path.is_file():
                    with written(kept) as write:
                        write(self._seal.close(path.read_bytes()))

    def keep(self, found: Import) -> None:
        """Write down how far an import is; one that has ended gives its file away."""
        if found.ended_at is not None:
            shutil.rmtree(self._folder / found.id / "file", ignore_errors=True)
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
        """Remove what a stop left: a file that came in and nobody began with, one that was opened to be read."""
        for each in self._folder.iterdir() if self._folder.is_dir() else ():
            sweep_opened(each.name, each)
            sweep_opened(each.name, each / "file")
            if not (each / "state.json").exists():  # one that cannot be read is left: nothing of it is lost
                self.remove(each.name)

    def _state(self, import_id: str) -> Import | None:
        if _ID.match(import_id) is None:
            return None
        try:
            return msgspec.json.decode((self._folder / import_id / "state.json").read_bytes(), type=Import)
        except (OSError, msgspec.DecodeError):
            return None
