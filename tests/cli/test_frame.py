"""The frame of the command line: fast to start, quiet in pipes, the same as a program and as a function."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lib.transcripts import as_program, in_process

_FORMATS = ("lxml", "openpyxl", "rigour")
HEAVY = (*_FORMATS, "cryptography", "duckdb", "psycopg", "pyrage", "rich", "numpy", "asyncio", "multiprocessing")


LOADED = """
import sys
from tallystick import cli
try: cli.main(sys.argv[1:])
except SystemExit: pass
print(*{name.split(".")[1] for name in sys.modules if name.startswith("tallystick.")}, file=sys.stderr)
foreign = {name.split(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - {"tallystick", "__main__"}
print(*(name for name in foreign if not name.startswith("_")), file=sys.stderr)
"""


def test_help_loads_nothing_heavy(folder: Path) -> None:
    code = (
        "import sys, tallystick.cli as cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("words", [(), ("register",), ("weights",)])
def test_the_list_of_commands_is_not_cut_off(words: tuple[str, ...]) -> None:
    said = in_process(*words, "--help")
    assert said.code == 0
    assert "..." not in said.out.partition("Commands:")[2]


def test_help_loads_nothing_that_it_does_not_show() -> None:
    """How long a start takes, `bench/run cold-start` measures; what it is made of is held here, on a machine however busy."""
    said = subprocess.run([sys.executable, "-c", LOADED, "--help"], capture_output=True, text=True, check=True)
    parts, others = said.stderr.splitlines()[-2:]
    assert set(parts.split()) <= {"cli", "errors", "model", "review", "wiring"}
    assert set(others.split()) <= {"click", "msgspec", "typing_extensions"}


def test_the_program_ends_as_the_function_does(folder: Path) -> None:
    said = as_program("register", "list", folder=folder)
    assert said.code == 4
    assert said.out == ""
    assert said.err == (
        "error: there is no store at tallystick.db\nhint:  make one with `tallystick init`, or say with --store where it is\n"
    )


@pytest.mark.usefixtures("register")
def test_a_closed_pipe_is_quiet(folder: Path) -> None:
    lines = "".join(f'{{"id":"b{number}","names":["N {number}"]}}\n' for number in range(30_000))
    (folder / "many.jsonl").write_text(lines, encoding="utf-8")
    assert as_program("import", "watch", "many.jsonl", folder=folder).code == 0
    export = subprocess.Popen(
        [sys.executable, "-m", "tallystick", "export", "watch"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert export.stdout is not None
    assert export.stderr is not None
    with export:
        export.stdout.readline()
        export.stdout.close()
        complaint = export.stderr.read()
        code = export.wait(timeout=30)
    assert (code, complaint) == (141, b"")


@pytest.mark.usefixtures("register")
def test_a_terminal_without_the_letters_gets_escapes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    said = as_program("show", "watch", "a1", folder=folder)
    assert said.code == 0, said.err
    assert "\\u0645" in said.out


def test_no_letter_of_a_text_is_an_order_to_the_terminal(folder: Path) -> None:
    """Colours, titles, moved cursors and letters turned round are a sender's: in texts, names, what one types."""
    text = "Police said \x1b]0;title\x07that \x1b[31mMaria\x9b0m Ivanova was \u202eseen\u202c in Lyon.\n"
    (folder / "a\x1b[31m\u202e.txt").write_text(text, encoding="utf-8")
    added = in_process("report", "add", "a\x1b[31m\u202e.txt", "--json")
    report = json.loads(added.out)["added"][0]["id"]
    heard = [in_process("report", "list"), in_process("report", "show", "\x1b[31m")]
    heard += [in_process("report", each, report) for each in ("show", "chain", "claims", "origins")]
    assert any("Maria" in said.out for said in heard)
    assert "there is no report" in heard[1].err
    for said in heard:
        assert not set("\x1b\x07\x9b\u202e\u202c") & set(said.out + said.err)
