"""`tallystick report rescreen`, `mentions`, `decide`, `follow`: whom reports may name, what people say, and what follows."""

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

import click

from tallystick.cli import exits
from tallystick.cli.cases import URGENCIES
from tallystick.cli.encounter import circles_and_purpose, print_encounter
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import purpose_option
from tallystick.cli.output import Cell, number, print_json, print_table, say
from tallystick.cli.report_judging import by_officer
from tallystick.errors import InputError

MOST_BYTES: Final = 64 << 20
_STATES = {"new": "bold", "confirmed": "bold green", "namesake": "dim", "undecided": "yellow"}


@click.command("rescreen", short_help="Screen reports against the registers as they are now.")
@click.argument("names", metavar="[REPORT...]", nargs=-1)
@by_officer
def rescreen(names: tuple[str, ...], officer: str, role: str, node: str, as_json: bool) -> int:
    """Screen the node's reports against its registers as they are now, and record whom they may name.

    All reports where none is named: a record that is new finds old texts.
    What is recorded already is not recorded again, and what was decided
    stays. Ends with 1 when nothing is new.

    \b
    Example:
      tallystick report rescreen --officer officer-7
    """
    found = carry_out(node, "report_rescreen", {"reports": list(names), "officer": officer, "role": role})
    _print(found, as_json=as_json)
    return exits.DONE if found else exits.NOTHING_FOUND


@click.command("mentions", short_help="Show whom reports may name.")
@click.argument("name", metavar="[REPORT]", required=False, default="")
@click.option("--state", type=click.Choice(list(_STATES)), default=None, help="Only these.")
@by_officer
def mentions(name: str, state: str | None, officer: str, role: str, node: str, as_json: bool) -> int:
    """Show the recorded mentions, of one report or of all. Ends with 1 when there are none.

    \b
    Example:
      tallystick report mentions --state new --officer officer-7
    """
    found = carry_out(node, "report_mentions", {"report": name, "officer": officer, "role": role})
    shown = [each for each in found if state in {None, each["state"]}]
    _print(shown, as_json=as_json)
    return exits.DONE if shown else exits.NOTHING_FOUND


