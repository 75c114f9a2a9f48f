"""Every route of the desk, asked by every role and by nobody: allowed exactly as the table says."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lib.desks import HTML, JSON, Desk, a_desk
from tallystick.desk.access import DEMANDS, NEEDS, OPEN, may
from tallystick.desk.pages import routes
from tallystick.desk.programs import program_routes
from tallystick.desk.programs.calls import ProgramRoute
from tallystick.desk.visits import DeskRoute
from tallystick.review.roles import PERSON_DATA, SECOND_FACTOR_ROLES, Role

ROUTES = {each.name: each for each in routes()}
PATHS = {
    "register": "wanted",
    "record": "p1",
    "circle": "border",
    "index": "0",
    "name": "officer-1",
    "number": "1",
    "key": "0" * 16,
    "token": "none",
    "report": "0" * 12,
    "import": "0" * 16,
    "shown": "0" * 16,
    "entity": "p1",
}
REFUSED = {401, 403}
PROGRAMS = {each.name: each for each in program_routes()}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("access")) as made:
        yield made


def path_of(route: DeskRoute | ProgramRoute) -> str:
    text = route.path.replace(":path}", "}")
    return text.format(**PATHS)


def test_every_route_is_in_the_table_and_the_table_has_no_other() -> None:
    assert set(ROUTES) | set(PROGRAMS) == set(NEEDS)
    assert len(ROUTES) + len(PROGRAMS) == len(routes()) + len(program_routes()) == len(NEEDS)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", ROUTES)
def test_a_route_serves_exactly_the_roles_of_its_table(desk: Desk, name: str, role: Role) -> None:
    route, visitor = ROUTES[name], desk.signed_in(role)
    account = desk.staff.account(f"{role.value}-1")
    path = path_of(route)
    answer = visitor.get(path) if route.method == "GET" else visitor.post(path)
    if name in DEMANDS and "open" not in DEMANDS[name]:
        assert answer.status_code == 401, "a session that is complete has no business there"
    elif may(name, account):
        assert answer.status_code not in REFUSED, answer.text
        assert answer.status_code < 500, answer.text
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("name", ROUTES)
def test_nobody_is_let_in_who_has_not_signed_in(desk: Desk, name: str) -> None:
    route, client = ROUTES[name], desk.client()
    answer = client.request(route.method, path_of(route), headers=JSON)
    page = client.request(route.method, path_of(route), headers=HTML)
    if NEEDS[name] == OPEN and name not in DEMANDS:
        assert answer.status_code not in REFUSED | {303}
        return
    assert answer.status_code == 401
    assert page.status_code == 303
    assert page.headers["location"].startswith("/sign-in?to=")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR])
def test_who_must_not_see_persons_is_offered_no_page_that_shows_one(desk: Desk, role: Role) -> None:
    account = desk.staff.account(f"{role.value}-1")
    assert not [name for name, needed in NEEDS.items() if needed in PERSON_DATA and may(name, account)]


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.method == "POST" and name != "sign-in-post"])
def test_what_changes_something_needs_the_form_of_the_session(desk: Desk, name: str) -> None:
    role = next(role for role in Role if may(name, desk.staff.account(f"{role.value}-1")))
    visitor = desk.signed_in(role)
    if "open" not in DEMANDS.get(name, {"open"}):
        return
    without = visitor.client.post(path_of(ROUTES[name]), headers=JSON)
    foreign = visitor.client.post(path_of(ROUTES[name]), data={"csrf": "x" * 43}, headers=JSON)
    elsewhere = visitor.post(path_of(ROUTES[name]), headers={**JSON, "sec-fetch-site": "cross-site"})
    other = visitor.post(path_of(ROUTES[name]), headers={**JSON, "origin": "https://elsewhere.example"})
    assert [each.status_code for each in (without, foreign, elsewhere, other)] == [403] * 4


def test_a_session_whose_second_factor_is_missing_gets_no_page(desk: Desk, tmp_path: Path) -> None:  # noqa: ARG001
    token, _ = desk.staff._begin("approver-1", code_given=False)
    client = desk.client(cookies={"tallystick-police-a": token})
    for name, route in ROUTES.items():
        if route.method == "GET" and NEEDS[name] != OPEN:
            assert client.get(path_of(route), headers=HTML).headers["location"] == "/sign-in/code"
            assert client.get(path_of(route), headers=JSON).status_code == 401


@pytest.mark.parametrize("role", [each for each in Role if each not in SECOND_FACTOR_ROLES])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_route_for_programs_serves_exactly_the_roles_of_its_table(desk: Desk, name: str, role: Role) -> None:
    route = PROGRAMS[name]
    key, _ = desk.open.tokens.make(f"{role.value}-1", days=1, by="test")
    answer = ask(desk, route, {"authorization": f"Bearer {key}"})
    allowed = may(name, desk.staff.account(f"{role.value}-1"))
    assert (answer.status_code not in REFUSED and answer.status_code < 500) if allowed else answer.status_code == 403


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_without_a_token_is_not_served_whoever_has_signed_in_beside_it(desk: Desk, name: str) -> None:
    route = PROGRAMS[name]
    signed_in = desk.signed_in("officer").client
    for client in (desk.client(), signed_in):
        answers = [
            client.request(route.method, path_of(route), headers=headers)
            for headers in ({}, {"authorization": "Bearer tallystick-x-y"}, {"authorization": "Basic b2ZmaWNlcjpw"})
        ]
        statuses = {each.status_code for each in answers}
        is_open = {200} if route.method == "GET" else {400}  # what is sent is nothing it could read
        assert statuses == (is_open if NEEDS[name] == OPEN else {401})


def test_a_token_opens_no_page(desk: Desk) -> None:
    key, _ = desk.open.tokens.make("officer-1", days=1, by="test")
    for route in ROUTES.values():
        if NEEDS[route.name] != OPEN:
            answer = desk.client().request(route.method, path_of(route), headers={**JSON, "authorization": f"Bearer {key}"})
            assert answer.status_code == 401


def ask(desk: Desk, route: ProgramRoute, headers: dict[str, str]) -> httpx.Response:
    body = b"{}" if route.media_type == "application/json" else b""
    kind = {"content-type": route.media_type} if route.body else {}
    return desk.client().request(route.method, path_of(route), headers={**headers, **kind}, content=body if route.body else b"")
