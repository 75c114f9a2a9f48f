"""Plays a story: nodes and circle, the desks with their people, the hits, and from there to the end, by itself or by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tallystick.demo.carrying import Carrying, Hit
from tallystick.demo.circle import demand_two_persons, prove
from tallystick.demo.desks import SignIn, add_people
from tallystick.demo.invented import Invented
from tallystick.demo.lists import Listed, found
from tallystick.demo.nodes import Member, Story, emptied
from tallystick.demo.reports import Read
from tallystick.demo.telling import Teller

Chapter = Callable[[Story], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be played.

    Attributes:
        folder: everything is made below it.
        lists: folder of published lists; None for invented persons.
        plays_on: whether the story carries the hit to its end by itself.
        stay: called with the people who may sign in, once the desks are theirs; returns when the nodes are to end.
    """

    folder: Path
    lists: Path | None
    plays_on: bool
    stay: Callable[[list[SignIn]], None]


class Tale(Protocol):
    """One story."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The four."""
        ...

    @property
    def shown(self) -> Member:
        """Whose log is shown."""
        ...

    def begin(self) -> list[Chapter]:
        """Return the chapters before the desks open."""
        ...

    def chapters(self) -> list[Chapter]:
        """Return the chapters up to the hits."""
        ...

    def hit(self) -> Hit:
        """Return the hit that is carried on."""
        ...

    def read(self) -> Read | None:
        """Return the chapter of the reports; None where the story has none."""
        ...


def play(plan: Plan, teller: Teller) -> None:
    """Play a story, and end every node it started, whatever ends it.

    Raises:
        RefusedError: the folder holds something that no demo made.
        UnavailableError: something did not come about.
    """
    lists = found(plan.lists, teller)
    tale: Tale = Listed(lists) if lists else Invented()
    emptied(plan.folder)
    story = Story(plan.folder, tale.members, teller)
    try:
        _played(story, tale, plan)
    finally:
        story.end()


def _played(story: Story, tale: Tale, plan: Plan) -> None:
    for chapter in tale.begin():
        chapter(story)
    demand_two_persons(story)
    people = add_people(story)
    for chapter in tale.chapters():
        chapter(story)
    outcome: dict[str, Any] = {"folder": str(story.folder), "nodes": [_node(story, each) for each in story.members]}
    if plan.plays_on:
        carrying = Carrying(tale.hit(), people)
        for chapter in carrying.chapters():
            chapter(story)
        outcome |= {"played": carrying.played, "reports": carrying.report}
    if reports := tale.read():
        reports.chapter(story)
        outcome["read"] = reports.outcome
    story.tell.title("What was done can be proven: each node's log is a Merkle tree, its head cosigned by the three others")
    outcome["logs"] = prove(story, tale.shown)
    if not plan.plays_on:
        outcome["people"] = [{"at": each.address, "name": each.name, "password": each.password, "secret": each.secret} for each in people]
    story.tell.end(outcome)
    if not plan.plays_on:
        plan.stay(people)


def _node(story: Story, member: Member) -> dict[str, str]:
    return {"id": member.id, "name": member.name, "desk": story.desk(member)}
