"""The node's own people: commands that a running node carries out for the command line, over a socket in its folder.

One process owns a node: its log, its budgets, its keys. A command given on the command line is therefore handed to the
running node; what it does and says is the same as without one. The socket is readable by the node's user only; nothing of it
is on the network.

A command is `POST /NAME` with its arguments as JSON; the answer is lines of JSON: `{"progress": [stage, done, total]}` as often
as there is news, then one of `{"result": ...}` and `{"error": {"class", "message", "hint"}}`.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tallystick.errors import Error
from tallystick.server.messages import bug

SOCKET = "node.sock"
_END = b""

Report = Callable[[str, int, int], None]
Command = Callable[[Mapping[str, Any], Report], object]


def make_control(commands: Mapping[str, Command]) -> Starlette:
    """Return the application that carries out commands."""

    async def run(request: Request) -> Response:
        command = commands.get(request.path_params["name"])
        if command is None:
            return PlainTextResponse("no such command\n", status_code=404)
        arguments = msgspec.json.decode(await request.body(), type=dict[str, Any])
        return StreamingResponse(_lines(command, arguments), media_type="application/x-ndjson")

    return Starlette(routes=[Route("/{name}", run, methods=["POST"])])


def _lines(command: Command, arguments: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield what a command says, while it says it."""
    said: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_carry_out, args=(command, arguments, said), daemon=True).start()
    while line := said.get():
        yield line


def _carry_out(command: Command, arguments: Mapping[str, Any], said: "queue.Queue[bytes]") -> None:
    try:
        result = command(arguments, lambda stage, done, total: said.put(_line({"progress": [stage, done, total]})))
        said.put(_line({"result": result}))
    except Error as error:
        said.put(_line({"error": {"class": type(error).__name__, "message": str(error), "hint": error.hint}}))
    except Exception as error:  # a face: what is no Error is a bug, and its message may hold a value of a record
        bug("command", error)
        said.put(_line({"error": {"class": "", "message": type(error).__name__, "hint": ""}}))
    finally:
        said.put(_END)


def _line(event: object) -> bytes:
    return msgspec.json.encode(event) + b"\n"
