"""Options that several commands share, so that they are called and explained alike everywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tallystick.wiring import DESK, LISTS, MEMORY, METRICS, NODE, REPORTS, STORE, Setting

_F = TypeVar("_F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path, dir_okay=False)


def store_option(command: _F) -> _F:
    """Add --store."""
    return _setting(STORE, "URL", STORE.meaning[0].upper() + STORE.meaning[1:] + ".")(command)


def _setting(setting: Setting, metavar: str, text: str) -> Callable[[_F], _F]:
    """Return the option of a setting; the environment variable does the same."""
    return click.option(
        setting.option,
        metavar=metavar,
        envvar=setting.variable,
        default=setting.default,
        show_default=True,
        show_envvar=True,
        help=text,
    )


def names_option(command: _F) -> _F:
    """Add --with-names to a command."""
    words = "Put the first name of each record beside its id, for people who look at the rows."
    return click.option("--with-names", is_flag=True, help=words)(command)


def json_option(command: _F) -> _F:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of a table for people.")(command)


def node_option(command: _F) -> _F:
    """Add --node."""
    return _setting(NODE, "DIR", NODE.meaning[0].upper() + NODE.meaning[1:] + ".")(command)


def desk_option(command: _F) -> _F:
    """Add --desk."""
    return _setting(DESK, "[HOST:]PORT", "Serve the desk of its own people there, too; a port alone is on the loopback.")(command)


def metrics_option(command: _F) -> _F:
    """Add --metrics."""
    return _setting(METRICS, "[HOST:]PORT", "Serve metrics and health for an operator's tools there, too; only on the loopback.")(
        command
    )


def lists_option(command: _F) -> _F:
    """Add --lists."""
    return _setting(LISTS, "DIR", "A folder of published lists, one for each of the four; else invented persons play.")(command)


def reports_option(command: _F) -> _F:
    """Add --reports."""
    return _setting(REPORTS, "DIR", REPORTS.meaning[0].upper() + REPORTS.meaning[1:] + ".")(command)


def longest_option(command: _F) -> _F:
    """Add --longest."""
    text = "How many characters the text of a document may have; one with more is left out."
    characters = click.IntRange(1, 1 << 28)
    return click.option("--longest", metavar="CHARS", type=characters, default=20_000_000, show_default=True, help=text)(command)


def circle_option(command: _F) -> _F:
    """Add --circle."""
    return click.option("--circle", metavar="CIRCLE", default="", help="Which circle; not needed where there is only one.")(
        command
    )


def officer_option(command: _F) -> _F:
    """Add --officer."""
    text = "Who does it: a pseudonym, which goes into the log and to the partner; only this organisation can resolve it."
    return click.option("--officer", metavar="PSEUDONYM", required=True, help=text)(command)


def purpose_option(command: _F) -> _F:
    """Add --purpose."""
    text = "A purpose the circle agreed on; not needed where there is only one."
    return click.option("--purpose", metavar="CODE", default="", help=text)(command)


def parameters_options(command: _F) -> _F:
    """Add --parameters and --frequencies."""
    command = click.option("--frequencies", type=FILE, help="How rare name parts are, instead of the shipped table.")(command)
    return click.option("--parameters", type=FILE, help="Weights and thresholds, instead of the shipped ones.")(command)


def min_bits_option(command: _F) -> _F:
    """Add --min-bits."""
    return click.option("--min-bits", type=float, metavar="BITS", help="Give non-links, too, that weigh at least this.")(command)


def quarantine_option(command: _F) -> _F:
    """Add --quarantine."""
    text = "Keep lines that are no records in this file, with the reason. Without it they are only counted."
    return click.option("--quarantine", type=FILE, help=text)(command)


def memory_option(command: _F) -> _F:
    """Add --memory."""
    return _setting(MEMORY, "SIZE", "How much memory the join of --engine duckdb may take.")(command)
