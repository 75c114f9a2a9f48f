"""The pages of the desk: one module for each matter. `routes` is all of them."""

from tallystick.desk.pages import circles, hits, home, log, registers, signing_in, staff
from tallystick.desk.visits import DeskRoute


def routes() -> list[DeskRoute]:
    """Return every page."""
    return [
        *signing_in.ROUTES, *home.ROUTES, *registers.ROUTES, *hits.ROUTES, *circles.ROUTES, *log.ROUTES, *staff.ROUTES,
    ]  # fmt: skip
