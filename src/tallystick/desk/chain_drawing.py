"""Where things stand in the drawing of a chain: origins above, the page below, each way down in a column of its own.

Plain figures, which templates/chain.html turns into SVG. An edge that is inferred has another line, another point and a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_BOX_WIDTH, _BOX_HEIGHT = 236, 62
_COLUMN, _ROW, _MARGIN = 276, 132, 10
_LINE_CHARS, _CUE_CHARS = 29, 30
_BEND = 34
PAGE = "page"


@dataclass(frozen=True, slots=True)
class Box:
    """A source: where its box stands, its name on one or two lines, what it is."""

    key: str
    x: int
    y: int
    lines: tuple[str, ...] = field(repr=False)
    kind: str
    is_origin: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """A step: its path and its point, where its label stands, and the words for it; of an inferred one there are none."""

    path: str
    point: str
    x: int
    y: int
    basis: str
    cue: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole: its size, boxes and arrows; every box has one size."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(sources: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> Drawing:
    """Draw a chain.

    Args:
        sources: with `key`, `name`, `kind`.
        edges: with `giver`, `taker`, `cue`, `basis`.
        origins: keys of the sources nothing leads to.
    """
    givers: dict[str, list[str]] = {}
    for each in edges:
        givers.setdefault(each["taker"], []).append(each["giver"])
    places: dict[str, tuple[int, int]] = {}
    columns = _place(PAGE, 0, 0, givers, places)
    deepest = max((row for _, row in places.values()), default=0)
    at = {key: (_MARGIN + column * _COLUMN, _MARGIN + (deepest - row) * _ROW) for key, (column, row) in places.items()}
    boxes = tuple(
        Box(each["key"], *at[each["key"]], _lines(each["name"]), each["kind"], each["key"] in origins)
        for each in sources
        if each["key"] in at
    )
    arrows = tuple(_arrow(each, at) for each in edges if each["giver"] in at and each["taker"] in at)
    width = 2 * _MARGIN + columns * _COLUMN - (_COLUMN - _BOX_WIDTH)
    return Drawing(width, 2 * _MARGIN + deepest * _ROW + _BOX_HEIGHT, _BOX_WIDTH, _BOX_HEIGHT, boxes, arrows)


def _place(key: str, column: int, row: int, givers: Mapping[str, list[str]], places: dict[str, tuple[int, int]]) -> int:
    """Place a source and all that leads to it; return the first column that is free then."""
    places[key] = (column, row)
    free = column
    for each in givers.get(key, []):
        if each not in places:  # a source that gives to several stands where it is met first; nothing goes in circles
            free = _place(each, free, row + 1, givers, places)
    return max(free, column + 1)


def _arrow(edge: Mapping[str, Any], at: Mapping[str, tuple[int, int]]) -> Arrow:
    (x1, top), (x2, bottom) = at[edge["giver"]], at[edge["taker"]]
    start, end = (x1 + _BOX_WIDTH // 2, top + _BOX_HEIGHT), (x2 + _BOX_WIDTH // 2, bottom)
    bend = end[1] - _BEND
    way = f"V{end[1]}" if start[0] == end[0] else f"V{bend}C{start[0]},{bend + 20} {end[0]},{bend} {end[0]},{end[1]}"
    cue = edge["cue"]
    shown = cue if len(cue) <= _CUE_CHARS else f"{cue[: _CUE_CHARS - 1]}…"
    point = f"M{end[0]},{end[1]}l-6,-11h12z"
    return Arrow(f"M{start[0]},{start[1]}{way}", point, start[0] + 10, start[1] + 26, edge["basis"], shown)


def _lines(name: str) -> tuple[str, ...]:
    """Break a name into two lines at most."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > _LINE_CHARS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    kept = [line if len(line) <= _LINE_CHARS else f"{line[: _LINE_CHARS - 1]}…" for line in lines[:2]]
    if len(lines) > len(kept):
        kept[-1] = f"{kept[-1][: _LINE_CHARS - 1]}…"
    return tuple(kept)
