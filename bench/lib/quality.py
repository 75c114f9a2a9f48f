"""Judges a file of found pairs (or hits) against a truth file.

Does not know what wrote the pairs: any CSV with `id_a,id_b,weight_bits,probability,decision` will do.

Rules (data/SOURCES.md of the evaluation data)
 1. Undecided pairs (ignore_*) count neither as hit nor as miss.
 2. Where an issuer lists one person twice, the entries are taken together: finding either counts, once.
 3. Entries taken together have the highest score of any.
"""

import csv
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from bench.lib import metrics
from bench.lib.metrics import Quality, Scored

Pair: TypeAlias = tuple[str, str]


Order: TypeAlias = Literal["weight_bits", "probability"]
ORDERS: tuple[Order, ...] = ("weight_bits", "probability")
"""What a threshold can be set on. A probability may also weigh rivals: the same weight says less where two persons fit."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a pairs file."""

    weight_bits: float
    probability: float
    linked: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """Which pairs are the same person, which are undecided, and which entries are one person."""

    same: frozenset[Pair]
    ignored: frozenset[Pair] = frozenset()
    twin: Mapping[str, str] = field(default_factory=dict)

    def fold(self, pair: Pair) -> Pair:
        """Both ids replaced by the one that stands for their person."""
        return self.twin.get(pair[0], pair[0]), self.twin.get(pair[1], pair[1])


def read_truth(same: Path, ignored: Path | None = None, twice: Path | None = None) -> Truth:
    """Read a truth file and what belongs to it.

    Args:
        same: CSV whose first two columns are the ids of one person.
        ignored: CSV of undecided pairs, same layout; may not exist.
        twice: CSV `register,ids`: ids of one register, blank-separated, that are one person.
    """
    twin: dict[str, str] = {}
    for row in _rows(twice):
        ids = row["ids"].split()
        twin |= dict.fromkeys(ids[1:], ids[0])
    draft = Truth(frozenset(), frozenset(), twin)
    pairs = frozenset(draft.fold(pair) for pair in _pairs(same))
    return Truth(pairs, frozenset(draft.fold(pair) for pair in _pairs(ignored)) - pairs, twin)


def read_pairs(path: Path, truth: Truth) -> dict[Pair, Found]:
    """Read a pairs file, entries of one person taken together, undecided pairs left out."""
    best: dict[Pair, Found] = {}
    for row in _rows(path):
        pair = truth.fold((row["id_a"], row["id_b"]))
        found = Found(float(row["weight_bits"]), _probability(row["probability"]), row["decision"] == "link")
        known = best.get(pair)
        if pair not in truth.ignored and (known is None or (found.linked, found.weight_bits) > (known.linked, known.weight_bits)):
            best[pair] = found
    return best


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A pairs file beside its truth."""

    pairs: Mapping[Pair, Found]
    truth: Truth

    def default(self, keep: Callable[[Pair], bool] = lambda _: True) -> Quality:
        """Quality of the links, as decided by the tool; `keep` restricts to a group of pairs."""
        labels = [pair in self.truth.same for pair, found in self.pairs.items() if found.linked and keep(pair)]
        return Quality.of(sum(labels), len(labels) - sum(labels), self.total(keep))

    def scored(self, by: Order, keep: Callable[[Pair], bool] = lambda _: True) -> list[Scored]:
        """Every written pair with its weight or probability, and whether it is right."""
        return [(getattr(found, by), pair in self.truth.same) for pair, found in self.pairs.items() if keep(pair)]

    def best(self, keep: Callable[[Pair], bool] = lambda _: True) -> Quality:
        """Quality at the best threshold, be it on the weight or on the stated probability."""
        total = self.total(keep)
        return max((metrics.best_f1(self.scored(by, keep), total) for by in ORDERS), key=lambda quality: quality.f1)

    def at_precision(self, precision: float, keep: Callable[[Pair], bool] = lambda _: True) -> Quality:
        """Quality at the highest recall with at least that precision, on the weight or on the stated probability."""
        total = self.total(keep)
        found = (metrics.recall_at_precision(self.scored(by, keep), total, precision) for by in ORDERS)
        return max(found, key=lambda quality: quality.recall)

    def total(self, keep: Callable[[Pair], bool] = lambda _: True) -> int:
        """How many pairs are the same person."""
        return sum(keep(pair) for pair in self.truth.same)

    def stated(self, above: float = 0.0) -> list[Scored]:
        """Every stated probability of at least `above`, and whether the pair is right."""
        return [(f.probability, pair in self.truth.same) for pair, f in self.pairs.items() if f.probability >= above]

    def recall_of(self, pairs: Collection[Pair]) -> float:
        """Share of these true pairs that were linked."""
        return sum(pair in self.pairs and self.pairs[pair].linked for pair in pairs) / len(pairs) if pairs else float("nan")


def write_errors(evaluation: Evaluation, path: Path) -> None:
    """Write what was missed and what was linked wrongly, ids only, for whoever wants to read the records."""
    linked = {pair for pair, found in evaluation.pairs.items() if found.linked}
    missed, false = evaluation.truth.same - linked, linked - evaluation.truth.same
    wrong = [*(("missed", pair) for pair in missed), *(("false", pair) for pair in false)]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["error", "id_a", "id_b", "weight_bits"])
        for error, pair in sorted(wrong):
            found = evaluation.pairs.get(pair)
            writer.writerow([error, *pair, found.weight_bits if found else ""])


def evaluate_pairs(pairs_csv: Path, truth: Truth) -> Evaluation:
    """Read a pairs file and put it beside its truth."""
    return Evaluation(read_pairs(pairs_csv, truth), truth)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a find run answered: for each query its hits with weight and decision."""

    hits: Mapping[str, Mapping[str, Found]]

    def score(self, query: str, wanted: Collection[str], by: Order = "weight_bits") -> float:
        """Weight or probability of the best hit among the wanted records; -inf when none was returned."""
        found = self.hits.get(query, {})
        return max((getattr(found[record], by) for record in wanted if record in found), default=float("-inf"))

    def top(self, query: str, by: Order = "weight_bits") -> float:
        """Weight or probability of the best hit; -inf when there is none."""
        return max((getattr(hit, by) for hit in self.hits.get(query, {}).values()), default=float("-inf"))

    def linked(self, query: str, wanted: Collection[str] | None = None) -> bool:
        """Whether any hit (of the wanted records, if given) is decided as a link."""
        return any(hit.linked for record, hit in self.hits.get(query, {}).items() if wanted is None or record in wanted)


def read_hits(path: Path) -> Answers:
    """Read `query_id,record_id,weight_bits,probability,decision`."""
    hits: dict[str, dict[str, Found]] = {}
    for row in _rows(path):
        found = Found(float(row["weight_bits"]), _probability(row["probability"]), row["decision"] == "link")
        hits.setdefault(row["query_id"], {})[row["record_id"]] = found
    return Answers(hits)


def _probability(text: str) -> float:
    value = float(text or "nan")
    return value if value == value else 0.0  # noqa: PLR0124  a peer that states none says nan, a match key says nothing


def _rows(path: Path | None) -> Iterable[dict[str, str]]:
    if path is None or not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _pairs(path: Path | None) -> Iterable[Pair]:
    for row in _rows(path):
        if row.get("kind", "same") == "same":  # the generator's truth also names look-alikes
            first, second, *_ = row.values()
            yield first, second
