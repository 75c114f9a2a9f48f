"""`tallystick explain`: says field by field why two records weigh what they weigh."""

import re
from contextlib import ExitStack
from dataclasses import asdict

import click

from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, print_table, say
from tallystick.errors import InputError

# A file name may hold a colon; it ends at the first ".jsonl:" or ".jsonl.gz:".
_PLACE = re.compile(r"(?P<side>.+?\.jsonl(?:\.gz)?|[^:]+):(?P<id>.+)\Z")


@click.command()
@click.argument("a", metavar="A:ID")
@click.argument("b", metavar="B:ID")
@click.option(
    "--prior-bits", type=float, metavar="BITS", help="log2 of the prior odds, as `link` reports it. Default: from the sizes."
)
@store_option
@json_option
def explain(a: str, b: str, prior_bits: float | None, store: str, as_json: bool) -> None:
    """Explain how alike two records are: same, similar, different, and the bits of each field.

    A and B are registers of the store, or files in the native format; behind
    the colon stands the id of a record.

    \b
    Examples:
      tallystick explain clients:17 un:6908555
      tallystick explain a.jsonl.gz:a17 b.jsonl.gz:b203 --prior-bits -18.2
    """
    from tallystick.node.explaining import explain_pair
    from tallystick.wiring import opened_side

    (name_a, id_a), (name_b, id_b) = _place(a), _place(b)
    with ExitStack() as stack:
        side_a = stack.enter_context(opened_side(name_a, store))
        side_b = side_a if name_a == name_b else stack.enter_context(opened_side(name_b, store))
        explained = explain_pair(side_a, id_a, side_b, id_b, prior_bits=prior_bits)
    if as_json:
        print_json({"a": a, "b": b, **asdict(explained)})
        return
    rows = [(each.field, each.level, f"{each.bits:+.1f}", each.note) for each in explained.fields if each.level != "unknown"]
    print_table(("field", "agreement", "bits", "why"), rows)
    unknown = [each.field for each in explained.fields if each.level == "unknown"]
    if unknown:
        say(f"not on both sides: {', '.join(unknown)}")
    print_table(
        ("weight", "prior", "probability", "decision"),
        [
            (
                f"{explained.weight_bits:+.1f} bits",
                f"{explained.prior_bits:+.1f} bits",
                f"{explained.probability:.4f}",
                explained.decision,
            )
        ],
    )


def _place(text: str) -> tuple[str, str]:
    found = _PLACE.match(text)
    if found is None:
        raise InputError(f"{text} names no record", hint="write REGISTER:ID, or FILE:ID")
    return found["side"], found["id"]
