"""How often a hit is seen by one side of a pair only: keys differ by role, so A asking B is not B asking A.

Of a hit of two nodes' standing watches usually both sides learn, each by its own look-up. Where only one does, the pair shares
evidence that only one of them expands (spec/match-keys-v1.md): variants are a matter of the asker.
"""

import csv
from pathlib import Path

from bench.lib import places, product, registers
from bench.lib.options import Options
from bench.lib.quality import Pair
from bench.lib.report import Figure, Result, Table

SIZE = 20_000


def run(options: Options) -> Result:
    """Let each of two generated registers ask the other, and lay the hits side by side."""
    size = options.size or SIZE
    rows: list[list[str | float | None]] = []
    figures: list[Figure] = []
    for share in (0.0, 0.2):
        made = registers.make(size, cross_script=share)
        first, second = _hits(made.first, made.second, "ab"), {pair[::-1] for pair in _hits(made.second, made.first, "ba")}
        for kind in ("all hits", "the same person"):
            a, b = ({pair for pair in found if kind == "all hits" or pair in made.truth.same} for found in (first, second))
            lone = len(a ^ b) / max(1, len(a | b))
            scripts = f"{share:.0%} in another script" if share else "as made"
            rows.append([scripts, kind, len(a | b), len(a - b), len(b - a), lone])
            figures.append(Figure(name=f"{kind}, {scripts}: seen by one side only", ours=lone, more_is_better=False))
    headings = ["registers", "", "hits of either", "of a only", "of b only", "share"]
    return Result(name="both-sides", figures=figures, tables=[Table("Who sees a hit", headings, rows)], notes=[f"{size:,} each"])


def _hits(asker: Path, holder: Path, name: str) -> set[Pair]:
    out = places.scratch("out", f"both_sides_{name}.csv")
    product.link(asker, holder, out, "--keys-only")
    with out.open(encoding="utf-8", newline="") as lines:
        return {(row["id_a"], row["id_b"]) for row in csv.DictReader(lines)}
