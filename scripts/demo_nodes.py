"""Four organisations, four nodes, one man: `make demo` plays it on this machine, with real processes, TLS and logs.

Each step prints the command it gives, what came of it, and who could see what. Everything it makes is below the folder it is
given; every node it starts ends with it, whatever ends it.
"""

import gzip
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

CIRCLE = "border"
PURPOSE = "border-check:20000:checks at a border"
PATIENCE_S = 60.0
STRANGERS = 200
"""Invented persons on each register; a node asks for so many new records by itself, for more it wants a bulk grant."""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Office:
    """One organisation: its node, what its bureaucracy writes, and how it writes the man.

    Attributes:
        id, name: as its card says them.
        man: its record of him, in the record format; a country's own spelling and what it knows of his birth.
    """

    id: str
    name: str
    man: dict[str, Any]


OFFICES = (
    Office(
        "north",
        "Interior Ministry of North",
        {"id": "N-1044", "names": ["منير التوزاني"], "birth_dates": ["1974-11-26"], "nationalities": ["tn"]},
    ),
    Office("east", "Border Guard of East", {"id": "E-77", "names": ["Мунир Ат-Тузани"], "birth_dates": ["1974-11-26"]}),
    Office("south", "Prison Service of South", {"id": "S-2016-3", "names": ["TOUZANI Mounir"], "birth_dates": ["1974-11"]}),
    Office("west", "Railway Police of West", {"id": "W-5", "names": ["Munir al-Tuzani"], "birth_dates": ["1974"]}),
)
"""All four write the same man, who is invented as everybody else here."""


class Story:
    """Tells the story, and starts and ends the nodes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._nodes: list[subprocess.Popen[bytes]] = []

    def title(self, text: str) -> None:
        """Begin a chapter."""
        print(f"\n\033[1m{textwrap.fill(text, _columns())}\033[0m", flush=True)

    def say(self, text: str) -> None:
        """Say something beside the commands."""
        print(textwrap.fill(text, _columns(), initial_indent="  ", subsequent_indent="  "), flush=True)

    def run(self, *words: str, shown: bool = True, codes: tuple[int, ...] = (0,)) -> None:
        """Give a command as a person would, and show what it says."""
        if shown:
            print(f"\n{_command_line(words)}", flush=True)
        done = subprocess.run(["tallystick", *words], cwd=self.folder, check=False, capture_output=not shown)
        if done.returncode not in codes:
            raise SystemExit(f"demo: this command ended with {done.returncode}: tallystick {' '.join(words)}")

    def ask(self, *words: str) -> Any:  # noqa: ANN401
        """Give a command for its JSON."""
        done = subprocess.run(["tallystick", *words, "--json"], cwd=self.folder, check=False, capture_output=True)
        return json.loads(done.stdout or b"null")

    def serve(self, office: Office) -> None:
        """Start a node as a process of its own."""
        words = ["tallystick", "node", "serve", "--node", office.id, "--every", "1"]
        with self._messages(office).open("wb") as messages:
            self._nodes.append(subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=messages))

    def serves(self, office: Office) -> bool:
        """Tell whether a node can be reached. Before that no command may open its folder: one process owns it at a time."""
        return b" serves at " in self._messages(office).read_bytes()

    def _messages(self, office: Office) -> Path:
        return self.folder / f"{office.id}.messages"

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


def play(folder: Path) -> None:
    """Play the whole story."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    story = Story(folder)
    for number in ENDING:
        signal.signal(number, _interrupted)
    try:
        make_offices(story)
        agree(story)
        register_the_first(story)
        meet_him(story)
        redeem(story)
        prove(story)
    finally:
        story.end()


def make_offices(story: Story) -> None:
    """Four nodes with registers of strangers."""
    story.title("1. Four organisations, each with a node of its own: own keys, own register, own log")
    story.run("make-registers", "--size", str(2 * STRANGERS), "--overlap", "0", "--seed", "11", "--out", ".", shown=False)
    lines = [line for name in ("a", "b") for line in _lines(story.folder / f"{name}.jsonl.gz")]
    for position, office in enumerate(OFFICES):
        url = f"https://127.0.0.1:{_free_port()}"
        first = office is OFFICES[0]
        known_as = ("--id", office.id, "--name", office.name, "--url", url, "--contact", f"liaison desk of {office.id}")
        story.run("node", "init", *known_as, "--case-class", "terrorism", "--node", office.id, shown=first)
        (story.folder / f"{office.id}.jsonl").write_bytes(b"".join(lines[position * STRANGERS : (position + 1) * STRANGERS]))
        story.run(*_import(office, f"{office.id}.jsonl"), shown=False)
        story.run("node", "card", "--node", office.id, "--out", f"{office.id}.card", shown=False)
    others = ", ".join(office.id for office in OFFICES[1:])
    story.say(f"... and {others} alike, each with {STRANGERS} invented persons on its register")


