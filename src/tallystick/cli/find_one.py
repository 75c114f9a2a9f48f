"""The first form of `tallystick find`: one person, as typed, in one register, one file, or every register of the store."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from tallystick.cli import exits
from tallystick.cli.output import DECISION_STYLES, Cell, few, number, print_json, print_table, say
from tallystick.cli.places import place_of
from tallystick.errors import InputError
from tallystick.model import Record

if TYPE_CHECKING:
    from tallystick.matching import Parameters
    from tallystick.node.finding import Finding, Found

_NAMED_REGISTERS = 3


class _Searched(Protocol):
    """A register or a file that has been made ready."""

    @property
    def records(self) -> int: ...
    def search(self, query: Record, *, most: int, least_bits: float) -> "Finding": ...


def query(name: str, typed: Mapping[str, str | None]) -> Record:
    """Make a record of what was typed; say how it is understood where that is not plain."""
    from tallystick.cli.typed import read_born, read_country
    from tallystick.node.finding import typed_query

    said = {option: text or "" for option, text in typed.items()}
    said["born"], remark = read_born(said["born"])
    said["country"] = read_country(said["country"])
    if remark:
        say(remark)
    return typed_query(name, **said)


@dataclass(frozen=True, slots=True)
class Search:
    """Whom to look for, and what to show of what is found."""

    query: Record = field(repr=False)
    top: int
    least_bits: float
    parameters: "Parameters"

    def run(self, where: str | None, store: str, *, as_json: bool) -> int:
        """Search, print; return the exit code."""
        with self._opened(where, store) as places:
            findings = {
                name: place.search(self.query, most=self.top, least_bits=self.least_bits) for name, place in places.items()
            }
        found = [(name, each) for name, finding in findings.items() for each in finding.found]
        found.sort(key=lambda row: (-row[1].probability, -row[1].weight_bits))
        self._tell(found[: self.top], places, as_json=as_json)
        bearers = sum(finding.bearers for finding in findings.values())
        if bearers > len(found[: self.top]):
            say(f"about {bearers:,} records have such a name part: say more of the name, or --born, or a higher --top")
        return exits.DONE if found else exits.NOTHING_FOUND

    @contextmanager
    def _opened(self, where: str | None, store: str) -> Iterator[Mapping[str, _Searched]]:
        from tallystick.adapters.record_files import is_record_file
        from tallystick.node.finding import StoredRegister
        from tallystick.wiring import opened_store

        if where is not None and is_record_file(where):
            yield {where: _File(where, self.parameters)}
            return
        with opened_store(store) as opened:
            names = [each.name for each in opened.registers()] if where is None else [where]
            if where is None and self.query.names[0] in names:
                raise click.UsageError(f"{self.query.names[0]} is a register: say a NAME to look for")
            if not names:
                raise InputError("there is no register to look in", hint="take a list in with `tallystick import`")
            yield {name: StoredRegister(opened, name, self.parameters) for name in names}

    def _tell(self, found: "list[tuple[str, Found]]", places: Mapping[str, _Searched], *, as_json: bool) -> None:
        from tallystick.node.finding import nearest_names

        rows = [(name, nearest_names(self.query, each.record)[1], each) for name, each in found]
        if as_json:
            print_json([_plain(*row) for row in rows])
        elif rows:
            columns = ("record", "name", "born", "bits", "probability", "decision")
            print_table(columns, [_row(*row) for row in rows], folding=[1])
        else:
            names = " and ".join(places) if len(places) < _NAMED_REGISTERS else f"{len(places)} registers"
            records = sum(place.records for place in places.values())
            say(f"nobody is found in {names} ({records:,} record{'' if records == 1 else 's'})")
            if math.isinf(self.least_bits):
                say("weaker resemblances are shown with --min-bits 0")


class _File:
    """A file in the native format, read into memory."""

    def __init__(self, name: str, parameters: "Parameters") -> None:
        from tallystick.adapters.record_files import RecordFile
        from tallystick.cli.bad_lines import BadLines, say_bad
        from tallystick.node.finding import MemoryRegister

        self._file = RecordFile(Path(name))
        self._memory = MemoryRegister(self._file.chunks(), parameters)
        memory = self._memory
        say_bad([BadLines("register", name, memory.bad, memory.records, self._file.chunks, memory.dropped_values)], None)

    @property
    def records(self) -> int:
        return self._memory.records

    def search(self, query: Record, *, most: int, least_bits: float) -> "Finding":
        from tallystick.node.finding import Finding, Found

        hits, bearers = self._memory.search(query, most=most, least_bits=least_bits)
        records = self._file.records(hit[0] for hit in hits)
        return Finding([Found(records[hit[0]], *hit[1:]) for hit in hits], bearers)


def _row(register: str, nearest: str, found: "Found") -> tuple[object, ...]:
    from tallystick.adapters.record_files import is_record_file

    record = found.record
    place = place_of(register, record.id, is_file=is_record_file(register))
    names = "; ".join(dict.fromkeys((record.names[0], nearest)))
    bits, probability = number(found.weight_bits), number(found.probability, ".4f")
    decision = Cell(found.decision, DECISION_STYLES[found.decision])
    return place, names, few(record.birth_dates), bits, probability, decision


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
