"""Circles and partners: who agreed on what, how fresh their indexes are, what they may still ask."""

from typing import Any

import msgspec

from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Visit
from tallystick.errors import UnknownCircleError


class TwoPersons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether decisions and approvals in a circle need two persons."""

    demanded: bool = False


def circles(visit: Visit) -> Answer:
    """Show all circles."""
    return Page(template="circles", data={"circles": visit.do("circle_show", circle="")})


def circle(visit: Visit) -> Answer:
    """Show one circle: members, purposes, budgets, what is offered, how fresh each index is."""
    name = visit.path["circle"]
    found: list[dict[str, Any]] = [each for each in visit.do("circle_show", circle="") if each["circle"] == name]
    if not found:
        raise UnknownCircleError(f"there is no circle {name} here", hint="see the list of circles")
    demanded = visit.node.casework.two_persons(name)
    return Page(template="circle", data={**found[0], "two_persons_here": demanded.here})


def two_persons(visit: Visit) -> Answer:
    """Say whether cases that are opened from now on need two persons."""
    name = visit.path["circle"]
    visit.node.casework.set_two_persons(visit.actor, name, demanded=visit.given.demanded)
    return Moved(to=f"/circles/{name}", data={"circle": name, "two_persons": visit.given.demanded})


ROUTES = (
    DeskRoute("circles", "GET", "/circles", circles),
    DeskRoute("circle", "GET", "/circles/{circle}", circle),
    DeskRoute("circle-two-persons", "POST", "/circles/{circle}", two_persons, TwoPersons),
)
