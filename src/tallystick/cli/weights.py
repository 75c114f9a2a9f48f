"""`tallystick weights`: the parameter set that turns evidence into bits; `weights learn` has a module of its own."""

from pathlib import Path

import click

from tallystick.cli.options import json_option, parameters_options
from tallystick.cli.output import number, print_json, print_table
from tallystick.cli.weights_learn import learn


@click.group()
def weights() -> None:
    """Look at the weights that matching uses, and learn others."""


@weights.command("show", short_help="Show the weights in use.")
@parameters_options
@json_option
def show(parameters: Path | None, frequencies: Path | None, as_json: bool) -> None:
    """Show the weights in use: version, digest, thresholds, and the bits of each kind of agreement.

    Two installations that show the same digest weigh alike.

    \b
    Examples:
      tallystick weights show
      tallystick weights show --parameters mine.json --json
    """
    from tallystick.wiring import chosen_parameters

    chosen = chosen_parameters(parameters, frequencies)
    link, possible = chosen.thresholds
    if as_json:
        thresholds = {"link": link, "possible": possible}
        print_json({"version": chosen.version, "digest": chosen.digest, "thresholds": thresholds, "weights": chosen.weights})
        return
    facts = [
        ("version", chosen.version),
        ("digest", chosen.digest),
        ("link", f"from probability {link:g}"),
        ("possible link", f"from probability {possible:g}"),
    ]
    print_table(("parameters", "" if parameters else "shipped"), facts)
    rows = [
        (*name.split(".", 1), number(bits, "+.2f", style="green" if bits > 0 else "red")) for name, bits in chosen.weights.items()
    ]
    print_table(("field", "agreement", "bits"), rows)


weights.add_command(learn)
