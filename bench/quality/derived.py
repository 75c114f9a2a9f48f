"""Whether one text is derived from another, in three classes: wholly, partly, not; on rewrites of made-up news.

Bar: mean F1 of the three classes 0.80, over all kinds of pairs and over the harder ones alone. Half of the events teach, the
others judge: a change of `reports/derivation.py` is chosen with those that teach. A text goes through the zones first, as a
report is read: what an outlet ends every text with is no main text. The other tools get the same main text; their two thresholds
are those with the best mean F1 on the events that teach. Translation and heavy paraphrase are not found, and are not among the
rewrites.

Events, phrases and endings are our own. The zones know the formulas that these endings are made of: how often they know those of
other outlets is not said here.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bench.lib import peers, places, retold
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from bench.lib.retold import Pair
from tallystick.reports.derivation import Derivation, derivation, sketch
from tallystick.reports.zones import Block, zoned

BAR = 0.80
COUNT = 100
CLASSES: tuple[Derivation, ...] = ("wholly", "partly", "not")
_PARAGRAPH = re.compile(r"[^\n]+")
_STEPS = [step / 40 for step in range(1, 40)]
_Counts = Counter[tuple[str, Derivation, Derivation]]


def run(options: Options) -> Result:
    """Judge all pairs of the events that judge."""
    teaching, judging = retold.halves()
    count = options.size or COUNT
    taught, judged = _read(retold.pairs(teaching, count, seed=1)), _read(retold.pairs(judging, count, seed=2))
    ours_taught, ours = (
        _counted(each, [derivation(sketch(one.text), sketch(one.source)) for one in each]) for each in (taught, judged)
    )
    beside = _peers(taught, judged) if options.peers else {}
    figures = [
        Figure(
            name="mean F1 of three classes", ours=mean(f1s(ours)), bar=BAR, peers={n: mean(f1s(c)) for n, c in beside.items()}
        ),
        Figure(
            name="mean F1 of the harder kinds",
            ours=mean(f1s(_harder(ours))),
            bar=BAR,
            peers={n: mean(f1s(_harder(c))) for n, c in beside.items()},
        ),
        *(
            Figure(name=f"F1, {name}", ours=f1s(ours)[name], peers={n: f1s(c)[name] for n, c in beside.items()})
            for name in CLASSES
        ),
        Figure(name="mean F1 on the events that teach", ours=mean(f1s(ours_taught)), checked=False),
    ]
    return Result(name="derived", figures=figures, tables=[_table(ours, beside)])


def _read(pairs: Iterable[Pair]) -> list[Pair]:
    return [replace(each, text=_main(each.text), source=_main(each.source)) for each in pairs]


def _main(text: str) -> str:
    """Return the main text of a plain text, as a report is read."""
    blocks = [Block(found.start(), found.end(), found[0]) for found in _PARAGRAPH.finditer(text)]
    return "\n\n".join(each.text for each in zoned(blocks) if each.zone == "main")


def _counted(pairs: Sequence[Pair], found: Iterable[Derivation]) -> _Counts:
    """Count pairs by kind, truth and what was found."""
    return Counter((each.kind, each.truth, one) for each, one in zip(pairs, found, strict=True))


def _harder(counts: _Counts) -> _Counts:
    return Counter({key: times for key, times in counts.items() if key[0] in retold.HARDER})


def _peers(taught: Sequence[Pair], judged: Sequence[Pair]) -> dict[str, _Counts]:
    """Return what other tools find in the pairs that judge, with thresholds from those that teach."""
    path = places.scratch("out", "derived.jsonl")
    lines = (json.dumps({"text": each.text, "source": each.source}) for each in (*taught, *judged))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    answer, _ = peers.call("derived", "derived_scores.py", path)
    out = {}
    for tool, scores in answer["scores"].items():
        partly, wholly = _thresholds(taught, scores[: len(taught)])
        out[tool] = _counted(judged, [_class(score, partly, wholly) for score in scores[len(taught) :]])
    return out


def _class(score: float, partly: float, wholly: float) -> Derivation:
    return "wholly" if score >= wholly else "partly" if score >= partly else "not"


def _thresholds(pairs: Sequence[Pair], scores: Sequence[float]) -> tuple[float, float]:
    """Return from which score on a text is partly and wholly derived, so that the mean F1 is best."""
    return max(
        itertools.combinations(_STEPS, 2),
        key=lambda both: mean(f1s(_counted(pairs, [_class(score, *both) for score in scores]))),
    )


def f1s(counts: _Counts) -> dict[Derivation, float]:
    """Return the F1 of each class."""
    out = {}
    for name in CLASSES:
        right = sum(times for (_, truth, found), times in counts.items() if truth == found == name)
        either = sum(times * ((truth == name) + (found == name)) for (_, truth, found), times in counts.items())
        out[name] = 2 * right / either if either else 0.0
    return out


def mean(scores: Mapping[Derivation, float]) -> float:
    """Return the plain mean."""
    return sum(scores.values()) / len(scores)


def _table(ours: _Counts, beside: Mapping[str, _Counts]) -> Table:
    kinds = dict.fromkeys((kind, truth) for kind, truth, _ in ours)
    rows: list[list[str | float | None]] = [
        [
            kind,
            truth,
            *(ours[kind, truth, found] for found in CLASSES),
            *(each[kind, truth, truth] for each in beside.values()),
        ]
        for kind, truth in kinds
    ]
    headings = ["made by", "derived", *(f"found {each}" for each in CLASSES), *(f"right, {tool}" for tool in beside)]
    return Table("Pairs by how they were made", headings, rows)
