"""The command line: finds the command, runs it, turns every failure into two lines and an exit code.

Rules
 1. A command lives in a module of its own and is imported only when it runs; at its top it imports click and nothing heavy.
 2. Results go to standard output, everything else to standard error.
 3. This is the only place that catches everything: what is no `Error` is a bug of ours and says so, without its message,
    because that may hold a value of a record.
"""

import importlib
import io
import os
import sys
from contextlib import suppress
from typing import Any

import click

from tallystick.cli import exits
from tallystick.cli.crash_dumps import forbid_core_files

COMMANDS = {
    "init": "tallystick.cli.init:init",
    "import": "tallystick.cli.importing:import_",
    "register": "tallystick.cli.register:register",
    "find": "tallystick.cli.find:find",
    "screen": "tallystick.cli.screen:screen",
    "report": "tallystick.cli.report:report",
    "show": "tallystick.cli.show:show",
    "link": "tallystick.cli.link:link",
    "explain": "tallystick.cli.explain:explain",
    "weights": "tallystick.cli.weights:weights",
    "export": "tallystick.cli.export:export",
    "node": "tallystick.cli.node:node",
    "staff": "tallystick.cli.staff:staff",
    "circle": "tallystick.cli.circle:circle",
    "offer": "tallystick.cli.offer:offer",
    "ask": "tallystick.cli.ask:ask",
    "watch": "tallystick.cli.following:watch",
    "sync": "tallystick.cli.following:sync",
    "bulk": "tallystick.cli.following:bulk",
    "hits": "tallystick.cli.hits:hits",
    "redeem": "tallystick.cli.hits:redeem",
    "encounter": "tallystick.cli.encounter:encounter",
    "alerts": "tallystick.cli.cases:alerts",
    "case": "tallystick.cli.cases:case",
    "person": "tallystick.cli.persons:person",
    "not-me": "tallystick.cli.persons:not_me",
    "subject": "tallystick.cli.subject:subject",
    "coordination": "tallystick.cli.coordination:coordination",
    "rehearse": "tallystick.cli.rehearse:rehearse",
    "audit": "tallystick.cli.audit:audit",
    "key": "tallystick.cli.key:key",
    "backup": "tallystick.cli.backup:backup",
    "demo": "tallystick.cli.demo:demo",
    "make-registers": "tallystick.cli.make_registers:make_registers",
}
"""Every command, in the order of a first day's work, and where it lives."""

DEBUG = "TALLYSTICK_DEBUG"


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in their order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command, or return None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run the command; end quietly when nobody reads its output any more."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _silence_stdout()
            ctx.exit(exits.BROKEN_PIPE)

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401
        """Run the command line and leave with its exit code."""
        extra["standalone_mode"] = False
        _print_what_the_terminal_can()
        forbid_core_files()
        try:
            code = super().main(*args, **extra)
        except Exception as error:  # rule 3
            if os.environ.get(DEBUG):
                raise
            code = exits.report(error)
        sys.exit(code if isinstance(code, int) else exits.DONE)


def _print_what_the_terminal_can() -> None:
    """Write names as escapes where the terminal's encoding lacks their letters; a name must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence_stdout() -> None:
    """Let the interpreter flush what is left into nothing: the reader of the pipe has gone."""
    with suppress(OSError):  # standard output may be no file
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


@click.group(cls=Commands, epilog=exits.epilog(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tallystick", message="%(prog)s %(version)s")
def main() -> None:
    """Find out that two registers hold the same person.

    \b
    Start with:
      tallystick init
      tallystick import un consolidated.xml --owner "UN Security Council" \\
          --purpose "sanctions" --legal-basis "resolution 2368 (2017)"
      tallystick find un "Munir al Tuzani" --born 1974
    """
