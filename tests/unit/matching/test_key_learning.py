"""Key weights: the arithmetic of the file, and that learning them helps."""

from lib.made import made
from tallystick.matching import default_parameters
from tallystick.matching.key_learning import FIRST, NAMES, THRESHOLDS_BITS, KeySet, key_weights, learn_keys, mean_f1
from tallystick.matching.parameter_text import changed
from tallystick.node.labelled import LabelledRun

SHIPPED = default_parameters()
BITS = dict.fromkeys(NAMES, 0.0) | {
    "fine_bits": 0.5,
    "fine_parts": -1.26,
    "coarse_bits": 0.4,
    "coarse_parts": -3.0,
    "always": -1.0,
    "both": 8.0,
    "holder": 3.0,
    "single": -2.04,
    "day": 12.3,
    "conflict": -5.4,
    "year": 2.7,
}


def labelled_keys(size: int, seed: int) -> KeySet:
    run = LabelledRun(made(size, seed), SHIPPED, 0.0, lambda *_: None)
    lines_a, lines_b = run.lines()
    return KeySet(lines_a, lines_b, list(run.run.pairs()), run.matches, run.prior_bits)


def test_bits_become_tenths() -> None:
    found = key_weights(BITS, 11.5)
    assert (found["threshold"], found["birth_day"], found["birth_conflict"], found["birth_year"]) == (115, 123, -54, 27)
    assert (found["complete_both"], found["complete_holder"], found["complete_neither"]) == (70, 20, -10)
    assert found["single"] == 20
    assert (found["fine_slope"], found["fine_offset"]) == (0.5, -1.26)
    assert set(found) == set(FIRST)


def test_a_single_part_never_earns_a_bonus() -> None:
    assert key_weights(BITS | {"single": 1.0}, 12)["single"] == 0


def test_learned_keys_find_more_than_the_first_guess_on_other_registers() -> None:
    weights, f1 = learn_keys([labelled_keys(600, 1)], SHIPPED)
    others = [labelled_keys(600, 2)]
    assert weights["threshold"] / 10 in THRESHOLDS_BITS
    assert f1 > 0.85
    assert mean_f1(others, changed(SHIPPED, keys=weights)) > mean_f1(others, changed(SHIPPED, keys=FIRST))
