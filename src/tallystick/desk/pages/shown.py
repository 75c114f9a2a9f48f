"""What a form answered and no other page shows, while it is kept: a starting password, a copy taken out."""

from tallystick.desk.access import may
from tallystick.desk.visits import Answer, DeskRoute, Page, Visit
from tallystick.errors import NotAuthorizedError


def shown(visit: Visit) -> Answer:
    """Show an answer again, to whom it was made for, while they may still see it; nothing is done again."""
    found = visit.kept(visit.path["shown"])
    if not may(found.route, visit.known[1]):
        raise NotAuthorizedError("this page is not for your role", hint="ask an administrator if it should be")
    if isinstance(found.answer, Page):
        found.answer.still()
    return found.answer


ROUTES = (DeskRoute("shown", "GET", "/shown/{shown}", shown),)
