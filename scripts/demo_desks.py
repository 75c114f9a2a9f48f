"""The end of the demo of nodes in the browser: every node serves its desk, with two people who may sign in.

Nothing is eased for the demo: passwords are made anew for each run, approvers give codes of an authenticator. Who has none at
hand presses Enter, and is told the codes of the moment.
"""

import base64
import secrets
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from demo_story import Member, Story


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who may sign in where; `secret`: of the authenticator, in base 32, empty for who needs none."""

    address: str
    name: str
    password: str
    secret: str


class Desks:
    """Who may sign in at the desks of a story."""

    def __init__(self) -> None:
        self._people: list[SignIn] = []

    def open(self, story: Story) -> None:
        """Add an officer and an approver at every node, and say where they sign in."""
        story.title("Every node has a desk in the browser; the story can be followed there, and carried on by hand")
        for member in story.members:
            self._people += _people(story, member)
        self._show(story)

    def stay(self, story: Story) -> None:
        """Leave the nodes to the people at the desks, until the input ends or Ctrl-C comes; Enter tells the codes."""
        story.title("The nodes go on. Sign in at the desks; Enter for the codes of this moment, Ctrl-C ends everything")
        self._show(story)
        story.say(
            "For a hit at west: its officer tells north, decides, requests; the approver of north approves or refuses; the "
            "officer reports what came of it; north can recall what it disclosed. More is in docs/how-to/first-circle.md"
        )
        with suppress(KeyboardInterrupt):
            for _line in sys.stdin:
                self._tell_codes(story)
        print(flush=True)
        story.say("every node ends")

    def _show(self, story: Story) -> None:
        """Show them below each other, none broken in two: they are there to be copied."""
        address = ""
        for each in self._people:
            if each.address != address:
                address = each.address
                print(f"  {address}")
            print(f"    {each.name:16}{each.password:16}{each.secret}".rstrip())
        story.say("(name, password, secret for an authenticator; two people of one office need two windows, one of them private)")

    def _tell_codes(self, story: Story) -> None:
        from tallystick.adapters.one_time_codes import STEP_S, TimeCodes  # noqa: PLC0415  only where there is something to tell

        codes, now = TimeCodes(), datetime.now(UTC)
        told = [
            f"{each.name} {codes.code(base64.b32decode(each.secret), codes.step(now))}" for each in self._people if each.secret
        ]
        left = STEP_S - int(now.timestamp()) % STEP_S
        story.say(f"for {left} s: {', '.join(told)} (each is good once)")


def _people(story: Story, member: Member) -> Iterator[SignIn]:
    address = story.desk(member)
    for role in ("officer", "approver"):
        name, password = f"{role}-{member.id}", secrets.token_hex(6)
        words = ("staff", "add", name, "--role", role, "--password-stdin", "--node", member.id)
        story.ask(*words, said=f"{password}\n")
        secret = ""
        if role == "approver":
            uri = story.ask("staff", "second-factor", name, "--node", member.id)["authenticator"]
            secret = parse_qs(urlsplit(uri).query)["secret"][0]
        yield SignIn(address, name, password, secret)
