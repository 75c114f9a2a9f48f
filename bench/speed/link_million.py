"""A million records linked with a million, beside Splink on DuckDB on the same cores.

Bar: F1 0.95 at the default, at least 3 times faster end to end, below 4 GB; with a fifth of the persons in another script
on one side, recall of those pairs 0.90 at precision 0.99.
"""

from collections import Counter

from bench.lib import registers
from bench.lib.options import Options
from bench.lib.product import LOW_BITS
from bench.lib.quality import Evaluation
from bench.lib.report import Figure, Result, Table

SIZE = 1_000_000
SHARE = 0.2
"""Of all persons written in their own script in A."""


def run(options: Options) -> Result:
    """Link, measure, and run Splink on the same registers."""
    size = options.size or SIZE
    plain, mixed = registers.make(size), registers.make(size, cross_script=SHARE)
    found, usage = registers.link(plain, cores=options.cores)
    quality = {"tallystick": found}
    wall: dict[str, float | None] = {}
    peak: dict[str, float | None] = {}
    notes = [f"{size:,} x {size:,} records, {options.cores} core(s), wall time from file to pairs file"]
    if options.peers:
        rivals, theirs, steps = registers.link_with_splink(plain, cores=options.cores)
        quality |= rivals
        wall, peak = {"splink p>=.5": theirs.wall_s}, {"splink p>=.5": theirs.peak_mb}
        notes.append(f"splink: {steps}")
    figures = _quality(quality)
    figures += [
        Figure(name="wall seconds", ours=usage.wall_s, more_is_better=False, peers=wall, bar=_third(wall), checked=False),
        Figure(name="peak MB", ours=usage.peak_mb, more_is_better=False, bar=4096, peers=peak, checked=False),
    ]
    crossed, table = _cross_script(mixed, options)
    tables = [*_who(plain, found), table]
    return Result(name="link-million", figures=[*figures, *crossed], tables=tables, notes=notes)


def _third(wall: dict[str, float | None]) -> float | None:
    theirs = wall.get("splink p>=.5")
    return theirs / 3 if theirs else None


def _quality(runs: dict[str, Evaluation]) -> list[Figure]:
    qualities = {tool: run.default() for tool, run in runs.items()}
    ours = qualities.pop("tallystick")
    return [
        Figure(name="F1 at default", ours=ours.f1, bar=0.95, peers={tool: q.f1 for tool, q in qualities.items()}),
        Figure(name="P at default", ours=ours.precision, peers={tool: q.precision for tool, q in qualities.items()}),
        Figure(name="R at default", ours=ours.recall, peers={tool: q.recall for tool, q in qualities.items()}),
    ]


def _who(made: registers.Registers, found: Evaluation) -> list[Table]:
    """Of which cultures the persons are that were missed, and who was linked wrongly."""
    marks = made.marks()
    same = Counter(culture for kind, culture in marks.values() if kind == "same")
    links = [pair for pair, one in found.pairs.items() if one.linked]
    right = Counter(marks[pair][1] for pair in links if pair in found.truth.same)
    wrong = Counter(marks.get(pair, ("no kin known", ""))[0] for pair in links if pair not in found.truth.same)
    return [
        Table(
            "Recall at the default by culture", ["culture", "same", "R"], [[c, n, right[c] / n] for c, n in same.most_common()]
        ),
        Table("Wrong links at the default", ["who they are to each other", "links"], [[k, n] for k, n in wrong.most_common()]),
    ]


def _cross_script(mixed: registers.Registers, options: Options) -> tuple[list[Figure], Table]:
    swept, usage = registers.link(mixed, "--min-bits", str(LOW_BITS), cores=options.cores)
    foreign = registers.other_script_ids(mixed)
    beside = registers.link_with_splink(mixed, cores=options.cores)[0] if options.peers else {}

    def keep(pair: tuple[str, str]) -> bool:
        return pair[0] in foreign

    runs = {"tallystick": swept, **beside}
    sure = {tool: run.at_precision(0.99, keep).recall for tool, run in runs.items()}
    default = {tool: run.default(keep) for tool, run in runs.items()}
    ours, at = sure.pop("tallystick"), default["tallystick"]
    rows: list[list[str | float | None]] = []
    for tool, run in runs.items():
        rows.append([tool, run.default().f1, default[tool].precision, default[tool].recall])
    figures = [
        Figure(name="other script: R at P 0.99", ours=ours, bar=0.90, peers=sure),
        Figure(
            name="other script: F1 at default",
            ours=at.f1,
            peers={tool: q.f1 for tool, q in default.items() if tool != "tallystick"},
        ),
        Figure(name="other script: wall seconds, all pairs written", ours=usage.wall_s, checked=False),
    ]
    title = f"A fifth of the persons in another script in A ({swept.total(keep):,} of {swept.total():,} pairs)"
    return figures, Table(title, ["tool", "F1 of all", "P of those", "R of those"], rows)
