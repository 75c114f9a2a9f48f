"""The pages of the desk: each beside its twin, escaped, found in any script, closed to foreign hosts and scripts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from lib.desks import ADDRESS, HTML, JSON, Desk, a_desk
from lib.nodes import fill
from tallystick import errors
from tallystick.audit.entries import Other
from tallystick.desk import drawings
from tallystick.desk.access import may
from tallystick.desk.languages import LANGUAGES, chosen
from tallystick.desk.pages import routes
from tallystick.desk.problems import STATUS, status_of
from tallystick.desk.rendering import environment
from tallystick.desk.visits import DeskRoute
from tallystick.review.roles import Role

PATHS = {
    "officer": [
        "/",
        "/search?name=Verhoovel",
        "/cases",
        "/cases?show=all",
        "/copies",
        "/copies?use=pass-on",
        "/encounters",
        "/namesakes",
        "/registers",
        "/registers/wanted",
        "/registers/wanted/records/p1",
        "/circles",
        "/reports",
        "/reports/origins",
    ],
    "approver": ["/", "/report", "/subjects"],
    "auditor": [
        "/report",
        "/",
        "/log",
        "/log?type=node-started",
        "/log/entries/0",
        "/log/check",
        "/log/lookups",
        "/log/lookups?register=wanted&record=p1&before=9",
    ],
    "administrator": ["/", "/staff", "/tokens", "/password", "/keys"],
}
PAGES = [(role, path) for role, paths in PATHS.items() for path in paths]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_a_page_has_a_twin_in_json(desk: Desk, role: str, path: str) -> None:
    visitor = desk.signed_in(role)
    page, twin = visitor.get(path, headers=HTML), visitor.get(path)
    head, _, query = path.partition("?")
    suffixed = visitor.get(f"{head}.json{'?' if query else ''}{query}" if head != "/" else "/", headers=JSON)
    assert page.status_code == twin.status_code == suffixed.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert twin.headers["content-type"] == "application/json"
    said = [{name: value for name, value in each.json().items() if name != "at"} for each in (twin, suffixed)]
    assert said[0] == said[1], "but for the moment they were made at"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("role", "path"), PAGES)
def test_a_page_is_shown_in_every_language(desk: Desk, role: str, path: str, language: str) -> None:
    text = desk.signed_in(role).get(path, headers={**HTML, "accept-language": language}).text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text
    assert "<h1>" in text


@pytest.mark.parametrize("asked", ["Tomasin Verhoovel", "Томасин Верховель", "verhoovel tomasin", "Tomassin Verhovel"])
def test_a_person_is_found_in_any_script(desk: Desk, asked: str) -> None:
    found = desk.signed_in("officer").get(f"/search?name={quote(asked)}").json()["found"]
    assert found[0]["id"] == "p1"


@pytest.mark.parametrize("asked", ["Verhoovel", "Tomasin", "Томасин", "Ver", "Verh", "Tomasin Ver", "Верх", "To"])
def test_a_person_is_found_by_one_part_and_while_it_is_typed(desk: Desk, asked: str) -> None:
    found = desk.signed_in("officer").get(f"/search?name={quote(asked)}").json()
    assert "p1" in {each["id"] for each in found["found"]}


def test_how_many_there_are_is_said_where_not_all_are_shown(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        crowd: list[dict[str, object]] = [{"id": f"c{number}", "names": [f"Ludmila Number{number}"]} for number in range(70)]
        fill(desk.open.folder.folder, *crowd, register="crowd")
        for typed in ("Ludmila", "Lud"):
            path = f"/search?register=crowd&name={typed}"
            said = desk.signed_in("officer").get(path).json()
            assert (len(said["found"]), said["bearers"]) == (50, 70)
            assert "About 70 records are like this, and 50 are shown." in desk.signed_in("officer").get(path, headers=HTML).text


def test_what_is_no_date_is_said_beside_the_form(desk: Desk) -> None:
    said = desk.signed_in("officer").get("/search?name=Verhoovel&born=yesterday").json()
    assert said["problem"]
    assert said["found"] == []


def test_an_id_may_hold_a_slash(desk: Desk) -> None:
    visitor = desk.signed_in("officer")
    assert visitor.get("/registers/wanted/records/p/3.x").json()["record_id"] == "p/3.x"
    listed = visitor.get("/registers/wanted", headers=HTML).text
    assert 'href="/registers/wanted/records/p%2F3.x"' in listed
    assert visitor.get("/registers/wanted/records/p%2F3.x").status_code == 200


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_what_an_error_repeats_is_never_markup_nor_a_place(desk: Desk, language: str) -> None:
    answer = desk.signed_in("officer").get(f"/circles/%3Cimg%20src=x%3E%25(node)s%25?lang={language}", headers=HTML)
    assert answer.status_code == 404
    assert "<img" not in answer.text
    assert "&lt;img src=x&gt;%(node)s%" in answer.text.partition("<h1>")[2].partition("<nav")[0], "said as it was given"


@pytest.mark.parametrize(
    ("edtf", "english", "german"),
    [
        ("1974-11-26", "1974-11-26", "1974-11-26"),
        ("1961~", "about 1961", "um 1961"),
        ("1955/1958", "1955 to 1958", "1955 bis 1958"),
        ("1955~/1958~", "about 1955 to 1958", "um 1955 bis 1958"),
    ],
)
def test_a_birth_date_says_in_words_how_exact_it_is(edtf: str, english: str, german: str) -> None:
    for language, told in (("en", english), ("de", german)):
        assert environment(language).from_string("{{ edtf | born }}").render(edtf=edtf) == told


def test_a_weak_name_is_called_that(desk: Desk) -> None:
    fill(desk.open.folder.folder, {"id": "weak", "names": ["Ilvira Quandrosse"], "weak_names": ["Vireo"]}, register="weak")
    page = desk.signed_in("officer").get("/registers/weak/records/weak", headers=HTML).text
    assert re.findall(r'name">(\w+)[^<]*</bdi> <span class="tag">weak name', page) == ["Vireo"]


@pytest.mark.parametrize("others", [1, 2, 3])
def test_the_members_of_a_circle_stand_around_the_middle(others: int) -> None:
    members = [{"id": f"m{number}", "me": not number} for number in range(others + 1)]
    graph = drawings.circle(members)
    places = [each.x for each in graph.places]
    assert (min(places) + max(places)) / 2 == pytest.approx(graph.width / 2, abs=0.2)


def test_what_a_record_holds_is_never_markup(desk: Desk) -> None:
    text = desk.signed_in("officer").get("/registers/wanted/records/p2", headers=HTML).text
    assert "<b>Ilvira" not in text
    assert "&lt;b&gt;Ilvira" in text


@pytest.mark.parametrize(
    "path", ["/nowhere", "/registers/none", "/registers/wanted/records/none", "/circles/none", "/log/entries/9999999"]
)
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    visitor = desk.signed_in("auditor" if "log" in path else "officer")
    assert visitor.get(path).status_code == 404
    assert visitor.get(path, headers=HTML).status_code == 404


@pytest.mark.parametrize("path", ["/search?nome=x", "/search?name=a&name=b", "/cases?show=some", "/log?before=x"])
def test_what_a_page_does_not_take_is_refused(desk: Desk, path: str) -> None:
    visitor = desk.signed_in("auditor" if "log" in path else "officer")
    assert visitor.get(path).status_code == 400


def test_the_log_is_checked_by_a_button(desk: Desk) -> None:
    auditor = desk.signed_in("auditor")
    desk.open.log.publish()
    done = auditor.post("/log/check").json()
    assert done["check"]["is_good"]
    assert auditor.get("/log/check").json()["check"]["entries"] >= 1


def test_the_log_is_turned_page_by_page_and_misses_no_entry(desk: Desk) -> None:
    auditor = desk.signed_in("auditor")
    desk.open.log.append([Other(time=datetime(2026, 5, 1, tzinfo=UTC), kind="page", text=str(number)) for number in range(120)])
    seen: list[int] = []
    newest = desk.open.log.size
    older: int | None = newest
    while older is not None:
        page = auditor.get(f"/log?before={older}").json()
        seen += [each["index"] for each in page["entries"]]
        older = page["older"]
    assert seen == [*range(newest)][::-1]
    assert auditor.get("/log?type=node-started").json()["entries"]


def test_headers_let_nothing_in_from_elsewhere(desk: Desk) -> None:
    for path in ("/sign-in", "/static/desk.css", "/nowhere", "/search"):
        fields = desk.client().get(path, headers=HTML).headers
        assert "default-src 'none'" in fields["content-security-policy"]
        assert "unsafe" not in fields["content-security-policy"]
        assert fields["x-frame-options"] == "DENY"
        assert fields["x-content-type-options"] == "nosniff"
    assert desk.client().get("/sign-in").headers["cache-control"] == "no-store"


def test_no_page_holds_a_script_or_a_style_of_its_own(desk: Desk) -> None:
    for role, path in PAGES:
        text = desk.signed_in(role).get(path, headers=HTML).text
        assert " style=" not in text, path
        assert " onclick=" not in text, path
        assert text.count("<script") == text.count('<script src="/static/'), path


def test_a_desk_on_the_loopback_answers_to_no_other_name(desk: Desk) -> None:
    for host in ("127.0.0.1:8480", "localhost:8480", "[::1]:8480"):
        assert desk.client().get("/sign-in", headers={"host": host}).status_code == 200
    for host in (
        "desk.elsewhere.example",
        "127.0.0.1.elsewhere.example",
        "",
        "elsewhere.example@127.0.0.1",
        "127.0.0.1/a?b#",
        "[",
    ):
        assert desk.client().get("/sign-in", headers={"host": host}).status_code == 421
    both = [("host", "127.0.0.1:8480"), ("host", "desk.elsewhere.example")]
    assert desk.client().get("/sign-in", headers=both).status_code == 421


def test_no_page_leads_away_from_the_desk(desk: Desk) -> None:
    """A path of two slashes, or of one and its mirror image, is another host to a browser."""
    for role in (None, "officer"):
        visitor = desk.signed_in(role) if role else desk.client()
        for path in ("//elsewhere.example/", "/\\elsewhere.example/", "///elsewhere.example", "/%09/elsewhere.example"):
            answer = visitor.get(ADDRESS + path, headers=HTML)
            assert answer.status_code == 404
            found = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
            assert len(found) > 5  # the languages, the style sheet
            assert [each for each in found if not re.match(r"#|/(?![/\\])", each)] == []


def test_a_body_is_read_only_so_far(desk: Desk) -> None:
    answer = desk.client().post("/sign-in", content=b"name=" + b"x" * 200_000, headers=JSON)
    assert answer.status_code == 413


def test_every_error_has_a_status() -> None:
    def tree(error: type[errors.Error]) -> Iterator[type[errors.Error]]:
        yield error
        for each in error.__subclasses__():
            yield from tree(each)

    assert set(STATUS) >= {each for each in tree(errors.Error) if each.__module__ == "tallystick.errors"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("de-CH,de;q=0.9", "de"), ("it, fr;q=0.5, ar;q=0.7", "ar"), ("", "en"), ("x;q=y,es", "es"), ("ja", "en")],
)
def test_a_language_is_chosen(accepted: str, language: str) -> None:
    assert chosen("", accepted) == language
    assert chosen("fr", accepted) == "fr"


def test_every_page_says_what_it_takes() -> None:
    assert all(each.takes.__doc__ for each in routes())


FORMS = [
    each
    for each in routes()
    if each.method == "POST" and "{" in each.path and any(field.required for field in msgspec.structs.fields(each.takes))
]


@pytest.mark.parametrize("route", FORMS, ids=lambda each: each.name)
def test_a_form_with_a_mistake_is_none_of_a_page_that_is_not_there(desk: Desk, route: DeskRoute) -> None:
    role = next(role for role in Role if may(route.name, desk.staff.account(f"{role.value}-1")))
    path = re.sub(r"\{(\w+)(:path)?\}", "1", route.path)
    answer = desk.signed_in(role).post(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["title"].startswith(("what was given cannot be used", "a field that is needed is empty"))


def test_what_a_path_names_and_is_not_there_is_no_page_and_what_a_form_names_is_a_mistake(desk: Desk) -> None:
    approver = desk.signed_in("approver")
    decided = {"verdict": "same", "reason": "r"}
    assert approver.post("/cases/77/decide", decided).status_code == 404
    assert approver.post("/cases/x/decide", decided).status_code == 404
    identified = {"register": "wanted", "record_id": "p1", "verdict": "same", "reason": "r"}
    assert approver.post("/encounters/77/identify", identified).status_code == 404
    administrator = desk.signed_in("administrator")
    assert administrator.post("/staff/nobody", {"what": "disable"}).status_code == 404
    named = ["77"]
    assert [status_of(errors.UnknownIdError("gone", id=each), named) for each in ("77", "78")] == [404, 400]


def test_a_mistake_in_one_field_costs_nothing_of_the_others(desk: Desk) -> None:
    officer = desk.signed_in(Role.OFFICER)
    typed = {
        "name": "Munir «al» Tuzani",
        "born": "1974",
        "kind": "arrest",
        "country": "be",
        "time": "yesterday",
        "reason": "post 4",
    }
    page = officer.post("/encounters", typed, headers={"accept": "text/html"})
    assert page.status_code == 400
    assert "the time of an encounter is not EDTF" in page.text
    for text in ("Munir «al» Tuzani", "1974", "be", "yesterday", "post 4"):
        assert f'value="{text}"' in page.text
    assert '<option value="arrest" selected>' in page.text
    said = officer.post("/encounters", typed)
    assert (said.status_code, said.json()["title"]) == (400, "the time of an encounter is not EDTF")


def test_who_has_signed_in_keeps_the_menu_on_a_page_that_is_not_there(desk: Desk) -> None:
    page = desk.signed_in(Role.OFFICER).get("/nowhere", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert 'href="/cases"' in page.text
    assert 'href="/cases"' not in desk.client().get("/nowhere").text
