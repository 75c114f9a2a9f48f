"""The other form of `tallystick find`: a file of persons, answered in batches into a CSV file."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli import exits
from tallystick.cli.bad_lines import BadLines, refuse_overwriting, say_bad
from tallystick.cli.output import print_json, print_table, progress, say

if TYPE_CHECKING:
    from tallystick.adapters.outputs import Write
    from tallystick.adapters.record_files import RecordFile
    from tallystick.linkage.engine import DroppedValue
    from tallystick.matching import Parameters
    from tallystick.node.finding import MemoryRegister

_HEADER = b"query_id,record_id,weight_bits,probability,decision\n"


@dataclass(slots=True)
class _Counts:
    queries: int = 0
    hits: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    dropped_values: list["DroppedValue"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Batch:
    """One run of a file of queries against a register; the attributes are the command's options."""

    register: str
    queries: Path
    out: Path | None
    min_bits: float | None
    quarantine: Path | None
    parameters: "Parameters"
    store: str

    def run(self, *, as_json: bool) -> int:
        """Answer every query; return the exit code."""
        from tallystick.adapters.outputs import standard_output, written
        from tallystick.adapters.record_files import RecordFile
        from tallystick.wiring import opened_side

        if as_json and self.out is None:
            raise click.UsageError("--json tells about the file of hits: say with --out which")
        refuse_overwriting((self.register, self.queries), self.out, self.quarantine)
        asked = RecordFile(self.queries)  # refused before the register is read, which may take long
        with ExitStack() as stack:
            side = stack.enter_context(opened_side(self.register, self.store))
            write = stack.enter_context(written(self.out) if self.out else standard_output())
            memory = self._memory(side.chunks())
            counts = self._answer(memory, asked, write)
            left_out = [
                BadLines("register", self.register, memory.bad, memory.records, side.chunks, memory.dropped_values),
                BadLines("queries", str(self.queries), counts.bad, counts.queries, asked.chunks, counts.dropped_values),
            ]
            say_bad(left_out, self.quarantine)
        self._tell(memory, counts, as_json=as_json)
        return exits.DONE if counts.hits else exits.NOTHING_FOUND

    def _memory(self, chunks: "Iterable[bytes]") -> "MemoryRegister":
        from tallystick.node.finding import MemoryRegister

        with progress(f"reading {self.register}"):
            return MemoryRegister(chunks, self.parameters)

    def _answer(self, memory: "MemoryRegister", asked: "RecordFile", write: "Write") -> _Counts:
        from tallystick.adapters.record_files import chunks

        counts = _Counts()
        with progress(f"asking {self.queries.name}", asked.bytes_total) as advance:
            write(_HEADER)
            for answered in memory.answer(chunks(self.queries, advance), self.min_bits):
                write(answered.rows)
                counts.queries += answered.queries
                counts.hits += answered.hits
                counts.bad.extend(answered.bad)
                counts.dropped_values.extend(answered.dropped_values)
        return counts

    def _tell(self, memory: "MemoryRegister", counts: _Counts, *, as_json: bool) -> None:
        told = {
            "records": memory.records,
            "bad_records": len(memory.bad),
            "queries": counts.queries,
            "bad_queries": len(counts.bad),
            "dropped_values": sum(count for *_, count in [*memory.dropped_values, *counts.dropped_values]),
            "hits": counts.hits,
        }
        if as_json:
            print_json({"register": self.register, "asked": str(self.queries), "out": str(self.out), **told})
            return
        rows = [(name.replace("_", " "), f"{value:,}") for name, value in told.items()]
        print_table(("find", f"{self.queries} in {self.register}"), rows, err=True)
        if self.out:
            say(f"the hits are in {self.out}")
