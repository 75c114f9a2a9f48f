"""Makes the parameter set anew from the evaluation data, with the package's own learning, and judges it.

    TALLYSTICK_DATA=... python -m bench.learn --out FOLDER

Writes `parameters-1.json` and `frequencies-1.tsv` into the folder and prints them beside the shipped set, on registers that
taught neither. Takes a few minutes; `--brief` leaves out the large generated registers. Beside the rest as it is shipped
`--weights-only` learns weights and calibration, `--names-alone` the `alone.` weights, `--keys-only` those of match keys.

Rules
 1. Learn channels and frequencies, then weights around the start weights of the core, then weigh once more with what was
    learned, because the names that decide depend on the weights; then calibration, then what names say alone, then match keys.
 2. All of a teaching pair teaches: what judges is other registers, not a part of these.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.learn import asked, names, sets
from bench.learn.alone_weights import learn_alone
from bench.lib import places, report
from tallystick import _native
from tallystick.matching import Parameters, default_parameters, read_parameters
from tallystick.matching.key_learning import FIRST, learn_keys, mean_f1
from tallystick.matching.learning import FEATURES, Calibration, Quality
from tallystick.matching.parameter_text import calibration_of, changed, written
from tallystick.node.labelled import LabelledRun, RegisterPair
from tallystick.node.weights import LearnPlan, key_set, learn

LEARNED_FROM = (
    "UK-US sanctions lists, labelled",
    "politicians' name variants (half of EveryPolitician)",
    "questions made out of these two",
    "FEBRL 1 and 2",
    "Splink historical persons (half)",
    "generated registers",
    "Wikidata name parts and transliteration tokens (channels, frequencies)",
    "the same registers stripped of all but names, labelled pairs of names, names changed on purpose (names alone)",
)
VERSION = "1.0"
THRESHOLDS = {"link": 0.55, "possible": 0.05}
"""Link: the lowest twentieth at which the plain generated registers that teach have 0.98 of their links right."""
FORGIVEN = {"han": 0.75, "hangul": 0.75, "kana": 0.8, "other": 0.7}
"""How much of a true pair's usual cost is forgiven, where that is not all: in these scripts a chance pair costs little more."""
KEY_SETS = {"UK-US": (12.0, 30), "FEBRL 1": (1.5, None), "FEBRL 2": (1.5, None), "generated 20,000": (1.0, 12)}
"""What match keys are learned from: what its F1 counts for, and how many keys its median record may have."""
_PASSES = 2
_TWIN_BITS = 1.5
_LARGE = 50_000


def main(words: Sequence[str] | None = None) -> int:
    """Learn, write, judge."""
    parser = argparse.ArgumentParser(prog="bench.learn", description="Make the shipped parameters anew, and judge them.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--brief", action="store_true", help="leave out the largest generated registers")
    parser.add_argument("--keys-only", action="store_true", help="learn only what match keys weigh, beside the shipped weights")
    parser.add_argument("--names-alone", action="store_true", help="learn only what names say alone, beside the shipped weights")
    parser.add_argument("--weights-only", action="store_true", help="keep channels, frequencies and match keys as shipped")
    given = parser.parse_args(words)
    given.out.mkdir(parents=True, exist_ok=True)
    try:
        wanted = KEY_SETS if given.keys_only else None
        teaching = {name: pair for name, pair in sets.teaching(wanted).items() if not (given.brief and _is_large(pair))}
        learned = _chosen(given)(teaching)
    except places.SkippedError as missing:
        report.say(f"cannot learn: {missing}")
        return 1
    (given.out / "parameters-1.json").write_text(learned.text, encoding="utf-8")
    (given.out / "frequencies-1.tsv").write_text(learned.frequencies, encoding="utf-8")
    report.say(f"\nweights, shipped and rebuilt:\n{_weights(learned)}")
    report.say(f"\non registers that did not teach:\n{_judged(learned)}")
    return 0


def _chosen(given: argparse.Namespace) -> Callable[[Mapping[str, RegisterPair]], Parameters]:
    makers = {names_alone: given.names_alone, weights_only: given.weights_only, match_keys: given.keys_only}
    return next((make for make, wanted in makers.items() if wanted), recipe)


def weights_only(teaching: Mapping[str, RegisterPair]) -> Parameters:
    """Make weights and calibration anew, beside all else as it is shipped: what names say alone, too."""
    shipped = default_parameters()
    begun = dict(zip(FEATURES, _native.start_weights(), strict=True))
    learned, _ = _around(teaching, changed(shipped, weights=begun, calibration=Calibration(1.0, 0.0), thresholds=THRESHOLDS))
    alone = {feature: bits for feature, bits in shipped.weights.items() if feature.startswith("alone.")}
    return changed(learned, weights={**learned.weights, **alone}, version=VERSION, learned_from=list(LEARNED_FROM))


