"""Kills a node in a process of its own at one place of its program: where a function would begin, it gets SIGKILL."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from lib.nodes import WAIT_S

PROGRAM = """
import importlib, json, os, signal, sys
from pathlib import Path
from tallystick.wiring.commands import command_table
from tallystick.wiring.nodes import opened_node

module, _, path = sys.argv[1].partition(":")
owner = importlib.import_module(module)
*classes, name = path.split(".")
for each in classes:
    owner = getattr(owner, each)
setattr(owner, name, lambda *_a, **_k: os.kill(os.getpid(), signal.SIGKILL))
with opened_node(Path(sys.argv[2])) as node:
    command_table(node)[sys.argv[3]](json.loads(sys.argv[4]), lambda *_: None)
"""


def killed_at(place: str, folder: Path, command: str, given: dict[str, object]) -> None:
    """Give a command to the node of a folder, and kill it.

    Args:
        place: `module:function` or `module:Class.method`; where it would begin, the process ends.
        folder: of a node that nobody has open.
        command, given: by name, and its arguments; officer-7 gives it.
    """
    around = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    said = json.dumps({"officer": "officer-7", "role": "officer", **given})
    words = [sys.executable, "-c", PROGRAM, place, str(folder), command, said]
    done = subprocess.run(words, env=around, timeout=WAIT_S, check=False)
    assert done.returncode == -signal.SIGKILL, f"it was not killed at {place}"
