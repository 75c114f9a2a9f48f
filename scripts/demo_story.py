"""What both demos of nodes share: how the story is told, and the chapters that are the same in both.

Every node that is started here ends with the story, whatever ends it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

CIRCLE = "border"
PATIENCE_S = 60.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Member:
    """One organisation: its node and, below the folder of the demo, the node's folder are called by its id."""

    id: str
    name: str
    case_class: str


class Story:
    """Tells the story, and starts and ends the nodes."""

    def __init__(self, folder: Path, members: Sequence[Member]) -> None:
        self.folder = folder
        self.members = tuple(members)
        self._nodes: list[subprocess.Popen[bytes]] = []
        self._desks = {member.id: _free_port() for member in members}

    def desk(self, member: Member) -> str:
        """Return the address of a node's desk."""
        return f"http://127.0.0.1:{self._desks[member.id]}"

    def title(self, text: str) -> None:
        """Begin a chapter."""
        print(f"\n\033[1m{textwrap.fill(text, columns())}\033[0m", flush=True)

    def say(self, text: str) -> None:
        """Say something beside the commands."""
        print(textwrap.fill(text, columns(), initial_indent="  ", subsequent_indent="  "), flush=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], folding: Collection[int] = ()) -> None:
        """Show a table as the commands do."""
        from tallystick.cli.output import print_table  # noqa: PLC0415  only where there is something to show

        print_table(heads, rows, folding=folding)
        sys.stdout.flush()

    def run(self, *words: str, shown: bool = True, codes: tuple[int, ...] = (0,)) -> None:
        """Give a command as a person would, and show what it says."""
        if shown:
            print(f"\n{_command_line(words)}", flush=True)
        done = subprocess.run(["tallystick", *words], cwd=self.folder, check=False, capture_output=not shown)
        if done.returncode not in codes:
            raise SystemExit(f"demo: this command ended with {done.returncode}: tallystick {' '.join(words)}")

    def ask(self, *words: str, seen: bool = False, said: str = "") -> Any:  # noqa: ANN401
        """Give a command for its JSON; `seen`: its progress is shown; `said`: what it reads from standard input."""
        errors = None if seen else subprocess.DEVNULL
        done = subprocess.run(
            ["tallystick", *words, "--json"],
            cwd=self.folder, check=False, input=said.encode(), stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        return json.loads(done.stdout or b"null")

    def serve(self, member: Member) -> None:
        """Start a node as a process of its own."""
        words = ["tallystick", "node", "serve", "--node", member.id, "--every", "1", "--desk", str(self._desks[member.id])]
        with self._messages(member).open("wb") as messages:
            self._nodes.append(subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=messages))

    def serves(self, member: Member) -> bool:
        """Tell whether a node can be reached. Before that no command may open its folder: one process owns it at a time."""
        return b" serves at " in self._messages(member).read_bytes()

    def _messages(self, member: Member) -> Path:
        return self.folder / f"{member.id}.messages"

    def wait(self, what: str, until: Callable[[], bool]) -> float:
        """Wait until something is so; return how long that took.

        Raises:
            SystemExit: it does not come about.
        """
        start = time.monotonic()
        while not until():
            if time.monotonic() - start > PATIENCE_S or any(node.poll() is not None for node in self._nodes):
                raise SystemExit(f"demo: in vain waited for {what}; see the *.messages in {self.folder}")
            time.sleep(0.3)
        return time.monotonic() - start

    def end(self) -> None:
        """End every node, whatever signal comes meanwhile."""
        _ignore_signals()
        for node in self._nodes:
            node.terminate()
        for node in self._nodes:
            try:
                node.wait(15)
            except subprocess.TimeoutExpired:
                node.kill()
                node.wait()
        self._nodes.clear()


