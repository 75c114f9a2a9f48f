"""Persons of a register in texts: the labelled pages against the UN, UK and US lists, and made-up texts with planted names.

Bar: precision and recall 0.95. The numbers of `rust/src/screen/weigh.rs` and `context.rs` were set by hand with made-up texts
of seed 1; reported are those of seed 2
with a register of another seed. All labelled pages were seen when the numbers were set: they are a check, no measure of what
comes next.
"""

import csv
import gzip
import hashlib
import json
import tarfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.lib import places, product
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table
from bench.lib.texts import Text, made

SIZE = 20_000
TEXTS = 2_000
BAR = 0.95
_LISTS = ("un/un_2025", "uk/uk_2025", "ofac/ofac_2024")
_SAME = "same person"

Row = dict[str, str]


def run(options: Options) -> Result:
    """Screen both kinds of text and judge each."""
    pages = _pages()
    texts, kinds = _texts(options.size or SIZE)
    figures = [*_figures("labelled pages, other half", pages[1]), *_figures("made-up texts", texts)]
    per_thousand = 1000 * (pages[0].false + pages[1].false) / max(pages[0].documents + pages[1].documents, 1)
    figures.append(Figure(name="false mentions in 1,000 pages of news", ours=per_thousand, more_is_better=False, checked=False))
    rows = [
        ["labelled pages, first half", *_row(pages[0])],
        ["labelled pages, other half", *_row(pages[1])],
        ["made-up texts", *_row(texts)],
    ]
    return Result(
        name="mentions",
        figures=figures,
        tables=[
            Table("Mentions called likely or possible", ["texts", "documents", "meant", "found", "false"], rows),
            Table("Made-up texts, by how the name is written", ["kind", "planted", "found, or wrongly found"], kinds),
        ],
    )


class _Judged:
    """How often somebody meant was found, and somebody else."""

    def __init__(self) -> None:
        self.documents = self.meant = self.found = self.false = 0

    @property
    def precision(self) -> float | None:
        called = self.found + self.false
        return self.found / called if called else None

    @property
    def recall(self) -> float | None:
        return self.found / self.meant if self.meant else None


def _figures(title: str, judged: _Judged) -> list[Figure]:
    return [
        Figure(name=f"{title}: precision", ours=judged.precision, bar=BAR),
        Figure(name=f"{title}: recall", ours=judged.recall, bar=BAR),
    ]


def _row(judged: _Judged) -> list[float | None]:
    return [judged.documents, judged.meant, judged.found, judged.false]


def _called(out: Path) -> dict[str, list[Row]]:
    """Rows called likely or possible, by document."""
    found: dict[str, list[Row]] = {}
    with out.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["verdict"] != "namesake-likely":
                found.setdefault(row["document"], []).append(row)
    return found


def _pages() -> tuple[_Judged, _Judged]:
    """Judge the labelled pages; a page is of one half by its name."""
    archive, gold = places.data("news/extraction_pages.tar.gz"), json.loads(places.data("news/extraction_gold.json").read_text())
    with places.data("news/page_mentions.csv").open(encoding="utf-8", newline="") as lines:
        labels = [(gold[row["url"]]["file"], row) for row in csv.DictReader(lines)]
    folder = places.scratch("data", "pages", "x").parent
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    register = product.write_records(places.scratch("data", "lists.jsonl"), _listed())
    documents = sorted(folder.glob("*.html"))
    out = places.scratch("out", "mentions_pages.csv")
    product.screen(register, documents, out)
    called = _called(out)
    halves = (_Judged(), _Judged())
    for path in documents:
        judged = halves[hashlib.sha256(path.name.encode()).digest()[0] & 1]
        judged.documents += 1
        wanted = [row["person_ids"].split() for file, row in labels if file == path.name and row["label"] == _SAME]
        hits = {row["record_id"] for row in called.get(str(path), ())}
        judged.meant += len(wanted)
        judged.found += sum(bool(hits & set(ids)) for ids in wanted)
        judged.false += len({record for record in hits if not any(record in ids for ids in wanted)})
    return halves


def _listed() -> Iterable[dict[str, object]]:
    for name in _LISTS:
        with gzip.open(places.data(f"lists/{name}.records.jsonl.gz"), "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _texts(size: int) -> tuple[_Judged, Sequence[Sequence[str | float | None]]]:
    """Judge made-up texts against a made-up register; persons of equal names share a place and count once."""
    folder = product.registers(size, seed=2)
    first = list(product.read_records(folder / "a.jsonl.gz"))
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as lines:
        shared = {row["id_b"] for row in csv.DictReader(lines)}
    strangers = [record for record in product.read_records(folder / "b.jsonl.gz") if record["id"] not in shared]
    texts = list(made(first, strangers, TEXTS, seed=2))
    paths = []
    for number, text in enumerate(texts):
        paths.append(places.scratch("data", "texts", f"{number:05}.txt"))
        paths[-1].write_text(text.text, encoding="utf-8", newline="")
    out = places.scratch("out", "mentions_texts.csv")
    product.screen(folder / "a.jsonl.gz", paths, out)
    called = _called(out)
    judged, kinds = _Judged(), Counter[tuple[str, str]]()
    for path, text in zip(paths, texts, strict=True):
        _judge(text, called.get(str(path), []), judged, kinds)
    names = sorted({kind for kind, _ in kinds})
    return judged, [[kind, kinds[kind, "planted"], kinds[kind, "found"]] for kind in names]


def _judge(text: Text, rows: Sequence[Row], judged: _Judged, kinds: Counter[tuple[str, str]]) -> None:
    judged.documents += 1
    right: set[int] = set()
    for name in text.planted:
        kinds[name.kind, "planted"] += 1
        here = [n for n, row in enumerate(rows) if int(row["start"]) < name.end and name.start < int(row["end"])]
        meant = [n for n in here if rows[n]["record_id"] == name.record_id]
        judged.meant += bool(name.record_id)
        judged.found += bool(meant)
        kinds[name.kind, "found"] += bool(meant if name.record_id else here)
        right.update(meant)
    judged.false += len(rows) - len(right)
