"""The few functions of the package that a benchmark calls without a command around them; each named here and nowhere else.

What is not there (yet) skips the benchmark that needs it.
"""

import importlib
import json
from collections.abc import Callable
from typing import Any

from bench.lib.places import SkippedError


def _get(module: str, name: str) -> Any:  # noqa: ANN401
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise SkippedError(f"{module} has no {name}") from None


def name_pair() -> tuple[Callable[[str, str], float], float | None]:
    """What two names alone say, in bits, and the one threshold that is shipped for it (None: there is none)."""
    bits: Callable[[str, str], float] = _get("tallystick.matching", "name_pair_bits")
    return bits, getattr(importlib.import_module("tallystick.matching"), "NAME_PAIR_LINK_BITS", None)


def parameters() -> Any:  # noqa: ANN401
    """The shipped parameter set."""
    return _get("tallystick.matching", "default_parameters")()


def key_maker(**changes: float) -> Any:  # noqa: ANN401
    """Makes match keys with the shipped key weights but for these: `keys(lines, role)`, `hits(askers, holders)`."""
    chosen = parameters()
    if changes:
        weights = json.loads(chosen.text)["keys"] | changes
        chosen = _get("tallystick.matching.parameter_text", "changed")(chosen, keys=weights)
    return _get("tallystick.matching", "KeyMaker")(chosen)


def decode() -> Callable[[bytes], Any]:
    """A native-format line as a record."""
    read: Callable[[bytes], Any] = _get("tallystick.model", "decode")
    return read


def linker() -> Any:  # noqa: ANN401
    """An empty bulk linker with the shipped parameters: `append(side, lines, first_line)`, `block(slack)`, `weigh(from, to)`."""
    chosen = parameters()
    return _get("tallystick._native", "Linker")(chosen.text, chosen.frequencies)


def read_names() -> Callable[[list[str]], Any]:
    """Normalises and classifies written names, many at a time."""
    read: Callable[[list[str]], Any] = _get("tallystick.names", "read_names")
    return read


def finder(store: str, register: str) -> Callable[[Any], Any]:
    """Finds one person (a record as query) in a register of a store, as a running node does."""
    make: Callable[[str, str], Callable[[Any], Any]] = _get("tallystick.wiring", "finder")
    return make(store, register)
