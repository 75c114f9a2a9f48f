"""Security keys as a second factor: in a browser that plays an authenticator, and with authenticators that lie."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from lib.authenticator import Authenticator, text_of
from lib.browsers import PATIENCE_MS, browser, needs_chromium, office_of
from lib.desks import HTML, JSON, Client, Desk, a_desk, code_of, password_of
from lib.nodes import nodes
from tallystick.adapters.webauthn_keys import WebauthnKeys
from tallystick.desk.guarding import form_token
from tallystick.errors import NotAuthorizedError, RefusedError
from tallystick.node.security_keys import Site
from tallystick.review.roles import Role

ORIGIN = "http://localhost:8480"
HOST = {"host": "localhost:8480"}
COOKIE = "tallystick-police-a"
SITE = Site("localhost", ORIGIN)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        yield made


@dataclass
class Who:
    """Somebody with a session, at the desk's name."""

    desk: Desk
    token: str

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self._keep(Client(self.desk.app, {COOKIE: self.token}).get(path, headers=headers or {**JSON, **HOST}))

    def post(self, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        data = {"csrf": form_token(self.token), **(form or {})}
        return self._keep(Client(self.desk.app, {COOKIE: self.token}).post(path, data=data, headers={**JSON, **HOST}))

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        self.token = answer.cookies.get(COOKIE) or self.token
        return answer


def visitor(desk: Desk, name: str, *, code_given: bool = False) -> Who:
    token, _ = desk.staff._begin(name, code_given=code_given)
    return Who(desk, token)


def options(who: Who, path: str) -> dict[str, Any]:
    said: dict[str, Any] = who.get(path).json()["key"]
    return said


def send(who: Who, path: str, answer: str, **more: str) -> int:
    return who.post(path, {"answer": answer, **more}).status_code


def enrolled(desk: Desk) -> Authenticator:
    """Let an approver set up a key instead of codes."""
    desk.staff.add("approver-2", Role.APPROVER, password=password_of("approver-2"), by="test")
    who, made = visitor(desk, "approver-2"), Authenticator(ORIGIN)
    assert send(who, "/sign-in/second-factor/key", made.create(options(who, "/sign-in/second-factor")), label="blue one") == 200
    assert who.get("/cases").status_code == 200
    return made


def test_a_key_is_set_up_given_seen_and_taken_away(desk: Desk) -> None:
    key = enrolled(desk)
    who = visitor(desk, "approver-2")
    assert who.get("/cases", headers=HTML).headers["location"] == "/sign-in/code"
    assert who.get("/sign-in/code", headers=JSON).json()["key"] is None, "not at an IP address"
    asked = options(who, "/sign-in/code")
    assert [each["id"] for each in asked["allowCredentials"]] == [text_of(key.id)]
    assert send(who, "/sign-in/key", key.get(asked)) == 200
    shown = who.get("/keys").json()["keys"]
    assert [(each["label"], bool(each["used_at"])) for each in shown] == [("blue one", True)]
    assert who.post(f"/keys/{shown[0]['key']}").status_code == 200
    assert visitor(desk, "approver-2").get("/", headers=HTML).headers["location"] == "/sign-in/second-factor"


def test_who_has_a_factor_gives_it_before_adding_another(desk: Desk) -> None:
    key = enrolled(desk)
    who = visitor(desk, "approver-2")
    other = Authenticator(ORIGIN)
    session, _ = desk.staff.session(who.token) or pytest.fail("there is one")
    asked = desk.node.keys.begin_adding(session, SITE)
    assert send(who, "/sign-in/second-factor/key", other.create(asked)) == 401, "the page is not open to this session"
    with pytest.raises(RefusedError, match="must be given first"):
        desk.node.keys.finish_adding(session, SITE, other.create(asked), "")
    assert send(who, "/sign-in/key", key.get(options(who, "/sign-in/code"))) == 200
    assert send(who, "/keys", other.create(options(who, "/keys")), label="spare") == 200
    assert len(desk.staff.keys("approver-2")) == 2


_FIELDS = ("id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "authenticatorData", "signature")
_LEAVES = st.none() | st.booleans() | st.integers() | st.text()
_TREES = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(_FIELDS), inner))
_ANSWERS = st.text() | _TREES.map(json.dumps)

