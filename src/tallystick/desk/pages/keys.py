"""Security keys: given as a second factor, set up, seen and taken away by their owner."""

from datetime import datetime

import msgspec

from tallystick.desk.guarding import within
from tallystick.desk.pages.signing_in import code_form, second_factor_form
from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Visit
from tallystick.errors import NotAuthorizedError, RefusedError
from tallystick.node.security_keys import Site


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an authenticator answered, as JSON."""

    answer: str
    to: str = "/"


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an authenticator answered when a key was made, and what its owner calls it."""

    answer: str
    label: str = ""


def given(visit: Visit) -> Answer:
    """Take a security key as the second factor."""
    session, _ = visit.known
    try:
        token, _ = visit.node.keys.finish_giving(session, _site(visit), visit.given.answer)
    except NotAuthorizedError as error:
        return code_form(visit, error)
    return Moved(to=within(visit.given.to), token=token, data={"demand": "open"})


def set_up(visit: Visit) -> Answer:
    """Take the first security key of somebody whose role demands a second factor."""
    session, _ = visit.known
    try:
        token, _ = visit.node.keys.finish_adding(session, _site(visit), visit.given.answer, visit.given.label)
    except NotAuthorizedError as error:
        return second_factor_form(visit, error)
    return Moved(to="/", token=token)


def keys(visit: Visit) -> Answer:
    """Show the own security keys."""
    return _shown(visit)


def added(visit: Visit) -> Answer:
    """Add a security key."""
    session, _ = visit.known
    try:
        token, _ = visit.node.keys.finish_adding(session, _site(visit), visit.given.answer, visit.given.label)
    except NotAuthorizedError as error:
        return _shown(visit, error)
    return Moved(to="/keys", token=token)


def dropped(visit: Visit) -> Answer:
    """Take an own security key away."""
    token, _ = visit.node.keys.drop(visit.known[0], visit.path["key"])
    return Moved(to="/keys", token=token)


def _shown(visit: Visit, error: NotAuthorizedError | None = None) -> Page:
    session, account = visit.known
    rows = [
        {"key": each.short, "label": each.label, "made_at": _moment(each.made_at), "used_at": _moment(each.used_at)}
        for each in visit.node.keys.of(account.name)
    ]
    said = {
        "keys": rows, "has_codes": bool(account.secret),
        "may_add": session.code_given or not visit.node.staff.has_factor(account),
        "key": visit.node.keys.begin_adding(session, visit.site) if visit.site else None,
        "problem": str(error) if error else "", "hint": error.hint if error else "",
    }  # fmt: skip
    return Page(template="keys", data=said, status=401 if error else 200)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _site(visit: Visit) -> Site:
    if visit.site is None:
        raise RefusedError("security keys cannot be used at this address", hint="open the desk by its name, not by a number")
    return visit.site


ROUTES = (
    DeskRoute("key-post", "POST", "/sign-in/key", given, Given),
    DeskRoute("key-set-up", "POST", "/sign-in/second-factor/key", set_up, Made),
    DeskRoute("keys", "GET", "/keys", keys),
    DeskRoute("key-add", "POST", "/keys", added, Made),
    DeskRoute("key-drop", "POST", "/keys/{key}", dropped),
)
