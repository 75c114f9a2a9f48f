"""Whether one text is derived from another, in three classes: wholly, partly, not; on rewrites of made-up news.

Bar: mean F1 of the three classes 0.80. Half of the events teach, the others judge: a change of `reports/derivation.py` is chosen
with those that teach. Translation and heavy paraphrase are not found, and are not among the rewrites.
"""

from collections import Counter
from collections.abc import Iterable

from bench.lib import retold
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from bench.lib.retold import Pair
from tallystick.reports.derivation import Derivation, derivation, sketch

BAR = 0.80
COUNT = 100
CLASSES: tuple[Derivation, ...] = ("wholly", "partly", "not")
_Counts = Counter[tuple[str, Derivation, Derivation]]


def run(options: Options) -> Result:
    """Judge all pairs of the events that judge."""
    teaching, judging = retold.halves()
    count = options.size or COUNT
    taught, counts = counted(retold.pairs(teaching, count, seed=1)), counted(retold.pairs(judging, count, seed=2))
    scores = f1s(counts)
    rows: list[list[str | float | None]] = [
        [kind, truth, *(sum(counts[kind, truth, found] for truth in CLASSES) for found in CLASSES)]
        for kind, truth in dict.fromkeys((kind, truth) for kind, truth, _ in counts)
    ]
    return Result(
        name="derived",
        figures=[
            Figure(name="mean F1 of three classes", ours=mean(scores), bar=BAR),
            *(Figure(name=f"F1, {name}", ours=scores[name]) for name in CLASSES),
            Figure(name="mean F1 on the events that teach", ours=mean(f1s(taught)), checked=False),
        ],
        tables=[Table("Pairs by how they were made", ["made by", "derived", *(f"found {each}" for each in CLASSES)], rows)],
    )


def counted(pairs: Iterable[Pair]) -> _Counts:
    """Count pairs by kind, truth and what was found."""
    out: _Counts = Counter()
    for each in pairs:
        out[each.kind, each.truth, derivation(sketch(each.text), sketch(each.source))] += 1
    return out


def f1s(counts: _Counts) -> dict[Derivation, float]:
    """Return the F1 of each class."""
    out = {}
    for name in CLASSES:
        right = sum(times for (_, truth, found), times in counts.items() if truth == found == name)
        either = sum(times * ((truth == name) + (found == name)) for (_, truth, found), times in counts.items())
        out[name] = 2 * right / either if either else 0.0
    return out


def mean(scores: dict[Derivation, float]) -> float:
    """Return the plain mean."""
    return sum(scores.values()) / len(scores)
