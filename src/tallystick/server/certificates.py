"""Hands the certificate of a connection to the application, as `scope["extensions"]["tls"]` (ASGI TLS extension).

uvicorn does not do it yet; the one place that would go away when it does.
"""

import asyncio
import ssl
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class CertifiedProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose requests know the certificate of their connection (DER, the leaf only)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Look at the certificate once per connection."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if isinstance(tls, ssl.SSLObject) else None
        served = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI's own types are Any at this point
            scope.setdefault("extensions", {})["tls"] = {"client_cert": certificate}
            await served(scope, receive, send)

        self.app = app


def peer_certificate(scope: Any) -> bytes | None:  # noqa: ANN401
    """Return the certificate (DER) of the connection a request came on; None where there was none."""
    certificate: bytes | None = scope.get("extensions", {}).get("tls", {}).get("client_cert")
    return certificate
