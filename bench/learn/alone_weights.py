"""Learns what names say when nothing else can be compared (the `alone.` features), once all other weights are known.

Rules
 1. Registers that teach teach this, too, stripped of all but names: their prior is true, so that bits stay bits.
 2. Pairs of names without a register have no prior: the one is taken under which their labels are expected.
 3. Calibration and all other weights stay: the alone weights are learned under the calibration and beside the weights that will
    be used with them, from the pairs whose names stand alone in one script.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from bench.learn import alone
from bench.learn.sets import Register
from bench.lib import report
from bench.lib.metrics import best_f1
from tallystick import _native
from tallystick.matching import Parameters
from tallystick.matching.learning import FEATURES, WIDTH, Calibration, Sample, fit, level
from tallystick.matching.parameter_text import calibration_of, changed
from tallystick.node.labelled import LabelledRun, Readable, RegisterPair

REGISTERS = ("UK-US", "politicians' variants", "FEBRL 2", "historical persons", "generated 20,000")
CHANGED = "changed names"
IMPORTANCE = {"real pairs of names": 0.2, CHANGED: 0.5}
"""What one of some ten thousand pairs counts for."""
_ROUNDS = 4
_FIRST_PRIOR = -12.0
_NEW = "alone."
_KEPT = ("id", "names", "weak_names")


@dataclass(slots=True)
class _Lesson:
    name: str
    rows: "array[float]"
    labels: "array[float]"
    settled_bits: "array[float]"
    """What the weights that stay say of each row."""
    prior_bits: float
    importance: float
    is_prior_known: bool


def learn_alone(teaching: Mapping[str, RegisterPair], present: Parameters) -> Parameters:
    """Return the parameter set with `alone.` weights learned, whatever they were."""
    present = _begun_anew(present)
    lessons = [_of_registers(teaching[name], present) for name in REGISTERS if name in teaching]
    for (name, importance), pairs in zip(IMPORTANCE.items(), (alone.real(), alone.changed()), strict=True):
        rows, labels = alone.rows(pairs, present)
        lessons.append(_lesson(name, rows, labels, present, None, importance))
    calibration, weights = calibration_of(present), present.weights
    for _ in range(_ROUNDS):
        samples = [Sample(one.rows, one.labels, _offsets(one, calibration), one.importance) for one in lessons]
        weights = dict(fit(samples, present.weights, slope=calibration.slope).weights)
        for one in lessons:
            if not one.is_prior_known:
                said = zip(_weigh(one.rows, weights), _offsets(one, calibration), strict=True)
                odds = [calibration.slope * bits + offset for bits, offset in said]
                one.prior_bits += level(odds, sum(one.labels)) / calibration.slope
    for one in lessons:
        if one.name == CHANGED:
            best = best_f1(zip(_weigh(one.rows, weights), map(bool, one.labels), strict=True), int(sum(one.labels)))
            report.say(f"{one.name}: best F1 {best.f1:.3f} from {best.threshold:.1f} bits on (NAME_PAIR_LINK_BITS)")
        report.say(f"{one.name}: {sum(one.labels):,.0f} of {len(one.labels):,} pairs the same, prior {one.prior_bits:.1f} bits")
    return changed(present, weights=weights)


def _begun_anew(present: Parameters) -> Parameters:
    start = dict(zip(FEATURES, _native.start_weights(), strict=True))
    weights = {feature: start[feature] if feature.startswith(_NEW) else bits for feature, bits in present.weights.items()}
    return changed(present, weights=weights)


def _of_registers(pair: RegisterPair, present: Parameters) -> _Lesson:
    bare = replace(pair, name=f"{pair.name}, names alone", a=_bare(pair.a), b=_bare(pair.b))
    run = LabelledRun(bare, present, 0.0, lambda *_: None)
    sample = run.sample()
    return _lesson(bare.name, sample.rows, sample.labels, present, run.prior_bits, sample.importance)


def _lesson(
    name: str, rows: Sequence[float], labels: Sequence[float], present: Parameters, prior_bits: float | None, importance: float
) -> _Lesson:
    """Keep the rows whose names stand alone, and of them what is to be weighed anew."""
    lesson = _Lesson(name, array("f"), array("f"), array("f"), prior_bits or _FIRST_PRIOR, importance, prior_bits is not None)
    is_new = [feature.startswith(_NEW) for feature in FEATURES]
    settled = [0.0 if new else present.weights[feature] for new, feature in zip(is_new, FEATURES, strict=True)]
    for number, label in enumerate(labels):
        row = rows[number * WIDTH : (number + 1) * WIDTH]
        kept = [value if new else 0.0 for value, new in zip(row, is_new, strict=True)]
        if any(kept):
            lesson.rows.extend(kept)
            lesson.labels.append(label)
            lesson.settled_bits.append(sum(value * bits for value, bits in zip(row, settled, strict=True)))
    return lesson


def _offsets(lesson: _Lesson, calibration: Calibration) -> "array[float]":
    before = calibration.slope * lesson.prior_bits + calibration.offset
    return array("f", (before + calibration.slope * bits for bits in lesson.settled_bits))


def _bare(register: Readable) -> Register:
    lines = (line for chunk in register.chunks() for line in chunk.split(b"\n") if line.strip())
    records = (msgspec.json.decode(line) for line in lines)
    kept = ({name: record[name] for name in _KEPT if name in record} for record in records)
    return Register(b"".join(msgspec.json.encode(record) + b"\n" for record in kept))


def _weigh(rows: Sequence[float], weights: Mapping[str, float]) -> list[float]:
    factors = [weights[feature] for feature in FEATURES]
    lines = (rows[start : start + WIDTH] for start in range(0, len(rows), WIDTH))
    return [sum(value * factor for value, factor in zip(line, factors, strict=True) if value) for line in lines]
