"""Where things stand in the drawings of the desk: plain figures, which templates/drawings.html turns into SVG.

Colours and type are in the style sheet (classes); every drawing stands beside a table that says the same.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tallystick.adapters.qr_codes import qr_code

_CENTRES = Path(__file__).parent / "data" / "country_centres.tsv"

_WIDTH, _HEIGHT, _FLAT = 560, 340, 150
_AROUND = (200.0, 118.0)
_IN_A_LINE = 2
_BELOW, _ABOVE = 32.0, -24.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member stands in the drawing of a circle, and how it is drawn (`kind`, `line`: classes)."""

    label: str
    is_me: bool
    kind: str
    line: str
    x: float
    y: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawing of a circle: its size, its middle and who stands where."""

    width: int
    height: int
    x: float
    y: float
    places: tuple[Place, ...]


def circle(members: Sequence[Mapping[str, Any]]) -> Graph:
    """Place the members of a circle around this node, which stands in the middle.

    Args:
        members: as `circle_show` says them.
    """
    others = [each for each in members if not each["me"]]
    is_flat = len(others) <= _IN_A_LINE
    height = _FLAT if is_flat else _HEIGHT
    aside = _AROUND[0] / 2 if len(others) == 1 else 0  # two stand beside the middle
    x, y = _WIDTH / 2 - aside, height / 2
    found = [_place(each, x, y, _BELOW) for each in members if each["me"]]
    for number, each in enumerate(others):
        angle = 2 * math.pi * number / len(others) - (0 if is_flat else math.pi / 2)
        down = round(math.sin(angle), 6)
        found.append(_place(each, x + _AROUND[0] * math.cos(angle), y + _AROUND[1] * down, _BELOW if down >= 0 else _ABOVE))
    return Graph(_WIDTH, height, x, y, tuple(found))


def _place(member: Mapping[str, Any], x: float, y: float, label: float) -> Place:
    kind = "me" if member["me"] else "left" if member.get("left") else "member"
    line = "followed" if member.get("fetched_at") else "unfollowed"
    return Place(member["id"], bool(member["me"]), kind, line, round(x, 1), round(y, 1), round(y + label, 1))


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: how wide it is with its quiet zone, and its dark modules as a path of SVG."""

    size: int
    path: str


def qr(text: str) -> Code | None:
    """Draw a text as a QR code; None where it is too long for one."""
    rows = qr_code(text)
    if rows is None:
        return None
    dark = ((x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return Code(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))


@dataclass(frozen=True, slots=True)
class Spot:
    """A country on the map: where, how large its mark is, and how often somebody was met there."""

    country: str
    x: float
    y: float
    radius: float
    count: int


@dataclass(frozen=True, slots=True)
class Map:
    """A map of the world: a faint dot for every country, a mark where somebody was met, the way from one to the next."""

    width: int
    height: int
    dots: tuple[tuple[float, float], ...]
    spots: tuple[Spot, ...]
    path: str


_MAP_WIDTH, _MAP_HEIGHT, _NORTH, _SOUTH = 720, 330, 78.0, -58.0


@cache
def centres() -> dict[str, tuple[float, float]]:
    """Return where on the map the middle of each country is, by its code."""
    with _CENTRES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {row["code"]: _projected(float(row["latitude"]), float(row["longitude"])) for row in rows}


def _projected(latitude: float, longitude: float) -> tuple[float, float]:
    """Plate carrée, as far as people live."""
    x = (longitude + 180) / 360 * _MAP_WIDTH
    return round(x, 1), round((_NORTH - latitude) / (_NORTH - _SOUTH) * _MAP_HEIGHT, 1)


def world(countries: Sequence[str]) -> Map:
    """Draw where somebody was met.

    Args:
        countries: ISO 3166-1 alpha-2 in lower case, earliest first; one that is unknown is left out.
    """
    known = centres()
    met = [each for each in countries if each in known]
    counts = {each: met.count(each) for each in dict.fromkeys(met)}
    spots = tuple(Spot(code, *known[code], round(4 + 2.5 * math.sqrt(count), 1), count) for code, count in counts.items())
    path = " ".join(f"{known[code][0]},{known[code][1]}" for code in met)
    return Map(_MAP_WIDTH, _MAP_HEIGHT, tuple(sorted(known.values())), spots, path if len(counts) > 1 else "")


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall, in percent of its width: where it begins, how wide it is, which way it speaks."""

    x: float
    width: float
    kind: str


def waterfall(fields: Sequence[Mapping[str, Any]]) -> tuple[float, list[Step]]:
    """Return where zero is, in percent, and the bar of each field.

    Args:
        fields: of a verification, with `start_bits` and `end_bits`.
    """
    ends = [0.0, *(each[name] for each in fields for name in ("start_bits", "end_bits"))]
    low, span = min(ends), max(max(ends) - min(ends), 1.0)
    steps = []
    for each in fields:
        first, last = sorted((each["start_bits"], each["end_bits"]))
        kind = "for" if each["bits"] > 0 else "against" if each["bits"] < 0 else "nothing"
        steps.append(Step(round(100 * (first - low) / span, 2), round(max(100 * (last - first) / span, 0.4), 2), kind))
    return round(100 * -low / span, 2), steps


def shares(values: Sequence[float | None]) -> list[float]:
    """Return values in percent of the largest: the lengths of bars."""
    most = max([each for each in values if each] or [1.0])
    return [round(100 * (each or 0.0) / most, 1) for each in values]
