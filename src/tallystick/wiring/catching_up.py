"""Work that nobody has to wait for: one piece at a time, in the background."""

import threading
from collections.abc import Callable

Work = Callable[[Callable[[], bool]], None]
"""Does some work; it asks now and then whether it is to stop."""


class CatchingUp:
    """A worker that is there while there is something to do. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def wait(self, work: Work, patience_s: float) -> None:
        """Begin some work, unless some is under way; return when that is done, or after so many seconds."""
        with self._lock:
            thread = self._thread
            if thread is None or not thread.is_alive():
                thread = self._thread = threading.Thread(target=work, args=(self._stopped.is_set,), daemon=True)
                thread.start()
        thread.join(patience_s)

    def stop(self) -> None:
        """Stop what is under way, and return when it has."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
