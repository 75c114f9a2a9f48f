"""`tallystick make-registers`: makes two realistic registers of invented persons, with the truth."""

from pathlib import Path

import click

from tallystick.cli.options import json_option
from tallystick.cli.output import print_json, progress, say


@click.command("make-registers", short_help="Make two registers of invented persons.")
@click.option("--size", type=click.IntRange(min=0), default=1000, show_default=True, help="Records in each register.")
@click.option("--overlap", type=click.FloatRange(0, 1), default=0.2, show_default=True, help="Share of them who are in both.")
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds make equal files.")
@click.option(
    "--cross-script",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share of all persons written in their own script in A and in Latin letters in B.",
)
@click.option("--aliases", is_flag=True, help="Give some records further names and weak names.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for a.jsonl.gz, b.jsonl.gz, truth.csv and pairs.csv.",
)
@json_option
def make_registers(
    size: int,
    overlap: float,
    seed: int,
    cross_script: float,
    aliases: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Make two registers of invented persons of many cultures, with the errors of real registers.

    \b
    Examples:
      tallystick make-registers --out demo
      tallystick make-registers --size 1000000 --cross-script 0.3 --out big
    """
    from tallystick.adapters.made_registers import write_registers
    from tallystick.synthesis import Plan

    plan = Plan(size=size, overlap=overlap, seed=seed, cross_script=cross_script, aliases=aliases)
    with progress("making records", 2 * size) as done:
        made = write_registers(plan, out, done)
    if as_json:
        print_json(made)
    else:
        say(f"{made.records_a:,} records in {out}/a.jsonl.gz and {made.records_b:,} in {out}/b.jsonl.gz")
        say(f"{made.same:,} persons are in both ({out}/truth.csv), {made.cross_script:,} of them in two scripts")
