"""Weights and calibration from evidence whose makers we know."""

import math
from array import array
from random import Random

import pytest

from tallystick.matching.learning import (
    BOUNDS,
    FEATURES,
    LEAST_PROBABILITY,
    WIDTH,
    Calibration,
    Quality,
    Sample,
    calibrate,
    calibration_error,
    drawn,
    fit,
    importance,
    judge,
    level,
    log_loss_bits,
    mean_quality,
)

NOUGHT = {feature: min(max(0.0, BOUNDS[feature][0]), BOUNDS[feature][1]) for feature in FEATURES}
"""As near to nought as the bounds let a weight be."""
PLANTED = NOUGHT | {"name.first": 1.2, "name.more": -3.0, "birth.day": 6.0, "birth.conflict": -4.0, "gender.same": 0.7}


def chance(log2_odds: float) -> float:
    return 1 / (1 + 2**-log2_odds)


def simulated(weights: dict[str, float], *, rows: int = 40_000, prior_bits: float = -3.0, seed: int = 1) -> Sample:
    """Return evidence of pairs, each a match with the chance that its weight says."""
    rng = Random(seed)
    sample = Sample(array("f"), array("f"), array("f"))
    for _ in range(rows):
        row = [0.0] * WIDTH
        row[FEATURES.index("name.first")] = rng.choice([0.0, 2.5, 5.0])
        row[FEATURES.index("name.more")] = float(rng.random() < 0.3)
        row[FEATURES.index(rng.choice(["birth.day", "birth.conflict"]))] = float(rng.random() < 0.5)
        row[FEATURES.index("gender.same")] = float(rng.random() < 0.5)
        bits = sum(x * weights[name] for x, name in zip(row, FEATURES, strict=True))
        sample.rows.extend(row)
        sample.labels.append(float(rng.random() < chance(bits + prior_bits)))
        sample.offsets.append(prior_bits)
    return sample


def test_planted_weights_are_found() -> None:
    found = fit([simulated(PLANTED)], NOUGHT, penalty=0.01)
    assert found.settled
    for name, bits in PLANTED.items():
        assert found.weights[name] == pytest.approx(bits, abs=0.3 if bits else 0.0), name


def test_soft_labels_teach_like_hard_ones() -> None:
    sample = simulated(PLANTED, rows=5_000)
    for row in range(5_000):
        bits = sum(x * PLANTED[name] for x, name in zip(sample.rows[row * WIDTH : (row + 1) * WIDTH], FEATURES, strict=True))
        sample.labels[row] = chance(bits - 3.0)
    found = fit([sample], NOUGHT, penalty=1e-6)
    assert found.weights == pytest.approx(PLANTED, abs=0.01)


def test_a_slope_of_the_calibration_is_taken_into_account() -> None:
    free = [name for name, bits in NOUGHT.items() if not bits]  # bounds are bits, whatever the slope
    halved = {name: PLANTED[name] / 2 for name in free}
    plain = fit([simulated(PLANTED)], NOUGHT, penalty=0.01)
    found = fit([simulated(PLANTED)], NOUGHT, penalty=0.01 * 4, slope=2.0)
    learned = {name: found.weights[name] for name in free}
    assert learned == pytest.approx({name: plain.weights[name] / 2 for name in free}, abs=0.01)
    assert learned == pytest.approx(halved, abs=0.15)


def test_what_the_data_do_not_speak_of_stays() -> None:
    centre = NOUGHT | {"phone.same": 13.0, "email.conflict": -0.3}
    found = fit([simulated(PLANTED, rows=2_000)], centre)
    assert (found.weights["phone.same"], found.weights["email.conflict"]) == (13.0, -0.3)
    assert (found.heard["phone.same"], found.heard["email.conflict"]) == (0.0, 0.0)
    assert found.heard["name.first"] > 0.9


def test_few_rows_leave_weights_near_the_centre() -> None:
    few, many = (fit([simulated(PLANTED, rows=rows)], NOUGHT).weights["birth.day"] for rows in (20, 20_000))
    assert abs(few) < 1.0 < many


def test_an_agreement_never_comes_to_speak_against() -> None:
    wrong = NOUGHT | {"gender.same": -2.0, "birth.conflict": 2.0, "name.more": -1.0}
    found = fit([simulated(wrong)], NOUGHT)
    assert found.weights["gender.same"] == 0.0
    assert found.weights["birth.conflict"] == 0.0
    assert found.weights["name.more"] < -0.5
    assert BOUNDS["birth.day"] == (0.0, math.inf)
    assert BOUNDS["name.spelling"] == (-math.inf, math.inf)


