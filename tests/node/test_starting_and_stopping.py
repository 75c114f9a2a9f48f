"""A node starts though a command is at work, ends at once though partners hold connections, and runs once."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from lib.nodes import Serving, agree, made_folder, nodes
from lib.transcripts import as_program
from tallystick.adapters.audit_folder import opened_audit_log
from tallystick.adapters.node_folder import open_node_folder
from tallystick.errors import UnavailableError
from tallystick.wiring.nodes import log_key, opened_node


def test_a_node_starts_when_the_command_that_has_it_open_is_done(tmp_path: Path) -> None:
    folder = made_folder(tmp_path / "police-a", "police-a")
    ready, done = threading.Event(), threading.Event()

    def command() -> None:
        with opened_node(folder):
            ready.set()
            time.sleep(1)
        done.set()

    thread = threading.Thread(target=command)
    thread.start()
    ready.wait()
    serving = Serving(folder).start()
    assert done.is_set()
    thread.join()
    again = as_program("node", "serve", "--node", folder, folder=tmp_path)
    assert (again.code, "is served already" in again.err) == (6, True), again
    serving.stop()


def test_waiting_has_an_end_and_says_so(tmp_path: Path) -> None:
    node = open_node_folder(made_folder(tmp_path / "police-a", "police-a"))
    with opened_node(node.folder), pytest.raises(UnavailableError, match=r"has not ended within 0\.2 s"), ExitStack() as stack:
        stack.enter_context(opened_audit_log(node.log, log_key(node), wait_s=0.2))


def test_a_node_ends_at_once_though_a_partner_holds_an_idle_connection(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        agree(a, b)
        card = a.open.card
    serving = Serving(tmp_path / "police-a").start()
    with opened_node(tmp_path / "police-b") as opened:
        peer = opened.participation.node.peer(card)
        assert peer.get("/v1/log/checkpoint", most_bytes=1 << 16)
        begun = time.monotonic()
        serving.stop()
        assert time.monotonic() - begun < 4
