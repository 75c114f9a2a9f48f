"""What was agreed is changed: proposed by one, signed by all, in force for all at once, and nothing breaks on the way."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lib.nodes import PURPOSE, Node, agree, clock_of_nodes, fill, nodes, offer, person
from tallystick.audit import AnyEntry
from tallystick.audit.entries import EpochBegun, QueryAnswered
from tallystick.errors import InputError, NotAuthorizedError, RefusedError

SHARED = person("1", "Tomasin Verhoovel", born="1981-04-17")
SMALL = {**PURPOSE, "points_per_day": 64, "burst": 64}


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Node]]:
    with nodes(tmp_path, "police-a", "police-b", "police-c") as made:
        for each in made:
            fill(each.folder, SHARED)
        agree(*made)
        for each in made:
            offer(each)
        for each in made:
            each.sync()
        yield made


def change(node: Node, **wanted: object) -> Any:  # noqa: ANN401
    return node.do("circle_change", circle="border", change=wanted)


def join(done: Any, *others: Node) -> None:  # noqa: ANN401
    for each in others:
        each.do("circle_join", signed=done["signed"])


def settle(*made: Node) -> None:
    for each in (*made, *made):
        each.do("sync", circle="")


def shown(node: Node) -> Any:  # noqa: ANN401
    return node.do("circle_show", circle="border")[0]


def test_a_smaller_budget_holds_when_all_have_signed(three: list[Node]) -> None:
    a, b, c = three
    done = change(a, purposes=[SMALL], terms={"retention_days": 30})
    assert [each["what"] for each in done["changes"]] == ["retention_days", "purpose border"]
    assert [each["what"] for each in b.do("circle_read", signed=done["signed"])["changes"]] == [
        "retention_days",
        "purpose border",
    ]
    join(done, b)
    settle(a, b, c)
    assert shown(b)["members"][0]["points_left"]["border"] > 64, "until all have signed, the former one holds"
    join(done, c)
    settle(a, b, c)
    assert [(shown(each)["revision"], shown(each)["missing"]) for each in three] == [(2, [])] * 3
    assert shown(b)["members"][0]["points_left"]["border"] <= 64
    assert [entry.epoch for entry in b.log(EpochBegun)] == [1], "a budget needs no new key"
    assert b.log(QueryAnswered)


def test_another_threshold_begins_new_epochs_and_hits_are_found_again(three: list[Node]) -> None:
    done = change(three[0], terms={"threshold_tenths": 200})
    join(done, *three[1:])
    settle(*three)
    for each in three:
        assert [entry.epoch for entry in each.log(EpochBegun)] == [1, 2]
        assert len(each.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["hits"]) == 1
        assert each.sync()["problems"] == []


def test_a_member_is_put_out_without_its_signature_and_kept_until_then(three: list[Node]) -> None:
    a, b, c = three
    done = change(a, remove=["police-c"])
    assert done["members"] == ["police-a", "police-b"]
    assert c.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"][0]["problem"] == "", "not in force yet"
    join(done, b)
    settle(a, b)
    assert [entry.epoch for entry in a.log(EpochBegun)] == [1, 2], "who goes takes no key along"
    for each in (a, b):
        assert {row.member for row in each.open.participation.node.state.copies("border")} <= {"police-a", "police-b"}
    for outcome in c.ask("Tomasin Verhoovel", "1981-04-17")["outcomes"]:
        assert outcome["problem"]
    assert a.sync()["problems"] == []


def test_shorter_epochs_end_what_is_too_long(tmp_path: Path) -> None:
    with clock_of_nodes() as clock, nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, SHARED)
        fill(b.folder, SHARED)
        agree(a, b)
        offer(a)
        offer(b)
        settle(a, b)
        clock.ahead = timedelta(days=12)
        settle(a, b)
        done = change(a, terms={"epoch_days": 10, "overlap_days": 5})
        join(done, b)
        settle(a, b)
        assert [entry.epoch for entry in a.log(EpochBegun)] == [1, 2]
        assert a.sync()["problems"] == b.sync()["problems"] == []
        fill(a.folder, person("2", "Ilvira Quandrosse", born="1975-11-02"))
        a.sync()
        assert b.sync()["problems"] == []


def test_a_signature_that_comes_while_another_revision_is_signed_brings_no_two_into_force(three: list[Node]) -> None:
    a, *others = three
    circles = a.open.participation.circles
    in_force = circles.in_force("border").agreement
    nxt = msgspec.structs.replace(in_force, revision=in_force.revision + 1, previous=circles.in_force("border").digest)
    first, second = (msgspec.structs.replace(nxt, name=name) for name in ("First", "Second"))
    signed = circles.propose(first)
    for each in others:
        each.open.participation.circles.join(signed)
        signed = each.open.participation.circles.newest("border")
    late, real = list[BaseException](), circles._node.record

    def comes() -> None:
        with pytest.raises(NotAuthorizedError) as raised:
            circles.add_signatures(signed)
        late.append(raised.value)

    arriving = threading.Thread(target=comes)

    def record(entries: list[AnyEntry]) -> int:
        arriving.start()
        arriving.join(0.3)  # it has this long to slip in between
        return real(entries)

    circles._node = replace(circles._node, record=record)
    circles.propose(second)
    arriving.join(10)
    circles._node = replace(circles._node, record=real)
    assert len(late) == 1
    assert (circles.view("border").agreement.name, circles.in_force("border").agreement.name) == ("Second", "Border")


def test_a_proposal_that_is_not_signed_stands_in_nobody_s_way(three: list[Node]) -> None:
    a, b, c = three
    change(a, terms={"legal_basis": "a mistake"})
    other = change(b, purposes=[SMALL])
    join(other, a, c)
    settle(*three)
    assert [(shown(each)["revision"], shown(each)["missing"]) for each in three] == [(2, [])] * 3
    assert {shown(each)["legal_basis"] for each in three} == {"border act, section 4"}
    third = change(a, terms={"legal_basis": "border act, section 5"})
    join(third, b, c)
    settle(*three)
    assert {(shown(each)["revision"], shown(each)["legal_basis"]) for each in three} == {(3, "border act, section 5")}
    with pytest.raises(RefusedError, match="in force already"):
        join(other, a)


def test_what_cannot_be_changed_is_refused_before_anything_is_signed(three: list[Node]) -> None:
    a = three[0]
    for wanted in (
        {}, {"terms": {"delta_quantum": 512}}, {"drop_purposes": ["visa"]}, {"remove": ["nobody"]},
        {"terms": {"epoch_days": 1000}},
    ):  # fmt: skip
        with pytest.raises(InputError):
            change(a, **wanted)
    with pytest.raises(RefusedError):
        change(a, remove=["police-a"])
    assert shown(a)["revision"] == 1


def test_a_purpose_that_goes_is_missed_by_who_offers_for_it(three: list[Node]) -> None:
    a, b, c = three
    done = change(a, purposes=[{**PURPOSE, "code": "visa"}], drop_purposes=["border"])
    join(done, b, c)
    settle(*three)
    fill(a.folder, SHARED, person("2", "Ilvira Quandrosse", born="1975-11-02"))
    assert "is not agreed any more" in a.do("sync", circle="")["problems"][0]["problem"]
    a.do("offer", circle="border", register="wanted", purpose="visa")
    assert a.sync()["problems"] == []