def test_no_rounds_measure_and_learn_nothing() -> None:
    sample = Sample(array("f", [0.0] * WIDTH), array("f", [1.0]), array("f", [-3.0]))
    found = fit([sample], PLANTED, rounds=0)
    assert found.weights == PLANTED
    assert found.surprise_bits == pytest.approx(-math.log2(chance(-3.0)))


def test_equal_samples_teach_equal_weights() -> None:
    assert fit([simulated(PLANTED)], NOUGHT) == fit([simulated(PLANTED)], NOUGHT)


@pytest.mark.parametrize(
    "sample",
    [
        Sample(array("f", [0.0]), array("f", [1.0]), array("f", [0.0])),
        Sample(array("f", [0.0] * WIDTH), array("f", [2.0]), array("f", [0.0])),
        Sample(array("f", [math.nan] * WIDTH), array("f", [1.0]), array("f", [0.0])),
        Sample(array("f", [0.0] * WIDTH), array("f", [1.0]), array("f", [0.0, 0.0])),
    ],
)
def test_broken_columns_are_refused(sample: Sample) -> None:
    with pytest.raises(ValueError, match=r"number|label"):
        fit([sample], NOUGHT)


def test_no_evidence_teaches_nothing() -> None:
    assert fit([Sample(array("f"), array("f"), array("f"))], PLANTED).weights == PLANTED
    assert fit([], PLANTED).weights == PLANTED


def test_a_large_pair_of_registers_does_not_teach_alone() -> None:
    assert importance(10) == 1.0
    assert importance(200_000) * 200_000 == importance(4_000) * 4_000


@pytest.mark.parametrize("expected", [0.5, 3.0, 9.9])
def test_a_level_makes_probabilities_add_up(expected: float) -> None:
    log2_odds = [-8.0, -3.0, -1.0, 0.0, 0.5, 2.0, 4.0, 9.0, 11.0, 12.0]
    shift = level(log2_odds, expected)
    assert sum(chance(max(-60.0, min(60.0, each + shift))) for each in log2_odds) == pytest.approx(expected, abs=0.02)


def test_who_is_held_out_depends_on_the_id_alone() -> None:
    shares = [drawn(f"id-{n}") for n in range(10_000)]
    assert all(0 <= share < 1 for share in shares)
    assert sum(share < 0.3 for share in shares) == pytest.approx(3_000, abs=150)
    assert drawn("id-1") == shares[1] != drawn("id-1", "other")


def test_judging_by_hand() -> None:
    stated = [(0.9, True), (0.8, True), (0.7, False), (0.2, True), (0.001, False)]
    found = judge(stated, 1, 0.5)
    assert found.matches == 4
    assert (found.precision, found.recall) == (2 / 3, 2 / 4)
    assert found.f1 == pytest.approx(4 / 7)
    surprise = -sum(map(math.log2, (0.9, 0.8, 0.3, 0.2, 0.999, LEAST_PROBABILITY)))
    assert found.log_loss_bits == pytest.approx(surprise / 4)
    assert found.calibration_error == pytest.approx((0.1 + 0.2 + 0.7 + 0.8) / 4)


def test_nothing_stated_and_nothing_true_is_no_fault() -> None:
    assert judge([], 0, 0.5) == Quality(0, 1.0, 1.0, 1.0, 0.0, 0.0)


def test_probabilities_of_nought_and_one_surprise_finitely() -> None:
    assert log_loss_bits([(0.0, True), (1.0, False)]) == pytest.approx(-2 * math.log2(LEAST_PROBABILITY))


def test_right_probabilities_have_no_calibration_error() -> None:
    assert calibration_error([(0.25, n % 4 == 0) for n in range(400)]) == 0.0
    assert calibration_error([(0.005, True)]) == 0.0


def test_quality_is_meant_over_sets() -> None:
    one, two = Quality(10, 1.0, 0.5, 0.6, 1.0, 0.1), Quality(90, 0.5, 1.0, 0.8, 3.0, 0.3)
    assert mean_quality([one, two]) == Quality(100, 0.75, 0.75, 0.7, 2.0, 0.2)


def test_calibration_finds_the_slope_that_was_bent() -> None:
    rng = Random(3)
    right = [rng.gauss(0, 4) for _ in range(20_000)]
    stated = [((bits - 1.5) / 0.6, rng.random() < chance(bits)) for bits in right]
    found = calibrate(
        lambda asked: log_loss_bits((chance(asked.slope * bits + asked.offset), same) for bits, same in stated), Calibration()
    )
    assert found.slope == pytest.approx(0.6, abs=0.05)
    assert found.offset == pytest.approx(1.5, abs=0.15)


def test_calibration_stays_where_nothing_is_better() -> None:
    start = Calibration(0.85, 0.8)
    assert calibrate(lambda asked: abs(asked.slope - start.slope) + abs(asked.offset - start.offset), start) == start
