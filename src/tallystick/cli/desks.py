"""Serves the desk of a node beside its partners' port: where, under which certificate."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

from tallystick.adapters.tls import desk_context
from tallystick.desk.app import make_desk
from tallystick.desk.guarding import Place, is_loopback
from tallystick.desk.pages import routes
from tallystick.errors import InputError
from tallystick.server.serving import Beside
from tallystick.wiring.desk import DeskNode
from tallystick.wiring.nodes import OpenNode

_MOST_PORT = 65535


def read_place(text: str) -> Place:
    """Read where a desk is served: PORT on the loopback, or HOST:PORT.

    Raises:
        InputError: it is neither.
    """
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not (port.isdecimal() and port.isascii() and 0 < int(port) <= _MOST_PORT):
        raise InputError("--desk is no port, and no host and port", hint="write 8480, or desk.police-a.example:8443")
    return Place(host, int(port), is_secure=not is_loopback(host))


def desk_beside(place: Place) -> Callable[[OpenNode], AbstractContextManager[Beside]]:
    """Return what opens the desk of a node, to be served at a place."""

    @contextmanager
    def opened(node: OpenNode) -> Iterator[Beside]:
        tls = desk_context(node.folder.certificate, node.folder.key) if place.is_secure else None
        with closing(DeskNode(node)) as desk:
            yield Beside(make_desk(desk, place, routes()), (place.host, place.port), tls)

    return opened
