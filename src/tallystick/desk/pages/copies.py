"""The copies that are held of what partners disclosed: what each may be used for, and which may be passed on."""

from typing import Any, Literal, TypedDict

import msgspec

from tallystick.desk.visits import Answer, DeskRoute, Page, Position, Visit
from tallystick.node.casework.commands import plain
from tallystick.node.casework.views import HeldCopy
from tallystick.review.handling import Use

_A_PAGE = 50


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Copies that may be used so; all where it is not said."""

    use: Literal["", "look", "proceedings", "pass-on", "publish"] = ""
    after: Position = 0


class Copies(TypedDict):
    """What was asked, the copies, how many there are in all, and where the next page begins."""

    asked: Which
    copies: list[HeldCopy]
    total: int
    following: int | None


def copies(visit: Visit) -> Answer:
    """Show the copies that are held, those that expire soonest first."""
    asked: Which = visit.given
    found = visit.node.casework.held_copies(visit.actor, Use(asked.use) if asked.use else None)
    end = asked.after + _A_PAGE
    shown: dict[str, Any] = {
        "asked": msgspec.to_builtins(asked), "copies": [plain(each) for each in found[asked.after : end]], "total": len(found),
        "following": end if end < len(found) else None,
    }  # fmt: skip
    return Page(template="copies", data=shown)


ROUTES = (DeskRoute("copies", "GET", "/copies", copies, Which, gives=Copies),)
