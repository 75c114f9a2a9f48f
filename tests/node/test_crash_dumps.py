"""A node that crashes leaves nothing of its memory on a disk."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lib.nodes import WAIT_S, Serving, made_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part is Linux's")
_GET_DUMPABLE = 3


def core_limit(process: int) -> str:
    [line] = [each for each in Path(f"/proc/{process}/limits").read_text().splitlines() if each.startswith("Max core file size")]
    return line.split()[4]


def test_a_node_that_crashes_leaves_no_core_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where somebody allows it again: the kernel does not dump the process."""
    node = Serving(made_folder(tmp_path / "west", "west"))
    monkeypatch.chdir(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        node.start()
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    assert node._process
    assert core_limit(node._process.pid) == "0"
    resource.prlimit(node._process.pid, resource.RLIMIT_CORE, (before[1], before[1]))
    node._process.send_signal(signal.SIGSEGV)
    assert node._process.wait(WAIT_S) == -signal.SIGSEGV
    assert not list(tmp_path.glob("core*"))


def test_the_kernel_gives_its_memory_to_nobody() -> None:
    asked = (
        "import ctypes; from tallystick.cli.crash_dumps import forbid_dumps; forbid_dumps(); "
        f"print(ctypes.CDLL(None).prctl({_GET_DUMPABLE}, 0, 0, 0, 0))"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout == "0\n"


def test_a_command_writes_no_core_file() -> None:
    asked = "import resource; from tallystick.cli import main; main(['--version'], standalone_mode=False)\n"
    program = f"try:\n    {asked}finally:\n    import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "0"
