"""Two registers of politicians whose names come in different scripts, with hardly any evidence but the name.

Bar: F1 0.92 over all at the default (floor 0.86).
"""

from collections import Counter
from collections.abc import Callable

from bench.lib import peers, places, product
from bench.lib.options import Options
from bench.lib.quality import Evaluation, Pair, evaluate_pairs, read_truth, write_errors
from bench.lib.report import Figure, Result, Table
from bench.lib.scripts import script

A, B = "linkage/politicians_a.records.jsonl.gz", "linkage/politicians_b.records.jsonl.gz"
RARE = 25
"""Script pairs with fewer same persons are shown together."""


def run(options: Options) -> Result:
    """Link the two registers and judge the links by script pair."""
    first, second = places.data(A), places.data(B)
    truth = read_truth(places.data("linkage/truth_politicians_a__politicians_b.csv"))
    runs = {}
    for mode, words in {"default": [], "sweep": ["--min-bits", str(product.LOW_BITS)], "keys": ["--keys-only"]}.items():
        out = places.scratch("out", f"politicians_{mode}.csv")
        product.link(first, second, out, *words)
        runs[mode] = evaluate_pairs(out, truth)
    write_errors(runs["sweep"], places.scratch("out", "politicians_errors.csv"))
    beside: dict[str, Evaluation] = {}
    if options.peers and not options.brief:
        folder = places.scratch("out", "politicians_nomenklatura")
        folder.mkdir(exist_ok=True)
        peers.call("nomenklatura", "nomenklatura_link.py", first, second, folder, "logic-v2")
        beside = {"nk logic-v2": evaluate_pairs(folder / "logic-v2.csv", truth)}
    default, swept, keys = runs["default"].default(), runs["sweep"].best(), runs["keys"].default()
    figures = [
        Figure(name="F1 at default", ours=default.f1, bar=0.92, floor=0.86, peers={n: e.default().f1 for n, e in beside.items()}),
        Figure(name="best F1", ours=swept.f1, peers={n: e.best().f1 for n, e in beside.items()}),
        Figure(name="P at default", ours=default.precision, peers={n: e.default().precision for n, e in beside.items()}),
        Figure(name="R at default", ours=default.recall, peers={n: e.default().recall for n, e in beside.items()}),
        Figure(
            name="R at P 0.99",
            ours=runs["sweep"].at_precision(0.99).recall,
            peers={n: e.at_precision(0.99).recall for n, e in beside.items()},
        ),
        Figure(name="keys only F1", ours=keys.f1),
    ]
    return Result(name="politicians", figures=figures, tables=[_table(runs, _groups(truth.same))])


def _groups(same: frozenset[Pair]) -> dict[str, Callable[[Pair], bool]]:
    scripts = {str(r["id"]): script(r["names"][0]) for name in (A, B) for r in product.read_records(places.data(name))}

    def of(pair: Pair) -> str:
        return "-".join(sorted(scripts[identity] for identity in pair))

    counts = Counter(of(pair) for pair in same)
    often = {name for name, count in counts.items() if count >= RARE}
    groups: dict[str, Callable[[Pair], bool]] = {
        name: lambda pair, name=name: of(pair) == name  # type: ignore[misc]
        for name, _ in counts.most_common()
        if name in often
    }
    return {**groups, "all others": lambda pair: of(pair) not in often, "all": lambda _: True}


def _table(runs: dict[str, Evaluation], groups: dict[str, Callable[[Pair], bool]]) -> Table:
    rows: list[list[str | float | None]] = []
    for name, keep in groups.items():
        at, best = runs["default"].default(keep), runs["sweep"].best(keep)
        sure, keys = runs["sweep"].at_precision(0.99, keep), runs["keys"].default(keep)
        rows.append([
            name, runs["default"].total(keep), at.precision, at.recall, at.f1, best.f1, best.threshold, sure.recall, keys.f1,
        ])  # fmt: skip
    headings = ["scripts", "same", "P", "R", "F1", "best F1", "at (bits or probability)", "R at P .99", "keys F1"]
    return Table("By script pair: at the default, at the group's best threshold, at precision 0.99", headings, rows)
