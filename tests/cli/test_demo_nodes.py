"""`make demo` plays to its end: both sides of every pair know, every log verifies, no node is left running."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "demo_nodes.py"


@pytest.mark.slow
def test_four_nodes_find_the_man_and_nobody_else(tmp_path: Path) -> None:
    path = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "nodes"], check=False, capture_output=True, text=True, timeout=300, env=path
    )
    assert done.returncode == 0, done.stderr
    assert "0 hits on him at all four nodes" in done.stdout
    assert "both sides of every pair know" in done.stdout
    assert len(re.findall(r"tree and signature hold; cosigned by \w+, \w+, \w+", done.stdout)) == 4
    assert re.search(r"west +people N-1044 +border-check", done.stdout)
    assert not _serving(tmp_path / "nodes")


def _serving(folder: Path) -> list[int]:
    """Return the processes that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if (entry / "cwd").resolve().is_relative_to(folder):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
