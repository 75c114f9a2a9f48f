"""Circles and partners: who agreed on what, how fresh their indexes are, what they may still ask."""

from typing import Any

from tallystick.desk.visits import Answer, DeskRoute, Page, Visit
from tallystick.errors import UnknownCircleError


def circles(visit: Visit) -> Answer:
    """Show all circles."""
    return Page(template="circles", data={"circles": visit.do("circle_show", circle="")})


def circle(visit: Visit) -> Answer:
    """Show one circle: members, purposes, budgets, what is offered, how fresh each index is."""
    name = visit.path["circle"]
    found: list[dict[str, Any]] = [each for each in visit.do("circle_show", circle="") if each["circle"] == name]
    if not found:
        raise UnknownCircleError(f"there is no circle {name} here", hint="see the list of circles")
    return Page(template="circle", data=found[0])


ROUTES = (
    DeskRoute("circles", "GET", "/circles", circles),
    DeskRoute("circle", "GET", "/circles/{circle}", circle),
)
