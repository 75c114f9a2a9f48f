"""What a node needs of its connections beside HTTP: whose certificate is at the other end, and an end to what does not end.

The certificate is handed to the application as `scope["extensions"]["tls"]` (ASGI TLS extension). uvicorn does neither yet;
this is the one place that would go away when it does.
"""

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEADER_BYTES = 16 * 1024
REQUEST_S = 30.0
"""Seconds for a request to come, from the connection or its first byte on."""
SLOWEST_BYTES_S = 16 * 1024
"""How fast a large one must come beside them."""
UNWANTED_BYTES = 64 << 20
"""What may still come of a request that was answered before its end, so that its sender sees the answer; then it is cut off."""
UNREAD_S = 120.0
"""Seconds in which who was answered must read something; the buffers of the system hide what is read of the first megabytes."""
_LOOK_S = 1.0
MOST_CONNECTIONS = 64
"""Connections that one certificate may have at once."""
_connections: Counter[bytes] = Counter()
Cut = Callable[[bytes | None, str], None]
"""Told whose connection (certificate, DER) was refused something by this layer, and why, as a code."""


def _nobody(_certificate: bytes | None, _why: str) -> None:
    """Tell nobody."""


class GuardedProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose requests know the certificate of their connection (DER, the leaf only), and whose header sections end.

    A header section that is not complete is held in memory; after `MOST_HEADER_BYTES` beyond the first chunk the connection is
    cut. What is complete is held to the limit by the application (spec/exchange-v1.md, section 11). A request that does not
    come to its end in time is cut off, too: nobody is made to wait for it, but a connection costs memory. So is one that was
    answered, a refusal most likely, and goes on without an end; and whoever does not read what it asked for.
    """

    _is_in_header = False
    _header_bytes = 0
    _came_bytes = 0
    _unwanted_bytes = 0
    _began = 0.0
    _looking: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _certificate: bytes | None = None

    def __init__(self, *given: Any, cut: Cut = _nobody, unwanted_bytes: int = UNWANTED_BYTES, **named: Any) -> None:  # noqa: ANN401  # uvicorn's own
        super().__init__(*given, **named)
        self._cut = cut
        self._most_unwanted_bytes = unwanted_bytes

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._is_in_header, self._header_bytes, self._unwanted_bytes = True, 0, 0
        self._wait_for_request()

    def on_message_complete(self) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        """Count no longer."""
        self._is_in_header = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Cut the connection when a header section does not end, or what nobody reads any more."""
        was_in_header = self._is_in_header
        self._came_bytes += len(data)
        super().data_received(data)
        if was_in_header and self._is_in_header:
            self._header_bytes += len(data)
            if self._header_bytes > MOST_HEADER_BYTES:
                self._refuse("too-large")
        cycle: Any = self.cycle  # None before the first request, whatever its annotation says
        if cycle is not None and cycle.response_complete and cycle.more_body:
            self._unwanted_bytes += len(data)
            if self._unwanted_bytes > self._most_unwanted_bytes:
                self.transport.abort()  # whatever was refused is recorded

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        self._cut(self._certificate, "malformed")
        super().send_400_response(msg)

    def pause_writing(self) -> None:
        """Wait until the other side reads, but not for ever."""
        super().pause_writing()
        self._look_unread(self.transport.get_write_buffer_size() + 1)

    def resume_writing(self) -> None:
        """Wait no longer: it reads."""
        self._stop_unread()
        super().resume_writing()

    def _look_unread(self, before: int) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting >= before:
            self._refuse("too-slow")
        else:
            self._unread = self.loop.call_later(UNREAD_S, self._look_unread, waiting)

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self._stop_unread()
        if self._certificate is not None:
            _connections[self._certificate] -= 1
            if _connections[self._certificate] <= 0:
                del _connections[self._certificate]
        super().connection_lost(exc)

    def _wait_for_request(self) -> None:
        self._stop_waiting()
        self._began, self._came_bytes = self.loop.time(), 0
        self._looking = self.loop.call_later(min(_LOOK_S, REQUEST_S), self._look)

    def _look(self) -> None:
        late_s = self.loop.time() - self._began - REQUEST_S - self._came_bytes / SLOWEST_BYTES_S
        if late_s > 0 and not self.flow.read_paused:  # or it is this side that does not read: it has something to answer first
            self._refuse("too-slow")
        else:
            self._looking = self.loop.call_later(min(_LOOK_S, REQUEST_S), self._look)

    def _stop_waiting(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _refuse(self, why: str) -> None:
        self._cut(self._certificate, why)
        self.transport.abort()

    def shutdown(self) -> None:
        """End a connection: one that is idle at once, without waiting for the other side to say goodbye, too."""
        cycle: Any = self.cycle  # None before the first request, whatever its annotation says
        is_idle = cycle is None or cycle.response_complete
        if is_idle and not self.transport.is_closing() and not self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().shutdown()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Look at the certificate once per connection."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if isinstance(tls, ssl.SSLObject) else None
        self._wait_for_request()
        if certificate is not None:
            self._certificate = certificate
            _connections[certificate] += 1
            if _connections[certificate] > MOST_CONNECTIONS:
                self._refuse("too-many-connections")
        served = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI's own types are Any at this point
            scope.setdefault("extensions", {})["tls"] = {"client_cert": certificate}
            await served(scope, receive, send)

        self.app = app


def peer_certificate(scope: Any) -> bytes | None:  # noqa: ANN401
    """Return the certificate (DER) of the connection a request came on; None where there was none."""
    certificate: bytes | None = scope.get("extensions", {}).get("tls", {}).get("client_cert")
    return certificate
