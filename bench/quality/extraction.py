"""The main text of 110 archived pages: what must be in it and what must not, beside trafilatura by itself in the same run.

Bar: at least trafilatura's own F1, and no comment or disclaimer in the main text.
"""

import json
import tarfile
from collections.abc import Sequence

from bench.lib import places
from bench.lib.options import Options
from bench.lib.report import Figure, Result, Table

_TAILS = ("leave a comment", "post a comment", "disclaimer:", "kommentar schreiben", "laisser un commentaire")


def run(_options: Options) -> Result:
    """Extract every page both ways and count the pieces."""
    import trafilatura

    from tallystick.adapters.documents import read_document
    from tallystick.adapters.documents.extraction import blocks_of
    from tallystick.reports import read_report

    gold = json.loads(places.data("news/extraction_gold.json").read_text(encoding="utf-8"))
    folder = places.scratch("data", "pages", "x").parent
    with tarfile.open(places.data("news/extraction_pages.tar.gz")) as tar:
        tar.extractall(folder, filter="data")
    counted: dict[str, list[tuple[int, int, int]]] = {"tallystick": [], "trafilatura": [], "trafilatura, precise": []}
    tails = 0
    for each in gold.values():
        document = read_document(folder / each["file"])
        ours = "\n\n".join(p.text for p in read_report(blocks_of(document)).passages if p.zone == "main")
        tails += any(line.strip().lower().startswith(_TAILS) for line in ours.splitlines())
        texts = {
            "tallystick": ours,
            "trafilatura": trafilatura.extract(document.text, include_comments=False) or "",
            "trafilatura, precise": trafilatura.extract(document.text, include_comments=False, favor_precision=True) or "",
        }
        for name, text in texts.items():
            counted[name].append(_count(text, each["with"], each["without"]))
    scores = {name: _score(parts) for name, parts in counted.items()}
    rows: list[list[str | float | None]] = [[name, *score] for name, score in scores.items()]
    peers: dict[str, float | None] = {name: score[2] for name, score in scores.items() if name != "tallystick"}
    figures = [
        Figure(name="main text: F1", ours=scores["tallystick"][2], bar=scores["trafilatura"][2], peers=peers),
        Figure(name="pages with a comment form or disclaimer in the main text", ours=tails, bar=0, more_is_better=False),
    ]
    return Result(
        name="extraction", figures=figures, tables=[Table("Pieces of text", ["tool", "precision", "recall", "F1"], rows)]
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def _count(text: str, wanted: Sequence[str], unwanted: Sequence[str]) -> tuple[int, int, int]:
    plain = _plain(text)
    found = sum(_plain(each) in plain for each in wanted)
    return found, len(wanted) - found, sum(_plain(each) in plain for each in unwanted)


def _score(parts: Sequence[tuple[int, int, int]]) -> tuple[float, float, float]:
    found, missed, false = (sum(column) for column in zip(*parts, strict=True))
    precision, recall = found / (found + false), found / (found + missed)
    return precision, recall, 2 * precision * recall / (precision + recall)
