"""`tallystick explain`: says field by field why two records weigh what they weigh."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.options import json_option, parameters_options, store_option
from tallystick.cli.output import DECISION_STYLES, Cell, few, number, print_json, print_table, progress, say
from tallystick.cli.places import read_place

if TYPE_CHECKING:
    from tallystick.matching import Explanation, FieldEvidence, Parameters
    from tallystick.model import Record

_NAMES_PRIOR_BITS = -10.0
"""What two names picked out of about a thousand start with."""


@click.command(short_help="Explain how alike two records are.")
@click.argument("places", metavar="[A B]", nargs=-1)
@click.option("--names", nargs=2, metavar="X Y", help="Two written names instead of two records.")
@click.option(
    "--prior-bits",
    type=float,
    metavar="BITS",
    help="log2 of the prior odds, as `link` reports it. Default: from the sizes of the registers.",
)
@parameters_options
@store_option
@json_option
def explain(
    places: tuple[str, ...],
    names: tuple[str, str] | None,
    prior_bits: float | None,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
) -> None:
    """Explain how alike two records are: same, similar, different, and the bits of each field.

    A and B are REGISTER/ID, or FILE:ID for a file in the native format. The
    weight is the one `link` gives the pair: how common names and places are is
    counted in the registers or files they come from.

    \b
    Examples:
      tallystick explain clients/17 un/un:6908555
      tallystick explain a.jsonl.gz:a17 b.jsonl.gz:b203 --prior-bits -18.2
      tallystick explain --names "Munir al Tuzani" "Mounir El Touzani"
    """
    from tallystick.wiring import chosen_parameters

    if bool(names) == bool(places) or len(places) not in {0, 2}:
        raise click.UsageError("say two records (REGISTER/ID or FILE:ID), or --names with two names")
    chosen = chosen_parameters(parameters, frequencies)
    if names:
        a, b, explained = _of_names(*names, prior_bits, chosen)
    else:
        a, b, explained = _of_records(read_place(places[0]), read_place(places[1]), prior_bits, chosen, store)
    if as_json:
        print_json({**dict(zip("ab", names or places, strict=True)), **asdict(explained)})
        return
    _print(a, b, explained, is_pair_of_names=bool(names))


def _of_names(x: str, y: str, prior_bits: float | None, parameters: "Parameters") -> "tuple[Record, Record, Explanation]":
    from tallystick.matching import explain
    from tallystick.model import Record, check

    a, b = check(Record(id="x", names=(x,))), check(Record(id="y", names=(y,)))
    prior = _NAMES_PRIOR_BITS if prior_bits is None else prior_bits
    return a, b, explain(a, b, prior_bits=prior, parameters=parameters)


def _of_records(
    place_a: tuple[str, str], place_b: tuple[str, str], prior_bits: float | None, parameters: "Parameters", store: str
) -> "tuple[Record, Record, Explanation]":
    from tallystick.node.explaining import explain_pair
    from tallystick.wiring import opened_side

    (name_a, id_a), (name_b, id_b) = place_a, place_b
    with ExitStack() as stack:
        side_a = stack.enter_context(opened_side(name_a, store))
        side_b = side_a if name_a == name_b else stack.enter_context(opened_side(name_b, store))
        with progress("counting how common names and places are"):
            explained = explain_pair(side_a, id_a, side_b, id_b, prior_bits=prior_bits, parameters=parameters)
        return side_a.record(id_a), side_b.record(id_b), explained


def _print(a: "Record", b: "Record", explained: "Explanation", *, is_pair_of_names: bool) -> None:
    from tallystick.node.finding import nearest_names

    nearest = nearest_names(a, b)
    values = [_values(record) | {"name": name} for record, name in zip((a, b), nearest, strict=True)]
    told = [each for each in explained.fields if each.level != "unknown"]
    print_table(("field", a.id, b.id, "agreement", "bits", "why"), [_row(each, *values) for each in told], folding=[1, 2, 5])
    unknown = [each.field for each in explained.fields if each.level == "unknown"]
    if unknown and not is_pair_of_names:
        say(f"not on both sides: {', '.join(unknown)}")
    total = (
        number(explained.weight_bits, "+.1f"),
        number(explained.prior_bits, "+.1f"),
        number(explained.probability, ".4f"),
        Cell(explained.decision, DECISION_STYLES[explained.decision]),
    )
    print_table(("weight bits", "prior bits", "probability", "decision"), [total])


def _row(evidence: "FieldEvidence", a: dict[str, str], b: dict[str, str]) -> tuple[object, ...]:
    style = "green" if evidence.bits > 0 else "red" if evidence.bits < 0 else ""
    bits = number(evidence.bits, "+.1f", style=style)
    return evidence.field, a[evidence.field], b[evidence.field], evidence.level, bits, evidence.note


def _values(record: "Record") -> dict[str, str]:
    """Return what a person sees of each field that is compared."""
    return {field: few(list(dict.fromkeys(filter(None, values)))) for field, values in _fields(record)}


def _fields(record: "Record") -> "Iterator[tuple[str, list[str | None]]]":
    yield "name", [*record.names, *record.weak_names]
    yield "birth", [*record.birth_dates]
    yield "gender", [record.gender]
    yield "nationality", [*record.nationalities]
    yield "place", [*record.birth_places]
    yield "identifier", [each.number for each in record.identifiers]
    yield "city", [each.city for each in record.addresses]
    yield "postcode", [each.postcode for each in record.addresses]
    yield "phone", [*record.phones]
    yield "email", [*record.emails]
