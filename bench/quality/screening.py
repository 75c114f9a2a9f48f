"""Mildly distorted names of UN persons, and 50,000 strangers, asked of the UN and US persons.

Bar: recall 0.99 at one false hit in 1,000; 10,000 queries a second on one core.
Beside: rapidfuzz token_sort with the birth year (the strongest peer), and nomenklatura logic-v2 on fewer strangers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bench.lib import metrics, peers, places, product
from bench.lib.options import Options
from bench.lib.quality import ORDERS, Answers, Order, read_hits
from bench.lib.report import Figure, Result, Table
from bench.quality import queries
from bench.quality.queries import FALSE_RATE, Query

Run: TypeAlias = tuple[Answers, Sequence[Query]]
"""What a tool answered, and the strangers it was asked."""
FEWER = 5000
"""Strangers asked of nomenklatura, which answers about a hundred queries a second."""


def run(options: Options) -> Result:
    """Ask, set the threshold on the strangers, count the persons found."""
    wanted, strangers = queries.positives(), queries.strangers()
    register = queries.people()
    asked = queries.write(places.scratch("data", "screening.jsonl"), [*wanted, *strangers])
    out = places.scratch("out", "screening.csv")
    usage = product.find(register, asked, out, "--min-bits", str(product.LOW_BITS), cores=options.cores)
    runs: dict[str, Run] = {"tallystick": (read_hits(out), strangers)}
    pace: dict[str, float | None] = {}
    if options.peers:
        runs["rapidfuzz + year"], pace["rapidfuzz + year"] = rapidfuzz(register, wanted, strangers, options)
        if not options.brief:
            fewer = queries.strangers(FEWER)
            runs["nk logic-v2"], pace["nk logic-v2"] = nomenklatura(register, wanted, fewer, options)
    return Result(
        name="screening",
        figures=_figures(wanted, runs, (len(wanted) + len(strangers)) / usage.cpu_s, pace),
        tables=[sweep(wanted, runs)],
        notes=[
            f"{len(wanted)} persons, {len(strangers)} strangers; one core: {options.cores == 1}; peak {usage.peak_mb:.0f} MB",
            "processor time of the whole command, all hits above --min-bits written; find-batch measures the default",
        ],
    )


def rapidfuzz(register: Path, wanted: Sequence[Query], others: Sequence[Query], options: Options) -> tuple[Run, float]:
    """Hits of rapidfuzz token_sort with agreeing birth year, and its queries per second."""
    asked = queries.write(places.scratch("data", "screening_rapidfuzz.jsonl"), [*wanted, *others])
    out = places.scratch("out", "screening_rapidfuzz.csv")
    figures, _ = peers.call("rapidfuzz", "rapidfuzz_find.py", register, asked, out, cores=options.cores)
    return (read_hits(out), others), (len(wanted) + len(others)) / figures["seconds"]


def nomenklatura(register: Path, wanted: Sequence[Query], others: Sequence[Query], options: Options) -> tuple[Run, float]:
    """Hits of nomenklatura's blocker and logic-v2, and its queries per second."""
    asked = queries.write(places.scratch("data", "screening_nomenklatura.jsonl"), [*wanted, *others])
    out = places.scratch("out", "screening_nomenklatura.csv")
    figures, _ = peers.call("nomenklatura", "nomenklatura_find.py", register, asked, out, cores=options.cores)
    return (read_hits(out), others), (len(wanted) + len(others)) / figures["seconds"]


def screen(answers: Answers, wanted: Sequence[Query], strangers: Sequence[Query], rate: float = FALSE_RATE) -> metrics.Screening:
    """Recall of the UN entries at a rate of strangers with any hit, by weight or by probability, whichever serves better."""
    return max((_screen(answers, wanted, strangers, rate, by) for by in ORDERS), key=lambda screened: screened.recall)


def _screen(answers: Answers, wanted: Sequence[Query], strangers: Sequence[Query], rate: float, by: Order) -> metrics.Screening:
    found = [answers.score(query["id"], {query["truth"]}, by) for query in wanted]
    return metrics.recall_at_false_rate(found, [answers.top(query["id"], by) for query in strangers], rate)


def at_default(answers: Answers, wanted: Sequence[Query], strangers: Sequence[Query]) -> tuple[float, float]:
    """Recall, and share of the strangers with a hit, at the tool's own threshold."""
    found = sum(answers.linked(query["id"], {query["truth"]}) for query in wanted)
    return found / len(wanted), sum(answers.linked(query["id"]) for query in strangers) / len(strangers)


def _figures(wanted: Sequence[Query], runs: Mapping[str, Run], pace: float, beside: Mapping[str, float | None]) -> list[Figure]:
    changed = [query for query in wanted if query["changed"]]
    screened = {tool: screen(*_order(run, wanted)) for tool, run in runs.items()}
    altered = {tool: screen(run[0], changed, run[1]).recall for tool, run in runs.items()}
    default = {tool: at_default(*_order(run, wanted)) for tool, run in runs.items()}

    def figure(name: str, values: Mapping[str, float], **bars: float | bool) -> Figure:
        others = {tool: value for tool, value in values.items() if tool != "tallystick"}
        return Figure(name=name, ours=values["tallystick"], peers=others, **bars)  # type: ignore[arg-type]

    return [
        figure("recall at 1 false in 1,000", {tool: s.recall for tool, s in screened.items()}, bar=0.99),
        figure("recall there, changed names", altered),
        figure("recall at default", {tool: recall for tool, (recall, _) in default.items()}),
        figure(
            "strangers with a hit at default",
            {tool: rate for tool, (_, rate) in default.items()},
            more_is_better=False,
            bar=FALSE_RATE,
        ),
        Figure(name="queries per second", ours=pace, bar=10_000, peers=beside, checked=False),
    ]


def _order(run: Run, wanted: Sequence[Query]) -> tuple[Answers, Sequence[Query], Sequence[Query]]:
    return run[0], wanted, run[1]


def sweep(wanted: Sequence[Query], runs: Mapping[str, Run]) -> Table:
    """Recall at several rates of false hits."""
    rows: list[list[str | float | None]] = []
    for rate in (0.0, 0.0002, 0.001, 0.01):
        found = [screen(answers, wanted, strangers, rate) for answers, strangers in runs.values()]
        rows.append([f"{rate:.2%}", *(cell for s in found for cell in (s.recall, s.threshold))])
    return Table(
        "Recall by false-hit rate (with the threshold)", ["false hits", *(c for tool in runs for c in (tool, "t"))], rows
    )
