"""`tallystick staff`: who may sign in at the desk of a node."""

import sys
from typing import Any

import click

from tallystick.cli.nodes import carry_out
from tallystick.cli.options import json_option, node_option
from tallystick.cli.output import Cell, print_code, print_json, print_table, say
from tallystick.review.roles import Role


@click.group(short_help="Say who may sign in at the desk.")
def staff() -> None:
    """Say who may sign in at the desk of a node, and as what.

    Roles are officer, approver, administrator, auditor and supervisor;
    docs/reference/roles.md says what each may do.
    """


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([each.value for each in Role]), required=True, help="What the person may do.")
@click.option("--person", default="", help="Who it is, for colleagues; never leaves this node.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making a starting one.")
@node_option
@json_option
def add(name: str, role: str, person: str, password_stdin: bool, node: str, as_json: bool) -> None:
    """Add a person under a pseudonym.

    NAME stands in the audit log and goes to partners: take one that only this
    organisation can resolve. A starting password is printed once, and must be
    changed at the first sign-in.

    \b
    Example:
      tallystick staff add officer-7 --role officer --node police-a
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    made = carry_out(node, "staff_add", {"name": name, "role": role, "person": person, "password": password})
    _print(made, as_json=as_json)


@staff.command("list")
@node_option
@json_option
def list_(node: str, as_json: bool) -> None:
    """List who may sign in.

    \b
    Example:
      tallystick staff list --node police-a
    """
    found = carry_out(node, "staff_list", {})
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each["name"], each["role"], each["person"], "set up" if each["second_factor"] else "",
            Cell("disabled", "dim") if each["is_disabled"] else "may sign in",
        )
        for each in found
    ]  # fmt: skip
    print_table(("name", "role", "person", "second factor", "state"), rows, folding=(2,))


@staff.command("disable")
@click.argument("name")
@click.option("--again", is_flag=True, help="The opposite: let the person sign in again.")
@node_option
@json_option
def disable(name: str, again: bool, node: str, as_json: bool) -> None:
    """Let a person sign in no longer; open sessions end at once.

    The account stays, since the log names it.

    \b
    Example:
      tallystick staff disable officer-7 --node police-a
    """
    _print(carry_out(node, "staff_disable", {"name": name, "again": again}), as_json=as_json)


@staff.command("password")
@click.argument("name")
@node_option
@json_option
def password(name: str, node: str, as_json: bool) -> None:
    """Give a new starting password, to be changed at the next sign-in.

    \b
    Example:
      tallystick staff password officer-7 --node police-a
    """
    _print(carry_out(node, "staff_password", {"name": name}), as_json=as_json)


@staff.command("second-factor")
@click.argument("name")
@click.option("--drop", is_flag=True, help="Take a lost one away; a new one is set up at the next sign-in.")
@node_option
@json_option
def second_factor(name: str, drop: bool, node: str, as_json: bool) -> None:
    """Set up the second factor of a person: one-time codes of an authenticator.

    What the authenticator reads is printed once. Without this command the
    person sets it up at the first sign-in.

    \b
    Example:
      tallystick staff second-factor approver-2 --node police-a
    """
    _print(carry_out(node, "staff_second_factor", {"name": name, "drop": drop}), as_json=as_json)


@staff.command("link")
@click.argument("name")
@click.option("--subject", required=True, metavar="SUB", help="Who it is at the provider: `sub`, as its administration shows it.")
@node_option
@json_option
def link(name: str, subject: str, node: str, as_json: bool) -> None:
    """Let a person sign in through the identity provider of sign-in.toml.

    The account has no password here from then on. docs/how-to/sign-in.md says
    how a provider is set up.

    \b
    Example:
      tallystick staff link officer-7 --subject 248289761001 --node police-a
    """
    _print(carry_out(node, "staff_link", {"name": name, "subject": subject}), as_json=as_json)


@staff.command("unlink")
@click.argument("name")
@node_option
@json_option
def unlink(name: str, node: str, as_json: bool) -> None:
    """Let a person sign in with a password again; a starting one is printed.

    \b
    Example:
      tallystick staff unlink officer-7 --node police-a
    """
    _print(carry_out(node, "staff_unlink", {"name": name}), as_json=as_json)


@staff.command("token")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it is good for.")
@click.option("--label", default="", help="What it is for.")
@node_option
@json_option
def token(name: str, days: int, label: str, node: str, as_json: bool) -> None:
    """Make a token for a program that asks in the name of an account.

    NAME is best an account of its own, for instance an officer called
    crm-service. Approvers and administrators have no tokens. The token is
    printed once; docs/how-to/connect-programs.md says how programs use it.

    \b
    Example:
      tallystick staff token crm-service --days 30 --label "customer system" --node police-a
    """
    made = carry_out(node, "staff_token", {"name": name, "days": days, "label": label})
    if as_json:
        print_json(made)
        return
    rows = [("account", made["account"]), ("good until", made["expires_at"]), ("token", made["token"])]
    print_table(("id", made["id"]), rows, folding=(1,))
    say("this is shown once; whoever has it asks in the name of the account")


@staff.command("tokens")
@node_option
@json_option
def tokens(node: str, as_json: bool) -> None:
    """List the tokens of programs.

    \b
    Example:
      tallystick staff tokens --node police-a
    """
    found = carry_out(node, "staff_tokens", {})
    if as_json:
        print_json(found)
        return
    rows = [(each["id"], each["account"], each["label"], each["expires_at"], each["used_at"] or "never") for each in found]
    print_table(("token", "account", "label", "good until", "last used"), rows, folding=(2,))


@staff.command("revoke")
@click.argument("token_id", metavar="TOKEN")
@node_option
@json_option
def revoke(token_id: str, node: str, as_json: bool) -> None:
    """End a token at once; TOKEN is its id, as `staff tokens` shows it.

    \b
    Example:
      tallystick staff revoke k7q2m5xa --node police-a
    """
    ended = carry_out(node, "staff_token_revoke", {"id": token_id})
    if as_json:
        print_json(ended)
        return
    say(f"token {ended['id']} of {ended['account']} is no token any more")


def _print(account: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(account)
        return
    rows = [
        ("role", account["role"]),
        ("state", "disabled" if account["is_disabled"] else "may sign in"),
        ("second factor", "set up" if account["second_factor"] else "not set up"),
    ]
    if account.get("starting_password"):
        rows.append(("starting password", account["starting_password"]))
    print_table(("account", account["name"]), rows, folding=(1,))
    if account.get("authenticator"):
        print_code(account["authenticator"])
    if account.get("authenticator") or account.get("starting_password"):
        say("this is shown once; hand it over by another way than the name")
