"""Lines that are no records, and values that cannot be read: told on standard error; lines are kept on request.

Does not decide what is bad; the engines do. Reads a file a second time to fetch the originals, because few lines are bad.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tallystick.cli.output import say
from tallystick.errors import InputError

if TYPE_CHECKING:
    from tallystick.linkage.engine import DroppedValue

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class BadLines:
    """What was left out of one input.

    Attributes:
        side: what the input is to the command: a, b, register, queries.
        name: as it was typed.
        lines: number and reason of each line.
        records: how many records there were besides.
        chunks: reads the input once more.
        dropped_values: what cannot be read, of which record; the record itself is not left out.
    """

    side: str
    name: str
    lines: Sequence[tuple[int, str]]
    records: int
    chunks: Callable[[], Iterable[bytes]] = field(repr=False)
    dropped_values: Sequence["DroppedValue"] = ()


def say_bad(inputs: Sequence[BadLines], quarantine: Path | None) -> None:
    """Tell which lines were left out: the first few, and how many; put all of them into the quarantine, if there is one."""
    for each in inputs:
        _say_dropped_values(each)
        for line, reason in each.lines[:_SHOWN]:
            say(f"{each.name}: line {line} is left out: {reason}")
        if len(each.lines) > _SHOWN:
            say(f"{each.name}: {len(each.lines):,} lines are left out in all")
        if each.lines and not each.records:
            say(f"{each.name} holds no record in the native format; `tallystick import` reads other lists into a register")
    if quarantine is not None:
        _keep(inputs, quarantine)
    elif any(each.lines for each in inputs):
        say("give --quarantine FILE to keep what is left out")


def _say_dropped_values(bad: BadLines) -> None:
    for line, record_id, what, count in bad.dropped_values[:_SHOWN]:
        say(f"{bad.name}: record {record_id} in line {line}: {_said(what, count)}")
    if len(bad.dropped_values) > _SHOWN:
        records = len({line for line, *_ in bad.dropped_values})
        say(f"{bad.name}: {records:,} records have values that cannot be read")


def _said(what: str, count: int) -> str:
    """Say what became of values that cannot be read."""
    one, many, fate = {
        "birth date": ("birth date", "birth dates", "taken for unknown"),
        "country": ("country", "countries", "taken for unknown"),
        "gender": ("gender", "genders", "taken for unknown"),
        "field": ("field", "fields", "left out"),
    }[what]
    return f"{one} cannot be read and is {fate}" if count == 1 else f"{count:,} {many} cannot be read and are {fate}"


def _keep(inputs: Sequence[BadLines], path: Path) -> None:
    from tallystick.adapters.quarantine import JsonLinesQuarantine
    from tallystick.adapters.record_files import originals

    with JsonLinesQuarantine(path) as quarantine:
        for each in inputs:
            reasons = dict(each.lines)
            for line, original in originals(each.chunks(), reasons):
                quarantine.put(position=line, reason=reasons[line], original=original, side=each.side)
    if any(each.lines for each in inputs):
        say(f"see {path} for what was left out, and why")


def refuse_overwriting(inputs: Iterable[str | Path], *outputs: Path | None) -> None:
    """Refuse to write over a file that is being read, or two results into one file.

    Raises:
        InputError: that would happen.
    """
    taken = [path for path in map(Path, inputs) if path.is_file()]
    for output in outputs:
        if output is None:
            continue
        if any(output == each or (output.exists() and each.exists() and output.samefile(each)) for each in taken):
            raise InputError(f"{output} cannot be read and written at once", hint="give another file for what is written")
        taken.append(output)
