"""`tallystick coordination`: who asks, who answers, how fast, and what is offered to whom."""

from typing import Any

import click

from tallystick.cli.cases import role_option
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import json_option, node_option, officer_option
from tallystick.cli.output import Cell, number, print_json, print_table


@click.command(short_help="Show where nobody asks, answers or hears back.")
@officer_option
@role_option("auditor")
@node_option
@json_option
def coordination(officer: str, role: str, node: str, as_json: bool) -> None:
    """Show how this organisation and each partner work together. It shows no person.

    \b
    Example:
      tallystick coordination --officer auditor-1 --node police-a
    """
    report = carry_out(node, "coordination", {"officer": officer, "role": role})
    if as_json:
        print_json(report)
        return
    lines = report["lines"]
    asking = [
        (each["circle"], each["partner"], each["asked"], each["answered"], each["offered"], _share(each), each["hits"],
         each["cross_border"]) for each in lines
    ]  # fmt: skip
    columns = ("circle", "partner", "we asked", "we answered", "offered", "of register", "hits", "across borders")
    print_table(columns, asking)
    answering = [
        (
            each["partner"], each["open_alerts"], each["requests_sent"], each["answers_received"], _hours(each["answer_hours"]),
            each["requests_received"], each["answers_given"], _hours(each["own_answer_hours"]),
        )
        for each in lines
    ]  # fmt: skip
    heads = ("partner", "open alerts", "requested", "answered", "hours", "asked of us", "we answered", "our hours")
    print_table(heads, answering)
    waiting = [
        (
            each["partner"], _alarm(each["overdue_us"]), _alarm(each["overdue_them"]), _alarm(each["without_outcome"]),
            _alarm(each["recalls_open"]), _alarm(each["footings_open"]), each["undelivered"],
        )
        for each in lines
    ]  # fmt: skip
    ends = ("partner", "overdue here", "overdue there", "no outcome yet", "recalls open", "footings open", "undelivered")
    print_table(ends, waiting)


def _share(each: dict[str, Any]) -> Cell:
    share = each["offered"] / each["register_size"] if each["register_size"] else 0
    return Cell(f"{share:.0%}", right=True)


def _hours(value: float | None) -> Cell:
    return Cell("", right=True) if value is None else number(value)


def _alarm(count: int) -> Cell:
    return Cell(f"{count:,}", "bold red" if count else "", right=True)
