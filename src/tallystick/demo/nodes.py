"""The nodes of a demo: their folders, their processes, the commands people give them.

Rules
 1. Every node that is started here ends with the story, whatever ends it.
 2. A folder is emptied only if a demo made it.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallystick.adapters import control_client
from tallystick.demo.telling import Teller
from tallystick.errors import RefusedError, UnavailableError

CIRCLE = "border"
PATIENCE_S = 120.0
MARK = ".tallystick-demo"
"""A file in a folder that a demo made."""
_POLL_S = 0.4
_GRACE_S = 15.0


@dataclass(frozen=True, slots=True)
class Member:
    """One organisation: its node and, below the folder of the demo, the node's folder are called by its id."""

    id: str
    name: str
    case_class: str


class Story:
    """What is played: where, by whom, told by whom."""

    def __init__(self, folder: Path, members: Sequence[Member], teller: Teller) -> None:
        self.folder = folder
        self.members = tuple(members)
        self.tell = teller
        self._nodes: list[subprocess.Popen[bytes]] = []
        self._command: subprocess.Popen[bytes] | None = None
        self._starting = ThreadPoolExecutor(1, thread_name_prefix="demo")  # where no signal interrupts: what was started is known
        self._desks = {member.id: free_port() for member in members}

    def others(self, member: Member) -> tuple[Member, ...]:
        """Return all members but one."""
        return tuple(each for each in self.members if each != member)

    def desk(self, member: Member) -> str:
        """Return the address of a node's desk."""
        return f"http://127.0.0.1:{self._desks[member.id]}"

    # --- commands ----------------------------------------------------------------------------------------------------

    def run(self, *words: str, shown: bool = True, codes: Sequence[int] = (0,)) -> str:
        """Give a command as a person would, and show what it says.

        Raises:
            UnavailableError: it ends with another code than one of `codes`.
        """
        done = self._run(words)
        if done.returncode not in codes:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise UnavailableError(f"`tallystick {words[0]}` ended with {done.returncode}: {said}", hint="play it again")
        text = done.stdout.decode("utf-8", "replace")
        if shown:
            self.tell.command(words, text)
        return text

    def refusal(self, *words: str) -> str:
        """Give a command that may be refused; return what it says of that, nothing where it is not."""
        done = self._run(words)
        return done.stderr.decode("utf-8", "replace") if done.returncode else ""

    def ask(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command says
        """Give a command for its JSON; None where it has none to give."""
        return json.loads(self._run((*words, "--json")).stdout or b"null")

    def do(self, member: Member, command: str, **given: object) -> Any:  # noqa: ANN401 - whatever the command says
        """Hand a command to a served node, as the command line does."""
        return control_client.run(self.folder / member.id, command, given, lambda _stage, _done, _total: None)

    def _run(self, words: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
        return self._starting.submit(self._give, words).result()

    def _give(self, words: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
        pipe = subprocess.PIPE
        command = self._command = subprocess.Popen(
            [*_PROGRAM, *words], cwd=self.folder, stdout=pipe, stderr=pipe, env=_environment()
        )
        try:
            said, complained = command.communicate()
        finally:
            self._command = None
        return subprocess.CompletedProcess(command.args, command.returncode, said, complained)

    # --- processes ---------------------------------------------------------------------------------------------------

    def serve(self, member: Member) -> None:
        """Start a node as a process of its own."""
        self._starting.submit(self._serve, member).result()

    def _serve(self, member: Member) -> None:
        words = [*_PROGRAM, "node", "serve", "--node", member.id, "--every", "2", "--desk", str(self._desks[member.id])]
        with (self.folder / f"{member.id}.messages").open("wb") as messages:
            started = subprocess.Popen(
                words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=messages,
                env=_environment(), start_new_session=True,
            )  # fmt: skip
        self._nodes.append(started)

    def serves(self, member: Member) -> bool:
        """Tell whether a node can be reached."""
        return control_client.is_running(self.folder / member.id)

    def wait(self, what: str, until: Callable[[], bool]) -> float:
        """Wait until something is so; return how many seconds that took.

        Raises:
            UnavailableError: it does not come about.
        """
        start = time.monotonic()
        while not until():
            if time.monotonic() - start > PATIENCE_S or any(node.poll() is not None for node in self._nodes):
                raise UnavailableError(f"in vain waited for {what}", hint=f"see the *.messages in {self.folder}")
            time.sleep(_POLL_S)
        return time.monotonic() - start

    def end(self) -> None:
        """End the command that still runs, and every node."""
        last = self._starting.submit(lambda: None)
        while not last.done():
            if command := self._command:
                command.terminate()
            time.sleep(_POLL_S)
        self._starting.shutdown()
        for node in self._nodes:
            node.terminate()
        for node in self._nodes:
            try:
                node.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                node.kill()
                node.wait()
        self._nodes.clear()


_PROGRAM = (sys.executable, "-m", "tallystick")


def _environment() -> Mapping[str, str]:
    """Return the environment of commands: of the settings of whoever plays, none; output as wide as it is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TALLYSTICK_")}
    return {**kept, "PYTHONUTF8": "1"}


def emptied(folder: Path) -> None:
    """Make an empty folder for a demo; what a demo left there goes.

    Raises:
        RefusedError: there is something that no demo made.
    """
    if folder.exists():
        if not (folder / MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
            raise RefusedError("the folder of the demo holds something else", hint="name one that is empty, or none yet")
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    (folder / MARK).touch()


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
