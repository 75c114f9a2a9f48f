"""Whether one text is derived from another: how much of its wording is contained in it.

Pure. Copies, cuts, reordered and lightly rewritten texts are
found; paraphrase that changes every third word, and translation, are not.

Rules
 1. A text is the set of its runs of three words, in small letters, without punctuation; of a long text, those whose hash is small
    (a sketch: a fixed share of all hashes, the same for every text, so that sketches can be compared).
 2. Containment of a in b is the share of a's runs that b has. It is no distance: a cutting is contained in the whole.
 3. Wholly derived from WHOLLY on, partly from PARTLY on.
"""

import hashlib
import re
from typing import Literal

Derivation = Literal["wholly", "partly", "not"]

WHOLLY = 0.5
PARTLY = 0.12
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
