"""`tallystick key`: make the key of a sealed store, show whom to seal for, change which keys open a store."""

from pathlib import Path

import click

from tallystick.cli.options import FILE, json_option, store_option
from tallystick.cli.output import print_json, say

ALSO_FOR = click.option(
    "--also-for", multiple=True, metavar="RECIPIENT", help="Whose key opens it, too (age1...): a second officer, a safe."
)


@click.group()
def key() -> None:
    """Make and change keys of sealed stores and backups.

    A key is kept apart from what it opens. It is an age identity: one line of
    text, which the tool `age` reads, too.
    """


@key.command("make")
@click.argument("file", type=FILE)
@json_option
def make(file: Path, as_json: bool) -> None:
    """Make a key, in a file that only its owner can read.

    Who loses it loses what is sealed for it alone: keep a second one in a safe
    and name its recipient with --also-for.

    \b
    Example:
      tallystick key make /media/stick/store.key
      TALLYSTICK_KEY=/media/stick/store.key tallystick init --sealed
    """
    from tallystick.adapters.sealing import new_identity, recipient_of
    from tallystick.adapters.secret_sources import write_identity

    identity = new_identity()
    write_identity(file, identity, recipient_of(identity))
    _tell(recipient_of(identity), as_json=as_json)


@key.command("show")
@click.argument("source", metavar="FILE", default="")
@json_option
def show(source: str, as_json: bool) -> None:
    """Show the recipient of a key: what others seal for it. It is no secret.

    Without FILE it is the key TALLYSTICK_KEY points to.

    \b
    Example:
      tallystick key show /media/stick/store.key
    """
    from tallystick.adapters.sealing import recipient_of
    from tallystick.wiring import key_secret

    _tell(recipient_of(key_secret(source)), as_json=as_json)


@key.command("change")
@click.option("--new", required=True, metavar="SOURCE", help="The new key: as TALLYSTICK_KEY says it.")
@ALSO_FOR
@store_option
@json_option
def change(new: str, also_for: tuple[str, ...], store: str, as_json: bool) -> None:
    """Let a new key open a sealed store, and the old one no more.

    TALLYSTICK_KEY points to the old key. Records need not be sealed anew; who
    has both an old copy of the store and the old key still opens that copy.

    \b
    Example:
      tallystick key change --new new.key --also-for age1...
    """
    from functools import partial

    from tallystick.adapters.stores import change_seal, without_password
    from tallystick.wiring import key_secret

    change_seal(store, key_secret, partial(key_secret, new), also_for)
    if as_json:
        print_json({"store": without_password(store), "changed": True})
    else:
        say(f"store {without_password(store)} opens with the new key; set TALLYSTICK_KEY to it")


def _tell(recipient: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"recipient": recipient})
    else:
        click.echo(recipient)
