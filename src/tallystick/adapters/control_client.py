"""Hands a command to the running node of a folder; see server/control.py for what goes over the socket."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tallystick import errors
from tallystick.adapters.unix_sockets import short_path
from tallystick.errors import Error, UnavailableError

SOCKET = "node.sock"
_CLASSES = {name: each for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Error)}


def is_running(folder: Path) -> bool:
    """Tell whether a node listens there."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, short_path(folder / SOCKET) as path:
            probe.connect(path)
    except OSError:
        return False
    return True


def run(folder: Path, command: str, arguments: Mapping[str, object], report: Callable[[str, int, int], None]) -> Any:  # noqa: ANN401
    """Let the running node carry out a command.

    Args:
        folder: the node's folder.
        command: its name.
        arguments: what can be said in JSON.
        report: called with the stage, how much is done, how much there is.

    Returns:
        The result, as decoded JSON.

    Raises:
        Error: what the node raised, class, message and hint.
        UnavailableError: the node ended meanwhile.
    """
    body = msgspec.json.encode(arguments)
    with (
        suppress(httpx.HTTPError),
        _client(folder, None) as client,  # work takes its time
        client.stream("POST", f"http://node/{command}", content=body) as response,
    ):
        for line in response.iter_lines():
            event = msgspec.json.decode(line)
            if "progress" in event:
                report(*event["progress"])
            elif "error" in event:
                raise _error(event["error"])
            else:
                return event["result"]
    raise UnavailableError("the running node ended before it answered", hint="look at its messages, start it again, and repeat")


@contextmanager
def _client(folder: Path, timeout_s: float | None) -> Iterator[httpx.Client]:
    with (
        short_path(folder / SOCKET) as path,
        httpx.Client(transport=httpx.HTTPTransport(uds=path), timeout=timeout_s) as client,
    ):
        yield client


def _error(said: Mapping[str, str]) -> Exception:
    kind = _CLASSES.get(said["class"])
    if kind is None:
        return RuntimeError(said["message"])
    return kind(said["message"], hint=said["hint"])
