"""How commands speak: tables and JSON on standard output, progress on standard error.

Keeps no state. Text of a record or a report is never read as markup, and no letter of it is an order to the terminal.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from tallystick.errors import RefusedError

if TYPE_CHECKING:
    from rich.progress import TaskID


def print_json(value: object) -> None:
    """Print a value (dataclasses, dates and tuples included) as one line of JSON in UTF-8."""
    import msgspec

    click.echo(msgspec.json.encode(value))


def print_code(text: str) -> None:
    """Print what an authenticator reads, on a line of its own; on a terminal as a QR code above it."""
    from tallystick.adapters.qr_codes import qr_code

    rows = qr_code(text) if sys.stdout.isatty() else None
    for line in _half_blocks(rows or ()):
        click.echo(click.style(line, fg="black", bg="bright_white"))
    click.echo(text)


def _half_blocks(rows: Sequence[Sequence[bool]]) -> Iterator[str]:
    """Yield the lines of a QR code, two rows of modules in a line of letters."""
    for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=[False] * len(rows)):
        yield "".join(" ▄▀█"[2 * top + bottom] for top, bottom in zip(upper, lower, strict=True))


def confirm(question: str) -> None:
    """Ask on standard error, and go on only after a yes.

    Raises:
        RefusedError: the answer is no.
        UsageError: nobody is there to answer.
    """
    try:
        said = click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise click.UsageError("nobody is there to answer: read it, and say --yes") from None
    if not said:
        raise RefusedError("the answer was no; nothing was done", hint="give the command again when it is yes")


_ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SHOWN_VALUES = 3
_RIGID = 24
"""A column keeps its width up to so many characters when others can fold."""
DECISION_STYLES = {"link": "bold green", "possible": "yellow", "non-link": "red"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table with a look of its own, which only a terminal shows."""

    text: str
    style: str = ""
    right: bool = False


def number(value: float, form: str = ".1f", *, style: str = "") -> Cell:
    """Return a number as a cell, its digits under those of the others."""
    return Cell(format(value, form), style, right=True)


def short_moment(moment: str) -> str:
    """Return a moment (`2026-11-25T16:57:29Z`) to the minute, as a table shows it."""
    return moment[:16].replace("T", " ")


def harmless(text: str) -> str:
    """Return a text as a terminal may show it: what would be an order to it is a mark, what turns letters round is left out."""
    return _TURNS.sub("", _ORDERS.sub("\N{REPLACEMENT CHARACTER}", text))


def few(values: Sequence[str]) -> str:
    """Return the first values in one text, and how many more there are."""
    more = len(values) - _SHOWN_VALUES
    return "; ".join(values[:_SHOWN_VALUES]) + (f"; {more} more" if more > 0 else "")


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, folding: Collection[int] = (), err: bool = False,
    indent: int = 0,
) -> None:  # fmt: skip
    """Print rows under their columns; numbers stand on the right.

    Args:
        columns: the heads.
        rows: values, or cells.
        folding: where the long texts are: on a narrow terminal those columns give way first.
        err: on standard error, because it is no result.
        indent: how far from the left, in characters.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[_cell(value) for value in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, column in enumerate(columns):
        numeric = bool(cells) and all(row[position].right for row in cells)
        width = max([len(column), *(len(row[position].text) for row in cells)]) if folding and position not in folding else 0
        table.add_column(column, justify="right" if numeric else "left", overflow="fold", min_width=min(width, _RIGID))
    for row in cells:
        table.add_row(*(Text(cell.text, cell.style) for cell in row))
    # A pipe has no width: what is read by a program must not be folded at 80 characters.
    is_terminal = (sys.stderr if err else sys.stdout).isatty()
    console = Console(width=None if is_terminal else 10_000, highlight=False, stderr=err)
    if is_terminal:
        console.width -= indent
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        if click.unstyle(line).strip():
            click.echo(" " * indent + line.rstrip(), err=err)


def _cell(value: object) -> Cell:
    if isinstance(value, Cell):
        return Cell(harmless(value.text), value.style, value.right)
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    return Cell(f"{value:,}" if isinstance(value, int) else harmless(str(value)), right=isinstance(value, int | float))


def say(text: str) -> None:
    """Tell a person something that is no result."""
    click.echo(harmless(text), err=True)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error, where that is a terminal.

    Args:
        label: what is being done.
        total: how much there is to do; None when nobody knows.

    Yields:
        A function to be called with how much is done so far.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    share = [] if total is None else [TaskProgressColumn()]
    columns = (TextColumn("{task.description}"), BarColumn(), *share, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Show the stages of a long job on standard error, one bar each, where that is a terminal.

    Yields:
        A function to be called with the stage, how much of it is done, and how much there is (0 when nobody knows).
    """
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counted]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bar.update(task, total=1, completed=1)
                    bar.stop_task(task)
                tasks[stage] = bar.add_task(stage, total=None, counted="")
            counted = f"{done:,} of {total:,}" if total else f"{done:,}" if done else ""
            bar.update(tasks[stage], completed=done, total=total or None, counted=counted)

        yield told
        for task in tasks.values():
            bar.update(task, total=1, completed=1)
