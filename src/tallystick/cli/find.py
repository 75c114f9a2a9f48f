"""`tallystick find`: looks for one person, typed as a person types, or for a file of persons."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli import exits
from tallystick.cli.options import FILE, json_option, min_bits_option, parameters_options, quarantine_option, store_option
from tallystick.cli.output import DECISION_STYLES, Cell, number, print_json, print_table, say
from tallystick.errors import InputError

if TYPE_CHECKING:
    from tallystick.matching import Parameters
    from tallystick.model import Record
    from tallystick.node.finding import Found

_ONE = 1
_TWO = 2


@click.command()
@click.argument("words", metavar="[REGISTER] NAME", nargs=-1)
@click.option("--born", metavar="DATE", default="", help="1989, 1989-09-03, 3.9.1989, 'around 1989', 1985/1990.")
@click.option("--country", metavar="CODE", default="", help="Nationality: two letters (ma), or a name (Morocco).")
@click.option("--gender", type=click.Choice(["f", "m", "x"]), default=None, help="As in a passport.")
@click.option("--place", default="", help="Birth place.")
@click.option("--number", default="", help="Number of a passport or another document.")
@click.option("--city", default="", help="Where the person lives.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Show at most so many records.")
@click.option("--queries", type=FILE, help="Look for every record of this native file instead of a NAME.")
@click.option(
    "--out",
    type=FILE,
    help="With --queries: write query_id,record_id,weight_bits,probability,decision to this CSV file; .gz compresses. "
    "Default: standard output.",
)
@min_bits_option
@quarantine_option
@parameters_options
@store_option
@json_option
def find(
    words: tuple[str, ...],
    queries: Path | None,
    out: Path | None,
    min_bits: float | None,
    quarantine: Path | None,
    top: int,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
    **typed: str | None,
) -> int:
    """Look for a person in a register, in a file, or in every register of the store.

    What is not typed is unknown, never different. The name may be in any
    script, in any order, with initials. REGISTER may be a file in the native
    format. Ends with 1 when nobody is found.

    \b
    Examples:
      tallystick find "Ayub al Jazzani" --born 1989
      tallystick find un "Ayub al Jazzani" --born "around 1989" --country Morocco
      tallystick find people.jsonl.gz --queries visitors.jsonl --out hits.csv
    """
    from tallystick.wiring import chosen_parameters

    if queries is not None:
        from tallystick.cli.find_batch import Batch

        given = sorted(f"--{name}" for name, text in typed.items() if text)
        if len(words) != _ONE or given:
            raise click.UsageError(
                f"with --queries say a REGISTER or a file, and no NAME{' nor ' if given else ''}{', '.join(given)}"
            )
        batch = Batch(words[0], queries, out, min_bits, quarantine, chosen_parameters(parameters, frequencies), store)
        return batch.run(as_json=as_json)
    if not _ONE <= len(words) <= _TWO:
        raise click.UsageError('say a NAME, in quotes if it has several parts: tallystick find "Ayub al Jazzani"')
    if out or quarantine or min_bits is not None:
        raise click.UsageError("--out, --min-bits and --quarantine go with --queries")
    query = _query(words[-1], typed)
    found = _search(words[:-1], query, top, chosen_parameters(parameters, frequencies), store)
    return _tell(query, found, as_json=as_json)


def _query(name: str, typed: dict[str, str | None]) -> "Record":
    from tallystick.cli.typed import read_born, read_country
    from tallystick.node.finding import typed_query

    said = {field: text or "" for field, text in typed.items()}
    said["born"], remark = read_born(said["born"])
    said["country"] = read_country(said["country"])
    if remark:
        say(remark)
    return typed_query(name, **said)


def _search(where: tuple[str, ...], query: "Record", top: int, parameters: "Parameters", store: str) -> "list[tuple[str, Found]]":
    from tallystick.adapters.record_files import is_record_file
    from tallystick.node.finding import StoredRegister, find_everywhere
    from tallystick.wiring import opened_store

    if where and is_record_file(where[0]):
        return [(where[0], found) for found in _in_file(where[0], query, top, parameters)]
    with opened_store(store) as opened:
        if where:
            return [(where[0], found) for found in StoredRegister(opened, where[0], parameters).find(query, most=top)]
        registers = [each.name for each in opened.registers()]
        if query.names[0] in registers:
            raise click.UsageError(f"{query.names[0]} is a register: say a NAME to look for")
        if not registers:
            raise InputError("there is no register to look in", hint="take a list in with `tallystick import`")
        return find_everywhere(opened, query, most=top, parameters=parameters)


def _in_file(name: str, query: "Record", top: int, parameters: "Parameters") -> "list[Found]":
    from tallystick.adapters.record_files import RecordFile
    from tallystick.cli.bad_lines import BadLines, say_bad
    from tallystick.node.finding import Found, MemoryRegister

    file = RecordFile(Path(name))
    memory = MemoryRegister(file.chunks(), parameters)
    say_bad([BadLines("register", name, memory.bad, file.chunks)], None)
    hits = memory.find(query, most=top)
    records = file.records(hit[0] for hit in hits)
    return [Found(records[record_id], bits, probability, decision) for record_id, bits, probability, decision in hits]


def _tell(query: "Record", found: "list[tuple[str, Found]]", *, as_json: bool) -> int:
    from tallystick.node.finding import nearest_names

    rows = [(register, nearest_names(query, each.record)[1], each) for register, each in found]
    if as_json:
        print_json([_plain(*row) for row in rows])
    elif rows:
        columns = ("record", "name", "born", "bits", "probability", "decision")
        print_table(columns, [_row(*row) for row in rows], folding=[1])
    else:
        say("nobody is found")
    return exits.DONE if rows else exits.NOTHING_FOUND


def _row(register: str, nearest: str, found: "Found") -> tuple[object, ...]:
    from tallystick.adapters.record_files import is_record_file

    record = found.record
    mark = ":" if is_record_file(register) else "/"  # as `tallystick explain` takes it
    names = "; ".join(dict.fromkeys((record.names[0], nearest)))
    bits, probability = number(found.weight_bits), number(found.probability, ".4f")
    decision = Cell(found.decision, DECISION_STYLES[found.decision])
    return f"{register}{mark}{record.id}", names, "; ".join(record.birth_dates), bits, probability, decision


def _plain(register: str, nearest: str, found: "Found") -> dict[str, object]:
    import msgspec

    from tallystick.model import encode

    return {
        "register": register,
        "id": found.record.id,
        "weight_bits": round(found.weight_bits, 2),
        "probability": round(found.probability, 4),
        "decision": found.decision,
        "nearest_name": nearest,
        "record": msgspec.Raw(encode(found.record)),
    }
