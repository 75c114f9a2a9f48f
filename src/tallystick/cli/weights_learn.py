"""`tallystick weights learn`: learns a parameter file from registers, with or without a truth."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.bad_lines import refuse_overwriting
from tallystick.cli.options import FILE, json_option, parameters_options, store_option
from tallystick.cli.output import number, print_json, print_table, progress, say, stages
from tallystick.errors import RefusedError

if TYPE_CHECKING:
    from tallystick.matching import Parameters
    from tallystick.matching.learning import Quality
    from tallystick.node.labelled import RegisterPair
    from tallystick.node.weights import LearnPlan, Lesson


@click.command("learn")
@click.argument("a")
@click.argument("b")
@click.option("--truth", type=FILE, help="CSV with id_a,id_b of every pair that is one person. Without it nothing is judged.")
@click.option(
    "--also",
    nargs=3,
    multiple=True,
    metavar="A2 B2 TRUTH2",
    help="Two more registers and their truth; may be given several times.",
)
@click.option(
    "--hold-out",
    type=click.FloatRange(0.05, 0.9),
    default=0.3,
    show_default=True,
    help="Share of A's records that do not teach: half of them calibrate, half judge.",
)
@click.option("--rounds", type=click.IntRange(1, 20), default=5, show_default=True, help="Rounds of learning without a truth.")
@click.option("--out", type=FILE, required=True, help="Write the learned parameters to this JSON file.")
@click.option("--keys", is_flag=True, help="Learn the weights of match keys, too. Everyone in a circle needs the same file.")
@click.option("--frequencies-out", type=FILE, help="Count how common name parts are in the registers, use it, and write it here.")
@click.option(
    "--frequencies-share",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="How much of that table is the registers' own; the rest is the table learning begins with.",
)
@click.option("--names", type=FILE, help="TSV with a name part in two writings on each line: learn how scripts are romanized.")
@click.option("--even-if-worse", is_flag=True, help="Write the file also when the held-out part judges it to be worse.")
@parameters_options
@store_option
@json_option
def learn(
    a: str,
    b: str,
    truth: Path | None,
    also: tuple[tuple[str, str, str], ...],
    hold_out: float,
    rounds: int,
    out: Path,
    keys: bool,
    frequencies_out: Path | None,
    frequencies_share: float,
    names: Path | None,
    even_if_worse: bool,
    parameters: Path | None,
    frequencies: Path | None,
    store: str,
    as_json: bool,
) -> None:
    """Learn weights and calibration from two registers, A and B.

    A and B are registers of the store, or files in the native format. With
    --truth the learned set is judged on records that did not teach it, and is
    not written when it is worse than the set it began with (the shipped one,
    or --parameters). Without, what the present weights believe teaches the new
    ones. The file is for --parameters of link, find and explain.

    \b
    Examples:
      tallystick weights learn a.jsonl b.jsonl --truth truth.csv --out mine.json
      tallystick weights learn clients un --out mine.json --json
    """
    from tallystick.node.weights import LearnPlan
    from tallystick.wiring import chosen_parameters

    _refuse_contradictions(truth, also, keys=keys)
    refuse_overwriting([a, b, *(each for row in also for each in row)], out, frequencies_out)
    old = chosen_parameters(parameters, frequencies)
    with ExitStack() as stack:
        pairs = list(_opened(stack, ((a, b, truth), *((x, y, Path(z)) for x, y, z in also)), store))
        start = _with_names(old, names)
        start = _with_frequencies(start, pairs, frequencies_share) if frequencies_out else start
        lesson = _learn(pairs, start, old, LearnPlan(hold_out=hold_out, rounds=rounds, keys=keys))
    _show(lesson, out, as_json=as_json)
    if lesson.is_worse and not even_if_worse:
        raise RefusedError(
            f"{out} is not written: the learned set is worse on the records held out",
            hint="label more pairs, or add --even-if-worse if you want it all the same",
        )
    _write(out, lesson.parameters.text)
    if frequencies_out:
        _write(frequencies_out, lesson.parameters.frequencies)


def _refuse_contradictions(truth: Path | None, also: Sequence[object], *, keys: bool) -> None:
    if truth is None and also:
        raise click.UsageError("--also brings a truth: give one for A and B, too, with --truth")
    if truth is None and keys:
        raise click.UsageError("match keys are learned from labelled pairs: --keys needs --truth")


def _opened(stack: ExitStack, asked: Sequence[tuple[str, str, Path | None]], store: str) -> "Iterator[RegisterPair]":
    from tallystick.adapters.label_files import read_truth
    from tallystick.node.labelled import RegisterPair
    from tallystick.wiring import opened_side

    for name_a, name_b, path in asked:
        side_a = stack.enter_context(opened_side(name_a, store))
        side_b = stack.enter_context(opened_side(name_b, store))
        truth = None if path is None else read_truth(path)
        yield RegisterPair(f"{Path(name_a).name} with {Path(name_b).name}", side_a, side_b, truth)


def _with_names(start: "Parameters", names: Path | None) -> "Parameters":
    from tallystick.adapters.label_files import read_writings
    from tallystick.node.name_tables import with_channels

    if names is None:
        return start
    learned, channels = with_channels(start, read_writings(names))
    pairs = ", ".join(f"{script} {count:,}" for script, count in channels.pairs.items())
    say(f"{names.name}: channels learned from pairs of name parts: {pairs}; {channels.skipped:,} lines were of no use")
    return learned


def _with_frequencies(start: "Parameters", pairs: "Sequence[RegisterPair]", share: float) -> "Parameters":
    from tallystick.node.name_tables import with_frequencies

    with progress("counting name parts"):
        learned, persons = with_frequencies(start, [side for pair in pairs for side in (pair.a, pair.b)], share)
    say(f"name parts counted over {persons:,} records; they make {share:.0%} of the new table")
    return learned


def _learn(pairs: "Sequence[RegisterPair]", start: "Parameters", old: "Parameters", plan: "LearnPlan") -> "Lesson":
    from tallystick.node.weights import learn as learn_from

    with stages() as told:
        return learn_from(pairs, start, plan=plan, judged_against=old, report=told)


def _write(path: Path, text: str) -> None:
    from tallystick.adapters.outputs import written

    with written(path) as write:
        write(text.encode())


def _show(lesson: "Lesson", out: Path, *, as_json: bool) -> None:
    for each in lesson.warnings:
        say(f"note: {each}")
    if as_json:
        bare = {each.name: getattr(lesson, each.name) for each in fields(lesson) if each.name != "parameters"}
        learned = lesson.parameters
        print_json({"out": str(out), "version": learned.version, "digest": learned.digest, "is_worse": lesson.is_worse, **bare})
        return
    _show_changes(lesson)
    _show_sets(lesson)
    before, after = lesson.calibration_before, lesson.calibration_after
    facts = [
        ("version", lesson.parameters.version),
        ("digest", lesson.parameters.digest),
        ("calibration", f"slope {after.slope:g} (was {before.slope:g}), offset {after.offset:g} (was {before.offset:g})"),
        ("furthest move", ", ".join(f"{bits:.2f}" for bits in lesson.moved_bits) + " bits"),
    ]
    if lesson.keys_f1 is not None:
        facts.append(("match keys alone", f"F1 {lesson.keys_f1:.4f} on the pairs they were learned from"))
    print_table(("learned", str(out)), facts)


def _show_changes(lesson: "Lesson") -> None:
    rows = [
        (*each.feature.split(".", 1), number(each.before, "+.2f"), number(each.after, "+.2f"), number(100 * each.heard, ".0f"))
        for each in lesson.changes
    ]
    print_table(("field", "agreement", "old bits", "new bits", "data decide %"), rows)


def _show_sets(lesson: "Lesson") -> None:
    facts = [
        (each.name, each.records_a, each.records_b, each.bad_lines, each.candidates, f"{each.matches:,.0f}")
        for each in lesson.sets
    ]
    print_table(("registers", "a", "b", "bad lines", "candidates", "matches"), facts)
    if lesson.before is None or lesson.after is None:
        return
    rows = [row for each in lesson.sets if each.before and each.after for row in _judged(each.name, each.before, each.after)]
    if len(lesson.sets) > 1:
        rows += _judged("mean", lesson.before, lesson.after)
    print_table(("held out", "", "matches", "F1", "precision", "recall", "log loss, bits", "calibration error"), rows)


def _judged(name: str, before: "Quality", after: "Quality") -> list[tuple[object, ...]]:
    return [_judgement(name, "old", before), _judgement("", "new", after)]


def _judgement(name: str, when: str, each: "Quality") -> tuple[object, ...]:
    figures = (each.f1, each.precision, each.recall, each.log_loss_bits, each.calibration_error)
    return (name, when, each.matches, *(number(value, ".4f") for value in figures))
