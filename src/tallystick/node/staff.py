"""The people of an organisation at its node: accounts, signing in, second factors, sessions.

Does no I/O: store, password hashing, one-time codes, clock and randomness are passed in.

Rules
 1. Nobody learns from an answer whether a name exists: a wrong name takes as long, and is refused with the same words.
 2. An attempt is counted before the password is looked at; after some failures the next has to wait, twice as long each time
    (node/attempts.py), whether or not there is such an account.
 3. Who may approve gives a second factor; a code is good once.
 4. A session is kept by the digest of its token, ends after `IDLE` without use and after `LONGEST` in any case, and gets a
    new token when it may do more than before.
 5. Whatever changes an account is in the audit log before it holds; its sessions end.
"""

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Literal

from tallystick.audit.entries import Other
from tallystick.errors import InputError, NotAuthorizedError, RefusedError, UnknownIdError
from tallystick.node import attempts
from tallystick.node.staff_ports import Account, Confirmation, SecurityKey, Session, StaffContext
from tallystick.review.roles import SECOND_FACTOR_ROLES, Actor, Role

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
LEAST_PASSWORD = 12
MOST_PASSWORD = 256
_BY_NOBODY = Confirmation()
_WRONG = "name, password or code is wrong"
_STARTING_BYTES = 10
_TOKEN_BYTES = 32
_SECRET_BYTES = 20
"""RFC 4226, section 4: 160 bits."""

Demand = Literal["code", "enrol", "change", "open"]
"""What a session still wants: a code, a second factor to be set up, a new password, or nothing."""


