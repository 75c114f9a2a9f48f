"""`tallystick encounter`: who was met, where and when; and at once, who knows the person."""

from typing import Any

import click

from tallystick.cli import exits
from tallystick.cli.cases import URGENCIES, role_option
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import json_option, node_option, officer_option, purpose_option
from tallystick.cli.output import Cell, number, print_json, print_table, short_moment
from tallystick.errors import InputError


@click.group(short_help="Record who was met, and find out who knows the person.")
def encounter() -> None:
    """Record who was met, where, when and under which identity.

    Recording one asks the own registers and the circles at once. A hit
    alerts both sides, and says when it crosses a border.
    """


@encounter.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(["border", "arrest", "registration", "report"]), required=True, help="What it was.")
@click.option("--country", required=True, metavar="CODE", help="Where: two letters, or a name of a country.")
@click.option("--place", default="", help="Which post, station or office.")
@click.option("--time", required=True, metavar="EDTF", help="When: 2026-11-25, 2026-11-25T14:05Z, 2026-11~.")
@click.option("--born", metavar="DATE", default="", help="1974, 1974-09-03, 3.9.1974, 'around 1974', 1985/1990.")
@click.option("--number", "document", default="", help="Number of a passport or another document.")
@click.option("--reason", required=True, help="Why the circles are asked; the holder of a hit reads it. No personal data.")
@click.option(
    "--circle", "circles", multiple=True, metavar="CIRCLE", help="Ask this circle; by default every one with the purpose."
)
@click.option(
    "--urgency", type=click.Choice(URGENCIES), default=None, help="How soon a hit must be answered; by default by kind."
)
@purpose_option
@officer_option
@role_option("officer")
@node_option
@json_option
def add(
    name: str, kind: str, country: str, place: str, time: str, born: str, document: str, reason: str, circles: tuple[str, ...],
    urgency: str | None, purpose: str, officer: str, role: str, node: str, as_json: bool,
) -> int:  # fmt: skip
    """Record an encounter, and ask who knows the person.

    The holders of hits are told at once: place and time, nothing of the
    person. Ends with 1 when nobody knows the person.

    \b
    Example:
      tallystick encounter add "Munir al Tuzani" --born 1974 --kind border --country be --time 2026-11-25T14:05Z \\
          --reason "check on a train" --officer officer-7 --node police-b
    """
    from tallystick.cli.find_one import query
    from tallystick.cli.typed import read_country
    from tallystick.model import encode

    typed = {"born": born, "number": document, "country": "", "gender": None, "place": "", "city": ""}
    person = encode(query(name, typed)).decode()
    names, code = circles_and_purpose(node, circles, purpose)
    given = {
        "person": person, "kind": kind, "country": read_country(country), "place": place, "time": time, "circles": names,
        "purpose": code, "reason": reason, "urgency": urgency, "officer": officer, "role": role,
    }  # fmt: skip
    done = carry_out(node, "encounter_add", given)
    if as_json:
        print_json(done)
    else:
        print_encounter(done)
    return exits.DONE if done["own"] or done["cases"] else exits.NOTHING_FOUND


@encounter.command("list")
@officer_option
@role_option("officer")
@node_option
@json_option
def list_(officer: str, role: str, node: str, as_json: bool) -> int:
    """Show encounters, newest first. Ends with 1 when there are none.

    \b
    Example:
      tallystick encounter list --officer officer-7 --node police-b
    """
    found = carry_out(node, "encounter_list", {"officer": officer, "role": role})
    if as_json:
        print_json(found)
    else:
        rows = [
            (
                each["number"], each["time"], each["country"], each["place"], each["kind"], each["person"]["names"][0],
                ", ".join(map(str, each["cases"])), each["officer"], short_moment(each["at"]),
            )
            for each in found
        ]  # fmt: skip
        columns = ("encounter", "time", "in", "place", "kind", "name", "cases", "officer", "recorded (UTC)")
        print_table(columns, rows, folding=(3, 5))
    return exits.DONE if found else exits.NOTHING_FOUND


def circles_and_purpose(node: str, circles: tuple[str, ...], purpose: str) -> tuple[list[str], str]:
    """Return the circles to ask and the purpose: those named, or every one in force that agreed on the purpose."""
    known = [each for each in carry_out(node, "circle_show", {"circle": ""}) if each["standing"] == "in force"]
    chosen = [each for each in known if not circles or each["circle"] in circles]
    codes = sorted({each["code"] for found in chosen for each in found["purposes"]})
    if not purpose and len(codes) > 1:
        raise InputError("the circles agreed on several purposes", hint=f"say with --purpose which: {', '.join(codes)}")
    code = purpose or (codes[0] if codes else "none")
    named = [each["circle"] for each in chosen if code in {one["code"] for one in each["purposes"]}]
    return list(circles) or named, code


def print_encounter(done: dict[str, Any]) -> None:
    """Print who knows the person of an encounter."""
    if done["own"]:
        rows = [
            (each["register"], each["record_id"], each["name"], number(each["weight_bits"]), each["decision"])
            for each in done["own"]
        ]
        print_table(("own register", "record", "name", "bits", "decision"), rows, folding=(2,))
    said = [
        (
            each["circle"], each["partner"], Cell("hit", "bold green") if each["cases"] else Cell("no hit"),
            ", ".join(map(str, each["cases"])), each["contact"], each["problem"],
        )
        for each in done["asked"]
    ]  # fmt: skip
    print_table(("circle", "partner", "answer", "cases", "call", "problem"), said, folding=(4, 5))
