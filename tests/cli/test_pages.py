"""Every command line shown in a page or a help text is one that the program takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import reference

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "scripts" / "demo-linking"]
COMMANDS = dict(reference.commands())


def command_lines() -> Iterator[tuple[str, str]]:
    """Yield where a command line stands, and the line, continuation lines joined."""
    texts = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
    texts |= {f"{name} --help": command.help or "" for name, command in COMMANDS.items()}
    for place, text in texts.items():
        joined = re.sub(r"\\\n\s*", "", text)
        for line in re.findall(r"^\s*(?:run )?(tallystick .*?)\s*$", joined, re.MULTILINE):
            if place != "docs/reference/commands.md":  # the help texts themselves
                yield place, line


@pytest.mark.parametrize(("place", "line"), list(command_lines()))
def test_a_shown_command_line_is_taken(place: str, line: str) -> None:
    alone = re.sub(r"\$\(.*?\)", "put-in-by-the-shell", line)
    words = shlex.split(re.split(r" [|>] | \|\| ", alone)[0], comments=True)[1:]
    if words[0].startswith("-"):
        assert words[0] in {"--help", "--version"}, place
        return
    name = "tallystick " + words.pop(0)
    while isinstance(COMMANDS[name], click.Group):
        name += " " + words.pop(0)
    command = COMMANDS[name]
    context = click.Context(command, info_name=name)
    values, rest, _ = command.make_parser(context).parse_args(words)
    assert rest == []
    for argument in command.params:
        if isinstance(argument, click.Argument) and argument.required:
            assert values.get(argument.name or "") is not None, f"{place}: {line}"


def test_there_are_command_lines_to_look_at() -> None:
    places = {place for place, _ in command_lines()}
    assert {"README.md", "scripts/demo-linking", "tallystick link --help"} <= places
