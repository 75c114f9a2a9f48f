"""Where things are: the evaluation data, the scratch folder, the command under test."""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".bench"
PEERS = ROOT / "bench" / "peers"
BASELINE = ROOT / "bench" / "baseline.json"


class SkippedError(Exception):
    """A benchmark cannot run here; the message says what is missing."""


def data(name: str) -> Path:
    """Path of an evaluation file below TALLYSTICK_DATA.

    Raises:
        SkippedError: the variable is not set, or the file is not there.
    """
    folder = os.environ.get("TALLYSTICK_DATA")
    if not folder:
        raise SkippedError("TALLYSTICK_DATA is not set: it names the folder with the evaluation data")
    path = Path(folder) / name
    if not path.exists():
        raise SkippedError(f"{name} is not in the folder named by TALLYSTICK_DATA")
    return path


def scratch(*parts: str) -> Path:
    """A path below .bench whose folder exists."""
    path = SCRATCH.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def tallystick() -> list[str]:
    """The command under test: TALLYSTICK_COMMAND, or the one installed beside this interpreter."""
    given = os.environ.get("TALLYSTICK_COMMAND")
    if given:
        return given.split()
    beside = Path(sys.executable).with_name("tallystick")
    found = str(beside) if beside.exists() else shutil.which("tallystick")
    if found is None:
        raise SkippedError("no tallystick command: install the package, or set TALLYSTICK_COMMAND")
    return [found]
