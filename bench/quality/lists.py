"""Three published lists of three governments, linked pairwise: open, and by match keys only.

Bar: best F1 0.99 / 0.99 / 0.995 (UK-US / UN-US / UN-UK), default within 0.01 of it; keys only 0.985 each at the default.
Beside: nomenklatura logic-v2 and regression-v1 on candidates of their own name symbols.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bench.lib import peers, places, product
from bench.lib.options import Options
from bench.lib.quality import Evaluation, Pair, Truth, evaluate_pairs, read_truth, write_errors
from bench.lib.report import Figure, Result, Table
from bench.lib.scripts import culture

FILES = {"uk": "lists/uk/uk_2025", "un": "lists/un/un_2025", "us": "lists/ofac/ofac_2024"}
PAIRS = (("uk", "us", 0.99, 0.975), ("un", "us", 0.99, 0.975), ("un", "uk", 0.995, 0.99))
KEYS_BAR, KEYS_FLOOR = 0.985, 0.975
ALGORITHMS = {"logic-v2": "nk logic-v2", "regression-v1": "nk regression-v1"}

Register: TypeAlias = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Case:
    """Two lists and their truth."""

    title: str
    first: Path
    second: Path
    truth: Truth


def case(first: str, second: str) -> Case:
    """The two lists with truth, undecided pairs and twice-listed persons."""
    a, b = (Path(FILES[key]).name for key in (first, second))
    truth = read_truth(
        places.data(f"lists/truth/truth_{a}__{b}.csv"),
        places.data(f"lists/truth/ignore_{a}__{b}.csv"),
        places.data("lists/truth/same_person_twice_in_one_register.csv"),
    )
    one, two = (places.data(f"{FILES[key]}.records.jsonl.gz") for key in (first, second))
    return Case(f"{first.upper()}-{second.upper()}", one, two, truth)


def run(options: Options) -> Result:
    """Link the three pairs of lists and judge the links."""
    figures: list[Figure] = []
    hard: list[list[str | float | None]] = []
    scripts: list[list[str | float | None]] = []
    notes: list[str] = []
    for first, second, bar, floor in PAIRS:
        task = case(first, second)
        swept, default, keys = (_link(task, mode) for mode in ("sweep", "default", "keys"))
        rivals = _rivals(task) if options.peers else {}
        figures += _figures(task, (swept, default, keys), (bar, floor), rivals)
        for label, judged in (("open", swept), ("keys", keys)):
            write_errors(judged, places.scratch("out", f"lists_{task.title}_errors_{label}.csv"))
        groups = _hard(task)
        hard += [
            [task.title, name, len(pairs), default.recall_of(pairs), keys.recall_of(pairs)] for name, pairs in groups.items()
        ]
        scripts += _by_script(task, default, keys)
        notes += _disagreement(task.title, swept, default)
    return Result(
        name="lists",
        figures=figures,
        tables=[
            Table("Recall at the default where it is hard", ["lists", "pairs with", "number", "open", "keys only"], hard),
            Table(
                "By the script a person's names come in beside Latin, at the default",
                ["lists", "script", "same", "P", "R", "F1", "keys P", "keys R", "keys F1"],
                scripts,
            ),
        ],
        notes=notes,
    )


def _link(task: Case, mode: str) -> Evaluation:
    options = {"sweep": ["--min-bits", str(product.LOW_BITS)], "default": [], "keys": ["--keys-only"]}[mode]
    out = places.scratch("out", f"lists_{task.title}_{mode}.csv")
    product.link(task.first, task.second, out, *options)
    return evaluate_pairs(out, task.truth)


def _figures(
    task: Case, runs: tuple[Evaluation, Evaluation, Evaluation], bars: tuple[float, float], rivals: Mapping[str, Evaluation]
) -> list[Figure]:
    swept, default, keys = runs
    (bar, floor), best = bars, swept.best()
    best_beside = {name: rival.best().f1 for name, rival in rivals.items()}
    default_beside = {name: rival.default().f1 for name, rival in rivals.items()}
    at, by_keys = default.default(), keys.default()
    return [
        Figure(name=f"{task.title} best F1", ours=best.f1, bar=bar, floor=floor, peers=best_beside),
        Figure(name=f"{task.title} F1 at default", ours=at.f1, bar=best.f1 - 0.01, floor=floor, peers=default_beside),
        Figure(name=f"{task.title} P at default", ours=at.precision),
        Figure(name=f"{task.title} R at default", ours=at.recall),
        Figure(name=f"{task.title} keys only F1", ours=by_keys.f1, bar=KEYS_BAR, floor=KEYS_FLOOR),
        Figure(name=f"{task.title} keys only P", ours=by_keys.precision),
        Figure(name=f"{task.title} keys only R", ours=by_keys.recall),
    ]


def _rivals(task: Case) -> dict[str, Evaluation]:
    out = places.scratch("out", f"lists_{task.title}_nomenklatura")
    out.mkdir(exist_ok=True)
    peers.call("nomenklatura", "nomenklatura_link.py", task.first, task.second, out, *ALGORITHMS)
    return {label: evaluate_pairs(out / f"{name}.csv", task.truth) for name, label in ALGORITHMS.items()}


def _register(path: Path, truth: Truth) -> Register:
    people: dict[str, dict[str, list[str]]] = {}
    for record in product.read_records(path):
        identity = str(record["id"])
        person = people.setdefault(truth.twin.get(identity, identity), {"names": [], "birth_dates": []})
        for field, values in person.items():
            values.extend(record[field])
    return people


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _hard(task: Case) -> dict[str, list[Pair]]:
    a, b = (_register(path, task.truth) for path in (task.first, task.second))
    no_name, no_date, unborn = [], [], []
    for pair in sorted(task.truth.same):
        one, two = a[pair[0]], b[pair[1]]
        if not {*map(_plain, one["names"])} & {*map(_plain, two["names"])}:
            no_name.append(pair)
        if not {d for d in one["birth_dates"] if len(d) == len("1964-05-03")} & {*two["birth_dates"]}:
            no_date.append(pair)
        if not one["birth_dates"] or not two["birth_dates"]:
            unborn.append(pair)
    return {
        "no equal name": no_name,
        "no shared full birth date": no_date,
        "neither": sorted({*no_name} & {*no_date}),
        "no birth date on a side": unborn,
    }


def _by_script(task: Case, default: Evaluation, keys: Evaluation) -> list[list[str | float | None]]:
    a, b = (_register(path, task.truth) for path in (task.first, task.second))

    def of(pair: Pair) -> str:
        return culture([*a[pair[0]]["names"], *b[pair[1]]["names"]])

    rows: list[list[str | float | None]] = []
    for name in sorted({of(pair) for pair in task.truth.same}):
        both = [run.default(lambda pair, name=name: of(pair) == name) for run in (default, keys)]  # type: ignore[misc]
        total = sum(of(pair) == name for pair in task.truth.same)
        rows.append([task.title, name, total, *(x for q in both for x in (q.precision, q.recall, q.f1))])
    return rows


def _disagreement(title: str, swept: Evaluation, default: Evaluation) -> list[str]:
    one, two = ({pair for pair, found in run.pairs.items() if found.linked} for run in (swept, default))
    return [f"{title}: --min-bits changes {len(one ^ two)} links; it should change none"] if one != two else []
