"""`tallystick hits` and `redeem`: what was found, and the question to its holder whom to call."""

from typing import Any

import click

from tallystick.cli import exits
from tallystick.cli.nodes import carry_out, only_circle, only_purpose
from tallystick.cli.options import circle_option, json_option, node_option, officer_option, purpose_option
from tallystick.cli.output import Cell, number, print_json, print_table, say, short_moment

_STYLES = {"new": "bold green", "redeemed": "", "withdrawn": "dim"}


@click.command(short_help="Show what was found.")
@click.option("--state", type=click.Choice(["new", "redeemed", "withdrawn"]), help="Only these.")
@circle_option
@node_option
@json_option
def hits(state: str | None, circle: str, node: str, as_json: bool) -> int:
    """Show hits of this node, and which of its own records partners opened.

    Ends with 1 when there are none.

    \b
    Example:
      tallystick hits --state new --node police-a
    """
    found = carry_out(node, "hits", {"circle": circle, "state": state or ""})
    if as_json:
        print_json(found)
    else:
        _print(found)
    return exits.DONE if found["hits"] or found["opened"] else exits.NOTHING_FOUND


@click.command(short_help="Ask the holder of a hit whom to call.")
@click.argument("hit", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="Why; the partner reads it. No personal data.")
@click.option("--reference", default="", help="Own reference, for the partner to quote.")
@circle_option
@purpose_option
@officer_option
@node_option
@json_option
def redeem(hit: int, reason: str, reference: str, circle: str, purpose: str, officer: str, node: str, as_json: bool) -> None:
    """Ask the holder of a hit whom to call. The holder learns that this record is of interest.

    \b
    Example:
      tallystick redeem 3 --reason "same person met at border post 4" --officer officer-7 --node police-b
    """
    agreed = only_circle(node, circle)
    given = {"hit": hit, "purpose": only_purpose(agreed, purpose), "officer": officer, "reason": reason, "reference": reference}
    done = carry_out(node, "redeem", given)
    if as_json:
        print_json(done)
        return
    answer = done["answer"]
    rows = [
        ("known at", done["member"]),
        ("evidence shared", f"{done['weight_bits']} bits"),
        ("kind of case", answer["case_class"]),
    ]
    print_table(("hit", str(hit)), [*rows, ("call", answer["contact"]), ("their reference", answer["reference"])], folding=(1,))


def _print(found: dict[str, Any]) -> None:
    several = len({each["circle"] for each in [*found["hits"], *found["opened"]]}) > 1
    circle = ("circle",) if several else ()
    rows = [
        (
            each["hit"], short_moment(each["seen_at"]), *([each["circle"]] if several else []), each["member"],
            number(each["weight_bits"]), f"{each['register']} {each['record_id']}".strip() or f"query {each['query']}",
            each["found_by"], Cell(each["state"], _STYLES[each["state"]]),
        )
        for each in found["hits"]
    ]  # fmt: skip
    columns = ("hit", "seen (UTC)", *circle, "partner", "bits", "ours", "by", "state")
    print_table(columns, rows, folding=(columns.index("ours"),))
    for record_id in dict.fromkeys(each["record_id"] for each in found["hits"] if each["record_id"].startswith("origin-")):
        say(f"{record_id} is the wording of a report and its copies: `tallystick report show {record_id} --reports NODE/reports`")
    if found["opened"]:
        opened = [
            (
                short_moment(each["at"]), *([each["circle"]] if several else []), each["member"],
                f"{each['register']} {each['record_id']}", each["purpose"], each["reason"],
            )
            for each in found["opened"]
        ]  # fmt: skip
        columns = ("opened (UTC)", *circle, "by", "our record", "purpose", "reason")
        print_table(columns, opened, folding=(columns.index("our record"), columns.index("reason")))