@click.command("decide", short_help="Say whom a mention means.")
@click.argument("mention", metavar="MENTION", type=click.IntRange(min=1))
@click.argument("state", type=click.Choice(["confirmed", "namesake", "undecided"]))
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at most 2,000 characters.")
@by_officer
def decide(mention: int, state: str, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Say whom a mention means: the registered person, a namesake, or that it cannot be told.

    What was decided can be decided again; every decision stays.

    \b
    Example:
      tallystick report decide 12 namesake --reason "the text gives another age" --officer officer-7
    """
    given = {"mention": mention, "state": state, "reason": reason, "officer": officer, "role": role}
    done = carry_out(node, "report_decide", given)
    if as_json:
        print_json(done)
    else:
        _print([done], as_json=False)


@click.command("follow", short_help="Make an encounter of a mention, and ask the circles.")
@click.argument("mention", metavar="MENTION", type=click.IntRange(min=1))
@click.option("--country", required=True, metavar="CODE", help="Where the person was, says the report.")
@click.option("--time", required=True, metavar="EDTF", help="When: 2026-11-25, 2026-11.")
@click.option("--place", default="", help="Where there.")
@click.option("--name", default="", help="The name to ask for; by default as the report writes it.")
@click.option("--born", metavar="DATE", default="", help="1974, 1974-09-03, 'around 1974': where the report says so.")
@click.option("--reason", required=True, help="Why the circles are asked; the holder of a hit reads it. No personal data.")
@click.option("--circle", "circles", multiple=True, metavar="CIRCLE", help="Ask this circle; by default all with the purpose.")
@click.option("--urgency", type=click.Choice(URGENCIES), default=None, help="How soon a hit must be answered.")
@purpose_option
@by_officer
def follow(
    mention: int, country: str, time: str, place: str, name: str, born: str, reason: str, circles: tuple[str, ...],
    urgency: str | None, purpose: str, officer: str, role: str, node: str, as_json: bool,
) -> int:  # fmt: skip
    """Make an encounter of a mention: the own registers and the circles are asked who knows the person.

    A mention that was decided to be a namesake is refused. The same said
    again asks nobody again: it shows the encounter that was made; where the
    node was stopped in between, it asks whom it had not asked yet. Ends with 1
    when nobody knows the person.

    \b
    Example:
      tallystick report follow 12 --country be --time 2026-11-25 --reason "named in a report" --officer officer-7
    """
    from tallystick.cli.find_one import query
    from tallystick.cli.typed import read_country
    from tallystick.model import encode

    written = name or _mention(node, mention, officer, role)["text"]
    typed = {"born": born, "number": "", "country": "", "gender": None, "place": "", "city": ""}
    names, code = circles_and_purpose(node, circles, purpose)
    given = {
        "mention": mention, "person": encode(query(written, typed)).decode(), "country": read_country(country), "place": place,
        "time": time, "circles": names, "purpose": code, "reason": reason, "urgency": urgency, "officer": officer, "role": role,
    }  # fmt: skip
    done = carry_out(node, "report_follow", given)
    if as_json:
        print_json(done)
    else:
        say(f"encounter {done['encounter']['number']} is made of mention {mention}")
        print_encounter(done["encounter"])
    return exits.DONE if done["encounter"]["own"] or done["encounter"]["cases"] else exits.NOTHING_FOUND


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that is handed in; 64 MB at most."""
    from tallystick.adapters.documents.opening import named_file

    with named_file(path) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InputError(f"{path} has more than {MOST_BYTES >> 20} MB", hint="cut it into several documents")
    return content


def _mention(node: str, number_of: int, officer: str, role: str) -> dict[str, Any]:
    found = carry_out(node, "report_mentions", {"report": "", "officer": officer, "role": role})
    for each in found:
        if each["number"] == number_of:
            chosen: dict[str, Any] = each
            return chosen
    raise InputError(f"there is no mention {number_of}", hint="see `tallystick report mentions`")


def _print(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each["number"], each["report"][:8], each["text"], each["register"], each["record_id"], number(each["weight_bits"]),
            each["verdict"], Cell(each["state"], _STATES[each["state"]]),
            "; ".join(f"{one['what']} by {one['by']}: {one['reason']}" for one in each["history"]),
        )
        for each in found
    ]  # fmt: skip
    columns = ("mention", "report", "words", "register", "record", "bits", "verdict", "state", "said")
    print_table(columns, rows, folding=(2, 8))


@click.command("hand-in", short_help="Keep reports at a node.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@by_officer
def hand_in(files: tuple[Path, ...], officer: str, role: str, node: str, as_json: bool) -> int:
    """Keep documents at a node, each with an entry in its log: who handed it in, and the digest of its bytes.

    Takes what `tallystick report add` takes. What is no document is told, and
    the others go on. Ends with 1 when nothing was taken.

    \b
    Example:
      tallystick report hand-in article.html mail.eml --officer officer-7
    """
    added: list[dict[str, str]] = []
    refused: list[dict[str, str]] = []
    for path in files:
        try:
            content = b64encode(content_of(path)).decode()
            given = {"name": path.name, "content": content, "officer": officer, "role": role}
            done = carry_out(node, "report_add", given)
        except InputError as error:
            refused.append({"file": str(path), "reason": str(error), "hint": error.hint})
            continue
        added += done["added"]
        refused += done["refused"]
    for each in refused:
        say(f"{each['file']} is left out: {each['reason']} ({each['hint']})")
    if as_json:
        print_json({"added": added, "refused": refused})
    else:
        print_table(("report", "name"), [(each["id"][:12], each["name"]) for each in added])
    return exits.DONE if added else exits.NOTHING_FOUND


COMMANDS = (hand_in, rescreen, mentions, decide, follow)
