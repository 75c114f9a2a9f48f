"""Signing in: passwords, second factors, waiting after failures, the end of sessions."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lib.desks import HTML, JSON, Client, Desk, FastPasswords, a_desk, code_of, later, password_of
from tallystick.adapters.staff_state import SqliteStaffState
from tallystick.audit.entries import Other
from tallystick.errors import InputError, NotAuthorizedError, RefusedError
from tallystick.node import auditing
from tallystick.node.attempts import FREE_TRIES, LONGEST_WAIT
from tallystick.node.staff import IDLE, LONGEST
from tallystick.node.staff_ports import Account
from tallystick.review.roles import Role


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        yield made


def sign_in(desk: Desk, name: str, password: str = "", **more: str) -> tuple[Client, int]:
    client = desk.client()
    answer = client.post("/sign-in", data={"name": name, "password": password or password_of(name), **more}, headers=HTML)
    return client, answer.status_code


def form(client: Client, path: str) -> str:
    """Return the token in the form of a page."""
    text = client.get(path, headers=HTML).text
    return text.partition('name="csrf" value="')[2].partition('"')[0]


def test_an_officer_signs_in_with_a_password(desk: Desk) -> None:
    client, status = sign_in(desk, "officer-1", to="/search?name=x")
    assert status == 303
    assert client.get("/", headers=JSON).status_code == 200
    client.post("/sign-out", data={"csrf": form(client, "/")}, headers=HTML)
    assert client.get("/", headers=JSON).status_code == 401


def test_an_approver_gives_a_code_that_is_good_once(desk: Desk) -> None:
    client, _ = sign_in(desk, "approver-1")
    assert client.get("/", headers=HTML).headers["location"] == "/sign-in/code"
    before = client.cookies["tallystick-police-a"]
    code = code_of(desk.secrets["approver-1"])
    csrf = form(client, "/sign-in/code")
    assert client.post("/sign-in/code", data={"code": "000000", "csrf": csrf}, headers=HTML).status_code == 401
    assert client.post("/sign-in/code", data={"code": code, "csrf": csrf}, headers=HTML).status_code == 303
    assert client.cookies["tallystick-police-a"] != before, "who may do more has a new token"
    assert client.get("/", headers=JSON).status_code == 200
    again, _ = sign_in(desk, "approver-1")
    csrf = form(again, "/sign-in/code")
    assert again.post("/sign-in/code", data={"code": code, "csrf": csrf}, headers=HTML).status_code == 401


def test_a_starting_password_is_changed_and_a_second_factor_set_up_before_anything_else(desk: Desk) -> None:
    password = desk.staff.add("approver-2", Role.APPROVER, by="test")
    client, _ = sign_in(desk, "approver-2", password)
    assert client.get("/cases", headers=HTML).headers["location"] == "/sign-in/second-factor"
    assert client.get("/password", headers=HTML).headers["location"] == "/sign-in/second-factor"
    shown = client.get("/sign-in/second-factor", headers=JSON).json()
    secret = base64.b32decode(shown["secret"])
    assert '<svg class="qr"' in client.get("/sign-in/second-factor", headers=HTML).text
    csrf = form(client, "/sign-in/second-factor")
    assert client.post("/sign-in/second-factor", data={"code": "123", "csrf": csrf}, headers=HTML).status_code == 401
    assert client.post("/sign-in/second-factor", data={"code": code_of(secret), "csrf": csrf}, headers=HTML).status_code == 303
    assert client.get("/cases", headers=HTML).headers["location"] == "/password"
    csrf, new = form(client, "/password"), "four words that nobody guesses"
    for bad in ({"new": new, "again": "another"}, {"new": "short", "again": "short"}, {"new": password, "again": password}):
        assert client.post("/password", data={"old": password, "csrf": csrf, **bad}, headers=HTML).status_code == 400
    assert (
        client.post("/password", data={"old": password, "new": new, "again": new, "csrf": csrf}, headers=HTML).status_code == 303
    )
    assert client.get("/cases", headers=JSON).status_code == 200
    assert sign_in(desk, "approver-2", password)[1] == 401


def test_a_wrong_name_and_a_wrong_password_are_told_alike(desk: Desk) -> None:
    client = desk.client()
    said = [
        client.post("/sign-in", data={"name": name, "password": "wrong wrong wrong"}, headers=JSON)
        for name in ("officer-1", "nobody-9", "<x>")
    ]
    assert {each.status_code for each in said} == {401}
    assert len({str({**each.json(), "name": ""}) for each in said}) == 1


def test_a_name_that_nobody_has_costs_what_any_other_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unknown names are compared with is made at the first attempt of all, whatever its name."""
    done: list[str] = []

    def counted(name: str) -> Callable[..., object]:
        real = getattr(FastPasswords, name)

        def called(*given: object) -> object:
            done.append(name)
            return real(*given)

        return called

    for name in ("hashed", "verify"):
        monkeypatch.setattr(FastPasswords, name, counted(name))
    for name in ("officer-1", "nobody-1", "officer-1", "nobody-2"):
        with pytest.raises(NotAuthorizedError, match="wrong"):
            desk.staff.sign_in(name, "no such password")
    assert done == ["hashed", *["verify"] * 4]


