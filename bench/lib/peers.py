"""Other tools, each in an environment of its own, made on demand from its pinned requirements.

A peer is a program `bench/peers/NAME_*.py` run by the interpreter of `.bench/venvs/NAME`; it gets paths and
numbers as arguments and prints one JSON object on its last line. No peer is ever imported here.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from bench.lib import places
from bench.lib.process import Usage, run


def environment(name: str) -> Path:
    """Interpreter of the peer's environment; made or remade when its requirements changed."""
    wanted = places.PEERS / f"{name}.txt"
    folder = places.scratch("venvs", name)
    python, mark = folder / "bin" / "python", folder / "requirements.sha256"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != digest:
        run([sys.executable, "-m", "venv", "--clear", folder])
        run([python, "-m", "pip", "install", "--quiet", "--requirement", wanted])
        mark.write_text(digest)
    return python


def call(peer: str, program: str, *arguments: str | Path | float, cores: int | None = 1) -> tuple[dict[str, Any], Usage]:
    """Run a peer's program; return the figures it printed and what it used."""
    python = environment(peer)
    usage = run([python, places.PEERS / program, *map(str, arguments)], cores=cores)
    figures: dict[str, Any] = json.loads(usage.output.strip().splitlines()[-1])
    return figures, usage
