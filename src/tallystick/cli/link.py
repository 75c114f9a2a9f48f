"""`tallystick link`: compares two registers or files with each other and writes the pairs."""

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.bad_lines import BadLines, refuse_overwriting, say_bad
from tallystick.cli.options import (
    FILE,
    json_option,
    memory_option,
    min_bits_option,
    parameters_options,
    quarantine_option,
    store_option,
)
from tallystick.cli.output import print_json, print_table, say, stages

if TYPE_CHECKING:
    from tallystick.linkage import LinkPlan, LinkSummary
    from tallystick.matching import Parameters
    from tallystick.node.linking import Linking, MakeEngine

_ENGINE = (
    "Who does it; the results are the same. native: in memory. duckdb: pairs on disk, for registers whose pairs do not fit "
    "into memory. memory: the slow definition, for tests."
)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--out",
    type=FILE,
    help="Write id_a,id_b,weight_bits,probability,decision to this CSV file, readable by its owner only; .gz compresses. "
    "Default: standard output.",
)
@click.option(
    "--keys-only",
    is_flag=True,
    help="Link by shared match keys alone, A asking B: what a private match would see. States no probability.",
)
@click.option("--engine", type=click.Choice(["native", "duckdb", "memory"]), default="native", show_default=True, help=_ENGINE)
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep finished batches in this folder: the same command given again goes on where it was interrupted.",
)
@memory_option
@min_bits_option
@quarantine_option
@parameters_options
@store_option
@json_option
def link(
    a: str,
    b: str,
    out: Path | None,
    keys_only: bool,
    engine: str,
    work: Path | None,
    memory: str,
    min_bits: float | None,
    quarantine: Path | None,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
) -> None:
    """Find the persons that are in both A and B.

    A and B are registers of the store, or files in the native format
    (.jsonl, .jsonl.gz). Links and possible links are written; a possible
    link is one a human should look at. Ends with 0 also when there is none.

    \b
    Examples:
      tallystick link clients un --out pairs.csv
      tallystick link a.jsonl.gz b.jsonl.gz --out pairs.csv.gz --json
    """
    from tallystick.linkage import LinkPlan
    from tallystick.wiring import EngineChoice, chosen_parameters, linking_engine

    if as_json and out is None:
        raise click.UsageError("--json tells about the file of pairs: say with --out which")
    if keys_only and min_bits is not None:
        raise click.UsageError("match keys know links only: --min-bits has no meaning with --keys-only")
    if keys_only and engine != "native":
        raise click.UsageError("--keys-only is no engine of the plan: leave --engine out")
    refuse_overwriting((a, b), out, quarantine)
    chosen = chosen_parameters(parameters, frequencies)
    with linking_engine(EngineChoice(name="keys" if keys_only else engine, work=work, memory=memory)) as make:
        linking = _link((a, b), store, out, LinkPlan(least_bits=min_bits), chosen, quarantine, make)
    if as_json:
        print_json({"a": a, "b": b, "out": str(out), **asdict(linking.summary)})
        return
    print_table(("link", f"{a} with {b}"), _rows(linking.summary), err=True)
    if out:
        say(f"the pairs are in {out}")


def _link(
    names: tuple[str, str],
    store: str,
    out: Path | None,
    plan: "LinkPlan",
    parameters: "Parameters",
    quarantine: Path | None,
    engine: "MakeEngine",
) -> "Linking":
    from tallystick.adapters.outputs import standard_output, written
    from tallystick.node.linking import Linking
    from tallystick.wiring import opened_side

    with ExitStack() as stack:
        first, second = (stack.enter_context(opened_side(name, store)) for name in names)
        with stages() as told:
            linking = Linking(first.chunks(), second.chunks(), plan=plan, parameters=parameters, report=told, engine=engine)
            with written(out) if out else standard_output() as write:
                for rows in linking.rows():
                    write(rows)
        bad = {at: [(line, reason) for side, line, reason in linking.bad if side == at] for at in ("a", "b")}
        left_out = [BadLines("a", names[0], bad["a"], first.chunks), BadLines("b", names[1], bad["b"], second.chunks)]
        say_bad(left_out, quarantine)
    return linking


def _rows(summary: "LinkSummary") -> list[tuple[str, str]]:
    counts = [(name.replace("_", " "), value) for name, value in asdict(summary).items()]
    return [(name, f"{value:,}" if isinstance(value, int) else f"{value:.1f}") for name, value in counts]
