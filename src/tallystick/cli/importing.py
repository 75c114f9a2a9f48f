"""`tallystick import`: takes one edition of a list into a register. Reads nothing itself: the adapters do."""

from contextlib import ExitStack
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from tallystick.cli.bad_lines import refuse_overwriting
from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, print_table, progress, say
from tallystick.model import Custody, Register

if TYPE_CHECKING:
    from tallystick.adapters.formats import FileSource
    from tallystick.node.ports import EditionSummary, Order, RegisterStore

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("import", short_help="Take a list into a register.")
@click.argument("register")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "form",
    metavar="NAME",
    help="native, ftm, un, ofac-csv, ofac-enhanced, ofac-advanced, uk-csv, uk-xlsx, eu-xml, eu-csv, canada or table; "
    "found out by itself when left out (docs/reference/import-formats.md).",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="For a table (CSV, XLSX): says which column is what.",
)
@click.option("--suggest-mapping", is_flag=True, help="For a table: print a mapping that fits its columns, and stop.")
@click.option("--partial", is_flag=True, help="The file is a part of the list: records it does not mention stay.")
@click.option("--replace", is_flag=True, help="Let the file take out more than half of the register; without it that is refused.")
@click.option(
    "--quarantine",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where rows go that cannot be read. Default: REGISTER-quarantine.jsonl, if there are any.",
)
@click.option(
    "--repairs",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the rows of which something was repaired or left out to this file, with what.",
)
@click.option("--owner", help="Who answers for the records. Needed for a new register.")
@click.option("--purpose", help="What they are held for. Needed for a new register.")
@click.option("--legal-basis", help="By what right. Needed for a new register.")
@click.option("--handling-code", help="How they may be passed on, in the owner's own code.")
@click.option("--review-on", type=_DAY, metavar="YYYY-MM-DD", help="The day somebody must look whether they are still needed.")
@click.option("--expires-on", type=_DAY, metavar="YYYY-MM-DD", help="The first day on which they may no longer be used.")
@store_option
@json_option
def import_(register: str, file: Path, store: str, as_json: bool, **options: Any) -> None:  # noqa: ANN401
    """Take a list into a register; make the register the first time.

    A row that cannot be read never stops an import: it goes to the quarantine
    file with its line, the reason and the untouched original. The same file
    again changes nothing; a new edition adds, changes and removes. A record
    whose row cannot be read stays as it was. An edition that would take out
    more than half of a register is refused, unless --replace says so.

    \b
    Examples:
      tallystick import un consolidated.xml --owner "UN Security Council" \\
          --purpose "sanctions" --legal-basis "resolution 2368 (2017)"
      tallystick import clients clients.csv --suggest-mapping > mapping.toml
      tallystick import clients clients.csv --mapping mapping.toml --repairs repairs.jsonl
    """
    from tallystick.adapters.formats import open_source
    from tallystick.node.registers import custody_if_new
    from tallystick.wiring import opened_store

    if options["suggest_mapping"]:
        _suggest(file)
        return
    with opened_store(store) as opened:
        source = open_source(file, format=options["form"], mapping=options["mapping"])
        quarantine = options["quarantine"] or Path(f"{register}-quarantine.jsonl")
        refuse_overwriting([store, *source.paths, *filter(None, [options["mapping"]])], quarantine, options["repairs"])
        new = custody_if_new(opened, Register(name=register, custody=_custody(options)), _option)
        order = order_of(register, source, new, partial=options["partial"], replace=options["replace"])
        summary = take_edition(opened, order, source, quarantine, options["repairs"])
    for warning in source.warnings:
        say(f"warning: {warning}")
    if as_json:
        print_json({**asdict(summary), "warnings": source.warnings})
        return
    print_table(("import", register), list(_rows(summary)))
    if not summary.edition:
        say(f"{source.paths[0].name} holds no record{f': register {register} is not made' if new else ''}")
    if summary.repaired and options["repairs"]:
        say(f"see {options['repairs']} for what was repaired or left out")
    elif summary.repaired:
        say("which rows were repaired, --repairs FILE writes down")
    if summary.quarantined:
        say(f"see {quarantine} for what was quarantined, and why")


def _suggest(file: Path) -> None:
    from tallystick.adapters.formats import dump_mapping, suggest_mapping

    mapping = suggest_mapping(file)
    if mapping.encoding and not mapping.encoding.startswith("utf"):
        say(f"{file.name} is not UTF-8: the encoding in the mapping is a guess")
    if mapping.two_digit_years:
        first = mapping.two_digit_years
        say(f"some birth dates have years of two digits: the mapping takes them for {first} to {first + 99}")
    if not (mapping.names or mapping.name_parts):
        say("no column looks like one of names: add names = [...] or name_parts = [...] to the mapping")
    click.echo(dump_mapping(mapping), nl=False)


def _custody(options: dict[str, Any]) -> Custody:
    texts = {name: options[name] for name in ("owner", "purpose", "legal_basis", "handling_code")}
    return Custody(**texts, review_on=_day(options["review_on"]), expires_on=_day(options["expires_on"]))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def order_of(register: str, source: "FileSource", new: Custody | None, *, partial: bool, replace: bool) -> "Order":
    """Return what is to be done with a source: the next edition of a register."""
    from tallystick.node.ports import Coverage, Order
    from tallystick.wiring import files_digest, now

    return Order(
        register=register, origin=source.paths[0].name, at=now(), digest=files_digest(source.paths),
        coverage=Coverage.PARTIAL if partial else Coverage.COMPLETE, may_replace=replace, custody=new,
    )  # fmt: skip


def take_edition(
    store: "RegisterStore", order: "Order", source: "FileSource", quarantine: Path, repairs: Path | None = None
) -> "EditionSummary":
    """Import an edition, with its progress shown; what cannot be read goes to the quarantine."""
    from tallystick.adapters.quarantine import JsonLinesQuarantine
    from tallystick.node.registers import import_edition
    from tallystick.wiring import indexer

    with ExitStack() as stack:
        repaired = stack.enter_context(JsonLinesQuarantine(repairs)) if repairs else None
        kept = stack.enter_context(JsonLinesQuarantine(quarantine, repaired))
        advance = stack.enter_context(progress(f"reading {order.origin}", source.bytes_total))

        def told(stage: Literal["reading", "indexing"], done: int) -> None:  # noqa: ARG001
            advance(source.bytes_read)

        return import_edition(store, order, source, indexer=indexer(), quarantine=kept, progress=told)


def _rows(summary: "EditionSummary") -> list[tuple[str, str]]:
    counts = ("added", "changed", "unchanged", "removed", "expired", "quarantined", "not_persons")
    rows = [("edition", f"{summary.edition}"), *((name.replace("_", " "), f"{getattr(summary, name):,}") for name in counts)]
    rows += [("kept as they were, for their row is quarantined", f"{summary.kept:,}")] if summary.kept else []
    rows += [(f"dropped: {name}", f"{count:,}") for name, count in sorted(summary.dropped_fields.items())]
    return rows + [(f"repaired: {name}", f"{count:,}") for name, count in sorted(summary.repaired.items())]
