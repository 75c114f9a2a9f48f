"""Security keys (WebAuthn) as a second factor: adding one, giving one, taking one away.

Does no I/O: store, checks of signatures, clock and randomness are passed in.

Rules
 1. A challenge is good once, for the session and the purpose it was made for, for `PATIENCE`.
 2. Who has a second factor gives it before another is added.
 3. A wrong answer counts as an attempt, as a wrong code does.
 4. A key whose count goes back was copied, and is refused.
 5. Adding and taking away is in the audit log before it holds.
"""

import hashlib
import hmac
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from tallystick.errors import InputError, NotAuthorizedError, RefusedError, UnknownIdError
from tallystick.node.staff import Staff
from tallystick.node.staff_ports import Account, SecurityKey, Session, StaffContext

PATIENCE = timedelta(minutes=5)
MOST_KEYS = 10
_MOST_BEGUN = 10_000
_MOST_LABEL = 60
_CHALLENGE_BYTES = 32
_WRONG = "this security key is not confirmed"
Purpose = Literal["add", "give"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a key is used: keys are bound to it.

    Attributes:
        host: of the desk, as browsers know it; never an IP address.
        origin: scheme, host and port.
    """

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What an authenticator made: the key's id, its public half (COSE), and its count."""

    id: bytes
    public_key: bytes
    count: int


class KeyChecks(Protocol):
    """Makes the options browsers take, and checks what authenticators answer."""

    def creation(self, site: Site, who: tuple[bytes, str, str], challenge: bytes, known: list[bytes]) -> dict[str, Any]:
        """Return the options to make a key; `who`: handle, name, and name of the node; `known` are not made again."""
        ...

    def request(self, site: Site, challenge: bytes, known: list[bytes]) -> dict[str, Any]:
        """Return the options to give one of the known keys."""
        ...

    def registered(self, site: Site, challenge: bytes, answer: str) -> Registered | None:
        """Return the key that was made; None when the answer is not one to this challenge."""
        ...

    def id_of(self, answer: str) -> bytes:
        """Return which key an answer says it is of; empty when it says none."""
        ...

    def given(self, site: Site, challenge: bytes, answer: str, key: SecurityKey) -> int | None:
        """Return the new count of a key that was given; None when the answer is not one to this challenge."""
        ...


@dataclass(frozen=True, slots=True)
class _Begun:
    challenge: bytes
    at: datetime


class SecurityKeys:
    """The security keys of the people of one node."""

    def __init__(self, context: StaffContext, staff: Staff, checks: KeyChecks) -> None:
        self._at = context
        self._staff = staff
        self._checks = checks
        self._begun: dict[tuple[bytes, Purpose], _Begun] = {}
        self._lock = threading.Lock()

    def of(self, name: str) -> list[SecurityKey]:
        """Return the keys of somebody, oldest first."""
        return self._at.state.keys(name)

    def begin_adding(self, session: Session, site: Site) -> dict[str, Any]:
        """Begin to add a key; returns the options a browser takes."""
        known = [each.id for each in self.of(session.name)]
        handle = hashlib.sha256(f"{self._at.issuer}\0{session.name}".encode()).digest()
        return self._checks.creation(site, (handle, session.name, self._at.issuer), self._challenge(session, "add"), known)

    def finish_adding(self, session: Session, site: Site, answer: str, label: str) -> tuple[str, Session]:
        """Add the key that was begun; the session goes on under a new token, others end.

        Raises:
            NotAuthorizedError: the answer is none to what was asked.
            RefusedError: another factor must be given first, or there are too many keys.
            InputError: the label cannot be used.
        """
        account = self._staff.account(session.name)
        if self._staff.has_factor(account) and not session.code_given:
            raise RefusedError("a second factor that is set up must be given first", hint="sign in again")
        if len(self.of(account.name)) >= MOST_KEYS:
            raise RefusedError("there are too many security keys", hint="take one away first")
        if len(label) > _MOST_LABEL or not label.isprintable():
            raise InputError("this label cannot be used", hint=f"{_MOST_LABEL} letters at most")
        challenge = self._taken(session, "add")
        made = self._checks.registered(site, challenge, answer) if challenge else None
        if made is None or self._at.state.key(made.id) is not None:
            raise NotAuthorizedError(_WRONG, hint="try again")
        row = SecurityKey(
            id=made.id, name=account.name, public_key=made.public_key, count=made.count, label=label or "security key",
            made_at=self._at.now(),
        )  # fmt: skip
        return self._staff.change_factor(session, lambda: self._at.state.put_key(row))

    def begin_giving(self, session: Session, site: Site) -> dict[str, Any] | None:
        """Begin to give a key; returns the options a browser takes, None where somebody has none."""
        known = [each.id for each in self.of(session.name)]
        return self._checks.request(site, self._challenge(session, "give"), known) if known else None

    def finish_giving(self, session: Session, site: Site, answer: str) -> tuple[str, Session]:
        """Give a key as the second factor; the session goes on under a new token.

        Raises:
            NotAuthorizedError: the answer is none to what was asked, or it is not yet time for the next attempt.
        """
        return self._staff.pass_factor(session, lambda account: self._is_given(account, session, site, answer))

    def drop(self, session: Session, key_id: str) -> tuple[str, Session]:
        """Take an own key away; the session goes on under a new token, others end.

        Raises:
            InputError: there is no such key.
        """
        found = next((each for each in self.of(session.name) if hmac.compare_digest(each.short, key_id)), None)
        if found is None:
            raise UnknownIdError("there is no such key", hint="see the list of your keys", id=key_id)
        return self._staff.change_factor(session, lambda: self._at.state.drop_key(found.id))

    def _is_given(self, account: Account, session: Session, site: Site, answer: str) -> bool:
        challenge, key = self._taken(session, "give"), self._at.state.key(self._checks.id_of(answer))
        if not challenge or key is None or key.name != account.name:
            return False
        count = self._checks.given(site, challenge, answer, key)
        if count is None:
            return False
        self._at.state.put_key(replace(key, count=count, used_at=self._at.now()))
        return True

    def _challenge(self, session: Session, purpose: Purpose) -> bytes:
        now, made = self._at.now(), self._at.random(_CHALLENGE_BYTES)
        with self._lock:
            self._begun = {place: each for place, each in self._begun.items() if now - each.at < PATIENCE}
            if len(self._begun) >= _MOST_BEGUN:
                del self._begun[next(iter(self._begun))]
            self._begun[session.digest, purpose] = _Begun(made, now)
        return made

    def _taken(self, session: Session, purpose: Purpose) -> bytes:
        """Return the challenge of a session, once; empty when there is none."""
        with self._lock:
            begun = self._begun.pop((session.digest, purpose), None)
        return begun.challenge if begun and self._at.now() - begun.at < PATIENCE else b""
