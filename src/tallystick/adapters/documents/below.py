"""The documents of a file, or of every file below a folder.

Rules
 1. A folder is looked through to its end, in the order of names; hidden files and folders are passed over.
 2. In a folder that somebody names others may have laid links: none is followed, and each is told.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from tallystick.adapters.documents.opening import laid_file, named_file
from tallystick.adapters.documents.reading import MOST_CHARS, Document, Unread, read_documents


def files_below(paths: tuple[Path, ...]) -> list[Path]:
    """Return the files that are named, and in the place of each folder what lies below it."""
    return [file for path in paths for file in (_of_folder(path) if path.is_dir() else [path])]


def _of_folder(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def documents_of(path: Path, named: tuple[Path, ...], most_chars: int = MOST_CHARS) -> Iterator[Document | Unread]:
    """Read all documents of a file; see `reading.read_documents`.

    Args:
        path: the file.
        named: what somebody named: a file among them may be a link, one below a folder may not.
        most_chars: how many characters the text of a document may have.

    Raises:
        InputError: the file cannot be read, is too large, or is a link that somebody may have laid there.
    """
    return read_documents(path, most_chars, named_file if path in named else laid_file)
