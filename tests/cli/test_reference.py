"""Docs under test: every command, option, setting, error and exit code stands in docs/reference."""

import re
from pathlib import Path

import click
import pytest
import reference

from tallystick import wiring

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = dict(reference.commands())


@pytest.mark.parametrize("page", reference.pages())
def test_the_generated_page_is_up_to_date(page: str) -> None:
    assert (DOCS / "reference" / page).read_text(encoding="utf-8") == reference.pages()[page], "run `make fix`"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_gives_an_example(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert isinstance(command, click.Group) or f"  {name} " in f"{command.help.replace(chr(10), ' ')} "
    for option in command.params:
        assert isinstance(option, click.Argument) or getattr(option, "help", None), f"{name} {option.name}"


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not isinstance(command, click.Group)])
def test_a_command_speaks_json(name: str) -> None:
    assert any("--json" in option.opts for option in COMMANDS[name].params)


def test_every_setting_is_read_somewhere() -> None:
    readers = [path for path in (DOCS.parent / "src").rglob("*.py") if path.name != "wiring.py"]
    readers.append(DOCS.parent / "tests" / "conftest.py")
    sources = "".join(path.read_text(encoding="utf-8") for path in readers)
    options = {option.envvar for command in COMMANDS.values() for option in command.params}
    for setting in wiring.SETTINGS:
        assert setting.variable in options or setting.variable in sources, setting.variable


def test_every_environment_variable_of_ours_is_in_the_table() -> None:
    known = {setting.variable for setting in wiring.SETTINGS}
    for path in (DOCS.parent / "src").rglob("*.py"):
        found = set(re.findall(r"\bTALLYSTICK_[A-Z_]+\b", path.read_text(encoding="utf-8")))
        assert found <= known, path


def test_help_names_every_format() -> None:
    from tallystick.adapters.formats import FORMATS

    help_text = reference.pages()["commands.md"]
    page = (DOCS / "reference" / "import-formats.md").read_text(encoding="utf-8")
    for name in FORMATS:
        assert re.search(rf"\b{name}\b", help_text), name
        assert f"`{name}`" in page, name
