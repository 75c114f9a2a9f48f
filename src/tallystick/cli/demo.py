"""`tallystick demo`: four organisations on this machine find that they know the same man, and their people work on it."""

import signal
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli.options import json_option, lists_option
from tallystick.cli.output import Cell, print_json, print_table, say

if TYPE_CHECKING:
    from types import FrameType

    from tallystick.demo.desks import SignIn

_MOST_COLUMNS = 120
_INDENT = 4
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command(short_help="Play four nodes and their people.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="tallystick-demo")
@click.option("--play", "plays_on", is_flag=True, help="Carry the story to its end by itself, and end.")
@lists_option
@json_option
def demo(folder: Path, plays_on: bool, lists: str, as_json: bool) -> None:
    """Let four organisations find that they know the same man, and work on it.

    Four nodes are made below FOLDER and run as processes of their own: keys,
    certificates, registers, logs, a circle signed by all. They find their
    hits; then the four desks stay open in the browser, with people to sign in
    as, until Ctrl-C or the end of the input. Nothing is left running.

    With --play, the people are played, too: alert, decision by two, request,
    approval by two, disclosure, outcome, recall with acknowledgement, expiry,
    and the coordination report. FOLDER is emptied if a demo made it.

    \b
    Examples:
      tallystick demo
      tallystick demo --play /tmp/four-nodes
    """
    from tallystick.demo import Plan, play

    teller = _Silent() if as_json else _Told()
    place, known = folder.absolute(), Path(lists) if lists else None
    plan = Plan(folder=place, lists=known, plays_on=plays_on, stay=lambda people: _stay(people, teller))
    with _ended_by_signals():
        try:
            play(plan, teller)
        except KeyboardInterrupt:
            say("every node has ended")
            raise


class _Silent:
    """Tells programs: nothing but the outcome."""

    def title(self, text: str) -> None:
        """Say nothing."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def command(self, words: Sequence[str], said: str) -> None:
        """Say nothing."""

    def act(self, who: str, where: str, text: str) -> None:
        """Say nothing."""

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], folding: Collection[int] = ()) -> None:
        """Say nothing."""

    def seen(self, rows: Mapping[str, tuple[str, str]]) -> None:
        """Say nothing."""

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Print the outcome."""
        print_json(outcome)


class _Told(_Silent):
    """Tells people, chapter by chapter."""

    def __init__(self) -> None:
        self._chapters = 0

    def title(self, text: str) -> None:
        """Begin a chapter."""
        self._chapters += 1
        click.echo()
        for number, line in enumerate(_wrapped(text, _INDENT)):
            begins = click.style(f"{self._chapters:>2}.", fg="cyan", bold=True) if number == 0 else "   "
            click.echo(f"{begins} {click.style(line, bold=True)}")
        click.echo()

    def say(self, text: str) -> None:
        """Say something beside the commands."""
        for line in _wrapped(text, _INDENT):
            click.echo(f"{' ' * _INDENT}{line}")

    def command(self, words: Sequence[str], said: str) -> None:
        """Show a command as it is typed, and what it says."""
        click.echo(click.style(_command_line(words), fg="green"))
        for line in said.splitlines():
            click.echo(f"{' ' * _INDENT}{line}".rstrip())
        click.echo()

    def act(self, who: str, where: str, text: str) -> None:
        """Show what somebody does at a desk."""
        click.echo(f"  {click.style('▸', fg='cyan')} {click.style(who, fg='yellow')}  {click.style(where, dim=True)}  {text}")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], folding: Collection[int] = ()) -> None:
        """Show a table as the commands do, between two empty lines."""
        click.echo()
        print_table(heads, rows, folding=folding, indent=_INDENT)
        click.echo()

    def seen(self, rows: Mapping[str, tuple[str, str]]) -> None:
        """Show what each node could see, and what it could not."""
        shown = [
            (Cell(node, "yellow"), Cell(sees, "" if sees != "nothing" else "dim"), Cell(hidden, "dim"))
            for node, (sees, hidden) in rows.items()
        ]
        self.table(("who", "sees", "cannot see"), shown, folding=(1, 2))

    def end(self, outcome: Mapping[str, Any]) -> None:  # noqa: ARG002 - it was told while it was played
        """End the last chapter."""
        click.echo()


def _stay(people: "list[SignIn]", teller: _Silent) -> None:
    """Leave the nodes to the people at the desks, until the input ends or Ctrl-C comes; Enter tells the codes."""
    from tallystick.demo.desks import codes_now

    teller.title("The nodes go on. Sign in at the desks; Enter for the codes of this moment, Ctrl-C ends everything")
    teller.table(("desk", "name", "password", "secret of the authenticator"),
                 [(each.address, each.name, each.password, each.secret) for each in people])  # fmt: skip
    teller.say(
        "Two people of one office need two windows, one of them private. For a hit at west: its officer tells north, two decide, "
        "one requests; two approvers of north approve or refuse; the officer reports what came of it; north can recall what it "
        "disclosed. More is in docs/how-to/first-circle.md"
    )
    try:
        for _line in sys.stdin:
            teller.say(codes_now(people))
    except KeyboardInterrupt:  # that is how one ends it
        click.echo()
    teller.say("every node ends")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let whatever ends the demo end its nodes first: the first signal interrupts, further ones are ignored."""
    if threading.current_thread() is not threading.main_thread():  # signals are the business of whoever runs us
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number in _ENDING:
        signal.signal(number, _interrupted)
    try:
        yield
    finally:
        for number in _ENDING:
            signal.signal(number, before[number])


def _interrupted(_number: int, _frame: "FrameType | None") -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut short the ending of the nodes
    raise KeyboardInterrupt


def _wrapped(text: str, indent: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, _columns() - indent, break_on_hyphens=False) or [""]


def _columns() -> int:
    import shutil

    return min(shutil.get_terminal_size().columns, _MOST_COLUMNS)


def _command_line(words: Sequence[str]) -> str:
    """Return a command as it is typed, continued on further lines where one is too short; no line breaks within a word."""
    lines = ["  $ tallystick"]
    for word in (f'"{each}"' if set(each) & set(" &;$()") else each for each in words):
        if len(lines[-1]) + len(word) + 3 > _columns():
            lines.append("      ")
        lines[-1] += f" {word}"
    return " \\\n".join(lines)
