"""`tallystick init`: makes the store. Does nothing to one that is there, but brings it up to date."""

import click

from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, say


@click.command()
@store_option
@json_option
def init(store: str, as_json: bool) -> None:
    """Make the store that will hold the registers.

    A store that is there already is kept, and brought to the newest version.
    A new file can be read by its owner only.

    \b
    Examples:
      tallystick init
      tallystick init --store /srv/tallystick/registers.db
      tallystick init --store postgresql://tally@localhost/registers
    """
    from tallystick.adapters.stores import without_password
    from tallystick.wiring import created_store

    with created_store(store) as opened:
        registers = len(opened.registers())
    store = without_password(store)
    if as_json:
        print_json({"store": store, "registers": registers})
    else:
        say(f"store {store} is ready; it holds {registers} register{'' if registers == 1 else 's'}")
