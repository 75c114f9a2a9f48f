"""Keeps the desk's visitors from being used against themselves: host, origin, form tokens, headers.

Rules
 1. A request names one host, and a desk on the loopback answers to loopback names only, so that no name of somebody else can
    be led to it.
 2. What changes something comes from our own pages: the browser says so (Sec-Fetch-Site or Origin), and the form holds a
    token that only our pages know.
 3. No page runs script or style that is not a file of ours, loads nothing from elsewhere, and is framed by nobody.
"""

import hashlib
import hmac
import ipaddress
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Message, Send

from tallystick.adapters.addresses import is_loopback, is_loopback_header
from tallystick.desk.reading import CSRF_FIELD, Given, first
from tallystick.errors import NotAuthorizedError
from tallystick.node.security_keys import Site
from tallystick.wiring.desk import DeskNode

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_YEAR_S = 31_536_000
_MOST_ADDRESS = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where a desk is served.

    Attributes:
        host, port: what it listens on.
        is_secure: whether browsers reach it over TLS.
    """

    host: str
    port: int
    is_secure: bool = False

    @property
    def url(self) -> str:
        """Its address."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_secure else 'http'}://{shown}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)


class Guard:
    """Checks a request before a page sees it."""

    def __init__(self, node: DeskNode, place: Place) -> None:
        self._place = place
        self.is_secure = place.is_secure
        self.cookie = cookie_name(node, place)

    def is_our_host(self, headers: list[str]) -> bool:
        """Tell whether a request was meant for this desk, by its `Host` headers."""
        if len(headers) != 1 or not _HOST.fullmatch(headers[0]):
            return False
        return not self._place.is_loopback or is_loopback_header(headers[0])

    def check_origin(self, request: Request) -> None:
        """Let only our own pages change something.

        Raises:
            NotAuthorizedError: the browser says that another site sent this.
        """
        site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
        if site and site not in {"same-origin", "none"}:
            raise NotAuthorizedError("this was sent from another site", hint="open the desk itself and try again")
        if not site and origin and urlsplit(origin).netloc != request.headers.get("host", ""):
            raise NotAuthorizedError("this was sent from another site", hint="open the desk itself and try again")

    def site(self, request: Request) -> Site | None:
        """Return where security keys can be used: never at an IP address, and without TLS only at localhost."""
        if not self._place.is_loopback:
            return None if _is_address(self._place.host) else Site(self._place.host, self._place.url)
        host = request.headers.get("host", "")
        return Site("localhost", f"http://{host}") if host.partition(":")[0] == "localhost" else None

    @staticmethod
    def check_form(token: str, raw: Given, header: str) -> None:
        """Let only a form of this session change something.

        Raises:
            NotAuthorizedError: the form holds another token, or none.
        """
        given = header or first(raw, CSRF_FIELD)
        if not hmac.compare_digest(form_token(token).encode(), given.encode()):
            raise NotAuthorizedError("this form is not of your session", hint="load the page again and repeat what you did")


def within(path: str) -> str:
    """Return a path of the desk; the front page for what a browser might take for another host, and for anything else."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and all(" " <= letter != "\x7f" for letter in path)
    return path if is_ours else "/"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def address_of(request: Request) -> str:
    """Return the machine that asks; where a proxy on this machine stands before the desk, the one that the proxy saw."""
    seen = request.client.host if request.client else ""
    told = request.headers.getlist("x-forwarded-for")
    last = told[-1].rpartition(",")[2].strip()[:_MOST_ADDRESS] if told and is_loopback(seen) else ""
    return last or seen


def cookie_name(node: DeskNode, place: Place) -> str:
    """Return the name of the session's cookie: browsers do not tell the ports of one host apart."""
    return f"{'__Host-' if place.is_secure else ''}tallystick-{node.card.id}"


def provider_cookie(cookie: str) -> str:
    """Return the name of what a browser keeps while somebody is at an identity provider."""
    return f"{cookie}-provider"


def form_token(token: str) -> str:
    """Return what forms of a session hold: it follows from the session's own token, which no page shows."""
    return urlsafe_b64encode(hashlib.sha256(b"form\0" + token.encode()).digest()).decode().rstrip("=")


def secured(send: Send, *, is_secure: bool) -> Send:
    """Return a `send` that puts the headers of rule 3 on every answer; those an answer has itself stay."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            had = {name.lower() for name, _ in message["headers"]}
            if b"content-security-policy" in had:
                had.add(b"x-frame-options")  # who may frame it is said there
            added = [(name.encode(), value.encode()) for name, value in _HEADERS.items() if name.encode() not in had]
            if is_secure:
                added.append((b"strict-transport-security", f"max-age={_YEAR_S}".encode()))
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sending
