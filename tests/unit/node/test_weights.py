"""Learning from made-up registers: labelled, unlabelled, with counted names; judged on who did not teach."""

from dataclasses import replace

import pytest

from lib.made import Lines, made
from tallystick._native import feature_names, start_weights
from tallystick.errors import InputError
from tallystick.matching import Parameters, default_parameters
from tallystick.matching.learning import Calibration, Quality
from tallystick.matching.name_learning import read_table
from tallystick.matching.parameter_text import changed
from tallystick.node.labelled import LabelledRun, RegisterPair
from tallystick.node.name_tables import with_channels, with_frequencies
from tallystick.node.weights import LearnPlan, Lesson, learn

SHIPPED = default_parameters()
START = dict(zip(feature_names(), start_weights(), strict=True))
RAW = changed(SHIPPED, weights=START, calibration=Calibration(1.0, 0.0))
"""What frequencies alone say: nothing has been learned yet."""


def quality_on(pair: RegisterPair, parameters: Parameters) -> Quality:
    return LabelledRun(pair, parameters, 0.0, lambda *_: None).quality()


def loss_on(pair: RegisterPair, parameters: Parameters) -> float:
    return quality_on(pair, parameters).log_loss_bits


@pytest.fixture(scope="module")
def labelled() -> Lesson:
    return learn([made(1500, 1)], RAW)


@pytest.fixture(scope="module")
def unlabelled() -> Lesson:
    return learn([replace(made(1500, 1), truth=None)], RAW)


def test_labels_lessen_the_surprise_on_who_was_held_out(labelled: Lesson) -> None:
    assert labelled.before is not None
    assert labelled.after is not None
    assert labelled.after.log_loss_bits < labelled.before.log_loss_bits
    assert labelled.after.f1 >= labelled.before.f1 - 0.01
    assert not labelled.is_worse
    assert 0 < labelled.after.matches < 0.25 * len(made(1500, 1).truth or ())


def test_what_was_learned_holds_on_other_registers(labelled: Lesson) -> None:
    assert loss_on(made(1500, 2), labelled.parameters) < loss_on(made(1500, 2), RAW)


def test_without_labels_nearly_the_same_is_learned(labelled: Lesson, unlabelled: Lesson) -> None:
    fresh = made(1500, 2)
    raw, with_truth, without = (quality_on(fresh, each) for each in (RAW, labelled.parameters, unlabelled.parameters))
    assert without.log_loss_bits < raw.log_loss_bits
    assert without.f1 > with_truth.f1 - 0.02
    learned_with, learned_without = ({each.feature: each.after for each in one.changes} for one in (labelled, unlabelled))
    for name in ("birth.day", "name.complete", "name.more", "gender.same"):
        assert learned_without[name] == pytest.approx(learned_with[name], abs=1.5), name
    assert unlabelled.before is None
    assert unlabelled.after is None
    assert unlabelled.sets[0].matches == pytest.approx(450, rel=0.05)


def test_a_set_that_trusts_itself_does_not_shed_matches(unlabelled: Lesson) -> None:
    longer = learn([replace(made(1500, 1), truth=None)], RAW, plan=LearnPlan(rounds=10))
    assert longer.sets[0].matches == pytest.approx(unlabelled.sets[0].matches, rel=0.02)


def test_rounds_move_less_and_less(unlabelled: Lesson) -> None:
    assert len(unlabelled.moved_bits) == LearnPlan().rounds
    assert unlabelled.moved_bits[-1] < unlabelled.moved_bits[0]


def test_the_report_shows_every_weight_before_and_after(labelled: Lesson) -> None:
    assert [each.feature for each in labelled.changes] == feature_names()
    assert {each.feature: each.after for each in labelled.changes} == labelled.parameters.weights
    assert {each.feature: each.before for each in labelled.changes} == pytest.approx(START, abs=0.001)
    heard = {each.feature: each.heard for each in labelled.changes}
    assert heard["name.first"] > 0.9 > heard["birth.day"] > heard["name.weak"] == 0.0


