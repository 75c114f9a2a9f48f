"""Signing in through an identity provider of the organisation: who somebody is there, and which account that is here.

Does no I/O: the provider, the store, clock and randomness are passed in.

Rules
 1. What was begun in one browser is finished in the same, once, within `PATIENCE`: state, nonce and verifier are kept here, with
    the digest of a secret that only that browser has.
 2. An account is found by issuer and subject, and by nothing a person may change at the provider.
 3. Where roles are mapped, the role of an account must be among those the provider says; a role is never changed by signing in.
 4. Who must give a second factor gives one: the provider says that it took one, in a way that was agreed, or it is given here.
 5. An account that is linked has no password here.
 6. What the provider said is true for `ProviderRules.check_every` and no longer: then it is asked again, once for all requests of
    a session. Who is not confirmed any more, or has lost the role there, has no session here. While the provider cannot be
    asked, the session waits: nothing is served to it, and it is not ended. The provider may end sessions by itself, too.
"""

import base64
import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tallystick.errors import InputError, NotAuthorizedError, UnavailableError
from tallystick.node.staff import Staff
from tallystick.node.staff_ports import Account, Confirmation, Session, StaffContext
from tallystick.review.roles import Role

PATIENCE = timedelta(minutes=10)
_MOST_BEGUN = 10_000
_ASKED_AT_ONCE = 64
_AWAY = timedelta(seconds=30)
"""A provider that did not answer is left alone for so long."""
_SECRET_BYTES = 32
_NAME_BYTES = 5
_NOT_KNOWN = "this person has no account here"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a provider says of somebody, and with what it can be asked again; its adapter alone reads that."""

    claims: Mapping[str, Any] = field(repr=False)
    proof: bytes = field(repr=False)


class Provider(Protocol):
    """An OpenID provider."""

    def address(self, *, state: str, nonce: str, challenge: str) -> str:
        """Return where the browser is sent; `challenge` is that of PKCE, S256.

        Raises:
            UnavailableError: it cannot be reached.
        """
        ...

    def grant(self, code: str, *, nonce: str, verifier: str) -> Granted:
        """Return what its ID token says, verified, and with what it can be asked again.

        Raises:
            UnavailableError: it cannot be reached.
            NotAuthorizedError: it refuses, or the token is not what it should be.
        """
        ...

    def confirm(self, proof: bytes, *, subject: str) -> Granted:
        """Ask again; returns what it says now, of that subject. Errors as for `grant`."""
        ...

    def ended(self, token: str) -> tuple[str, str]:
        """Return of which subject, of which session there, or of both, a logout token says that they are over, verified.

        Raises:
            UnavailableError: the provider's keys cannot be fetched.
            InputError: it is no logout token of the provider for us.
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
        check_every: for how long what it said is true; then it is asked again.
    """

    issuer: str
    label: str = ""
    role_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    amr: frozenset[str] = frozenset()
    acr: frozenset[str] = frozenset()
    makes_accounts: bool = False
    check_every: timedelta = timedelta(minutes=10)


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
        self._asking = tuple(threading.Lock() for _ in range(_ASKED_AT_ONCE))
        self._away: tuple[datetime, UnavailableError] | None = None

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
        granted = self._provider.grant(code, nonce=begun.nonce, verifier=begun.verifier)
        claims = granted.claims
        account, sid = self._account(claims), claims.get("sid")
        said = Confirmation(
            subject=str(claims["sub"]), sid=sid if isinstance(sid, str) else "", proof=granted.proof, confirmed_at=self._at.now()
        )
        token, session = self._staff.begin_provided(account.name, said, factor_given=self._took_factor(claims))
        return token, session, begun.to

    def confirmed(self, session: Session, account: Account) -> tuple[Session, Account] | None:
        """Return a session that the provider confirms, now or lately; None where it does not any more.

        Raises:
            UnavailableError: it cannot be asked now.
        """
        if self._is_fresh(session):
            return session, account
        with self._asking[session.digest[0] % _ASKED_AT_ONCE]:
            newest = self._at.state.session(session.digest)
            if newest is None or self._is_fresh(newest):  # somebody else asked meanwhile
                return (newest, account) if newest else None
            return self._asked_again(newest, account)

    def ended(self, token: str) -> int:
        """End the sessions that a logout token of the provider names; returns how many. Errors as for `Provider.ended`."""
        return self._staff.end_there(*self._provider.ended(token), "ended by the identity provider")

    def link(self, name: str, subject: str, *, by: str) -> Account:
        """Let a subject of the provider sign in as an account, which loses its password."""
        return self._staff.link(name, (self.rules.issuer, read_subject(subject)), by=by)

    def _is_fresh(self, session: Session) -> bool:
        return session.confirmed_at is not None and self._at.now() - session.confirmed_at < self.rules.check_every

    def _asked_again(self, session: Session, account: Account) -> tuple[Session, Account] | None:
        now = self._at.now()
        if self._away is not None and now - self._away[0] < _AWAY:
            raise self._away[1]
        try:
            granted = self._provider.confirm(session.proof, subject=session.subject)
            self._check_role(account, granted.claims)
        except NotAuthorizedError:
            self._staff.end(session, "the identity provider does not confirm it any more")
            return None
        except UnavailableError as error:
            self._away = (now, error)
            raise
        self._at.state.confirm_session(session.digest, granted.proof, now)
        return replace(session, proof=granted.proof, confirmed_at=now), account

    def _check_role(self, account: Account, claims: Mapping[str, Any]) -> None:
        if self.rules.roles and account.role not in self._roles(claims):
            raise NotAuthorizedError("the provider does not say the role of this account", hint="ask an administrator")

    def _account(self, claims: Mapping[str, Any]) -> Account:
        subject, said = str(claims["sub"]), self._roles(claims)
        name = self._at.state.linked(self.rules.issuer, subject)
        if name is None:
            return self._made(claims, subject, said)
        account = self._staff.account(name)
        if account.is_disabled:
            raise NotAuthorizedError(_NOT_KNOWN, hint="ask an administrator")
        self._check_role(account, claims)
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
