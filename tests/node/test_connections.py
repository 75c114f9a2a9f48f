"""Connections of a served application that costs nothing: who does not read is cut off, who reads slowly is not."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import uvicorn

from lib.nodes import free_port, until
from tallystick.server import connections

PARTS, PART = 512, bytes(65_536)


async def large(scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI
    """Answer with 32 MB, as fast as the other side takes them."""
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % (PARTS * len(PART)))]})
    for at in range(PARTS):
        await send({"type": "http.response.body", "body": PART, "more_body": at < PARTS - 1})


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list[str]]]:
    monkeypatch.setattr(connections, "UNREAD_S", 1.0)
    said: list[str] = []
    guarded: Any = partial(connections.GuardedProtocol, cut=lambda _certificate, why: said.append(why), unwanted_bytes=1 << 20)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(large, port=port, http=guarded, ws="none", lifespan="off", log_config=None))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until(lambda: server.started)
    yield port, said
    server.should_exit = True
    thread.join(30)


def asking(port: int, rest: bytes = b"") -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    sock.connect(("127.0.0.1", port))
    sock.settimeout(30)
    sock.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n" + (rest or b"\r\n"))
    return sock


def read_all(sock: socket.socket) -> None:
    with suppress(OSError):
        while sock.recv(1 << 20):
            pass


def test_who_asks_and_does_not_read_is_cut_off(served: tuple[int, list[str]]) -> None:
    port, said = served
    with asking(port) as sock:
        until(lambda: said == ["too-slow"])
        with suppress(ConnectionResetError):
            assert sum(len(part) for part in iter(lambda: sock.recv(1 << 20), b"")) < PARTS * len(PART)


def test_who_reads_slowly_is_not_cut_off(served: tuple[int, list[str]]) -> None:
    port, said = served
    with asking(port) as sock:
        read = 0
        while read < PARTS * len(PART) and (part := sock.recv(1 << 20)):
            read += len(part)
            time.sleep(0.005)
    assert (said, read >= PARTS * len(PART)) == ([], True)


def test_what_comes_after_the_answer_is_cut_off(served: tuple[int, list[str]]) -> None:
    port, _ = served
    with asking(port, b"transfer-encoding: chunked\r\n\r\n") as sock:
        threading.Thread(target=read_all, args=(sock,), daemon=True).start()
        sent = 0
        with suppress(OSError):
            while sent < 64 << 20:
                sock.sendall(b"10000\r\n" + PART + b"\r\n")
                sent += len(PART)
    assert sent < 64 << 20
