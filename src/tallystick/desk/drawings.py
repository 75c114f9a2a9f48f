"""Where things stand in the drawings of the desk: plain figures, which templates/drawings.html turns into SVG.

Colours and type are in the style sheet (classes); every drawing stands beside a table that says the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WIDTH, _HEIGHT, _FLAT = 560, 340, 150
_AROUND = (200.0, 118.0)
_IN_A_LINE = 2
_BELOW, _ABOVE = 32.0, -24.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member stands in the drawing of a circle, and how it is drawn (`kind`, `line`: classes)."""

    label: str
    is_me: bool
    kind: str
    line: str
    x: float
    y: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawing of a circle: its size, its middle and who stands where."""

    width: int
    height: int
    x: float
    y: float
    places: tuple[Place, ...]


def circle(members: Sequence[Mapping[str, Any]]) -> Graph:
    """Place the members of a circle around this node, which stands in the middle.

    Args:
        members: as `circle_show` says them.
    """
    others = [each for each in members if not each["me"]]
    is_flat = len(others) <= _IN_A_LINE
    height = _FLAT if is_flat else _HEIGHT
    x, y = _WIDTH / 2, height / 2
    found = [_place(each, x, y, _BELOW) for each in members if each["me"]]
    for number, each in enumerate(others):
        angle = 2 * math.pi * number / len(others) - (0 if is_flat else math.pi / 2)
        down = round(math.sin(angle), 6)
        found.append(_place(each, x + _AROUND[0] * math.cos(angle), y + _AROUND[1] * down, _BELOW if down >= 0 else _ABOVE))
    return Graph(_WIDTH, height, x, y, tuple(found))


def _place(member: Mapping[str, Any], x: float, y: float, label: float) -> Place:
    kind = "me" if member["me"] else "left" if member.get("left") else "member"
    line = "followed" if member.get("fetched_at") else "unfollowed"
    return Place(member["id"], bool(member["me"]), kind, line, round(x, 1), round(y, 1), round(y + label, 1))
