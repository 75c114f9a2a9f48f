"""Listens for connections, and keeps no more of them than there is room for, from their first byte on.

A connection takes a file descriptor before anybody knows whose it is. Where they run out, nothing can be opened any more: no
database, no file of the audit log. So whoever comes when all places are taken is turned away at once, strangers included.

Rules
 1. All connections of a port have `MOST_OPEN` places, those from one address half of them; fewer where the system allows few
    files. What comes from this machine is a proxy, most likely: it may take them all.
 2. `FILES_OF_THE_NODE` descriptors are left for what the node itself opens.
"""

import resource
import socket
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from tallystick.adapters.addresses import is_loopback

MOST_OPEN: Final = 1024
LEAST_OPEN: Final = 32
FILES_OF_THE_NODE: Final = 512
_PORTS: Final = 3
"""That may be served: for partners, for the desk, for an operator's tools."""


def places_of_a_port() -> int:
    """Let this process open as many files as the system lets it; return how many connections one port may have."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_OF_THE_NODE + _PORTS * MOST_OPEN
    if now != resource.RLIM_INFINITY and now < wanted:
        now = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))
    room = MOST_OPEN if now == resource.RLIM_INFINITY else (now - FILES_OF_THE_NODE) // _PORTS
    return max(LEAST_OPEN, min(MOST_OPEN, room))


class Room:
    """The places of one port, and who has taken them. Not for several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Take one; tell whether there was one."""
        most_of_one = self._most if is_loopback(address) else self._most // 2
        if self._taken.total() >= self._most or self._taken[address] >= most_of_one:
            return False
        self._taken[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Give one back."""
        self._taken[address] -= 1
        if self._taken[address] <= 0:
            del self._taken[address]


class _Kept(socket.socket):
    """A connection that gives its place back when it is closed."""

    left: Callable[[], object]

    def close(self) -> None:
        """Close it."""
        super().close()
        self.left()


class Listener(socket.socket):
    """A socket that listens; `full` hears of each connection it turned away."""

    room: Room
    full: Callable[[], object]

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection.

        Raises:
            ConnectionAbortedError: there is no place for it; whoever listens waits for the next one.
        """
        plain, address = super().accept()
        host = str(address[0])
        if not self.room.take(host):
            plain.close()
            self.full()
            raise ConnectionAbortedError
        kept = _Kept(self.family, self.type, self.proto, fileno=plain.detach())
        kept.left = weakref.finalize(kept, self.room.leave, host)  # once, also where nobody closes it
        return kept, address


def listeners(host: str, port: int, full: Callable[[], object]) -> list[Listener]:
    """Return the sockets that listen at a host and port, not listening yet, with places of their own.

    Args:
        host: a name or an address.
        port: which port.
        full: hears of each connection that was turned away.

    Raises:
        OSError: there is no such host, or somebody else listens there.
    """
    room = Room(places_of_a_port())
    made: list[Listener] = []
    try:
        for family, address in _addresses(host, port):
            made.append(each := Listener(family, socket.SOCK_STREAM))
            each.room, each.full = room, full
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            each.bind(address)
    except OSError:
        for each in made:
            each.close()
        raise
    return made


def _addresses(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, Any]]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    yield from dict.fromkeys((family, address) for family, _, _, _, address in found)
