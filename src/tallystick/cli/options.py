"""Options that several commands share, so that they are called and explained alike everywhere."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tallystick.wiring import STORE

_F = TypeVar("_F", bound=Callable[..., Any])


def store_option(command: _F) -> _F:
    """Add --store."""
    return click.option(
        STORE.option,
        metavar="URL",
        envvar=STORE.variable,
        default=STORE.default,
        show_default=True,
        show_envvar=True,
        help=STORE.meaning[0].upper() + STORE.meaning[1:] + ".",
    )(command)


def json_option(command: _F) -> _F:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of a table for people.")(command)
