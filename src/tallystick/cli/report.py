"""`tallystick report`: keep reports, and read out of them who says it, by which chain it came, and what is claimed."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli import exits
from tallystick.cli.case_printing import how_surely
from tallystick.cli.options import json_option, longest_option, reports_option
from tallystick.cli.output import Cell, print_json, print_table, say, short_moment
from tallystick.cli.report_fingerprints import fingerprints
from tallystick.cli.report_intake import COMMANDS as INTAKE
from tallystick.cli.report_intake import print_taken, take
from tallystick.cli.report_judging import COMMANDS as JUDGING
from tallystick.cli.report_mentions import COMMANDS as MENTIONS
from tallystick.cli.report_sharing import COMMANDS as SHARING

if TYPE_CHECKING:
    from tallystick.adapters.report_folder import Arrival
    from tallystick.reports import Reading

_SHOWN_CHARS = 300
_BASES = {"explicit": "", "inferred": "yellow"}


@click.group(short_help="Keep reports and read them.")
def report() -> None:
    """Keep reports and read them: zones, sources, chains, origins, claims; and judge them.

    REPORT is the id of a report, or its first characters; REPORT:CLAIM one of
    its claims. Nothing a report says is believed: it is shown with its source
    and its place. What people say about reports (`grade`, `note`, `decide`,
    `assess`, `withdraw` ...) they say at a node, about reports in the folder
    `reports` of that node: `--reports NODE/reports` for the other commands.
    """


@report.command("add")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@longest_option
@reports_option
@json_option
def add(files: tuple[Path, ...], longest: int, reports: str, as_json: bool) -> int:
    """Keep documents as they are, under the digest of their bytes.

    Plain text, HTML, e-mail (.eml), message exports (JSON lines), PDF, DOCX, PPTX, OpenDocument. Each
    attachment of an e-mail and each message of an export is a report of its
    own. What is no document is told, and the others go on. A link that
    somebody else made is not followed: it could lead to any file of yours.

    \b
    Examples:
      tallystick report add article.html briefing.txt
      tallystick report add mail.eml messages.jsonl paper.pdf
    """
    from tallystick.adapters.documents import name_of, read_documents
    from tallystick.wiring import report_folder

    folder = report_folder(reports)
    added: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    for path in files:
        taken = take(folder, name_of(path), partial(read_documents, path, longest))
        added += taken[0]
        refused += taken[1]
    print_taken(added, refused, as_json=as_json)
    return exits.DONE if added else exits.NOTHING_FOUND


@report.command("list")
@reports_option
@json_option
def list_(reports: str, as_json: bool) -> int:
    """List the reports, earliest first.

    \b
    Example:
      tallystick report list
    """
    from tallystick.wiring import report_folder

    found = report_folder(reports).all()
    if as_json:
        print_json(found)
    else:
        rows = [(each.id[:12], each.name, each.size_bytes, short_moment(each.added_at)) for each in found]
        print_table(("report", "name", "bytes", "added"), rows, folding=(1,))
    return exits.DONE if found else exits.NOTHING_FOUND


@report.command("show")
@click.argument("name", metavar="REPORT")
@reports_option
@json_option
def show(name: str, reports: str, as_json: bool) -> None:
    """Show the zones of a report: what its author says, and what stands around it.

    \b
    Example:
      tallystick report show 3f2a
    """
    arrival, reading = _read(reports, name)
    if as_json:
        print_json({"id": arrival.id, "name": arrival.name, "language": reading.language, "passages": reading.passages})
        return
    rows = [(each.zone, each.start, each.end, _short(each.text)) for each in reading.passages if each.zone != "other"]
    print_table(("zone", "start", "end", "text"), rows, folding=(3,))
    others = sum(each.zone == "other" for each in reading.passages)
    if others:
        say(f"{others} more passages stand around the text")


@report.command("chain")
@click.argument("name", metavar="REPORT")
@reports_option
@json_option
def chain(name: str, reports: str, as_json: bool) -> int:
    """Show by which steps the statements of a report came, from the origin to the page.

    A step is explicit where words of the text say so, else inferred; a
    person has to look at it. Ends with 1 when the report does not say.

    \b
    Example:
      tallystick report chain 3f2a
    """
    arrival, reading = _read(reports, name)
    found = reading.chain
    if as_json:
        sources = list(found.sources.values())
        origins = [each.key for each in found.origins()]
        print_json({"id": arrival.id, "sources": sources, "edges": found.edges, "origins": origins, "rests_on": found.rests_on})
    else:
        names = {key: source.name for key, source in found.sources.items()}
        rows = [(names[each.giver], names[each.taker], Cell(each.basis, _BASES[each.basis]), each.cue) for each in found.edges]
        print_table(("from", "to", "basis", "words"), rows, folding=(0, 3))
        for each in found.rests_on:
            say(f"said to rest on: {each} (recorded, not counted)")
    return exits.DONE if found.edges else exits.NOTHING_FOUND


@report.command("origins")
@click.argument("names", metavar="REPORT...", nargs=-1, required=True)
@reports_option
@json_option
def origins(names: tuple[str, ...], reports: str, as_json: bool) -> None:
    """Count the independent origins behind one or several reports, as an interval.

    Copies and derived texts add nothing to the least number; unnamed
    origins may be one. That no dependence was found proves none.

    \b
    Example:
      tallystick report origins 3f2a 77c1
    """
    from tallystick.reports import origins_of
    from tallystick.wiring.reports import read_reports

    read = read_reports(reports, names, lambda _: None)
    interval, derived = origins_of([reading for _, reading in read])
    if as_json:
        print_json({"reports": [arrival.id for arrival, _ in read], "origins": interval, "derived": derived})
        return
    rows = [
        (number, arrival.id[:12], "; ".join(o.name for o in reading.chain.origins()))
        for number, (arrival, reading) in enumerate(read, 1)
    ]
    print_table(("number", "report", "origins named"), rows, folding=(2,))
    for each in derived:
        say(f"report {each.report} is {each.how} derived from report {each.source}")
    for reason in interval.reasons:
        say(str(reason))
    click.echo(f"independent origins: at least {interval.at_least}, at most {interval.at_most}")


@report.command("claims")
@click.argument("name", metavar="REPORT")
@reports_option
@json_option
def claims(name: str, reports: str, as_json: bool) -> int:
    """Show what a report claims, how surely, by whom, and its numbers with their qualifiers.

    \b
    Example:
      tallystick report claims 3f2a
    """
    from tallystick.node.reporting.claims import placed
    from tallystick.reports.claims import written_quantity

    arrival, reading = _read(reports, name)
    found = [(each.anchor, each.claim) for each in placed(arrival.id, reading)]
    if as_json:
        said = [{"id": anchor.id, "place": (anchor.start, anchor.end), "claim": each} for anchor, each in found]
        print_json({"id": arrival.id, "claims": said})
    else:
        rows = [
            (
                f"{anchor.report[:8]}:{anchor.id[:8]}",
                anchor.start,
                how_surely(each.modality, each.polarity),
                "; ".join(each.sources),
                "; ".join(written_quantity(q.qualifier, q.number, q.unit) for q in each.quantities),
                _short(each.quote),
            )
            for anchor, each in found
        ]
        print_table(("claim", "start", "how surely", "source", "quantities", "words"), rows, folding=(3, 5))
    return exits.DONE if found else exits.NOTHING_FOUND


for _command in (fingerprints, *INTAKE, *JUDGING, *MENTIONS, *SHARING):
    report.add_command(_command)


def _read(reports: str, name: str) -> "tuple[Arrival, Reading]":
    from tallystick.wiring.reports import read_reports

    (read,) = read_reports(reports, [name], lambda _: None)
    return read


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN_CHARS else f"{plain[:_SHOWN_CHARS]}…"
