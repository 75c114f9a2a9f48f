"""Sentences in which cues and sources are marked: German parliament speeches of the evaluation data, and our own news sentences.

Of both one part teaches and the other judges: speeches by their sitting, so that no debate is in both; of our own sentences those
that judge were written when the words of the tables had been chosen.
Our own are in `bench/texts`, one a line: `[S the source]`, `[C the cue]`, and `[S2 ...]`, `[C2 ...]` for a second attribution; a
cue without a source of its number has the first one. The harder English sentences have what real news has: the source behind the
cue and far from it, nouns and passives for cues, several sources in one sentence, words that only look like a cue. They were
written before the product was run on them and are not changed by what it makes of them. Of the English sentences that judge, the
lines 2, 4, 6 and so on are kept back: whoever mends rules may look at what is missed in the others. Of those kept back the
sentences are unseen, their figure is not: it was watched from change to change.
"""

import hashlib
import json
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.lib import places

Span = tuple[int, int]
OWN = ("en", "fr", "es", "ar")
_Speech = dict[str, list[dict[str, Any]]]
_SPEECHES = "news/bundestag_speech_attribution.tar.gz"
_MARK = re.compile(r"\[([SC])(\d?) ([^\]]*)\]")
_NO_BLANK_BEFORE = frozenset(",.;:!?)")


@dataclass(frozen=True, slots=True)
class Marked:
    """One attribution as people marked it: the words of its cue and of its source, as characters of the text."""

    cue: tuple[Span, ...]
    source: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, all attributions in it that name a source, and the cues of those that name none."""

    text: str
    marked: tuple[Marked, ...]
    bare: tuple[tuple[Span, ...], ...] = ()


def speeches() -> tuple[list[Sentence], list[Sentence]]:
    """Read the speeches; those that teach, those that judge."""
    halves: tuple[list[Sentence], list[Sentence]] = ([], [])
    with tarfile.open(places.data(_SPEECHES)) as tar:
        for member in sorted(tar.getmembers(), key=lambda each: each.name):
            file = tar.extractfile(member)
            if file is not None and member.name.endswith(".json"):
                sitting = member.name.rpartition("/")[2].partition("_")[0]
                half = hashlib.sha256(sitting.encode()).digest()[0] & 1
                halves[1 - half].append(_speech(json.load(file)))
    return halves


def _speech(said: _Speech) -> Sentence:
    """A speech, one sentence a line: whether somebody speaks in the first person shows in all of it."""
    marked: dict[int, list[tuple[set[int], set[int]]]] = defaultdict(list)
    for each in said["Annotations"]:
        words_of, names_of = _numbers(each["Cue"]), _numbers(each["Source"])
        number = min(words_of)
        marked[number].append((words_of[number], names_of[number]))
    text, named, bare = "", [], []
    for each in said["Sentences"]:
        line, spans = _joined(each["Tokens"])
        at = [(len(text) + start, len(text) + end) for start, end in spans]
        for words, names in marked[each["SentenceId"]]:
            cue = tuple(at[n] for n in sorted(words))
            if names:
                named.append(Marked(cue, tuple(at[n] for n in sorted(names))))
            else:
                bare.append(cue)
        text += f"{line}\n"
    return Sentence(text, tuple(named), tuple(bare))


def _numbers(named: Iterable[str]) -> defaultdict[int, set[int]]:
    """Words named as `sentence:word`, by sentence."""
    out: defaultdict[int, set[int]] = defaultdict(set)
    for each in named:
        sentence, word = each.split(":")
        out[int(sentence)].add(int(word))
    return out


def _joined(words: Sequence[str]) -> tuple[str, list[Span]]:
    text, spans = "", []
    for word in words:
        text += " " if text and word not in _NO_BLANK_BEFORE else ""
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, spans


def own(language: str) -> tuple[list[Sentence], list[Sentence]]:
    """Read our own sentences of a language; those that teach, those that judge."""
    return own_part(language, "teaching"), own_part(language, "judging")


def kept_back(language: str, part: str) -> list[Sentence]:
    """Read every second line of a part that judges: the half nobody looks at while rules and weights are made."""
    return own_part(language, part)[1::2]


def own_part(language: str, part: str) -> list[Sentence]:
    """Read one part of our own sentences: `teaching`, `judging`, in English also `hard`."""
    path = places.ROOT / "bench" / "texts" / f"attribution_{language}_{part}.txt"
    return [_own(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _own(line: str) -> Sentence:
    text, at = "", 0
    parts: dict[str, dict[str, list[Span]]] = defaultdict(lambda: {"S": [], "C": []})
    for found in _MARK.finditer(line):
        text += line[at : found.start()]
        parts[found[2]][found[1]] += _words(found[3], len(text))
        text += found[3]
        at = found.end()
    first = next(iter(parts.values()), {"S": []})["S"]
    return Sentence(text + line[at:], tuple(Marked(tuple(each["C"]), tuple(each["S"] or first)) for each in parts.values()))


def _words(text: str, start: int) -> list[Span]:
    return [(start + found.start(), start + found.end()) for found in re.finditer(r"[\w’'-]+", text)]


def overlap(one: Iterable[Span], other: Iterable[Span]) -> int:
    """Count the characters two lots of spans share."""
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in other)
