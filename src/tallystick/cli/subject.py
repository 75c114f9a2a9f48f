"""`tallystick subject`: everything held, asked and disclosed about a person, for the answer the law demands."""

import click

from tallystick.cli import exits
from tallystick.cli.cases import role_option
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import json_option, node_option, officer_option
from tallystick.cli.output import print_json, print_table, say, short_moment


@click.group(short_help="Gather what is held of a person who asks.")
def subject() -> None:
    """Gather what is held, asked and disclosed about a person who asks for it."""


@subject.command("gather")
@click.argument("name")
@click.option("--born", metavar="DATE", default="", help="1974, 1974-09-03, 3.9.1974, 'around 1974', 1985/1990.")
@click.option("--number", "document", default="", help="Number of a passport or another document.")
@officer_option
@role_option("approver")
@node_option
@json_option
def gather(name: str, born: str, document: str, officer: str, role: str, node: str, as_json: bool) -> int:
    """Gather all that this node holds of a person: records, questions, encounters, cases, disclosures.

    Of what is restricted only the ground is shown. What is about somebody
    else of the same name a human takes out. Ends with 1 when nothing is held.

    \b
    Example:
      tallystick subject gather "Munir al Tuzani" --born 1974 --officer approver-2 --node police-a
    """
    from tallystick.cli.find_one import query
    from tallystick.model import encode

    typed = {"born": born, "number": document, "country": "", "gender": None, "place": "", "city": ""}
    person = encode(query(name, typed)).decode()
    report = carry_out(node, "subject_gather", {"person": person, "officer": officer, "role": role})
    if as_json:
        print_json(report)
    else:
        rows = [(each["kind"], each["where"], short_moment(each["at"] or ""), each["text"]) for each in report["found"]]
        print_table(("held", "where", "since (UTC)", "what"), rows, folding=(3,))
        say("with --json the values themselves; whether a namesake is among them a human looks")
    return exits.DONE if report["found"] else exits.NOTHING_FOUND


@subject.command("restrict")
@click.argument("place", metavar="REGISTER/ID")
@click.option("--ground", required=True, help="The law that lets this organisation not tell; an empty one lifts it.")
@officer_option
@role_option("approver")
@node_option
@json_option
def restrict(place: str, ground: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Record for what ground a person is not told of a record.

    \b
    Example:
      tallystick subject restrict wanted/17 --ground "police act, section 30 (2)" --officer approver-2 --node police-a
    """
    register, _, record_id = place.partition("/")
    given = {"register": register, "record_id": record_id, "ground": ground, "officer": officer, "role": role}
    done = carry_out(node, "subject_restrict", given)
    if as_json:
        print_json(done)
    else:
        print_table((register, record_id), [("restricted", ground or "no")])
