"""Does the stated threshold hold when the registers grow?

Bar: precision at the default never below 0.98 from ten thousand to a million records a side, recall within 0.02 of the
recall at the threshold that would have been best. Beside: Splink at its default.
"""

from bench.lib import registers
from bench.lib.options import Options
from bench.lib.product import LOW_BITS
from bench.lib.report import Figure, Result, Table

SIZES = (10_000, 100_000, 1_000_000)
SPLINK = "splink p>=.5"


def run(options: Options) -> Result:
    """Link registers of growing size; `--size` leaves out the larger ones."""
    figures: list[Figure] = []
    rows: list[list[str | float | None]] = []
    largest = options.size or (SIZES[0] if options.brief else SIZES[-1])
    for size in [size for size in SIZES if size <= largest]:
        made = registers.make(size)
        swept, _ = registers.link(made, "--min-bits", str(LOW_BITS))
        default, best = swept.default(), swept.best()
        rows.append([f"tallystick {size:,}", default.precision, default.recall, default.f1, best.recall, best.f1, best.threshold])
        beside = {}
        if options.peers:
            found = registers.link_with_splink(made, cores=options.cores)[0][SPLINK]
            beside = {SPLINK: found.default().precision}
            theirs, top = found.default(), found.best()
            rows.append([f"{SPLINK} {size:,}", theirs.precision, theirs.recall, theirs.f1, top.recall, top.f1, top.threshold])
        figures += [
            Figure(name=f"{size:,}: P at default", ours=default.precision, bar=0.98, peers=beside),
            Figure(
                name=f"{size:,}: R lost against the best threshold",
                ours=best.recall - default.recall,
                bar=0.02,
                more_is_better=False,
            ),
        ]
    headings = ["tool and size", "P", "R", "F1", "R at best", "best F1", "at (bits or p)"]
    return Result(name="threshold", figures=figures, tables=[Table("At the default and at the best threshold", headings, rows)])
