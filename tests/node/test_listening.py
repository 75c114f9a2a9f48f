"""A node has places for so many connections: whoever comes when all are taken costs it nothing, and it goes on working."""

import json
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lib.nodes import Serving, free_port, made_folder, until
from lib.transcripts import as_program
from tallystick.adapters import control_client
from tallystick.adapters.node_folder import open_node_folder
from tallystick.server import listening
from tallystick.server.listening import FILES_OF_THE_NODE, LEAST_OPEN, Room, listeners

PLACES = 40
FEW_FILES = f"""
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES_OF_THE_NODE + 2 * PLACES},) * 2)
from tallystick.cli import main
main(prog_name="tallystick")
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Serving]:
    served = Serving(made_folder(tmp_path / "west", "west"))
    served.program = ("-c", FEW_FILES)
    served.start()
    yield served
    served.stop()


def is_open(connection: socket.socket) -> bool:
    connection.settimeout(0.01)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def test_strangers_who_say_nothing_take_no_file_from_the_node(node: Serving) -> None:
    """Before, they ended the audit log: a file of it could not be opened, and nothing more was written until a restart."""
    host, _, port = open_node_folder(node.folder).identity.listen.rpartition(":")
    with ExitStack() as stack:
        for _ in range(5):
            many = [stack.enter_context(socket.create_connection((host, int(port)))) for _ in range(50)]
        until(lambda: sum(map(is_open, many)) == 0)
        for name in ("officer-1", "officer-2"):
            given = {"name": name, "role": "officer", "person": "", "password": ""}
            control_client.run(node.folder, "staff_add", given, lambda *_: None)
            control_client.run(node.folder, "sync", {"circle": ""}, lambda *_: None)
    said = [json.loads(line) for line in (node.folder / "serve.err").read_text().splitlines() if line.startswith("{")]
    assert "too-many-connections" in {each.get("reason") for each in said}
    assert len(said) < 50


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[listening.Listener, list[str]]]:
    monkeypatch.setattr(listening, "places_of_a_port", lambda: 2)
    full: list[str] = []
    [one] = listeners("127.0.0.1", free_port(), lambda: full.append("full"))
    one.listen()
    one.settimeout(10)
    yield one, full
    one.close()


def test_a_place_is_given_back_when_its_connection_is_closed_or_lost(port: tuple[listening.Listener, list[str]]) -> None:
    one, full = port
    callers = [socket.create_connection(one.getsockname()) for _ in range(6)]
    first, _ = one.accept()
    second, _ = one.accept()
    with pytest.raises(ConnectionAbortedError):
        one.accept()
    assert full == ["full"]
    first.close()
    first.close()
    third, _ = one.accept()
    with pytest.raises(ConnectionAbortedError):
        one.accept()
    os.close(second.detach())
    del second
    fourth, _ = one.accept()
    for each in (*callers, third, fourth):
        each.close()


def test_one_address_takes_half_and_this_machine_all() -> None:
    places = Room(4)
    assert [places.take("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert [places.take("192.0.2.2") for _ in range(3)] == [True, True, False]
    places.leave("192.0.2.1")
    assert [places.take("::1") for _ in range(2)] == [True, False]
    of_a_proxy = Room(4)
    assert [of_a_proxy.take("127.0.0.1") for _ in range(5)] == [True] * 4 + [False]


@pytest.mark.parametrize(
    ("limits", "places"),
    [
        ((256, 512), LEAST_OPEN),
        ((1024, 1024), 170),
        ((1024, 4096), 1024),
        ((100_000, 100_000), 1024),
        ((-1, -1), 1024),
        ((64, -1), 1024),
    ],
)
def test_places_follow_from_how_many_files_there_may_be(
    limits: tuple[int, int], places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _which, said: changed.append(said))
    assert listening.places_of_a_port() == places
    assert all(soft >= limits[0] and (hard == limits[1]) for soft, hard in changed)


def test_a_port_that_somebody_else_has_is_said(tmp_path: Path) -> None:
    folder = made_folder(tmp_path / "west", "west")
    host, _, taken = open_node_folder(folder).identity.listen.rpartition(":")
    with socket.create_server((host, int(taken))):
        said = as_program("node", "serve", "--node", folder, folder=tmp_path)
    assert (said.code, "address already in use" in said.err) == (6, True), said.err
