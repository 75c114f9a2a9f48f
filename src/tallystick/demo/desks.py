"""People at the desks: accounts at every node, and a browser of a kind for each of them.

Nothing is eased for the demo: passwords are made anew for each run, approvers give codes of an authenticator, every form carries
the token of the page it stands on.
"""

import base64
import http.client
import json
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tallystick.adapters.one_time_codes import STEP_S, TimeCodes
from tallystick.demo.nodes import Member, Story
from tallystick.errors import RefusedError

ROLES = {"officer": "officer", "approver": "approver", "second": "approver"}
"""Who works at each node, and in which role: three who may decide, two of whom may approve."""
OVERSEERS = {"administrator": "administrator", "auditor": "auditor"}
"""Who works at the first node beside them: they see no person, and what the others never see."""
_WITH_CODES = frozenset({"approver", "administrator"})
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_OK = 200


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who may sign in where; `secret`: of the authenticator, in base 32, empty for who needs none."""

    address: str
    name: str
    password: str = field(repr=False)
    secret: str = field(repr=False)

    def code(self, at: datetime) -> str:
        """Return the code of the authenticator at a moment."""
        codes = TimeCodes()
        return codes.code(base64.b32decode(self.secret), codes.step(at))


def add_people(story: Story) -> list[SignIn]:
    """Add people at every node."""
    return [each for member in story.members for each in _people(story, member)]


def _people(story: Story, member: Member) -> Iterator[SignIn]:
    here = ROLES | OVERSEERS if member is story.members[0] else ROLES
    for who, role in here.items():
        name, password = f"{who}-{member.id}", secrets.token_hex(6)
        story.do(member, "staff_add", name=name, role=role, person="", password=password)
        secret = ""
        if role in _WITH_CODES:
            uri = story.do(member, "staff_second_factor", name=name, drop=False)["authenticator"]
            secret = parse_qs(urlsplit(uri).query)["secret"][0]
        yield SignIn(story.desk(member), name, password, secret)


def codes_now(people: list[SignIn]) -> str:
    """Return the codes of this moment, and for how long they are good."""
    now = datetime.now(UTC)
    told = ", ".join(f"{each.name} {each.code(now)}" for each in people if each.secret)
    return f"for {STEP_S - int(now.timestamp()) % STEP_S} s: {told} (each is good once)"


class Worker:
    """Somebody who has signed in at a desk, and does there what people do: looks at pages, sends forms."""

    def __init__(self, who: SignIn) -> None:
        """Sign in.

        Raises:
            RefusedError: the desk does not let them in.
        """
        self.name = who.name
        self._place = urlsplit(who.address).netloc
        self._cookies: dict[str, str] = {}
        self._post("/sign-in", {"name": who.name, "password": who.password})
        if who.secret:
            page = self._page("/sign-in/code")
            self._post("/sign-in/code", {"code": who.code(datetime.now(UTC)), "csrf": _token(page)})
        if self._send("GET", "/", "application/json")[0] != _OK:
            raise RefusedError(f"{who.name} could not sign in", hint="play it again")

    def look(self, path: str) -> Any:  # noqa: ANN401 - whatever the page says
        """Return what a page says.

        Raises:
            RefusedError: it is not shown.
        """
        status, body = self._send("GET", path, "application/json")
        if status != _OK:
            raise RefusedError(f"{path.partition('?')[0]} was not shown to {self.name}: {_why(body)}", hint="play it again")
        return json.loads(body)

    def is_shown(self, path: str) -> bool:
        """Tell whether there is such a page, for whoever looks."""
        return self._send("GET", path, "application/json")[0] == _OK

    def send(self, path: str, form: Mapping[str, str | tuple[str, ...]]) -> Any:  # noqa: ANN401 - whatever the page says
        """Send a form of a page; return what came of it.

        Raises:
            RefusedError: the desk refuses it.
        """
        token = _token(self._page("/"))
        status, body = self._send("POST", path, "application/json", urlencode({"csrf": token, **form}, doseq=True))
        if status != _OK:
            raise RefusedError(f"{path} was refused to {self.name}: {_why(body)}", hint="play it again")
        return json.loads(body)

    def _page(self, path: str) -> str:
        return self._send("GET", path, "text/html")[1].decode()

    def _post(self, path: str, form: Mapping[str, str]) -> None:
        self._send("POST", path, "text/html", urlencode(form))

    def _send(self, method: str, path: str, accept: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"accept": accept, "cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self._place, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            for each in answer.headers.get_all("set-cookie", []):
                self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(each).items()}
            return answer.status, answer.read()
        finally:
            connection.close()


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    return found[1] if found else ""


def _why(body: bytes) -> str:
    try:
        return str(json.loads(body)["title"])
    except (ValueError, KeyError):
        return "no reason given"


