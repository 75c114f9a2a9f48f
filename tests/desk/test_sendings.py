"""A form is done once, however often it is sent; what it answered is shown again without doing it again."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lib.desks import HTML, Desk, a_desk
from tallystick import desk as desk_package
from tallystick.desk import languages
from tallystick.desk.sendings import KEPT, MOST_KEPT, Sendings
from tallystick.desk.visits import Answer, Moved, Page
from tallystick.errors import InputError, RefusedError, UnknownIdError
from tallystick.node.staff import LONGEST

TEMPLATES = sorted((Path(desk_package.__file__).parent / "templates").glob("*.html"))
DONE = Moved(to="/there?new=true")
AT = datetime(2026, 11, 27, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def sendings() -> Sendings:
    return Sendings(Clock())


class Act:
    """Counts how often it is done; answers, or raises."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.times = 0

    def __call__(self) -> Answer:
        self.times += 1
        found = self.answers.pop(0) if self.answers else DONE
        if isinstance(found, Exception):
            raise found
        return found


def test_what_is_sent_twice_is_done_once_and_leads_to_the_same_place(sendings: Sendings) -> None:
    mark, act = sendings.mark("session"), Act()
    assert sendings.once("session", mark, act) == DONE
    assert sendings.once("session", mark, act) == Moved(to="/there?new=true&sent-before=yes")
    assert act.times == 1
    assert sendings.once("session", sendings.mark("session"), act) == DONE, "another form of the same page"
    assert act.times == 2


def test_two_at_the_same_moment_are_one(sendings: Sendings) -> None:
    mark, inside, go_on, times = sendings.mark("s"), threading.Event(), threading.Event(), []

    def act() -> Answer:
        times.append(1)
        inside.set()
        assert go_on.wait(30)
        return DONE

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(sendings.once, "s", mark, act)
        assert inside.wait(30)
        others = [pool.submit(sendings.once, "s", mark, act) for _ in range(4)]
        go_on.set()
        assert first.result() == DONE
        assert [each.result() for each in others] == [Moved(to="/there?new=true&sent-before=yes")] * 4
    assert len(times) == 1


@pytest.mark.parametrize("refusal", [InputError("no", hint="h"), RefusedError("no", hint="h")])
def test_what_was_refused_may_be_sent_again(sendings: Sendings, refusal: Exception) -> None:
    mark, act = sendings.mark("s"), Act(refusal)
    with pytest.raises(type(refusal)):
        sendings.once("s", mark, act)
    assert sendings.once("s", mark, act) == DONE
    assert act.times == 2


def test_a_form_that_is_shown_again_was_not_done(sendings: Sendings) -> None:
    wrong = Page(template="code", data={}, status=401)
    mark, act = sendings.mark("s"), Act(wrong)
    assert sendings.once("s", mark, act) == wrong
    assert sendings.once("s", mark, act) == DONE


def test_what_broke_off_is_not_tried_again_by_itself(sendings: Sendings) -> None:
    mark, act = sendings.mark("s"), Act(ValueError())
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        sendings.once("s", mark, act)
    with pytest.raises(RefusedError, match="broke off"):
        sendings.once("s", mark, act)
    assert act.times == 1


@pytest.mark.parametrize("foreign", ["", "x", "é", "0" * 48])
def test_a_mark_of_another_session_or_of_before_the_start_does_nothing(sendings: Sendings, foreign: str) -> None:
    act = Act()
    for mark in (sendings.mark("other"), Sendings(Clock()).mark("s"), sendings.mark("s") + foreign if foreign else "y"):
        with pytest.raises(RefusedError, match="started anew"):
            sendings.once("s", mark, act)
    assert act.times == 0


def test_a_program_sends_no_mark_and_is_done_each_time(sendings: Sendings) -> None:
    act = Act()
    assert [sendings.once("s", "", act), sendings.once("s", "", act)] == [DONE, DONE]
    assert act.times == 2


def test_what_is_kept_is_shown_for_a_time_and_to_one_session() -> None:
    clock = Clock()
    sendings = Sendings(clock)
    page = Page(template="staff", data={"password": "x"})
    name = sendings.keep("s", "staff-add", page).removeprefix("/shown/")
    assert sendings.kept("s", name).answer is page
    for token, after in (("other", timedelta()), ("s", KEPT)):
        clock.at = AT + after
        with pytest.raises(UnknownIdError, match="10 minutes"):
            sendings.kept(token, name)


def test_of_one_session_no_more_than_the_newest_answers_are_kept(sendings: Sendings) -> None:
    page = Page(template="staff", data={})
    other = sendings.keep("other", "staff-add", page).removeprefix("/shown/")
    names = [sendings.keep("s", "staff-add", page).removeprefix("/shown/") for _ in range(MOST_KEPT + 3)]
    for name in names[:3]:
        with pytest.raises(UnknownIdError):
            sendings.kept("s", name)
    assert all(sendings.kept("s", name).answer is page for name in names[3:])
    assert sendings.kept("other", other).answer is page


def test_a_mark_is_remembered_as_long_as_a_session_can_be() -> None:
    clock, act = Clock(), Act()
    sendings = Sendings(clock)
    mark = sendings.mark("s")
    sendings.once("s", mark, act)
    clock.at += LONGEST - timedelta(seconds=1)
    assert sendings.once("s", mark, act) != DONE
    assert act.times == 1


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.stem)
def test_every_form_that_changes_something_is_marked(template: Path) -> None:
    forms = re.findall(r'<form [^>]*method="post"[^>]*>\s*(.{0,40})', template.read_text(encoding="utf-8"))
    if template.stem != "sign-in":  # there is no session yet
        assert all(re.match(r"\{\{ (page\.marks\(\)|marks) \}\}", each) for each in forms), forms


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("sendings")) as made:
        yield made


def test_a_form_sent_twice_changes_once_and_says_so(desk: Desk) -> None:
    administrator = desk.signed_in("administrator")
    sent = administrator.form("/staff", "/staff") | {"name": "officer-5", "role": "officer"}
    first, second = (administrator.post("/staff", sent, headers=HTML) for _ in range(2))
    page, again = administrator.shown(first), administrator.shown(second)
    assert second.headers["location"] == first.headers["location"] + "?sent-before=yes"
    [password] = re.findall(r"<code[^>]*>([^<]+)</code>", page.text) or [""]
    assert password
    assert password in again.text
    said = languages.catalogue("en").gettext("This form was sent before, and what it asks for was done then.")
    assert (said in page.text, said in again.text) == (False, True)
    assert sum(each.name == "officer-5" for each in desk.staff.accounts()) == 1


def test_a_starting_password_is_for_the_session_that_asked(desk: Desk) -> None:
    administrator, other = desk.signed_in("administrator"), desk.signed_in("administrator")
    where = administrator.post("/staff", {"name": "officer-6", "role": "officer"}, headers=HTML).headers["location"]
    assert administrator.get(where).json()["fresh"]["name"] == "officer-6"
    assert other.get(where).status_code == 404
    assert desk.signed_in("officer").get(where).status_code == 404
    assert administrator.get("/staff").json()["fresh"] == {"name": "", "password": ""}


def test_a_refused_form_may_be_corrected_and_sent_again_from_the_page_before(desk: Desk) -> None:
    administrator = desk.signed_in("administrator")
    marks = administrator.form("/staff", "/staff")
    assert administrator.post("/staff", marks | {"name": "no good", "role": "officer"}, headers=HTML).status_code == 400
    assert administrator.post("/staff", marks | {"name": "officer-7", "role": "officer"}, headers=HTML).status_code == 303