class Staff:
    """The accounts of one node, and who is signed in."""

    def __init__(self, context: StaffContext) -> None:
        self._at = context
        self._counting = threading.Lock()
        self._unknown = attempts.UnknownNames()

    @cached_property
    def _nobody(self) -> str:
        """A hash to compare with when there is no account: takes as long as another."""
        return self._at.passwords.hashed(self._at.random(_STARTING_BYTES).hex())

    # --- accounts ----------------------------------------------------------------------------------------------------

    def add(self, name: str, role: Role, *, person: str = "", password: str = "", by: str) -> str:
        """Make an account.

        Args:
            name: its pseudonym.
            role: what it may do.
            person: who it is.
            password: a definite one, which need not be changed; a starting password is made where none is given.
            by: who adds it.

        Returns:
            The starting password; empty where one was given.

        Raises:
            InputError: the name or the password cannot be used.
            RefusedError: there is such an account.
        """
        Actor(name, role)
        if self._at.state.account(name) is not None:
            raise RefusedError(f"there is an account {name} already", hint="take another name")
        chosen = password or self._starting_password()
        _check_password(chosen)
        hashed = self._at.passwords.hashed(chosen)
        self._record("staff-added", f"{name} as {role.value} by {by}")
        account = Account(
            name=name, role=role, person=person, password=hashed, must_change=not password, created_at=self._at.now()
        )
        self._at.state.put_account(account)
        return "" if password else chosen

    def accounts(self) -> list[Account]:
        """Return all accounts, by name."""
        return self._at.state.accounts()

    def account(self, name: str) -> Account:
        """Return an account.

        Raises:
            InputError: there is none.
        """
        found = self._at.state.account(name)
        if found is None:
            raise UnknownIdError("there is no such account", hint="see `tallystick staff list`", id=name)
        return found

    def disable(self, name: str, *, by: str) -> None:
        """Let somebody sign in no longer; the account stays, since logs name it."""
        self._change("staff-disabled", self.account(name), by, is_disabled=True)

    def enable(self, name: str, *, by: str) -> None:
        """Let somebody sign in again."""
        self._change("staff-enabled", self.account(name), by, is_disabled=False)

    def new_password(self, name: str, *, by: str) -> str:
        """Give a new starting password, to be changed at the next sign-in; waiting after failures is over."""
        password = self._starting_password()
        hashed = self._at.passwords.hashed(password)
        self._change("staff-password", self.account(name), by, password=hashed, must_change=True, failures=0, failed_at=None)
        return password

    def drop_second_factor(self, name: str, *, by: str) -> None:
        """Take all lost second factors away, security keys included; a new one is set up at the next sign-in."""
        account = self.account(name)
        self._change("staff-second-factor-dropped", account, by, secret=b"", last_step=0)
        self._at.state.drop_keys(account.name)

    def set_second_factor(self, name: str, *, by: str) -> str:
        """Give a new second factor; returns what an authenticator reads, shown once."""
        secret = self._at.random(_SECRET_BYTES)
        self._change("staff-second-factor", self.account(name), by, secret=secret, last_step=0)
        return self._at.codes.uri(secret, name, self._at.issuer)

    # --- signing in --------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str) -> tuple[str, Session]:
        """Begin a session with a password; returns its token.

        Raises:
            NotAuthorizedError: name or password is wrong, or it is not yet time for the next attempt.
        """
        nobodys = self._nobody  # made at the first attempt of all, whatever its name
        account = self._counted(name)
        hashed = account.password if account else nobodys
        is_right = len(password) <= MOST_PASSWORD and self._at.passwords.verify(hashed, password)
        if account is None or not is_right or account.is_disabled:
            raise NotAuthorizedError(_WRONG, hint="try again")
        if not self.has_factor(account):
            self._forgive(name)
        if self._at.passwords.is_outdated(hashed):
            with self._counting:
                self._put(name, password=self._at.passwords.hashed(password))
        return self._begin(name, code_given=False)

    def give_code(self, session: Session, code: str) -> tuple[str, Session]:
        """Give the second factor; the session goes on under a new token.

        Raises:
            NotAuthorizedError: the code is wrong or was used before, or it is not yet time for the next attempt.
        """
        return self.pass_factor(session, lambda known: bool(known.secret) and self._take_code(known, known.secret, code))

    def pass_factor(self, session: Session, is_given: Callable[[Account], bool]) -> tuple[str, Session]:
        """Take a second factor of whatever kind; the session goes on under a new token.

        Args:
            session: whose.
            is_given: tells whether it is right; asked after the attempt was counted.

        Raises:
            NotAuthorizedError: it is wrong, or it is not yet time for the next attempt.
        """
        account = self._counted(session.name)
        if account is None or not is_given(account):
            raise NotAuthorizedError(_WRONG, hint="wait for the next code and try again")
        self._forgive(session.name)
        self._at.state.drop_session(session.digest)
        return self._begin(session.name, code_given=True, confirmed=session.confirmation)

    def change_factor(self, session: Session, change: Callable[[], None]) -> tuple[str, Session]:
        """Add or take away a security key of one's own: the entry, the change, and a new session in place of all others."""
        self._record("staff-second-factor", f"{session.name} by {session.name}")
        change()
        self._at.state.drop_sessions_of(session.name)
        return self._begin(session.name, code_given=True, confirmed=session.confirmation)

    def keys(self, name: str) -> list[SecurityKey]:
        """Return the security keys of somebody."""
        return self._at.state.keys(name)

    def has_factor(self, account: Account) -> bool:
        """Tell whether somebody has a second factor set up."""
        return bool(account.secret or self.keys(account.name))

    def begin_second_factor(self, session: Session) -> tuple[str, str]:
        """Begin to set up a second factor; returns its secret in base 32, and what an authenticator reads."""
        secret = session.pending or self._at.random(_SECRET_BYTES)
        self._at.state.change_session(replace(session, pending=secret))
        return base64.b32encode(secret).decode(), self._at.codes.uri(secret, session.name, self._at.issuer)

    def finish_second_factor(self, session: Session, code: str) -> tuple[str, Session]:
        """Set up the second factor that was begun, with a first code of it; the session goes on under a new token.

        Raises:
            NotAuthorizedError: the code is wrong.
            RefusedError: none was begun, or there is one already.
        """
        account = self._counted(session.name)
        if account is None or not session.pending or account.secret or (self.has_factor(account) and not session.code_given):
            raise RefusedError("no second factor is being set up", hint="begin again")
        if not self._take_code(account, session.pending, code):
            raise NotAuthorizedError(_WRONG, hint="wait for the next code and try again")
        step = self._at.state.account(session.name)
        last_step = step.last_step if step else 0
        self._change(
            "staff-second-factor", account, session.name, secret=session.pending, last_step=last_step, failures=0, failed_at=None
        )
        return self._begin(session.name, code_given=True, confirmed=session.confirmation)

    def change_password(self, session: Session, old: str, new: str) -> tuple[str, Session]:
        """Change the own password; other sessions end, this one goes on under a new token.

        Raises:
            NotAuthorizedError: the old one is wrong.
            InputError: the new one cannot be used.
        """
        account = self._counted(session.name)
        if account is None or len(old) > MOST_PASSWORD or not self._at.passwords.verify(account.password, old):
            raise NotAuthorizedError("the old password is wrong", hint="try again")
        _check_password(new)
        if new == old:
            raise InputError("the new password is the old one", hint="choose another")
        hashed = self._at.passwords.hashed(new)
        self._change("staff-password", account, session.name, password=hashed, must_change=False, failures=0, failed_at=None)
        return self._begin(session.name, code_given=session.code_given, confirmed=session.confirmation)

    # --- through an identity provider ---------------------------------------------------------------------------------

    def link(self, name: str, subject: tuple[str, str], *, by: str) -> Account:
        """Let somebody sign in through an identity provider; the account has no password then.

        Args:
            name: the account.
            subject: issuer, and who it is there.
            by: who links it.

        Raises:
            InputError: there is no such account.
            RefusedError: another account is linked to this subject.
        """
        account, known = self.account(name), self._at.state.linked(*subject)
        if known not in {None, name}:
            raise RefusedError("another account is linked to this subject", hint="unlink that one first")
        nobodys = self._at.passwords.hashed(self._at.random(_TOKEN_BYTES).hex())
        self._change("staff-linked", account, by, password=nobodys, must_change=False, failures=0, failed_at=None)
        self._at.state.put_link(*subject, name)
        return self.account(name)

    def unlink(self, name: str, *, by: str) -> str:
        """Let somebody sign in with a password again; returns a starting password."""
        self._at.state.drop_links(self.account(name).name)
        return self.new_password(name, by=by)

    def begin_provided(self, name: str, confirmed: Confirmation, *, factor_given: bool) -> tuple[str, Session]:
        """Begin a session of somebody whom an identity provider has confirmed; returns its token."""
        return self._begin(self.account(name).name, code_given=factor_given, confirmed=confirmed)

    def end(self, session: Session, why: str) -> None:
        """End a session that nobody signed out of."""
        self._record("staff-session-ended", f"{session.name}: {why}")
        self._at.state.drop_session(session.digest)

    def end_there(self, subject: str, sid: str, why: str) -> int:
        """End the sessions of somebody at an identity provider, or of one session there; returns how many."""
        ended = self._at.state.drop_sessions_there(subject, sid)
        for name in ended:
            self._record("staff-session-ended", f"{name}: {why}")
        return len(ended)

    def demand(self, session: Session, account: Account) -> Demand:
        """Return what a session still wants."""
        if not session.code_given:
            if self.has_factor(account):
                return "code"
            if account.role in SECOND_FACTOR_ROLES:
                return "enrol"
        return "change" if account.must_change else "open"

    def session(self, token: str) -> tuple[Session, Account] | None:
        """Return the session of a token and whose it is; None when there is none any more."""
        if not token:
            return None
        found = self._at.state.session(_digest(token))
        now = self._at.now()
        if found is None:
            return None
        account = self._at.state.account(found.name)
        if account is None or account.is_disabled or now - found.seen_at > IDLE or now - found.begun_at > LONGEST:
            self._at.state.drop_session(found.digest)
            return None
        if now - found.seen_at > timedelta(seconds=30):  # no write for every request
            found = replace(found, seen_at=now)
            self._at.state.change_session(found)
        return found, account

    def sign_out(self, session: Session) -> None:
        """End a session."""
        self._at.state.drop_session(session.digest)

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _starting_password(self) -> str:
        text = base64.b32encode(self._at.random(_STARTING_BYTES)).decode().lower()
        return "-".join(text[start : start + 4] for start in range(0, len(text), 4))

    def _begin(self, name: str, *, code_given: bool, confirmed: Confirmation = _BY_NOBODY) -> tuple[str, Session]:
        now = self._at.now()
        self._at.state.forget_sessions(now - LONGEST)
        token = base64.urlsafe_b64encode(self._at.random(_TOKEN_BYTES)).decode().rstrip("=")
        session = Session(
            digest=_digest(token), name=name, code_given=code_given, begun_at=now, seen_at=now, subject=confirmed.subject,
            sid=confirmed.sid, proof=confirmed.proof, confirmed_at=confirmed.confirmed_at,
        )  # fmt: skip
        self._at.state.put_session(session)
        return token, session

    def _counted(self, name: str) -> Account | None:
        """Count an attempt, and return the account as it was."""
        with self._counting:
            account, now = self._at.state.account(name), self._at.now()
            if account is None:
                self._unknown.count(name, now)
                return None
            failures = attempts.counted(account.failures, account.failed_at, now)
            self._at.state.put_account(replace(account, failures=failures, failed_at=now))
            return account

    def _forgive(self, name: str) -> None:
        with self._counting:
            self._put(name, failures=0, failed_at=None)

    def _put(self, name: str, **changes: object) -> None:
        account = self._at.state.account(name)
        if account is not None:
            self._at.state.put_account(replace(account, **changes))  # type: ignore[arg-type]

    def _take_code(self, account: Account, secret: bytes, code: str) -> bool:
        """Tell whether a code is right now, or one step away, and newer than any that was used."""
        given = "".join(code.split())
        now = self._at.codes.step(self._at.now())
        for step in (now, now - 1, now + 1):
            if step > account.last_step and hmac.compare_digest(self._at.codes.code(secret, step).encode(), given.encode()):
                with self._counting:
                    newest = self._at.state.account(account.name)
                    if newest is None or step <= newest.last_step:  # somebody was faster with the same code
                        return False
                    self._put(account.name, last_step=step)
                return True
        return False

    def _change(self, kind: str, account: Account, by: str, **changes: object) -> None:
        self._record(kind, f"{account.name} by {by}")
        with self._counting:
            self._put(account.name, **changes)
        self._at.state.drop_sessions_of(account.name)

    def _record(self, kind: str, text: str) -> None:
        self._at.record([Other(time=self._at.now().replace(microsecond=0), kind=kind, text=text)])


def _check_password(password: str) -> None:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise InputError(
            "this password cannot be used", hint=f"take {LEAST_PASSWORD} to {MOST_PASSWORD} characters; several words are good"
        )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
