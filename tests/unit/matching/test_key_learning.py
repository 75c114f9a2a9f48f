"""Key weights are climbed: to more found, within a limit of keys, the same every time, and never out of the law."""

import json
import statistics
from dataclasses import replace

import pytest

from lib.made import made
from tallystick import _native
from tallystick.matching import KeyMaker, default_parameters
from tallystick.matching.key_learning import FIRST, KeySet, KeyWeights, learn_keys, mean_f1
from tallystick.matching.parameter_text import changed
from tallystick.node.labelled import LabelledRun
from tallystick.node.weights import key_set

SHIPPED = default_parameters()
POOR: KeyWeights = FIRST | {"coarse_slope": 1.0, "fine_slope": 1.0, "complete_both": 40, "birth_day": 60}


def labelled(size: int, seed: int) -> KeySet:
    return key_set(LabelledRun(made(size, seed), SHIPPED, 0.0, lambda *_: None), most_keys=None)


@pytest.fixture(scope="module")
def teaching() -> KeySet:
    return labelled(600, 1)


def median_keys(one: KeySet, weights: KeyWeights) -> float:
    lines = [*one.askers, *one.holders]
    return statistics.median(map(len, KeyMaker(changed(SHIPPED, keys=weights)).keys(lines, "holder")))


def test_learned_keys_find_more_than_poor_ones_on_other_registers(teaching: KeySet) -> None:
    weights, f1 = learn_keys([teaching], SHIPPED, first=POOR)
    others = [labelled(600, 2)]
    assert f1 > 0.85
    assert mean_f1(others, changed(SHIPPED, keys=weights)) > mean_f1(others, changed(SHIPPED, keys=POOR))
    assert weights["threshold"] == POOR["threshold"]
    assert (weights, f1) == learn_keys([teaching], SHIPPED, first=POOR)


def test_a_limit_of_keys_is_kept_where_it_can_be(teaching: KeySet) -> None:
    free, _ = learn_keys([teaching], SHIPPED)
    limit = median_keys(teaching, free) * 0.7
    bound, f1 = learn_keys([replace(teaching, most_keys=limit)], SHIPPED)
    assert median_keys(teaching, bound) < limit * 1.1
    assert f1 > 0.8


def test_undecided_pairs_count_neither_way(teaching: KeySet) -> None:
    hits = KeyMaker(SHIPPED).hits(teaching.askers, teaching.holders)
    wrong = frozenset(hits) - teaching.matches
    assert wrong
    assert mean_f1([replace(teaching, undecided=wrong)], SHIPPED) > mean_f1([teaching], SHIPPED)


def test_what_a_trial_counts_is_what_shares_a_key(teaching: KeySet) -> None:
    """Judged without softness, tried weights find the very pairs that key makers find."""
    for weights in (FIRST, POOR, json.loads(SHIPPED.text)["keys"]):
        parameters = changed(SHIPPED, keys=weights)
        hits = set(KeyMaker(parameters).hits(teaching.askers, teaching.holders))
        pairs = sorted({*teaching.pairs, *teaching.matches, *hits})
        trial = _native.KeyTrial(SHIPPED.text, SHIPPED.frequencies)
        labelled_pairs = [(a, b, (a, b) in teaching.matches) for a, b in pairs]
        trial.add(list(teaching.askers), list(teaching.holders), labelled_pairs, list(teaching.holders))
        assert trial.judge(json.dumps(weights), 0.0) == [(len(hits & teaching.matches), len(hits - teaching.matches))]
        keys = KeyMaker(parameters).keys(teaching.holders, "holder")
        assert trial.counts(json.dumps(weights)) == [list(map(len, keys))]


def test_weights_against_the_law_are_refused() -> None:
    trial = _native.KeyTrial(SHIPPED.text, SHIPPED.frequencies)
    with pytest.raises(ValueError, match="single"):
        trial.judge(json.dumps(FIRST | {"single": -1}), 0.0)


def test_learned_weights_round_alike_on_every_machine(teaching: KeySet) -> None:
    """No entry of a table of one decimal comes near a half of a tenth (spec/match-keys-v1.md, section 3)."""
    weights, _ = learn_keys([teaching], SHIPPED)
    for grain in ("fine", "coarse"):
        slope, offset = (round(1000 * weights[f"{grain}_{name}"], 3) for name in ("slope", "offset"))
        for tenth_bits in range(200):
            rest = (slope * tenth_bits + 10 * offset) % 1000
            assert abs(rest - 500) > 1
