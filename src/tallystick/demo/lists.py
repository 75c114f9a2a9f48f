"""The demo of nodes with published lists: who hits whom among four organisations of which each holds one of them.

The lists are read from the folder of TALLYSTICK_DATA, each in the format of its publisher; whom the story is about comes out
while it is played. Of long lists only those born in some years are offered, so that it takes a minute or two.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tallystick.demo.carrying import Hit
from tallystick.demo.circle import agree, custody, hits, index_bytes, make_node, points, watches
from tallystick.demo.nodes import CIRCLE, Member, Story
from tallystick.demo.reports import Read
from tallystick.demo.telling import Teller

LISTS: Mapping[Member, str] = {
    Member("un", "Office with the list of the United Nations", "sanctions"): "un/un_consolidated_*.xml*",
    Member("uk", "Office with the list of the United Kingdom", "sanctions"): "uk/ofsi_conlist_*.csv*",
    Member("us", "Office with the list of the United States", "sanctions"): "ofac/sdn_[0-9]*.csv*",
    Member("eu", "Office with the list of the European Union", "sanctions"): "eu/fsf_*.csv*",
}
OFFICES = UN, UK, US, EU = tuple(LISTS)
BASIS = "published lists, for a demonstration"
PURPOSE = "screening:100000:comparing lists"
BULK_POINTS = 1_000_000
YEARS = range(1960, 1963)
LONG = 100
"""Of a list with more persons than this only those born in `YEARS` are offered."""
ONLINE = 200
"""So many new records a node asks for by itself, when it watches."""
STRANGER = ("Tomasin Verhoovel", "1981-04-17")

Lists = Mapping[Member, Path]
Known = dict[str, dict[str, set[str]]]
"""Of one node: own record id -> partner -> handles."""


def found(folder: Path | None, teller: Teller) -> Lists | None:
    """Return the newest edition of each list in a folder of published lists; say which is missing, if any is."""
    if folder is None:
        return None
    editions = {office: sorted((folder / "lists").glob(pattern)) for office, pattern in LISTS.items()}
    missing = [LISTS[office] for office, paths in editions.items() if not paths]
    if missing:
        teller.say(f"the folder of published lists has no lists/{missing[0]}; invented persons play instead")
        return None
    return {office: paths[-1].absolute() for office, paths in editions.items()}


class Listed:
    """The story with published lists; see `playing.Tale`."""

    members = OFFICES
    shown = EU

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._offered: dict[str, int] = {}
        self._found: dict[str, Known] = {}
        self._written: dict[str, dict[str, Any]] = {}
        self._chosen: tuple[str, list[str]] = ("", [])

    def begin(self) -> list[Callable[[Story], None]]:
        """Return the chapters before the desks open."""
        return [self.make_offices, self.form_the_circle]

    def chapters(self) -> list[Callable[[Story], None]]:
        """Return the chapters up to the hits."""
        return [self.seal, self.ask_everything, self.show_who_hits_whom, self.look_at_one, self.ask_by_hand]

    def hit(self) -> Hit:
        """Return the hit that is carried on: of the person that was looked at, with the first of those who know it."""
        record_id, known = self._chosen
        holder = next(each for each in OFFICES if each.id == known[0])
        held_id = str(self._written[holder.id]["id"])
        return Hit(asker=UN, holder=holder, record_id=record_id, held_id=held_id, register="offered", refill=self._refill)

    def read(self) -> Read | None:
        """Return no chapter of the reports: whom they name is invented."""
        return None

    def make_offices(self, story: Story) -> None:
        """Four nodes, each with a published list."""
        story.tell.title("Four organisations, each with a node of its own and a list as its publisher writes it")
        (story.folder / "lists").symlink_to(self._lists[UN].parents[1])
        rows = []
        for office in OFFICES:
            make_node(story, office)
            listed = self._import(story, office)
            rows.append((office.id, self._lists[office].name, listed, self._offered[office.id]))
        story.tell.say(f"... and {', '.join(each.id for each in OFFICES[1:])} alike, each in its own format:")
        story.tell.table(("node", "list", "persons", "offered"), rows, folding=(1,))
        years = f"{YEARS[0]} to {YEARS[-1]}"
        story.tell.say(f"Of a list of more than {LONG} persons, those born {years} are offered, so that this takes a minute or two.")

    def form_the_circle(self, story: Story) -> None:
        """One circle, signed by all."""
        story.tell.title(
            "They agree on a circle: legal basis, purpose, budgets, what evidence makes a hit. No list is shown to anybody"
        )
        agree(story, BASIS, PURPOSE, "--bulk-points", str(BULK_POINTS))

    def seal(self, story: Story) -> None:
        """Every node offers its list as a sealed index, of which the others take copies."""
        story.tell.title("Each seals what it offers: match keys under its own key, shuffled, mixed with chaff")
        for office in OFFICES:
            story.run("offer", "offered", "--circle", CIRCLE, "--node", office.id, shown=office is UN)
        took = story.wait("the copies", lambda: all(_copies(story, each) == len(OFFICES) - 1 for each in OFFICES))
        story.tell.say(f"after {took:.0f} s every node holds the sealed indexes of the others:")
        rows = [(office.id, index_bytes(story, office)) for office in OFFICES]
        story.tell.table(("node", "bytes of sealed indexes, its own too"), rows)
        story.tell.say("Nothing can be read in an index without asking its owner, who counts every question.")

    def ask_everything(self, story: Story) -> None:
        """Everybody asks everybody about its whole list."""
        story.tell.title("Everybody asks everybody about its whole list, long ones with a bulk budget, which two persons approve")
        short = [each for each in OFFICES if self._offered[each.id] <= ONLINE]
        pairs = [(asker, holder) for asker in OFFICES if asker not in short for holder in OFFICES if holder is not asker]
        for asker, holder in pairs:
            first, at, wanted = (asker, holder) == pairs[0], ("--node", holder.id), str(BULK_POINTS // len(OFFICES))
            story.run("circle", "grant", asker.id, "--points", wanted, "--officer", f"{holder.id}-1", *at, shown=first)
            number = story.do(holder, "circle_show", circle=CIRCLE)[0]["grants_waiting"][-1]["number"]
            story.run("circle", "approve", str(number), "--officer", f"{holder.id}-2", "--yes", *at, shown=first)
        for each in short:
            story.wait("the watch", partial(watches, story, each, self._offered[each.id]))
            story.tell.say(f"{each.id} has no more than {ONLINE} persons to ask about: its node did so by itself")
        for asker, holder in pairs:
            self._ask(story, asker, holder, shown=(asker, holder) == pairs[0])
        answered = {each.id: points(story, each, "query-answered") for each in OFFICES}
        story.tell.say("What each learned about the others: how many points they asked")
        rows = [(own, *("" if other == own else answered[own][other] for other in answered)) for own in answered]
        story.tell.table(("node", *(f"{each} asked" for each in answered)), rows)
        story.tell.say("and nothing else: not about whom, not how many of them hit.")

    def show_who_hits_whom(self, story: Story) -> None:
        """The outcome: counts, both sides of each pair."""
        story.tell.title("Who hits whom: of the persons that a row's node offers, so many are known to the node of the column")
        self._found = {office.id: _hits_by_record(story, office) for office in OFFICES}
        ids = [office.id for office in OFFICES]
        rows = []
        for own in ids:
            known = self._found[own]
            counts = ["" if other == own else sum(other in at for at in known.values()) for other in ids]
            rows.append((own, self._offered[own], *counts, len(known), sum(len(at) == len(ids) - 1 for at in known.values())))
        story.tell.table(("node", "offers", *ids, "to anyone", "to all three"), rows)
        story.tell.say(
            "Both sides of every pair know, each in its own records. Of all the others nobody learned anything: a person who is "
            "on one list only shows nowhere, and evidence below the threshold is a miss like any other."
        )

    def look_at_one(self, story: Story) -> None:
        """One person whom all four know: what a hit shows, and what a redemption adds."""
        record_id, known = self._chosen = self._choose()
        who = "all four" if len(known) == len(OFFICES) - 1 else f"un, {' and '.join(known)}"
        story.tell.title(f"One of the persons whom {who} know, {record_id} on the list of un: what un's officer sees")
        mine = sorted((each for each in hits(story, UN) if each["record_id"] == record_id), key=lambda hit: str(hit["member"]))
        rows = [(each["hit"], each["member"], each["weight_bits"], each["handle"], f"un {record_id}") for each in mine]
        story.tell.table(("hit", "partner", "bits", "handle", "ours"), rows, folding=(4,))
        story.tell.say("No name, no date, no number of the others' lists. The officer asks whom to call:")
        said = ("--officer", "un-7", "--reason", "same person on our list", "--node", UN.id)
        for number, each in enumerate(mine):
            story.run("redeem", str(each["hit"]), *said, shown=number == 0)
        self._written = {UN.id: self._record(story, UN.id, record_id)}
        for partner in known:
            office = next(each for each in OFFICES if each.id == partner)
            opened = story.do(office, "hits")["opened"]
            self._written[partner] = self._record(story, partner, opened[-1]["record_id"])
        story.tell.say(
            "Only now the holders know that somebody asks, and for which of their own records. Only this screen, which stands in "
            "all four offices at once, can lay side by side what they wrote:"
        )
        written = [
            (node, record["id"], _few(record["names"]), _few(record.get("birth_dates", ())))
            for node, record in self._written.items()
        ]
        story.tell.table(("node", "record", "names", "born"), written, folding=(1, 2))

    def ask_by_hand(self, story: Story) -> None:
        """A name as another list writes it, asked by hand; then a stranger."""
        story.tell.title("An officer of eu asks by hand: a name as it stands on the list of us, and then somebody invented")
        record = self._written[US.id]
        asked_by = ("--officer", "eu-3", "--reason", "visa application", "--circle", CIRCLE, "--node", EU.id)
        typed = record["names"][0], record.get("birth_dates", [""])[0].split("/")[0].rstrip("~")
        for name, born in (typed, STRANGER):
            story.run("ask", name, *(("--born", born) if born else ()), *asked_by, codes=(0, 1))
        story.tell.say("The partners saw two questions, of points that look like noise: not about whom, not that one of them hit.")

    # --- steps ----------------------------------------------------------------------------------------------------------

    def _import(self, story: Story, office: Member) -> int:
        """Import an office's list, and what it offers of it; return how many persons are listed."""
        path = self._lists[office]
        file = str(Path("lists") / path.parent.name / path.name)
        story.run("import", "list", file, *custody(office, "sanctions", BASIS), shown=office is UN)
        whole = story.folder / f"{office.id}-list.jsonl"
        store = ("--store", f"{office.id}/registers.db")
        story.run("export", "list", "--out", whole.name, *store, shown=False)
        records = whole.read_bytes().splitlines(keepends=True)
        offered = records if len(records) <= LONG else [line for line in records if _is_born_then(json.loads(line))]
        (story.folder / f"{office.id}-offered.jsonl").write_bytes(b"".join(offered))
        self._import_offered(story, office)
        self._offered[office.id] = len(offered)
        return len(records)

    @staticmethod
    def _import_offered(story: Story, office: Member) -> None:
        words = ("import", "offered", f"{office.id}-offered.jsonl", "--format", "native")
        story.run(*words, *custody(office, "sanctions", BASIS), shown=False)

    def _refill(self, story: Story, office: Member, expires_on: str) -> None:
        path, ends = story.folder / f"{office.id}-offered.jsonl", str(self._written[office.id]["id"])
        records = [json.loads(line) for line in path.read_bytes().splitlines()]
        for record in records:
            if record["id"] == ends:
                record["custody"] = {**record.get("custody", {}), "expires_on": expires_on}
        path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records), encoding="utf-8")
        self._import_offered(story, office)

    def _ask(self, story: Story, asker: Member, holder: Member, *, shown: bool) -> None:
        """Ask one partner about the whole list; the first time the command is shown."""
        words = ("bulk", holder.id, "--circle", CIRCLE, "--officer", f"{asker.id}-7", "--node", asker.id)
        start = time.monotonic()
        story.run(*words, shown=shown)
        took, known = time.monotonic() - start, _hits_by_record(story, asker)
        count = sum(holder.id in at for at in known.values())
        story.tell.say(
            f"{asker.id} asked {holder.id} about {self._offered[asker.id]:,} persons in {took:.0f} s: {count:,} are known there"
        )

    def _choose(self) -> tuple[str, list[str]]:
        """Choose a person of un whom most know, with the fewest handles: the plainest case; the first one by its id."""
        known = self._found[UN.id]
        record_id = min(known, key=lambda each: (-len(known[each]), sum(map(len, known[each].values())), each))
        return record_id, sorted(known[record_id])

    def _record(self, story: Story, node: str, record_id: str) -> dict[str, Any]:
        shown = story.ask("show", "offered", record_id, "--store", f"{node}/registers.db")
        return dict(shown["record"])


def _is_born_then(record: Mapping[str, Any]) -> bool:
    return any(date[:4].isdecimal() and int(date[:4]) in YEARS for date in record.get("birth_dates", ()))


def _copies(story: Story, office: Member) -> int:
    return sum(each["epoch"] > 0 for each in story.do(office, "watch", circle=""))


def _hits_by_record(story: Story, office: Member) -> Known:
    known: Known = defaultdict(lambda: defaultdict(set))
    for each in hits(story, office):
        known[each["record_id"]][each["member"]].add(each["handle"])
    return known


def _few(texts: Sequence[str]) -> str:
    return "; ".join(texts[:3])
