"""`tallystick sync`, `watch`, `bulk`: fetch what partners offer, and have one's own records looked up in it."""

from typing import Any

import click

from tallystick.cli.nodes import carry_out, only_circle
from tallystick.cli.options import circle_option, json_option, node_option, officer_option
from tallystick.cli.output import print_json, print_table, say, short_moment


@click.command(short_help="Publish, fetch and look up now.")
@circle_option
@node_option
@json_option
def sync(circle: str, node: str, as_json: bool) -> None:
    """Publish, fetch and look up now what a served node does by itself.

    \b
    Example:
      tallystick sync --node police-a
    """
    done = carry_out(node, "sync", {"circle": circle})
    if as_json:
        print_json(done)
        return
    rows = [
        (each["circle"], each["member"], each["epoch"], each["notches"], each["deltas"], len(each["found"]), each["withdrawn"])
        for each in done["synced"]
    ]
    print_table(("circle", "partner", "epoch", "notches", "new deltas", "new hits", "withdrawn"), rows)
    for each in done["asked"]:
        say(f"{each['records']:,} new records were asked for at {each['member']}")
    _say_problems(done["problems"])


@click.command(short_help="Show what is watched for at whom.")
@circle_option
@node_option
@json_option
def watch(circle: str, node: str, as_json: bool) -> None:
    """Show the standing watch: which of our records are looked up in whose index.

    A served node keeps it by itself: what partners add is looked up as soon as
    it is fetched, what we add is asked for once.

    \b
    Example:
      tallystick watch --node police-a
    """
    lines = carry_out(node, "watch", {"circle": circle})
    if as_json:
        print_json(lines)
        return
    shown = ("circle", "member", "epoch", "notches", "watched", "waiting", "hits")
    rows = [(*(each[name] for name in shown), short_moment(each["fetched_at"])) for each in lines]
    print_table(("circle", "partner", "epoch", "notches", "watched", "waiting", "hits", "fetched (UTC)"), rows)
    if any(each["waiting"] for each in lines):
        say("up to 200 waiting records are asked for in the next round; more are a matter of `tallystick bulk`, with a grant")


@click.command(short_help="Ask a partner about a whole register.")
@click.argument("member")
@circle_option
@officer_option
@node_option
@json_option
def bulk(member: str, circle: str, officer: str, node: str, as_json: bool) -> None:
    """Ask a partner about every own record that is not watched for there yet.

    Needs a bulk grant of the partner (`tallystick circle grant`). Goes on where
    it was interrupted when it is given again.

    \b
    Example:
      tallystick bulk police-b --circle border --officer officer-7 --node police-a
    """
    name = only_circle(node, circle)["circle"]
    done = carry_out(node, "bulk", {"circle": name, "member": member, "officer": officer})
    if as_json:
        print_json(done)
        return
    rows: list[tuple[str, Any]] = [
        ("points asked", done["points"]),
        ("requests", done["requests"]),
        ("new hits", len(done["hits"])),
    ]
    print_table(("bulk", member), [(text, f"{value:,}") for text, value in rows])


def _say_problems(problems: list[dict[str, str]]) -> None:
    for each in problems:
        say(f"left for later: {each['member']} in {each['circle']}: {each['problem']}")
