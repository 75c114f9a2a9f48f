"""`tallystick register`: what registers there are, what happened to them, and taking out what has expired."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import confirm, print_json, print_table, progress, say

if TYPE_CHECKING:
    from tallystick.node.ports import EditionInfo

_COUNTS = ("added", "changed", "unchanged", "removed", "expired", "quarantined", "not_persons")


@click.group()
def register() -> None:
    """List, show and tend the registers of a store."""


@register.command("list")
@store_option
@json_option
def list_(store: str, as_json: bool) -> None:
    """List the registers.

    \b
    Example:
      tallystick register list
    """
    from tallystick.wiring import opened_store

    with opened_store(store) as opened:
        rows = [(each, opened.count(each.name)) for each in opened.registers()]
    if as_json:
        print_json([{"name": each.name, "records": count, "custody": each.custody} for each, count in rows])
    else:
        columns = ("register", "records", "owner", "purpose", "review on", "expires on")
        print_table(
            columns,
            [
                (each.name, count, each.custody.owner, each.custody.purpose, each.custody.review_on, each.custody.expires_on)
                for each, count in rows
            ],
        )


@register.command("show")
@click.argument("name", metavar="REGISTER")
@store_option
@json_option
def show(name: str, store: str, as_json: bool) -> None:
    """Show by what right a register is held, and its editions.

    \b
    Example:
      tallystick register show un
    """
    from tallystick.wiring import opened_store

    with opened_store(store) as opened:
        custody, count, editions = opened.register(name).custody, opened.count(name), opened.editions(name)
    if as_json:
        found = [{**_counts(each), "digest": each.digest.hex(), "confirmed_at": each.confirmed_at} for each in editions]
        print_json({"name": name, "records": count, "custody": custody, "editions": found})
        return
    facts = [(field.replace("_", " "), value) for field in custody.__slots__ if (value := getattr(custody, field)) is not None]
    print_table(("register", name), [*facts, ("records", f"{count:,}")])
    if editions:
        rows = [(each.edition, _short(each.at), each.origin, _done(each)) for each in editions]
        print_table(("edition", "at", "origin", "what it did"), rows, folding=[2, 3])


def _counts(edition: "EditionInfo") -> dict[str, object]:
    return {name: getattr(edition, name) for name in ("edition", "at", "origin", *_COUNTS)}


def _done(edition: "EditionInfo") -> str:
    """Say in words which rows an edition had, and what it took out; nothing of what there was none of."""
    counts = [(name.replace("_", " "), getattr(edition, name)) for name in _COUNTS]
    return ", ".join(f"{count:,} {name}" for name, count in counts if count)


def _short(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


@register.command("history")
@click.argument("name", metavar="REGISTER")
@click.argument("record_id", metavar="[ID]", required=False)
@store_option
@json_option
def history(name: str, record_id: str | None, store: str, as_json: bool) -> None:
    """Show what happened to a register, or to one record, oldest first.

    With --json one line per change, with the record as it was before.

    \b
    Examples:
      tallystick register history un un:6908555
      tallystick register history un --json
    """
    from tallystick.node import registers
    from tallystick.wiring import opened_store

    with opened_store(store) as opened:
        revisions = registers.history(opened, name, record_id)
        if not as_json:
            rows = [(_short(each.at), each.edition, each.change, each.record_id) for each in revisions]
            print_table(("at", "edition", "change", "record"), rows)
            return
        import msgspec

        for each in revisions:
            before = msgspec.Raw(each.body) if each.body else None
            print_json({"at": each.at, "edition": each.edition, "change": each.change, "id": each.record_id, "before": before})


@register.command("expire")
@click.argument("name", metavar="REGISTER")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="As if today were this day (UTC). Default: today."
)
@store_option
@json_option
def expire(name: str, on: datetime | None, store: str, as_json: bool) -> None:
    """Take out the records whose expiry date has come.

    \b
    Example:
      tallystick register expire un
    """
    from datetime import UTC

    from tallystick.node import registers
    from tallystick.wiring import now, opened_store

    with opened_store(store) as opened, progress(f"looking through {name}"):
        expired = registers.expire(opened, name, now=on.replace(tzinfo=UTC) if on else now())
    if as_json:
        print_json({"register": name, "expired": expired})
    else:
        say(f"{expired:,} record{'' if expired == 1 else 's'} of {name} expired")


@register.command("reindex")
@click.argument("name", metavar="[REGISTER]", required=False)
@store_option
@json_option
def reindex(name: str | None, store: str, as_json: bool) -> None:
    """Bring the index of a register, or of all of them, up to date.

    An index that another version of tallystick made would find nobody and not say
    so: a search refuses it. An import brings it up to date, and so does this.
    Records and history stay as they are.

    \b
    Examples:
      tallystick register reindex
      tallystick register reindex un
    """
    from tallystick.node.indexing import reindex as bring_up_to_date
    from tallystick.wiring import indexer, opened_store

    indexed: dict[str, int] = {}
    with opened_store(store) as opened:
        for each in [name] if name else [found.name for found in opened.registers()]:
            with progress(f"indexing {each}"):
                indexed[each] = bring_up_to_date(opened, each, indexer())
    if as_json:
        print_json([{"register": each, "indexed": count} for each, count in indexed.items()])
        return
    for each, count in indexed.items():
        say(
            f"{count:,} record{'' if count == 1 else 's'} of {each} indexed anew"
            if count
            else f"the index of {each} is up to date"
        )


@register.command("empty", short_help="Take every record out of a register.")
@click.argument("name", metavar="REGISTER")
@click.option("--yes", is_flag=True, help="Do not ask.")
@store_option
@json_option
def empty(name: str, yes: bool, store: str, as_json: bool) -> None:
    """Take every record out of a register: a list that went into the wrong one, a purpose that is over.

    The register stays, and its history keeps what was; where it is offered,
    partners take the records out as they do with every removal.

    \b
    Example:
      tallystick register empty clients
    """
    from tallystick.node.registers import empty_register
    from tallystick.wiring import indexer, now, opened_store

    with opened_store(store) as opened:
        count = opened.count(name)
        if not yes:
            confirm(f"Take all {count:,} records out of {name}?")
        removed = empty_register(opened, name, at=now(), indexer=indexer())
    if as_json:
        print_json({"register": name, "removed": removed})
    else:
        say(f"{removed:,} records were taken out of {name}")
