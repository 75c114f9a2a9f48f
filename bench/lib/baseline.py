"""The committed baseline: quality figures of an earlier commit, which later ones must not fall below.

Speed is not in it: it belongs to a machine, not to a commit.
"""

import json
from collections.abc import Sequence

from bench.lib import places
from bench.lib.report import Result, say

SLACK = 0.002
"""A quality figure may be worse by so much: rounding, and the order of equal weights."""


def freeze(results: Sequence[Result]) -> None:
    """Write the checked figures of these results into the baseline; other benchmarks keep theirs."""
    known = _read()
    for result in results:
        figures = {f.name: round(f.ours, 4) for f in result.figures if f.checked and f.ours is not None}
        if figures:
            known[result.name] = figures
    places.BASELINE.write_text(json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"baseline written: {', '.join(sorted(known))}")


def compare(results: Sequence[Result]) -> list[str]:
    """One line for every figure of the baseline that is worse now by more than SLACK, or gone."""
    known = _read()
    worse = []
    for result in results:
        now = {figure.name: figure for figure in result.figures}
        for name, before in known.get(result.name, {}).items():
            figure = now.get(name)
            if figure is None or figure.ours is None:
                worse.append(f"gone: {result.name}, {name}: was {before}")
            elif (figure.ours - before) * (1 if figure.more_is_better else -1) < -SLACK:
                worse.append(f"worse: {result.name}, {name}: {figure.ours:.4f}, was {before:.4f}")
    return worse


def _read() -> dict[str, dict[str, float]]:
    return json.loads(places.BASELINE.read_text(encoding="utf-8")) if places.BASELINE.exists() else {}
