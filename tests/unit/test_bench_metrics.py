"""The figures the benchmarks report, against cases small enough to count by hand."""

import math
from pathlib import Path

import pytest
from bench.lib import baseline, metrics, places
from bench.lib.quality import Truth, evaluate_pairs, read_hits, read_truth
from bench.lib.report import Figure, Result

SCORED = [(5.0, True), (4.0, True), (4.0, False), (3.0, True), (1.0, False)]


def test_at_threshold_counts_what_reaches_it() -> None:
    quality = metrics.at_threshold(SCORED, 4, 4.0)
    assert (quality.precision, quality.recall) == (2 / 3, 2 / 4)
    assert quality.f1 == pytest.approx(2 * (2 / 3) * (1 / 2) / (2 / 3 + 1 / 2))


def test_best_f1_takes_ties_together() -> None:
    best = metrics.best_f1(SCORED, 3)
    assert best.threshold == 3.0
    assert (best.precision, best.recall) == (3 / 4, 1.0)


def test_equal_scores_cannot_be_told_apart() -> None:
    assert metrics.best_f1([(1.0, True), (1.0, False)], 1).precision == 0.5
    assert metrics.average_precision([(1.0, True), (1.0, False)], 1) == 0.5


def test_average_precision_weighs_by_gained_recall() -> None:
    assert metrics.average_precision(SCORED, 4) == pytest.approx((1 / 4) * 1 + (1 / 4) * (2 / 3) + (1 / 4) * (3 / 4))


def test_recall_at_precision_needs_the_precision() -> None:
    assert metrics.recall_at_precision(SCORED, 4, 0.99).recall == 1 / 4
    assert metrics.recall_at_precision(SCORED, 4, 0.75).recall == 3 / 4


def test_calibration_error_is_the_gap_between_stated_and_observed() -> None:
    stated = [(0.9, True)] * 9 + [(0.9, False)] * 1 + [(0.2, True)] * 10
    assert metrics.calibration_error(metrics.reliability(stated)) == pytest.approx(0.8 * 10 / 20)


def test_certainty_falls_into_the_last_bar() -> None:
    assert metrics.reliability([(1.0, True)], 10) == [metrics.Bin(1.0, 1.0, 1)]


def test_screening_threshold_lies_above_the_strangers() -> None:
    strangers = [9.0, 8.0, *[0.0] * 1998]
    screened = metrics.recall_at_false_rate([8.5, 8.0, 10.0, -math.inf], strangers, 0.001)
    assert screened.recall == 3 / 4  # two strangers may pass: the third scores 0
    none_allowed = metrics.recall_at_false_rate([8.5, 9.0, 10.0], strangers, 0.0)
    assert (none_allowed.recall, none_allowed.false_rate) == (1 / 3, 0.0)


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_twice_listed_persons_count_once_and_undecided_pairs_not_at_all(tmp_path: Path) -> None:
    truth = read_truth(
        _write(tmp_path / "truth.csv", "id_a,id_b,how\na1,b1,x\na2,b1,x\na3,b3,x\n"),
        _write(tmp_path / "ignore.csv", "id_a,id_b,note\na4,b4,x\n"),
        _write(tmp_path / "twice.csv", "register,ids\nr,a1 a2\n"),
    )
    found = _write(
        tmp_path / "found.csv",
        "id_a,id_b,weight_bits,probability,decision\na2,b1,9,.9,link\na1,b1,2,.1,possible\na4,b4,8,.8,link\na5,b5,7,.7,link\n",
    )
    judged = evaluate_pairs(found, truth)
    assert judged.total() == 2
    assert judged.default().recall == 1 / 2
    assert judged.default().precision == 1 / 2
    assert judged.pairs["a1", "b1"].weight_bits == 9


def test_look_alikes_in_a_truth_file_are_no_same_persons(tmp_path: Path) -> None:
    truth = read_truth(_write(tmp_path / "truth.csv", "id_a,id_b,kind\na1,b1,same\na1,b2,brother\n"))
    assert truth.same == {("a1", "b1")}


def test_what_was_never_returned_scores_lowest(tmp_path: Path) -> None:
    answers = read_hits(_write(tmp_path / "hits.csv", "query_id,record_id,weight_bits,probability,decision\nq,r,3,.5,possible\n"))
    assert answers.score("q", {"r"}) == answers.top("q") == 3
    assert answers.score("q", {"other"}) == answers.top("p") == -math.inf
    assert not answers.linked("q")


def test_groups_of_pairs_are_judged_apart(tmp_path: Path) -> None:
    header = "id_a,id_b,weight_bits,probability,decision\n"
    found = _write(tmp_path / "found.csv", header + "a1,b1,9,.9,link\na2,b9,8,.8,link\n")
    judged = evaluate_pairs(found, Truth(frozenset({("a1", "b1"), ("a2", "b2")})))
    assert judged.default(lambda pair: pair[0] == "a1").f1 == 1.0
    assert judged.default(lambda pair: pair[0] == "a2").f1 == 0.0


def test_a_worse_or_lost_figure_is_told_and_a_better_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "BASELINE", tmp_path / "baseline.json")
    before = [Figure(name="f1", ours=0.9), Figure(name="error", ours=0.1, more_is_better=False), Figure(name="gone", ours=0.5)]
    baseline.freeze([Result(name="lists", figures=[*before, Figure(name="seconds", ours=3.0, checked=False)])])
    better = [
        Figure(name="f1", ours=0.95),
        Figure(name="error", ours=0.05, more_is_better=False),
        Figure(name="gone", ours=0.499),
    ]
    assert baseline.compare([Result(name="lists", figures=better)]) == []
    worse = [Figure(name="f1", ours=0.89), Figure(name="error", ours=0.2, more_is_better=False)]
    told = baseline.compare([Result(name="lists", figures=worse)])
    assert sorted(line.split(":")[0] for line in told) == ["gone", "worse", "worse"]


def test_a_bar_is_met_missed_or_above_its_floor() -> None:
    verdicts = [Figure(name="f1", ours=ours, bar=0.9, floor=0.8).verdict() for ours in (0.95, 0.85, 0.7)]
    assert verdicts == ["met", "floor", "missed"]
    assert Figure(name="s", ours=2.0, bar=1.0, more_is_better=False).verdict() == "missed"
