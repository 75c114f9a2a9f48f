"""The ways of a node to its partners."""

import threading
from collections.abc import Callable
from datetime import datetime

from tallystick.adapters.message_signatures import Signer, key_id
from tallystick.adapters.node_folder import NodeFolder
from tallystick.adapters.peer_client import Partner, PeerClient
from tallystick.adapters.pki import from_base64
from tallystick.adapters.tls import client_context
from tallystick.errors import PeerUnavailableError
from tallystick.exchange.agreement import Card


class Peers:
    """Ways to partners, kept open until they are stopped."""

    def __init__(self, folder: NodeFolder, signer: Signer, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._signer = signer
        self._now = now
        self._clients: dict[Card, PeerClient] = {}
        self._lock = threading.Lock()
        self._stopped = False

    def __call__(self, card: Card) -> PeerClient:
        """Return the way to a partner.

        Raises:
            PeerUnavailableError: this node is being stopped: what is under way ends with its next call.
        """
        with self._lock:
            if self._stopped:
                raise PeerUnavailableError(f"member {card.id} is not called: this node is being stopped", hint="try again later")
            if card not in self._clients:
                context = client_context(self._folder.certificate, self._folder.key, from_base64(card.ca))
                key = bytes.fromhex(card.signing_key)
                partner = Partner(card.id, card.url, key_id(card.id, key), key)
                self._clients[card] = PeerClient(partner, self._signer, context, self._now)
            return self._clients[card]

    def stop(self) -> None:
        """Begin no further call, and end those under way."""
        with self._lock:
            self._stopped = True
            for client in self._clients.values():
                client.stop()

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()
