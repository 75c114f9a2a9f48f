"""Work with several partners at once: one that is slow, or wants to be, holds up nobody.

Rules
 1. With one partner in one circle one piece of work is under way at a time.
 2. Who is patient waits for all of it. Who is not waits for a time; what goes on beyond is left to itself, is not begun a second
    time, and what it did is told to the next who has work.
"""

import threading
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, wait
from typing import Final, Generic, TypeVar

P = TypeVar("P", bound=Hashable)
T = TypeVar("T")
PATIENT: Final = threading.TIMEOUT_MAX
"""Seconds: as long as it takes."""


class SideBySide(Generic[P, T]):
    """Pieces of work, each in a thread of its own."""

    def __init__(self) -> None:
        self._turns: dict[P, threading.Lock] = {}
        self._late: list[Future[T | None]] = []
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def do(self, works: Mapping[P, Callable[[], T]], patience_s: float = PATIENT) -> tuple[list[T], list[P]]:
        """Do several pieces of work.

        Args:
            works: by what only one of is under way at a time.
            patience_s: how long to wait for them; with `PATIENT` also for what was under way before.

        Returns:
            What was done, by earlier pieces that ended since, too; and which are not done yet.

        Raises:
            Exception: what one of them raised.
        """
        futures = {place: self._begin(place, work, waits=patience_s >= PATIENT) for place, work in works.items()}
        ended, going = wait(futures.values(), patience_s)
        with self._lock:
            late = [future for future in self._late if future.done()]
            self._late = [future for future in self._late if not future.done()] + list(going)
        results = [future.result() for future in [*late, *ended]]
        unfinished = [place for place, future in futures.items() if future in going or future.result() is None]
        return [result for result in results if result is not None], unfinished

    def finish(self, within_s: float) -> None:
        """Wait until nothing is under way, so long at most."""
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(within_s)

    def _begin(self, place: P, work: Callable[[], T], *, waits: bool) -> Future[T | None]:
        with self._lock:
            turn = self._turns.setdefault(place, threading.Lock())
            future: Future[T | None] = Future()
            thread = threading.Thread(target=self._carry_out, args=(turn, work, future), kwargs={"waits": waits}, daemon=True)
            self._threads.add(thread)
        thread.start()
        return future

    def _carry_out(self, turn: threading.Lock, work: Callable[[], T], future: Future[T | None], *, waits: bool) -> None:
        try:
            if not turn.acquire(blocking=waits):
                future.set_result(None)
                return
            try:
                result = work()
            finally:
                turn.release()
            future.set_result(result)
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            future.set_exception(error)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())
