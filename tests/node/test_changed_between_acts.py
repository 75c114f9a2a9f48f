"""What changes between what a person saw and what a person did: nothing goes out that nobody agreed to, and nothing is lost."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lib.casework import Desk, carried, disclosed, fresh_pair
from lib.nodes import clock_of_nodes, fill, person
from tallystick.audit.entries import CaseAct
from tallystick.errors import InputError, RefusedError
from tallystick.node.casework.book import Step
from tallystick.node.casework.ports import CaseRow

MAN = person("b1", "Tomasin Verhoovel", born="1981-04-17", phones=["+33 1 23 45 67 89"])
NOW_HIDDEN = {**MAN, "phones": ["+33 9 99 99 99 99"]}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with fresh_pair(tmp_path, MAN) as desks:
        yield desks


def test_an_approval_of_a_record_that_has_changed_since_counts_no_more(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    north.do("case_two_persons", role="administrator", circle="border", demanded=True)
    mine, theirs = carried(west, north, "r", "officer-7", "officer-8")
    approve = {"case": theirs, "role": "approver", "reason": "r"}
    north.do("case_approve", **approve, officer="approver-1")
    fill(north.node.folder, NOW_HIDDEN)
    waiting = north.do("case_approve", **approve, officer="approver-2")
    assert (waiting["row"]["stage"], waiting["approvals"]) == ("requested", ["approver-2"])
    assert west.do("case_show", case=mine)["copies"] == [], "one person saw what would be given, and one what it was"
    north.do("case_approve", **approve, officer="approver-1")
    assert west.do("case_show", case=mine)["copies"][0]["values"]["phones"] == NOW_HIDDEN["phones"]


def test_an_approval_under_a_code_that_was_tightened_since_counts_no_more(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    north.do("case_two_persons", role="administrator", circle="border", demanded=True)
    mine, theirs = carried(west, north, "r", "officer-7", "officer-8")
    approve = {"case": theirs, "role": "approver", "reason": "r"}
    assert north.do("case_approve", **approve, officer="approver-1")["proposed"]["handling"] == "H0 TLP:AMBER"
    fill(north.node.folder, {**MAN, "custody": {"handling_code": "H2 TLP:RED"}})
    assert north.do("case_approve", **approve, officer="approver-2")["proposed"]["handling"] == "H2 TLP:RED"
    assert west.do("case_show", case=mine)["copies"] == []


def test_a_second_approver_is_told_what_became_of_the_first_approval(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    north.do("case_two_persons", role="administrator", circle="border", demanded=True)
    mine, theirs = carried(west, north, "r", "officer-7", "officer-8")
    approve = {"case": theirs, "role": "approver", "reason": "r"}
    north.do("case_approve", **approve, officer="approver-1")
    fill(north.node.folder, NOW_HIDDEN)
    shown = north.do("case_show", case=theirs, role="approver", officer="approver-1")
    assert (shown["lapsed"]["by"], shown["lapsed"]["why"]) == (["approver-1"], "changed")
    assert (shown["approvals"], shown["proposed"], shown["onward"]) == ([], None, "approve"), "the first may begin anew"
    with pytest.raises(
        RefusedError, match="the approval of approver-1 counts no more: what it was of has changed since"
    ) as caught:
        north.do("case_approve", **approve, officer="approver-2", seconds="approver-1")
    assert "is the first" in caught.value.hint
    fresh = north.do("case_approve", **approve, officer="approver-2")
    assert (fresh["lapsed"], fresh["proposed"]["by"]) == (None, "approver-2")
    with pytest.raises(RefusedError, match="the approval of approver-1 counts no more"):
        north.do("case_approve", **approve, officer="approver-1", seconds="approver-1")
    north.do("case_approve", **approve, officer="approver-1", seconds="approver-2")
    assert west.do("case_show", case=mine)["row"]["stage"] == "disclosed"


def test_an_approval_until_a_day_that_is_past_holds_up_nobody(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, fresh_pair(tmp_path, MAN) as (west, north):
        north.do("case_two_persons", role="administrator", circle="border", demanded=True)
        mine, theirs = carried(west, north, "r", "officer-7", "officer-8")
        approve = {"case": theirs, "role": "approver", "reason": "r"}
        north.do("case_approve", **approve, officer="approver-1", days=1)
        clock.ahead = timedelta(days=2)
        assert north.do("case_show", case=theirs)["lapsed"]["why"] == "over"
        with pytest.raises(RefusedError, match="its day is past"):
            north.do("case_approve", **approve, officer="approver-2", seconds="approver-1")
        assert north.do("case_approve", **approve, officer="approver-2", days=5)["approvals"] == ["approver-2"]
        north.do("case_approve", **approve, officer="approver-1")
        [copy] = west.do("case_show", case=mine)["copies"]
        assert copy["state"] == "held"


def test_an_approval_of_a_record_that_is_gone_can_only_be_refused(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    north.do("case_two_persons", role="administrator", circle="border", demanded=True)
    mine, theirs = carried(west, north, "r", "officer-7", "officer-8")
    north.do("case_approve", case=theirs, role="approver", reason="r", officer="approver-1")
    fill(north.node.folder, person("b9", "Bertolf Ansgarsen", born="1990-06-30"))
    assert north.do("case_show", case=theirs)["lapsed"]["why"] == "gone"
    with pytest.raises(RefusedError, match="is gone from register"):
        north.do("case_approve", case=theirs, role="approver", reason="r", officer="approver-2")
    north.do("case_refuse", case=theirs, role="approver", reason="withdrawn", officer="approver-2")
    assert west.do("case_show", case=mine)["row"]["stage"] == "refused"


def test_a_record_under_a_code_of_its_owner_s_own_is_disclosed_under_the_one_that_is_said(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    fill(north.node.folder, {**MAN, "custody": {"handling_code": "VS-NfD"}})
    mine, theirs = carried(west, north, "r")
    approve = {"case": theirs, "role": "approver", "officer": "approver-1", "reason": "r"}
    with pytest.raises(InputError, match="none that can be passed on"):
        north.do("case_approve", **approve)
    north.do("case_approve", **approve, handling="H2 TLP:RED")
    assert west.do("case_show", case=mine)["copies"][0]["handling"] == "H2 TLP:RED"


def test_an_approval_of_a_request_that_was_answered_since_is_none_of_the_next(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    mine, theirs = carried(west, north, "r")
    seen = north.do("case_show", case=theirs)["request"]["at"]
    north.do("case_refuse", case=theirs, role="approver", reason="say why")
    west.do("case_request", case=mine, fields=["names", "phones", "birth_dates"], reason="because")
    approve = {"case": theirs, "role": "approver", "reason": "r"}
    with pytest.raises(RefusedError, match="another request"):
        north.do("case_approve", **approve, asked_at="2026-01-01T00:00:00Z")
    assert seen
    north.do("case_approve", **approve, asked_at=north.do("case_show", case=theirs)["request"]["at"])
    assert west.do("case_show", case=mine)["row"]["stage"] == "disclosed"


def test_an_outcome_reaches_a_holder_that_has_closed_its_case(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    mine, theirs = disclosed(west, north)
    north.do("case_close", case=theirs)
    said = west.do("case_outcome", case=mine, code="other-person", note="it is his cousin")
    assert said["undelivered"] == 0
    heard = north.do("case_show", case=theirs)
    assert (heard["outcome"]["code"], heard["row"]["stage"], heard["row"]["waiting_for"]) == ("other-person", "outcome", "us")


def test_two_who_tighten_one_copy_at_once_do_not_loosen_it(pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    west, north = pair
    mine, _ = disclosed(west, north, handling="TLP:GREEN")
    book, said = west.node.open.casework._book, dict[str, bool]()
    real, others = book._entry, list[threading.Thread]()

    def tighten(code: str) -> None:
        try:
            west.do("case_tighten", case=mine, role="approver", handling=code)
            said[code] = True
        except RefusedError:
            said[code] = False

    def entry(row: CaseRow, step: Step) -> CaseAct:
        if not others:
            others.append(threading.Thread(target=tighten, args=("TLP:RED",)))
            others[0].start()
            others[0].join(1.0)
        return real(row, step)

    monkeypatch.setattr(book, "_entry", entry)
    tighten("H1 TLP:GREEN")
    others[0].join()
    [copy] = west.do("case_show", case=mine)["copies"]
    assert said == {"H1 TLP:GREEN": True, "TLP:RED": copy["handling"] == "TLP:RED"}, copy["handling"]


def test_what_is_recalled_while_it_is_tightened_stays_recalled(pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    west, north = pair
    mine, theirs = disclosed(west, north, handling="TLP:GREEN")
    book = west.node.open.casework._book
    real, others = book._entry, list[threading.Thread]()

    def entry(row: CaseRow, step: Step) -> CaseAct:
        recall = {"case": theirs, "role": "approver", "reason": "corrected"}
        others.append(threading.Thread(target=lambda: north.do("case_recall", **recall)))
        others[0].start()
        others[0].join(1.0)
        return real(row, step)

    monkeypatch.setattr(book, "_entry", entry)
    west.do("case_tighten", case=mine, role="approver", handling="H1 TLP:GREEN")
    others[0].join()
    [copy] = west.do("case_show", case=mine)["copies"]
    assert (copy["state"], copy["values"]) == ("recalled", {})


def test_why_a_copy_was_used_and_how_it_was_tightened_stays_in_its_case(pair: tuple[Desk, Desk]) -> None:
    west, north = pair
    mine, _ = disclosed(west, north, handling="TLP:GREEN")
    west.do("case_use", case=mine, use="proceedings", reason="file 12, hearing of Monday")
    west.do("case_tighten", case=mine, role="approver", officer="approver-3", handling="H1 TLP:AMBER")
    said = [(each["what"], each["by"], each["text"]) for each in west.do("case_show", case=mine)["history"][-2:]]
    assert said == [
        ("copy-used", "officer-7", "proceedings: file 12, hearing of Monday"),
        ("copy-tightened", "approver-3", "H1 TLP:AMBER"),
    ]


@pytest.mark.parametrize("days", [3661, 10**9, 2**52])
def test_a_retention_without_end_is_refused(pair: tuple[Desk, Desk], days: int) -> None:
    west, north = pair
    _, theirs = carried(west, north, "r")
    with pytest.raises(InputError, match="retention"):
        north.do("case_approve", case=theirs, role="approver", reason="r", days=days)
