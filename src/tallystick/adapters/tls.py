"""TLS contexts of a node: version 1.3, both sides with certificates, pinned roots and no others.

The roots of a server are those of all partners; which of them may sign for whom is checked for each request, since a
context cannot know (spec/exchange-v1.md, section 8.1). Of a client there is exactly one.
"""

import ssl
from collections.abc import Callable, Iterable
from pathlib import Path

from tallystick.adapters.pki import to_pem
from tallystick.errors import ConfigError


def server_context(certificate: Path, key: Path, roots: Iterable[bytes]) -> ssl.SSLContext:
    """Return what a node serves with.

    Args:
        certificate: its certificate, PEM.
        key: its private key, PEM.
        roots: certificates (DER) of the organisations that may connect.

    Raises:
        ConfigError: certificate and key cannot be read or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    return _strict(context, certificate, key, roots)


def client_context(certificate: Path, key: Path, root: bytes) -> ssl.SSLContext:
    """Return what a node connects to one partner with; only that partner's root (DER) counts, and its host is checked.

    Raises:
        ConfigError: certificate and key cannot be read or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = True
    return _strict(context, certificate, key, [root])


def watch_handshakes(context: ssl.SSLContext, failed: Callable[[str], None]) -> None:
    """Have somebody told of handshakes that fail, with OpenSSL's word for why: no certificate, a stranger's, no TLS at all."""

    class Watched(ssl.SSLObject):
        def do_handshake(self) -> None:
            try:
                super().do_handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except ssl.SSLError as error:
                failed(error.reason or type(error).__name__)
                raise

    context.sslobject_class = Watched


def trust(context: ssl.SSLContext, roots: Iterable[bytes]) -> None:
    """Add roots (DER) to a context in use: a new member is let in without a restart."""
    pem = "".join(to_pem(root).decode() for root in roots)
    if pem:
        context.load_verify_locations(cadata=pem)


def desk_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return what a desk is served to browsers with: they show no certificate, and may speak TLS 1.2.

    Raises:
        ConfigError: certificate and key cannot be read or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _identify(context, certificate, key)
    return context


def _strict(context: ssl.SSLContext, certificate: Path, key: Path, roots: Iterable[bytes]) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.options |= ssl.OP_NO_COMPRESSION
    _identify(context, certificate, key)
    trust(context, roots)
    return context


def _identify(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError):
        raise ConfigError(
            f"certificate {certificate.name} and key {key.name} are gone or do not fit",
            hint="issue them anew with `tallystick node renew`; partners need not be told",
        ) from None
