"""`tallystick link`: compares two registers or files with each other and writes the pairs."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, print_table, say, stages

if TYPE_CHECKING:
    from tallystick.linkage import LinkSummary

_SHOWN_BAD = 5


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Write id_a,id_b,weight_bits,probability,decision to this CSV file, readable by its owner only; .gz compresses.",
)
@click.option("--min-bits", type=float, metavar="BITS", help="Write non-links, too, that weigh at least this.")
@store_option
@json_option
def link(a: str, b: str, out: Path, min_bits: float | None, store: str, as_json: bool) -> None:
    """Find the persons that are in both A and B.

    A and B are registers of the store, or files in the native format
    (.jsonl, .jsonl.gz). Links and possible links are written; a possible
    link is one a human should look at.

    \b
    Examples:
      tallystick link clients un --out pairs.csv
      tallystick link a.jsonl.gz b.jsonl.gz --out pairs.csv.gz --json
    """
    from tallystick.adapters.outputs import written
    from tallystick.linkage import LinkPlan
    from tallystick.node.linking import Linking
    from tallystick.wiring import opened_side

    with opened_side(a, store) as first, opened_side(b, store) as second, stages() as told:
        linking = Linking(first.chunks(), second.chunks(), plan=LinkPlan(least_bits=min_bits), report=told)
        with written(out) as write:
            for rows in linking.rows():
                write(rows)
    summary = linking.summary
    say_bad({"a": a, "b": b}, linking.bad)
    if as_json:
        print_json({"a": a, "b": b, "out": str(out), **asdict(summary)})
    else:
        print_table(("link", f"{a} with {b}"), _rows(summary))


def _rows(summary: "LinkSummary") -> list[tuple[str, str]]:
    counts = [(name.replace("_", " "), value) for name, value in asdict(summary).items()]
    return [(name, f"{value:,}" if isinstance(value, int) else f"{value:.1f}") for name, value in counts]


def say_bad(names: dict[str, str], bad: list[tuple[str, int, str]]) -> None:
    """Tell which lines were no records: the first few, and how many."""
    for side, line, reason in bad[:_SHOWN_BAD]:
        say(f"{names[side]}: line {line} is left out: {reason}")
    if len(bad) > _SHOWN_BAD:
        say(f"{len(bad):,} lines are left out in all")
