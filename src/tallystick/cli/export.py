"""`tallystick export`: writes a register as a file, in our own format or in the field's. Reads a consistent state."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, progress, say


@click.command()
@click.argument("register")
@click.option(
    "--format",
    "form",
    type=click.Choice(["native", "ftm", "csv"]),
    default="native",
    show_default=True,
    help="native: one record per line (docs/reference/record-format.md); ftm: FollowTheMoney entities; "
    "csv: a table for spreadsheets, several values in a cell with a bar between them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, readable by its owner only; .gz compresses. Default: standard output.",
)
@store_option
@json_option
def export(register: str, form: str, out: Path | None, store: str, as_json: bool) -> None:
    """Write a register as JSON Lines, or as a table.

    \b
    Examples:
      tallystick export un --out un.jsonl.gz
      tallystick export un --format ftm | head -n 1
      tallystick export un --format csv --out un.csv
    """
    from tallystick.adapters.outputs import standard_output, written
    from tallystick.node.registers import export_lines
    from tallystick.wiring import opened_store

    with opened_store(store) as opened, progress(f"writing {register}", opened.count(register)) as advance:
        header, form_lines = _forms()[form]
        with written(out) if out else standard_output() as write:
            count = 0
            write(header)
            for line in export_lines(opened, register):
                for each in form_lines(line):
                    write(each)
                count += 1
                if count % 1000 == 0:
                    advance(count)
    if out and as_json:
        print_json({"register": register, "format": form, "out": str(out), "records": count})
    elif out:
        say(f"{count:,} records of {register} are in {out}")


def _forms() -> dict[str, tuple[bytes, Callable[[bytes], Iterable[bytes]]]]:
    """Return what stands first and how a stored line is written, in each format, line breaks included."""
    from tallystick.adapters.formats.ftm import ftm_lines
    from tallystick.adapters.formats.sheet import sheet_header, sheet_lines
    from tallystick.model import decode

    return {
        "native": (b"", lambda line: (line, b"\n")),
        "ftm": (b"", lambda line: ftm_lines(decode(line))),
        "csv": (sheet_header(), lambda line: sheet_lines(decode(line))),
    }
