"""Encounters: who was met, where and when; recording one asks the own registers and the circles at once."""

from functools import partial
from typing import TypedDict

import msgspec

from tallystick.desk.pages.cases import number_of
from tallystick.desk.visits import Answer, DeskRoute, Moved, Page, Visit
from tallystick.errors import InputError
from tallystick.model.encounter import KINDS, Encounter
from tallystick.node.casework import Search
from tallystick.node.casework.commands import plain
from tallystick.node.casework.people_views import PersonView
from tallystick.node.casework.views import EncounterView
from tallystick.node.finding import typed_query
from tallystick.review.clocks import Urgency
from tallystick.review.events import Verdict

_MOST = 50


class Met(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An encounter as it is typed."""

    name: str
    kind: str
    country: str
    time: str
    reason: str
    born: str = ""
    number: str = ""
    place: str = ""
    purpose: str = ""
    circles: tuple[str, ...] = ()
    urgency: Urgency | None = None


class Identify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether who was met is an own record."""

    register: str
    record_id: str
    verdict: Verdict
    reason: str


class Fresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it was just recorded."""

    new: bool = False


class One(TypedDict):
    """One encounter, and whether it was just recorded."""

    encounter: EncounterView
    is_new: bool


def encounters(visit: Visit) -> Answer:
    """Show encounters, newest first, and the form for a new one."""
    found = [plain(each) for each in visit.node.casework.encounters(visit.actor, _MOST)]
    agreed = _circles(visit)
    purposes = {each["code"]: each["text"] for circle in agreed.values() for each in circle["purposes"]}
    shown = {
        "encounters": found, "kinds": list(KINDS), "urgencies": [each.value for each in Urgency], "purposes": purposes,
        "circles": {name: each["name"] for name, each in agreed.items()}, "country": visit.node.country,
        "today": f"{visit.node.now():%Y-%m-%dT%H:%MZ}",
    }  # fmt: skip
    return Page(template="encounters", data=shown)


def added(visit: Visit) -> Answer:
    """Record an encounter and show who knows the person."""
    given: Met = visit.given
    met = Encounter(
        person=typed_query(given.name, born=given.born, number=given.number), kind=given.kind, country=given.country.lower(),
        time=given.time, place=given.place,
    )  # fmt: skip
    agreed = {name: [each["code"] for each in circle["purposes"]] for name, circle in _circles(visit).items()}
    codes = sorted({code for found in agreed.values() for code in found})
    if not given.purpose and len(codes) != 1:
        raise InputError("it is not said for which purpose", hint="choose one the circles agreed on")
    purpose = given.purpose or codes[0]
    circles = given.circles or tuple(name for name, found in agreed.items() if purpose in found)
    search = Search(circles=circles, purpose=purpose, reason=given.reason, urgency=given.urgency)
    view = visit.node.casework.record_encounter(visit.actor, met, search)
    return Moved(to=f"/encounters/{view.number}?new=true", data={"encounter": plain(view), "is_new": True})


def encounter(visit: Visit) -> Answer:
    """Show one encounter, with whom the own registers have now."""
    look = partial(visit.node.lookups.search_at_desk, visit.actor, "")
    view = visit.node.casework.encounter(visit.actor, number_of(visit), look)
    is_new = isinstance(visit.given, Fresh) and visit.given.new  # the form of this page is shown again with what was typed
    words = {each.partner: visit.node.words_of(each.circle, each.partner, view.purpose) for each in view.asked}
    names = {partner: name for partner, (name, _) in words.items()}
    purpose = next((text for _, text in words.values() if text), "")
    shown = {"encounter": plain(view), "is_new": is_new, "partner_names": names, "purpose_text": purpose}
    return Page(template="encounter", data=shown)


def identified(visit: Visit) -> Answer:
    """Say whether who was met is an own record."""
    given: Identify = visit.given
    place = (given.register, given.record_id)
    view = visit.node.casework.identify(visit.actor, number_of(visit), *place, verdict=given.verdict, reason=given.reason)
    said = plain(view)
    assert isinstance(said, dict)  # noqa: S101 - a view is one
    return Moved(to=f"/encounters/{number_of(visit)}", data=said)


def _circles(visit: Visit) -> dict[str, dict[str, list[dict[str, str]]]]:
    return {each["circle"]: each for each in visit.do("circle_show", circle="") if each["standing"] == "in force"}


ROUTES = (
    DeskRoute("encounters", "GET", "/encounters", encounters),
    DeskRoute("encounter-add", "POST", "/encounters", added, Met, gives=One, form_on=encounters),
    DeskRoute("encounter", "GET", "/encounters/{number}", encounter, Fresh, gives=One),
    DeskRoute(
        "encounter-identify", "POST", "/encounters/{number}/identify", identified, Identify, gives=PersonView, form_on=encounter
    ),
)
