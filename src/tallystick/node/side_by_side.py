"""Work with several partners at once: one that is slow, or wants to be, holds up nobody.

Rules
 1. With one partner in one circle one piece of work of a kind is under way at a time.
 2. Who is patient waits for all of it. Who is not waits for a time; what goes on beyond is left to itself and is not begun
    a second time, unless somebody asks for it to be done again after that.
 3. What was done too late to be waited for is kept until somebody asks for it.
"""

import threading
import time
from collections.abc import Callable, Collection, Hashable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

P = TypeVar("P", bound=Hashable)
T = TypeVar("T")
PATIENT: Final = threading.TIMEOUT_MAX
"""Seconds: as long as it takes."""


@dataclass(slots=True)
class _Turn:
    """Whose turn it is; forgotten with the last who wants it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted_by: int = 0


class SideBySide(Generic[P, T]):
    """Pieces of work, each in a thread of its own."""

    def __init__(self) -> None:
        self._turns: dict[P, _Turn] = {}
        self._late: list[Future[T | None]] = []
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def do(
        self, works: Mapping[P, Callable[[], T]], patience_s: float = PATIENT, *, in_turn: bool = False
    ) -> tuple[list[T], list[P]]:
        """Do several pieces of work.

        Args:
            works: by what only one of is under way at a time.
            patience_s: how long to wait for them; with `PATIENT` also for what was under way before.
            in_turn: begin them when what was under way before is done, however long that takes.

        Returns:
            What was done, and which are not done yet.

        Raises:
            Exception: what one of them raised, when all others are done or left to themselves.
        """
        futures = {place: self._begin(place, work, waits=in_turn or patience_s >= PATIENT) for place, work in works.items()}
        ended, going = wait(futures.values(), patience_s)
        with self._lock:
            self._late += going
        unfinished = [place for place, future in futures.items() if future in going or _is_left(future)]
        return _results(ended), unfinished

    def late(self) -> list[T]:
        """Return what was done since by work that nobody waited for any longer, once.

        Raises:
            Exception: what one of them raised; the others' results are lost with it.
        """
        with self._lock:
            ended = [future for future in self._late if future.done()]
            self._late = [future for future in self._late if not future.done()]
        return _results(ended)

    def finish(self, within_s: float) -> None:
        """Wait until nothing is under way, so long at most."""
        until = time.monotonic() + within_s
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(until - time.monotonic(), 0))

    def _begin(self, place: P, work: Callable[[], T], *, waits: bool) -> Future[T | None]:
        with self._lock:
            turn = self._turns.setdefault(place, _Turn())
            future: Future[T | None] = Future()
            thread = threading.Thread(target=self._carry_out, args=(place, work, future), kwargs={"waits": waits}, daemon=True)
            turn.wanted_by += 1
            thread.start()
            self._threads.add(thread)
        return future

    def _carry_out(self, place: P, work: Callable[[], T], future: Future[T | None], *, waits: bool) -> None:
        turn = self._turns[place]
        try:
            if not turn.lock.acquire(blocking=waits):
                future.set_result(None)
                return
            try:
                result = work()
            finally:
                turn.lock.release()
            future.set_result(result)
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            future.set_exception(error)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())
                turn.wanted_by -= 1
                if not turn.wanted_by:
                    del self._turns[place]


def _results(ended: Collection["Future[T | None]"]) -> list[T]:
    """Return what was done; an error is raised when all have been looked at."""
    errors = [error for future in ended if (error := future.exception())]
    results = [future.result() for future in ended if not future.exception()]
    if errors:
        raise errors[0]
    return [result for result in results if result is not None]


def _is_left(future: "Future[T | None]") -> bool:
    """Whether it was not begun, because the piece before is still under way."""
    return future.exception() is None and future.result() is None
