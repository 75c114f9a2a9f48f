"""Signing in through an identity provider of the organisation: who somebody is there, and which account that is here.

Does no I/O: the provider, the store, clock and randomness are passed in.

Rules
 1. What was begun in one browser is finished in the same, once, within `PATIENCE`: state, nonce and verifier are kept here, with
    the digest of a secret that only that browser has.
 2. An account is found by issuer and subject, and by nothing a person may change at the provider.
 3. Where roles are mapped, the role of an account must be among those the provider says; a role is never changed by signing in.
 4. Who must give a second factor gives one: the provider says that it took one, in a way that was agreed, or it is given here.
 5. An account that is linked has no password here.
"""

import base64
import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from tallystick.errors import InputError, NotAuthorizedError
from tallystick.node.staff import Staff
from tallystick.node.staff_ports import Account, Session, StaffContext
from tallystick.review.roles import Role

PATIENCE = timedelta(minutes=10)
_MOST_BEGUN = 10_000
_SECRET_BYTES = 32
_NAME_BYTES = 5
_NOT_KNOWN = "this person has no account here"


class Provider(Protocol):
    """An OpenID provider."""

    def address(self, *, state: str, nonce: str, challenge: str) -> str:
        """Return where the browser is sent; `challenge` is that of PKCE, S256.

        Raises:
            UnavailableError: it cannot be reached.
        """
        ...

    def claims(self, code: str, *, nonce: str, verifier: str) -> Mapping[str, Any]:
        """Return what its ID token says, verified.

        Raises:
            UnavailableError: it cannot be reached.
            NotAuthorizedError: it refuses, or the token is not what it should be.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRules:
    """How claims become accounts.

    Attributes:
        issuer: of the provider.
        label: what people call it.
        role_claim: where it says roles, with dots between levels; empty where it says none.
        roles: its word for a role to ours.
        amr, acr: values that mean a second factor was taken.
        makes_accounts: whether somebody unknown who has exactly one mapped role gets an account.
    """

    issuer: str
    label: str = ""
    role_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()
    makes_accounts: bool = False


@dataclass(frozen=True, slots=True)
class _Begun:
    browser: bytes
    nonce: str
    verifier: str
    to: str
    at: datetime


class ProvidedSignIn:
    """Signing in at one node through one provider."""

    def __init__(self, context: StaffContext, staff: Staff, provider: Provider, rules: ProviderRules) -> None:
        self._at = context
        self._staff = staff
        self._provider = provider
        self.rules = rules
        self._begun: dict[str, _Begun] = {}
        self._lock = threading.Lock()

    def begin(self, to: str) -> tuple[str, str]:
        """Begin; returns where the browser is sent, and the secret it keeps.

        Args:
            to: path of the desk to go to in the end.
        """
        browser, state, nonce, verifier = (self._secret() for _ in range(4))
        address = self._provider.address(state=state, nonce=nonce, challenge=challenge_of(verifier))
        now = self._at.now()
        with self._lock:
            self._begun = {name: each for name, each in self._begun.items() if now - each.at < PATIENCE}
            if len(self._begun) >= _MOST_BEGUN:
                del self._begun[next(iter(self._begun))]
            self._begun[state] = _Begun(_digest(browser), nonce, verifier, to, now)
        return address, browser

    def finish(self, browser: str, state: str, code: str) -> tuple[str, Session, str]:
        """Finish; returns token, session, and where to go.

        Raises:
            NotAuthorizedError: it was not begun in this browser, or the provider or the account does not allow it.
            UnavailableError: the provider cannot be reached.
        """
        with self._lock:
            begun = self._begun.pop(state, None)
        if begun is None or self._at.now() - begun.at >= PATIENCE or not hmac.compare_digest(begun.browser, _digest(browser)):
            raise NotAuthorizedError("this sign-in was not begun here, or is too old", hint="begin again")
        claims = self._provider.claims(code, nonce=begun.nonce, verifier=begun.verifier)
        account = self._account(claims)
        token, session = self._staff.begin_provided(account.name, factor_given=self._took_factor(claims))
        return token, session, begun.to

    def link(self, name: str, subject: str, *, by: str) -> Account:
        """Let a subject of the provider sign in as an account, which loses its password."""
        return self._staff.link(name, (self.rules.issuer, read_subject(subject)), by=by)

    def _account(self, claims: Mapping[str, Any]) -> Account:
        subject, said = str(claims["sub"]), self._roles(claims)
        name = self._at.state.linked(self.rules.issuer, subject)
        if name is None:
            return self._made(claims, subject, said)
        account = self._staff.account(name)
        if account.is_disabled:
            raise NotAuthorizedError(_NOT_KNOWN, hint="ask an administrator")
        if self.rules.roles and account.role not in said:
            raise NotAuthorizedError("the provider does not say the role of this account", hint="ask an administrator")
        return account

    def _made(self, claims: Mapping[str, Any], subject: str, said: frozenset[Role]) -> Account:
        if not self.rules.makes_accounts or len(said) != 1:
            raise NotAuthorizedError(_NOT_KNOWN, hint="ask an administrator for one, and to link it")
        (role,) = said
        name = f"{role.value}-{base64.b32encode(self._at.random(_NAME_BYTES)).decode().lower()}"
        person = claims.get("name")
        self._staff.add(name, role, person=person if isinstance(person, str) else "", by="the identity provider")
        return self.link(name, subject, by="the identity provider")

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        found: object = claims
        for part in self.rules.role_claim.split(".") if self.rules.role_claim else ():
            found = found.get(part) if isinstance(found, Mapping) else None
        words = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return frozenset(self.rules.roles[word] for word in words if isinstance(word, str) and word in self.rules.roles)

    def _took_factor(self, claims: Mapping[str, Any]) -> bool:
        methods = claims.get("amr")
        named = {each for each in methods if isinstance(each, str)} if isinstance(methods, list) else set()
        return bool(self.rules.amr & named) or claims.get("acr") in self.rules.acr

    def _secret(self) -> str:
        return base64.urlsafe_b64encode(self._at.random(_SECRET_BYTES)).decode().rstrip("=")


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge of a verifier (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def read_subject(text: str) -> str:
    """Check a subject.

    Raises:
        InputError: it is none.
    """
    if not 0 < len(text) <= 255 or not text.isascii():  # noqa: PLR2004 - OpenID Connect Core, section 2
        raise InputError("this is no subject of a provider", hint="take `sub` as its administration shows it")
    return text


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
