"""Backups of what this machine keeps: a store, and the node beside it where there is one."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.backup_files import Manifest, Piece, Told, pieces_of, read_backup, write_backup
from tallystick.adapters.node_folder import open_node_folder
from tallystick.audit.checkpoints import Trust
from tallystick.audit.verification import CHECKPOINT, verify_log
from tallystick.errors import InputError
from tallystick.wiring import file_of, key_secret, now
from tallystick.wiring.nodes import log_key

STORE_NAME = "store/registers.db"
NODE_NAME = "node"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup is to hold.

    Attributes:
        pieces: its files, in the order they are read.
        size_bytes: about how much that is.
        elsewhere: registers lie in a database server, which has backups of its own.
    """

    pieces: list[Piece]
    size_bytes: int
    elsewhere: bool


def what_is_here(store: str, node: Path) -> Kept:
    """Return what there is to keep.

    Raises:
        InputError: neither a store nor a node.
    """
    has_node = (node / "node.toml").is_file()
    file = file_of(open_node_folder(node).store if has_node else store)
    elsewhere = file is None
    pieces: list[Piece] = []
    if file is not None and file.is_file() and not (has_node and file.resolve().is_relative_to(node.resolve())):
        pieces.append(Piece(file, STORE_NAME))
    if has_node:
        pieces += pieces_of(node, NODE_NAME)
    if not pieces:
        raise InputError("there is nothing to back up", hint="say with --store or --node what to keep")
    return Kept(pieces, sum(piece.path.stat().st_size for piece in pieces), elsewhere)


def back_up(kept: Kept, out: Path, recipients: list[str], told: Told) -> Manifest:
    """Write a backup; see `adapters.backup_files.write_backup`."""
    at = now().replace(microsecond=0).isoformat()
    return write_backup(out, kept.pieces, recipients, (at, f"tallystick {version('tallystick')}"), told)


def check_backup(file: Path, key: str, told: Told, into: Path | None = None) -> Manifest:
    """Read a backup to its end, unpack it where a folder is given, and verify the audit log that is in there.

    Raises:
        IntegrityError: it is not what was written, or the log in it does not verify.
    """
    manifest = read_backup(file, key_secret(key), told, into)
    if into is not None and f"{NODE_NAME}/log/{CHECKPOINT}" in {member.path for member in manifest.members}:
        folder = open_node_folder(into / NODE_NAME)
        verify_log(AuditFiles(folder.log).read, Trust(log=[log_key(folder).verifier_key()]))
    return manifest
