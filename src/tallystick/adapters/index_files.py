"""Files of sealed indexes and of the watch on them, one folder for each epoch of each member in each circle.

A file appears under its name when it is whole and on the disk; readers that have mapped the former one keep it.
Readable by the owner only: an index is sealed, but key secrets of the watch are not.
"""

import mmap
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from tallystick.adapters.outputs import private_folder
from tallystick.errors import InputError


class IndexFiles:
    """The files of one epoch; fulfils `node.exchange_ports.Files`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, parts: Iterable[bytes | memoryview]) -> None:
        private_folder(self._folder)
        part = self._folder / f"{name}.part"
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                for each in parts:
                    file.write(each)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / name)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self._sync()

    def append(self, name: str, content: bytes) -> None:
        private_folder(self._folder)
        with os.fdopen(os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def cut(self, name: str, size: int) -> None:
        if self.size(name) > size:
            os.truncate(self._folder / name, size)

    def size(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, name: str, start: int = 0, size: int = -1) -> bytes:
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(start)
                return file.read(size)
        except FileNotFoundError:
            raise InputError(f"there is no file {name} in this epoch", hint="run `tallystick sync`") from None

    def mapped(self, name: str) -> memoryview:
        try:
            with (self._folder / name).open("rb") as file:
                if not os.fstat(file.fileno()).st_size:
                    return memoryview(b"")
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except FileNotFoundError:
            return memoryview(b"")

    def rename(self, name: str, new: str) -> None:
        (self._folder / name).replace(self._folder / new)
        self._sync()

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def remove_all(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def names(self) -> set[str]:
        try:
            return {each.name for each in self._folder.iterdir()}
        except FileNotFoundError:
            return set()

    def epochs(self) -> set[int]:
        try:
            return {int(each.name) for each in self._folder.parent.iterdir() if each.name.isdecimal()}
        except FileNotFoundError:
            return set()

    def _sync(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
