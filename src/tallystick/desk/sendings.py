"""Forms that are sent again: what a form asks for is done once, and what it answered is shown again without doing it again.

Rules
 1. Every form a page shows has a mark of its own, made for its session. Whatever is sent under a mark that was sent before does
    nothing; it leads to where the first led. Two at the same moment are one: the second waits for the first.
 2. A form that was refused did nothing, and may be sent again. One that broke off for another reason may not: nobody knows what
    it did.
 3. Marks hold as long as this process. A form of a page that is older is refused: what was sent under its mark is not known.
 4. What is to be shown, and no page has (a starting password, a copy taken out), is kept for `KEPT` in memory, for the session
    it was made for, so that a page is answered to a GET only; of one session the newest `MOST_KEPT`.

The mark is the field `once` of a form. It protects from doing twice, and from nobody: see `guarding` for that.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tallystick.desk.reading import SENT_BEFORE
from tallystick.desk.visits import Answer, Download, Kept, Moved, Page
from tallystick.errors import InputError, RefusedError, UnknownIdError
from tallystick.node.staff import LONGEST

KEPT = timedelta(minutes=10)
MOST_KEPT = 8
_MARK_BYTES = 12
_SEAL_CHARS = 24
_KEPT_FOR = "kept"
_PATIENCE_S = 30.0
_LEAST_BAD = 400


@dataclass(slots=True)
class _Sending:
    """A form that was sent: when, whether its answer is there, and where it leads; empty where it broke off."""

    at: datetime
    ended: threading.Event = field(default_factory=threading.Event)
    refused: bool = False
    to: str = ""


class Sendings:
    """What was sent to one desk, and what is kept to be shown."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._sent: dict[str, _Sending] = {}
        self._kept: dict[str, tuple[datetime, str, Kept]] = {}

    def mark(self, token: str) -> str:
        """Return a new mark for a form of a session."""
        nonce = secrets.token_hex(_MARK_BYTES)
        return nonce + self._seal(token, nonce)

    def once(self, token: str, mark: str, act: Callable[[], Answer]) -> Answer:
        """Do what a form asks for, unless it was sent before.

        Args:
            token: of the session.
            mark: of the form; empty where it has none, as programs send it.
            act: does it.

        Raises:
            RefusedError: the mark is none of this session and process; or the first sending is at work still, or broke off.
            Exception: whatever `act` raises.
        """
        if not mark:
            return act()
        nonce, seal = mark[: 2 * _MARK_BYTES], mark[2 * _MARK_BYTES :]
        if not hmac.compare_digest(self._seal(token, nonce).encode(), seal.encode()):
            raise RefusedError(
                "the desk was started anew since this page was loaded",
                hint="look whether what you sent was done; if it was not, send it again",
            )
        while True:
            sending, is_first = self._begun(mark)
            if is_first:
                return self._done(mark, sending, act)
            if (answer := _of_first(sending)) is not None:
                return answer

    def keep(self, token: str, route: str, answer: Page | Download) -> str:
        """Keep an answer for a session; returns the path where it is shown."""
        name, whose = secrets.token_urlsafe(_MARK_BYTES), self._seal(token, _KEPT_FOR)
        with self._lock:
            self._forget()
            own = [each for each, (_, of, _) in self._kept.items() if of == whose]
            for each in own[: 1 - MOST_KEPT]:
                del self._kept[each]
            self._kept[name] = (self._now(), whose, Kept(route, answer))
        return f"/shown/{name}"

    def kept(self, token: str, name: str) -> Kept:
        """Return what is kept under a name, for the session it was kept for.

        Raises:
            UnknownIdError: nothing is, any more.
        """
        with self._lock:
            self._forget()
            found = self._kept.get(name)
        if found is None or found[1] != self._seal(token, _KEPT_FOR):
            what = f"nothing is kept here: it was shown for {KEPT // timedelta(minutes=1)} minutes, to whoever asked for it"
            raise UnknownIdError(what, hint="do it again, if it is still needed", id=name)
        return found[2]

    def _begun(self, mark: str) -> tuple[_Sending, bool]:
        with self._lock:
            self._forget()
            if found := self._sent.get(mark):
                return found, False
            made = self._sent[mark] = _Sending(self._now())
            return made, True

    def _done(self, mark: str, sending: _Sending, act: Callable[[], Answer]) -> Answer:
        try:
            answer = act()
        except (InputError, RefusedError):
            self._release(mark, sending)
            raise
        else:
            if isinstance(answer, Page) and answer.status >= _LEAST_BAD:
                self._release(mark, sending)
            sending.to = answer.to if isinstance(answer, Moved) else ""
            return answer
        finally:
            sending.ended.set()

    def _release(self, mark: str, sending: _Sending) -> None:
        sending.refused = True
        with self._lock:
            self._sent.pop(mark, None)

    def _forget(self) -> None:
        """Forget what no session can send or see any more."""
        now = self._now()
        for mark in [mark for mark, each in self._sent.items() if each.at <= now - LONGEST]:
            del self._sent[mark]
        for name in [name for name, (at, *_) in self._kept.items() if at <= now - KEPT]:
            del self._kept[name]

    def _seal(self, token: str, text: str) -> str:
        return hmac.new(self._key, f"{text}\0{token}".encode(), hashlib.sha256).hexdigest()[:_SEAL_CHARS]


def _of_first(sending: _Sending) -> Answer | None:
    """Return the answer to a form that was sent before; None where the first was refused, and this one may try."""
    if not sending.ended.wait(_PATIENCE_S):
        raise RefusedError("this form was sent before, and is still at work", hint="wait a little, then look what became of it")
    if sending.refused:
        return None
    if not sending.to:
        raise RefusedError("this form was sent before, and broke off", hint="look what became of it, then load the page again")
    path, _, query = sending.to.partition("?")
    return Moved(to=f"{path}?{query + '&' if query else ''}{SENT_BEFORE}=yes")
