"""Runs a node: the partners' port over TLS, the commands' socket, and what is due from time to time.

Ends on SIGTERM and SIGINT: no new request is taken, those begun are finished, the socket is removed.
"""

import asyncio
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from tallystick.adapters.unix_sockets import short_path
from tallystick.errors import Error, UnavailableError
from tallystick.exchange.messages import MAX_REQUEST_BYTES
from tallystick.server.complaints import Complaints
from tallystick.server.connections import Cut, GuardedProtocol
from tallystick.server.listening import listeners
from tallystick.server.messages import bug

log = structlog.get_logger("tallystick.server")
_FULL = "too-many-connections"
_GRACE_S = 10
_TICK_S = 0.01


@dataclass(frozen=True, slots=True)
class Places:
    """Where a node is reached.

    Attributes:
        listen: host and port of the node-to-node interface.
        control: path of the commands' socket.
        tls: the interface's context.
        cut: told of connections that are cut.
    """

    listen: tuple[str, int]
    control: Path
    tls: ssl.SSLContext
    cut: Cut


@dataclass(frozen=True, slots=True)
class Beside:
    """Something else that is served in the same process: an application, where, and its TLS context if it has one."""

    app: ASGIApp
    listen: tuple[str, int]
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done from time to time, in a thread, and how often; it waits for nothing else that is due."""

    chores: Callable[[], None]
    every_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told how far it is: once all can be reached, and once it is told to stop."""

    ready: Callable[[], None]
    stopping: Callable[[], None] = lambda: None


def serve(
    peers: ASGIApp, control: Starlette, places: Places, due: Sequence[Due], told: Told, *,
    beside: Sequence[Beside] = (),
) -> None:  # fmt: skip
    """Serve until told to stop.

    Args:
        peers: the node-to-node interface.
        control: the commands.
        places: where.
        due: fetch, publish, cosign.
        told: who is told how far it is.
        beside: what else is served.
    """
    servers = [_peer_server(peers, places), *map(_server_beside, beside)]
    asyncio.run(_serve(servers, _control_server(control), places.control, due, told))


def _peer_server(app: ASGIApp, places: Places) -> "_Server":
    guarded: Any = partial(GuardedProtocol, cut=places.cut, unwanted_bytes=MAX_REQUEST_BYTES)  # uvicorn calls it, whatever it is
    config = uvicorn.Config(
        app, host=places.listen[0], port=places.listen[1], http=guarded, ws="none", lifespan="off", log_config=None,
        access_log=False, server_header=False, date_header=False, timeout_graceful_shutdown=_GRACE_S, backlog=1024,
    )  # fmt: skip
    config.load()
    config.ssl = places.tls
    return _Server(config, lambda: places.cut(None, _FULL))


def _server_beside(what: Beside) -> "_Server":
    config = uvicorn.Config(
        what.app, host=what.listen[0], port=what.listen[1], http=GuardedProtocol, ws="none", lifespan="off", log_config=None,
        access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE_S, proxy_headers=False,
    )  # fmt: skip
    config.load()
    config.ssl = what.tls
    complaints = Complaints()
    return _Server(config, lambda: complaints.tell("refused at the door", reason=_FULL, at=str(what.listen[1])))


def _control_server(app: Starlette) -> "_Server":
    config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=_GRACE_S)
    config.load()
    return _Server(config)


@contextmanager
def _owner_only(path: Path) -> Iterator[socket.socket]:
    """Listen on a socket in the file system that was never anybody else's, not even for a moment."""
    with suppress(FileNotFoundError):  # left by a node that was killed; the log's lock says that none runs
        path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        before = os.umask(0o177)
        try:
            with short_path(path) as short:
                listening.bind(short)
        finally:
            os.umask(before)
        yield listening
    with suppress(FileNotFoundError):
        path.unlink()


class _Server(uvicorn.Server):
    """A server whose signals are somebody else's business, and that has a place for so many connections and no more."""

    def __init__(self, config: uvicorn.Config, full: Callable[[], object] = lambda: None) -> None:
        super().__init__(config)
        self._full = full

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen at the sockets, or at the host and port of the settings.

        Raises:
            UnavailableError: nobody can listen there.
        """
        await super().startup(sockets or self._bound())

    def _bound(self) -> list[socket.socket]:
        host, port = self.config.host, self.config.port
        try:
            return [*listeners(host, port, self._full)]
        except OSError as error:
            raise UnavailableError(
                f"nobody can listen at {host}:{port}: {(error.strerror or 'no such host').lower()}",
                hint="end what listens there, or say another place in node.toml or with --desk",
            ) from None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handlers: there are several servers in this process."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in peace, and cut what has not ended by itself: a connection that came while the others were ended, or hangs."""
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # until they know


async def _serve(
    listed: Sequence[_Server], control: _Server, path: Path, due: Sequence[Due], told: Told,
) -> None:  # fmt: skip
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    with _owner_only(path) as listening:
        servers = [*listed, control]
        tasks = [asyncio.create_task(control.serve(sockets=[listening]))] + [asyncio.create_task(each.serve()) for each in listed]
        while not all(each.started for each in servers) and not any(task.done() for task in tasks):  # noqa: ASYNC110  # uvicorn sets a flag
            await asyncio.sleep(_TICK_S)
        if all(each.started for each in servers):
            told.ready()
        chores = [asyncio.create_task(_do_chores(each, stopped)) for each in due]
        await asyncio.wait([*tasks, asyncio.create_task(stopped.wait())], return_when=asyncio.FIRST_COMPLETED)
        stopped.set()
        told.stopping()
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks, *chores)


async def _do_chores(due: Due, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await asyncio.to_thread(due.chores)
        except Error as error:
            log.warning("a chore failed; it is tried again", error=type(error).__name__, reason=str(error))
        except Exception as error:  # a face: a bug must not end the chores of all circles
            bug("chores", error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), due.every_s)
