"""A node starts though a command is at work, ends at once though partners hold connections, and runs once."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lib.nodes import WAIT_S, Serving, agree, made_folder, nodes, until
from lib.transcripts import as_program, in_process
from tallystick.adapters import pki
from tallystick.adapters.audit_folder import AuditFiles, opened_audit_log
from tallystick.adapters.node_folder import open_node_folder
from tallystick.adapters.tls import server_context
from tallystick.audit.checkpoints import decode_checkpoint
from tallystick.audit.notes import decode_note
from tallystick.audit.verification import read_checkpoint
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


@contextmanager
def hanging(folder: Path, root: bytes) -> Iterator[list[ssl.SSLSocket]]:
    """Stand in for a node: take connections of a partner, and answer none of what comes."""
    node, held = open_node_folder(folder), list[ssl.SSLSocket]()
    context = server_context(node.certificate, node.key, [root])

    def take() -> None:
        with suppress(OSError):  # closed at the end
            while True:
                held.append(context.wrap_socket(listening.accept()[0], server_side=True))

    def close() -> None:
        for each in held:
            each.close()

    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", urlsplit(node.identity.url).port or 0)))
        thread = threading.Thread(target=take)
        thread.start()
        stack.callback(close)
        stack.callback(thread.join, WAIT_S)
        stack.callback(listening.shutdown, socket.SHUT_RDWR)
        yield held


def test_entries_come_under_a_checkpoint_though_a_partner_does_not_answer(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        agree(a, b)
        root = pki.from_base64(a.open.card.ca)
    files = AuditFiles(tmp_path / "police-a" / "log")

    def covered() -> int:
        return decode_checkpoint(decode_note(read_checkpoint(files.read)).text).size

    with hanging(tmp_path / "police-b", root) as held:
        serving = Serving(tmp_path / "police-a", every_s=0.2).start()
        try:
            until(lambda: held)  # its chores wait for an answer now, for half a minute
            words = ("circle", "grant", "police-b", "--points", 64, "--officer", "officer-1", "--node", tmp_path / "police-a")
            said = in_process(*words)
            assert said.code == 0, said.err
            until(lambda: not files.pending(covered()), 10)
            assert len(held) == 1, "the partner was not even asked for a second thing"
        finally:
            serving.kill()


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
