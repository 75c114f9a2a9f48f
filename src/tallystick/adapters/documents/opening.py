"""Opens files that hold documents, and follows no link that somebody else may have laid there.

Rules
 1. A file that somebody names may be a link, and lie behind links, as long as they are of whoever runs this, or of root. A
    pattern such as `incoming/*` names whatever lies there, and whoever may write there could have any file of this machine read.
 2. In a folder that others put files into no link is followed, whosever it is.
 3. What is opened is a plain file; a pipe or a device is refused, and never waited for.
"""

import errno
import io
import os
import stat
from pathlib import Path
from typing import Final

from tallystick.errors import InputError

_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MOST_LINKS: Final = 40
_ROOT: Final = 0


def name_of(path: Path | str) -> str:
    """Return how a file is called, as text: bytes of its name that are no UTF-8 are marks, and stop nobody who reads a folder."""
    return os.fsencode(path).decode("utf-8", "replace")


def named_file(path: Path) -> io.BufferedReader:
    """Open a file that somebody named.

    Raises:
        InputError: it is no plain file, cannot be read, or stands behind a link that somebody else made.
    """
    try:
        real = _behind_links(path.absolute(), _MOST_LINKS)
    except OSError as error:
        raise _unread(name_of(path), error) from None
    if real is None:
        raise InputError(
            f"{name_of(path)} is a link that somebody else made", hint="name the file it leads to, if that is what you mean"
        )
    return _opened(real, name_of(path))


def laid_file(path: Path) -> io.BufferedReader:
    """Open a file of a folder that others put files into.

    Raises:
        InputError: it is a link, no plain file, or cannot be read.
    """
    return _opened(path, name_of(path.name))


def _behind_links(path: Path, left: int) -> Path | None:
    """Return the place a path leads to; None where a link on the way is of somebody else."""
    for each in (*reversed(path.parents), path):
        found = os.lstat(each)
        if stat.S_ISLNK(found.st_mode):
            if found.st_uid not in {_ROOT, os.geteuid()}:
                return None
            if not left:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            return _behind_links(each.parent / each.readlink() / path.relative_to(each), left - 1)
    return path


def _opened(path: Path, name: str) -> io.BufferedReader:
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise _unread(name, error) from None
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise InputError(f"{name} is a folder", hint="`tallystick report watch FOLDER --once` takes what lies in it")
    raise InputError(f"{name} is no plain file", hint="take the document itself")


def _unread(name: str, error: OSError) -> InputError:
    if error.errno == errno.ELOOP:
        return InputError(f"{name} is a link, and no link is followed here", hint="put the document itself there")
    return InputError(f"{name} cannot be read: {error.strerror}", hint="look at its name and its rights")
