"""A node is killed during disclosure, recall and expiry: after a restart each is done once or not at all, and the log verifies.

CASE_KILLS says how often each (default 4).
"""

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.casework import Desk, fresh_pair
from lib.nodes import WAIT_S, Serving, clock_of_nodes, person, serving
from tallystick.adapters import control_client
from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.node_folder import open_node_folder
from tallystick.adapters.unix_sockets import short_path
from tallystick.audit import Trust, verify_log
from tallystick.audit.entries import CaseAct
from tallystick.node import auditing
from tallystick.wiring.nodes import log_key

KILLS = int(os.environ.get("CASE_KILLS", "4"))
MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17")


class Killed:
    """`north` as a process that is killed while it carries out a command, and started again."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.process = Serving(folder)
        self._rng = random.Random(seed)

    def do(self, command: str, **given: object) -> Any:  # noqa: ANN401
        arguments = {"officer": "approver-1", "role": "approver", **given}
        return control_client.run(self.process.folder, command, arguments, lambda *_: None)

    def do_and_die(self, command: str, **given: object) -> None:
        """Give a command, kill the node somewhere in it, and start it again."""

        body = json.dumps({"officer": "approver-1", "role": "approver", **given}).encode()
        head = f"POST /{command} HTTP/1.1\r\nhost: node\r\ncontent-length: {len(body)}\r\n\r\n"
        with (
            short_path(self.process.folder / control_client.SOCKET) as path,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line,
        ):
            line.connect(path)
            line.sendall(head.encode() + body)
            time.sleep(self._rng.uniform(0, 0.06))
            self.process.kill()
        self.process.start()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Killed]]:
    with fresh_pair(tmp_path, MAN) as (_, north):
        north.node.hang_up()
    with serving(tmp_path / "west") as again:
        killed = Killed(tmp_path / "north", 3)
        killed.process.start()
        yield Desk(again), killed
        again.hang_up()
        killed.process.stop()


@pytest.mark.slow
def test_disclosure_and_recall_are_done_once_or_not_at_all(pair: tuple[Desk, Killed]) -> None:
    west, north = pair
    for _ in range(KILLS):
        mine, theirs = asked(west, north)
        north.do_and_die("case_approve", case=theirs, reason="r")
        settle(west, north)
        if stage(north, theirs) == "requested":
            assert copies(west, mine) == []
            north.do("case_approve", case=theirs, reason="r")
        assert copies(west, mine) == copies(north, theirs) != []
        assert {state for _, state in copies(west, mine)} == {"held"}
        north.do_and_die("case_recall", case=theirs, reason="handling")
        settle(west, north)
        if stage(north, theirs) == "disclosed":
            north.do("case_recall", case=theirs, reason="handling")
        assert copies(west, mine) == copies(north, theirs)
        assert [state for _, state in copies(west, mine)] == ["recalled"]
        west.do("case_acknowledge", case=mine, note="done")
    entries = logged(north.process.folder)
    sent = [entry.document for entry in entries if entry.act == "disclosure"]
    assert KILLS <= len(sent) <= 2 * KILLS
    held = [each for case in west.do("case_list", filter={"side": "requester"}) for each in copies(west, case["number"])]
    assert len(held) == KILLS
    assert {bytes.fromhex(digest) for digest, _ in held} <= set(sent), "nothing came that is not in the sender's log"


def asked(west: Desk, north: Killed) -> tuple[int, int]:
    """Bring a new case to the point where the holder must answer; returns its numbers at both."""
    met = west.encounter("Tomasin Verhoovel", "1981-04-17")
    [mine] = west.do("encounter_add", **met)["cases"]
    reference = west.do("case_show", case=mine)["row"]["reference"]
    [theirs] = [each["number"] for each in north.do("case_list", filter={}) if each["reference"] == reference]
    west.do("case_decide", case=mine, verdict="same", reason="r")
    west.do("case_request", case=mine, fields=["names"], reason="r")
    return mine, theirs


def settle(west: Desk, north: Killed) -> None:
    """Let what was stored and not sent arrive."""
    north.do("sync", circle="")
    west.node.do("sync", circle="")


def stage(desk: Desk | Killed, case: int) -> str:
    found: str = desk.do("case_show", case=case)["row"]["stage"]
    return found


def copies(desk: Desk | Killed, case: int) -> list[tuple[str, str]]:
    return [(each["digest"], each["state"]) for each in desk.do("case_show", case=case)["copies"]]


def logged(folder: Path) -> list[CaseAct]:
    files = AuditFiles(folder / "log")
    verify_log(files.read, Trust(log=[log_key(open_node_folder(folder)).verifier_key()]))
    return [each.entry for each in auditing.entries(files, 0) if isinstance(each.entry, CaseAct)]


EXPIRE = """
import sys
from datetime import timedelta
from pathlib import Path
from lib.nodes import CLOCK, clock_of_nodes
from tallystick.wiring.nodes import opened_node
with clock_of_nodes():
    CLOCK.ahead = timedelta(days=float(sys.argv[2]))
    with opened_node(Path(sys.argv[1])) as node:
        print("open", flush=True)
        node.casework.go_round()
"""


@pytest.mark.slow
def test_copies_expire_once_or_not_yet(tmp_path: Path) -> None:
    rng = random.Random(4)
    with clock_of_nodes() as clock, fresh_pair(tmp_path, MAN) as (west, north):
        numbers = []
        for _ in range(6):
            [mine] = west.do("encounter_add", **west.encounter("Tomasin Verhoovel", "1981-04-17"))["cases"]
            theirs = max(each["number"] for each in north.do("case_list"))
            west.do("case_decide", case=mine, verdict="same", reason="r")
            west.do("case_request", case=mine, fields=["names"], reason="r")
            north.do("case_approve", case=theirs, role="approver", reason="r", days=10)
            numbers.append((mine, theirs))
        west.node.hang_up()
        north.node.hang_up()
        clock.ahead = timedelta(days=11)
    with clock_of_nodes() as clock:
        clock.ahead = timedelta(days=11)
        with serving(tmp_path / "north") as again:
            for _ in range(KILLS):
                expire_and_die(tmp_path / "west", rng)
            with serving(tmp_path / "west") as last:
                last.do("sync", circle="")
                for mine, theirs in numbers:
                    assert copies(Desk(last), mine) == copies(Desk(again), theirs)
                    assert [state for _, state in copies(Desk(last), mine)] == ["expired"]
                    happened = [each["what"] for each in Desk(last).do("case_show", case=mine)["history"]]
                    assert happened.count("expired") == 1
                last.hang_up()
            again.hang_up()
    assert logged(tmp_path / "west")


def expire_and_die(folder: Path, rng: random.Random) -> None:
    """Let a process of its own expire what is due, and kill it somewhere in between."""
    around = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-c", EXPIRE, folder, "11"], stdout=subprocess.PIPE, env=around)
    assert process.stdout
    process.stdout.readline()
    time.sleep(rng.uniform(0, 0.12))
    process.kill()
    process.wait(WAIT_S)
    process.stdout.close()
