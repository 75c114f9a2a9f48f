"""What an operator watches a running node by: its figures, and whether it can work."""

import threading
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.pki import expires_at
from tallystick.errors import Error
from tallystick.node import auditing
from tallystick.node.figures import Figure, Logged, figures
from tallystick.wiring.nodes import OpenNode
from tallystick.wiring.store_pool import StorePool

SERVED = "tallystick.served"
"""Where a face notes, in the scope of a request, which route it was."""


def note_route(scope: MutableMapping[str, Any], path: str) -> None:
    """Note which route a request went to, for whoever counts; nobody may."""
    scope.get(SERVED, {})["route"] = path


class Watched:
    """A running node, as an operator's tools see it."""

    def __init__(self, node: OpenNode) -> None:
        self._node = node
        self._pool = StorePool(node.store)
        self._lock = threading.Lock()
        self._certificate_ends_at = expires_at(node.folder.certificate.read_bytes())

    def figures(self) -> Iterable[Figure]:
        """Gather all figures; one at a time, however often somebody asks."""
        with self._lock:
            return list(figures(self._node.participation, self._node.casework, self._logged()))

    def is_ready(self) -> bool:
        """Tell whether registers can be read and entries be written."""
        if not self._node.log.is_working:
            return False
        try:
            with self._pool.store() as store:
                store.registers()
        except Error:
            return False
        return True

    def close(self) -> None:
        """Close the store."""
        self._pool.close()

    def _logged(self) -> Logged:
        folder, counts = self._node.folder.log, self._node.counts
        both = counts()
        return Logged(
            asked={place: asked for place, (asked, _) in both.items() if asked},
            answered={place: answered for place, (_, answered) in both.items() if answered},
            refused=counts.refused(),
            entries=self._node.log.size,
            covered=auditing.newest_checkpoint(AuditFiles(folder)).size,
            checkpoint_at=datetime.fromtimestamp((folder / "checkpoint").stat().st_mtime, UTC),
            certificate_ends_at=self._certificate_ends_at,
        )
