"""News in which other people marked who says what: read from clones in the folder named by TALLYSTICK_CORPORA.

    git clone https://github.com/networkdynamics/PolNeAR
    git clone https://github.com/uhh-lt/german-news-quotation-attribution-2024

PolNeAR: US political news of 2015 and 2016; what people say, think, want and feel; its last month judges.
German Wikinews: news of 2004 to 2022, what people say; its licence forbids commercial use, so that it judges and never teaches.
Nothing of either is part of the project. What is judged at once is a paragraph. An attribution whose source stands in another
paragraph than its cue is kept without words for its source, so that it counts as marked and nobody can find it.
"""

import json
import os
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.lib.attributed import Marked, Sentence, Span
from bench.lib.places import SkippedError

_LABEL = re.compile(r"(?P<id>T\d+)\t(?P<kind>\w+) (?P<spans>[\d ;]+)\t")
_PARAGRAPH = re.compile(r"[^\n]+")
_ACT = re.compile(
    r"(?:Angaben|Aussagen?|Auskunft|Informationen|Einschätzung|Ansicht|Auffassung|Meinung|Worten|Darstellung|Berichten?)"
    r" (?:von |aus |durch |(?=der |des |eines |einer ))"
)
_EVENT = re.compile(r"E\d+\t(?P<parts>.+)")


def folder(repository: str) -> Path:
    """Return the data of a cloned repository.

    Raises:
        SkippedError: the variable is not set, or the clone is not there.
    """
    named = os.environ.get("TALLYSTICK_CORPORA")
    if not named:
        raise SkippedError(f"TALLYSTICK_CORPORA is not set: it names the folder with a clone of {repository}")
    path = Path(named) / repository / "data"
    if not path.is_dir():
        raise SkippedError(f"{repository} is not in the folder named by TALLYSTICK_CORPORA")
    return path


def english_news(part: str) -> list[Sentence]:
    """Read `train`, `dev` or `test` of PolNeAR."""
    data = folder("PolNeAR") / part
    out: list[Sentence] = []
    for text in sorted(data.glob("text/*.txt")):
        marks = min(data.glob(f"attributions/{text.stem}_*.ann"))  # a few were marked by two people: the first of them
        with text.open(encoding="utf-8", newline="") as file:
            out += _split(file.read(), _events(marks.read_text(encoding="utf-8")))
    return out


def german_news(part: str) -> list[Sentence]:
    """Read `train`, `dev` or `test` of the German Wikinews.

    `Nach Angaben der Polizei`: what names the act of saying belongs to the cue here, not to the source, as in the other texts.
    Where an act of speech is reported (`forderte mehr Geld`), its words are marked as a whole, and are taken for the cue. What
    has no cue otherwise, as sentences in the subjunctive, is left out.
    """
    out: list[Sentence] = []
    for file in sorted((folder("german-news-quotation-attribution-2024") / part).glob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        marked = [
            (_spans(each["cue"]) or (_spans(each["quote"]) if each["type"] == "Reported" else []), _spans(each["speaker"]))
            for each in document["annotations"]
        ]
        text = document["originalText"]
        out += _split(text, [_with_act(text, *each) for each in marked if each[0]])
    return out


def _with_act(text: str, cue: list[Span], source: list[Span]) -> tuple[list[Span], list[Span]]:
    """Move the act of saying from the beginning of a source to the end of its cue."""
    act = _ACT.match(text, *source[0]) if source else None
    if act is None:
        return cue, source
    return sorted([*cue, (source[0][0], act.end())]), [(act.end(), source[0][1]), *source[1:]]


def _spans(marked: dict[str, list[dict[str, int]]]) -> list[Span]:
    return [(each["charBegin"], each["charEnd"]) for each in marked["spans"]]


def _events(lines: str) -> Iterator[tuple[list[Span], list[Span]]]:
    """Cue and source of each attribution of a file in the format of brat."""
    labels = {found["id"]: _numbers(found["spans"]) for found in _LABEL.finditer(lines)}
    for found in _EVENT.finditer(lines):
        parts: dict[str, list[Span]] = defaultdict(list)
        for role, _, name in (each.partition(":") for each in found["parts"].split()):
            parts[role.rstrip("0123456789")] += labels.get(name, [])
        if parts["Cue"]:
            yield sorted(parts["Cue"]), sorted(parts["Source"])


def _numbers(spans: str) -> list[Span]:
    return [(int(start), int(end)) for start, end in (each.split() for each in spans.split(";"))]


def _split(
    text: str, marked: Iterator[tuple[list[Span], list[Span]]] | Sequence[tuple[list[Span], list[Span]]]
) -> list[Sentence]:
    spans = [found.span() for found in _PARAGRAPH.finditer(text)]
    starts = [start for start, _ in spans]
    here: dict[int, list[tuple[list[Span], list[Span]]]] = defaultdict(list)
    for cue, source in marked:
        here[max(bisect_right(starts, cue[0][0]) - 1, 0)].append((cue, source))
    return [_paragraph(text, span, here[number]) for number, span in enumerate(spans)]


def _paragraph(text: str, span: Span, marked: Sequence[tuple[list[Span], list[Span]]]) -> Sentence:
    # Two quotations with one frame are one attribution.
    cut = list(dict.fromkeys((_inside(cue, span), _inside(source, span), bool(source)) for cue, source in marked))
    return Sentence(
        text[slice(*span)],
        tuple(Marked(cue, source) for cue, source, is_named in cut if is_named),
        tuple(cue for cue, _, is_named in cut if not is_named),
    )


def _inside(parts: Sequence[Span], span: Span) -> tuple[Span, ...]:
    start, end = span
    return tuple((a - start, b - start) for a, b in parts if start <= a and b <= end)
