"""A sealed index made from the records of a register, as `tallystick offer` makes it: keys, evaluations, notches, ledger.

Bar: 1 million records in 15 minutes on two cores, below 4 GB, at most 16 bytes a key at the asker.
"""

from bench.lib import inside, nodes, product, registers
from bench.lib.options import Options
from bench.lib.report import Figure, Result

SIZE = 1_000_000
_AT_ONCE = 10_000


def run(options: Options) -> Result:
    """Import, then offer; what is measured is the offer."""
    size = options.size or SIZE
    made = registers.make(size)
    with nodes.opened(f"seal_{size}", None, made.first) as pair:
        offered = pair.offered
        size_bytes = next((pair.holder / "indexes").rglob("base-1")).stat().st_size
    keys = _keys(made)
    minutes = 15 * 60 * size / SIZE
    figures = [
        Figure(name="seconds", ours=offered.wall_s, bar=minutes, more_is_better=False, checked=False),
        Figure(name="processor seconds", ours=offered.cpu_s, bar=2 * minutes, more_is_better=False, checked=False),
        Figure(name="peak MB", ours=offered.peak_mb, bar=4000, more_is_better=False, checked=False),
        Figure(name="bytes a key at the asker", ours=size_bytes / keys, bar=16, more_is_better=False, checked=False),
    ]
    return Result(name="seal", figures=figures, notes=[f"{size:,} records with {keys:,} keys"])


def _keys(made: registers.Registers) -> int:
    maker, lines, count = inside.key_maker(), product.read_lines(made.first), 0
    while some := [line for line, _ in zip(lines, range(_AT_ONCE), strict=False)]:
        count += len(maker.batch(some, "holder"))
    return count
