"""The store of a node's registers, kept open between uses: opening one may mean opening its seal."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager

from tallystick.adapters.stores import open_store
from tallystick.node.ports import RegisterStore
from tallystick.wiring import key_secret


class StorePool:
    """The store of a node's registers, opened as often as it is used at the same time."""

    def __init__(self, location: str) -> None:
        self.location = location
        self._idle: queue.LifoQueue[RegisterStore] = queue.LifoQueue()

    @contextmanager
    def store(self) -> Iterator[RegisterStore]:
        """Lend a store; nobody else uses it until the end of the block."""
        try:
            store = self._idle.get_nowait()
        except queue.Empty:
            store = open_store(self.location, key_secret)
        try:
            yield store
        finally:
            self._idle.put(store)

    def close(self) -> None:
        """Close what is idle."""
        while not self._idle.empty():
            self._idle.get_nowait().close()
