"""A changed footing at the desk: what the page of a case shows at both sides, in every language, and what an officer can do."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from lib.casework import Desk as Office
from lib.casework import first_claim, followed, fresh_three
from lib.desks import HTML, Desk, desk_of
from lib.nodes import person
from tallystick.desk import languages

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17", phones=["+33 1 23 45 67 89"])
TEXT = "VIENNA – Police asked Tomasin Verhoovel about four grey boats on Monday, the ministry said."


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Desk, Desk, str, int, int]]:
    """West has told north of a graded report; both have desks."""
    with fresh_three(tmp_path_factory.mktemp("footings"), MAN) as (_, north, west), ExitStack() as stack:
        report, mine, theirs = followed(west, north, TEXT)
        west.do("report_grade", claim=first_claim(west, report), grade="5", reason="r")
        at_west, at_north = (stack.enter_context(desk_of(each.node.open)) for each in (west, north))
        yield west, at_west, at_north, report, mine, theirs


def test_the_page_of_a_case_shows_what_was_told_and_an_officer_heeds_it(
    told: tuple[Office, Desk, Desk, str, int, int],
) -> None:
    _, west, north, report, mine, theirs = told
    officer = north.signed_in("officer")
    assert f'href="/cases/{theirs}"' in officer.get("/", headers=HTML).text, "it is in the queue"
    page = officer.get(f"/cases/{theirs}", headers=HTML).text
    assert "was withdrawn or graded otherwise at west" in page
    assert 'id="do-heed"' in page
    assert "F5" in page
    for language in languages.LANGUAGES:
        said = officer.get(f"/cases/{theirs}", headers={**HTML, "accept-language": language}).text
        assert ("was withdrawn or graded otherwise" in said) == (language == "en"), language
    assert "not yet" in west.signed_in("officer").get(f"/reports/{report}/judged", headers=HTML).text
    assert north.signed_in("auditor").post(f"/cases/{theirs}/heed", {"note": "x"}).status_code == 403
    done = officer.post(f"/cases/{theirs}/heed", {"note": "struck from <b>file</b> 12"}).json()
    assert done["footings"][0]["heeded_by"] == "officer-1"
    assert officer.post(f"/cases/{theirs}/heed", {"note": "again"}).status_code == 409
    ours = west.signed_in("officer")
    assert "struck from &lt;b&gt;file&lt;/b&gt; 12" in ours.get(f"/cases/{mine}", headers=HTML).text
    judged = ours.get(f"/reports/{report}/judged")
    assert [(each["partner"], each["note"]) for each in judged.json()["judged"]["told"]] == [
        ("north", "struck from <b>file</b> 12")
    ]
    assert f'href="/cases/{mine}"' in ours.get(f"/reports/{report}/judged", headers=HTML).text


def test_a_withdrawal_at_the_desk_is_told_at_once(told: tuple[Office, Desk, Desk, str, int, int]) -> None:
    _, west, north, report, _, theirs = told
    done = west.signed_in("officer").post(f"/reports/{report}/judged", {"what": "withdraw", "reason": "forged"})
    assert done.json()["told"][0]["change"] == "withdrawn"
    [footing] = north.signed_in("officer").get(f"/cases/{theirs}").json()["footings"]
    assert (footing["change"], footing["heeded_at"]) == ("withdrawn", None)
    page = west.signed_in("officer").get(f"/reports/{report}/judged", headers=HTML).text
    assert "north is told by this node, and nobody there has heeded it yet" in page
    north.signed_in("officer").post(f"/cases/{theirs}/heed", {"note": "struck"})
    soon = time.monotonic() + 10
    while "nobody there has heeded it yet" in page and time.monotonic() < soon:
        page = west.signed_in("officer").get(f"/reports/{report}/judged", headers=HTML).text
    assert "nobody there has heeded it yet" not in page
