"""Members go and epochs end: who left is refused at once, keys are destroyed, the others go on."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lib.nodes import Clock, Node, agree, clock_of_nodes, fill, nodes, offer, person
from tallystick.adapters.node_state import SqliteNodeState
from tallystick.adapters.peer_client import PeerClient
from tallystick.audit import AnyEntry
from tallystick.audit.entries import BudgetGranted, CircleLeft, EpochBegun, GrantApproved, QueryAnswered
from tallystick.errors import InputError, NotApprovedError, PeerUnavailableError, QueryBudgetError, RefusedError
from tallystick.exchange import responder
from tallystick.exchange.agreement import Circle
from tallystick.node.answering import Snapshot
from tallystick.node.asking import Asked
from tallystick.node.exchange_ports import EpochRow, Offer

SHARED = {"names": ["Tomasin Verhoovel"], "birth_dates": ["1981-04-17"]}


@pytest.fixture
def clock() -> Iterator[Clock]:
    with clock_of_nodes() as moved:
        yield moved


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Node]]:
    with nodes(tmp_path, "police-a", "police-b", "police-c") as made:
        for each in made:
            fill(each.folder, {"id": f"{each.id[-1]}1", **SHARED})
        agree(*made)
        for each in made:
            offer(each)
        for each in made:
            each.sync()
        yield made


def circle(node: Node) -> Circle:
    return node.open.participation.circles.in_force("border")


def open_epochs(node: Node) -> list[int]:
    return sorted(node.open.participation.epochs.open(circle(node)))


def copies(node: Node) -> list[tuple[str, int]]:
    return [(row.member, row.epoch) for row in node.open.participation.node.state.copies("border")]


def test_who_left_is_refused_at_once_and_the_others_go_on_under_new_keys(three: list[Node]) -> None:
    a, b, c = three
    gone = circle(c)
    assert c.do("circle_leave", circle="border")["could_not_be_told"] == []
    for each in (a, b):
        assert open_epochs(each) == [2], "the former epoch ends at once"
        assert [entry.member for entry in each.log(CircleLeft)] == ["police-c"]
        assert [entry.epoch for entry in each.log(EpochBegun)] == [1, 2]
        assert "police-c" not in {member for member, _ in copies(each)}
        assert not (each.folder / "indexes" / "border" / "police-c" / "1").exists()
    peer = c.open.participation.node.peer(next(card for card in gone.members.values() if card.id == "police-a"))
    with pytest.raises(RefusedError):
        peer.get("/v1/circles/border/manifests?after=0", most_bytes=1 << 20, fields={"tallystick-circle": "border"})
    for each in (a, b):
        each.sync()
    for each in (a, b):
        each.sync()
        assert [member for member, epoch in copies(each) if epoch == 2] == ["police-b" if each is a else "police-a"]
        assert not [row for row in each.open.participation.node.state.epochs("border") if row.epoch == 1 and row.secret]
        assert not (each.folder / "indexes" / "border" / each.id / "1").exists()
        other = "police-b" if each is a else "police-a"
        assert [member for member, _ in copies(each)] == [other], "what nobody answers any more is not kept either"
        assert [row.secrets for row in each.open.participation.node.state.hits("border") if row.epoch == 1] == [b"", b""]
    assert len(a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"]) == 1
    assert len(a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"]) == 1


def test_no_snapshot_of_budgets_is_taken_while_a_question_is_answered(three: list[Node]) -> None:
    a, b, _ = three
    answering, taken = b.open.participation.answering, list[bytes]()
    record = answering._node.record

    def recorded(entries: list[AnyEntry]) -> int:
        position = record(entries)
        taken.append(answering.snapshot(lambda: b.open.log.size))  # it is in the log, and not spent yet
        return position

    answering._node = replace(answering._node, record=recorded)
    a.ask("Tomasin Verhoovel", "1981-04-17", members=["police-b"])
    assert taken == [b""]
    said = msgspec.json.decode(answering.snapshot(lambda: b.open.log.size), type=Snapshot)
    assert said.entries == b.open.log.size
    assert sum(int(each[-1]) for each in said.budgets["spent"]) == sum(entry.points for entry in b.log(QueryAnswered))


def test_a_key_that_was_destroyed_does_not_come_back(three: list[Node], monkeypatch: pytest.MonkeyPatch) -> None:
    _, b, _ = three
    epochs, name, real = b.open.participation.epochs, "border", type(b.open.participation.node.state).epochs
    over = threading.Thread(target=lambda: epochs.end_all(name))

    def read(state: SqliteNodeState, circle: str) -> list[EpochRow]:
        rows = real(state, circle)
        if threading.current_thread() is threading.main_thread() and not over.ident:
            over.start()
            over.join(0.3)  # it has this long to slip in between reading and writing
        return rows

    monkeypatch.setattr(type(b.open.participation.node.state), "epochs", read)
    epochs.retire(circle(b), 1)
    over.join(10)
    assert [row.secret for row in real(b.open.participation.node.state, name)] == [b""]


def test_who_leaves_keeps_nothing_of_the_circle(three: list[Node]) -> None:
    a, _, c = three
    assert copies(c)
    c.do("circle_leave", circle="border")
    state = c.open.participation.node.state
    assert not state.copies("border")
    assert all(row.secret == b"" for row in state.epochs("border"))
    assert not list(state.ledger("border", 1))
    assert not [path for path in (c.folder / "indexes").rglob("*") if path.is_file()]
    assert c.do("circle_show", circle="border")[0]["standing"] == "left"
    for command in ("offer", "bulk", "ask"):
        given = {
            "circle": "border",
            "register": "wanted",
            "purpose": "border",
            "member": "police-a",
            "officer": "o",
            "person": "{}",
        }
        with pytest.raises(RefusedError):
            c.do(command, **given)
    with pytest.raises(RefusedError):
        c.do("circle_leave", circle="border")
    a.do("sync", circle="")


def test_who_could_not_be_told_that_a_member_left_is_told_again(three: list[Node], monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = three
    real = PeerClient.post

    def post(self: PeerClient, path: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        if path.endswith("/leaves") and self._partner.member == "police-a":
            raise PeerUnavailableError("gone")
        return real(self, path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(PeerClient, "post", post)
        assert c.do("circle_leave", circle="border")["could_not_be_told"] == ["police-a"]
        assert [each["member"] for each in c.do("sync", circle="")["problems"]] == ["police-a"]
    assert c.do("circle_show", circle="border")[0]["could_not_be_told"] == ["police-a"]
    assert a.log(CircleLeft) == []
    c.sync()
    assert [entry.member for entry in a.log(CircleLeft)] == ["police-c"]
    assert c.do("circle_show", circle="border")[0]["could_not_be_told"] == []
    assert open_epochs(a) == open_epochs(b) == [2]
    c.sync()
    assert len(a.log(CircleLeft)) == 1, "told once"


def test_a_key_that_was_used_often_enough_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responder, "EVALUATIONS_PER_EPOCH", 64)
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(b.folder, {"id": "b1", **SHARED})
        agree(a, b)
        offer(b)
        problems: list[str] = []
        points = 0
        while not any(problems):
            outcome = a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]
            problems.append(outcome["problem"])
            points += outcome["points"]
        assert points == 128, "64 before the new epoch begins, 64 in the overlap"
        assert "does not answer that epoch any more" in problems[-1]
        b.sync()
        assert [entry.epoch for entry in b.log(EpochBegun)] == [1, 2]
        a.sync()
        assert len(a.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"]) == 1
        assert b.log(QueryAnswered)[-1].epoch == 2


def test_a_circle_of_one_is_over(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, {"id": "a1", **SHARED})
        agree(a, b)
        offer(a)
        b.do("circle_leave", circle="border")
        assert a.do("circle_show", circle="border")[0]["standing"] == "over"
        a.do("sync", circle="")
        assert all(row.secret == b"" for row in a.open.participation.node.state.epochs("border"))
        with pytest.raises(RefusedError):
            a.ask("Tomasin Verhoovel", "1981-04-17")


def test_an_epoch_ends_by_the_clock_is_answered_for_the_overlap_and_then_destroyed(tmp_path: Path, clock: Clock) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, {"id": "a1", **SHARED})
        fill(b.folder, {"id": "b1", **SHARED}, person("b2", "Bertolf Ansgarsen", born="1990-06-30"))
        agree(a, b, epoch_days=2, overlap_days=1)
        offer(b)
        offer(a)
        a.sync()
        clock.ahead = timedelta(days=2, hours=1)
        b.sync()
        assert open_epochs(b) == [1, 2]
        assert a.ask("Bertolf Ansgarsen", "1990-06-30")["outcomes"][0]["hits"][0]["epoch"] == 1, "asked with the former copy"
        assert {entry.epoch for entry in b.log(QueryAnswered)} == {1}
        a.sync()
        assert ("police-b", 2) in copies(a)
        assert a.ask("Bertolf Ansgarsen", "1990-06-30")["outcomes"][0]["hits"][0]["epoch"] == 2
        old = [row["hit"] for row in a.do("hits", circle="border")["hits"] if row["epoch"] == 1]
        clock.ahead = timedelta(days=3, hours=1)
        b.sync()
        a.sync()
        assert open_epochs(b) == [2]
        first, second = b.open.participation.node.state.epochs("border")
        assert (first.secret, bool(second.secret)) == (b"", True)
        assert not list(b.open.participation.node.state.ledger("border", 1))
        assert not (b.folder / "indexes" / "border" / "police-b" / "1").exists()
        assert ("police-b", 1) not in copies(a)
        assert not (a.folder / "indexes" / "border" / "police-b" / "1").exists()
        with pytest.raises(RefusedError):
            a.do("redeem", hit=old[0], purpose="border", officer="o", reason="r", reference="")


def test_a_record_that_goes_during_the_overlap_leaves_both_indexes(tmp_path: Path, clock: Clock) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, {"id": "a1", **SHARED})
        fill(b.folder, {"id": "b1", **SHARED}, person("b2", "Bertolf Ansgarsen", born="1990-06-30"))
        agree(a, b, epoch_days=2, overlap_days=1)
        offer(b)
        offer(a)
        a.sync()
        (hit,) = a.do("hits", circle="border")["hits"]
        clock.ahead = timedelta(days=2, hours=1)
        b.sync()
        fill(b.folder, person("b2", "Bertolf Ansgarsen", born="1990-06-30"))
        b.sync()
        a.do("sync", circle="")
        assert {row["state"] for row in a.do("hits", circle="border")["hits"] if row["epoch"] == 1} == {"withdrawn"}
        with pytest.raises(RefusedError):
            a.do("redeem", hit=hit["hit"], purpose="border", officer="o", reason="r", reference="")


def test_a_grant_nobody_approved_within_a_week_is_forgotten(tmp_path: Path, clock: Clock) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        agree(a, b)
        number = b.do("circle_grant", circle="border", member="police-a", points=9, days=1, officer="officer-1")["number"]
        clock.ahead = timedelta(days=7, seconds=1)
        with pytest.raises(InputError):
            b.do("circle_approve", number=number, officer="officer-2")
        assert not b.log(BudgetGranted)


def test_bulk_needs_a_grant_of_two_persons_within_what_is_agreed(tmp_path: Path) -> None:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, {"id": "a1", **SHARED})
        fill(b.folder, {"id": "b1", **SHARED})
        agree(a, b, bulk_points_per_epoch=10_000)
        offer(b)
        # offered without a round of chores, so that the record is not asked for online before
        a.open.participation.node.state.put_offer(_offer())
        asked = Asked(officer="officer-7", purpose="bulk")
        with pytest.raises(NotApprovedError, match="police-b has granted this node no bulk budget") as refused:
            a.open.participation.asking.bulk(circle(a), "police-b", asked)
        assert "tallystick circle grant police-a --points N" in refused.value.hint
        for member, points, error in (
            ("police-b", 5_000, InputError),
            ("nobody", 5_000, InputError),
            ("police-a", 10_001, QueryBudgetError),
        ):
            with pytest.raises(error):
                b.do("circle_grant", circle="border", member=member, points=points, days=1, officer="officer-1")
        asked_for = {"circle": "border", "member": "police-a", "days": 1, "officer": "officer-1"}
        first = b.do("circle_grant", **asked_for, points=5_000)["number"]
        second = b.do("circle_grant", **asked_for, points=5_001)["number"]
        assert not b.log(BudgetGranted)
        with pytest.raises(NotApprovedError):
            b.do("circle_approve", number=first, officer="officer-1")
        with pytest.raises(NotApprovedError):
            a.open.participation.asking.bulk(circle(a), "police-b", asked)
        assert [each["number"] for each in b.do("circle_show", circle="border")[0]["grants_waiting"]] == [first, second]
        b.do("circle_approve", number=first, officer="officer-2")
        with pytest.raises(InputError):
            b.do("circle_approve", number=first, officer="officer-3")
        with pytest.raises(QueryBudgetError):
            b.do("circle_approve", number=second, officer="officer-2")
        (entry,) = b.log(BudgetGranted)
        assert (entry.officer, entry.second_officer, entry.points) == ("officer-1", "officer-2", 5_000)
        approvals = b.log(GrantApproved)
        assert [each.officer for each in approvals] == ["officer-1", "officer-1", "officer-2"]
        assert approvals[0].grant == approvals[2].grant != approvals[1].grant
        done = a.do("bulk", circle="border", member="police-b", officer="officer-7")
        assert [hit["record_id"] for hit in done["hits"]] == ["a1"]
        assert done["points"] == 256
        assert done["budget_left"] == 5_000 - 256


def _offer() -> Offer:
    return Offer(circle="border", register="wanted", purpose="border")


def test_who_was_behind_when_an_epoch_ended_at_once_goes_on_with_the_next(three: list[Node]) -> None:
    a, b, c = three
    fill(b.folder, {"id": "b1", **SHARED}, {"id": "b2", "names": ["Odalric Fenn"], "birth_dates": ["1970-01-02"]})
    b.do("offer", circle="border", register="wanted", purpose="border")
    published = b.open.participation.offering.manifests.published("border", 1)
    assert published
    assert (("police-b", 1) in copies(a), published.delta) == (True, 1)
    c.do("circle_leave", circle="border")
    b.do("sync", circle="")
    a.sync()
    assert [each for each in copies(a) if each[0] == "police-b"] == [("police-b", 2)], "what is answered no longer is not kept"
    assert len(a.ask("Odalric Fenn", "1970-01-02")["outcomes"][0]["hits"]) == 1
    a.sync()
    assert a.open.participation.comparing.seen("border").seen[0].number == 3, "nothing of the chain is left out"
