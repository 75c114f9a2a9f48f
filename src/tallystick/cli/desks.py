"""Serves the desk of a node beside its partners' port: where, under which certificate."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

from tallystick.adapters.addresses import is_loopback, read_listen
from tallystick.adapters.tls import desk_context
from tallystick.desk.app import make_desk
from tallystick.desk.guarding import Place
from tallystick.desk.pages import routes
from tallystick.desk.programs import program_routes
from tallystick.errors import InputError
from tallystick.server.serving import Beside
from tallystick.wiring.desk import DeskNode
from tallystick.wiring.nodes import OpenNode


def read_place(text: str) -> Place:
    """Read where a desk is served: PORT on the loopback, or HOST:PORT.

    Raises:
        InputError: it is neither.
    """
    found = read_listen(text)
    if found is None:
        raise InputError("--desk is no port, and no host and port", hint="write 8480, or desk.police-a.example:8443")
    return Place(*found, is_secure=not is_loopback(found[0]))


def read_watch(text: str) -> tuple[str, int]:
    """Read where metrics and health are served: PORT on the loopback, or HOST:PORT of it.

    Raises:
        InputError: it is neither, or another machine would reach it.
    """
    found = read_listen(text)
    if found is None:
        raise InputError("--metrics is no port, and no host and port", hint="write 9480, or 127.0.0.1:9480")
    if not is_loopback(found[0]):
        raise InputError(
            "--metrics is served to this machine only",
            hint="let what gathers them run here, or a proxy of yours that asks who it is: see docs/how-to/operate.md",
        )
    return found


def desk_beside(place: Place) -> Callable[[OpenNode], AbstractContextManager[Beside]]:
    """Return what opens the desk of a node, to be served at a place."""

    @contextmanager
    def opened(node: OpenNode) -> Iterator[Beside]:
        tls = desk_context(node.folder.certificate, node.folder.key) if place.is_secure else None
        with closing(DeskNode(node)) as desk:
            yield Beside(make_desk(desk, place, routes(), program_routes()), (place.host, place.port), tls)

    return opened
