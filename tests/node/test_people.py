"""Persons beside cases: timelines, namesakes who agreed to be remembered, data subjects, and the coordination report."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.casework import Desk, carried, disclosed, fresh_pair, hand_in
from lib.nodes import clock_of_nodes, fill, person
from tallystick.errors import InputError, NotAuthorizedError, RefusedError

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with fresh_pair(tmp_path, MAN) as desks:
        yield desks


def test_a_timeline_says_who_met_the_person_where(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    west.do("encounter_add", **west.encounter("Tomasin Verhoovel", "1981-04-17"))
    own = north.do("encounter_add", **north.encounter("Tomasin Verhoovel", "1981-04-17", country="fr", time="2026-11-20"))
    assert [(each["record_id"], each["decision"]) for each in own["own"]] == [("b1", "link")]
    place = {"register": "wanted", "record_id": "b1"}
    seen = north.do("person_identify", encounter=own["number"], **place, verdict="same", reason="passport seen")
    assert [(each["time"], each["country"], each["by"], each["verdict"]) for each in seen["timeline"]] == [
        ("2026-11-20", "fr", "officer-7", "same"), ("2026-11-25T14:05Z", "be", "west", None),
    ]  # fmt: skip
    assert seen["countries"] == {"fr": 1}
    assert [(each["circle"], each["partners"]) for each in seen["offered"]] == [("border", ["west"])]
    revised = north.do("person_identify", encounter=own["number"], **place, verdict="not-same", reason="another photograph")
    assert [each["verdict"] for each in revised["timeline"]] == ["not-same", None]


def test_a_namesake_who_agreed_is_not_stopped_twice_and_may_take_it_back(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    asked = west.encounter("Tomasin Verhoovel", "1981-04-17")
    asked["person"] = json.dumps({**json.loads(str(asked["person"])), "identifiers": [{"type": "passport", "number": "X77"}]})
    [first] = west.do("encounter_add", **asked)["cases"]
    namesake = {"case": first, "person": asked["person"], "consent": "signed today"}
    with pytest.raises(RefusedError, match="another person"):
        west.do("not_me_add", **namesake)
    west.do("case_decide", case=first, verdict="not-same", reason="another face")
    assert west.do("not_me_add", **namesake)["id"] == 1
    told = len(north.do("case_list"))
    [second] = west.do("encounter_add", **asked)["cases"]
    assert west.do("case_show", case=second)["row"]["stage"] == "suppressed"
    assert len(north.do("case_list")) == told, "the holder is not told"
    plain = west.encounter("Tomasin Verhoovel", "1981-04-17")
    plain["person"] = json.dumps({**json.loads(str(plain["person"])), "identifiers": [{"type": "passport", "number": "Z1"}]})
    [third] = west.do("encounter_add", **plain)["cases"]
    assert west.do("case_show", case=third)["row"]["stage"] == "alert", "another passport is not the namesake"
    assert west.do("not_me_revoke", number=1)["names"] == []
    assert west.do("case_show", case=second)["row"]["stage"] == "alert"
    with pytest.raises(InputError, match="tells nobody apart"):
        west.do("not_me_add", **{**namesake, "person": json.dumps({"id": "q", "names": ["Tomasin Verhoovel"]})})


def bearer(west: Desk, number: str, name: str = "Tomasin Verhoovel") -> dict[str, object]:
    """Return an encounter with somebody who shows a passport."""
    met = west.encounter(name, "1981-04-17")
    met["person"] = json.dumps({**json.loads(str(met["person"])), "identifiers": [{"type": "passport", "number": number}]})
    return met


def next_epoch(west: Desk, north: Desk) -> None:
    """Let north take a new key, and west fetch what it published under it."""
    participation = north.node.open.participation
    circle = participation.circles.in_force("border")
    participation.epochs.retire(circle, max(participation.epochs.open(circle)))
    north.node.sync()
    west.node.sync()


def test_a_namesake_is_not_stopped_again_because_a_partner_changed_its_key(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    asked = bearer(west, "X77")
    [first] = west.do("encounter_add", **asked)["cases"]
    west.do("case_decide", case=first, verdict="not-same", reason="another face")
    assert west.do("not_me_add", case=first, person=asked["person"], consent="signed today")["id"] == 1
    for _ in range(2):
        next_epoch(west, north)
        newest = west.do("encounter_add", **asked)["cases"]
        epochs = {west.node.open.casework._book.state.case_row(each).epoch for each in newest}
        assert max(epochs) > 1
        assert {west.do("case_show", case=each)["row"]["stage"] for each in newest} == {"suppressed"}
    others = west.do("encounter_add", **bearer(west, "Z1"))["cases"]
    assert {west.do("case_show", case=each)["row"]["stage"] for each in others} == {"alert"}, (
        "another passport is not the namesake"
    )
    west.do("not_me_revoke", number=1)
    assert {west.do("case_show", case=each)["row"]["stage"] for each in newest} == {"alert"}


def test_whoever_hits_one_record_more_after_a_change_of_keys_is_an_alert(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    asked = bearer(west, "X77")
    [first] = west.do("encounter_add", **asked)["cases"]
    west.do("case_decide", case=first, verdict="not-same", reason="another face")
    west.do("not_me_add", case=first, person=asked["person"], consent="signed today")
    fill(north.node.folder, MAN, person("b2", "Tomasin Verhoovel", born="1981-04-17", nationalities=["fr"]))
    next_epoch(west, north)
    newest = west.do("encounter_add", **asked)["cases"]
    rows = [west.node.open.casework._book.state.case_row(each) for each in newest]
    assert {row.stage for row in rows if row.epoch > 1} == {"alert"}


def test_a_namesake_without_a_document_is_an_alert_again_after_a_change_of_keys(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    asked = west.encounter("Tomasin Verhoovel", "1981-04-17")
    [first] = west.do("encounter_add", **asked)["cases"]
    west.do("case_decide", case=first, verdict="not-same", reason="another face")
    west.do("not_me_add", case=first, person=asked["person"], consent="signed today")
    next_epoch(west, north)
    rows = [west.node.open.casework._book.state.case_row(each) for each in west.do("encounter_add", **asked)["cases"]]
    assert {row.stage for row in rows if row.epoch > 1} == {"alert"}


def test_all_that_is_held_of_a_person_is_gathered_and_restricted(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    disclosed(west, north)
    subject = json.dumps({"id": "q", "names": ["Tomasin Verhoovel"], "birth_dates": ["1981-04-17"]})
    with pytest.raises(NotAuthorizedError):
        north.do("subject_gather", person=subject)
    found = north.do("subject_gather", person=subject, role="approver")["found"]
    assert [each["kind"] for each in found] == ["record", "case", "disclosed"]
    assert "names to west" in found[2]["text"]
    assert [each["kind"] for each in west.do("subject_gather", person=subject, role="approver")["found"]] == [
        "encounter", "case", "received", "query",
    ]  # fmt: skip
    north.do("subject_restrict", register="wanted", record_id="b1", ground="police act, section 30", role="approver")
    hidden = north.do("subject_gather", person=subject, role="approver")["found"]
    assert {(each["is_restricted"], each["text"]) for each in hidden} == {(True, "restricted: police act, section 30")}
    assert all(each["values"] == {} for each in hidden)
    stranger = json.dumps({"id": "q", "names": ["Nobodette Unkenned"], "birth_dates": ["1955"]})
    assert north.do("subject_gather", person=stranger, role="approver")["found"] == []


def gathered(desk: Desk) -> list[dict[str, Any]]:
    subject = json.dumps({"id": "q", "names": ["Tomasin Verhoovel"], "birth_dates": ["1981-04-17"]})
    found: list[dict[str, Any]] = desk.do("subject_gather", person=subject, role="approver")["found"]
    return found


def test_what_came_of_a_hit_is_gathered_even_where_nothing_of_it_names_the_person(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    fill(north.node.folder, {**MAN, "phones": ["+33 1 23 45 67 89"]})
    number, theirs = carried(west, north, "r")
    north.do("case_approve", case=theirs, role="approver", reason="r", fields=["phones"])
    [received] = [each for each in gathered(west) if each["kind"] == "received"]
    assert (received["where"], received["values"], received["is_restricted"]) == (str(number), {}, True)
    assert "phones" in received["text"]


def test_who_was_met_under_another_name_and_identified_is_gathered_with_the_record(pair: tuple[Desk, Desk]) -> None:
    west, _ = pair
    fill(west.node.folder, {**MAN, "id": "w1"})
    met = west.do("encounter_add", **west.encounter("Bertolf Ansgarsen", "1990-06-30", circles=[]))["number"]
    assert str(met) not in [each["where"] for each in gathered(west) if each["kind"] == "encounter"]
    said = {"encounter": met, "register": "wanted", "record_id": "w1", "reason": "fingerprints"}
    west.do("person_identify", **said, verdict="same")
    [found] = [each for each in gathered(west) if each["kind"] == "encounter"]
    assert (found["where"], found["values"]["names"]) == (str(met), ["Bertolf Ansgarsen"])
    west.do("subject_restrict", register="wanted", record_id="w1", ground="police act, section 30", role="approver")
    assert {each["text"] for each in gathered(west)} == {"restricted: police act, section 30"}
    west.do("person_identify", **said, verdict="not-same")
    assert not [each for each in gathered(west) if each["kind"] == "encounter"]


def test_a_report_that_mentions_the_record_is_gathered_with_it(pair: tuple[Desk, Desk]) -> None:
    west, _ = pair
    fill(west.node.folder, {**MAN, "id": "w1"})
    report = hand_in(west, "BRUSSELS - Tomasin Verhoovel, born on 17 April 1981, was seen on Monday, police said.\n")
    west.do("report_rescreen", reports=[report])
    [found] = [each for each in gathered(west) if each["kind"] == "mention"]
    assert report[:12] in found["where"]


def test_the_report_says_who_asks_who_answers_and_what_waits(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, fresh_pair(tmp_path, MAN) as (west, north):
        fill(north.node.folder, MAN, person("b2", "Bertolf Ansgarsen", born="1990-06-30"))
        north.node.sync()
        west.node.sync()
        disclosed(west, north)
        west.do("encounter_add", **west.encounter("Bertolf Ansgarsen", "1990-06-30"))
        clock.ahead = timedelta(hours=9)
        [mine] = west.do("coordination", role="auditor")["lines"]
        expected = {"asked": 2, "answered": 0, "hits": 2, "requests_sent": 1, "answers_received": 1, "overdue_us": 1,
                    "without_outcome": 2, "cross_border": 2, "offered": 0}  # fmt: skip
        assert {name: mine[name] for name in expected} == expected
        assert mine["answer_hours"] == pytest.approx(0, abs=0.1)
        [theirs] = north.do("coordination", role="auditor")["lines"]
        expected = {"asked": 0, "answered": 2, "offered": 2, "register_size": 2, "requests_received": 1, "answers_given": 1,
                    "overdue_us": 1, "hits": 0}  # fmt: skip
        assert {name: theirs[name] for name in expected} == expected
        assert [each["is_overdue"] for each in north.do("case_list", overdue=True, filter={"open": True})] == [True]
        with pytest.raises(NotAuthorizedError):
            west.do("coordination", role="officer")
