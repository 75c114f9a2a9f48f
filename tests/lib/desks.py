"""Desks for tests: a node with a person in every role, and a client for each that has signed in."""

import asyncio
import base64
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from argon2 import PasswordHasher
from starlette.types import ASGIApp

from lib.nodes import fill, made_folder, person
from tallystick.adapters.one_time_codes import STEP_S, TimeCodes
from tallystick.adapters.passwords import Argon2Passwords
from tallystick.desk.app import make_desk
from tallystick.desk.guarding import Place, form_token
from tallystick.desk.pages import routes
from tallystick.desk.programs import program_routes
from tallystick.node.staff import Staff
from tallystick.review.roles import SECOND_FACTOR_ROLES, Role
from tallystick.wiring.desk import DeskNode
from tallystick.wiring.nodes import OpenNode, opened_node

ADDRESS = "http://127.0.0.1:8480"
JSON = {"accept": "application/json"}
HTML = {"accept": "text/html"}
PERSONS = (
    person("p1", "Tomasin Verhoovel", "Томасин Верховель", born="1981-04-17", nationalities=["be"]),
    person("p2", '<b>Ilvira</b> & "Quandrosse"', born="1975-11-02"),
    person("p/3.x", "إلفيرا كواندروس", born="1975"),
)


class Client:
    """A browser of a kind: keeps cookies, follows no redirect."""

    def __init__(self, app: ASGIApp, cookies: Mapping[str, str] | None = None) -> None:
        self._app = app
        self.cookies = httpx.Cookies(dict(cookies or {}))

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        return asyncio.run(self._request(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        return self.request("POST", path, **more)

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=self.cookies) as client:
            answer = await client.request(method, path, **more)
            self.cookies = client.cookies
            return answer


class FastPasswords(Argon2Passwords):
    """Hashes as the product does, with the least effort."""

    def __init__(self) -> None:
        super().__init__()
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def password_of(name: str) -> str:
    return f"the password of {name}"


def code_of(secret: bytes, steps: int = 0) -> str:
    codes = TimeCodes()
    return codes.code(secret, int(time.time()) // STEP_S + steps)


@dataclass
class Desk:
    """A desk and what a test needs of it."""

    open: OpenNode
    node: DeskNode
    app: ASGIApp
    secrets: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def staff(self) -> Staff:
        return self.node.staff

    def client(self, cookies: Mapping[str, str] | None = None) -> Client:
        return Client(self.app, cookies)

    def signed_in(self, role: Role | str) -> "Visitor":
        """Return a client of somebody who has signed in; the session is made, not typed."""
        name = f"{Role(role).value}-1"
        token, _ = self.staff._begin(name, code_given=True)
        return Visitor(self.client({f"tallystick-{self.node.card.id}": token}), token)


@dataclass
class Visitor:
    """Somebody at the desk."""

    client: Client
    token: str = field(repr=False)

    def get(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        return self.client.get(path, **{"headers": JSON, **more})

    def post(self, path: str, form: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:  # noqa: ANN401
        data = {"csrf": form_token(self.token), **(form or {})}
        return self.client.post(path, data=data, **{"headers": JSON, **more})

    def shown(self, answer: httpx.Response) -> httpx.Response:
        """Return the page that a form led to, as a browser shows it."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"], headers=HTML)

    def form(self, page: str, action: str, **hidden: str) -> dict[str, str]:
        """Return the hidden fields of a form of a page: of the first one that has these among them."""
        text = self.get(page, headers=HTML).text
        for found in re.findall(rf'<form [^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', text, re.DOTALL):
            fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found))
            if hidden.items() <= fields.items():
                return fields
        raise AssertionError(action)


def add_person(staff: Staff, role: Role, number: int = 1) -> bytes:
    """Add somebody whose password is definite; returns the secret of the second factor, where the role needs one."""
    name = f"{role.value}-{number}"
    staff.add(name, role, person=f"Person {name}", password=password_of(name), by="test")
    if role not in SECOND_FACTOR_ROLES:
        return b""
    uri = staff.set_second_factor(name, by="test")
    return base64.b32decode(parse_qs(urlsplit(uri).query)["secret"][0])


@contextmanager
def desk_of(opened: OpenNode) -> Iterator[Desk]:
    """Make the desk of an open node, with somebody in every role."""
    opened.staff._at = replace(opened.staff._at, passwords=FastPasswords())
    with closing(DeskNode(opened)) as node:
        made = Desk(opened, node, make_desk(node, Place("127.0.0.1", 8480), routes(), program_routes()))
        for role in Role:
            made.secrets[f"{role.value}-1"] = add_person(opened.staff, role)
        yield made


@contextmanager
def a_desk(folder: Path) -> Iterator[Desk]:
    """Make a node with a register and its desk."""
    place = made_folder(folder / "police-a", "police-a")
    fill(place, *PERSONS)
    with opened_node(place) as opened, desk_of(opened) as desk:
        yield desk


def later(desk: Desk, minutes: float) -> None:
    """Let the clock of the staff go on."""
    at = desk.staff._at
    now = at.now()
    desk.staff._at = replace(at, now=lambda: now + timedelta(minutes=minutes))
    if desk.node.provided is not None:
        desk.node.provided._at = desk.staff._at
