"""Two real nodes on loopback, for measuring: folders, registers, a circle in force, the holder served by a process of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.lib import inside, places
from bench.lib.process import Usage
from bench.lib.process import run as run_command

CIRCLE = "bench"
PURPOSE = "measuring"
CUSTODY = ("--owner", "bench", "--purpose", "measurement", "--legal-basis", "invented persons")
MEMORY = "BENCH_MEMORY"
"""Names a file: what the memory of a served node is made of is written there (bench/lib/probed.py)."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Nodes:
    """The folders of both nodes, the process that serves the holder, what its offer took, and further partners."""

    asker: Path
    holder: Path
    served: "subprocess.Popen[bytes]"
    offered: Usage
    partners: tuple[Path, ...] = ()

    def holder_cpu_s(self) -> float:
        """Return the processor seconds the holder has used so far."""
        return cpu_s(self.served.pid)

    def holder_mb(self) -> float:
        """Return the resident memory of the holder."""
        return resident_mb(self.served.pid)


def cpu_s(process: int) -> float:
    """Return the processor seconds a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mb(process: int | str = "self") -> float:
    """Return the resident memory of a process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def command(node: Path, *words: object) -> Usage:
    """Run one command of a node."""
    return run_command([*places.tallystick(), *map(str, words), "--node", str(node)])


@contextmanager
def opened(
    name: str, asks: Path | None, holds: Path | Callable[[Path], None], partners: int = 0, *, keep: bool = False
) -> Iterator[Nodes]:
    """Make nodes of one circle and serve the holder, whose register is offered.

    Args:
        name: of the scratch folder.
        asks: the asker's records, native format; None for none.
        holds: the holder's; or what publishes an index for it.
        partners: how many more members there are.
        keep: take those of an earlier run, if they were made with the same parameters; what an offer took is not told then.
    """
    folder = places.scratch("nodes", name)
    made, parameters = folder / "made-with", inside.parameters().digest
    offered = Usage(0.0, 0.0, 0.0, "")
    if not (keep and made.exists() and made.read_text(encoding="ascii") == parameters):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        offered = _make_all(folder, asks, holds, partners)
        made.write_text(parameters, encoding="ascii")
    with served(folder / "holder") as process:
        yield Nodes(folder / "asker", folder / "holder", process, offered, _partners(folder, partners))


def _partners(folder: Path, count: int) -> tuple[Path, ...]:
    return tuple(folder / f"partner-{number}" for number in range(count))


def _make_all(folder: Path, asks: Path | None, holds: Path | Callable[[Path], None], partners: int) -> Usage:
    """Make the nodes, and return what the holder's offer took."""
    asker, holder, others = folder / "asker", folder / "holder", _partners(folder, partners)
    for node, port in zip((asker, holder, *others), free_ports(2 + partners), strict=True):
        make(node, port)
    agree(folder, holder, (asker, *others))
    for node, records in ((asker, asks), (holder, holds)):
        if isinstance(records, Path):
            store = ("--store", node / "registers.db")
            run_command([*places.tallystick(), "import", "people", records, "--format", "native", *map(str, store), *CUSTODY])
    offered = Usage(0.0, 0.0, 0.0, "")
    if isinstance(holds, Path):
        offered = command(holder, "offer", "people", "--circle", CIRCLE)
    else:
        holds(holder)
    _do(holder, "circle", "grant", "asker", "--points", 10**9, "--officer", "one")
    _do(holder, "circle", "approve", 1, "--officer", "two", "--yes")
    return offered


@contextmanager
def served(holder: Path, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Serve a node in a process of its own, with its chores every minute."""
    probe = os.environ.get(MEMORY)
    tallystick = [sys.executable, "-m", "bench.lib.probed", probe] if probe else places.tallystick()
    process = subprocess.Popen(
        [*tallystick, "node", "serve", "--node", str(holder), "--every", "60", *more],
        stdout=subprocess.DEVNULL, stderr=(holder.parent / "holder.log").open("wb"),
    )  # fmt: skip
    try:
        _wait(holder / "node.sock", process)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def make(node: Path, port: int) -> None:
    """Make a node with keys of its own, and its card beside it."""
    url = f"https://127.0.0.1:{port}"
    _do(node, "node", "init", "--id", node.name, "--name", node.name, "--url", url, "--contact", "bench")
    settings = node / "node.toml"  # a year of casework is played in minutes
    settings.write_text(settings.read_text("utf-8").replace("notices_a_day = 2000", f"notices_a_day = {10**6}"), "utf-8")
    _do(node, "node", "card", "--out", f"{node}.card")


def agree(folder: Path, holder: Path, members: tuple[Path, ...]) -> None:
    """Have all sign: the agreement goes from hand to hand, and comes back."""
    purpose = f"{PURPOSE}:{10**9}:measurement"
    _do(holder, "circle", "create", CIRCLE, "--legal-basis", "bench", "--purpose", purpose, "--bulk-points", 10**9)
    _do(holder, "circle", "invite", CIRCLE, *(f"{member}.card" for member in members), "--out", folder / "agreement-0")
    for number, member in enumerate(members):
        _do(member, "circle", "join", folder / f"agreement-{number}", "--yes", "--out", folder / f"agreement-{number + 1}")
    for node in (holder, *members):
        _do(node, "circle", "join", folder / f"agreement-{len(members)}", "--yes")


def _do(node: Path, *words: object) -> None:
    inside.command(*words, "--node", node)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, each another: all are held until all are known."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _wait(path: Path, served: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while not path.exists() and time.monotonic() < until and served.poll() is None:
        time.sleep(0.05)
    assert path.exists(), "the holder did not start: see holder.log"
    time.sleep(0.5)
