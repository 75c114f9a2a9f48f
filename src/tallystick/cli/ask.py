"""`tallystick ask`: ask partners whether they know a person, typed as a person types."""

from typing import Any

import click

from tallystick.cli import exits
from tallystick.cli.nodes import carry_out, only_circle, only_purpose
from tallystick.cli.options import circle_option, json_option, node_option, officer_option, purpose_option
from tallystick.cli.output import Cell, number, print_json, print_table, say


@click.command(short_help="Ask partners whether they know a person.")
@click.argument("name")
@click.option("--born", metavar="DATE", default="", help="1974, 1974-09-03, 3.9.1974, 'around 1974', 1985/1990.")
@click.option("--number", default="", help="Number of a passport or another document.")
@click.option("--reason", default="", help="Why, in own words; stays at this node.")
@click.option("--member", "members", multiple=True, metavar="ID", help="Ask only this partner; may be repeated.")
@circle_option
@purpose_option
@officer_option
@node_option
@json_option
def ask(
    name: str, born: str, number: str, reason: str, members: tuple[str, ...], circle: str, purpose: str, officer: str, node: str,
    as_json: bool,
) -> int:  # fmt: skip
    """Ask partners whether they know a person: hit or no-hit.

    Partners learn that this node asked, when and for which purpose; not about
    whom, and not whether it hit. Ends with 1 when nobody knows the person.

    \b
    Example:
      tallystick ask "Munir al Tuzani" --born 1974 --officer officer-7 --node police-b
    """
    from tallystick.cli.find_one import query
    from tallystick.model import encode

    found = only_circle(node, circle)
    typed = {"born": born, "number": number, "country": "", "gender": None, "place": "", "city": ""}
    person = encode(query(name, typed)).decode()
    given = {
        "circle": found["circle"], "purpose": only_purpose(found, purpose), "officer": officer, "reason": reason,
        "members": list(members), "person": person,
    }  # fmt: skip
    done = carry_out(node, "ask", given)
    if as_json:
        print_json(done)
    else:
        _print(done)
    answered = [each for each in done["outcomes"] if not each["problem"]]
    return exits.DONE if any(each["hits"] for each in answered) else exits.NOTHING_FOUND


def _print(done: dict[str, Any]) -> None:
    rows: list[tuple[object, ...]] = []
    for each in done["outcomes"]:
        for hit in each["hits"] or [None]:
            if each["problem"]:
                said: object = Cell(f"no answer: {each['problem']}", "red")
            else:
                said = Cell("hit", "bold green") if hit else "no hit"
            weight = number(hit["weight_bits"], style="bold") if hit else ""
            rows.append((each["member"], said, weight, hit["hit"] if hit else "", each["points"], _numbers(each["entries"])))
    print_table(("partner", "answer", "bits", "hit number", "points", "log entry"), rows, folding=(1,))
    if any(each["hits"] for each in done["outcomes"]):
        say("a hit says that two records share this much evidence; whether they are one person a human decides")
        say("next: tallystick redeem HIT --reason ... asks the partner whom to call")


def _numbers(entries: list[int]) -> str:
    return ", ".join(f"{each:,}" for each in entries)
