"""Whether a partner may have heard what was sent when no answer came: what was called back meanwhile hangs on it."""

import socket
import ssl
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from tallystick.adapters.peer_client import Partner, PeerClient
from tallystick.errors import PeerUnavailableError


class Unsigned:
    def sign_request(self, *_given: object) -> None:
        """Sign nothing: nobody reads it."""


def failure(port: int) -> PeerUnavailableError:
    partner = Partner("north", f"http://127.0.0.1:{port}", "k", bytes(32))
    signer: Any = Unsigned()
    with closing(PeerClient(partner, signer, ssl.create_default_context(), lambda: datetime.now(UTC))) as client:
        with pytest.raises(PeerUnavailableError) as caught:
            client.post("/v1/circles/border/cases", b"said", most_bytes=100)
        return caught.value


def test_where_nobody_listens_nothing_was_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    assert failure(port).may_have_heard is False


def test_who_hangs_up_instead_of_answering_may_have_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        assert failure(server.getsockname()[1]).may_have_heard is True
        thread.join(30)