def test_same_input_same_bytes(labelled: Lesson) -> None:
    again = learn([made(1500, 1)], RAW)
    assert again.parameters.text == labelled.parameters.text
    assert again.parameters.digest == labelled.parameters.digest


def test_another_calibration_states_what_a_fresh_run_states() -> None:
    bent = Calibration(0.7, 1.25)
    run = LabelledRun(made(600, 3), SHIPPED, 0.0, lambda *_: None)
    first = run.run.decided()
    assert (
        run.run.decided(bent) == LabelledRun(made(600, 3), changed(SHIPPED, calibration=bent), 0.0, lambda *_: None).run.decided()
    )
    assert run.run.decided() == first


def test_two_pairs_of_registers_teach_together() -> None:
    lesson = learn([made(600, 3), made(600, 4)], RAW)
    assert [each.matches for each in lesson.sets] == [180, 180]
    assert lesson.after is not None
    assert lesson.after.matches == sum(each.after.matches for each in lesson.sets if each.after)


def test_undecided_pairs_neither_teach_nor_judge() -> None:
    pair = made(600, 3)
    assert pair.truth is not None
    known = sorted(pair.truth)
    partly = replace(pair, truth=frozenset(known[:100]), undecided=frozenset(known[100:]))
    without = replace(pair, truth=frozenset(known[:100]))
    assert loss_on(partly, SHIPPED) < loss_on(without, SHIPPED)


def test_a_truth_with_holes_is_noticed() -> None:
    pair = made(600, 3)
    assert pair.truth is not None
    lesson = learn([replace(pair, truth=frozenset(sorted(pair.truth)[:60]))], RAW)
    assert any("60 pairs" in each and "expected" in each for each in lesson.warnings)
    assert any("labelled pairs teach" in each for each in lesson.warnings)


def test_pairs_of_unknown_records_are_counted() -> None:
    pair = made(600, 3)
    assert pair.truth is not None
    lesson = learn([replace(pair, truth=pair.truth | {("nobody", "b-1"), ("a-1", "nobody")})], RAW)
    assert lesson.sets[0].unknown == 2
    assert any("2 pairs of the truth" in each for each in lesson.warnings)


@pytest.mark.parametrize("truth", [frozenset(), frozenset({("nobody", "no-one")})])
def test_a_truth_that_teaches_nothing_is_refused(truth: frozenset[tuple[str, str]]) -> None:
    with pytest.raises(InputError) as caught:
        learn([replace(made(600, 3), truth=truth)], RAW)
    assert caught.value.hint


def test_empty_registers_are_refused() -> None:
    with pytest.raises(InputError):
        learn([replace(made(600, 3), a=Lines(()), truth=None)], RAW)


def test_lines_that_are_no_records_are_counted() -> None:
    pair = made(600, 3)
    assert isinstance(pair.a, Lines)
    lesson = learn([replace(pair, a=Lines((b"{", *pair.a.lines)))], RAW, plan=LearnPlan(keys=True))
    assert lesson.sets[0].bad_lines == 1
    assert lesson.sets[0].records_a == 600
    assert lesson.keys_f1 is not None


def test_counted_names_are_mixed_with_the_table() -> None:
    sides = [made(600, 3).a, made(600, 3).b]
    half, persons = with_frequencies(SHIPPED, sides, 0.5)
    assert persons == 1200
    own = read_table(with_frequencies(SHIPPED, sides, 1.0)[0].frequencies)
    shipped, mixed = read_table(SHIPPED.frequencies), read_table(half.frequencies)
    for name in own.keys() & shipped.keys() & mixed.keys():
        assert mixed[name] == pytest.approx((own[name] + shipped[name]) / 2, rel=0.08), name
    assert len(own.keys() & shipped.keys() & mixed.keys()) > 500
    with pytest.raises(InputError):
        with_frequencies(SHIPPED, [Lines(())], 0.5)


def test_too_few_writings_are_refused() -> None:
    with pytest.raises(InputError):
        with_channels(SHIPPED, [("Иван", "Ivan")])
