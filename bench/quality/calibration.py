"""Are the stated probabilities right?

Bar: expected calibration error below 0.02 over all data sets together. Pairs stated below 1 % are left out: there are so many
that they alone would make the error vanish.
"""

from collections.abc import Iterator
from pathlib import Path

from bench.lib import metrics, places, product, registers
from bench.lib.metrics import Scored
from bench.lib.options import Options
from bench.lib.quality import Truth, evaluate_pairs, read_truth
from bench.lib.report import Figure, Result, Table
from bench.quality import febrl, lists, politicians

BAR = 0.02
LEAST = 0.01
DOUBTFUL = (0.05, 0.95)


def run(options: Options) -> Result:
    """Link every data set with all stated probabilities written, and compare them with what came true."""
    figures: list[Figure] = []
    rows: list[list[str | float | None]] = []
    everything: list[Scored] = []
    for title, first, second, truth in _sets(options):
        out = places.scratch("out", f"calibration_{title}.csv")
        product.link(first, second, out, "--min-bits", str(product.LOW_BITS))
        stated = evaluate_pairs(out, truth).stated(LEAST)
        doubtful = [row for row in stated if DOUBTFUL[0] <= row[0] <= DOUBTFUL[1]]
        everything += stated
        error = metrics.calibration_error(metrics.reliability(stated))
        figures.append(Figure(name=f"{title}: calibration error", ours=error, more_is_better=False, bar=BAR))
        rows.append([title, len(stated), error, len(doubtful), metrics.calibration_error(metrics.reliability(doubtful, 10))])
    bars = metrics.reliability(everything, 10)
    error = metrics.calibration_error(metrics.reliability(everything))
    total = Figure(name="all: calibration error", ours=error, more_is_better=False, bar=BAR)
    tables = [
        Table("By data set", ["data", "pairs", "error", "pairs stated 5 to 95 %", "error of those"], rows),
        Table(
            "Stated and observed, all data sets", ["stated", "observed", "pairs"], [[b.stated, b.observed, b.count] for b in bars]
        ),
    ]
    return Result(name="calibration", figures=[total, *figures], tables=tables)


def _sets(options: Options) -> Iterator[tuple[str, Path, Path, Truth]]:
    for first, second, *_ in lists.PAIRS:
        case = lists.case(first, second)
        yield case.title, case.first, case.second, case.truth
    truth = read_truth(places.data("linkage/truth_politicians_a__politicians_b.csv"))
    yield "politicians", places.data(politicians.A), places.data(politicians.B), truth
    folder = febrl.convert()
    yield "febrl", folder / "a.jsonl", folder / "b.jsonl", read_truth(folder / "truth.csv")
    if not options.brief:
        for size, share in ((10_000, 0.0), (10_000, 0.2), (100_000, 0.0)):
            made = registers.make(size, cross_script=share)
            yield f"registers {size:,}{' mixed' if share else ''}", made.first, made.second, made.truth