def agree(story: Story) -> None:
    """One circle, signed by all."""
    first, *others = [office.id for office in OFFICES]
    story.title(
        "2. They agree on a circle: legal basis, purpose, budgets, what evidence makes a hit. No list is shown to anybody"
    )
    story.run("circle", "create", CIRCLE, "--legal-basis", "treaty of the four", "--purpose", PURPOSE, "--node", first)
    story.run("circle", "invite", CIRCLE, *(f"{each}.card" for each in others), "--out", "border.agreement", "--node", first)
    for each in others:
        story.run("circle", "join", "border.agreement", "--yes", "--node", each, shown=each == others[0])
    for office in OFFICES:
        story.serve(office)
    story.wait("the nodes", lambda: all(story.serves(office) for office in OFFICES))
    took = story.wait("the circle", lambda: all(_standing(story, each.id) == "in force" for each in OFFICES))
    story.say(f"four nodes run as four processes, and gave each other their signatures over TLS 1.3: in force after {took:.0f} s")
    for office in OFFICES:
        story.run("offer", "people", "--circle", CIRCLE, "--node", office.id, shown=office is OFFICES[0])
    took = story.wait("the watch", lambda: all(_watches(story, office.id, STRANGERS) for office in OFFICES))
    story.say(f"after {took:.0f} s every node holds the sealed indexes of the others and watches them for its own persons:")
    for office in OFFICES:
        held = sum(path.stat().st_size for path in (story.folder / office.id / "indexes" / CIRCLE).glob("*/1/base-*"))
        asked = sum(_points(story, office.id, "query-asked").values())
        story.say(f"{office.id + ':':7}{held:>8,} bytes of sealed indexes (its own, too), asked {asked:,} points")
    story.say("nothing can be read in an index without asking its owner, who counts every question")


def register_the_first(story: Story) -> None:
    """He is registered where he was known first."""
    office = OFFICES[0]
    story.title(f"3. {office.name} puts a man on its register. It knows his whole birth date, and writes him in Arabic")
    before = _copies(story, office.id)
    _meet(story, office)
    story.say(f"{office.man['id']}: {office.man['names'][0]}, born {office.man['birth_dates'][0]}")
    story.wait("his being looked up", lambda: _watches(story, office.id, STRANGERS + 1))
    story.wait("the others' copies", lambda: all(now > before[each] for each, now in _copies(story, office.id).items()))
    mine = [hit for each in OFFICES for hit in _hits(story, each.id) if hit["record_id"] == office.man["id"]]
    story.say(f"north has asked for him, the others have fetched what it added: {len(mine)} hits on him at all four nodes")


def meet_him(story: Story) -> None:
    """Three others meet him."""
    story.title("4. Three others meet him, under three other spellings; each writes down what it knows")
    for office in OFFICES[1:]:
        _meet(story, office)
        story.say(f"{office.name}: {office.man['names'][0]}, born {office.man['birth_dates'][0]}")
    partners = {office.id for office in OFFICES}
    took = story.wait("the hits", lambda: all(_partners(story, each) == partners - {each} for each in partners))
    story.say(f"within {took:.0f} s both sides of every pair know. What north sees, and what west sees:")
    for each in ("north", "west"):
        story.run("hits", "--node", each)
    story.say("A hit is a number of bits and an opaque handle: no name, no date, no file number has left anybody's node.")
    men = {office.man["id"] for office in OFFICES}
    others = {hit["record_id"] for office in OFFICES for hit in _hits(story, office.id)} - men
    story.say(
        f"Of the {STRANGERS * len(OFFICES)} other persons {len(others)} make hits, too: kin of one name, or chance; so a human "
        "decides. Of the rest partners learned how many points were asked and how large an index is; not who they are."
    )


def redeem(story: Story) -> None:
    """An officer asks by hand, and then whom to call."""
    story.title("5. An officer of west asks about a man at the station, by hand, and then asks north whom to call")
    words = ("Mounir Touzany", "--born", "1974", "--officer", "west-12", "--reason", "no ticket, false papers")
    story.run("ask", *words, "--circle", CIRCLE, "--node", "west")
    story.say("north, east and south learned: west asked, for this purpose, so many points. Not about whom, and not that it hit.")
    hit = next(each["hit"] for each in _hits(story, "west") if each["member"] == "north")
    story.run("redeem", str(hit), "--officer", "west-12", "--reason", "met on a train", "--reference", "W-5/1", "--node", "west")
    story.say("Only now north learns that its record interests west, and why. North's screen:")
    story.run("hits", "--node", "north")


