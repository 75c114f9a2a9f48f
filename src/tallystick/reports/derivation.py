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
from collections import Counter
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
    small = frozenset(each for each in a if each < _KEPT)
    is_cut = max(b, default=0) < _KEPT  # b kept a share only: compare that share
    of = small if is_cut else a
    return len(of & b) / len(of) if of else 0.0


def derivation(a: Sketch, b: Sketch) -> Derivation:
    """Return whether a is derived from b, if either is."""
    share = containment(a, b)
    return "wholly" if share >= WHOLLY else "partly" if share >= PARTLY else "not"


class Sketches:
    """Many sketches, in the order they came; finds those that one may be derived from, or the other way round."""

    def __init__(self) -> None:
        self._sketches: list[Sketch] = []
        self._kept: list[int] = []
        self._having: dict[int, list[int]] = {}

    def add(self, own: Sketch) -> tuple[int, Derivation] | None:
        """Take in a sketch; return the first one before it that it is derived from, or that is derived from it, and how much."""
        found = self._first(own)
        number = len(self._sketches)
        self._sketches.append(own)
        self._kept.append(_kept(own))
        for each in own:
            having = self._having.setdefault(each, [])
            if len(having) < MOST_TEXTS:
                having.append(number)
        return found

    def _first(self, own: Sketch) -> tuple[int, Derivation] | None:
        shared: Counter[int] = Counter()
        for each in own:
            shared.update(self._having.get(each, ()))
        kept = _kept(own)
        for number in sorted(shared):
            if shared[number] >= PARTLY * min(kept, self._kept[number]):
                other = self._sketches[number]
                how = max(derivation(own, other), derivation(other, own), key=("not", "partly", "wholly").index)
                if how != "not":
                    return number, how
        return None


def _kept(own: Sketch) -> int:
    """Return how many runs every sketch of this text has, whole or not."""
    return sum(each < _KEPT for each in own)
