"""How commands end: every error has a code, a message and a hint; nothing is said twice or too much."""

import click
import pytest
from click.testing import CliRunner

from lib.transcripts import Run
from tallystick import errors
from tallystick.cli import Commands, exits, main


def tree(root: type[errors.Error] = errors.Error) -> list[type[errors.Error]]:
    return [root, *(each for child in root.__subclasses__() for each in tree(child))]


@pytest.mark.parametrize("error", tree(), ids=lambda error: error.__name__)
def test_every_error_has_its_row(error: type[errors.Error]) -> None:
    assert exits.CODES[error] in exits.MEANINGS


def test_no_row_is_left_over() -> None:
    assert set(exits.CODES) == set(tree())


def test_help_lists_every_code(run: Run) -> None:
    said = run("--help")
    for code, meaning in exits.MEANINGS.items():
        assert f"{code}  {meaning}" in said.out


def failing(error: BaseException) -> click.Command:
    """Return our command line with one command that fails this way."""

    class OneCommand(Commands):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
            @click.command()
            def fail() -> None:
                raise error

            return fail

    return OneCommand()


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (errors.InputError("file x is broken", hint="fetch it again"), 3, "error: file x is broken\nhint:  fetch it again\n"),
        (errors.RefusedError("no"), 5, "error: no\n"),
        (errors.StoreBusyError("locked", hint="wait"), 6, "error: locked\nhint:  wait\n"),
        (errors.IntegrityError("broken", hint="stop"), 7, "error: broken\nhint:  stop\n"),
        (KeyboardInterrupt(), 130, "\nerror: interrupted\n"),
        (BrokenPipeError(), 141, ""),
        (
            FileNotFoundError(2, "No such file or directory", "x.csv"),
            3,
            "error: no such file or directory: x.csv\nhint:  check the path, its rights and the disk\n",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_a_failure_is_two_lines_and_a_code(error: BaseException, code: int, said: str) -> None:
    result = CliRunner().invoke(failing(error), ["fail"])
    assert (result.exit_code, result.stderr, result.stdout) == (code, said, "")


def test_a_bug_of_ours_says_so_without_its_message() -> None:
    result = CliRunner().invoke(failing(ValueError("zq7canary")), ["fail"])
    assert result.exit_code == exits.INTERNAL
    assert "ValueError" in result.stderr
    assert "zq7canary" not in result.output


def test_debug_shows_a_bug_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYSTICK_DEBUG", "1")
    result = CliRunner().invoke(failing(ValueError("zq7canary")), ["fail"])
    assert isinstance(result.exception, ValueError)


def test_a_wrong_command_line_is_code_2(run: Run) -> None:
    for words in (["nonsense"], ["show"], ["export", "x", "--format", "y"], ["--nonsense"], []):
        assert run(*words).code == exits.USAGE, words


def test_version(run: Run) -> None:
    said = run("--version")
    assert said.code == 0
    assert said.out.startswith("tallystick ")
    assert main.name == "main"
