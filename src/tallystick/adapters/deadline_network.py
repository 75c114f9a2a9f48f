"""A network whose reads and writes end when a call must be over, however little at a time the other side sends.

A time limit for each read alone lets a partner that sends one byte now and then hold a call for ever.

Source: httpcore's network backends (https://www.encode.io/httpcore/network-backends/).
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore


@dataclass(slots=True)
class Deadline:
    """When a call must be over.

    Attributes:
        at: in seconds of the monotonic clock.
    """

    at: float

    def extend(self, seconds: float) -> None:
        """Give the call more time."""
        self.at += seconds


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def over_within(seconds: float) -> Iterator[Deadline]:
    """Let what is read and written in here be over after so many seconds."""
    deadline = Deadline(time.monotonic() + seconds)
    token = _deadline.set(deadline)
    try:
        yield deadline
    finally:
        _deadline.reset(token)


class DeadlineNetwork(httpcore.NetworkBackend):
    """TCP of the operating system, held to the deadline of the call that uses it."""

    def __init__(self) -> None:
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        within = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._network.connect_tcp(host, port, within, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._network.connect_unix_socket(path, _left(timeout, httpcore.ConnectTimeout), socket_options))


class _Stream(httpcore.NetworkStream):
    """A connection."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's own type
        return self._stream.get_extra_info(info)


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """Return the lesser of a time limit and what is left of the call."""
    deadline = _deadline.get()
    if deadline is None:
        return timeout
    left = deadline.at - time.monotonic()
    if left <= 0:
        raise late("the call took too long")
    return left if timeout is None else min(timeout, left)
