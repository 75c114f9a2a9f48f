"""Getting one file from an address that somebody names: HTTPS, of public addresses, with limits.

Rules
 1. HTTPS; plain HTTP where it is allowed. No other scheme, no name or password in an address.
 2. The addresses a host name stands for are looked up once, before connecting, and the connection goes to one of them: all must
    be public, unless private ones are allowed. A redirection is held to the same rules, at most MOST_REDIRECTS of them.
 3. No proxy, cookie or credential of this machine is used. The answer is read packed by nothing, up to the limit, and the whole
    call is over within DEADLINE_S.
 4. What was had before is asked for only if it changed since, at the address that gave it (RFC 9110, section 13): by its entity
    tag and its date, each word for word as it was given, and neither when it is not written as the RFC says. A host can know
    its reader again by them; who minds gives no version.
"""

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpcore

from tallystick.adapters.deadline_network import DeadlineNetwork, over_within
from tallystick.errors import InputError, UnavailableError

DEADLINE_S: Final = 60.0
MOST_REDIRECTS: Final = 5
_TIMEOUT_S: Final = 20.0
_OK, _NOT_MODIFIED = 200, 304
_MOVED = frozenset((301, 302, 303, 307, 308))
_HEADERS = ((b"User-Agent", b"tallystick"), (b"Accept-Encoding", b"identity"), (b"Accept", b"*/*"))
_TAG = re.compile(r'(?:W/)?"[!#-~]{0,256}"')
_UNICAST = ipaddress.ip_network("2000::/3")
"""All of version 6 that is given to anybody (RFC 4291, section 2.4; IANA)."""
_EXAMPLES = ipaddress.ip_network("3fff::/20")
"""RFC 9637."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: gateways to version 4."""
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT", re.ASCII)


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a file an address gave.

    Attributes:
        url: the address that gave it, where another one led on.
        tag: its entity tag; empty where none was given.
        date: when it was changed last, as the address wrote it; empty where that was not said.
    """

    url: str
    tag: str = ""
    date: str = ""

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What asks for the file only if it is another version."""
        said = ((b"If-None-Match", self.tag, _TAG), (b"If-Modified-Since", self.date, _DATE))
        return [(name, value.encode("ascii")) for name, value, shape in said if shape.fullmatch(value)]


@dataclass(frozen=True, slots=True)
class Got:
    """A file: its bytes, None where it is the version that was known; and which version it is."""

    content: bytes | None
    version: Version


class _Network(DeadlineNetwork):
    """TCP to addresses that were looked at."""

    def __init__(self, *, private: bool) -> None:
        super().__init__()
        self._private = private

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        try:
            found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except OSError:
            raise UnavailableError(f"the host {host} is not known", hint="look at the address and the network") from None
        if not self._private and not all(_is_public(each) for each in found):
            raise InputError(f"the host {host} is of this machine or network", hint="allow it with --private if it is meant")
        return super().connect_tcp(found[0], port, timeout, local_address, socket_options)


def _is_public(address: str) -> bool:
    """Tell whether an address is of no private or special network, nor carries one of version 4 that is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        carried = _carried(found)
        if carried is None and (found not in _UNICAST or found in _EXAMPLES):
            return False
        found = carried or found
    return found.is_global and not found.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the address of version 4 that a packet would go on to; None where it stays with version 6."""
    translated = ipaddress.IPv4Address(address.packed[-4:]) if address in _TRANSLATED else None
    return address.ipv4_mapped or address.sixtofour or translated


def get(
    url: str,
    most_bytes: int,
    *,
    known: Version | None = None,
    plain: bool = False,
    private: bool = False,
    context: ssl.SSLContext | None = None,
) -> Got:
    """Get a file.

    Args:
        url: where it is.
        most_bytes: the most it may hold.
        known: the version that was had before.
        plain: whether HTTP will do.
        private: whether the host may be of this machine or network.
        context: whom to trust; the system's authorities where not said.

    Raises:
        InputError: the address is none, is not allowed, or what is there is too large.
        UnavailableError: it cannot be had now.
    """  # fmt: skip
    with (
        over_within(DEADLINE_S),
        httpcore.ConnectionPool(
            ssl_context=context or ssl.create_default_context(), network_backend=_Network(private=private), retries=0
        ) as pool,
    ):
        for _ in range(MOST_REDIRECTS + 1):
            _check(url, plain=plain)
            answer = _once(pool, url, most_bytes, known if known and known.url == url else None)
            if isinstance(answer, Got):
                return answer
            url = urljoin(url, answer)
    raise InputError("the address leads on too often", hint="give the address it leads to")


def _check(url: str, *, plain: bool) -> None:
    try:
        parts = urlsplit(url)
        known = parts.hostname and parts.port != 0
    except ValueError:
        known = None
    if not known or parts.scheme not in {"https", "http"} or parts.username is not None:
        raise InputError("the address is none of HTTPS", hint="give it as https://HOST/PATH, without a name or a password")
    if parts.scheme == "http" and not plain:
        raise InputError(
            "the address is one of plain HTTP, which anybody on the way can change", hint="allow it with --plain-http"
        )


def _once(pool: httpcore.ConnectionPool, url: str, most_bytes: int, known: Version | None) -> Got | str:
    """Ask once; return what is there, or where it moved to."""
    asked = known.headers if known else []
    timeout = {"timeout": {"connect": _TIMEOUT_S, "read": _TIMEOUT_S, "write": _TIMEOUT_S, "pool": _TIMEOUT_S}}
    host = urlsplit(url).hostname
    try:
        with pool.stream("GET", url.partition("#")[0].encode("ascii"), headers=[*_HEADERS, *asked], extensions=timeout) as answer:
            headers = {name.lower(): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in _MOVED and headers.get(b"location"):
                return headers[b"location"]
            if answer.status == _NOT_MODIFIED and known and asked:
                return Got(None, known)
            if answer.status != _OK:
                raise UnavailableError(f"{host} answers {answer.status}", hint="look at the address, or try later")
            if headers.get(b"content-encoding", "identity").lower() != "identity":
                raise InputError(f"{host} sends it packed, unasked", hint="get the file by other means, and name that")
            content = bytearray()
            for part in answer.iter_stream():
                content += part
                if len(content) > most_bytes:
                    raise InputError(f"{host} sends more than {most_bytes >> 20} MB", hint="give another address")
            return Got(bytes(content), Version(url, headers.get(b"etag", ""), headers.get(b"last-modified", "")))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError):
        raise UnavailableError(f"{host} cannot be reached, or does not keep to HTTP", hint="try later") from None
    except UnicodeError:
        raise InputError("the address holds characters that none has", hint="write them as %XX") from None
