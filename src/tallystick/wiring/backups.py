"""Backups of what this machine keeps: a store, and the node beside it where there is one."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.backup_files import Manifest, Piece, Told, files_of, pieces_of, read_backup, write_backup
from tallystick.adapters.node_folder import open_node_folder, point_to_store
from tallystick.audit.checkpoints import Trust
from tallystick.audit.verification import CHECKPOINT, verify_log
from tallystick.errors import ConfigError, InputError
from tallystick.wiring import file_of, key_secret, now
from tallystick.wiring.nodes import log_key

STORE_NAME = "store/registers.db"
TABLES_NAME = "store/postgresql"
NODE_NAME = "node"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup is to hold, in the order it is read.

    Attributes:
        database: the URL of the store, where that is no file; empty otherwise.
        store: the file of the store, where it lies outside of the node's folder.
        node: the folder of the node.
    """

    database: str
    store: Path | None
    node: Path | None

    @property
    def size_bytes(self) -> int:
        """About how much that is."""
        files = [self.store] if self.store else []
        files += files_of(self.node) if self.node else []
        return sum(map(_size, files)) + (_database_size(self.database) if self.database else 0)

    def pieces(self) -> Iterator[Piece]:
        """Yield it, as it is when it is asked for."""
        if self.database:
            from tallystick.adapters import postgres_copy  # noqa: PLC0415 - only who has such a store loads the driver

            for name, content in postgres_copy.pieces(self.database):
                yield Piece(content, f"{TABLES_NAME}/{name}")
        if self.store:
            yield Piece(self.store, STORE_NAME)
        if self.node:
            yield from pieces_of(self.node, NODE_NAME)


def what_is_here(store: str, node: Path) -> Kept:
    """Return what there is to keep.

    Raises:
        InputError: neither a store nor a node.
    """
    has_node = (node / "node.toml").is_file()
    location = open_node_folder(node).store if has_node else store
    file = file_of(location)
    is_beside = file is not None and file.is_file() and not (has_node and file.resolve().is_relative_to(node.resolve()))
    kept = Kept(location if file is None else "", file if is_beside else None, node if has_node else None)
    if not (kept.database or kept.store or kept.node):
        raise InputError("there is nothing to back up", hint="say with --store or --node what to keep")
    return kept


def back_up(kept: Kept, out: Path, recipients: list[str], told: Told) -> Manifest:
    """Write a backup; see `adapters.backup_files.write_backup`."""
    at = now().replace(microsecond=0).isoformat()
    return write_backup(out, kept.pieces(), recipients, (at, f"tallystick {version('tallystick')}"), told)


def check_database(store: str) -> None:
    """Check that registers can be filled into a database before a backup is unpacked for it.

    Raises:
        ConfigError: the URL names no PostgreSQL database, or there is a store in it.
    """
    from tallystick.adapters import postgres_copy  # noqa: PLC0415 - only who has such a store loads the driver

    if file_of(store) is not None:
        raise ConfigError("registers of PostgreSQL go back into PostgreSQL", hint="give --store postgresql://user@host/database")
    postgres_copy.check_empty(store)


def fill_database(into: Path, store: str, told: Told) -> None:
    """Fill a PostgreSQL store with the registers a backup brought, take their files away, and have the node find them there.

    A restored node that still named the store it came from would work on the registers of the node that goes on.

    Args:
        into: the folder the backup was restored into.
        store: the URL of an empty database.
        told: hears how many bytes went in so far.

    Raises:
        InputError: the backup holds no registers of a PostgreSQL store.
    """
    from tallystick.adapters import postgres_copy  # noqa: PLC0415 - as above

    folder = into / TABLES_NAME
    if not folder.is_dir():
        raise InputError("the backup holds no registers of PostgreSQL", hint="use what it holds without --store")
    postgres_copy.fill(store, folder, told)
    shutil.rmtree(folder)
    if (into / NODE_NAME / "node.toml").is_file():
        point_to_store(into / NODE_NAME, store)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # it went meanwhile
        return 0


def _database_size(url: str) -> int:
    from tallystick.adapters import postgres_copy  # noqa: PLC0415 - as above

    return postgres_copy.size_bytes(url)


def check_backup(file: Path, key: str, told: Told, into: Path | None = None) -> Manifest:
    """Read a backup to its end, unpack it where a folder is given, and verify the audit log that is in there.

    Raises:
        IntegrityError: it is not what was written, or the log in it does not verify.
    """
    return read_backup(file, key_secret(key), told, into, _check_log)


def _check_log(manifest: Manifest, at: Path | None) -> None:
    if at is not None and f"{NODE_NAME}/log/{CHECKPOINT}" in {member.path for member in manifest.members}:
        folder = open_node_folder(at / NODE_NAME)
        verify_log(AuditFiles(folder.log).read, Trust(log=[log_key(folder).verifier_key()]))
