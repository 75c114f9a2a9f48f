"""What the staff of a node is made of, and what it needs from outside: accounts, sessions, and the ports beside them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tallystick.audit.entries import AnyEntry
from tallystick.review.roles import Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person at this node.

    Attributes:
        name: the pseudonym that stands in logs and goes to partners.
        role: what the person may do.
        person: who it is, for colleagues; never leaves the node.
        password: its hash.
        must_change: the password was given by somebody else.
        secret: of the second factor; empty where there is none.
        last_step: the newest time step whose code was used (RFC 6238).
        failures, failed_at: attempts since the last success, and when the last of them was.
        created_at: when it was made.
        is_disabled: it can no longer sign in.
    """

    name: str
    role: Role
    person: str = field(default="", repr=False)
    password: str = field(repr=False)
    must_change: bool = True
    secret: bytes = field(default=b"", repr=False)
    last_step: int = 0
    failures: int = 0
    failed_at: datetime | None = None
    created_at: datetime
    is_disabled: bool = False

    @property
    def actor(self) -> Actor:
        """Who acts when this person acts."""
        return Actor(self.name, self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What an identity provider said of somebody who signed in there; empty texts for who did not.

    Attributes:
        subject: who it is there.
        sid: the provider's own name for the session there, where it says one.
        proof: what the provider is asked with again; only its adapter reads it.
        confirmed_at: when it last said so.
    """

    subject: str = ""
    sid: str = ""
    proof: bytes = field(default=b"", repr=False)
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody at the desk.

    Attributes:
        digest: SHA-256 of the token.
        name: whose session it is.
        code_given: whether the second factor was given.
        pending: secret of a second factor that is being set up.
        begun_at, seen_at: when it began, and was last used.
        subject, sid, proof, confirmed_at: of its confirmation by an identity provider.
    """

    digest: bytes = field(repr=False)
    name: str
    code_given: bool = False
    pending: bytes = field(default=b"", repr=False)
    begun_at: datetime
    seen_at: datetime
    subject: str = ""
    sid: str = ""
    proof: bytes = field(default=b"", repr=False)
    confirmed_at: datetime | None = None

    @property
    def confirmation(self) -> Confirmation:
        """What an identity provider said of who it is."""
        return Confirmation(subject=self.subject, sid=self.sid, proof=self.proof, confirmed_at=self.confirmed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What lets a program ask in the name of an account.

    Attributes:
        digest: SHA-256 of its text.
        id: what people call it.
        name: the account it acts for.
        label: what it is for.
        made_at, expires_at, used_at: when it was made, ends, and was last used.
    """

    digest: bytes = field(repr=False)
    id: str
    name: str
    label: str = ""
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityKey:
    """A security key of somebody: a second factor.

    Attributes:
        id: as its maker gave it.
        name: whose it is.
        public_key: its public half, as COSE writes it.
        count: how often it was used, as it says itself; 0 where it does not count.
        label: what its owner calls it.
        made_at, used_at: when it was added, and last given.
    """

    id: bytes = field(repr=False)
    name: str
    public_key: bytes = field(repr=False)
    count: int
    label: str
    made_at: datetime
    used_at: datetime | None = None

    @property
    def short(self) -> str:
        """What stands for it in addresses."""
        return hashlib.sha256(self.id).hexdigest()[:16]


class StaffState(Protocol):
    """Where accounts, sessions and tokens are kept."""

    def put_account(self, account: Account) -> None: ...
    def account(self, name: str) -> Account | None: ...
    def accounts(self) -> list[Account]:
        """Return all, by name."""
        ...

    def put_session(self, session: Session) -> None: ...
    def change_session(self, session: Session) -> None:
        """Change a session, its confirmation apart; one that was ended meanwhile does not come back."""
        ...

    def confirm_session(self, digest: bytes, proof: bytes, at: datetime) -> None:
        """Note that an identity provider confirmed a session again, and with what it is asked the next time."""
        ...

    def drop_sessions_there(self, subject: str, sid: str) -> list[str]:
        """End the sessions of a subject of the provider, of a session there, or of both together; return whose they were."""
        ...

    def session(self, digest: bytes) -> Session | None: ...
    def drop_session(self, digest: bytes) -> None: ...
    def drop_sessions_of(self, name: str) -> None: ...
    def forget_sessions(self, begun_before: datetime) -> None: ...
    def put_link(self, issuer: str, subject: str, name: str) -> None: ...
    def linked(self, issuer: str, subject: str) -> str | None:
        """Return the account somebody at an identity provider is linked to."""
        ...

    def drop_links(self, name: str) -> None: ...
    def put_key(self, key: SecurityKey) -> None: ...
    def key(self, key_id: bytes) -> SecurityKey | None: ...
    def keys(self, name: str) -> list[SecurityKey]:
        """Return those of somebody, oldest first."""
        ...

    def drop_key(self, key_id: bytes) -> None: ...
    def drop_keys(self, name: str) -> None: ...
    def put_token(self, token: Token) -> None: ...
    def token(self, digest: bytes) -> Token | None: ...
    def tokens(self) -> list[Token]:
        """Return all, newest first."""
        ...

    def drop_token(self, digest: bytes) -> None: ...


class Passwords(Protocol):
    """Hashes passwords, slowly."""

    def hashed(self, password: str) -> str: ...
    def verify(self, hashed: str, password: str) -> bool: ...
    def is_outdated(self, hashed: str) -> bool:
        """Tell whether it was hashed with less effort than today's."""
        ...


class Codes(Protocol):
    """Makes one-time codes (RFC 6238)."""

    def step(self, at: datetime) -> int: ...
    def code(self, secret: bytes, step: int) -> str: ...
    def uri(self, secret: bytes, name: str, issuer: str) -> str:
        """Return what an authenticator reads."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffContext:
    """What the staff of a node needs from outside.

    Attributes:
        issuer: name of the node, as an authenticator shows it.
        record: makes entries durable in the node's audit log.
    """

    issuer: str
    state: StaffState
    passwords: Passwords
    codes: Codes
    record: Callable[[list[AnyEntry]], int]
    now: Callable[[], datetime]
    random: Callable[[int], bytes]
