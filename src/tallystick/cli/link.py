"""`tallystick link`: compares two registers or files with each other and writes the pairs."""

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.bad_lines import BadLines, refuse_overwriting, say_bad
from tallystick.cli.options import (
    FILE,
    json_option,
    memory_option,
    min_bits_option,
    names_option,
    parameters_options,
    quarantine_option,
    store_option,
)
from tallystick.cli.output import print_json, print_table, say, stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tallystick.adapters.record_files import RecordFile
    from tallystick.linkage import LinkSummary
    from tallystick.linkage.engine import Chunks, Report
    from tallystick.node.linking import Linking
    from tallystick.wiring import StoredSide

_ENGINE = (
    "Who does it; the results are the same. native: in memory. duckdb: pairs on disk, for registers whose pairs do not fit "
    "into memory. memory: the slow definition, for tests."
)


@dataclass(frozen=True, slots=True)
class _Files:
    """What is written; None for what is not."""

    out: Path | None
    clusters: Path | None
    quarantine: Path | None
    with_names: bool


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
    "--clusters",
    type=FILE,
    help="Write cluster_id,register,record_id to this CSV file: records that links join to one person, never by one weak name.",
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
@names_option
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
    clusters: Path | None,
    keys_only: bool,
    engine: str,
    work: Path | None,
    with_names: bool,
    memory: str,
    min_bits: float | None,
    quarantine: Path | None,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
) -> None:
    """Find the persons that are in both A and B, or twice in A.

    A and B are registers of the store, or files in the native format
    (.jsonl, .jsonl.gz); A twice finds the persons that one register holds
    under two ids. Links and possible links are written; a possible link is
    one a human should look at. Ends with 0 also when there is none.

    \b
    Examples:
      tallystick link clients un --out pairs.csv
      tallystick link a.jsonl.gz b.jsonl.gz --out pairs.csv.gz --json
      tallystick link clients un --out pairs.csv --with-names --clusters persons.csv
      tallystick link clients clients --out twice.csv --clusters persons.csv
    """
    from tallystick.linkage import LinkPlan
    from tallystick.node.linking import Linking
    from tallystick.wiring import EngineChoice, chosen_parameters, linking_engine

    if as_json and out is None:
        raise click.UsageError("--json tells about the file of pairs: say with --out which")
    if keys_only:
        _check_keys_only(is_plain=min_bits is None and not clusters and engine == "native", is_within=a == b)
    refuse_overwriting((a, b), out, clusters, quarantine)
    chosen = chosen_parameters(parameters, frequencies)
    files = _Files(out, clusters, quarantine, with_names=with_names)
    with linking_engine(EngineChoice(name="keys" if keys_only else engine, work=work, memory=memory)) as make:
        linking, found = _link(
            (a, b),
            store,
            files,
            lambda x, y, told: Linking(
                x, y, plan=LinkPlan(least_bits=min_bits, within=a == b), parameters=chosen, report=told, engine=make
            ),
        )
    if as_json:
        print_json({"a": a, "b": b, "out": str(out), **asdict(linking.summary), **found})
        return
    rows = [*_rows(linking.summary), *((name.replace("_", " "), f"{n:,}") for name, n in found.items())]
    print_table(("link", f"{a} with {'itself' if a == b else b}"), rows, err=True)
    for path, what in ((out, "pairs"), (clusters, "clusters")):
        if path:
            say(f"the {what} are in {path}")


def _check_keys_only(*, is_plain: bool, is_within: bool) -> None:
    """Refuse what has no meaning where only match keys are compared.

    Args:
        is_plain: whether nothing else is asked for: no bits, no clusters, no other engine.
        is_within: whether a register is linked with itself.

    Raises:
        UsageError: it has none.
    """
    if not is_plain:
        raise click.UsageError("match keys know hits only: --min-bits, --clusters and --engine have no meaning with --keys-only")
    if is_within:
        raise click.UsageError("--keys-only plays a match between two holders: name two registers")


def _link(
    names: tuple[str, str], store: str, files: _Files, made: "Callable[[Chunks, Chunks, Report], Linking]"
) -> "tuple[Linking, dict[str, int]]":
    """Link two sides and write the files; return the linking, and what was counted beside it."""
    from tallystick.adapters.outputs import standard_output, written
    from tallystick.wiring import opened_side

    with ExitStack() as stack:
        first, second = sides = [stack.enter_context(opened_side(name, store)) for name in names]
        with stages() as told:
            linking = made(first.chunks(), second.chunks(), told)
            with written(files.out) if files.out else standard_output() as write:
                for rows in _named(linking.rows(), first, second) if files.with_names else linking.rows():
                    write(rows)
            found = _cluster(
                linking, {name: side.chunks() for name, side in zip(names, sides, strict=True)}, names, files.clusters
            )
        bad = {at: [(line, reason) for side, line, reason in linking.bad if side == at] for at in ("a", "b")}
        dropped = {at: [value for side, value in linking.dropped_values if side == at] for at in ("a", "b")}
        counts = linking.summary
        left_out = [
            BadLines("a", names[0], bad["a"], counts.records_a, first.chunks, dropped["a"]),
            BadLines("b", names[1], bad["b"], counts.records_b, second.chunks, dropped["b"]),
        ]
        say_bad(left_out[:1] if names[0] == names[1] else left_out, files.quarantine)
    return linking, found


def _named(rows: "Iterable[bytes]", first: "StoredSide | RecordFile", second: "StoredSide | RecordFile") -> "Iterator[bytes]":
    from tallystick.node.naming import Named, with_names

    return with_names(rows, [Named("id_a", "name_a", first.chunks), Named("id_b", "name_b", second.chunks)])


def _cluster(
    linking: "Linking", registers: "dict[str, Iterator[bytes]]", names: tuple[str, str], path: Path | None
) -> dict[str, int]:
    if path is None:
        return {}
    from tallystick.adapters.outputs import written
    from tallystick.node.clustering import Clustering, Linked

    clustering = Clustering([Linked(*names, linking.links())], registers)
    with written(path) as write:
        for rows in clustering.rows():
            write(rows)
    return {"clusters": clustering.count, "clustered_records": clustering.records}


def _rows(summary: "LinkSummary") -> list[tuple[str, str]]:
    counts = [(name.replace("_", " "), value) for name, value in asdict(summary).items()]
    return [(name, f"{value:,}" if isinstance(value, int) else f"{value:.1f}") for name, value in counts]
