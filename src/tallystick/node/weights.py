"""Learn a parameter set from registers: labelled ones, or two that nobody has labelled.

Does no I/O: registers and truths are passed in, parameters and a report come out.

Rules
 1. Labelled: records of side a are divided by their id. Most teach, half of the rest calibrate, the other half judge.
 2. A set that judges worse than the one it began with is told apart; whoever writes it down must ask for that.
 3. Not labelled: what the present set believes labels the pairs, they teach a new set, and so on, a few rounds
    (expectation maximization, with the start as an anchor). What teaches is that a person has one partner at most: rivals
    lower each other. That they lower the sum is put on the prior, not on the weights, which would only fall and fall.
    Nothing judges: the report says how far weights moved.
 4. Same input, same parameters, byte for byte.

See: docs/explanation/weights.md.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tallystick.errors import InputError
from tallystick.linkage.engine import Report
from tallystick.linkage.evidence import EvidenceRun
from tallystick.linkage.plan import Stage
from tallystick.matching import Parameters
from tallystick.matching.key_learning import KeySet, learn_keys
from tallystick.matching.learning import (
    PENALTY,
    Calibration,
    Fitted,
    Quality,
    Sample,
    calibrate,
    fit,
    importance,
    level,
    log_loss_bits,
    mean_quality,
)
from tallystick.matching.parameter_text import calibration_of, changed, content, named
from tallystick.node.labelled import LabelledRun, RegisterPair, SetReport

FEW_MATCHES = 200
"""With fewer pairs that teach, most weights stay what they were."""
MOST_KEYS = 30
"""Match keys that the median record of a learned set may have; more only if they find much more."""
_MUCH_MORE = 1.5
_WORSE_LOSS = 1.001
_WORSE_F1 = 0.005
_PULL_SLOPE = 0.3
_PULL_OFFSET = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnPlan:
    """How to learn.

    Attributes:
        hold_out: share of the records of side a that do not teach; 0 lets every record teach, calibrate and judge.
        rounds: rounds of expectation maximization, where there is no truth.
        keys: learn the weights of match keys, too; a circle that shares them must share the new file.
        penalty: see `matching.learning.PENALTY`.
        centre: weights to begin with and to stay near; None for those of the parameter set.
    """

    hold_out: float = 0.3
    rounds: int = 5
    keys: bool = False
    penalty: float = PENALTY
    centre: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class WeightChange:
    """One weight before and after, and how far the data decided it (0 to 1)."""

    feature: str
    before: float
    after: float
    heard: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What was learned.

    Attributes:
        parameters: the learned set.
        sets: one report per pair of registers.
        changes: every weight.
        calibration_before, calibration_after: slope and offset.
        before, after: mean quality on the held-out parts; None without a truth.
        keys_f1: F1 of match keys alone on the pairs they were learned from; None when they were not learned.
        moved_bits: the most any weight moved, in each round.
        warnings: what a reader must know before using the set.
        is_worse: whether the held-out part says so.
    """

    parameters: Parameters = field(repr=False)
    sets: tuple[SetReport, ...]
    changes: tuple[WeightChange, ...]
    calibration_before: Calibration
    calibration_after: Calibration
    before: Quality | None = None
    after: Quality | None = None
    keys_f1: float | None = None
    moved_bits: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether the learned set judges worse than the one it began with (rule 2)."""
        if self.before is None or self.after is None:
            return False
        louder = self.after.log_loss_bits > self.before.log_loss_bits * _WORSE_LOSS
        return louder or self.after.f1 < self.before.f1 - _WORSE_F1


def _silent(_stage: Stage, _done: int, _total: int) -> None:
    """Report to nobody."""


def learn(
    pairs: Sequence[RegisterPair],
    start: Parameters,
    *,
    plan: LearnPlan | None = None,
    judged_against: Parameters | None = None,
    report: Report = _silent,
) -> Lesson:
    """Learn from labelled pairs of registers, or from unlabelled ones.

    Args:
        pairs: what to learn from; all with a truth, or all without.
        start: the set to begin with; channels and frequencies are taken from it as they are.
        plan: how.
        judged_against: the set that counts as "before"; `start` by default.
        report: told how far it is.

    Returns:
        The learned set and what there is to say about it.

    Raises:
        InputError: an empty register, an empty truth, a truth about other registers.
    """
    chosen = plan or LearnPlan()
    if all(pair.truth is None for pair in pairs):
        return _learn_unlabelled(pairs, start, chosen, report)
    return _learn_labelled(pairs, start, judged_against or start, chosen, report)


def _learn_labelled(pairs: Sequence[RegisterPair], start: Parameters, old: Parameters, plan: LearnPlan, report: Report) -> Lesson:
    samples: list[Sample] = []
    reports: list[SetReport] = []
    teaching = 0
    for pair in pairs:
        labelled = LabelledRun(pair, start, plan.hold_out, report)
        samples.append(labelled.sample())
        before = labelled if old is start else LabelledRun(pair, old, plan.hold_out, report)
        reports.append(labelled.report(before.quality()))
        teaching += len(labelled.matches_of("teaches"))
    fitted = fit(samples, plan.centre or start.weights, penalty=plan.penalty)
    samples.clear()
    learned = changed(start, weights=fitted.weights)
    runs = [LabelledRun(pair, learned, plan.hold_out, report) for pair in pairs]
    calibration = calibrate(lambda asked: _loss(runs, asked, calibration_of(start)), calibration_of(start))
    learned = changed(learned, calibration=calibration)
    after = [run.quality(calibration) for run in runs]
    keys_f1 = None
    if plan.keys:
        weights, keys_f1 = learn_keys([key_set(run) for run in runs], learned, first=content(old)["keys"])
        learned = changed(learned, keys=weights)
    origins = [f"{pair.name}, labelled ({one.matches:,.0f} pairs)" for pair, one in zip(pairs, reports, strict=True)]
    return Lesson(
        parameters=named(learned, start, origins),
        sets=tuple(replace(one, after=quality) for one, quality in zip(reports, after, strict=True)),
        changes=_changes(old.weights, fitted),
        calibration_before=calibration_of(old),
        calibration_after=calibration,
        before=mean_quality([one.before for one in reports if one.before]),
        after=mean_quality(after),
        keys_f1=keys_f1,
        moved_bits=(_moved(start.weights, fitted.weights),),
        warnings=_warnings(reports, teaching, fitted),
    )


def _loss(runs: Sequence[LabelledRun], asked: Calibration, start: Calibration) -> float:
    """Return what a calibration costs: surprise per match on the calibrating parts, and a bit for having moved.

    Each pair of registers counts as much as it does when it teaches.
    """
    total, counted, matches = 0.0, 0.0, 0
    for run in runs:
        stated, unseen = run.stated("calibrates", asked)
        known = sum(is_match for _, is_match in stated) + unseen
        total += run.importance * log_loss_bits(stated, unseen)
        counted += run.importance * known
        matches += known
    moved = ((asked.slope - start.slope) / _PULL_SLOPE) ** 2 + ((asked.offset - start.offset) / _PULL_OFFSET) ** 2
    return total / max(counted, 1.0) + moved / max(matches, 1)


def key_set(labelled: LabelledRun, importance: float = 1.0, most_keys: float | None = MOST_KEYS) -> KeySet:
    """Return the candidates of a pair of registers as match keys are learned from them."""
    lines_a, lines_b = labelled.lines()
    return KeySet(
        askers=lines_a,
        holders=lines_b,
        pairs=list(labelled.run.pairs()),
        matches=labelled.matches,
        undecided=frozenset(labelled.undecided),
        importance=importance,
        most_keys=most_keys,
    )


def _changes(before: Mapping[str, float], fitted: Fitted) -> tuple[WeightChange, ...]:
    return tuple(
        WeightChange(name, round(before[name], 3), after, round(fitted.heard[name], 3)) for name, after in fitted.weights.items()
    )


def _moved(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    return round(max(abs(after[name] - before[name]) for name in after), 3)


def _warnings(reports: Sequence[SetReport], teaching: int, fitted: Fitted) -> tuple[str, ...]:
    found = []
    if teaching < FEW_MATCHES:
        found.append(f"only {teaching:,} labelled pairs teach: most weights stay near those it began with")
    for one in reports:
        if one.unknown:
            found.append(f"{one.name}: {one.unknown:,} pairs of the truth name a record that is not there")
        if one.expected > one.matches * _MUCH_MORE:
            found.append(
                f"{one.name}: the truth names {one.matches:,.0f} pairs, {one.expected:,.0f} are expected; "
                "a pair that it leaves out teaches that two persons are meant"
            )
        missed = int(one.matches) - one.candidate_matches
        if missed * 50 > one.matches:
            found.append(f"{one.name}: {missed:,} true pairs are no candidates; no weight can find them")
    return (*found, *_unsettled(fitted))


def _unsettled(fitted: Fitted) -> tuple[str, ...]:
    return () if fitted.settled else ("the search for weights did not come to rest: look at the table before using them",)


def _learn_unlabelled(pairs: Sequence[RegisterPair], start: Parameters, plan: LearnPlan, report: Report) -> Lesson:
    """Learn from what is believed (rule 3)."""
    calibration = calibration_of(start)
    present, moved = start, []
    reports: list[SetReport] = []
    for _ in range(max(plan.rounds, 1)):
        believed = [_believed(pair, present, calibration, report) for pair in pairs]
        reports = [one for _, one in believed]
        samples = [sample for sample, _ in believed]
        fitted = fit(samples, plan.centre or start.weights, slope=calibration.slope, penalty=plan.penalty)
        moved.append(_moved(present.weights, fitted.weights))
        present = changed(start, weights=fitted.weights)
    expected = sum(one.matches for one in reports)
    warnings = [*_unsettled(fitted), "nothing was held out: nobody knows the truth, so the report says how far weights moved"]
    if expected < FEW_MATCHES:
        warnings.insert(0, f"only {expected:,.0f} matches are expected: most weights stay near those it began with")
    origins = [f"{pair.name}, not labelled" for pair in pairs]
    return Lesson(
        parameters=named(present, start, origins),
        sets=tuple(reports),
        changes=_changes(start.weights, fitted),
        calibration_before=calibration,
        calibration_after=calibration,
        moved_bits=tuple(moved),
        warnings=tuple(warnings),
    )


def _believed(pair: RegisterPair, parameters: Parameters, calibration: Calibration, report: Report) -> tuple[Sample, SetReport]:
    """Return evidence labelled by what a link run would state."""
    run = EvidenceRun(pair.a.chunks, pair.b.chunks, parameters, report)
    if not all(run.sizes):
        raise InputError(f"{pair.name}: a register has no records", hint="give two files or registers with records")
    probabilities, prior_bits = run.decided()
    rows, labels = array("f"), array("f")
    for a, partners, found in run.rows(run.sampled(run.ids("a"))):
        rows.extend(found)
        labels.extend(probabilities.get((a, b), 0.0) for b in partners)
    expected = sum(probabilities.values())
    offset = calibration.slope * prior_bits + calibration.offset
    offset += level([calibration.slope * bits + offset for bits in run.weighed_bits()], expected)
    weight = importance(expected) if pair.importance is None else pair.importance
    size_a, size_b = run.sizes
    told = SetReport(
        name=pair.name,
        records_a=size_a,
        records_b=size_b,
        bad_lines=run.bad,
        candidates=run.candidates,
        matches=round(expected, 1),
        expected=round(expected, 1),
    )
    return Sample(rows, labels, array("f", [offset]) * len(labels), weight), told