def test_after_some_failures_one_has_to_wait_even_with_the_right_password(desk: Desk) -> None:
    for _ in range(FREE_TRIES):
        with pytest.raises(NotAuthorizedError, match="wrong"):
            desk.staff.sign_in("officer-1", "no such password")
    with pytest.raises(NotAuthorizedError, match="too many"):
        desk.staff.sign_in("officer-1", password_of("officer-1"))
    later(desk, 1)
    token, _ = desk.staff.sign_in("officer-1", password_of("officer-1"))
    assert desk.staff.session(token)
    for _ in range(FREE_TRIES):
        with pytest.raises(NotAuthorizedError, match="wrong"):
            desk.staff.sign_in("officer-1", "no such password")


def test_nobody_guesses_for_long(desk: Desk) -> None:
    tried = 0
    for _ in range(100):
        later(desk, LONGEST_WAIT.total_seconds() / 60)
        for _ in range(5):
            try:
                desk.staff.sign_in("officer-1", "no such password")
            except NotAuthorizedError as error:
                tried += "wrong" in str(error)
    assert tried < 100 + FREE_TRIES + 5


def test_a_session_ends_unused_and_in_any_case(desk: Desk) -> None:
    token, _ = desk.staff.sign_in("officer-1", password_of("officer-1"))
    later(desk, IDLE.total_seconds() / 60 + 1)
    assert desk.staff.session(token) is None
    token, _ = desk.staff.sign_in("officer-1", password_of("officer-1"))
    for _ in range(int(LONGEST / timedelta(minutes=20))):
        assert desk.staff.session(token)
        later(desk, 20)
    later(desk, 1)
    assert desk.staff.session(token) is None


def test_whatever_changes_an_account_ends_its_sessions_and_is_in_the_log(desk: Desk) -> None:
    token, _ = desk.staff.sign_in("officer-1", password_of("officer-1"))
    desk.staff.disable("officer-1", by="administrator-1")
    assert desk.staff.session(token) is None
    with pytest.raises(NotAuthorizedError):
        desk.staff.sign_in("officer-1", password_of("officer-1"))
    desk.staff.enable("officer-1", by="administrator-1")
    token, _ = desk.staff.sign_in("officer-1", password_of("officer-1"))
    desk.staff.new_password("officer-1", by="administrator-1")
    assert desk.staff.session(token) is None
    entries = [each.entry for each in auditing.entries(desk.node.log_files(), 0)]
    said = [(each.kind, each.text) for each in entries if isinstance(each, Other) and each.text]
    assert [each for each in said if each[1].startswith("officer-1 by administrator")] == [
        ("staff-disabled", "officer-1 by administrator-1"),
        ("staff-enabled", "officer-1 by administrator-1"),
        ("staff-password", "officer-1 by administrator-1"),
    ]


def test_nobody_changes_the_own_account_as_an_administrator(desk: Desk) -> None:
    administrator = desk.signed_in("administrator")
    assert administrator.post("/staff/administrator-1", {"what": "disable"}).status_code == 409
    assert administrator.post("/staff/officer-1", {"what": "disable"}).status_code == 200
    assert desk.staff.account("officer-1").is_disabled


