"""The description of the desk's interface, served: `/openapi.json`."""

from functools import cache
from typing import Any

from tallystick.desk import pages
from tallystick.desk.programs import matching, provider, reconciling
from tallystick.desk.programs.calls import Call, ProgramRoute
from tallystick.desk.programs.describing import describe


@cache
def description() -> dict[str, Any]:
    """Return it."""
    return describe(pages.routes(), program_routes())


def interface(_call: Call) -> dict[str, Any]:
    """Describe the interface of the desk (OpenAPI); it is the same at every node of this version."""
    return description()


def program_routes() -> list[ProgramRoute]:
    """Return every route for programs."""
    return [*ROUTES, *matching.ROUTES, *reconciling.ROUTES, *provider.ROUTES]


ROUTES = (ProgramRoute("program-interface", "GET", "/openapi", interface, dict[str, Any]),)
