"""`tallystick init`: makes the store. Does nothing to one that is there, but brings it up to date."""

import click

from tallystick.cli.key import ALSO_FOR
from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, say


@click.command()
@click.option("--sealed", is_flag=True, help="Keep records unreadable without the key TALLYSTICK_KEY points to.")
@ALSO_FOR
@store_option
@json_option
def init(sealed: bool, also_for: tuple[str, ...], store: str, as_json: bool) -> None:
    """Make the store that will hold the registers.

    A store that is there already is kept, and brought to the newest version.
    A new file can be read by its owner only.

    \b
    Examples:
      tallystick init
      tallystick init --store /srv/tallystick/registers.db
      tallystick init --store postgresql://tally@localhost/registers
      tallystick init --sealed
    """
    from tallystick.adapters.stores import is_sealed, seal_store, without_password
    from tallystick.wiring import created_store, key_secret

    if also_for and not sealed:
        raise click.UsageError("--also-for goes with --sealed")
    if sealed:
        seal_store(store, key_secret, also_for)
    with created_store(store) as opened:
        registers = len(opened.registers())
    sealed = is_sealed(store)
    store = without_password(store)
    if as_json:
        print_json({"store": store, "registers": registers, "sealed": sealed})
        return
    how = "ready and sealed" if sealed else "ready"
    say(f"store {store} is {how}; it holds {registers} register{'' if registers == 1 else 's'}")
