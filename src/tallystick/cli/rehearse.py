"""`tallystick rehearse`: both sides of a private match on one machine, to see what it would find, tell and cost."""

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.bad_lines import BadLines, refuse_overwriting, say_bad
from tallystick.cli.options import FILE, json_option, parameters_options, quarantine_option, store_option
from tallystick.cli.output import print_json, print_table, say, stages

if TYPE_CHECKING:
    from tallystick.matching import Parameters
    from tallystick.node.rehearsing import Rehearsal


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="Write id_a,id_b,weight_bits to this CSV file, readable by its owner only: every hit A would see. .gz compresses.",
)
@click.option(
    "--threshold-bits",
    type=click.FloatRange(min=0.1, max=6553.5),
    metavar="BITS",
    help="What shared evidence must weigh at least for a hit (T), instead of what the parameters say; in tenths.",
)
@click.option("--report", type=FILE, help="Write what each side would learn to this file, as JSON, instead of printing it.")
@quarantine_option
@parameters_options
@store_option
@json_option
def rehearse(
    a: str,
    b: str,
    out: Path,
    threshold_bits: float | None,
    report: Path | None,
    quarantine: Path | None,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
) -> None:
    """See what a private match would find, tell and cost.

    Plays both sides of the exchange on this machine, A asking and B holding,
    with the code and the bytes of two nodes, and throws the keys away.
    Nothing is sent anywhere.
    A and B are registers of the store, or files in the native format
    (.jsonl, .jsonl.gz).

    \b
    Examples:
      tallystick rehearse clients un --out hits.csv
      tallystick rehearse a.jsonl.gz b.jsonl.gz --out hits.csv --threshold-bits 20 --json
    """
    from tallystick.adapters.outputs import written
    from tallystick.exchange.thresholds import advice, enough_for_records
    from tallystick.wiring import chosen_parameters

    refuse_overwriting((a, b), out, report, quarantine)
    told = _rehearse((a, b), store, _under(chosen_parameters(parameters, frequencies), threshold_bits), out, quarantine)
    tenths, larger = round(told.threshold_bits * 10), max(told.records_a, told.records_b)
    low = advice(tenths, larger)
    whole = {"a": a, "b": b, "out": str(out), **asdict(told), "enough_for_records": enough_for_records(tenths), "advice": low}
    if report:
        import msgspec

        with written(report) as write:
            write(msgspec.json.encode(whole) + b"\n")
        say(f"what each side would learn is in {report}")
    elif as_json:
        print_json(whole)
    else:
        print_table(("rehearsal", f"{a} asks {b}"), _rows(told), err=True)
    if low:
        say(low)
    say(f"the hits are in {out}")


def _under(chosen: "Parameters", threshold_bits: float | None) -> "Parameters":
    from tallystick.matching.parameter_text import under_threshold

    return chosen if threshold_bits is None else under_threshold(chosen, round(threshold_bits * 10))


def _rehearse(names: tuple[str, str], store: str, chosen: "Parameters", out: Path, quarantine: Path | None) -> "Rehearsal":
    from tallystick.adapters.outputs import written
    from tallystick.node.rehearsing import Rehearsing
    from tallystick.wiring import opened_side, rehearsal_machine

    with ExitStack() as stack:
        first, second = (stack.enter_context(opened_side(name, store)) for name in names)
        with stages() as told:
            rehearsing = Rehearsing(first.chunks(), second.chunks(), rehearsal_machine(), parameters=chosen, report=told)
            with written(out) as write:
                for rows in rehearsing.rows():
                    write(rows)
        counts = rehearsing.summary
        bad = {at: [(line, reason) for side, line, reason in rehearsing.bad if side == at] for at in ("a", "b")}
        dropped = {at: [value for side, value in rehearsing.dropped_values if side == at] for at in ("a", "b")}
        left_out = [
            BadLines("a", names[0], bad["a"], counts.records_a, first.chunks, dropped["a"]),
            BadLines("b", names[1], bad["b"], counts.records_b, second.chunks, dropped["b"]),
        ]
        say_bad(left_out, quarantine)
    return counts


def _rows(told: "Rehearsal") -> list[tuple[str, str]]:
    per_a, per_b = (keys / max(records, 1) for keys, records in ((told.keys_a, told.records_a), (told.keys_b, told.records_b)))
    return [
        ("threshold", f"{told.threshold_bits:.1f} bits"),
        ("records of a, of b", f"{told.records_a:,}, {told.records_b:,}"),
        ("keys per record, a asking, b holding", f"{per_a:.1f}, {per_b:.1f}"),
        ("records without a key, a, b", f"{told.without_key_a:,}, {told.without_key_b:,}"),
        ("records whose keys were cut, a, b", f"{told.cut_a:,}, {told.cut_b:,}"),
        ("records left out under full keys", f"{told.left_out:,}"),
        ("a fetches of b: index notches", f"{told.index_notches:,}"),
        ("a fetches of b: bytes", f"{told.index_bytes + told.manifest_bytes:,}"),
        ("b learns: requests of a", f"{told.requests:,}"),
        ("b learns: points asked", f"{told.points:,}"),
        ("bytes of requests, of answers", f"{told.request_bytes:,}, {told.response_bytes:,}"),
        ("a learns: hits", f"{told.hits:,}"),
        ("records hit, of a, of b", f"{told.found_a:,}, {told.found_b:,}"),
        ("processor seconds, a, b", f"{told.cpu_s_a:.1f}, {told.cpu_s_b:.1f}"),
    ]
