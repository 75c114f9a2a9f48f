"""Drafts agreements and their next revisions, and says what a revision changes.

A draft is a node's own until it is signed for the first time; then it is a proposal, which all its members must sign.

Rules
 1. The next revision begins as what is in force, less the members that left; before anything is in force, as what was proposed.
 2. What a revision changes is computed from the documents, not from what somebody says it changes.

Spec: spec/exchange-v1.md, section 2.2.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tallystick.errors import InputError, RefusedError
from tallystick.exchange.agreement import Agreement, Card, Purpose
from tallystick.exchange.signing import Signed
from tallystick.node.circles import Circles
from tallystick.node.context import NodeContext

Plain = dict[str, Any]
TERMS = (
    "name", "legal_basis", "threshold_tenths", "epoch_days", "overlap_days", "retention_days", "bulk_points_per_epoch",
    "two_persons",
)  # fmt: skip
"""What a revision may change beside purposes and members."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a next revision shall change.

    Attributes:
        terms: new values of some `TERMS`.
        purposes: new ones, or other budgets of those there are.
        drop_purposes: codes of those that go.
        cards: new members, or new cards of those there are.
        remove: ids of members that go.
    """

    terms: dict[str, Any] = {}
    purposes: list[Purpose] = []
    drop_purposes: list[str] = []
    cards: list[Plain] = []
    remove: list[str] = []


class Drafting:
    """The drafts of one node."""

    def __init__(self, node: NodeContext, circles: Circles) -> None:
        self._node = node
        self._circles = circles

    def create(self, terms: Mapping[str, Any], purposes: Iterable[Purpose], delta_quantum: int) -> Plain:
        """Draft a circle: everything but its other members.

        Raises:
            RefusedError: there is one of that id.
        """
        name = terms["circle"]
        if name in self._circles.names() or self._draft(name):
            raise RefusedError(f"there is a circle {name} already", hint="take another id")
        draft: Plain = {
            "two_persons": False, **{each: terms[each] for each in ("circle", *TERMS) if each in terms},
            "delta_quantum": delta_quantum, "format": "x1", "suite": "ristretto255-SHA512",
            "parameters": self._node.parameters, "revision": 1, "previous": "",
            "purposes": sorted((_plain(each) for each in purposes), key=lambda each: str(each["code"])),
            "members": [_plain(self._node.card)],
        }  # fmt: skip
        self._node.state.put_value(f"draft/{name}", msgspec.json.encode(draft))
        return draft

    def propose(self, name: str, change: Change) -> tuple[Agreement, Signed]:
        """Sign a draft, or the next revision, with some changes; returns what all its members must sign.

        Raises:
            InputError: nothing changes, or the outcome is no agreement.
            RefusedError: this node would be put out.
        """
        before = self._draft(name) or self._next(name)
        after = _changed(before, change)
        if all(after[each] == before.get(each, False) for each in after) and not self._draft(name):
            raise InputError(f"nothing of circle {name} would change", hint="see `tallystick circle show`")
        if all(each["id"] != self._node.id for each in after["members"]):
            raise RefusedError("this node would put itself out", hint="leave with `tallystick circle leave`")
        try:
            proposal = msgspec.convert(after, Agreement)
        except msgspec.ValidationError as error:
            raise InputError(f"circle {name} cannot be proposed: {error}", hint="see spec/exchange-v1.md, section 2") from None
        signed = self._circles.propose(proposal)
        self._node.state.put_value(f"draft/{name}", b"")
        return proposal, signed

    def differences(self, after: Agreement) -> list[Plain]:
        """Return what an agreement changes against what is in force here: what, before, after; all empty before the first."""
        known = after.circle in self._circles.names()
        circle = self._circles.view(after.circle).circle if known else None
        if circle is None:
            return []
        before = circle.agreement
        codes = sorted({each.code for each in [*before.purposes, *after.purposes]})
        members = sorted({each.id for each in [*before.members, *after.members]})
        both = (before, after)
        pairs = [
            *((each, *(getattr(agreed, each) for agreed in both)) for each in (*TERMS, "suite", "parameters")),
            *((f"purpose {code}", *(_purpose_text(agreed, code) for agreed in both)) for code in codes),
            *((f"member {member}", *(_member_text(agreed, member) for agreed in both)) for member in members),
        ]
        return [{"what": what, "before": old, "after": new} for what, old, new in pairs if old != new]

    def _draft(self, name: str) -> Plain | None:
        found = self._node.state.value(f"draft/{name}")
        return msgspec.json.decode(found, type=dict[str, Any]) if found else None

    def _next(self, name: str) -> Plain:
        view = self._circles.view(name)
        if view.circle is None:
            return _plain(view.agreement)
        former = _plain(view.circle.agreement)
        members = [each for each in former["members"] if each["id"] not in view.circle.left]
        return {**former, "members": members, "revision": former["revision"] + 1, "previous": view.circle.digest}


def _changed(draft: Plain, change: Change) -> Plain:
    unknown = [each for each in change.terms if each not in TERMS]
    codes = {each["code"] for each in draft["purposes"]}
    members = {each["id"] for each in draft["members"]}
    for what in [*unknown, *set(change.drop_purposes).difference(codes), *set(change.remove).difference(members)]:
        raise InputError(f"circle {draft['circle']} has no {what}", hint="see `tallystick circle show`")
    purposes = {each["code"]: each for each in [*draft["purposes"], *map(_plain, change.purposes)]}
    cards = {each["id"]: each for each in [*draft["members"], *change.cards]}
    return {
        **draft, **change.terms,
        "purposes": [purposes[code] for code in sorted(purposes.keys() - set(change.drop_purposes))],
        "members": [cards[member] for member in sorted(cards.keys() - set(change.remove))],
    }  # fmt: skip


def _purpose_text(agreed: Agreement, code: str) -> str:
    return next(
        (
            f"{each.text}; {each.points_per_day:,} points a day, {each.points_per_epoch:,} an epoch, {each.burst:,} at once"
            for each in agreed.purposes
            if each.code == code
        ),
        "",
    )


def _member_text(agreed: Agreement, member: str) -> str:
    return next((f"{each.name}, {each.url}, {each.signing_key[:16]}" for each in agreed.members if each.id == member), "")


def _plain(document: Card | Agreement | Purpose) -> Plain:
    made: Plain = msgspec.to_builtins(document)
    return made
