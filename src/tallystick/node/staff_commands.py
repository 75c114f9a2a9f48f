"""What people tell a node about its own staff, by name, with arguments and results that JSON can say (see `node.commands`)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tallystick.errors import InputError, RefusedError
from tallystick.node.context import Report
from tallystick.node.provided import ProvidedSignIn
from tallystick.node.staff import Staff
from tallystick.node.staff_ports import Account, Token
from tallystick.node.tokens import Tokens
from tallystick.review.roles import Role

Plain = dict[str, Any]
OPERATOR = "operator"
"""Who does what is done on the command line: whoever owns the node's folder."""


class StaffCommands:
    """The commands of one node about its staff. Every public method is one; its name is the command's."""

    def __init__(self, staff: Staff, tokens: Tokens, provided: ProvidedSignIn | None) -> None:
        self._staff = staff
        self._tokens = tokens
        self._provided = provided

    def table(self) -> Mapping[str, Callable[[Mapping[str, Any], Report], object]]:
        """Return every command by name, to be called with its arguments and whom to report to."""
        names = [name for name in vars(type(self)) if not name.startswith("_") and name != "table"]
        return {name: getattr(self, name) for name in names}

    def staff_add(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Make an account; the result holds its starting password, once, where none was given."""
        password = self._staff.add(
            given["name"], read_role(given["role"]), person=given["person"], password=given["password"], by=OPERATOR
        )
        return {**self._plain(given["name"]), "starting_password": password}

    def staff_list(self, _given: Mapping[str, Any], _report: Report) -> list[Plain]:
        """Return all accounts."""
        return [self._plain(each.name) for each in self._staff.accounts()]

    def staff_disable(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Let somebody sign in no longer, or again."""
        change = self._staff.enable if given["again"] else self._staff.disable
        change(given["name"], by=OPERATOR)
        return self._plain(given["name"])

    def staff_password(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Give a new starting password."""
        password = self._staff.new_password(given["name"], by=OPERATOR)
        return {**self._plain(given["name"]), "starting_password": password}

    def staff_second_factor(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Set a second factor up, or take a lost one away."""
        uri = ""
        if given["drop"]:
            self._staff.drop_second_factor(given["name"], by=OPERATOR)
        else:
            uri = self._staff.set_second_factor(given["name"], by=OPERATOR)
        return {**self._plain(given["name"]), "authenticator": uri}

    def staff_link(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Let somebody sign in through the identity provider."""
        if self._provided is None:
            raise RefusedError("no identity provider is set up at this node", hint="see docs/how-to/sign-in.md")
        return self._plain(self._provided.link(given["name"], given["subject"], by=OPERATOR).name)

    def staff_unlink(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Let somebody sign in with a password again; the result holds a starting one."""
        password = self._staff.unlink(given["name"], by=OPERATOR)
        return {**self._plain(given["name"]), "starting_password": password}

    def staff_token(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """Make a token for a program; the result holds its text, once."""
        text, made = self._tokens.make(given["name"], days=given["days"], label=given["label"], by=OPERATOR)
        return {**plain_token(made), "token": text}

    def staff_tokens(self, _given: Mapping[str, Any], _report: Report) -> list[Plain]:
        """Return all tokens."""
        return [plain_token(each) for each in self._tokens.all()]

    def staff_token_revoke(self, given: Mapping[str, Any], _report: Report) -> Plain:
        """End a token."""
        return plain_token(self._tokens.revoke(given["id"], by=OPERATOR))

    def _plain(self, name: str) -> Plain:
        return plain(self._staff.account(name), len(self._staff.keys(name)))


def plain_token(token: Token) -> Plain:
    """Return what may be shown of a token."""
    return {
        "id": token.id, "account": token.name, "label": token.label, "made_at": _moment(token.made_at),
        "expires_at": _moment(token.expires_at), "used_at": _moment(token.used_at) if token.used_at else "",
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def plain(account: Account, keys: int = 0) -> Plain:
    """Return what may be shown of an account: neither hash nor secret; `keys`: how many security keys it has."""
    return {
        "name": account.name, "role": account.role.value, "person": account.person, "is_disabled": account.is_disabled,
        "second_factor": bool(account.secret or keys), "security_keys": keys, "must_change_password": account.must_change,
        "created_at": _moment(account.created_at),
    }  # fmt: skip


def read_role(text: str) -> Role:
    """Read a role.

    Raises:
        InputError: there is no such role.
    """
    try:
        return Role(text)
    except ValueError:
        raise InputError("there is no such role", hint=f"take one of {', '.join(Role)}") from None
