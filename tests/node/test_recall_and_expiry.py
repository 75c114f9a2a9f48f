"""What was disclosed comes to its end: recalled with acknowledgement, expired with receipt, gone from the receiver."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.casework import Desk, disclosed, fresh_pair
from lib.nodes import clock_of_nodes, fill, person
from tallystick.audit.entries import CaseAct, CaseHeard
from tallystick.errors import RefusedError

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with fresh_pair(tmp_path, MAN) as desks:
        yield desks


def only_copy(desk: Desk, case: int) -> Any:  # noqa: ANN401
    [copy] = desk.do("case_show", case=case)["copies"]
    return copy


def test_a_corrected_record_recalls_its_disclosure_and_the_sender_sees_who_has_acknowledged(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    mine, theirs = disclosed(west, north)
    fill(north.node.folder, {**MAN, "birth_dates": ["1982"]})
    assert north.node.sync()["casework"]["recalled"] == 1
    copy = only_copy(west, mine)
    assert (copy["state"], copy["values"]) == ("recalled", {})
    assert west.do("case_show", case=mine)["row"]["stage"] == "recalled"
    sent = only_copy(north, theirs)
    assert sent["recall_delivered_at"]
    assert sent["acknowledged_at"] is None
    west.do("case_outcome", case=mine, code="not-usable")
    with pytest.raises(RefusedError, match="acknowledged first"):
        west.do("case_close", case=mine)
    west.do("case_acknowledge", case=mine, note="taken out of file 12")
    assert only_copy(north, theirs)["acknowledged_at"]
    assert north.do("case_show", case=theirs)["history"][-1]["text"] == "taken out of file 12"
    assert north.node.sync()["casework"]["recalled"] == 0, "once"
    assert [each.act for each in west.node.log(CaseHeard)][-1] == "recall"


def test_a_withdrawn_record_recalls_too_and_withdraws_the_hit(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    mine, _ = disclosed(west, north)
    fill(north.node.folder, person("b9", "Bertolf Ansgarsen", born="1990-06-30"))
    north.node.sync()
    assert only_copy(west, mine)["state"] == "recalled"


def test_an_approver_recalls_by_hand_and_the_data_can_be_asked_for_again(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    mine, theirs = disclosed(west, north)
    north.do("case_recall", case=theirs, role="approver", reason="handling")
    assert only_copy(west, mine)["state"] == "recalled"
    west.do("case_acknowledge", case=mine, note="done")
    west.do("case_request", case=mine, fields=["names"], reason="again")
    north.do("case_approve", case=theirs, role="approver", reason="r", handling="H2 TLP:RED")
    assert [copy["state"] for copy in west.do("case_show", case=mine)["copies"]] == ["recalled", "held"]


def test_a_recall_that_cannot_be_sent_is_sent_later(pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    west, north = pair
    mine, theirs = disclosed(west, north)
    with north.cut_off(monkeypatch):
        north.do("case_recall", case=theirs, role="approver", reason="handling")
    assert only_copy(west, mine)["state"] == "held"
    assert only_copy(north, theirs)["recall_delivered_at"] is None
    north.node.sync()
    assert only_copy(west, mine)["state"] == "recalled"
    assert only_copy(north, theirs)["recall_delivered_at"]


def asked(west: Desk, north: Desk) -> tuple[int, int]:
    """Ask for what north has; returns the number of the case at both sides."""
    [mine] = west.do("encounter_add", **west.encounter("Tomasin Verhoovel", "1981-04-17"))["cases"]
    west.do("case_decide", case=mine, verdict="same", reason="r")
    west.do("case_request", case=mine, fields=["names"], reason="r")
    return mine, north.do("case_list")[0]["number"]


def test_what_is_called_back_before_it_left_does_not_leave_and_the_request_waits_again(
    pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    west, north = pair
    mine, theirs = asked(west, north)
    with north.cut_off(monkeypatch):
        north.do("case_approve", case=theirs, role="approver", reason="r")
        done = north.do("case_recall", case=theirs, role="approver", reason="handling")
    assert (done["row"]["stage"], done["row"]["waiting_for"], done["undelivered"]) == ("requested", "us", 0)
    assert (only_copy(north, theirs)["state"], only_copy(north, theirs)["delivered_at"]) == ("withheld", None)
    assert [each["what"] for each in done["history"]][-2:] == ["disclosed", "withheld"]
    digest = bytes.fromhex(only_copy(north, theirs)["digest"])
    assert [(each.act, each.document) for each in north.node.log(CaseAct)][-1] == ("withholding", digest)
    north.node.sync()
    assert west.do("case_show", case=mine)["copies"] == []
    assert west.do("case_show", case=mine)["row"]["stage"] == "requested"
    assert "disclosure" not in [each.act for each in west.node.log(CaseHeard)]
    north.do("case_approve", case=theirs, role="approver", reason="now", handling="H2 TLP:RED")
    assert only_copy(west, mine)["handling"] == "H2 TLP:RED"


def test_what_may_have_left_is_not_sent_again_after_its_recall_and_who_never_had_it_says_so(
    pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    west, north = pair
    mine, theirs = asked(west, north)
    with north.cut_off(monkeypatch, may_have_heard=True):
        north.do("case_approve", case=theirs, role="approver", reason="r")
        north.do("case_recall", case=theirs, role="approver", reason="corrected")
    assert north.do("case_show", case=theirs)["row"]["stage"] == "recalled", "nobody knows whether it came"
    north.node.sync()
    assert [each.act for each in west.node.log(CaseHeard)][-1] == "recall"
    west.node.sync()
    assert [each.act for each in north.node.log(CaseHeard)][-1] == "missing"
    assert north.do("case_show", case=theirs)["row"]["stage"] == west.do("case_show", case=mine)["row"]["stage"] == "requested"
    assert (only_copy(north, theirs)["state"], west.do("case_show", case=mine)["copies"]) == ("withheld", [])
    north.do("case_refuse", case=theirs, role="approver", reason="proceedings under way")
    assert west.do("case_show", case=mine)["row"]["stage"] == "refused"


def test_an_expired_copy_is_deleted_and_the_sender_has_a_receipt(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, fresh_pair(tmp_path, MAN) as (west, north):
        mine, theirs = disclosed(west, north, days=10)
        clock.ahead = timedelta(days=11)
        assert only_copy(west, mine)["values"] == {}, "an expired copy is not shown, even before it is deleted"
        assert west.node.do("sync", circle="")["casework"]["expired_copies"] == 1
        assert only_copy(west, mine)["state"] == "expired"
        assert only_copy(north, theirs)["state"] == "expired"
        assert [each.act for each in west.node.log(CaseAct)][-1] == "expiry"
        assert west.node.do("sync", circle="")["casework"]["expired_copies"] == 0, "once"


def test_red_is_shown_to_who_asked_and_to_nobody_else(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    mine, _ = disclosed(west, north, handling="TLP:RED")
    assert only_copy(west, mine)["values"]
    [hidden] = west.do("case_show", case=mine, officer="officer-8")["copies"]
    assert (hidden["values"], hidden["is_hidden"]) == ({}, True)


def test_an_expired_record_leaves_register_index_and_copies(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, fresh_pair(tmp_path, {**MAN, "custody": {"expires_on": "2026-12-05"}}) as (west, north):
        mine, _ = disclosed(west, north, days=90)
        clock.ahead = timedelta(days=14)
        done = north.node.do("sync", circle="")["casework"]
        assert (done["expired_records"], done["recalled"]) == (1, 1)
        assert only_copy(west, mine)["state"] == "recalled"
        west.node.do("sync", circle="")
        assert west.node.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"] == []


def test_a_closed_case_is_forgotten_after_the_retention_of_its_circle(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, fresh_pair(tmp_path, MAN) as (west, north):
        mine, theirs = disclosed(west, north, days=10)
        west.do("case_outcome", case=mine, code="acted")
        west.do("case_close", case=mine)
        clock.ahead = timedelta(days=300)
        west.node.do("sync", circle="")
        assert only_copy(west, mine)["state"] == "expired"
        assert len(west.do("encounter_list")) == 1
        clock.ahead = timedelta(days=366)
        west.node.do("sync", circle="")
        assert west.do("case_list", filter={}) == []
        assert west.do("encounter_list") == []
        assert north.do("case_show", case=theirs)["row"]["stage"] == "outcome", "what waits for a person stays"


def test_what_was_under_way_for_longer_than_it_may_live_is_taken_and_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock_of_nodes() as clock, fresh_pair(tmp_path, MAN) as (west, north):
        [mine] = west.do("encounter_add", **west.encounter("Tomasin Verhoovel", "1981-04-17"))["cases"]
        theirs = north.do("case_list")[0]["number"]
        west.do("case_decide", case=mine, verdict="same", reason="r")
        west.do("case_request", case=mine, fields=["names"], reason="r")
        with north.cut_off(monkeypatch):
            north.do("case_approve", case=theirs, role="approver", reason="r", days=1)
        clock.ahead = timedelta(days=2)
        north.node.do("sync", circle="")
        assert only_copy(west, mine)["values"] == {}
        west.node.do("sync", circle="")
        assert only_copy(west, mine)["state"] == only_copy(north, theirs)["state"] == "expired"
