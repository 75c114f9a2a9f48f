"""Hand-labelled pairs of person names, names alone: one fixed default threshold, best F1, average precision.

Bar: F1 0.85 at the default, average precision 0.90. Beside: nomenklatura logic-v2 and rapidfuzz in the same run.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.lib import inside, metrics, peers, places
from bench.lib.metrics import Scored
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table

CASES = "names/name_bench_cases.csv"
PEERS = {
    "nk logic-v2": ("nomenklatura", "nomenklatura_names.py", 0.70),
    "rapidfuzz WRatio": ("rapidfuzz", "rapidfuzz_names.py", 0.85),
}
"""Tool -> environment, program, and the threshold it ships or is customarily used with."""


def run(options: Options) -> Result:
    """Score every labelled pair of person names."""
    with places.data(CASES).open(encoding="utf-8", newline="") as lines:
        cases = [row for row in csv.DictReader(lines) if row["schema"] == "Person"]
    labels = [row["is_match"].lower() == "true" for row in cases]
    ours, threshold = _ours(cases)
    total = sum(labels)
    beside: dict[str, tuple[list[Scored], float]] = {}
    if options.peers:
        pairs = places.scratch("out", "name_pairs.csv")
        _write(pairs, cases)
        for tool, (peer, program, t) in PEERS.items():
            scores, _ = peers.call(peer, program, pairs)
            beside[tool] = (list(zip(scores["scores"], labels, strict=True)), t)
    scored = list(zip(ours, labels, strict=True))
    at = None if threshold is None else metrics.at_threshold(scored, total, threshold)
    found = {tool: metrics.at_threshold(rows, total, t) for tool, (rows, t) in beside.items()}
    figures = [
        Figure(name="F1 at default", ours=None if at is None else at.f1, bar=0.85, peers={n: q.f1 for n, q in found.items()}),
        Figure(name="P at default", ours=None if at is None else at.precision, peers={n: q.precision for n, q in found.items()}),
        Figure(name="R at default", ours=None if at is None else at.recall, peers={n: q.recall for n, q in found.items()}),
        Figure(
            name="best F1",
            ours=metrics.best_f1(scored, total).f1,
            peers={n: metrics.best_f1(rows, total).f1 for n, (rows, _) in beside.items()},
        ),
        Figure(
            name="average precision",
            ours=metrics.average_precision(scored, total),
            bar=0.90,
            peers={n: metrics.average_precision(rows, total) for n, (rows, _) in beside.items()},
        ),
    ]
    return Result(
        name="name-pairs",
        figures=figures,
        tables=[] if threshold is None else [_by(cases, scored, threshold)],
        notes=[f"{len(cases)} pairs, {total} same"],
    )


def _ours(cases: Sequence[Mapping[str, str]]) -> tuple[list[float], float | None]:
    bits, threshold = inside.name_pair()
    return [float(bits(row["name1"], row["name2"])) for row in cases], threshold


def _write(path: Path, cases: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([row["name1"], row["name2"]] for row in cases)


def _by(cases: Sequence[Mapping[str, str]], scored: Sequence[Scored], threshold: float) -> Table:
    rows: list[list[str | float | None]] = []
    for group in sorted({(row["case_group"], row["category"]) for row in cases}):
        mine = [s for s, row in zip(scored, cases, strict=True) if (row["case_group"], row["category"]) == group]
        same = sum(label for _, label in mine)
        wrong = [
            sum(score < threshold for score, label in mine if label),
            sum(score >= threshold for score, label in mine if not label),
        ]
        rows.append([*group, len(mine), same, *wrong])
    return Table("Errors at the default by category", ["group", "category", "pairs", "same", "missed", "false"], rows)
