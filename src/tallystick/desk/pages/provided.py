"""Signing in through the identity provider of the organisation: there and back."""

import msgspec

from tallystick.desk.guarding import within
from tallystick.desk.pages.signing_in import Address, form
from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Visit
from tallystick.errors import NotAuthorizedError, RefusedError
from tallystick.node.provided import ProvidedSignIn

_LONGEST = 4096


class Back(msgspec.Struct, frozen=True):
    """What the browser brings back; providers add more, which is not looked at."""

    state: str = ""
    code: str = ""
    iss: str = ""


def provider(visit: Visit) -> Answer:
    """Lead somebody to the identity provider."""
    address, browser = _provided(visit).begin(within(visit.given.to))
    return Moved(to=address, browser=browser)


def back(visit: Visit) -> Answer:
    """Take what the identity provider said; the session begins with a page of ours, so that its cookie counts as ours."""
    provided, given = _provided(visit), visit.given
    if not given.code or len(given.code) > _LONGEST or given.iss not in {"", provided.rules.issuer}:
        return _again(visit, NotAuthorizedError("the identity provider does not confirm this sign-in", hint="begin again"))
    try:
        token, session, to = provided.finish(visit.browser, given.state, given.code)
    except NotAuthorizedError as error:
        return _again(visit, error)
    demand = visit.node.staff.demand(session, visit.node.staff.account(session.name))
    return Page(template="signed-in", data={"to": within(to), "demand": demand}, token=token, browser="")


def _again(visit: Visit, error: NotAuthorizedError) -> Page:
    page = form(visit, "/", error=error)
    return Page(template=page.template, data=page.data, status=page.status, browser="")


def _provided(visit: Visit) -> ProvidedSignIn:
    if visit.node.provided is None:
        raise RefusedError("no identity provider is set up here", hint="sign in with a password")
    return visit.node.provided


ROUTES = (
    DeskRoute("provider", "GET", "/sign-in/provider", provider, Address),
    DeskRoute("provider-back", "GET", "/sign-in/back", back, Back),
)
