"""Figures of merit over scored, labelled answers. Pure; reads nothing, writes nothing.

Rules
 1. Ties are taken together: no figure depends on the order in which equal scores arrive.
 2. What was never answered counts as missed: every figure takes the total of true answers from outside.
 3. A threshold t accepts scores >= t.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

Scored: TypeAlias = tuple[float, bool]
"""A score and whether the answer is right."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision, recall and F1 at one threshold (None: not a threshold on a score)."""

    precision: float
    recall: float
    f1: float
    threshold: float | None = None

    @classmethod
    def of(cls, right: int, wrong: int, total: int, threshold: float | None = None) -> "Quality":
        """Count up: `right` and `wrong` answers given, `total` right answers there are."""
        precision = right / (right + wrong) if right + wrong else 0.0
        recall = right / total if total else 0.0
        both = precision + recall
        return cls(precision, recall, 2 * precision * recall / both if both else 0.0, threshold)


def _steps(scored: Iterable[Scored]) -> Iterable[tuple[float, int, int]]:
    """Yield (score, right, wrong) cumulated from the highest score down, ties together."""
    right = wrong = 0
    for score, tied in groupby(sorted(scored, reverse=True), key=lambda row: row[0]):
        labels = [label for _, label in tied]
        right += sum(labels)
        wrong += len(labels) - sum(labels)
        yield score, right, wrong


def at_threshold(scored: Iterable[Scored], total: int, threshold: float) -> Quality:
    """Quality of what scores at least `threshold`."""
    labels = [label for score, label in scored if score >= threshold]
    return Quality.of(sum(labels), len(labels) - sum(labels), total, threshold)


def best_f1(scored: Iterable[Scored], total: int) -> Quality:
    """Quality at the threshold with the highest F1, found with the truth in hand."""
    found = (Quality.of(right, wrong, total, score) for score, right, wrong in _steps(scored))
    return max(found, key=lambda quality: quality.f1, default=Quality(0.0, 0.0, 0.0))


def recall_at_precision(scored: Iterable[Scored], total: int, precision: float) -> Quality:
    """Quality at the threshold with the highest recall among those of at least `precision`."""
    found = (Quality.of(right, wrong, total, score) for score, right, wrong in _steps(scored))
    enough = (quality for quality in found if quality.precision >= precision)
    return max(enough, key=lambda quality: quality.recall, default=Quality(0.0, 0.0, 0.0))


def average_precision(scored: Iterable[Scored], total: int) -> float:
    """Precision averaged over the recall gained at each step."""
    area = last = 0.0
    for _, right, wrong in _steps(scored):
        recall = right / total
        area += (recall - last) * right / (right + wrong)
        last = recall
    return area


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram: what was stated and what came true."""

    stated: float
    observed: float
    count: int


def reliability(stated: Iterable[Scored], bins: int = 20) -> list[Bin]:
    """Sort stated probabilities into `bins` equal slices of [0, 1]; empty slices are left out."""
    slices: list[list[Scored]] = [[] for _ in range(bins)]
    for probability, label in stated:
        slices[min(int(probability * bins), bins - 1)].append((probability, label))
    return [
        Bin(sum(p for p, _ in rows) / len(rows), sum(label for _, label in rows) / len(rows), len(rows))
        for rows in slices
        if rows
    ]


def calibration_error(bars: Sequence[Bin]) -> float:
    """Expected calibration error: |stated - observed|, averaged over the answers."""
    count = sum(bar.count for bar in bars)
    return sum(abs(bar.stated - bar.observed) * bar.count for bar in bars) / count if count else 0.0


@dataclass(frozen=True, slots=True)
class Screening:
    """Recall at the lowest threshold that keeps false hits at `false_rate` of the strangers or below."""

    recall: float
    false_rate: float
    threshold: float


def recall_at_false_rate(wanted: Sequence[float], strangers: Sequence[float], rate: float) -> Screening:
    """Set the threshold on the strangers, then see how many wanted answers pass it.

    Args:
        wanted: for each positive query the score of its true answer (-inf when it was not returned).
        strangers: for each negative query its highest score (-inf when nothing was returned).
        rate: share of the strangers that may have a hit.
    """
    allowed = int(rate * len(strangers))
    ranked = sorted(strangers, reverse=True)
    limit = ranked[allowed] if allowed < len(ranked) else float("-inf")  # scores must lie above it
    passed = [score for score in wanted if score > limit]
    threshold = min(passed, default=limit)
    false_hits = sum(score > limit for score in strangers)
    return Screening(len(passed) / max(1, len(wanted)), false_hits / max(1, len(strangers)), threshold)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0
