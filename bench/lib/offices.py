"""Two offices with cases in every state, put there by the product's own code: what a desk is measured with.

Both nodes are opened by this process, each is served in a thread of it, and all they say to each other goes over TLS on the
loopback. Each asks the other about its whole register; then people of both carry the hits on, some far, some not at all, as in
`FATES`: tell, decide, request, approve or refuse, report, close, recall, acknowledge. Nothing is written beside the product.
Made once for each size, and kept.
"""

import asyncio
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.lib import inside, nodes, places, product, report
from bench.lib.process import run as run_command

PARTNER = "holder"
RECORDS = 100_000
FATES = {
    (): 40, ("decide",): 12, ("tell",): 8, ("tell", "decide"): 8, ("tell", "decide", "request"): 10,
    ("tell", "decide", "request", "refuse"): 4, ("tell", "decide", "request", "approve"): 7,
    ("tell", "decide", "request", "approve", "outcome"): 4, ("tell", "decide", "request", "approve", "outcome", "close"): 4,
    ("tell", "decide", "request", "approve", "recall"): 2, ("tell", "decide", "request", "approve", "recall", "acknowledge"): 1,
}  # fmt: skip
"""How far hits are carried, and how many of a hundred so far."""
PHASES = ("tell", "decide", "request", "refuse", "approve", "outcome", "close", "recall", "acknowledge")
BY_HOLDER = frozenset({"refuse", "approve", "recall"})
THEIRS = 0.15
"""Share of the cases that the partner begins: in those our node is the holder."""
OVERLAP = 0.85
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
"""Each step is durable before the next: where they are made in thousands, in memory."""
ENCOUNTERS = 30
"""One encounter for so many hits."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A node's folder as it was prepared: how many records and cases it has, by stage."""

    folder: Path
    people: Path
    wanted: Path
    cases: int
    stages: dict[str, int]


def prepared(hits: int, records: int = RECORDS) -> Prepared:
    """Return the offices with so many hits, made now where there are none."""
    folder = places.scratch("desk", f"{records}_{hits}")
    people = product.registers(records) / "a.jsonl.gz"
    ours, theirs = (product.registers(round(hits * 1.05), overlap=OVERLAP) / f"{side}.jsonl.gz" for side in "ab")
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as made:
            _make(Path(made), people, ours, theirs, hits)
            shutil.move(made, folder)
            Path(made).mkdir()
        (folder / "done").touch()
    with inside.opened_office(folder / "asker") as office:
        stages = Counter(row.stage for row in office.cases(""))
    return Prepared(folder / "asker", people, ours, sum(stages.values()), dict(stages.most_common()))


def _make(folder: Path, people: Path, ours: Path, theirs: Path, hits: int) -> None:
    asker, holder = folder / "asker", folder / PARTNER
    for node, port in zip((asker, holder), nodes.free_ports(2), strict=True):
        nodes.make(node, port)
    for node, register, records in ((asker, "people", people), (asker, "wanted", ours), (holder, "wanted", theirs)):
        fill(register, records, f"{node}/registers.db")
    nodes.agree(folder, holder, (asker,))
    for node, other in ((holder, "asker"), (asker, PARTNER)):
        inside.command("offer", "wanted", "--circle", nodes.CIRCLE, "--node", node)
        inside.command("circle", "grant", other, "--points", 10**9, "--officer", "one", "--node", node)
        inside.command("circle", "approve", 1, "--officer", "two", "--yes", "--node", node)
    with served(asker) as us, served(holder) as them:
        lines = [*product.read_lines(theirs)]
        known = inside.key_maker().keys_of(lines, "asker")  # of some too little is known to ask
        _Story(us, them, hits).play([line for line, keys in zip(lines, known, strict=True) if keys])


def fill(register: str, records: Path, store: str) -> None:
    """Import a register into a store."""
    words = ("import", register, records, "--format", "native", "--store", store, *nodes.CUSTODY)
    run_command([*places.tallystick(), *map(str, words)])


@contextmanager
def served(folder: Path) -> Iterator[inside.Office]:
    """Open a node and serve it to its partners, in a thread."""
    with ExitStack() as stack:
        office = stack.enter_context(inside.opened_office(folder))
        server = office.server()
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield office
        finally:
            server.should_exit = True
            office.hang_up()
            thread.join(30)


class _Story:
    """Carries cases on."""

    def __init__(self, us: inside.Office, them: inside.Office, hits: int) -> None:
        self._us, self._them, self._hits = us, them, hits
        self._random = random.Random(hits)

    def play(self, strangers: list[bytes]) -> None:
        """Let both ask, and people act."""
        start = time.monotonic()
        self._us.bulk(nodes.CIRCLE, PARTNER)
        for line in self._random.sample(strangers, self._hits // ENCOUNTERS):
            self._us.meet(nodes.CIRCLE, nodes.PURPOSE, line)
        self._us.round()
        self._say(start, "asked")
        self._carry(self._us, self._them, [row.number for row in self._us.cases("requester")])
        self._say(start, "carried our hits on")
        self._them.bulk(nodes.CIRCLE, "asker")
        self._them.round()
        wanted = [row.number for row in self._them.cases("requester")][: round(self._hits * THEIRS)]
        self._carry(self._them, self._us, wanted, tells_all=True)
        self._us.round()
        self._say(start, "carried theirs on")

    def _carry(self, asker: inside.Office, holder: inside.Office, numbers: list[int], *, tells_all: bool = False) -> None:
        fates = self._random.choices([*FATES], [*FATES.values()], k=len(numbers))
        rows = asker.cases("requester")
        references = {row.number: row.reference for row in rows}
        told = {row.number for row in rows if row.encounter}  # by the encounter itself
        theirs: dict[str, int] = {}
        for phase in PHASES:
            if phase == "refuse":
                theirs = {row.reference: row.number for row in holder.cases("holder")}
            for number, fate in zip(numbers, fates, strict=True):
                if phase == "tell" and number in told:
                    continue
                if phase in fate or (phase == "tell" and tells_all):
                    who, case = (holder, theirs[references[number]]) if phase in BY_HOLDER else (asker, number)
                    self._act(who, phase, case)

    @staticmethod
    def _act(who: inside.Office, phase: str, case: int) -> None:
        act: Callable[..., Any] = getattr(who, phase)
        act(case)

    @staticmethod
    def _say(start: float, what: str) -> None:
        report.say(f"  {time.monotonic() - start:6.0f} s: {what}")