def names_alone(teaching: Mapping[str, RegisterPair]) -> Parameters:
    """Make anew what names say alone, and nothing else."""
    return changed(learn_alone(teaching, default_parameters()), learned_from=list(LEARNED_FROM))


def match_keys(teaching: Mapping[str, RegisterPair], beside: Parameters | None = None) -> Parameters:
    """Make the weights of match keys anew, and nothing else."""
    present = beside or default_parameters()
    runs = [(_run(teaching[name], present), *wanted) for name, wanted in KEY_SETS.items()]
    keys, f1 = learn_keys([key_set(*each) for each in runs], present)
    report.say(f"match keys F1 {f1:.4f}: {keys}")
    return changed(present, keys=keys)


def _run(pair: RegisterPair, parameters: Parameters) -> LabelledRun:
    return LabelledRun(pair, parameters, 0.0, lambda *_: None)


def _is_large(pair: RegisterPair) -> bool:
    return len(pair.truth or ()) * 5 >= _LARGE


def recipe(teaching: Mapping[str, RegisterPair]) -> Parameters:
    """Make the parameter set (rule 1)."""
    channels = names.channels()
    report.say(f"channels from pairs of name parts: {dict(channels.pairs)}")
    bare = {
        "format": 1,
        "version": VERSION,
        "calibration": {"slope": 1.0, "offset": 0.0},
        "thresholds": THRESHOLDS,
        "usual_cost": {script: round(FORGIVEN.get(script, 1.0) * bits, 2) for script, bits in channels.usual_cost.items()},
        "keys": FIRST,
        "channels": dict(channels.costs),
    }
    start = read_parameters(written(bare), names.frequencies())
    weighed, pairs = _around(teaching, start)
    return changed(match_keys(teaching, learn_alone(pairs, weighed)), version=VERSION, learned_from=list(LEARNED_FROM))


def _around(teaching: Mapping[str, RegisterPair], start: Parameters) -> tuple[Parameters, Mapping[str, RegisterPair]]:
    """Learn weights and calibration around those of `start`; return also what taught, without persons listed twice."""
    present, centre = start, start.weights
    pairs = dict(teaching)
    for _ in range(_PASSES):
        lesson = learn(list(pairs.values()), present, plan=LearnPlan(hold_out=0.0, centre=centre))
        present = lesson.parameters
        for twice in sets.LISTED_TWICE:
            pairs[twice] = _without_twins(pairs[twice], present)
        report.say("\n".join(f"{one.name}: {one.matches:,.0f} matches, {one.candidates:,} candidates" for one in lesson.sets))
    report.say(f"calibration {json.loads(present.text)['calibration']}")
    return present, pairs


def _without_twins(pair: RegisterPair, parameters: Parameters) -> RegisterPair:
    """Call pairs undecided that look like one person and are not in the truth: the source lists persons under several ids."""
    run = _run(pair, parameters)
    probabilities, prior_bits = run.run.decided()
    calibration = calibration_of(parameters)
    ids_b = run.run.ids("b")
    twins = {
        (run.ids_a[a], ids_b[b])
        for (a, b), bits in zip(probabilities, run.run.weighed_bits(), strict=True)
        if (a, b) not in run.matches
        and not run.ids_a[a].startswith(asked.KIN)
        and calibration.slope * (bits + prior_bits) + calibration.offset > _TWIN_BITS
    }
    report.say(f"{pair.name}: {len(twins)} pairs look like persons listed twice; they do not teach")
    return replace(pair, undecided=frozenset(twins))


def _weights(learned: Parameters) -> str:
    shipped = default_parameters().weights
    rows = (f"  {name:24}{shipped[name]:8.2f}{bits:8.2f}" for name, bits in learned.weights.items())
    return "\n".join(rows)


def _judged(learned: Parameters) -> str:
    rows = []
    for name, pair in sets.judging().items():
        for title, parameters in (("shipped", default_parameters()), ("rebuilt", learned)):
            run = _run(pair, parameters)
            keys = mean_f1([key_set(run)], parameters)
            rows.append(f"  {name:16}{title:9}{_figures(run.quality())}  keys only F1 {keys:.4f}")
    return "\n".join(rows)


def _figures(quality: Quality) -> str:
    return (
        f"F1 {quality.f1:.4f}  P {quality.precision:.4f}  R {quality.recall:.4f}  "
        f"log loss {quality.log_loss_bits:.3f} bits  calibration error {quality.calibration_error:.4f}"
    )


if __name__ == "__main__":
    sys.exit(main())
