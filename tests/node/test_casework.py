"""Two nodes, served over TLS: a hit goes from the encounter to its outcome, by people, and both sides see every step."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.casework import Desk, fresh_pair
from lib.nodes import clock_of_nodes, fill, person, serving
from tallystick.audit.entries import CaseAct, CaseHeard
from tallystick.errors import NotApprovedError, NotAuthorizedError, RefusedError
from tallystick.model import decode, encode
from tallystick.node.day_budget import DayBudget

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17", nationalities=["fr"], phones=["+33 1 23 45 67 89"])


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with fresh_pair(tmp_path, MAN) as desks:
        yield desks


def met(desk: Desk, **more: object) -> Any:  # noqa: ANN401
    return desk.do("encounter_add", **desk.encounter("Tomasin Verhoovel", "1981-04-17", **more))


def test_a_hit_goes_from_the_encounter_to_its_outcome(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    found = met(west)
    [number] = found["cases"]
    assert [each["problem"] for each in found["asked"]] == [""]
    [theirs] = north.do("case_list")
    assert (theirs["side"], theirs["record_id"], theirs["urgency"], theirs["cross_border"]) == ("holder", "b1", "urgent", True)
    assert theirs["met"] == ["be", "border", "2026-11-25T14:05Z"]
    mine = west.do("case_show", case=number)
    assert (mine["row"]["cross_border"], mine["contact"], mine["country"]) == (True, "desk of north", "fr")
    assert mine["row"]["reference"] == theirs["reference"]

    west.do("case_decide", case=number, verdict="same", reason="name and birth date")
    asked = west.do("case_request", case=number, fields=["names", "birth_dates", "phones"], reason="identity at the border")
    assert (asked["row"]["stage"], asked["row"]["waiting_for"], asked["undelivered"]) == ("requested", "them", 0)
    waiting = north.do("case_show", case=theirs["number"])
    assert waiting["request"]["fields"] == ["names", "birth_dates", "phones"]
    assert waiting["request"]["confirmed"]

    given = {"fields": ["names", "birth_dates"], "handling": "H1 TLP:AMBER", "days": 30, "reason": "identity only"}
    north.do("case_approve", case=theirs["number"], role="approver", officer="approver-2", **given)
    seen = west.do("case_show", case=number)
    [copy] = seen["copies"]
    assert copy["values"] == {"names": ["Tomasin Verhoovel"], "birth_dates": ["1981-04-17"]}
    assert (copy["handling"], copy["state"], copy["fields"]) == ("H1 TLP:AMBER", "held", ["names", "birth_dates"])
    levels = {each["field"]: each["level"] for each in seen["verification"]["fields"]}
    assert (levels["name"], levels["birth"], levels["phone"]) == ("same", "same", "unknown")
    last = seen["verification"]["fields"][-1]
    assert last["end_bits"] == pytest.approx(seen["verification"]["weight_bits"])

    west.do("case_outcome", case=number, code="acted", note="identified")
    closed = west.do("case_close", case=number)
    assert closed["row"]["stage"] == "closed"
    told = north.do("case_show", case=theirs["number"])
    assert (told["row"]["stage"], told["outcome"]["code"]) == ("outcome", "acted")
    assert north.do("case_close", case=theirs["number"])["row"]["stage"] == "closed"


def test_every_step_is_in_the_log_of_both_sides(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    [number] = met(west)["cases"]
    west.do("case_decide", case=number, verdict="same", reason="r")
    west.do("case_request", case=number, fields=["names"], reason="r")
    north.do("case_approve", case=1, role="approver", reason="r")
    west.do("case_outcome", case=number, code="acted")
    said = {each.act: each.document for each in west.node.log(CaseAct) if each.peer}
    assert list(said) == ["alert", "notice", "decision", "request", "outcome"]
    heard = {each.act: each.document for each in north.node.log(CaseHeard)}
    assert {"notice": said["notice"], "request": said["request"], "outcome": said["outcome"]} == heard
    disclosed = {each.act: each.document for each in north.node.log(CaseAct)}
    received = {each.act: each.document for each in west.node.log(CaseHeard)}
    assert received.keys() == {"receipt", "disclosure"}, "a receipt that brings news is recorded, too"
    assert received["disclosure"] == disclosed["disclosure"]


def test_nobody_is_found_out_by_guessing_at_the_digests_in_the_log(pair: tuple[Desk, Desk]) -> None:
    west, _ = pair
    [number] = met(west)["cases"]
    west.do("case_decide", case=number, verdict="not-same", reason="r")
    namesake = person("n", "Tomasin Verhoovel", born="1991-01-01")
    west.do("not_me_add", case=number, person=json.dumps(namesake), consent="said so")
    line = encode(decode(json.dumps(namesake).encode()))
    said = {each.act: each.document for each in west.node.log(CaseAct)}
    assert said["not-me"] != hashlib.sha256(line).digest()
    row = west.node.open.casework._book.state.encounters()[0]
    kept = json.dumps([row.line.decode(), row.kind, row.country, row.place, row.time], separators=(",", ":"), ensure_ascii=False)
    assert said["encounter"] not in {None, hashlib.sha256(kept.encode()).digest()}


def test_a_refusal_tells_why_and_discloses_nothing(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    [number] = met(west)["cases"]
    west.do("case_decide", case=number, verdict="undecided", reason="r")
    west.do("case_request", case=number, fields=["names"], reason="r")
    north.do("case_refuse", case=1, role="approver", reason="ask by another way")
    seen = west.do("case_show", case=number)
    assert (seen["row"]["stage"], seen["copies"]) == ("refused", [])
    assert seen["history"][-1]["text"] == "ask by another way"
    west.do("case_request", case=number, fields=["names"], reason="more reason")
    assert north.do("case_show", case=1)["row"]["stage"] == "requested"


def test_two_persons_decide_and_approve_where_one_side_demands_it(tmp_path: Path) -> None:
    with fresh_pair(tmp_path, MAN) as (west, north):
        north.do("case_two_persons", role="administrator", circle="border", demanded=True)
        [number] = met(west)["cases"]
        assert west.do("case_show", case=number)["two_persons"]
        assert west.do("case_decide", case=number, verdict="same", reason="r")["verdict"] is None
        west.do("case_decide", case=number, verdict="same", reason="r")
        with pytest.raises(RefusedError, match="second person"):
            west.do("case_request", case=number, fields=["names"], reason="r")
        assert west.do("case_decide", case=number, verdict="same", reason="r", officer="officer-8")["verdict"] == "same"
        west.do("case_request", case=number, fields=["names"], reason="r")
        approve = {"case": 1, "role": "approver", "reason": "r"}
        assert north.do("case_approve", **approve, officer="approver-1")["copies"] == []
        with pytest.raises(NotApprovedError, match="same person"):
            north.do("case_approve", **approve, officer="approver-1")
        assert west.do("case_show", case=number)["copies"] == []
        north.do("case_approve", **approve, officer="approver-2")
        assert west.do("case_show", case=number)["copies"][0]["values"] == {"names": ["Tomasin Verhoovel"]}


def test_two_persons_are_needed_at_both_where_the_circle_demands_it_and_no_member_waives_it(tmp_path: Path) -> None:
    with fresh_pair(tmp_path, MAN) as (west, north):
        [before] = met(west)["cases"]
        done = west.do("circle_change", circle="border", change={"terms": {"two_persons": True}})
        assert done["changes"] == [{"what": "two_persons", "before": False, "after": True}]
        north.do("circle_join", signed=done["signed"])
        for desk in (north, west, north):
            desk.node.sync()
        assert [desk.do("circle_show", circle="border")[0]["two_persons"] for desk in (west, north)] == [True, True]
        [number] = met(west, reason="another time")["cases"]
        assert [west.do("case_show", case=each)["two_persons"] for each in (before, number)] == [False, True]
        with pytest.raises(RefusedError, match="border demands two persons"):
            north.do("case_two_persons", role="administrator", circle="border", demanded=False)
        assert west.do("case_decide", case=number, verdict="same", reason="r")["verdict"] is None
        assert west.do("case_decide", case=number, verdict="same", reason="r", officer="officer-8")["verdict"] == "same"
        west.do("case_request", case=number, fields=["names"], reason="r")
        theirs = north.do("case_list")[-1]["number"]
        approve = {"case": theirs, "role": "approver", "reason": "r"}
        assert north.do("case_approve", **approve, officer="approver-1")["copies"] == []
        assert north.do("case_approve", **approve, officer="approver-2")["copies"] != []
        again = west.do("circle_change", circle="border", change={"terms": {"two_persons": False}})
        assert again["changes"] == [{"what": "two_persons", "before": True, "after": False}], "all together may"


def test_who_has_another_role_is_refused(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    [number] = met(west)["cases"]
    west.do("case_decide", case=number, verdict="same", reason="r")
    west.do("case_request", case=number, fields=["names"], reason="r")
    for role in ("officer", "administrator", "auditor", "supervisor"):
        with pytest.raises(NotAuthorizedError):
            north.do("case_approve", case=1, role=role, reason="r")
    with pytest.raises(NotAuthorizedError):
        north.do("case_list", role="auditor")


def test_a_hit_of_the_watch_is_an_alert_and_is_told_by_hand(tmp_path: Path) -> None:
    with fresh_pair(tmp_path, MAN) as (west, north):
        fill(west.node.folder, {**MAN, "id": "w1"})
        west.offer()
        west.node.sync()
        [row] = west.do("case_list")
        assert (row["record_id"], row["urgency"], row["cross_border"], row["name"]) == (
            "w1",
            "routine",
            None,
            "Tomasin Verhoovel",
        )
        west.do("case_decide", case=row["number"], verdict="same", reason="r")
        with pytest.raises(RefusedError, match="not told"):
            west.do("case_request", case=row["number"], fields=["names"], reason="r")
        west.do("case_tell", case=row["number"], reason="same person")
        assert [each["record_id"] for each in north.do("case_list")] == ["b1"]


def test_a_partner_that_cannot_be_reached_hears_it_later(pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    west, north = pair
    [number] = met(west)["cases"]
    west.do("case_decide", case=number, verdict="same", reason="r")
    with west.cut_off(monkeypatch):
        asked = west.do("case_request", case=number, fields=["names"], reason="r")
    assert asked["undelivered"] == 1
    assert north.do("case_show", case=1)["row"]["stage"] == "alert"
    west.node.sync()
    assert north.do("case_show", case=1)["row"]["stage"] == "requested"
    assert west.do("case_show", case=number)["undelivered"] == 0


def test_nobody_closes_without_an_outcome(pair: tuple[Desk, Desk]) -> None:
    west, _ = pair
    [number] = met(west)["cases"]
    with pytest.raises(RefusedError, match="outcome"):
        west.do("case_close", case=number)


def test_a_partner_tells_of_so_many_hits_a_day_and_the_rest_waits_in_its_order(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    hearing = north.node.open.casework._hearing
    hearing._notices = DayBudget(1)
    [first] = met(west)["cases"]
    [second] = met(west, time="2026-11-25T18:00Z")["cases"]
    west.do("case_decide", case=second, verdict="same", reason="r")
    waiting = west.do("case_request", case=second, fields=["names"], reason="r")
    assert waiting["undelivered"] == 2, "the request waits behind the notice"
    assert len(north.do("case_list", filter={})) == 1
    west.do("case_decide", case=first, verdict="same", reason="r")
    asked = west.do("case_request", case=first, fields=["names"], reason="r")
    assert asked["undelivered"] == 0, "what is open goes on"
    hearing._notices = DayBudget(1)  # another day
    west.do("case_round")
    assert west.do("case_show", case=second)["undelivered"] == 0
    assert {each["stage"] for each in north.do("case_list", filter={})} == {"requested"}
    assert len(north.do("case_list", filter={})) == 2


def test_a_restart_gives_a_partner_no_further_hits_that_day(tmp_path: Path) -> None:
    with fresh_pair(tmp_path, MAN) as (west, _):
        [first] = met(west)["cases"]
        assert west.do("case_show", case=first)["undelivered"] == 0
    settings = tmp_path / "north" / "node.toml"
    settings.write_text(settings.read_text("utf-8").replace("notices_a_day = 2000", "notices_a_day = 1"), encoding="utf-8")
    with clock_of_nodes() as clock, serving(tmp_path / "west") as node, serving(tmp_path / "north") as other:
        west = Desk(node)
        [second] = met(west, time="2026-11-25T18:00Z")["cases"]
        assert west.do("case_show", case=second)["row"]["stage"] == "alert"
        assert len(Desk(other).do("case_list", filter={})) == 1
        clock.ahead = timedelta(days=1)
        west.do("case_tell", case=second, reason="r")
        assert len(Desk(other).do("case_list", filter={})) == 2
        for each in (node, other):
            each.hang_up()


def test_what_takes_data_back_is_taken_whatever_was_sent_before(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    [number] = met(west)["cases"]
    west.do("case_decide", case=number, verdict="same", reason="r")
    west.do("case_request", case=number, fields=["names"], reason="r")
    north.do("case_approve", case=1, role="approver", reason="r")
    spent = DayBudget(1)
    with spent.paid("border", "north", west.node.open.participation.node.seconds()):
        west.node.open.casework._hearing._others = spent
    north.do("case_recall", case=1, role="approver", reason="withdrawn")
    shown = west.do("case_show", case=number)
    assert (shown["row"]["stage"], shown["copies"][0]["state"]) == ("recalled", "recalled")
