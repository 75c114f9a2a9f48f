"""Administration of the node's own people: who may sign in, and as what."""

from typing import Any, Literal

import msgspec

from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Visit
from tallystick.errors import RefusedError
from tallystick.node.staff_commands import plain, plain_token, read_role
from tallystick.node.staff_ports import Account
from tallystick.review.roles import Role


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody new."""

    name: str
    role: str
    person: str = ""


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done with an account."""

    what: Literal["disable", "enable", "password", "second-factor"]


def staff(visit: Visit) -> Answer:
    """Show all accounts."""
    return _shown(visit)


def added(visit: Visit) -> Answer:
    """Make an account and show its starting password, once."""
    given: NewAccount = visit.given
    password = visit.node.staff.add(given.name, read_role(given.role), person=given.person, by=visit.actor.name)
    return _shown(visit, given.name, password)


def changed(visit: Visit) -> Answer:
    """Disable or enable an account, or give it a new start."""
    name, by = visit.path["name"], visit.actor.name
    if name == by:
        raise RefusedError("nobody changes an own account here", hint="let another administrator do it")
    if visit.given.what == "password":
        return _shown(visit, name, visit.node.staff.new_password(name, by=by))
    known = visit.node.staff
    {"disable": known.disable, "enable": known.enable, "second-factor": known.drop_second_factor}[visit.given.what](name, by=by)
    return Moved(to="/staff", data=_plain(visit, known.account(name)))


def tokens(visit: Visit) -> Answer:
    """Show the tokens of programs; they are made on the command line, where nobody who sees no persons gets to read one."""
    now = visit.node.now()
    rows = [{**plain_token(each), "is_over": each.expires_at <= now} for each in visit.node.tokens.all()]
    return Page(template="tokens", data={"tokens": rows})


def revoked(visit: Visit) -> Answer:
    """End a token at once."""
    return Moved(to="/tokens", data=plain_token(visit.node.tokens.revoke(visit.path["token"], by=visit.actor.name)))


def _shown(visit: Visit, name: str = "", password: str = "") -> Page:
    accounts = [_plain(visit, each) for each in visit.node.staff.accounts()]
    shown = {"accounts": accounts, "roles": [each.value for each in Role], "fresh": {"name": name, "password": password}}
    return Page(template="staff", data=shown)


def _plain(visit: Visit, account: Account) -> dict[str, Any]:
    return plain(account, len(visit.node.staff.keys(account.name)))


ROUTES = (
    DeskRoute("staff", "GET", "/staff", staff),
    DeskRoute("staff-add", "POST", "/staff", added, NewAccount, form_on=staff),
    DeskRoute("staff-change", "POST", "/staff/{name}", changed, Change),
    DeskRoute("tokens", "GET", "/tokens", tokens),
    DeskRoute("token-revoke", "POST", "/tokens/{token}", revoked),
)
