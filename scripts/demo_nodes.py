"""Four organisations, four nodes, one man: `make demo` plays it on this machine, with real processes, TLS and logs.

Where TALLYSTICK_DATA names a folder of published lists, those stand on the registers of the four instead of invented persons
(demo_lists). Each step prints the command it gives, what came of it, and who could see what. Everything it makes is below the
folder it is given; every node it starts ends with it, whatever ends it. With --stay the nodes go on when the story is told, and
people carry it on at the desks.
"""

import gzip
import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import demo_lists
from demo_desks import Desks
from demo_story import (
    CIRCLE,
    Member,
    Story,
    agree,
    copies,
    custody,
    hits,
    index_bytes,
    main,
    make_node,
    played,
    points,
    prove,
    watches,
)

PURPOSE = "border-check:20000:checks at a border"
TREATY = "treaty of the four"
STRANGERS = 200
"""Invented persons on each register; a node asks for so many new records by itself, for more it wants a bulk grant."""
NORTH, EAST, SOUTH, WEST = OFFICES = (
    Member("north", "Interior Ministry of North", "terrorism"),
    Member("east", "Border Guard of East", "terrorism"),
    Member("south", "Prison Service of South", "terrorism"),
    Member("west", "Railway Police of West", "terrorism"),
)
MAN: Mapping[Member, dict[str, Any]] = {
    NORTH: {"id": "N-1044", "names": ["منير التوزاني"], "birth_dates": ["1974-11-26"], "nationalities": ["tn"]},
    EAST: {"id": "E-77", "names": ["Мунир Ат-Тузани"], "birth_dates": ["1974-11-26"]},
    SOUTH: {"id": "S-2016-3", "names": ["TOUZANI Mounir"], "birth_dates": ["1974-11"]},
    WEST: {"id": "W-5", "names": ["Munir al-Tuzani"], "birth_dates": ["1974"]},
}
"""One man, invented as everybody else here: each in its country's spelling, with what it knows of his birth."""


def play(folder: Path, desks: Desks | None) -> None:
    """Play the whole story; `desks`: those that are opened, and stay when it is told."""
    begin = [make_offices, form_the_circle, *([desks.open] if desks else [])]
    played(folder, OFFICES, [*begin, register_the_first, meet_him, redeem, show_the_logs, *([desks.stay] if desks else [])])


def make_offices(story: Story) -> None:
    """Four nodes with registers of strangers."""
    story.title("1. Four organisations, each with a node of its own: own keys, own register, own log")
    story.run("make-registers", "--size", str(2 * STRANGERS), "--overlap", "0", "--seed", "11", "--out", ".", shown=False)
    lines = [line for name in ("a", "b") for line in _lines(story.folder / f"{name}.jsonl.gz")]
    for position, office in enumerate(OFFICES):
        make_node(story, office)
        (story.folder / f"{office.id}.jsonl").write_bytes(b"".join(lines[position * STRANGERS : (position + 1) * STRANGERS]))
        _import(story, office)
    others = ", ".join(office.id for office in OFFICES[1:])
    story.say(f"... and {others} alike, each with {STRANGERS} invented persons on its register")


def form_the_circle(story: Story) -> None:
    """One circle, signed by all; every node offers its register and watches the others."""
    story.title(
        "2. They agree on a circle: legal basis, purpose, budgets, what evidence makes a hit. No list is shown to anybody"
    )
    agree(story, TREATY, PURPOSE)
    for office in OFFICES:
        story.run("offer", "people", "--circle", CIRCLE, "--node", office.id, shown=office is OFFICES[0])
    took = story.wait("the watch", lambda: all(watches(story, office.id, STRANGERS) for office in OFFICES))
    story.say(f"after {took:.0f} s every node holds the sealed indexes of the others and watches them for its own persons:")
    for office in OFFICES:
        held, asked = index_bytes(story, office.id), sum(points(story, office.id, "query-asked").values())
        story.say(f"{office.id + ':':7}{held:>8,} bytes of sealed indexes (its own, too), asked {asked:,} points")
    story.say("nothing can be read in an index without asking its owner, who counts every question")


