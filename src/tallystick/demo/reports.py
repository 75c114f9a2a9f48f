"""The chapter of the reports: two texts about one thing, one origin each, and a name in one of them that becomes a hit.

Both texts are made up, in the shape of pages that quote each other: an agency line, leaks, an unnamed official, a comment form.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.demo.nodes import Member, Story

READER = "south-3"
RING = """Ring moves paintings through the harbour

Brussels, Nov 12 (IANS): A ring moved about 300 paintings and over 40 icons through Port Norland this year, according to leaks \
from Radio Norland, EFE reported.

At least 12 of the paintings could be on their way to Westland, the radio said.

Mounir Touzani, 51, a dealer, rented two of the storehouses.

Leave a Comment

I know the dealer, he sold 5,000 paintings to my uncle.
"""
HARBOUR = """Police look at storehouses in the harbour

Port Norland, Nov 14 – Hundreds of paintings lay in the storehouses of the harbour, an official told Harbour Courier.

The official denied that icons were found.

Disclaimer

This page is made by machines and may be wrong.
"""
_SHORT = 8


class Read:
    """What a reader of one node makes of the two texts.

    Attributes:
        outcome: what came of it, for programs.
    """

    def __init__(self, reader: Member) -> None:
        """Take the node whose people read."""
        self._node = reader
        self.outcome: dict[str, Any] = {}

    def chapter(self, story: Story) -> None:
        """Read, count, judge, and ask about who is named."""
        story.tell.title(f"A reader of {self._node.id} has two reports. One quotes a leak over four steps; does the other confirm it?")
        ring, harbour = (self._handed_in(story, name, text) for name, text in (("ring", RING), ("harbour", HARBOUR)))
        self._read(story, ring, harbour)
        self._judge(story, ring, harbour)
        self._follow(story)

    def _handed_in(self, story: Story, name: str, text: str) -> str:
        (story.folder / f"{name}.txt").write_text(text, encoding="utf-8")
        said = story.ask("report", "hand-in", f"{name}.txt", *self._by())
        return str(said["added"][0]["id"])[:_SHORT]

    def _read(self, story: Story, ring: str, harbour: str) -> None:
        shelf = ("--reports", f"{self._node.id}/reports")
        story.run("report", "chain", ring, *shelf)
        said = [each["claim"] for report in (ring, harbour) for each in story.ask("report", "claims", report, *shelf)["claims"]]
        rows = [(_surely(each), _quantities(each), each["quote"]) for each in said]
        story.tell.table(("how surely", "how many", "claimed"), rows, folding=(1, 2))
        story.tell.say("What stands in the comment form claims nothing. Every number keeps its qualifier, every sentence how sure it is.")
        story.run("report", "origins", ring, harbour, *shelf)
        edges = story.ask("report", "chain", ring, *shelf)["edges"]
        counted = story.ask("report", "origins", ring, harbour, *shelf)["origins"]
        story.tell.say(
            f"{len(edges)} steps and one origin. The official of the other text may be the one who leaked: at least "
            f"{counted['at_least']} independent origin, so the second text does not confirm the first."
        )
        self.outcome |= {"steps": len(edges), "at_least": counted["at_least"], "at_most": counted["at_most"]}

    def _judge(self, story: Story, ring: str, harbour: str) -> None:
        one, other = (self._first_claim(story, each) for each in (ring, harbour))
        words = ("report", "grade", one, "1", "--alike", other, "--reason", "two papers say so", *self._by())
        refused = story.refusal(*words)
        self.outcome["confirmed"] = not refused
        story.tell.command(words, refused)
        story.run("report", "grade", one, "3", "--reason", "one unnamed origin", *self._by(), shown=False)
        story.tell.say("Graded 3 instead, possibly true. Who graded it, and when, is in the log of the node.")

    def _first_claim(self, story: Story, report: str) -> str:
        found = story.ask("report", "claims", report, "--reports", f"{self._node.id}/reports")["claims"]
        return f"{report}:{found[0]['id'][:_SHORT]}"

    def _follow(self, story: Story) -> None:
        story.tell.say("One of the texts names a dealer. Screened against the node's own register:")
        story.run("report", "rescreen", *self._by())
        mentions = story.ask("report", "mentions", *self._by())
        number = str(mentions[0]["number"])
        story.run("report", "decide", number, "confirmed", "--reason", "name and age", *self._by(), shown=False)
        follow = ("--country", "be", "--time", "2026-11-12", "--reason", "named in a report", *self._by())
        story.run("report", "follow", number, *follow, codes=(0, 1))
        (kept,) = [each for each in story.ask("report", "mentions", *self._by()) if str(each["number"]) == number]
        self.outcome |= {"mention": kept["record_id"], "became": [each["what"] for each in kept["history"]]}
        story.tell.seen({"its partners": ("that south asked, and holders of hits: that their man was met in a report", "the report")})

    def _by(self) -> Sequence[str]:
        return ("--officer", READER, "--node", self._node.id)


def _surely(claim: Mapping[str, Any]) -> str:
    return str(claim["modality"]) + (", negated" if claim["polarity"] == "negated" else "")


def _quantities(claim: Mapping[str, Any]) -> str:
    return "; ".join(map(_quantity, claim["quantities"]))


def _quantity(said: Mapping[str, Any]) -> str:
    number = f"{said['number']:,}"
    return " ".join((f"{number} or more" if said["qualifier"] == "many" else f"{said['qualifier']} {number}", said["unit"]))
