"""Addresses to listen on: whether one is this machine's own, and how one is written."""

import ipaddress
from urllib.parse import urlsplit

_MOST_PORT = 65535


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine and nobody else's."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback_header(header: str) -> bool:
    """Tell whether a `Host` header names this machine: a name of somebody else's may be led to it."""
    try:
        return is_loopback(urlsplit(f"//{header}").hostname or "")
    except ValueError:
        return False


def read_listen(text: str) -> tuple[str, int] | None:
    """Read `PORT`, which is on the loopback, or `HOST:PORT`; None for anything else."""
    host, _, port = text.rpartition(":")
    if not (port.isdecimal() and port.isascii() and 0 < int(port) <= _MOST_PORT):
        return None
    return host.strip("[]") or "127.0.0.1", int(port)
