"""A further base within an epoch: the index as it is, so that nothing that stays changes, for partners and for hits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib import exchange_twin as twin
from lib.nodes import Node, agree, fill, nodes, offer, person
from tallystick.audit.entries import RemovalReceipt
from tallystick.exchange import canonical, index
from tallystick.exchange.manifest import Manifest
from tallystick.node import offering, own_manifests

SHARED_A = person("a1", "Tomasin Verhoovel", born="1981-04-17")
SHARED_B = person("b1", "Tomasin Verhoovel", born="1981-04-17")
OTHERS = [
    person(f"b{number}", *names, born=f"19{60 + number}-06-30")
    for number, names in enumerate((("Bertolf Ansgarsen",), ("Marquella Distefan", "Marquella Fenn"), ("Odalric Quandrosse",)), 2)
]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        fill(a.folder, SHARED_A)
        fill(b.folder, SHARED_B, OTHERS[0])
        agree(a, b)
        offer(a)
        offer(b)
        a.sync()
        yield a, b


def becomes(b: Node, *records: dict[str, object]) -> tuple[int, int]:
    """Let B hold these and no others, and publish; returns the numbers of its base and of its newest delta."""
    fill(b.folder, *records)
    b.sync()
    published = b.open.participation.offering.manifests.published("border", 1)
    assert published
    return published.base, published.delta


def read(b: Node, name: str) -> bytes:
    return (b.folder / "indexes" / "border" / "police-b" / "1" / name).read_bytes()


def test_what_stays_keeps_its_notches_and_hits_stay_hits(pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "MOST_DELTAS", 2)
    a, b = pair
    [hit] = a.do("hits", circle="border", state="")["hits"]
    for count, place in ((2, (1, 1)), (3, (1, 2)), (1, (2, 2)), (3, (2, 3))):
        assert becomes(b, SHARED_B, *OTHERS[:count]) == place
        a.sync()
        assert a.do("hits", circle="border", state="")["hits"] == [hit], "as it was found, once"
    before = twin.read_base(read(b, "base-1"))
    for number in (1, 2):
        before = twin.apply(before, read(b, f"delta-{number}"))
    after = twin.read_base(read(b, "base-2"))
    both = before.keys() & after.keys()
    assert len(both) > len(before) - 1024, "what went is what changed, and chaff"
    assert {before[tag] for tag in both} == {after[tag] for tag in both}
    assert all(before[tag] == after[tag] for tag in both), "their differences would tell which belong together"
    assert a.do("redeem", hit=hit["hit"], purpose="border", officer="o", reason="r", reference="1")["state"] == "redeemed"


def test_a_change_too_large_for_a_delta_goes_into_the_next_base(pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MAX_DELTA_BYTES", 1000)
    a, b = pair
    assert becomes(b, SHARED_B, *OTHERS) == (2, 0)
    a.sync()
    assert a.ask("Odalric Quandrosse", "1964-06-30")["outcomes"][0]["hits"]
    assert becomes(b, *OTHERS) == (3, 0)
    manifests = b.open.participation.offering.manifests
    assert list(manifests.owing("border", [1], ["police-a"])) == ["police-a"], "what a base leaves out was removed, too"
    a.sync()
    assert {row["state"] for row in a.do("hits", circle="border", state="")["hits"] if row["record_id"]} == {"withdrawn"}
    assert (len(b.log(RemovalReceipt)), manifests.owing("border", [1], ["police-a"])) == (2, {})


def test_who_was_away_for_long_is_given_manifests_a_page_at_a_time(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pair
    for count in (1, 2, 1, 3, 2):
        becomes(b, SHARED_B, *OTHERS[:count])
    after = b.open.participation.offering.manifests.after
    monkeypatch.setattr(own_manifests, "PAGE_MANIFESTS", 2)
    assert [canonical.decode(each.raw, Manifest, 1 << 20).number for each in after("border", 1)] == [2, 3]
    monkeypatch.setattr(own_manifests, "PAGE_BYTES", 1)
    assert [canonical.decode(each.raw, Manifest, 1 << 20).number for each in after("border", 1)] == [2], "one in any case"
    assert [canonical.decode(each.raw, Manifest, 1 << 20).number for each in after("border", 0)] == [5], "the newest alone"
    a.sync()
    taken = a.open.participation.copies.newest(a.open.participation.circles.in_force("border"), "police-b").manifest
    assert (taken.number, taken.last_delta) == (5, 4)


def test_old_manifests_are_not_read_again_and_again(pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = pair
    a.sync()
    state, read = type(a.open.participation.node.state), list[tuple[str, int]]()
    documents = state.documents

    def counted(self: Any, circle: str, kind: str, member: str = "", **given: int) -> Any:  # noqa: ANN401
        found = documents(self, circle, kind, member, **given)
        if kind == "manifest":
            read.append((member, len(found)))
        return found

    monkeypatch.setattr(state, "documents", counted)
    for count in (2, 3):
        becomes(b, SHARED_B, *OTHERS[:count])
        a.sync()
    assert max(count for _, count in read) == 1, "what is new, and nothing else"
