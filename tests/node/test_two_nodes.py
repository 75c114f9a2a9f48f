"""Two nodes, served over TLS: each finds out what the other holds, when it learns it, and when it is gone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.nodes import Node, agree, clock_of_nodes, fill, nodes, offer, person
from tallystick.adapters.peer_client import PeerClient
from tallystick.audit.entries import (
    AnswerReceived,
    IndexFetched,
    IndexPublished,
    QueryAnswered,
    QueryAsked,
    RedemptionAnswered,
    RemovalReceipt,
)
from tallystick.errors import InputError, PeerUnavailableError
from tallystick.exchange.agreement import Circle

SHARED_A = person("a1", "Tomasin Verhoovel", born="1981-04-17")
SHARED_B = person("b1", "Tomasin Verhoovel", born="1981-04-17")
ONLY_A = person("a2", "Ilvira Quandrosse", born="1975-11-02")
ONLY_B = person("b2", "Bertolf Ansgarsen", born="1990-06-30")
LATER = person("x9", "Marquella Distefan", born="1968-02-09")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, SHARED_A, ONLY_A)
        fill(b.folder, SHARED_B, ONLY_B)
        agree(a, b)
        offer(a)
        offer(b)
        yield a, b


def records(node: Node, state: str = "") -> list[str]:
    return [row["record_id"] for row in node.do("hits", circle="border", state=state)["hits"]]


def test_the_watch_finds_what_both_hold_on_both_sides(pair: tuple[Node, Node]) -> None:
    a, b = pair
    a.sync()
    b.sync()
    assert records(a) == ["a1"]
    assert records(b) == ["b1"]
    a.sync()
    b.sync()
    assert records(a) == ["a1"], "a hit is told once"
    assert {entry.circle for entry in a.log(IndexPublished)} == {"border"}
    assert len(a.log(IndexFetched)) == 1
    assert len(a.log(QueryAsked)) == len(a.log(AnswerReceived)) == len(b.log(QueryAnswered)) > 0


def test_a_circle_that_cannot_be_tended_keeps_up_no_other(pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = pair
    agree(a, b, circle="annex")
    offering = a.open.participation.offering
    publish = offering.publish

    def broken(circle: Circle, *given: Any) -> Any:  # noqa: ANN401
        if circle.agreement.circle == "annex":
            raise InputError("there is no register wanted", hint="import it")
        return publish(circle, *given)

    monkeypatch.setattr(offering, "publish", broken)
    done = a.open.participation.go_round()
    assert done.problems == [("annex", "", "InputError: there is no register wanted")]
    assert records(a) == ["a1"]
    with pytest.raises(InputError):
        a.do("sync", circle="annex")


def test_a_register_that_did_not_change_is_not_read_again(pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    a, _ = pair
    a.sync()
    a.sync()
    read: list[str] = []
    lines = type(a.open.participation.node.records).lines

    def counted(records: Any, register: str) -> Any:  # noqa: ANN401
        read.append(register)
        return lines(records, register)

    monkeypatch.setattr(type(a.open.participation.node.records), "lines", counted)
    a.sync()
    assert read == []
    fill(a.folder, SHARED_A)
    a.sync()
    assert read


def test_an_own_record_that_is_gone_is_watched_for_no_longer(pair: tuple[Node, Node]) -> None:
    a, b = pair
    a.sync()
    assert [each["watched"] for each in a.do("watch", circle="border")] == [2]
    fill(a.folder, SHARED_A)
    a.sync()
    [line] = a.do("watch", circle="border")
    assert (line["watched"], line["waiting"]) == (1, 0)
    b.sync()
    assert records(b) == ["b1"]


def test_a_question_hits_or_does_not_and_leaves_nothing_but_entries(pair: tuple[Node, Node]) -> None:
    a, b = pair
    before = b.do("hits", circle="border")
    hit = a.ask("Bertolf Ansgarsen", "1990-06-30")["outcomes"]
    assert [len(each["hits"]) for each in hit] == [1]
    assert hit[0]["problem"] == ""
    assert hit[0]["points"] in {32, 64}
    state, answered = sorted(_files(b)), len(b.log(QueryAnswered))
    miss = a.ask("Nobodette Unkenned", "1955-01-05")["outcomes"]
    assert [(each["hits"], each["problem"], each["points"]) for each in miss] == [([], "", hit[0]["points"])]
    assert len(b.log(QueryAnswered)) == answered + 1
    assert b.do("hits", circle="border") == before, "the holder learns nothing of either"
    assert sorted(_files(b)) == state
    shapes = [(each.points, each.purpose, each.officer) for each in b.log(QueryAnswered)]
    assert shapes[-1] == shapes[-2], "a hit and a miss look alike in the holder's log"


def _files(node: Node) -> list[str]:
    return [
        str(path) for path in node.folder.rglob("*") if path.is_file() and "log" not in path.relative_to(node.folder).parts[:1]
    ]


def test_redeeming_tells_whom_to_call_and_alerts_the_holder_once(pair: tuple[Node, Node]) -> None:
    a, b = pair
    number = a.ask("Bertolf Ansgarsen", "1990-06-30")["outcomes"][0]["hits"][0]["hit"]
    given = {"hit": number, "purpose": "border", "officer": "officer-7", "reason": "met at post 4", "reference": "ref-1"}
    answer = a.do("redeem", **given)["answer"]
    assert (answer["contact"], answer["case_class"], answer["level"]) == ("desk of police-b", "serious crime", 1)
    assert "Bertolf" not in str(answer)
    assert a.do("redeem", **given)["answer"] == answer
    opened = b.do("hits", circle="border")["opened"]
    assert [(each["record_id"], each["member"], each["reason"]) for each in opened] == [("b2", "police-a", "met at post 4")]
    assert len(b.log(RedemptionAnswered)) == 2
    assert records(a, "redeemed") == [""]


def test_a_removed_record_withdraws_its_hit_and_a_receipt_comes_back(pair: tuple[Node, Node]) -> None:
    a, b = pair
    b.sync()
    a.sync()
    number = b.do("hits", circle="border")["hits"][0]["hit"]
    fill(a.folder, ONLY_A)
    a.sync()
    b.sync()
    assert records(b, "withdrawn") == ["b1"]
    assert [entry.peer for entry in a.log(RemovalReceipt)] == ["police-b"]
    assert b.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"] == []
    with pytest.raises(Exception, match="was withdrawn"):
        b.do("redeem", hit=number, purpose="border", officer="o", reason="r", reference="")


def test_a_hit_found_by_hand_is_withdrawn_with_the_record_behind_it(pair: tuple[Node, Node]) -> None:
    a, b = pair
    fill(b.folder, SHARED_B, ONLY_B, LATER)
    offer(b)
    a.ask("Bertolf Ansgarsen", "1990-06-30")
    a.ask("Marquella Distefan", "1968-02-09")
    a.sync()
    fill(b.folder, SHARED_B, LATER)
    b.sync()
    a.sync()
    states = {row["query"]: row["state"] for row in a.do("hits", circle="border")["hits"] if row["found_by"] == "ask"}
    assert states == {1: "withdrawn", 2: "new"}
    fill(b.folder, SHARED_B, {**LATER, "birth_dates": ["1968-02-09"], "nationalities": ["it"]})
    b.sync()
    a.sync()
    assert a.do("hits", circle="border")["hits"][0]["state"] == "new", "a record that changes and still shares the key stays"
    a.open.participation.copies.drop("border")
    kept = a.open.participation.node.state.hits("border")
    assert {row.secrets for row in kept} == {b""}


def test_a_hit_of_an_own_record_that_is_gone_is_withdrawn_too(pair: tuple[Node, Node]) -> None:
    a, b = pair
    a.sync()
    fill(a.folder, ONLY_A)
    a.sync()
    assert records(a, "new") == ["a1"], "what was found stays, with the record it was found for"
    fill(b.folder, ONLY_B)
    b.sync()
    a.sync()
    assert records(a, "withdrawn") == ["a1"]


def said(node: Node) -> str:
    owing = [each["id"] for each in node.do("circle_show", circle="border")[0]["members"] if each["no_receipt_since"]]
    return "gave no receipt" if owing == ["police-b"] else "all gave one" if not owing else str(owing)


def test_who_opened_what_is_forgotten_after_the_retention(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(b.folder, SHARED_B)
        agree(a, b, retention_days=30)
        offer(b)
        number = a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"][0]["hit"]
        a.do("redeem", hit=number, purpose="border", officer="officer-7", reason="met", reference="")
        assert len(b.do("hits", circle="border")["opened"]) == 1
        clock.ahead = timedelta(days=31)
        b.do("sync", circle="")
        assert b.do("hits", circle="border")["opened"] == []


@pytest.mark.parametrize("first", [0, 1])
def test_a_new_record_alerts_both_sides_whoever_has_it(pair: tuple[Node, Node], first: int) -> None:
    known, learning = pair if first == 0 else pair[::-1]
    theirs = [SHARED_A, ONLY_A] if first == 0 else [SHARED_B, ONLY_B]
    fill(known.folder, *theirs, LATER)
    for each in (known, learning, known):
        each.sync()
    fill(learning.folder, *([SHARED_B, ONLY_B] if first == 0 else [SHARED_A, ONLY_A]), {**LATER, "id": "y9"})
    for each in (learning, known, learning):
        each.sync()
    assert "x9" in records(known, "new")
    assert "y9" in records(learning, "new")


def test_a_silent_record_finds_and_is_not_found(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, SHARED_A, ONLY_A)
        fill(b.folder, SHARED_B, ONLY_B)
        agree(a, b)
        offer(a, silent_ids=["a1"])
        offer(b)
        a.sync()
        b.sync()
        assert records(a) == ["a1"]
        assert records(b) == []
        assert b.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"] == []
        assert len(b.ask("Ilvira Quandrosse", "1975-11-02")["outcomes"][0]["hits"]) == 1
        offer(a)
        a.sync()
        b.sync()
        assert "b1" not in records(b, "new"), "nothing becomes findable by being left out"
        offer(a, silent_ids=[])
        a.sync()
        b.sync()
        assert "b1" in records(b, "new"), "no longer silent: found"


def test_a_register_that_is_silent_as_a_whole_finds_and_is_not_found(tmp_path: Path) -> None:
    open_record: dict[str, object] = {**ONLY_A, "custody": {"handling_code": "open"}}
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, SHARED_A, open_record, custody=("--handling-code", "sources"))
        fill(b.folder, SHARED_B, ONLY_B)
        agree(a, b)
        assert offer(a, silent_codes=["sources"])["records"] == 1, "the one that says otherwise itself"
        offer(b)
        a.sync()
        b.sync()
        assert records(a) == ["a1"]
        assert b.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"] == []
        assert len(b.ask("Ilvira Quandrosse", "1975-11-02")["outcomes"][0]["hits"]) == 1


def test_a_record_that_expires_is_out_though_nobody_took_it_out_of_its_register(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, nodes(tmp_path, "police-a", "police-b") as (a, b):
        tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
        fill(a.folder, {**SHARED_A, "custody": {"expires_on": tomorrow}}, ONLY_A)
        fill(b.folder, SHARED_B, ONLY_B)
        agree(a, b)
        offer(a)
        offer(b)
        b.sync()
        assert records(b) == ["b1"]
        clock.ahead = timedelta(days=1)
        a.sync()
        b.sync()
        assert records(b, "withdrawn") == ["b1"]
        assert [each["watched"] for each in a.do("watch", circle="border")] == [1], "it is asked with no longer, either"


def test_a_register_that_is_not_offered_is_not_found(pair: tuple[Node, Node]) -> None:
    a, b = pair
    fill(a.folder, LATER, register="private")
    a.sync()
    assert b.ask("Marquella Distefan", "1968-02-09")["outcomes"][0]["hits"] == []
    offer(a, "private")
    b.sync()
    assert len(b.ask("Marquella Distefan", "1968-02-09")["outcomes"][0]["hits"]) == 1
    offer(a, "private", withdraw=True)
    b.sync()
    assert b.ask("Marquella Distefan", "1968-02-09")["outcomes"][0]["hits"] == []
    assert "b1" in records(b, "new")
    offer(a, withdraw=True)
    b.sync()
    assert "b1" not in records(b, "new"), "the last register is withdrawn, too"


def test_a_receipt_that_cannot_be_sent_loses_no_hit_and_is_sent_later(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pair
    fill(b.folder, SHARED_B, ONLY_B, {**LATER, "id": "y9"})
    b.sync()
    a.sync()
    fill(a.folder, ONLY_A, LATER)
    a.sync()
    real = PeerClient.post

    def post(self: PeerClient, path: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        if path.endswith("/receipts"):
            raise PeerUnavailableError("gone")
        return real(self, path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(PeerClient, "post", post)
        assert [each["problem"] for each in b.do("sync", circle="")["problems"]] == ["PeerUnavailableError: gone"]
    assert records(b, "withdrawn") == ["b1"]
    assert "y9" in records(b, "new")
    assert a.log(RemovalReceipt) == []
    assert "gave no receipt" in said(a)
    b.sync()
    assert "gave no receipt" not in said(a)
    assert [entry.peer for entry in a.log(RemovalReceipt)] == ["police-b"]
