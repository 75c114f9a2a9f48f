"""Interfaces for programs: the own registers as others' clients ask for them. `program_routes` is all of them."""

from tallystick.desk.programs import matching, reconciling
from tallystick.desk.programs.calls import ProgramRoute


def program_routes() -> list[ProgramRoute]:
    """Return every route for programs."""
    return [*matching.ROUTES, *reconciling.ROUTES]
