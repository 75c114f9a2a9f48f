"""`make demo` plays to its end: both sides of every pair know, every log verifies, no node is left running."""

import os
import re
import signal
import subprocess
import sys
import time
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
    told = " ".join(done.stdout.split())
    assert "0 hits on him at all four nodes" in told
    assert "both sides of every pair know" in told
    assert len(re.findall(r"tree and signature hold; cosigned by \w+, \w+, \w+", told)) == 4
    assert "both logs hold the same number of points" in told
    assert re.search(r"west +people N-1044 +border-check", done.stdout)
    assert not _serving(tmp_path / "nodes")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nodes_end_with_it_whatever_ends_it_and_however_often(tmp_path: Path, number: signal.Signals) -> None:
    path = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    words = [sys.executable, str(SCRIPT), str(tmp_path / "nodes")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=path, text=True) as playing:
        assert playing.stdout
        assert playing.stderr
        assert any("tallystick offer" in line for line in playing.stdout)
        assert len(_serving(tmp_path / "nodes")) >= 4
        playing.send_signal(number)
        time.sleep(0.2)
        playing.send_signal(number)
        playing.stdout.read()
        assert "every node has ended" in playing.stderr.read()
    assert playing.returncode == 130
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
