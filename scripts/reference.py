"""Writes the reference pages that the code itself can tell: commands, exit codes, settings.

    python scripts/reference.py            write them
    tests/cli/test_reference.py            fails when one is out of date

Does not write prose; the other pages under docs/ are written by hand.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from tallystick import wiring
from tallystick.cli import COMMANDS, exits, main
from tallystick.desk import access
from tallystick.desk import pages as pages_of_the_desk
from tallystick.desk.programs import program_routes
from tallystick.desk.programs.calls import ProgramRoute
from tallystick.desk.programs.interface import description
from tallystick.desk.visits import DeskRoute
from tallystick.errors import Error
from tallystick.review.roles import Action, Actor, Role

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
_NOTE = "<!-- Written by scripts/reference.py from the code; change the code, then run `make fix`. -->\n\n"
_WIDTH = 100


def pages() -> dict[str, str]:
    """Return every generated page under its file name."""
    return {
        "commands.md": _NOTE + _commands(),
        "exit-codes.md": _NOTE + _exit_codes(),
        "settings.md": _NOTE + _settings(),
        "desk-routes.md": _NOTE + _desk_routes(),
        "openapi.json": json.dumps(description(), indent=1, sort_keys=True, ensure_ascii=False) + "\n",
    }


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, groups before their members."""
    context = click.Context(main, info_name="tallystick")
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None, name
        yield f"tallystick {name}", command
        if isinstance(command, click.Group):
            yield from ((f"tallystick {name} {child}", each) for child, each in command.commands.items())


def _help(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH)
    return command.get_help(context).rstrip()


def _commands() -> str:
    parts = ["# Commands\n\nWhat `--help` says, for reading and searching. Exit codes: [exit-codes.md](exit-codes.md).\n"]
    parts += [f"## {name}\n\n```text\n{_help(name, command)}\n```\n" for name, command in commands()]
    return "\n".join(parts)


def _exit_codes() -> str:
    codes = _table("| Code | Meaning |\n|---:|---|", exits.MEANINGS.items())
    errors = ((f"`{error.__name__}`", exits.CODES[error], (error.__doc__ or "").strip()) for error in _tree(Error))
    return (
        "# Exit codes\n\nEvery command ends with one of these. Errors go to standard error as two lines: what happened,\n"
        "and what to do. They never show a value of a record.\n\n"
        f"{codes}\n## Which error has which code\n\n" + _table("| Error | Code | Meaning |\n|---|---:|---|", errors)
    )


def _tree(error: type[Error]) -> Iterator[type[Error]]:
    yield error
    for child in error.__subclasses__():
        yield from _tree(child)


def _settings() -> str:
    rows = ((f"`{each.variable}`", _code(each.option), _code(each.default), each.meaning) for each in wiring.SETTINGS)
    return "# Settings\n\nAn option of a command wins over the environment variable. There is no settings file.\n\n" + _table(
        "| Variable | Option | Default | Meaning |\n|---|---|---|---|", rows
    )


def _desk_routes() -> str:
    rows = (
        (f"`{each.method} {each.path}`", each.name, str(access.NEEDS[each.name]), ", ".join(_roles(each.name)))
        for each in _routes()
    )
    return (
        "# Routes of the desk\n\nWho may open what. A route names an action; which role may do it says\n"
        "`tallystick.review.roles`. Every page has a twin in JSON: `Accept: application/json`, or `.json` behind the path.\n"
        "What changes something takes the token of a form (field `csrf`, or header `X-CSRF-Token`).\n"
        "Routes named `program-` and `reconcile` are for programs: they take tokens (`tallystick staff token`) and no\n"
        "cookie, and pages take no tokens.\n\n" + _table("| Route | Name | Action | Roles |\n|---|---|---|---|", rows)
    )


def _routes() -> Iterator[DeskRoute | ProgramRoute]:
    yield from pages_of_the_desk.routes()
    yield from program_routes()


def _roles(route: str) -> list[str]:
    needed = access.NEEDS[route]
    if isinstance(needed, Action):
        return [role.value for role in Role if Actor("somebody", role).may(needed)]
    return ["everybody" if needed == access.OPEN else "every role"]


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: str, rows: Iterable[Iterable[object]]) -> str:
    return head + "\n" + "".join("| " + " | ".join(map(str, row)) + " |\n" for row in rows)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page, text in pages().items():
        (FOLDER / page).write_text(text, encoding="utf-8")
        print(f"wrote {FOLDER.name}/{page}")
