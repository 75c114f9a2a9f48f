"""A folder that others put documents into: which files of it are to be read now.

Rules
 1. Only plain files that lie in the folder itself: no folder, no name that begins with a dot or ends like one that is still being
    written. A link would let whoever may write there have any file of this machine read: it is due like a file, so that it is
    told, and refused when it is opened, also where it took the place of a file since that was seen.
 2. A file is due when it has stood still for a while: one that is still being copied is left for the next look.
 3. A file that was dealt with, taken or refused, is not dealt with again until its size, time or inode changes. That is written
    after it was dealt with: after a kill it is read once more, and the folder of reports knows it already.
 4. At most MOST_AT_ONCE files are due at one look, the earliest first; the others wait for the next one.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tallystick.adapters.documents.opening import laid_file, name_of
from tallystick.adapters.documents.reading import MAX_DOCUMENT_BYTES
from tallystick.adapters.outputs import private_folder, settle, written
from tallystick.errors import InputError

MOST_AT_ONCE: Final = 1000
_UNFINISHED: Final = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
_Seen = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Due:
    """A file to be read: where it is, and by what it is known to be the same at the next look (size, ns since 1970, inode)."""

    path: Path
    seen: _Seen


class WatchedFolder:
    """One watched folder; what was dealt with is kept beside the reports, so that a restart goes on where it was."""

    def __init__(self, folder: Path, reports: Path) -> None:
        """Watch a folder.

        Raises:
            InputError: it is none.
        """
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}", hint="make it, or name another")
        self._folder = folder
        name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
        self._ledger = reports / f"watched-{name}.list"
        self._done = self._known()

    def due(self, now_s: float, still_s: float) -> list[Due]:
        """Return the files to be read now, earliest first; what has gone from the folder is forgotten.

        Args:
            now_s: seconds since 1970.
            still_s: how long a file must have stood still, seconds.
        """
        here = {each.path.name: each for each in self._files()}
        self._done = {name: seen for name, seen in self._done.items() if name in here}
        ready = [
            each for name, each in here.items() if self._done.get(name) != each.seen and each.seen[1] / 1e9 <= now_s - still_s
        ]
        return sorted(ready, key=lambda each: (each.seen[1], each.path.name))[:MOST_AT_ONCE]

    def content(self, due: Due) -> bytes:
        """Return the bytes of a file, packed as they are.

        Raises:
            InputError: it is a link or no plain file any more, cannot be read, or is too large.
        """
        name = name_of(due.path.name)
        with laid_file(due.path) as file:
            content = file.read(MAX_DOCUMENT_BYTES + 1)
        if len(content) > MAX_DOCUMENT_BYTES:
            raise InputError(f"{name} holds more than {MAX_DOCUMENT_BYTES >> 20} MB", hint="cut it into several documents")
        return content

    def dealt_with(self, files: list[Due]) -> None:
        """Remember files that were taken or refused; durable under its name when it returns, or as it was before."""
        self._done |= {each.path.name: each.seen for each in files}
        private_folder(self._ledger.parent)
        with written(self._ledger, durable=True) as write:
            write(json.dumps(self._done).encode())
        settle(self._ledger.parent)

    def _files(self) -> Iterator[Due]:
        with os.scandir(self._folder) as entries:
            for each in entries:
                if each.name.startswith(".") or each.name.lower().endswith(_UNFINISHED):
                    continue
                try:
                    found = each.stat(follow_symlinks=False)
                except FileNotFoundError:  # it went meanwhile
                    continue
                if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
                    yield Due(Path(each.path), (found.st_size, found.st_mtime_ns, found.st_ino))

    def _known(self) -> dict[str, _Seen]:
        """Read what was dealt with; a list that cannot be read is begun anew, since a report that came twice is one."""
        try:
            said = json.loads(self._ledger.read_bytes())
            return {str(name): (int(size), int(time), int(inode)) for name, (size, time, inode) in said.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
