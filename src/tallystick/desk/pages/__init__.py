"""The pages of the desk: one module for each matter. `routes` is all of them."""

from tallystick.desk.pages import (
    cases,
    circles,
    copies,
    encounters,
    home,
    imports,
    judging,
    keys,
    log,
    oversight,
    provided,
    registers,
    report,
    reports,
    sharing,
    shown,
    signing_in,
    staff,
)
from tallystick.desk.visits import DeskRoute


def routes() -> list[DeskRoute]:
    """Return every page."""
    return [
        *signing_in.ROUTES, *provided.ROUTES, *keys.ROUTES, *home.ROUTES, *shown.ROUTES, *cases.ROUTES, *copies.ROUTES,
        *encounters.ROUTES,
        *registers.ROUTES, *imports.ROUTES, *reports.ROUTES, *report.ROUTES, *judging.ROUTES, *sharing.ROUTES, *circles.ROUTES,
        *oversight.ROUTES, *log.ROUTES, *staff.ROUTES,
    ]  # fmt: skip
