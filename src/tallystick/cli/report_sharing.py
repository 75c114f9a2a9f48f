"""`tallystick report mark`, `export`, `import`: reports given to others and taken over from them."""

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final

import click

from tallystick.cli import exits
from tallystick.cli.cases import role_option
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import FILE, json_option, node_option, officer_option
from tallystick.cli.output import print_json, print_table, say
from tallystick.cli.report_judging import by_officer
from tallystick.cli.report_mentions import content_of

WRITTEN: Final = ("stix", "misp", "ftm", "prov")
READ: Final = ("stix", "misp", "ftm")
"""Formats of `adapters.report_formats`, held to them by a test: help is shown without loading those."""


@click.command("mark", short_help="Give a report a handling code.")
@click.argument("name", metavar="REPORT")
@click.argument("handling", metavar="CODE")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at most 2,000 characters.")
@by_officer
def mark(name: str, handling: str, reason: str, officer: str, role: str, node: str, as_json: bool) -> None:
    """Give a report a handling code, such as `TLP:GREEN` or `H1 TLP:AMBER`.

    A report that nobody marked is TLP:AMBER and is not exported. A looser code
    than the one that holds takes a role that may share reports. What came from
    another organisation keeps at least the code it came under.

    \b
    Example:
      tallystick report mark 3f2a TLP:GREEN --reason "a public page" --officer approver-2 --role approver
    """
    given = {"report": name, "handling": handling, "reason": reason, "officer": officer, "role": role}
    done = carry_out(node, "report_mark", given)
    if as_json:
        print_json(done)
    else:
        click.echo(f"report {name} has the handling code {done['handling']}")


@click.command("export", short_help="Write reports in a format of others.")
@click.argument("names", metavar="[REPORT...]", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(WRITTEN),
    required=True,
    help="stix: a STIX 2.1 bundle; misp: MISP events; ftm: FollowTheMoney entities; prov: W3C PROV, JSON.",
)
@click.option("--out", type=FILE, required=True, help="Write to this file, readable by its owner only.")
@click.option("--to", default="", metavar="TEXT", help="For whom; kept with the act. No personal data.")
@officer_option
@role_option("approver")
@node_option
@json_option
def export(
    names: tuple[str, ...], form: str, out: Path, to: str, officer: str, role: str, node: str, as_json: bool
) -> None:  # fmt: skip
    """Write reports, with what people here and their senders said of them; all reports where none is named.

    Only what may be passed on: a report whose handling code forbids it is left
    out and told, and so is a mention whose record's code does, and an
    assessment that rests on such a report, too. Who exports what is in the log
    before anything is written.

    \b
    Example:
      tallystick report export 3f2a 77c1 --format stix --out bundle.json --officer approver-2
    """
    from tallystick.adapters.outputs import written

    given = {"format": form, "reports": list(names), "to": to, "officer": officer, "role": role}
    done = carry_out(node, "report_export", given)
    content = b64decode(done.pop("content"))
    with written(out) as write:
        write(content)
    if as_json:
        print_json({"out": str(out), "format": form, **done})
        return
    for each in done["left_out"]:
        say(f"report {each['report'][:12]} is left out: {each['reason']}")
    if done["mentions_kept_back"]:
        say(f"{done['mentions_kept_back']} mentions are left out: the codes of their records do not allow passing on")
    if done["assessments_kept_back"]:
        say(f"{done['assessments_kept_back']} assessments are left out: they rest on reports whose codes do not allow passing on")
    say(f"{len(done['reports'])} reports are in {out}, under {done['handling']}")


@click.command("import", short_help="Take over reports from others.")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--format", "form", type=click.Choice(READ), default=None, help="By default found by looking.")
@by_officer
def import_(file: Path, form: str | None, officer: str, role: str, node: str, as_json: bool) -> int:
    """Take over the reports of a STIX 2.1 bundle, of MISP events, of FollowTheMoney entities.

    What the sender says of them, grades included, is kept as the sender's
    word. A file proves nothing about its sender: that is the name it gives. A
    report keeps at least the handling code it came under. One that is no good
    is told, and the others are taken. Ends with 1 when nothing
    was taken.

    \b
    Example:
      tallystick report import bundle.json --officer officer-7
    """
    given = {
        "name": file.name, "content": b64encode(content_of(file)).decode(), "format": form or "", "officer": officer,
        "role": role,
    }  # fmt: skip
    done = carry_out(node, "report_import", given)
    for each in done["refused"]:
        say(f"{each['name']} is left out: {each['reason']} ({each['hint']})")
    if as_json:
        print_json(done)
    else:
        rows = [(each["report"][:12], each["name"], each["sender"], each["handling"], each["is_new"]) for each in done["taken"]]
        print_table(("report", "name", "sender, as the file says", "handling", "new"), rows, folding=(1,))
    return exits.DONE if done["taken"] else exits.NOTHING_FOUND


COMMANDS = (mark, export, import_)
