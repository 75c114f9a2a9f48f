"""What both stories share: nodes are made, agree on a circle, and prove at the end what was done."""

import json
from collections import Counter
from typing import Any

from tallystick.demo.nodes import CIRCLE, Member, Story, free_port


def make_node(story: Story, member: Member) -> None:
    """Make a node with keys of its own; the first one is shown."""
    known_as = ("--id", member.id, "--name", member.name, "--url", f"https://127.0.0.1:{free_port()}")
    told = ("--contact", f"liaison desk of {member.id}", "--case-class", member.case_class, "--node", member.id)
    story.run("node", "init", *known_as, *told, shown=member is story.members[0])
    story.run("node", "card", "--node", member.id, "--out", f"{member.id}.card", shown=False)


def agree(story: Story, legal_basis: str, purpose: str, *more: str) -> None:
    """Make one circle, signed by all, and serve the nodes."""
    first, *others = [member.id for member in story.members]
    story.run("circle", "create", CIRCLE, "--legal-basis", legal_basis, "--purpose", purpose, *more, "--node", first)
    story.run("circle", "invite", CIRCLE, *(f"{each}.card" for each in others), "--out", "border.agreement", "--node", first)
    for each in others:
        story.run("circle", "join", "border.agreement", "--yes", "--node", each, shown=each == others[0])
    for member in story.members:
        story.serve(member)
    story.wait("the nodes", lambda: all(story.serves(member) for member in story.members))
    took = story.wait("the circle", lambda: all(_is_in_force(story, each) for each in story.members))
    story.tell.say(
        f"four nodes run as four processes, and gave each other their signatures over TLS 1.3: in force after {took:.0f} s"
    )


def demand_two_persons(story: Story) -> None:
    """Let every member demand two persons."""
    for member in story.members:
        story.do(member, "case_two_persons", circle=CIRCLE, demanded=True, officer="operator", role="administrator")


def custody(member: Member, purpose: str, legal_basis: str) -> tuple[str, ...]:
    """Return who answers for a register, what for and by what right, and where it is, as `import` takes it."""
    said = ("--owner", member.name, "--purpose", purpose, "--legal-basis", legal_basis)
    return ("--store", f"{member.id}/registers.db", *said)


def watches(story: Story, member: Member, persons: int) -> bool:
    """Tell whether a node has all its persons looked up at all partners."""
    found = story.do(member, "watch", circle="")
    return [each["watched"] for each in found] == [persons] * (len(story.members) - 1)


def copies(story: Story, owner: Member) -> dict[str, tuple[int, int]]:
    """Return the epoch and the number of the newest delta of the copies of an index, by who holds it."""
    found = {each.id: story.do(each, "watch", circle="") for each in story.members}
    return {node: (each["epoch"], each["delta"]) for node, held in found.items() for each in held if each["member"] == owner.id}


def hits(story: Story, member: Member) -> list[dict[str, Any]]:
    """Return the hits of a node."""
    return list(story.do(member, "hits")["hits"])


def index_bytes(story: Story, member: Member) -> int:
    """Return the bytes of the sealed indexes that a node holds, its own too."""
    return sum(path.stat().st_size for path in (story.folder / member.id / "indexes" / CIRCLE).glob("*/1/base-*"))


def points(story: Story, member: Member, kind: str) -> Counter[str]:
    """Return the points of questions in a node's log, by partner."""
    text = story.run("audit", "show", f"{member.id}/log", "--type", kind, "--last", "1000000", "--json", shown=False)
    counted: Counter[str] = Counter()
    for line in text.splitlines():
        entry = json.loads(line)["entry"]
        counted[entry["peer"]] += entry["points"]
    return counted


def prove(story: Story, shown: Member) -> list[dict[str, Any]]:
    """Verify every log as a supervisor would; show the end of one. Returns what was found, by node."""
    cards = {each.id: json.loads((story.folder / f"{each.id}.card").read_text(encoding="utf-8")) for each in story.members}
    proven = []
    for member in story.members:
        found = _verified(story, member, cards)
        cosigned = sorted(each["witness"].split("/")[1] for each in found["cosigned"])
        story.tell.say(
            f"{member.id + ':':7} {found['size']:>5,} entries, tree and signature hold; cosigned by {', '.join(cosigned)}"
        )
        proven.append({"node": member.id, "entries": found["size"], "cosigned": cosigned})
    story.wait("logs that agree", lambda: _points_agree(story))
    story.tell.say("for each pair, both logs hold the same number of points: what one asked the other answered")
    story.run("audit", "show", f"{shown.id}/log", "--type", "query-asked", "--last", "3")
    story.tell.say(
        f"The log of {shown.id} holds a commitment to each question: a supervisor who is given its salt can check whom it was "
        "about."
    )
    return proven


def _verified(story: Story, member: Member, cards: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Verify a node's log with the keys of the cards; a head that is only just signed is waited for."""
    witnesses = [word for each in cards if each != member.id for word in ("--witness", cards[each]["witness_key"])]
    words = ("audit", "verify", f"{member.id}/log", "--key", cards[member.id]["log_key"], *witnesses, "--quorum", "0")
    seen: list[dict[str, Any]] = []

    def is_cosigned() -> bool:
        seen.append(story.ask(*words) or {"cosigned": []})
        return len(seen[-1]["cosigned"]) == len(story.members) - 1

    story.wait("cosignatures", is_cosigned)
    return seen[-1]


def _is_in_force(story: Story, member: Member) -> bool:
    found = story.do(member, "circle_show", circle="")
    return bool(found) and found[0]["standing"] == "in force"


def _points_agree(story: Story) -> bool:
    asked = {(node.id, peer): n for node in story.members for peer, n in points(story, node, "query-asked").items()}
    answered = {(peer, node.id): n for node in story.members for peer, n in points(story, node, "query-answered").items()}
    return asked == answered