def prove(story: Story) -> None:
    """Every log verifies, cosigned by the others."""
    story.title("6. What was done can be proven: each node's log is a Merkle tree, its head cosigned by the three others")
    cards = {office.id: json.loads((story.folder / f"{office.id}.card").read_text(encoding="utf-8")) for office in OFFICES}
    for office in OFFICES:
        found = verified(story, office, cards)
        cosigned = ", ".join(sorted(each["witness"].split("/")[1] for each in found["cosigned"]))
        story.say(f"{office.id + ':':7} {found['size']:>3} entries, tree and signature hold; cosigned by {cosigned}")
    story.wait("logs that agree", lambda: _points_agree(story))
    story.say("for each pair, both logs hold the same number of points: what one asked the other answered")
    story.run("audit", "show", "west/log", "--type", "query-asked", "--last", "3")
    story.say(
        "The log of west holds a commitment to each question: a supervisor who is given its salt can check whom it was about."
    )


def verified(story: Story, office: Office, cards: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Verify a node's log as a supervisor would, with the keys of the cards; a head that is only just signed is waited for."""
    witnesses = [word for each in cards if each != office.id for word in ("--witness", cards[each]["witness_key"])]
    words = ("audit", "verify", f"{office.id}/log", "--key", cards[office.id]["log_key"], *witnesses, "--quorum", "0")
    seen: list[dict[str, Any]] = []

    def is_cosigned() -> bool:
        seen.append(story.ask(*words) or {"cosigned": []})
        return len(seen[-1]["cosigned"]) == len(OFFICES) - 1

    story.wait("cosignatures", is_cosigned)
    return seen[-1]


def _meet(story: Story, office: Office) -> None:
    path = story.folder / f"{office.id}.jsonl"
    path.write_bytes(path.read_bytes() + json.dumps(office.man, ensure_ascii=False).encode() + b"\n")
    story.run(*_import(office, path.name), shown=False)


def _import(office: Office, file: str) -> tuple[str, ...]:
    custody = ("--owner", office.name, "--purpose", "border security", "--legal-basis", "treaty of the four")
    return ("import", "people", file, "--store", f"{office.id}/registers.db", *custody)


def _standing(story: Story, node: str) -> str:
    found = story.ask("circle", "show", "--node", node)
    return str(found[0]["standing"]) if found else ""


def _watches(story: Story, node: str, persons: int) -> bool:
    found = story.ask("watch", "--node", node) or ()
    return [each["watched"] for each in found] == [persons] * (len(OFFICES) - 1)


def _copies(story: Story, owner: str) -> dict[str, tuple[int, int]]:
    """Return the epoch and the number of the newest delta of the copies of an index, by who holds it."""
    found = {office.id: story.ask("watch", "--node", office.id) or () for office in OFFICES}
    return {node: (each["epoch"], each["delta"]) for node, copies in found.items() for each in copies if each["member"] == owner}


def _points(story: Story, node: str, kind: str) -> Counter[str]:
    """Return the points of questions in a node's log, by partner."""
    words = ["tallystick", "audit", "show", f"{node}/log", "--type", kind, "--last", "1000000", "--json"]
    done = subprocess.run(words, cwd=story.folder, check=True, capture_output=True)
    points: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        entry = json.loads(line)["entry"]
        points[entry["peer"]] += entry["points"]
    return points


def _points_agree(story: Story) -> bool:
    asked = {(office.id, peer): n for office in OFFICES for peer, n in _points(story, office.id, "query-asked").items()}
    answered = {(peer, office.id): n for office in OFFICES for peer, n in _points(story, office.id, "query-answered").items()}
    return asked == answered


def _hits(story: Story, node: str) -> list[dict[str, Any]]:
    found = story.ask("hits", "--node", node)
    return list(found["hits"]) if found else []


def _partners(story: Story, node: str) -> set[str]:
    return {each["member"] for each in _hits(story, node)}


def _lines(path: Path) -> list[bytes]:
    with gzip.open(path, "rb") as file:
        return file.readlines()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quoted(word: str) -> str:
    return f'"{word}"' if set(word) & set(" &;$") else word


def _columns() -> int:
    return min(shutil.get_terminal_size().columns, 120)


def _command_line(words: tuple[str, ...]) -> str:
    """Return a command as it is typed, continued on further lines where one is too short; no line breaks within a word."""
    lines = ["$ tallystick"]
    for word in map(_quoted, words):
        if len(lines[-1]) + len(word) + 3 > _columns():
            lines.append("   ")
        lines[-1] += f" {word}"
    return " \\\n".join(lines)


def _ignore_signals() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()  # a second Ctrl-C must not cut short the ending of the nodes
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        play(Path(sys.argv[1] if len(sys.argv) > 1 else "demo/nodes").absolute())
    except KeyboardInterrupt:
        print("\ndemo: interrupted; every node has ended", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)
