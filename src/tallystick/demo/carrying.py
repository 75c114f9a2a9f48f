"""From the hit to its end, at the desks of two nodes: alert, decision, request, approval, outcome, recall, expiry.

Everything here is sent by forms of the desks, as the people of both offices would; what is shown is what their pages say.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tallystick.demo.desks import SignIn, Worker
from tallystick.demo.nodes import Member, Story

ASKED = ("names", "birth_dates", "nationalities")
APPROVED = ("names", "birth_dates")
KEPT_DAYS = "30"
_COUNTED = (
    "partner", "asked", "answered", "offered", "hits", "requests_sent", "answers_received", "requests_received", "answers_given",
    "without_outcome", "recalls_open",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """The hit that is carried on.

    Attributes:
        asker, holder: whose it is, and who has the other record.
        record_id, held_id: the records of both.
        register: of both.
            refill: imports the holder's record anew, with the day on which its time is over.
    """

    asker: Member
    holder: Member
    record_id: str
    held_id: str
    register: str
    refill: Callable[[Story, Member, str], None] = field(repr=False)


class Carrying:
    """The chapters after a hit, and what one of them knows from those before."""

    def __init__(self, hit: Hit, people: list[SignIn]) -> None:
        self._hit = hit
        self._people = {each.name: each for each in people}
        self._workers: dict[str, Worker] = {}
        self._mine = self._theirs = 0
        self.report: dict[str, Any] = {}
        self.played: list[dict[str, str]] = []

    def chapters(self) -> list[Callable[[Story], None]]:
        """Return the chapters in their order."""
        return [
            self.alert, self.decide, self.request, self.approve, self.report_outcome, self.recall, self.expire, self.close,
            self.coordinate,
        ]  # fmt: skip

    # --- chapters ----------------------------------------------------------------------------------------------------

    def alert(self, story: Story) -> None:
        """The hit is an alert at the desk of the asker; the holder learns of it only now."""
        asker, holder = self._hit.asker, self._hit.holder
        story.tell.title(f"The hit is an alert at the desk of {asker.id}. Its officer tells {holder.id}, and says why")
        row = self._found(story, asker, self._hit.record_id, self._hit.holder.id)
        self._mine = row["number"]
        self._act(story, "officer", asker, "tell", {"reason": "met at the station with false papers"}, "tells the holder")
        self._theirs = self._found(story, holder, self._hit.held_id, asker.id)["number"]
        seen = self._case(holder)
        story.tell.seen(
            {
                asker.id: (f"its own record {self._hit.record_id}, {row['weight_bits']:.0f} bits, whom to call at {holder.id}",
                           f"anything of the record of {holder.id}, not even its number"),
                holder.id: (f"that its record {self._hit.held_id} is of interest, and why: {seen['notice']}",
                            f"anything of the record of {asker.id}"),
                self._others(story): ("nothing", "that there is a case at all"),
            }
        )  # fmt: skip

    def decide(self, story: Story) -> None:
        """Two persons say that it is the same."""
        asker = self._hit.asker
        story.tell.title("Two persons decide. One alone is not enough: this circle demands two")
        said = {"verdict": "same", "reason": "name, year of birth and the face"}
        self._act(story, "officer", asker, "decide", said, "same person")
        one = self._case(asker)["verdict"]
        self._act(story, "approver", asker, "decide", said, "same person, too")
        story.tell.say(f"after the first: {one or 'no decision yet'}; after the second: {self._case(asker)['verdict']}")

    def request(self, story: Story) -> None:
        """Fields are asked for."""
        asker, holder = self._hit.asker, self._hit.holder
        story.tell.title(f"The officer of {asker.id} asks {holder.id} for three fields, for the purpose of the circle")
        self._act(story, "officer", asker, "request", {"fields": ASKED, "reason": "identity for the file"}, ", ".join(ASKED))
        held = self._case(asker)["copies"]
        story.tell.say(f"{asker.id} holds {'something' if held else 'nothing'} of {holder.id} yet: a request discloses nothing")

    def approve(self, story: Story) -> None:
        """Two persons of the holder approve, in part; exactly that is disclosed."""
        asker, holder = self._hit.asker, self._hit.holder
        story.tell.title(f"Two approvers of {holder.id} approve two of the three fields, under a handling code and a term")
        self._approved(story)
        shown = self._case(asker)
        self._show_fields(story, shown)
        copy = shown["copies"][-1]
        story.tell.seen(
            {
                asker.id: (f"{', '.join(copy['fields'])} under {copy['handling']}, until {copy['expires_at'][:10]}",
                           f"nationalities, which were not approved, and all that was not asked for"),
                holder.id: ("what it disclosed, to whom, when it arrived", f"the record {self._hit.record_id} of {asker.id}"),
                self._others(story): ("nothing", "who asked whom, and about whom"),
            }
        )  # fmt: skip

    def report_outcome(self, story: Story) -> None:
        """What came of it."""
        asker, holder = self._hit.asker, self._hit.holder
        story.tell.title("What came of it: nobody closes a hit without saying so, and the other side hears it")
        self._act(story, "officer", asker, "outcome", {"code": "acted", "note": "arrested on the warrant"}, "acted")
        heard = self._heard(story, holder, lambda case: case["outcome"] is not None)
        story.tell.say(f"at {holder.id} the case now says: {heard['outcome']['code']}, {heard['outcome']['note']}")

    def recall(self, story: Story) -> None:
        """What was disclosed is called back; the receiver acknowledges."""
        asker, holder = self._hit.asker, self._hit.holder
        story.tell.title(f"{holder.id} finds that what it disclosed was wrong, and calls it back")
        before = self._case(asker)["copies"][-1]["values"]
        self._act(story, "approver", holder, "recall", {"reason": "corrected"}, "recalls the disclosure")
        gone = self._heard(story, asker, lambda case: case["copies"][-1]["state"] == "recalled")["copies"][-1]
        story.tell.say(f"{asker.id} held {len(before)} fields; now it holds {len(gone['values'])}: its node has deleted them")
        waiting = self._case(holder)["copies"][-1]["acknowledged_at"]
        self._act(story, "officer", asker, "acknowledge", {"note": "taken out of file 12"}, "taken out of file 12")
        known = self._heard(story, holder, lambda case: case["copies"][-1]["acknowledged_at"])["copies"][-1]
        story.tell.say(
            f"{holder.id} saw {'an acknowledgement' if waiting else 'none'} before, and sees now: {known['acknowledged_at']}"
        )

    def expire(self, story: Story) -> None:
        """The data is asked for again; then the time of the record is over, and it goes everywhere."""
        asker, holder, held_id = self._hit.asker, self._hit.holder, self._hit.held_id
        story.tell.title(f"Asked for again and approved again; then the time of {holder.id}'s record is over: it goes everywhere")
        self._act(story, "officer", asker, "request", {"fields": APPROVED, "reason": "the corrected record"}, ", ".join(APPROVED))
        self._approved(story)
        self._hit.refill(story, holder, f"{datetime.now(UTC):%Y-%m-%d}")
        gone = self._heard(story, asker, lambda case: case["copies"][-1]["state"] != "held")["copies"][-1]
        page = f"/registers/{self._hit.register}/records/{quote(held_id)}"
        story.wait("the end of the record", lambda: not self._worker(f"officer-{holder.id}").is_shown(page))
        story.tell.seen(
            {
                holder.id: (f"that the copy at {asker.id} is gone", f"record {held_id}: it has left its register and its index"),
                asker.id: (f"that there was a copy, {gone['state']}", "any value of it"),
            }
        )  # fmt: skip

    def close(self, story: Story) -> None:
        """Both sides close the case."""
        asker, holder = self._hit.asker, self._hit.holder
        story.tell.title("Both close the case. Its history stays as long as the circle says, and in both logs for good")
        self._act(story, "officer", asker, "acknowledge", {"note": "nothing is left of it"}, "nothing is left of it")
        self._act(story, "officer", asker, "outcome", {"code": "acted", "note": "handed over to the court"}, "acted")
        self._heard(story, holder, lambda case: case["outcome"] and case["copies"][-1]["acknowledged_at"])
        for member in (asker, holder):
            self._act(story, "officer", member, "close", {"reason": "done"}, "done")
        rows = [(each["at"][11:19], each["what"], each["by"], each["text"]) for each in self._case(asker)["history"]]
        story.tell.table(("at", f"what the case of {asker.id} is", "by", "said"), rows, folding=(3,))

    def coordinate(self, story: Story) -> None:
        """The coordination report of both."""
        story.tell.title("Who asks, who answers, how fast, who hears back: the coordination report, without a person in it")
        for member in (self._hit.asker, self._hit.holder):
            report = self._worker(f"approver-{member.id}").look("/report")
            self.report[member.id] = report
            story.tell.say(f"as {member.id} sees it:")
            heads = ("partner", "asked", "answered", "offered", "hits", "requests", "replies", "theirs", "ours", "no outcome", "recalls")
            story.tell.table(heads, [[line[name] for name in _COUNTED] for line in report["lines"]])
        story.tell.say(
            "questions asked and answered; records offered; hits; requests of ours and their replies; theirs, and ours to them; hits "
            "without outcome, and recalls that nobody acknowledged: both are none"
        )

    # --- inside ------------------------------------------------------------------------------------------------------

    def _approved(self, story: Story) -> None:
        holder = self._hit.holder
        self._heard(story, holder, lambda case: case["row"]["stage"] == "requested")
        terms = {"fields": APPROVED, "europol": "H1", "tlp": "AMBER", "days": KEPT_DAYS, "reason": "necessary and proportionate"}
        self._act(story, "approver", holder, "approve", terms, f"{', '.join(APPROVED)}; H1 TLP:AMBER; {KEPT_DAYS} days")
        held = [copy for copy in self._case(self._hit.asker)["copies"] if copy["state"] == "held"]
        story.tell.say(f"one approval: {self._hit.asker.id} holds {'something' if held else 'nothing'} yet")
        self._act(story, "second", holder, "approve", terms, "the same")
        self._heard(story, self._hit.asker, lambda case: case["copies"] and case["copies"][-1]["values"])

    def _show_fields(self, story: Story, case: dict[str, Any]) -> None:
        found = case["verification"]
        rows = [
            (each["field"], _values(each["ours"]), _values(each["theirs"]), each["level"], f"{each['bits']:+.1f}")
            for each in found["fields"]
            if each["ours"] or each["theirs"]
        ]
        mine, theirs = self._hit.asker.id, self._hit.holder.id
        story.tell.table(("field", f"{mine} wrote", f"{theirs} disclosed", "agree", "bits"), rows, folding=(1, 2))
        story.tell.say(f"together {found['weight_bits']:.1f} bits: {found['decision']}; what it is, people have said")

    def _act(self, story: Story, who: str, at: Member, move: str, form: dict[str, Any], text: str) -> None:
        name = f"{who}-{at.id}"
        number = self._mine if at == self._hit.asker else self._theirs
        self._worker(name).send(f"/cases/{number}/{move}", form)
        story.tell.act(name, f"case {number}", f"{move}: {text}")
        self.played.append({"by": name, "did": move})

    def _worker(self, name: str) -> Worker:
        if name not in self._workers:
            self._workers[name] = Worker(self._people[name])
        return self._workers[name]

    def _case(self, at: Member) -> dict[str, Any]:
        number = self._mine if at == self._hit.asker else self._theirs
        found: dict[str, Any] = self._worker(f"officer-{at.id}").look(f"/cases/{number}")
        return found

    def _heard(self, story: Story, at: Member, is_so: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Wait until the case of a node says something; return the case."""
        story.wait(f"the case at {at.id}", lambda: bool(is_so(self._case(at))))
        return self._case(at)

    def _found(self, story: Story, at: Member, record_id: str, partner: str) -> dict[str, Any]:
        """Return the row of a case in the queue of a node, as soon as it is there."""
        rows: list[dict[str, Any]] = []

        def is_there() -> bool:
            after: int | None = 0
            while after is not None:
                page = self._worker(f"officer-{at.id}").look(f"/cases?show=all&partner={partner}&after={after}")
                rows.extend(each for each in page["cases"] if each["record_id"] == record_id)
                after = page["following"]
            return bool(rows)

        story.wait(f"the alert at {at.id}", is_there)
        return rows[-1]

    def _others(self, story: Story) -> str:
        return ", ".join(each.id for each in story.members if each not in {self._hit.asker, self._hit.holder})


def _values(written: list[dict[str, str]]) -> str:
    return "; ".join(each["text"] + (f" ({each['latin']})" if each["latin"] else "") for each in written[:2])

