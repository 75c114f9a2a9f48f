"""`tallystick show`: prints one record, field by field, with the custody that holds for it."""

from collections.abc import Iterator

import click

from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, print_table
from tallystick.cli.places import read_place
from tallystick.model import Address, Custody, Identifier, Record


@click.command(short_help="Show one record of a register.")
@click.argument("register")
@click.argument("record_id", metavar="[ID]", required=False)
@store_option
@json_option
def show(register: str, record_id: str | None, store: str, as_json: bool) -> None:
    """Show one record of a register, and by what right it is held.

    REGISTER ID may be one word, REGISTER/ID, as `tallystick find` prints it.

    \b
    Examples:
      tallystick show un un:6908555
      tallystick show un/un:6908555 --json
    """
    from tallystick.node.registers import show_record
    from tallystick.wiring import opened_store

    if record_id is None:
        register, record_id = read_place(register)
    with opened_store(store) as opened:
        view = show_record(opened, register, record_id)
    if as_json:
        print_json({"register": register, "record": _plain(view.record), "custody": _said(view.custody)})
    else:
        print_table(("field", "value"), list(_rows(view.record, view.custody)))


def _plain(record: Record) -> object:
    import msgspec

    from tallystick.model import encode

    return msgspec.Raw(encode(record))


def _said(custody: Custody) -> dict[str, object]:
    return {name: value for name, value in _fields(custody) if value is not None}


def _fields(part: Custody | Identifier | Address) -> Iterator[tuple[str, object]]:
    for name in part.__slots__:
        yield name, getattr(part, name)


def _rows(record: Record, custody: Custody) -> Iterator[tuple[str, object]]:
    for name in record.__slots__:
        value = getattr(record, name)
        if name == "custody" or not value:
            continue
        for part in value if isinstance(value, tuple) else (value,):
            yield name, part if isinstance(part, str) else ", ".join(str(text) for _, text in _fields(part) if text)
    yield from _said(custody).items()
