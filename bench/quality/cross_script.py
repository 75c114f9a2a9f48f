"""Arabic and Cyrillic names of UN persons asked of UN and US persons whose names are all in Latin letters.

Bar: recall 0.80 at one false hit in 1,000 strangers. A query is one name, birth date and nationality.
Beside: rapidfuzz over ICU's Latin letters with the birth year, nomenklatura logic-v2.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.lib import places, product
from bench.lib.options import Options
from bench.lib.quality import Answers, read_hits
from bench.lib.report import Figure, Result, Table
from bench.quality import queries
from bench.quality.queries import Query
from bench.quality.screening import FEWER, Run, at_default, nomenklatura, rapidfuzz, screen, sweep

Runs = Mapping[str, Run]


def run(options: Options) -> Result:
    """Ask with and without birth date; the strangers set the threshold."""
    wanted, strangers = queries.other_scripts("Arabic", "Cyrillic"), queries.strangers()
    register = queries.people(latin_only=True)
    runs: dict[str, Run] = {"tallystick": (_find(register, [*wanted, *strangers], "full"), strangers)}
    if options.peers:
        runs["rapidfuzz + year"], _ = rapidfuzz(register, wanted, strangers, options)
        if not options.brief:
            runs["nk logic-v2"], _ = nomenklatura(register, wanted, queries.strangers(FEWER), options)
    bare = _find(register, [*map(_bare, wanted), *map(_bare, strangers)], "names")
    same_scripts = queries.strangers_in("Arabic", "Cyrillic")
    among = _find(register, [*wanted, *same_scripts], "same_scripts")
    found = {tool: screen(answers, wanted, others).recall for tool, (answers, others) in runs.items()}
    default = {tool: at_default(answers, wanted, others) for tool, (answers, others) in runs.items()}
    tools = [tool for tool in runs if tool != "tallystick"]
    figures = [
        Figure(name="recall at 1 false in 1,000", ours=found["tallystick"], bar=0.80, peers={t: found[t] for t in tools}),
        Figure(name="recall at default", ours=default["tallystick"][0], peers={t: default[t][0] for t in tools}),
        Figure(
            name="strangers with a hit at default",
            ours=default["tallystick"][1],
            more_is_better=False,
            peers={t: default[t][1] for t in tools},
        ),
        Figure(name="strangers in those scripts: recall at 1 in 1,000", ours=screen(among, wanted, same_scripts).recall),
        Figure(
            name="strangers in those scripts with a hit at default",
            ours=at_default(among, wanted, same_scripts)[1],
            more_is_better=False,
        ),
        Figure(name="names only: recall at 1 false in 1,000", ours=screen(bare, wanted, strangers).recall),
    ]
    return Result(
        name="cross-script",
        figures=figures,
        tables=[_by_script(wanted, runs), sweep(wanted, runs)],
        notes=[
            f"{len(wanted)} names, {len(strangers)} strangers (nomenklatura: {FEWER})",
            f"{len(same_scripts)} strangers in those scripts, from the generator",
            "the UN entry of the person must be found",
        ],
    )


def _find(register: Path, asked: Sequence[Query], label: str) -> Answers:
    path = queries.write(places.scratch("data", f"cross_script_{label}.jsonl"), asked)
    out = places.scratch("out", f"cross_script_{label}.csv")
    product.find(register, path, out, "--min-bits", str(product.LOW_BITS))
    return read_hits(out)


def _bare(query: Query) -> Query:
    return {key: value for key, value in query.items() if key not in {"birth_dates", "nationalities"}}


def _by_script(wanted: Sequence[Query], runs: Runs) -> Table:
    rows: list[list[str | float | None]] = []
    for script in sorted({query["script"] for query in wanted}):
        for label, dated in (("with birth date", True), ("without", False)):
            mine = [query for query in wanted if query["script"] == script and ("birth_dates" in query) == dated]
            if mine:
                rows.append(
                    [script, label, len(mine), *(screen(answers, mine, others).recall for answers, others in runs.values())]
                )
    return Table("Recall at 1 false hit in 1,000", ["script", "query", "names", *runs], rows)