def register_the_first(story: Story) -> None:
    """He is registered where he was known first."""
    story.title(f"3. {NORTH.name} puts a man on its register. It knows his whole birth date, and writes him in Arabic")
    before = copies(story, NORTH.id)
    _meet(story, NORTH)
    story.say(f"{MAN[NORTH]['id']}: {MAN[NORTH]['names'][0]}, born {MAN[NORTH]['birth_dates'][0]}")
    story.wait("his being looked up", lambda: watches(story, NORTH.id, STRANGERS + 1))
    story.wait("the others' copies", lambda: all(now > before[each] for each, now in copies(story, NORTH.id).items()))
    mine = [hit for each in OFFICES for hit in hits(story, each.id) if hit["record_id"] == MAN[NORTH]["id"]]
    story.say(f"north has asked for him, the others have fetched what it added: {len(mine)} hits on him at all four nodes")


def meet_him(story: Story) -> None:
    """Three others meet him."""
    story.title("4. Three others meet him, under three other spellings; each writes down what it knows")
    for office in OFFICES[1:]:
        _meet(story, office)
        story.say(f"{office.name}: {MAN[office]['names'][0]}, born {MAN[office]['birth_dates'][0]}")
    partners = {office.id for office in OFFICES}
    took = story.wait("the hits", lambda: all(_partners(story, each) == partners - {each} for each in partners))
    story.say(f"within {took:.0f} s both sides of every pair know. What north sees, and what west sees:")
    story.say("(each by its own look-up; keys differ by who asks, so of a hundred pairs some three are seen by one side alone)")
    for each in (NORTH, WEST):
        story.run("hits", "--node", each.id)
    story.say("A hit is a number of bits and an opaque handle: no name, no date, no file number has left anybody's node.")
    men = {man["id"] for man in MAN.values()}
    others = {hit["record_id"] for office in OFFICES for hit in hits(story, office.id)} - men
    story.say(
        f"Of the {STRANGERS * len(OFFICES)} other persons {len(others)} make hits, too: kin of one name, or chance; so a human "
        "decides. Of the rest partners learned how many points were asked and how large an index is; not who they are."
    )


def redeem(story: Story) -> None:
    """An officer asks by hand, and then whom to call."""
    story.title("5. An officer of west asks about a man at the station, by hand, and then asks north whom to call")
    words = ("Mounir Touzany", "--born", "1974", "--officer", "west-12", "--reason", "no ticket, false papers")
    story.run("ask", *words, "--circle", CIRCLE, "--node", "west")
    story.say("north, east and south learned: west asked, for this purpose, so many points. Not about whom, and not that it hit.")
    hit = next(each["hit"] for each in hits(story, "west") if each["member"] == "north")
    story.run("redeem", str(hit), "--officer", "west-12", "--reason", "met on a train", "--reference", "W-5/1", "--node", "west")
    story.say("Only now north learns that its record interests west, and why. North's screen:")
    story.run("hits", "--node", "north")


def show_the_logs(story: Story) -> None:
    """Every log verifies, cosigned by the others."""
    story.title("6. What was done can be proven: each node's log is a Merkle tree, its head cosigned by the three others")
    prove(story, WEST)


def _meet(story: Story, office: Member) -> None:
    path = story.folder / f"{office.id}.jsonl"
    path.write_bytes(path.read_bytes() + json.dumps(MAN[office], ensure_ascii=False).encode() + b"\n")
    _import(story, office)


def _import(story: Story, office: Member) -> None:
    story.run("import", "people", f"{office.id}.jsonl", *custody(office, "border security", TREATY), shown=False)


def _partners(story: Story, node: str) -> set[str]:
    return {each["member"] for each in hits(story, node)}


def _lines(path: Path) -> list[bytes]:
    with gzip.open(path, "rb") as file:
        return file.readlines()


def begin(folder: Path, *, stays: bool) -> None:
    """Play with published lists where there are some, with invented persons otherwise."""
    desks, lists = Desks() if stays else None, demo_lists.found(os.environ.get("TALLYSTICK_DATA", ""))
    main(demo_lists.player(lists, desks) if lists else partial(play, desks=desks), folder)


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--stay"]
    begin(Path(given[0] if given else "demo/nodes").absolute(), stays="--stay" in sys.argv)
