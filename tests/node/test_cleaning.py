"""What a killed process left in files of indexes is gone once the node is opened again; what counts stays, and goes on."""

from pathlib import Path

import pytest

from lib.nodes import agree, fill, nodes, offer, person
from tallystick.node import offering
from tallystick.wiring.nodes import opened_node

WHO = person("1", "Tomasin Verhoovel", born="1981-04-17")
OTHER = person("2", "Ilvira Quandrosse", born="1975-11-02")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a node with an own index of two bases, and with a copy of another's of two bases and a delta."""
    monkeypatch.setattr(offering, "MOST_DELTAS", 1)
    with nodes(tmp_path, "police-a", "police-b") as (a, b):
        for each in (a, b):
            fill(each.folder, WHO)
        agree(a, b)
        for each in (a, b):
            offer(each)
        for records in ((WHO, OTHER), (WHO,), (WHO, OTHER)):
            for each in (a, b):
                fill(each.folder, *records)
                each.sync()
        a.sync()
        return a.folder


def files(folder: Path) -> set[str]:
    indexes = folder / "indexes" / "border"
    return {each.relative_to(indexes).as_posix() for each in indexes.rglob("*") if each.is_file()}


def test_what_counts_stays_and_what_was_left_goes(folder: Path) -> None:
    with opened_node(folder):
        before = files(folder)
    watched = {f"police-b/1/{each}" for each in ("secrets", "records", "weights")}
    state = {each for each in before if each.startswith(("police-a/1/notches-", "police-a/1/chaff-", "police-a/1/spent-"))}
    assert {each for each in before if each.startswith("police-b")} == {"police-b/1/base-2", "police-b/1/delta-2"} | watched
    assert {f"police-a/1/base-{number}" for number in (1, 2)} | {f"police-a/1/delta-{number}" for number in (1, 2)} <= before
    assert len(state) == 3
    left = [
        "police-b/1/base-3.new.part", "police-b/1/base-3.new", "police-b/1/base-1", "police-b/1/delta-1", "police-b/1/delta-3",
        "police-b/1/delta-3.part", "police-b/7/base-1.new.part", "police-a/1/base-3", "police-a/1/delta-3",
        "police-a/1/notches-1", "police-a/1/chaff-9.part", "police-a/6/base-1",
    ]  # fmt: skip
    for each in [*left, "police-b/1/notes.txt"]:
        path = folder / "indexes" / "border" / each
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"left")
    with opened_node(folder) as node:
        assert files(folder) == before | {"police-b/1/notes.txt"}, "what is none of ours is left alone"
        circle = node.participation.circles.in_force("border")
        copy = node.participation.copies.newest(circle, "police-b")
        assert (copy.manifest.base.number, len(copy.watch.hits)) == (2, 2), "the copy and its watch are as they were"
        assert node.participation.offering.publish(circle) is None