def test_an_account_is_made_at_the_desk(desk: Desk) -> None:
    administrator = desk.signed_in("administrator")
    made = administrator.post("/staff", {"name": "officer-9", "role": "officer", "person": "Somebody"})
    assert made.status_code == 200
    password = made.json()["fresh"]["password"]
    client, status = sign_in(desk, "officer-9", password)
    assert status == 303
    assert client.get("/cases", headers=HTML).headers["location"] == "/password"
    assert administrator.post("/staff", {"name": "officer-9", "role": "officer"}).status_code == 409
    assert administrator.post("/staff", {"name": "no good name", "role": "officer"}).status_code == 400
    assert administrator.post("/staff", {"name": "x", "role": "king"}).status_code == 400


def test_hash_and_secret_are_in_no_repr_and_on_no_page(desk: Desk) -> None:
    account = desk.staff.account("approver-1")
    assert account.password not in repr(account)
    assert str(account.secret) not in repr(account)
    text = desk.signed_in("administrator").get("/staff").text
    assert account.password not in text
    assert base64.b32encode(account.secret).decode() not in text


def test_unusable_names_and_passwords_are_refused(desk: Desk) -> None:
    with pytest.raises(InputError):
        desk.staff.add("a b", Role.OFFICER, by="test")
    with pytest.raises(InputError):
        desk.staff.add("officer-3", Role.OFFICER, password="short", by="test")
    with pytest.raises(RefusedError):
        desk.staff.add("officer-1", Role.OFFICER, by="test")


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:x", "/\r\nx"]
)
def test_signing_in_leads_nowhere_else(desk: Desk, to: str) -> None:
    client = desk.client()
    answer = client.post("/sign-in", data={"name": "officer-1", "password": password_of("officer-1"), "to": to}, headers=HTML)
    assert answer.headers["location"] == "/"


def test_who_guesses_a_name_is_told_to_wait_whether_or_not_there_is_one(desk: Desk) -> None:
    def said(name: str) -> list[str]:
        found = []
        for _ in range(FREE_TRIES + 3):
            with pytest.raises(NotAuthorizedError) as error:
                desk.staff.sign_in(name, "no such password")
            found.append(str(error.value))
        later(desk, 1)
        with pytest.raises(NotAuthorizedError) as error:
            desk.staff.sign_in(name, "no such password")
        return [*found, str(error.value)]

    assert said("officer-1") == said("officer-99") == said("<x>")


def test_a_session_that_was_ended_while_it_was_used_does_not_come_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    token, session = desk.staff.sign_in("officer-1", password_of("officer-1"))
    later(desk, 1)
    state = desk.staff._at.state
    real = type(state).account

    def account(self: SqliteStaffState, name: str) -> Account | None:
        monkeypatch.undo()
        found = real(self, name)
        desk.staff.new_password("officer-1", by="administrator-1")
        return found

    monkeypatch.setattr(SqliteStaffState, "account", account)
    desk.staff.session(token)
    assert desk.staff.session(token) is None
    desk.staff.begin_second_factor(session)
    assert desk.staff.session(token) is None


def test_an_office_behind_one_address_signs_in_at_once(desk: Desk) -> None:
    answers = {sign_in(desk, "officer-1")[1] for _ in range(70)}
    assert answers == {303}


def test_who_guesses_from_elsewhere_does_not_lock_out_those_behind_the_same_proxy(desk: Desk) -> None:
    client = desk.client()

    def tried(name: str, password: str, seen_by_proxy: str) -> int:
        given = {"name": name, "password": password}
        headers = {**HTML, "x-forwarded-for": f"10.9.9.9, {seen_by_proxy}"}
        return client.post("/sign-in", data=given, headers=headers).status_code

    assert {tried(f"nobody-{number}", "wrong wrong wrong", "192.0.2.7") for number in range(70)} == {401}
    assert tried("officer-1", password_of("officer-1"), "192.0.2.7") == 401, "too many from there"
    assert tried("officer-1", password_of("officer-1"), "192.0.2.8") == 303
