"""A report is withdrawn or graded otherwise, and whoever has something that rests on it hears of it.

`west` has the report and asks, `north` holds the person, `east` gets what west passes on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.casework import Desk, carried, disclosed_to, first_claim, followed, fresh_pair, fresh_three, hand_in
from lib.nodes import fill, person
from tallystick.audit.entries import CaseAct, CaseHeard
from tallystick.errors import InputError, RefusedError, RemoteProtocolError
from tallystick.exchange import case_messages
from tallystick.node.reporting.judging import Judging

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17", phones=["+33 1 23 45 67 89"])
TEXTS = (
    "VIENNA – Police asked Tomasin Verhoovel about four grey boats on Monday, the ministry said.",
    "PARIS – Tomasin Verhoovel had rented a store near the harbour since May, Radio Norland reported.",
    "OSLO – Customs looked for Tomasin Verhoovel after a fire in the old mill, according to Norland Post.",
    "ROME – Neighbours saw Tomasin Verhoovel leave by train in the evening, an official said.",
    "BERN – A bank closed the account of Tomasin Verhoovel after two transfers, the prosecutor wrote.",
    "PRAGUE – The driver of the lorry named Tomasin Verhoovel as his client, a court heard on Friday.",
)
"""None is derived from another: a copy of what was withdrawn carries nothing either."""
OTHER = "LAGOS – Four grey boats left the harbour before dawn on Monday, Norland customs said in a report."


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk, Desk]]:
    with fresh_three(tmp_path_factory.mktemp("footings"), MAN) as made:
        yield made


def open_footings(desk: Desk) -> dict[str, int]:
    lines = desk.do("coordination", role="approver")["lines"]
    return {each["partner"]: each["footings_open"] for each in lines}


def only_footing(desk: Desk, case: int) -> Any:  # noqa: ANN401
    [footing] = desk.do("case_show", case=case)["footings"]
    return footing


def test_a_withdrawn_report_reaches_the_holder_and_every_receiver_who_acknowledge(desks: tuple[Desk, Desk, Desk]) -> None:
    east, north, west = desks
    report, mine, theirs = followed(west, north, TEXTS[0])
    disclosed_to(west, north, mine, theirs)
    far, near = carried(east, west, "r2")
    west.do("case_approve", case=near, role="approver", reason="r", pass_on=mine)
    done = west.do("report_withdraw", claim=report, reason="the page was forged")
    assert done["cases_told"] == [mine, near]

    heard = only_footing(north, theirs)
    [copy] = north.do("case_show", case=theirs)["copies"]
    assert (heard["direction"], heard["change"], heard["credibility"]) == ("in", "withdrawn", "")
    assert heard["disclosures"] == [copy["digest"]]
    assert north.do("case_show", case=theirs)["row"]["stage"] == "footing"
    assert theirs in [each["number"] for each in north.do("case_list")], "it waits for a person there"
    [passed] = east.do("case_show", case=far)["copies"]
    assert only_footing(east, far)["disclosures"] == [passed["digest"]]
    assert only_footing(east, far)["report"] == heard["report"]
    assert report not in str(north.do("case_show", case=theirs)), "the report is not named"

    assert [each["heeded_at"] for each in west.do("report_judged", report=report)["told"]] == [None, None]
    assert open_footings(west) == {"east": 1, "north": 1}
    north.do("case_heed", case=theirs, note="struck from file 12")
    assert open_footings(west) == {"east": 1, "north": 0}
    east.do("case_heed", case=far, note="nothing was done with it")
    told = west.do("report_judged", report=report)["told"]
    assert [(each["partner"], each["note"]) for each in told] == [
        ("north", "struck from file 12"), ("east", "nothing was done with it"),
    ]  # fmt: skip
    assert all(each["heeded_at"] and each["delivered_at"] for each in told)
    assert north.do("case_show", case=theirs)["row"]["stage"] == "disclosed"
    with pytest.raises(RefusedError, match="waits for anybody"):
        north.do("case_heed", case=theirs, note="again")
    assert west.node.sync()["casework"]["footings"] == [], "once"
    acts = [each.act for each in west.node.log(CaseAct)]
    assert acts.count("footing") == 2
    assert [each.act for each in east.node.log(CaseHeard)][-1] == "footing"


def test_a_new_grade_is_told_as_often_as_it_changes_and_only_then(desks: tuple[Desk, Desk, Desk]) -> None:
    _, north, west = desks
    report, mine, theirs = followed(west, north, TEXTS[1])
    other = hand_in(west, OTHER)
    claim = first_claim(west, report)
    apart = first_claim(west, other)
    assert west.do("report_grade", claim=apart, grade="5", reason="r")["cases_told"] == []
    assert west.do("report_grade", claim=claim, grade="4", reason="r")["cases_told"] == [mine]
    first = only_footing(north, theirs)
    assert (first["change"], first["credibility"], first["reliability"], first["disclosures"]) == ("graded", "4", "F", [])
    assert west.do("report_grade", claim=claim, grade="4", reason="the same")["cases_told"] == []
    north.do("case_heed", case=theirs, note="noted")
    source = west.do("report_judged", report=report)["claims"][0]["sources"][0]
    assert west.do("report_grade_source", source=source, grade="D", reason="r")["cases_told"] == [mine]
    second = only_footing(north, theirs)
    assert (second["credibility"], second["reliability"], second["heeded_at"]) == ("4", "D", None)
    assert second["report"] == first["report"], "one name for one report"
    assert west.do("report_withdraw", claim=report, reason="forged")["cases_told"] == [mine]
    assert only_footing(north, theirs)["change"] == "withdrawn"


def test_what_was_graded_before_it_was_followed_is_no_news(desks: tuple[Desk, Desk, Desk]) -> None:
    _, north, west = desks
    report = hand_in(west, TEXTS[2])
    claim = first_claim(west, report)
    west.do("report_grade", claim=claim, grade="3", reason="r")
    _, _, theirs = followed(west, north, TEXTS[2])
    assert west.node.sync()["casework"]["footings"] == []
    assert north.do("case_show", case=theirs)["footings"] == []


def test_a_silent_partner_is_told_when_it_is_back(desks: tuple[Desk, Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    _, north, west = desks
    report, mine, theirs = followed(west, north, TEXTS[3])
    with west.cut_off(monkeypatch):
        assert west.do("report_withdraw", claim=report, reason="forged")["cases_told"] == [mine]
        assert west.do("case_show", case=mine)["undelivered"] == 1
    [told] = west.do("report_judged", report=report)["told"]
    assert told["delivered_at"] is None
    west.node.sync()
    assert only_footing(north, theirs)["change"] == "withdrawn"
    assert only_footing(west, mine)["delivered_at"]


def test_what_its_receiver_would_refuse_is_not_even_recorded(desks: tuple[Desk, Desk, Desk]) -> None:
    _, north, west = desks
    report, _, theirs = followed(west, north, TEXTS[4])
    west.do("report_withdraw", claim=report, reason="forged")
    before = len(north.node.log(CaseAct))
    for note in ("", "x" * 301, "two\nlines", "turned \u202e round", "half \ud800"):
        with pytest.raises(InputError) as refused:
            north.do("case_heed", case=theirs, note=note)
        assert not note or note not in str(refused.value)
    assert len(north.node.log(CaseAct)) == before
    assert north.do("case_show", case=theirs)["undelivered"] == 0
    north.do("case_heed", case=theirs, note="x" * 300)


def test_what_a_partner_may_not_say_is_refused_and_nothing_of_it_kept(desks: tuple[Desk, Desk, Desk]) -> None:
    _, north, west = desks
    report, mine, theirs = followed(west, north, TEXTS[5])
    disclosed_to(west, north, mine, theirs)
    west.do("report_withdraw", claim=report, reason="forged")
    told = north.do("case_show", case=theirs)["footings"][0]
    own = north.node.open.casework._book.state.messages(theirs)
    before = (north.do("case_show", case=theirs)["history"], len(north.node.log(CaseHeard)))
    footing: dict[str, Any] = {
        "change": "graded", "changed_at": "2026-11-26T12:00:00Z", "credibility": "5", "disclosures": [], "reliability": "F",
        "report": "0" * 32,
    }  # fmt: skip
    sent = next(each.digest for each in own if each.kind == "footing")
    for body, why in (
        (case_messages.Footing(**{**footing, "report": told["report"]}), RefusedError),
        (case_messages.Footing(**{**footing, "disclosures": ["0" * 64]}), RefusedError),
        (case_messages.Footing(**{**footing, "credibility": ""}), RemoteProtocolError),
        (case_messages.Heed(footing=sent, note="it is one's own"), RefusedError),
        (case_messages.Heed(footing="0" * 64, note="of nothing"), RefusedError),
    ):
        with pytest.raises(why):
            say(west, north, mine, body)
    assert (north.do("case_show", case=theirs)["history"], len(north.node.log(CaseHeard))) == before
    with pytest.raises(RefusedError, match="nothing that was disclosed"):
        say(north, west, theirs, case_messages.Footing(**footing))
    say(west, north, mine, case_messages.Footing(**footing))
    assert len(north.do("case_show", case=theirs)["footings"]) == 2, "what may be said is taken"


def say(sender: Desk, receiver: Desk, case: int, body: case_messages.Body) -> None:
    """Hand a message to a partner as if it had come over the line, signed as it should be."""
    book = sender.node.open.casework._book
    row = book.state.case_row(case)
    message = case_messages.CaseMessage(
        at="2026-11-26T12:00:00Z", body=body, case=row.reference, circle=row.circle, format="x1", officer="node",
        receiver=receiver.node.id, sender=sender.node.id,
    )  # fmt: skip
    signed = case_messages.make(message, book.node.signing_seed)
    receiver.node.open.casework.take(book.circles.in_force(row.circle), sender.node.id, signed)


def test_who_judges_learns_who_was_told_although_a_round_of_the_node_told_it_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_pair(tmp_path, MAN) as (west, north):
        fill(tmp_path / "west", {**MAN, "id": "w1"})
        report, mine, theirs = followed(west, north, TEXTS[0])
        disclosed_to(west, north, mine, theirs)
        claim = first_claim(west, report)
        real = Judging.grade_claim

        def graded_and_rounded(judging: Judging, *given: Any) -> tuple[int, ...]:  # noqa: ANN401
            reached = real(judging, *given)
            assert west.node.sync()["casework"]["footings"] == [mine], "the round told it"
            return reached

        with monkeypatch.context() as patch:
            patch.setattr(Judging, "grade_claim", graded_and_rounded)
            done = west.do("report_grade", claim=claim, grade="5", reason="the ministry denies it")
        assert done["cases_told"] == [mine]
        assert west.do("report_grade", claim=claim, grade="5", reason="still")["cases_told"] == [], "nothing new to tell"
