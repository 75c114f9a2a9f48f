"""`tallystick report fingerprints`: the origins of reports as records, so that a circle can find out which of them it shares."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli import exits
from tallystick.cli.importing import order_of, take_edition
from tallystick.cli.options import FILE, json_option, node_option, reports_option
from tallystick.cli.output import print_json, progress, say
from tallystick.model import Custody, Register

if TYPE_CHECKING:
    from tallystick.adapters.report_folder import Arrival
    from tallystick.reports import Reading


@click.command("fingerprints")
@click.argument("names", metavar="[REPORT]...", nargs=-1)
@click.option("--out", type=FILE, help="Write to this file, readable by its owner only; .gz compresses.")
@click.option("--into", metavar="REGISTER", help="Take the reports of the node, and put them into this register of it.")
@click.option("--owner", help="Who answers for the register. Needed for a new one, as for `tallystick import`.")
@click.option("--purpose", help="What it is held for. Needed for a new one.")
@click.option("--legal-basis", help="By what right. Needed for a new one.")
@reports_option
@node_option
@json_option
def fingerprints(
    names: tuple[str, ...], out: Path | None, into: str | None, owner: str | None, purpose: str | None, legal_basis: str | None,
    reports: str, node: str, as_json: bool,
) -> int:  # fmt: skip
    """Write the origins behind reports as records: one for each report and its copies, with the fingerprints of its wording.

    As a register offered to a circle they let two organisations find out
    that what they hold goes back to one text, though neither shows any. All
    reports where none is named. A text too short for a fingerprint is told.
    Given again with --into, new origins come and those of reports that went
    go, unless only some reports are named; a served node tells its circle by
    itself. The record of a hit names the report: `tallystick report show
    origin-3f2a...`.

    \b
    Examples:
      tallystick report fingerprints --into origins --node unit-1 --owner "Unit 1" \\
          --purpose "sources" --legal-basis "article 1"
      tallystick offer origins --circle sources --node unit-1
      tallystick report fingerprints --out origins.jsonl
    """
    if (out is None) == (into is None):
        raise click.UsageError("say where to: a file with --out, or a register of the node with --into")
    from tallystick.wiring.reports import read_reports

    with progress("reading reports") as told:
        read = read_reports(reports if into is None else str(Path(node) / "reports"), names, told)
    if out is not None:
        done = _write(out, read)
    else:
        custody = Custody(owner=owner, purpose=purpose, legal_basis=legal_basis)
        done = _put_into(node, str(into), read, custody, partial=bool(names))
    _tell(done, into, as_json=as_json)
    return exits.DONE if done["origins"] else exits.NOTHING_FOUND


def _write(out: Path, read: "Sequence[tuple[Arrival, Reading]]") -> dict[str, Any]:
    """Write the records of origins to a file; return how many, and which reports are too short."""
    from tallystick.adapters.outputs import written
    from tallystick.model import encode
    from tallystick.reports import fingerprints as prints_of
    from tallystick.reports import groups_of, origin_record

    short: list[str] = []
    count = 0
    with written(out) as write:
        for group in groups_of([reading for _, reading in read]):
            ids = [read[number][0].id for number in group]
            record = origin_record(ids, [prints_of(read[number][1].main) for number in group])
            if record is None:
                short += ids
                continue
            write(encode(record) + b"\n")
            count += 1
    return {"reports": len(read), "origins": count, "too_short": short, "out": str(out)}


def _put_into(
    node: str, register: str, read: "Sequence[tuple[Arrival, Reading]]", given: Custody, *, partial: bool
) -> dict[str, Any]:  # fmt: skip
    """Make the origins the next edition of a register of a node, or a part of it; see `_write`."""
    from tallystick.adapters.formats import open_source
    from tallystick.adapters.node_folder import open_node_folder
    from tallystick.node.registers import custody_if_new
    from tallystick.wiring import created_store

    folder = open_node_folder(Path(node))
    with TemporaryDirectory(prefix="origins-", dir=folder.folder) as aside, created_store(folder.store) as store:
        new = custody_if_new(store, Register(name=register, custody=given), lambda name: "--" + name.replace("_", "-"))
        file = Path(aside) / "origins.jsonl"
        done = _write(file, read)
        if done["origins"] or (new is None and not partial):  # the last report went, and its origin goes with it
            source = open_source(file, format="native")
            order = order_of(register, source, new, partial=partial, replace=True)
            summary = take_edition(store, order, source, Path(aside) / "quarantine.jsonl")
            done |= {"added": summary.added, "changed": summary.changed, "removed": summary.removed}
    return done | {"out": register}


def _tell(done: dict[str, Any], into: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    for each in done["too_short"]:
        say(f"report {each[:12]} is too short for a fingerprint")
    place = f"register {into}" if into else done["out"]
    say(f"{done['origins']:,} origins of {done['reports']:,} reports are in {place}")
    if into and done.get("added"):
        say(f"{done['added']:,} are new; not offered yet? `tallystick offer {into} --circle CIRCLE`")
