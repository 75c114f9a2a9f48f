"""The story with invented persons: four organisations, one man, four spellings.

One man, invented as everybody else here, is registered in four countries' spellings; strangers come from the project's own
generator of registers.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tallystick.demo.carrying import Hit
from tallystick.demo.circle import agree, copies, custody, hits, index_bytes, make_node, points, watches
from tallystick.demo.nodes import CIRCLE, Member, Story
from tallystick.demo.reports import Read

PURPOSE = "border-check:20000:checks at a border"
TREATY = "treaty of the four"
REGISTER = "people"
STRANGERS = 120
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


class Invented:
    """The story with the invented man; see `playing.Tale`."""

    members = OFFICES
    shown = WEST

    def begin(self) -> list[Callable[[Story], None]]:
        """Return the chapters before the desks open."""
        return [make_offices, form_the_circle]

    def chapters(self) -> list[Callable[[Story], None]]:
        """Return the chapters up to the hits."""
        return [register_the_first, meet_him, ask_by_hand]

    def hit(self) -> Hit:
        """Return the hit that is carried on: west met the man whom north knows."""
        return Hit(
            asker=WEST, holder=NORTH, record_id=MAN[WEST]["id"], held_id=MAN[NORTH]["id"], register=REGISTER, refill=_refill
        )

    def read(self) -> Read:
        """Return the chapter of the reports: south has registered who is named in one."""
        return Read(SOUTH)


def make_offices(story: Story) -> None:
    """Four nodes with registers of strangers."""
    story.tell.title("Four organisations, each with a node of its own: own keys, own register, own log")
    story.run("make-registers", "--size", str(2 * STRANGERS), "--overlap", "0", "--seed", "11", "--out", ".", shown=False)
    lines = [line for name in ("a", "b") for line in _lines(story.folder / f"{name}.jsonl.gz")]
    for position, office in enumerate(OFFICES):
        make_node(story, office)
        (story.folder / f"{office.id}.jsonl").write_bytes(b"".join(lines[position * STRANGERS : (position + 1) * STRANGERS]))
        _import(story, office)
    others = ", ".join(office.id for office in OFFICES[1:])
    story.tell.say(f"... and {others} alike, each with {STRANGERS} invented persons on its register")


def form_the_circle(story: Story) -> None:
    """One circle, signed by all; every node offers its register and watches the others."""
    story.tell.title("They agree on a circle: legal basis, purpose, budgets, what evidence makes a hit. No list is shown to anybody")
    agree(story, TREATY, PURPOSE)
    for office in OFFICES:
        story.run("offer", REGISTER, "--circle", CIRCLE, "--node", office.id, shown=office is OFFICES[0])
    took = story.wait("the watch", lambda: all(watches(story, office, STRANGERS) for office in OFFICES))
    story.tell.say(f"after {took:.0f} s every node holds the sealed indexes of the others and watches them for its own persons:")
    rows = [(each.id, index_bytes(story, each), sum(points(story, each, "query-asked").values())) for each in OFFICES]
    story.tell.table(("node", "bytes of sealed indexes", "points asked"), rows)
    story.tell.say("nothing can be read in an index without asking its owner, who counts every question")


def register_the_first(story: Story) -> None:
    """He is registered where he was known first."""
    man = MAN[NORTH]
    story.tell.title(f"{NORTH.name} puts a man on its register. It knows his whole birth date, and writes him in Arabic")
    before = copies(story, NORTH)
    _meet(story, NORTH)
    story.tell.say(f"{man['id']}: {man['names'][0]}, born {man['birth_dates'][0]}")
    story.wait("his being looked up", lambda: watches(story, NORTH, STRANGERS + 1))
    story.wait("the others' copies", lambda: all(now > before[each] for each, now in copies(story, NORTH).items()))
    mine = [hit for each in OFFICES for hit in hits(story, each) if hit["record_id"] == man["id"]]
    story.tell.say(f"north has asked for him, the others have fetched what it added: {len(mine)} hits on him at all four nodes")


def meet_him(story: Story) -> None:
    """Three others meet him."""
    story.tell.title("Three others meet him, under three other spellings; each writes down what it knows")
    for office in OFFICES[1:]:
        _meet(story, office)
    rows = [(office.id, each["id"], each["names"][0], each["birth_dates"][0]) for office, each in MAN.items()]
    story.tell.table(("node", "record", "name", "born"), rows)
    wanted = {office.id for office in OFFICES}
    took = story.wait("the hits", lambda: all(_partners(story, each) == wanted - {each.id} for each in OFFICES))
    story.tell.say(f"within {took:.0f} s both sides of every pair know. What west sees:")
    story.run("hits", "--node", "west")
    men = {man["id"] for man in MAN.values()}
    others = {hit["record_id"] for office in OFFICES for hit in hits(story, office)} - men
    story.tell.seen(
        {
            "each of the four": ("that three partners know its man, in bits of evidence, and an opaque handle for each",
                                 "a name, a date or a file number of any partner"),
            "the network": ("points that look like noise", "who was looked for, and whether anybody was found"),
        }
    )  # fmt: skip
    story.tell.say(
        f"Of the {STRANGERS * len(OFFICES)} other persons {len(others)} make hits, too: kin of one name, or chance; so people "
        "decide. Of the rest partners learned how many points were asked and how large an index is; not who they are."
    )


def ask_by_hand(story: Story) -> None:
    """An officer asks about a man at the station."""
    story.tell.title("An officer of west asks about a man at the station, by hand")
    words = ("Mounir Touzany", "--born", "1974", "--officer", "west-12", "--reason", "no ticket, false papers")
    story.run("ask", *words, "--circle", CIRCLE, "--node", "west")
    learned = "that west asked, for this purpose, so many points"
    story.tell.seen({"north, east, south": (learned, "about whom, and that it hit")})


def _meet(story: Story, office: Member) -> None:
    path = story.folder / f"{office.id}.jsonl"
    path.write_bytes(path.read_bytes() + json.dumps(MAN[office], ensure_ascii=False).encode() + b"\n")
    _import(story, office)


def _refill(story: Story, office: Member, expires_on: str) -> None:
    path = story.folder / f"{office.id}.jsonl"
    *strangers, _ = path.read_bytes().splitlines(keepends=True)
    last = json.dumps({**MAN[office], "custody": {"expires_on": expires_on}}, ensure_ascii=False).encode() + b"\n"
    path.write_bytes(b"".join([*strangers, last]))
    _import(story, office)


def _import(story: Story, office: Member) -> None:
    story.run("import", REGISTER, f"{office.id}.jsonl", *custody(office, "border security", TREATY), shown=False)


def _partners(story: Story, office: Member) -> set[str]:
    return {each["member"] for each in hits(story, office) if each["record_id"] == MAN[office]["id"]}


def _lines(path: Path) -> list[bytes]:
    with gzip.open(path, "rb") as file:
        return file.readlines()
