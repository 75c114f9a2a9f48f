"""A node is killed at random moments: what was answered is in its log, its budgets are what the log says, and it goes on.

NODE_KILLS says how often (default 8); NODE_KILLS_OUT names a file that is told what there was (`bench/run node-kills`).
"""

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib.nodes import WAIT_S, Node, Serving, agree, fill, grant, made_folder, nodes, offer, person, serving, until
from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.node_folder import open_node_folder
from tallystick.adapters.node_state import SqliteNodeState
from tallystick.audit import Trust, verify_log
from tallystick.audit.entries import AnswerReceived, QueryAnswered
from tallystick.node import auditing
from tallystick.wiring.nodes import log_key, opened_node

KILLS = int(os.environ.get("NODE_KILLS", "8"))
THREADS = 3
BURST = 50_000_000
PURPOSE = {"code": "border", "text": "checks", "points_per_day": BURST, "points_per_epoch": BURST, "burst": BURST}
"""A budget whose sum for the epoch is the tightest: it does not fill while a test runs, so that every point shows."""

KNOWN = person("b1", "Tomasin Verhoovel", born="1981-04-17")
WATCHED = person("a1", "Marquella Distefan", born="1968-02-09")


# CPython leaves a socket to the garbage collector whose peer is gone before the handshake (`SSLSocket._create`); it warns of it.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
def test_no_answer_without_its_entry_and_no_point_lost_or_doubled(tmp_path: Path) -> None:
    made_folder(tmp_path / "police-a", "police-a")
    made_folder(tmp_path / "police-b", "police-b")
    with serving(tmp_path / "police-a") as a:
        with serving(tmp_path / "police-b") as b:
            fill(a.folder, WATCHED)
            fill(b.folder, KNOWN)
            agree(a, b, purposes=[PURPOSE])
            offer(a)
            offer(b)
            a.sync()
            b.hang_up()
            a.hang_up()
        rng, holder = random.Random(11), Serving(tmp_path / "police-b")
        for number in range(KILLS + KILLS // 2):
            holder.start()
            assert left_after_a_question(a) == BURST - spent(holder.folder)
            with under_load(a):
                before = len(a.log(AnswerReceived))
                until(lambda before=before: len(a.log(AnswerReceived)) > before)
                time.sleep(rng.uniform(0, 0.15))
                if number % 3 < 2:
                    holder.kill()
            if number % 3 == 2:  # ended in peace: the next start begins with a snapshot
                a.hang_up()
                holder.stop()
            assert_the_books_agree(a, holder.folder)
        a.hang_up()
        tell(a, holder.folder)
        assert_the_watch_goes_on(a, holder.folder)
    with opened_node(tmp_path / "police-b") as b_again:
        left = b_again.participation.answering.left("border", "police-a", "border")
        assert left == BURST - spent(holder.folder)


def assert_the_watch_goes_on(a: Node, holder: Path) -> None:
    """Check that what the holder learns now is found at once, by what was asked before all kills."""
    asked = len(a.log(AnswerReceived))
    fill(holder, KNOWN, WATCHED | {"id": "b9"})
    assert not any(row["record_id"] for row in a.do("hits", circle="border", state="")["hits"])
    with serving(holder) as b:
        b.sync()
        a.sync()
        hits = a.do("hits", circle="border", state="")["hits"]
        assert {row["record_id"] for row in hits if row["record_id"]} == {"a1"}, "the others are of questions"
        assert len(a.log(AnswerReceived)) == asked, "nothing had to be asked again"
        b.hang_up()
        a.hang_up()


def tell(asker: Node, holder: Path) -> None:
    """Write down what there was, for whoever asked for it."""
    if out := os.environ.get("NODE_KILLS_OUT"):
        entries, received = answered(holder), len(asker.log(AnswerReceived))
        told = {"kills": KILLS, "stops": KILLS // 2, "entries": len(entries), "answers": received, "points": spent(holder)}
        Path(out).write_text(json.dumps(told), encoding="utf-8")


@contextmanager
def under_load(node: Node) -> Iterator[None]:
    """Ask in several threads until the end of the block; whatever is no refusal of ours fails the test."""
    stopping, bugs = threading.Event(), list[BaseException]()

    def ask() -> None:
        try:
            while not stopping.is_set():
                node.ask("Tomasin Verhoovel", "1981-04-17")
        except BaseException as error:  # noqa: BLE001  # told by the test, in its own thread
            bugs.append(error)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(WAIT_S)
    assert not bugs, bugs


def left_after_a_question(node: Node) -> int:
    (outcome,) = node.ask("Nobodette Unkenned", "1955-01-05")["outcomes"]
    assert outcome["problem"] == ""
    left: int = outcome["budget_left"]
    return left


def answered(folder: Path) -> list[QueryAnswered]:
    files = AuditFiles(folder / "log")
    verify_log(files.read, Trust(log=[log_key(open_node_folder(folder)).verifier_key()]))
    return [each.entry for each in auditing.entries(files, 0) if isinstance(each.entry, QueryAnswered)]


def spent(folder: Path) -> int:
    return sum(entry.points for entry in answered(folder))


def assert_the_books_agree(asker: Node, holder: Path) -> None:
    """Check that every answer received has its entry at the holder, once."""
    entries = answered(holder)
    by_request = {entry.request: entry.response for entry in entries}
    assert len(by_request) == len(entries), "an answer was recorded twice"
    received = {entry.request: entry.response for entry in asker.log(AnswerReceived)}
    assert received.items() <= by_request.items()


SYLLABLES = [a + b for a, b in itertools.product(["ma", "to", "ve", "li", "qua", "dro", "fen", "zu", "bri", "sko"], "nrlstkmdv")]


def people(count: int, prefix: str, seed: str) -> list[dict[str, object]]:
    """Invent people: the same for the same seed, whatever they are called by."""
    rng = random.Random(seed)

    def word() -> str:
        return "".join(rng.choices(SYLLABLES, k=rng.choice([2, 3]))).capitalize()

    def born() -> str:
        return f"{rng.randrange(1940, 2005)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"

    return [person(f"{prefix}{at}", f"{word()} {word()}", born=born()) for at in range(count)]


@pytest.mark.slow
def test_bulk_goes_on_where_it_was_killed_and_finds_the_same(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, *people(450, "a", "both"), *people(200, "c", "one"))
        fill(b.folder, *people(450, "b", "both"))
        agree(a, b)
        offer(b)
        offer(a)
        grant(b, "police-a", 1_000_000)
        a.hang_up()
    shutil.copytree(tmp_path / "police-a", tmp_path / "whole")
    with serving(tmp_path / "police-b"):
        assert bulk(tmp_path / "whole").wait(120) == 0
        rng, kills = random.Random(5), 0
        while kills < 3:
            process = bulk(tmp_path / "police-a")
            wait_for_an_answer(tmp_path / "police-a", process)
            time.sleep(rng.uniform(0, 0.8))
            process.kill()
            kills += 1
            if process.wait(WAIT_S) == 0:
                break
        assert bulk(tmp_path / "police-a").wait(120) == 0
    assert found(tmp_path / "police-a") == found(tmp_path / "whole")
    assert len(found(tmp_path / "whole")) >= 440


def bulk(folder: Path) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "tallystick", "bulk", "police-b", "--officer", "officer-7", "--node", str(folder)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_an_answer(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    files = AuditFiles(folder / "log")
    before = received(files)
    until(lambda: process.poll() is not None or received(files) > before, 60)


def received(files: AuditFiles) -> int:
    return sum(isinstance(each.entry, AnswerReceived) for each in auditing.entries(files, 0))


def found(folder: Path) -> set[tuple[Any, ...]]:
    state = SqliteNodeState(open_node_folder(folder).database)
    try:
        return {(row.record_id, row.handle, row.weight_tenths, row.epoch) for row in state.hits("border")}
    finally:
        state.close()
