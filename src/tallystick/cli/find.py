"""`tallystick find`: looks for one person, typed as a person types, or for a file of persons."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli import exits
from tallystick.cli.link import say_bad
from tallystick.cli.options import json_option, store_option
from tallystick.cli.output import print_json, print_table, progress, say
from tallystick.errors import InputError

if TYPE_CHECKING:
    from tallystick.adapters.outputs import Write
    from tallystick.model import Record
    from tallystick.node.finding import Found

_HEADER = b"query_id,record_id,weight_bits,probability,decision\n"


@click.command()
@click.argument("register")
@click.argument("name", required=False)
@click.option("--born", metavar="DATE", default="", help="1989, 1989-09, 1989-09-03, 1989~ (about) or 1985/1990.")
@click.option("--country", metavar="CODE", default="", help="Nationality, as two letters (ma).")
@click.option("--gender", type=click.Choice(["f", "m", "x"]), default=None, help="As in a passport.")
@click.option("--place", default="", help="Birth place.")
@click.option("--number", default="", help="Number of a passport or another document.")
@click.option("--city", default="", help="Where the person lives.")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Show at most so many records.")
@click.option(
    "--queries", type=click.Path(path_type=Path, dir_okay=False), help="Look for every record of this native file instead."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --queries: write query_id,record_id,weight_bits,probability,decision to this CSV file. Default: standard output.",
)
@click.option("--min-bits", type=float, metavar="BITS", help="With --queries: write non-links, too, that weigh at least this.")
@store_option
@json_option
def find(
    register: str,
    name: str | None,
    queries: Path | None,
    out: Path | None,
    min_bits: float | None,
    most: int,
    store: str,
    as_json: bool,
    **typed: str | None,
) -> int:
    """Look for a person in a register, or in a file in the native format.

    What is not typed is unknown, never different. The name may be in any
    script, in any order, with initials. Ends with 1 when nobody is found.

    \b
    Examples:
      tallystick find un "Ayub al Jazzani" --born 1989
      tallystick find people.jsonl.gz --queries visitors.jsonl --out hits.csv
    """
    if bool(name) == bool(queries):
        raise click.UsageError("say a NAME or --queries, one of them")
    if queries is not None:
        return _batch(register, queries, out, min_bits, store, as_json=as_json)
    return _one(register, {"name": name, **typed}, most, store, as_json=as_json)


def _one(register: str, typed: dict[str, str | None], most: int, store: str, *, as_json: bool) -> int:
    from tallystick.adapters.record_files import is_record_file
    from tallystick.node.finding import typed_query

    query = typed_query(**{field: text or "" for field, text in typed.items()})
    search = _in_file if is_record_file(register) else _in_store
    found = search(register, query, most, store)
    if as_json:
        print_json([_plain(each) for each in found])
    elif found:
        print_table(("id", "bits", "probability", "decision", "name", "born", "country"), [_row(each) for each in found])
    else:
        say("nobody is found")
    return exits.DONE if found else exits.NOTHING_FOUND


def _in_store(register: str, query: "Record", most: int, store: str) -> "list[Found]":
    from tallystick.node.finding import StoredRegister
    from tallystick.wiring import opened_store

    with opened_store(store) as opened:
        return StoredRegister(opened, register).find(query, most=most)


def _in_file(register: str, query: "Record", most: int, store: str) -> "list[Found]":  # noqa: ARG001
    from tallystick.adapters.record_files import RecordFile
    from tallystick.node.finding import Found, MemoryRegister

    file = RecordFile(Path(register))
    memory = MemoryRegister(file.chunks())
    _say_left_out(register, memory.bad)
    hits = memory.find(query, most=most)
    records = file.records(hit[0] for hit in hits)
    return [Found(records[record_id], bits, probability, decision) for record_id, bits, probability, decision in hits]


def _batch(register: str, queries: Path, out: Path | None, min_bits: float | None, store: str, *, as_json: bool) -> int:
    from tallystick.adapters.record_files import RecordFile, chunks
    from tallystick.node.finding import MemoryRegister
    from tallystick.wiring import opened_side

    if as_json and out is None:
        raise InputError("--json with --queries tells about a file", hint="say with --out which")
    file = RecordFile(queries)
    with opened_side(register, store) as side:
        memory = MemoryRegister(side.chunks())
    _say_left_out(register, memory.bad)
    asked, hits = 0, 0
    bad: list[tuple[int, str]] = []
    with _writing(out) as write, progress(f"asking {queries.name}", file.bytes_total) as advance:
        write(_HEADER)
        for answered in memory.answer(chunks(queries, advance), min_bits):
            write(answered.rows)
            asked, hits = asked + answered.queries, hits + answered.hits
            bad.extend(answered.bad)
    _say_left_out(str(queries), bad)
    if as_json:
        print_json({"register": register, "records": memory.records, "queries": asked, "hits": hits, "out": str(out)})
    elif out:
        say(f"{asked:,} queries to {memory.records:,} records: {hits:,} hits are in {out}")
    return exits.DONE if hits else exits.NOTHING_FOUND


@contextmanager
def _writing(out: Path | None) -> "Iterator[Write]":
    from tallystick.adapters.outputs import standard_output, written

    with written(out) if out else standard_output() as write:
        yield write


def _say_left_out(name: str, bad: list[tuple[int, str]]) -> None:
    say_bad({"": name}, [("", line, reason) for line, reason in bad])


def _row(found: "Found") -> tuple[object, ...]:
    record = found.record
    name, born, country = ("; ".join(values) for values in (record.names[:3], record.birth_dates, record.nationalities))
    return record.id, f"{found.weight_bits:.1f}", f"{found.probability:.4f}", found.decision, name, born, country


def _plain(found: "Found") -> dict[str, object]:
    import msgspec

    from tallystick.model import encode

    return {
        "id": found.record.id,
        "weight_bits": round(found.weight_bits, 2),
        "probability": round(found.probability, 4),
        "decision": found.decision,
        "record": msgspec.Raw(encode(found.record)),
    }
