"""Hits of this node, and own records that partners opened."""

from typing import Literal

import msgspec

from tallystick.desk.visits import Answer, DeskRoute, Page, Visit

_MOST = 200


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which hits somebody wants to see."""

    circle: str = ""
    state: Literal["", "new", "redeemed", "withdrawn"] = ""


def hits(visit: Visit) -> Answer:
    """Show hits, newest first."""
    asked: Which = visit.given
    found = visit.do("hits", circle=asked.circle, state=asked.state)
    shown = {
        "asked": msgspec.to_builtins(asked), "hits": found["hits"][:_MOST], "more": max(len(found["hits"]) - _MOST, 0),
        "opened": found["opened"][:_MOST], "circles": [each["circle"] for each in visit.do("circle_show", circle="")],
    }  # fmt: skip
    return Page(template="hits", data=shown)


ROUTES = (DeskRoute("hits", "GET", "/hits", hits, Which),)
