"""Writes parameter files: one set out of another, with some of its numbers replaced.

Decides no number and opens no file.

Rules
 1. Equal numbers give equal bytes.
 2. The version of a learned set names what it began with and ends in a digest of its numbers, so that no two differ in silence.

Format: docs/reference/parameters.md.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from tallystick.matching.learning import Calibration
from tallystick.matching.parameters import Parameters, read_parameters

Content: TypeAlias = dict[str, Any]
"""A parameter file as JSON objects."""

_ROW = 28
_DIGITS = 8


def content(parameters: Parameters) -> Content:
    """Return what a parameter set's file says, to be changed and written again; the weights are complete."""
    found: Content = json.loads(parameters.text)
    return {**found, "weights": dict(parameters.weights)}


def under_threshold(parameters: Parameters, threshold_tenths: int) -> Parameters:
    """Return a parameter set whose match keys weigh at least another T, in tenths of a bit: what a circle agreed on.

    Raises:
        ConfigError: no keys can be made under it.
    """
    found = content(parameters)
    keys = {**found["keys"], "threshold": threshold_tenths}
    return read_parameters(json.dumps({**found, "keys": keys}), parameters.frequencies)


def key_threshold(parameters: Parameters) -> int:
    """Return the T of a parameter set, in tenths of a bit."""
    return int(json.loads(parameters.text)["keys"]["threshold"])


def calibration_of(parameters: Parameters) -> Calibration:
    """Return the calibration of a parameter set."""
    found = json.loads(parameters.text)["calibration"]
    return Calibration(found["slope"], found["offset"])


def changed(
    parameters: Parameters,
    *,
    weights: Mapping[str, float] | None = None,
    calibration: Calibration | None = None,
    frequencies: str | None = None,
    **others: object,
) -> Parameters:
    """Return a parameter set with some numbers replaced.

    Args:
        parameters: the set one begins with.
        weights: bits of each feature.
        calibration: slope and offset.
        frequencies: another frequency table.
        others: any other member of the file, as JSON (`keys`, `channels`, `usual_cost`, `version`, `learned_from`).

    Raises:
        ConfigError: the result is no parameter set.
    """
    new = {**content(parameters), **others}
    if weights is not None:
        new["weights"] = dict(weights)
    if calibration is not None:
        new["calibration"] = {"slope": calibration.slope, "offset": calibration.offset}
    return read_parameters(written(new), parameters.frequencies if frequencies is None else frequencies)


def named(parameters: Parameters, began_with: Parameters, learned_from: Sequence[str]) -> Parameters:
    """Return the set under the name of what it is (rule 2)."""
    start = content(began_with)
    base = str(start["version"]).partition("+")[0]
    bare = changed(parameters, version="", learned_from=[])
    return changed(
        parameters,
        version=f"{base}+learned.{bare.digest[:_DIGITS]}",
        learned_from=[*start.get("learned_from", []), *learned_from],
    )


def written(file: Content) -> str:
    """Return the text of a parameter file: what people read first, the long tables last, a row on a line."""
    first = ("format", "version", "learned_from", "calibration", "thresholds", "usual_cost", "keys", "weights")
    head = {name: file[name] for name in first if name in file}
    head |= {name: value for name, value in file.items() if name not in head and name != "channels"}
    text = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    tables = ",\n".join(f'  "{script}": [\n{_table(costs)}\n  ]' for script, costs in file.get("channels", {}).items())
    return f'{text},\n "channels": {{\n{tables}\n }}\n}}\n'


def _table(costs: Sequence[float]) -> str:
    rows = (costs[start : start + _ROW] for start in range(0, len(costs), _ROW))
    return ",\n".join("   " + ", ".join(f"{cost:g}" for cost in row) for row in rows)