def played(folder: Path, members: Sequence[Member], chapters: Sequence[Callable[[Story], None]]) -> None:
    """Play chapters one after the other in an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    story = Story(folder, members)
    for number in ENDING:
        signal.signal(number, _interrupted)
    try:
        for chapter in chapters:
            chapter(story)
    finally:
        story.end()


def main(play: Callable[[Path], None], folder: Path) -> None:
    """Play a demo as a program: an interruption is no error."""
    try:
        play(folder)
    except KeyboardInterrupt:
        with suppress(OSError):
            print("\ndemo: interrupted; every node has ended", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)


def make_node(story: Story, member: Member) -> None:
    """Make a node with keys of its own; the first one is shown."""
    known_as = ("--id", member.id, "--name", member.name, "--url", f"https://127.0.0.1:{_free_port()}")
    told = ("--contact", f"liaison desk of {member.id}", "--case-class", member.case_class, "--node", member.id)
    story.run("node", "init", *known_as, *told, shown=member is story.members[0])
    story.run("node", "card", "--node", member.id, "--out", f"{member.id}.card", shown=False)


def agree(story: Story, legal_basis: str, purpose: str, *more: str) -> None:
    """Make one circle, signed by all, and serve the nodes."""
    first, *others = [member.id for member in story.members]
    terms = ("--legal-basis", legal_basis, "--purpose", purpose, *more)
    story.run("circle", "create", CIRCLE, *terms, "--node", first)
    story.run("circle", "invite", CIRCLE, *(f"{each}.card" for each in others), "--out", "border.agreement", "--node", first)
    for each in others:
        story.run("circle", "join", "border.agreement", "--yes", "--node", each, shown=each == others[0])
    for member in story.members:
        story.serve(member)
    story.wait("the nodes", lambda: all(story.serves(member) for member in story.members))
    took = story.wait("the circle", lambda: all(_standing(story, each.id) == "in force" for each in story.members))
    story.say(f"four nodes run as four processes, and gave each other their signatures over TLS 1.3: in force after {took:.0f} s")


def prove(story: Story, shown: Member) -> None:
    """Verify every log as a supervisor would; show the end of one."""
    cards = {each.id: json.loads((story.folder / f"{each.id}.card").read_text(encoding="utf-8")) for each in story.members}
    for member in story.members:
        found = _verified(story, member, cards)
        cosigned = ", ".join(sorted(each["witness"].split("/")[1] for each in found["cosigned"]))
        story.say(f"{member.id + ':':7} {found['size']:>5,} entries, tree and signature hold; cosigned by {cosigned}")
    story.wait("logs that agree", lambda: _points_agree(story))
    story.say("for each pair, both logs hold the same number of points: what one asked the other answered")
    story.run("audit", "show", f"{shown.id}/log", "--type", "query-asked", "--last", "3")
    story.say(
        f"The log of {shown.id} holds a commitment to each question: a supervisor who is given its salt can check whom it was "
        "about."
    )


def _verified(story: Story, member: Member, cards: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Verify a node's log with the keys of the cards; a head that is only just signed is waited for."""
    witnesses = [word for each in cards if each != member.id for word in ("--witness", cards[each]["witness_key"])]
    words = ("audit", "verify", f"{member.id}/log", "--key", cards[member.id]["log_key"], *witnesses, "--quorum", "0")
    seen: list[dict[str, Any]] = []

    def is_cosigned() -> bool:
        seen.append(story.ask(*words) or {"cosigned": []})
        return len(seen[-1]["cosigned"]) == len(story.members) - 1

    story.wait("cosignatures", is_cosigned)
    return seen[-1]


def custody(member: Member, purpose: str, legal_basis: str) -> tuple[str, ...]:
    """Return who answers for a register, what for and by what right, and where it is, as `import` takes it."""
    said = ("--owner", member.name, "--purpose", purpose, "--legal-basis", legal_basis)
    return ("--store", f"{member.id}/registers.db", *said)


def watches(story: Story, node: str, persons: int) -> bool:
    """Tell whether a node has all its persons looked up at all partners."""
    found = story.ask("watch", "--node", node) or ()
    return [each["watched"] for each in found] == [persons] * (len(story.members) - 1)


def copies(story: Story, owner: str) -> dict[str, tuple[int, int]]:
    """Return the epoch and the number of the newest delta of the copies of an index, by who holds it."""
    found = {each.id: story.ask("watch", "--node", each.id) or () for each in story.members}
    return {node: (each["epoch"], each["delta"]) for node, held in found.items() for each in held if each["member"] == owner}


def points(story: Story, node: str, kind: str) -> Counter[str]:
    """Return the points of questions in a node's log, by partner."""
    words = ["tallystick", "audit", "show", f"{node}/log", "--type", kind, "--last", "1000000", "--json"]
    done = subprocess.run(words, cwd=story.folder, check=True, capture_output=True)
    counted: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        entry = json.loads(line)["entry"]
        counted[entry["peer"]] += entry["points"]
    return counted


def index_bytes(story: Story, node: str) -> int:
    """Return the bytes of the sealed indexes that a node holds, its own too."""
    return sum(path.stat().st_size for path in (story.folder / node / "indexes" / CIRCLE).glob("*/1/base-*"))


def hits(story: Story, node: str) -> list[dict[str, Any]]:
    """Return the hits of a node."""
    found = story.ask("hits", "--node", node)
    return list(found["hits"]) if found else []


def columns() -> int:
    """Return how wide a line may be."""
    return min(shutil.get_terminal_size().columns, 120)


def _standing(story: Story, node: str) -> str:
    found = story.ask("circle", "show", "--node", node)
    return str(found[0]["standing"]) if found else ""


def _points_agree(story: Story) -> bool:
    ids = [member.id for member in story.members]
    asked = {(node, peer): n for node in ids for peer, n in points(story, node, "query-asked").items()}
    answered = {(peer, node): n for node in ids for peer, n in points(story, node, "query-answered").items()}
    return asked == answered


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quoted(word: str) -> str:
    return f'"{word}"' if set(word) & set(" &;$()") else word


def _command_line(words: tuple[str, ...]) -> str:
    """Return a command as it is typed, continued on further lines where one is too short; no line breaks within a word."""
    lines = ["$ tallystick"]
    for word in map(_quoted, words):
        if len(lines[-1]) + len(word) + 3 > columns():
            lines.append("   ")
        lines[-1] += f" {word}"
    return " \\\n".join(lines)


def _ignore_signals() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()  # a second Ctrl-C must not cut short the ending of the nodes
    raise KeyboardInterrupt
