"""Runs the command line in a folder of its own and keeps what it said."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from tallystick.cli import main


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    out: str
    err: str
    code: int


Run = Callable[..., Said]


def in_process(*words: object) -> Said:
    """Run a command here; fast."""
    result = CliRunner().invoke(main, [str(word) for word in words], prog_name="tallystick")
    return Said(result.stdout, result.stderr, result.exit_code)


def as_program(*words: object, folder: Path, stdin: str = "") -> Said:
    """Run a command as people do: a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tallystick", *map(str, words)],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "100"},
    )
    return Said(done.stdout, done.stderr, done.returncode)
