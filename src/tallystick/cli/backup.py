"""`tallystick backup`: keep everything of this machine in one sealed file, check it, restore it elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.options import FILE, json_option, node_option, store_option
from tallystick.cli.output import print_json, progress, say

if TYPE_CHECKING:
    from tallystick.adapters.backup_files import Manifest

_KEY = click.option("--key", default="", metavar="SOURCE", help="The key that opens it; by default what TALLYSTICK_KEY says.")
_MIB = 1 << 20


@click.group()
def backup() -> None:
    """Back up store and node, check, restore.

    A backup is one file that only the keys it was made for open.
    """


@backup.command("create")
@click.argument("out", type=FILE)
@click.option("--for", "recipients", multiple=True, required=True, metavar="RECIPIENT", help="Whose key opens it (age1...).")
@store_option
@node_option
@json_option
def create(out: Path, recipients: tuple[str, ...], store: str, node: str, as_json: bool) -> None:
    """Write a backup of the node (its keys, log, circles, hits) and of the store, while they go on working.

    Registers in PostgreSQL are in it as they were at one moment.

    \b
    Examples:
      tallystick backup create monday.backup --for $(tallystick key show safe.key)
      tallystick backup create monday.backup --for age1... --node police-a
    """
    from tallystick.wiring.backups import back_up, what_is_here

    kept = what_is_here(store, Path(node))
    with progress(f"writing {out.name}", kept.size_bytes) as told:
        manifest = back_up(kept, out, list(recipients), told)
    _tell(manifest, f"{out} holds", as_json=as_json)


@backup.command("verify")
@click.argument("file", type=FILE)
@_KEY
@json_option
def verify(file: Path, key: str, as_json: bool) -> None:
    """Read a backup to its end and check every byte; nothing is written.

    \b
    Example:
      tallystick backup verify monday.backup --key safe.key
    """
    from tallystick.wiring.backups import check_backup

    with progress(f"checking {file.name}") as told:
        manifest = check_backup(file, key, told)
    _tell(manifest, f"{file} is whole:", as_json=as_json)


@backup.command("restore")
@click.argument("file", type=FILE)
@click.option("--into", required=True, type=click.Path(path_type=Path), metavar="DIR", help="A folder that is not there yet.")
@click.option("--store", default="", metavar="URL", help="The empty database that registers of PostgreSQL go into.")
@_KEY
@json_option
def restore(file: Path, into: Path, store: str, key: str, as_json: bool) -> None:
    """Unpack a backup into a new folder, check every byte and the audit log.

    Registers that were in PostgreSQL are filled into the empty database
    --store names, and the node is told that they are there; without it their
    tables lie in the folder as text.

    A node that is restored from an older backup has an older log than its
    partners have cosigned, and they will refuse it: see
    docs/how-to/back-up-and-restore.md before it is served.

    \b
    Examples:
      tallystick backup restore monday.backup --into /srv/tallystick --key safe.key
      tallystick backup restore monday.backup --into /srv/tallystick --store postgresql://tally@db/registers
    """
    from tallystick.wiring.backups import NODE_NAME, STORE_NAME, TABLES_NAME, check_backup, check_database, fill_database

    if store:
        check_database(store)
    with progress(f"restoring {file.name}") as told:
        manifest = check_backup(file, key, told, into)
    if store:
        with progress("filling the database") as told:
            fill_database(into, store, told)
    _tell(manifest, f"{into} holds", as_json=as_json)
    if not as_json:
        names = {member.path for member in manifest.members}
        if STORE_NAME in names:
            say(f"the store: --store {into / STORE_NAME}")
        if not store and (into / TABLES_NAME).is_dir():
            say(
                f"the registers were in PostgreSQL: {into / TABLES_NAME} holds their tables; with --store they go into a database"
            )
        if f"{NODE_NAME}/node.toml" in names:
            say(f"the node: --node {into / NODE_NAME}; its audit log verifies")


def _tell(manifest: "Manifest", what: str, *, as_json: bool) -> None:
    size = sum(member.size_bytes for member in manifest.members)
    if as_json:
        print_json({"at": manifest.at, "software": manifest.software, "files": len(manifest.members), "size_bytes": size})
    else:
        say(f"{what} {len(manifest.members)} files, {size / _MIB:.1f} MiB, as of {manifest.at}")