LIES: dict[str, Callable[[Authenticator], Authenticator]] = {
    "another origin": lambda key: replace(key, origin="http://elsewhere.example"),
    "another port": lambda key: replace(key, origin="http://localhost:9999"),
    "another host": lambda key: replace(key, host="elsewhere.example"),
    "nobody was there": lambda key: replace(key, flags=0),
    "another purpose": lambda key: replace(key, kind="webauthn.create"),
    "another key under its id": lambda key: replace(key, key=Authenticator(ORIGIN).key),
    "a key nobody knows": lambda _: Authenticator(ORIGIN),
}


@pytest.mark.parametrize("which", LIES)
def test_an_authenticator_that_lies_is_not_believed(desk: Desk, which: str) -> None:
    key = enrolled(desk)
    who = visitor(desk, "approver-2")
    assert send(who, "/sign-in/key", LIES[which](key).get(options(who, "/sign-in/code"))) == 401
    assert who.get("/cases").status_code == 401


def test_an_answer_is_good_once_and_to_its_own_challenge(desk: Desk) -> None:
    key = enrolled(desk)
    who = visitor(desk, "approver-2")
    first = options(who, "/sign-in/code")
    options(who, "/sign-in/code")
    assert send(who, "/sign-in/key", key.get(first)) == 401, "another challenge was made meanwhile"
    answer = key.get(options(who, "/sign-in/code"))
    assert send(who, "/sign-in/key", answer) == 200
    again = visitor(desk, "approver-2")
    options(again, "/sign-in/code")
    assert send(again, "/sign-in/key", answer) == 401


def test_a_key_whose_count_goes_back_was_copied(desk: Desk) -> None:
    key = enrolled(desk)
    key.count = 5
    who = visitor(desk, "approver-2")
    assert send(who, "/sign-in/key", key.get(options(who, "/sign-in/code"))) == 200
    copy = replace(key, count=2)
    who = visitor(desk, "approver-2")
    assert send(who, "/sign-in/key", copy.get(options(who, "/sign-in/code"))) == 401


def test_a_key_is_one_persons(desk: Desk) -> None:
    key = enrolled(desk)
    who = visitor(desk, "approver-1")
    session, _ = desk.staff.session(who.token) or pytest.fail("there is one")
    desk.open.people.state.put_key(replace(desk.staff.keys("approver-2")[0], id=b"x" * 32, name="approver-1"))
    asked = desk.node.keys.begin_giving(session, SITE) or pytest.fail("there is one")
    with pytest.raises(NotAuthorizedError):
        desk.node.keys.finish_giving(session, SITE, key.get(asked))


def test_an_administrator_takes_lost_keys_away_and_codes_go_on_beside_keys(desk: Desk) -> None:
    enrolled(desk)
    desk.staff.drop_second_factor("approver-2", by="administrator-1")
    assert desk.staff.keys("approver-2") == []
    who = visitor(desk, "approver-1", code_given=True)
    assert send(who, "/keys", Authenticator(ORIGIN).create(options(who, "/keys"))) == 200
    again = visitor(desk, "approver-1")
    assert again.post("/sign-in/code", {"code": code_of(desk.secrets["approver-1"])}).status_code == 200


@settings(max_examples=30)
@given(_ANSWERS)
def test_whatever_an_authenticator_says_is_an_answer_or_none(text: str) -> None:
    checks = WebauthnKeys()
    assert checks.registered(SITE, b"c" * 32, text) is None
    assert isinstance(checks.id_of(text), bytes)


@needs_chromium
@pytest.mark.slow
def test_a_person_signs_in_with_a_key_in_a_browser(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a") as (node,), office_of(node) as office, browser() as chromium:
        node.open.staff.add("approver-9", Role.APPROVER, password=password_of("approver-9"), by="test")
        address = office.url.replace("127.0.0.1", "localhost")
        context = chromium.new_context()
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        devices = context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        made = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": made})
        password(page, address)
        page.fill("#label", "blue one")
        page.get_by_role("button", name="Use a security key").click()
        page.wait_for_url(f"{address}/")
        page.goto(f"{address}/keys")
        assert "blue one" in page.locator("main").inner_text()
        page.locator(".who form button").click()
        password(page, address)
        page.get_by_role("button", name="Use a security key").click()
        page.wait_for_url(f"{address}/")
        assert "approver-9" in page.locator(".who").inner_text()


def password(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#name", "approver-9")
    page.fill("#password", password_of("approver-9"))
    page.click("main button.main-act")
