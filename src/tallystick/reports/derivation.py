"""Whether one text is derived from another: how much of its wording is contained in it.

Pure. Copies, cuts, reordered and lightly rewritten texts are
found; paraphrase that changes every third word, and translation, are not.

Rules
 1. A text is the set of its runs of three words, in small letters, without punctuation; of a long text, those whose hash is small
    (a sketch: a fixed share of all hashes, the same for every text, so that sketches can be compared).
 2. Containment of a in b is the share of a's runs that b has. It is no distance: a cutting is contained in the whole.
 3. Wholly derived from WHOLLY on, partly from PARTLY on.
 4. Of many texts only those are compared that share enough runs to reach PARTLY. Of a run that more than MOST_TEXTS of them have
    the first ones are remembered: it is how people write, or a text with very many copies.
"""

import hashlib
import re
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import Literal

Derivation = Literal["wholly", "partly", "not"]

WHOLLY = 0.5
PARTLY = 0.12
MOST_TEXTS = 100
_RUN = 3
_ALL_KEPT = 2_000
"""Texts of fewer words keep every run; longer ones one in four."""
_KEPT = (1 << 64) // 4
_LEAST_RUNS = 8
_WORD = re.compile(r"\w+")

Sketch = frozenset[int]


def sketch(text: str, *, whole: bool | None = None) -> Sketch:
    """Return the sketch of a text.

    Args:
        text: its main text.
        whole: whether to keep every run; decided by its length where not said.
    """
    words = _WORD.findall(text.lower())
    runs = {" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}
    hashes = {int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()) for run in runs}
    keep_all = len(words) < _ALL_KEPT if whole is None else whole
    return frozenset(hashes) if keep_all else frozenset(each for each in hashes if each < _KEPT)


def containment(a: Sketch, b: Sketch) -> float:
    """Return the share of a's wording that b has, 0 to 1; 0 where a is too short to say."""
    if len(a) < _LEAST_RUNS:
        return 0.0
    of = _share(a) if _is_cut(b) else a  # b kept a share only: compare that share
    return len(of & b) / len(of) if of else 0.0


def derivation(a: Sketch, b: Sketch) -> Derivation:
    """Return whether a is derived from b, if either is."""
    share = containment(a, b)
    return "wholly" if share >= WHOLLY else "partly" if share >= PARTLY else "not"


class Sketches:
    """Many sketches, in the order they came; finds those that one may be derived from, or the other way round."""

    def __init__(self) -> None:
        self._held: list[_Held] = []
        self._having: dict[int, int | list[int]] = {}
        """By run the numbers of the sketches that have it: most runs are of one text only, for which a list is too large."""

    def add(self, own: Sketch) -> tuple[int, Derivation] | None:
        """Take in a sketch; return the first one before it that it is derived from, or that is derived from it, and how much."""
        held = _Held(array("Q", own), len(_share(own)), is_cut=_is_cut(own))
        found = self._first(own, held)
        number = len(self._held)
        self._held.append(held)
        for each in own:
            before = self._having.setdefault(each, number)
            if isinstance(before, list):
                if len(before) < MOST_TEXTS:
                    before.append(number)
            elif before != number:
                self._having[each] = [before, number]
        return found

    def _first(self, own: Sketch, held: "_Held") -> tuple[int, Derivation] | None:
        shared: Counter[int] = Counter()
        for each in own:
            before = self._having.get(each)
            if isinstance(before, list):
                shared.update(before)
            elif before is not None:
                shared[before] += 1
        for number in sorted(shared):
            other = self._held[number]
            if shared[number] >= PARTLY * min(held.compared_with(other), other.compared_with(held)):
                runs = frozenset(other.runs)
                how = max(derivation(own, runs), derivation(runs, own), key=("not", "partly", "wholly").index)
                if how != "not":
                    return number, how
        return None


@dataclass(frozen=True, slots=True)
class _Held:
    """A sketch as it is kept: in a tenth of the room that a set takes."""

    runs: "array[int]"
    share: int
    is_cut: bool

    def compared_with(self, other: "_Held") -> int:
        """Return how many of its runs are compared: those of the share that all sketches keep, where the other kept no more."""
        return self.share if other.is_cut else len(self.runs)


def _share(own: Sketch) -> Sketch:
    """Return the runs that every sketch of this text has, whole or not."""
    return frozenset(each for each in own if each < _KEPT)


def _is_cut(own: Sketch) -> bool:
    return max(own, default=0) < _KEPT
