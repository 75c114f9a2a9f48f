"""Kills a node, or a command, in a process of its own at one place: where a function would begin, it gets SIGKILL."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.nodes import WAIT_S

PLACE = """
import importlib, json, os, signal, sys
from pathlib import Path

place, number, *words = sys.argv[1:]
module, _, path = place.partition(":")
owner = importlib.import_module(module)
*classes, name = path.split(".")
for each in classes:
    owner = getattr(owner, each)
real, calls = getattr(owner, name), []

def deadly(*given, **named):
    calls.append(1)
    if len(calls) == int(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)

setattr(owner, name, deadly)
"""
NODE = """
from tallystick.wiring.commands import command_table
from tallystick.wiring.nodes import opened_node

with opened_node(Path(words[0])) as node:
    command_table(node)[words[1]](json.loads(words[2]), lambda *_: None)
"""
COMMAND = """
from tallystick.cli import main

main(words, prog_name="tallystick")
"""


def killed_at(place: str, folder: Path, command: str, given: dict[str, object], call: int = 1) -> None:
    """Give a command to the node of a folder, and kill it.

    Args:
        place: `module:function` or `module:Class.method`; where it would begin, the process ends.
        folder: of a node that nobody has open.
        command, given: by name, and its arguments; officer-7 gives it.
        call: the how manieth time it would begin.
    """
    _die(NODE, place, call, [str(folder), command, json.dumps({"officer": "officer-7", "role": "officer", **given})])


def killed_command(place: str, words: Sequence[str], call: int = 1) -> None:
    """Run a command as people type it, and kill it; arguments as for `killed_at`."""
    _die(COMMAND, place, call, words)


def _die(program: str, place: str, call: int, words: Sequence[str]) -> None:
    around = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    given = [sys.executable, "-c", PLACE + program, place, str(call), *words]
    done = subprocess.run(given, env=around, timeout=WAIT_S, check=False, stdout=subprocess.DEVNULL)
    assert done.returncode == -signal.SIGKILL, f"it was not killed at {place}"
