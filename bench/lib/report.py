"""What a benchmark says at its end: figures beside their bars and peers, further tables, notes; as text and as JSON."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.lib import places


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured; the key under which the baseline keeps it.
        ours: tallystick's value, or None when it could not be had.
        bar: the value to reach, if any.
        floor: the value without which the bar counts as failed, if any.
        more_is_better: whether the bar is a least value (else a greatest).
        peers: tool -> its value in the same run.
        checked: a quality figure, compared with the baseline by `--check`.
    """

    name: str
    ours: float | None
    bar: float | None = None
    floor: float | None = None
    more_is_better: bool = True
    peers: Mapping[str, float | None] = field(default_factory=dict)
    checked: bool = True

    def verdict(self) -> str:
        """Met, above the floor, or missed; empty without a bar."""
        if self.bar is None or self.ours is None:
            return ""
        sign = 1 if self.more_is_better else -1
        above_floor = self.floor is not None and sign * (self.ours - self.floor) >= 0
        if self.floor is not None and not above_floor:
            return "missed"
        if sign * (self.ours - self.bar) >= 0:
            return "met"
        return "floor" if above_floor else "missed"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All one benchmark found out."""

    name: str
    figures: Sequence[Figure]
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()


def show(result: Result) -> None:
    """Print the result for a reader."""
    peers = list(dict.fromkeys(peer for figure in result.figures for peer in figure.peers))
    rows = [
        [
            f.name,
            f.ours,
            _bar(f),
            f.verdict(),
            *(f.peers.get(peer, "") for peer in peers),
        ]  # a peer without this figure stays blank
        for f in result.figures
    ]
    say(_text(Table(f"## {result.name}", ["figure", "tallystick", "bar", "", *peers], rows)))
    for table in result.tables:
        say(_text(table))
    for note in result.notes:
        say(f"note: {note}")


def keep(result: Result) -> None:
    """Append the result as one JSON line to .bench/results.jsonl."""
    line: dict[str, Any] = {
        "bench": result.name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()},
        "figures": [
            {"name": f.name, "ours": f.ours, "bar": f.bar, "floor": f.floor, "verdict": f.verdict(), "peers": dict(f.peers)}
            for f in result.figures
        ],
        "tables": [{"title": t.title, "headings": list(t.headings), "rows": [list(r) for r in t.rows]} for t in result.tables],
        "notes": list(result.notes),
    }
    with places.scratch("results.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")


def say(text: str) -> None:
    """Write a line for the reader at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def number(value: str | float | None) -> str:
    """A value as the tables show it: four digits that count, no exponent, - for none."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if value != value:  # noqa: PLR0124  not a number
        return "-"
    if isinstance(value, int) or abs(value) >= 1000:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"  # noqa: PLR2004


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    text = (">= " if figure.more_is_better else "<= ") + number(figure.bar)
    return text if figure.floor is None else f"{text} (floor {number(figure.floor)})"


def _text(table: Table) -> str:
    cells = [list(table.headings), *([number(cell) for cell in row] for row in table.rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.headings))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "-|-".join("-" * width for width in widths))
    return "\n".join(["", table.title, *lines])


def _commit() -> str:
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=places.ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip()
