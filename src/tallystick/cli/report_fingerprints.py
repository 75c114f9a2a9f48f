"""`tallystick report fingerprints`: the origins of reports as records, so that a circle can find out which of them it shares."""

from pathlib import Path

import click

from tallystick.cli import exits
from tallystick.cli.options import FILE, json_option, reports_option
from tallystick.cli.output import print_json, progress, say


@click.command("fingerprints")
@click.argument("names", metavar="[REPORT]...", nargs=-1)
@click.option("--out", type=FILE, required=True, help="Write to this file, readable by its owner only; .gz compresses.")
@reports_option
@json_option
def fingerprints(names: tuple[str, ...], out: Path, reports: str, as_json: bool) -> int:
    """Write the origins behind reports as records: one for each report and its copies, with the fingerprints of its wording.

    As a register offered to a circle they let two organisations find out
    that what they hold goes back to one text, though neither shows any. All
    reports where none is named. A text too short for a fingerprint is told.

    \b
    Examples:
      tallystick report fingerprints --out origins.jsonl
      tallystick import origins origins.jsonl --owner "Unit 1" --purpose "sources" --legal-basis "article 1"
      tallystick offer origins --circle sources
    """
    from tallystick.adapters.outputs import written
    from tallystick.model import encode
    from tallystick.reports import fingerprints as prints_of
    from tallystick.reports import groups_of, origin_record
    from tallystick.wiring.reports import read_reports

    with progress("reading reports") as told:
        read = read_reports(reports, names, told)
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
    if as_json:
        print_json({"reports": len(read), "origins": count, "too_short": short, "out": str(out)})
    else:
        for each in short:
            say(f"report {each[:12]} is too short for a fingerprint")
        say(f"{count:,} origins of {len(read):,} reports are in {out}")
    return exits.DONE if count else exits.NOTHING_FOUND
