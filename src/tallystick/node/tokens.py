"""Tokens of programs: what lets software of this organisation ask in the name of an account.

Rules
 1. A token is kept by its digest; its text is shown once.
 2. It does what the role of its account may, at routes for programs only: they ask, people decide.
 3. It ends on its day, when it is revoked, and while its account is disabled.
 4. Accounts that must give a second factor have none: a token gives one.
 5. Making and revoking is in the audit log before it holds.

Does no I/O: store, clock and randomness are passed in.
"""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta

from tallystick.audit.entries import Other
from tallystick.errors import InputError, RefusedError, UnknownIdError
from tallystick.node.staff_ports import Account, StaffContext, Token
from tallystick.review.roles import SECOND_FACTOR_ROLES

MOST_DAYS = 366
_SIGN = "tallystick"
_ID_BYTES = 5
_SECRET_BYTES = 32
_USED_AGAIN = timedelta(minutes=1)
_MOST_LABEL = 60


class Tokens:
    """The tokens of one node."""

    def __init__(self, context: StaffContext) -> None:
        self._at = context

    def make(self, name: str, *, days: int, label: str = "", by: str) -> tuple[str, Token]:
        """Make a token; returns its text, which nobody sees again.

        Args:
            name: the account it acts for.
            days: how long it is good for.
            label: what it is for.
            by: who makes it.

        Raises:
            InputError: there is no such account, or no such time.
            RefusedError: the account must give a second factor, or is disabled.
        """
        account = self._at.state.account(name)
        if account is None:
            raise InputError("there is no such account", hint="see `tallystick staff list`")
        if account.role in SECOND_FACTOR_ROLES or account.is_disabled:
            raise RefusedError(
                f"{name} can have no token: {'it is disabled' if account.is_disabled else f'the role is {account.role.value}'}",
                hint="make an account for the program, as an officer for instance",
            )
        if not 0 < days <= MOST_DAYS or len(label) > _MOST_LABEL:
            raise InputError("a token of this kind cannot be made", hint=f"1 to {MOST_DAYS} days, {_MOST_LABEL} letters at most")
        made = Token(
            id=base64.b32encode(self._at.random(_ID_BYTES)).decode().lower(), name=name, label=label,
            made_at=self._at.now(), expires_at=self._at.now() + timedelta(days=days), digest=b"",
        )  # fmt: skip
        text = f"{_SIGN}-{made.id}-{base64.b32encode(self._at.random(_SECRET_BYTES)).decode().rstrip('=').lower()}"
        made = replace(made, digest=_digest(text))
        self._record("token-made", f"{made.id} of {name} for {days} days by {by}")
        self._at.state.put_token(made)
        return text, made

    def all(self) -> list[Token]:
        """Return all that there are, ended ones included, newest first."""
        return self._at.state.tokens()

    def revoke(self, token_id: str, *, by: str) -> Token:
        """End a token at once.

        Raises:
            InputError: there is none of this id.
        """
        found = next((each for each in self.all() if each.id == token_id), None)
        if found is None:
            raise UnknownIdError("there is no such token", hint="see `tallystick staff tokens`", id=token_id)
        self._record("token-revoked", f"{found.id} of {found.name} by {by}")
        self._at.state.drop_token(found.digest)
        return found

    def open(self, text: str) -> tuple[Token, Account] | None:
        """Return the token of a text and whose it is; None when it is none, or none any more."""
        if not text.startswith(f"{_SIGN}-"):
            return None
        found = self._at.state.token(_digest(text))
        account = self._at.state.account(found.name) if found else None
        now = self._at.now()
        if found is None or account is None or account.is_disabled or account.role in SECOND_FACTOR_ROLES:
            return None
        if now >= found.expires_at:
            return None
        if found.used_at is None or now - found.used_at > _USED_AGAIN:  # no write for every request
            found = replace(found, used_at=now)
            self._at.state.put_token(found)
        return found, account

    def _record(self, kind: str, text: str) -> None:
        self._at.record([Other(time=self._at.now().replace(microsecond=0), kind=kind, text=text)])


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
