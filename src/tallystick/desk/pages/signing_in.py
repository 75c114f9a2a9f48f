"""Signing in and out: password, second factor, a new password."""

import threading
from collections import deque
from datetime import timedelta

import msgspec

from tallystick.desk.guarding import within
from tallystick.desk.visits import Answer, DeskRoute, Moved, Nothing, Page, Visit
from tallystick.errors import NotAuthorizedError

_MOST_FROM_ONE_PLACE = 60
_WINDOW = timedelta(minutes=15)
_MOST_PLACES = 10_000


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody wanted to go."""

    to: str = "/"


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name, its password, and where to go after that."""

    name: str
    password: str
    to: str = "/"


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time code."""

    code: str
    to: str = "/"


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The old password and a new one."""

    old: str
    new: str
    again: str


class Attempts:
    """How often one machine has tried to sign in lately; kept in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, deque[object]] = {}

    def count(self, visit: Visit) -> None:
        """Count an attempt.

        Raises:
            NotAuthorizedError: there were too many.
        """
        now = visit.node.now()
        with self._lock:
            if len(self._seen) > _MOST_PLACES:
                self._seen.clear()
            seen = self._seen.setdefault(visit.address, deque(maxlen=_MOST_FROM_ONE_PLACE))
            is_full = len(seen) == _MOST_FROM_ONE_PLACE and now - seen[0] < _WINDOW  # type: ignore[operator]
            if not is_full:
                seen.append(now)
        if is_full:
            raise NotAuthorizedError("too many attempts from this machine", hint="wait a quarter of an hour")

    def forgive(self, visit: Visit) -> None:
        """Take back an attempt that was none: an office behind one address signs in at once."""
        with self._lock:
            if seen := self._seen.get(visit.address):
                seen.pop()


_attempts = Attempts()


def sign_in(visit: Visit) -> Answer:
    """Ask for name and password."""
    return form(visit, visit.given.to)


def signed_in(visit: Visit) -> Answer:
    """Take name and password."""
    given = visit.given
    try:
        _attempts.count(visit)
        token, session = visit.node.staff.sign_in(given.name, given.password)
    except NotAuthorizedError as error:
        return form(visit, given.to, given.name, error)
    _attempts.forgive(visit)
    demand = visit.node.staff.demand(session, visit.node.staff.account(session.name))
    return Moved(to=within(given.to), token=token, data={"demand": demand})


def form(visit: Visit, to: str, name: str = "", error: NotAuthorizedError | None = None) -> Page:
    """Return the form; with a way to the identity provider, where one is set up."""
    label = (visit.node.provided.rules.label or "single sign-on") if visit.node.provided else ""
    said = {
        "to": within(to), "name": name, "provider": label,
        "problem": str(error) if error else "", "hint": error.hint if error else "",
    }  # fmt: skip
    return Page(template="sign-in", data=said, status=401 if error else 200)


def code(visit: Visit) -> Answer:
    """Ask for a one-time code, or for a security key."""
    return code_form(visit)


def code_form(visit: Visit, error: NotAuthorizedError | None = None) -> Page:
    """Return the form for a second factor: what somebody has set up."""
    session, account = visit.known
    key = visit.node.keys.begin_giving(session, visit.site) if visit.site else None
    said = {
        "problem": str(error) if error else "", "hint": error.hint if error else "", "key": key,
        "has_codes": bool(account.secret), "has_keys": bool(visit.node.keys.of(account.name)),
    }  # fmt: skip
    return Page(template="code", data=said, status=401 if error else 200)


def code_given(visit: Visit) -> Answer:
    """Take a one-time code."""
    session, _ = visit.known
    try:
        token, _ = visit.node.staff.give_code(session, visit.given.code)
    except NotAuthorizedError as error:
        return code_form(visit, error)
    return Moved(to=within(visit.given.to), token=token, data={"demand": "open"})


def second_factor(visit: Visit) -> Answer:
    """Show what an authenticator needs."""
    return second_factor_form(visit)


def second_factor_given(visit: Visit) -> Answer:
    """Take the first code of a new second factor."""
    session, _ = visit.known
    try:
        token, _ = visit.node.staff.finish_second_factor(session, visit.given.code)
    except NotAuthorizedError as error:
        return second_factor_form(visit, error)
    return Moved(to="/", token=token)


def second_factor_form(visit: Visit, error: NotAuthorizedError | None = None) -> Page:
    """Return what sets a second factor up: a secret for an authenticator, and where it can be, a security key."""
    session, _ = visit.known
    secret, uri = visit.node.staff.begin_second_factor(session)
    key = visit.node.keys.begin_adding(session, visit.site) if visit.site else None
    said = {
        "secret": secret, "uri": uri, "key": key,
        "problem": str(error) if error else "", "hint": error.hint if error else "",
    }  # fmt: skip
    return Page(template="second-factor", data=said, status=401 if error else 200)


def password(visit: Visit) -> Answer:
    """Ask for a new password."""
    return Page(template="password", data={"must": visit.known[1].must_change, "problem": "", "hint": ""})


def password_changed(visit: Visit) -> Answer:
    """Take a new password."""
    session, account = visit.known
    if visit.given.new != visit.given.again:
        said = {"must": account.must_change, "problem": "the new passwords differ", "hint": "type the same one twice"}
        return Page(template="password", data=said, status=400)
    token, _ = visit.node.staff.change_password(session, visit.given.old, visit.given.new)
    return Moved(to="/", token=token)


def sign_out(visit: Visit) -> Answer:
    """End the session."""
    visit.node.staff.sign_out(visit.known[0])
    return Moved(to="/sign-in", token="")


ROUTES = (
    DeskRoute("sign-in", "GET", "/sign-in", sign_in, Address),
    DeskRoute("sign-in-post", "POST", "/sign-in", signed_in, Credentials),
    DeskRoute("code", "GET", "/sign-in/code", code, Address),
    DeskRoute("code-post", "POST", "/sign-in/code", code_given, Code),
    DeskRoute("second-factor", "GET", "/sign-in/second-factor", second_factor),
    DeskRoute("second-factor-post", "POST", "/sign-in/second-factor", second_factor_given, Code),
    DeskRoute("password", "GET", "/password", password),
    DeskRoute("password-post", "POST", "/password", password_changed, NewPassword),
    DeskRoute("sign-out", "POST", "/sign-out", sign_out, Nothing),
)
