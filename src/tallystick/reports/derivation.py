"""Whether one text is derived from another: how much of its wording is contained in it.

Pure. Copies, cuts, reordered and lightly rewritten texts are found; paraphrase that changes every third word, and translation,
are not.

Rules
 1. A text is the set of its runs of three words, in small letters, without punctuation and what is not seen; in Chinese and
    Japanese, of five signs. Of a long text, those whose hash is small (a sketch: a fixed share of all hashes, the same for every
    text, so that sketches can be compared). Words in quotation marks are left out where they are less than half of the text: two
    reporters who heard one statement have them alike, and the chain says whose statement it is.
 2. Containment of a in b is the share of a's runs that b has. It is no distance: a cutting is contained in the whole.
 3. Wholly derived from WHOLLY on, partly from PARTLY on.
 4. Of many texts only those are compared that share enough runs to reach PARTLY. Of a run that more than MOST_TEXTS of them have
    the first ones are remembered: it is how people write, or a text with very many copies.
"""

import hashlib
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, Protocol

Derivation = Literal["wholly", "partly", "not"]

WHOLLY = 0.58
PARTLY = 0.12
MOST_TEXTS = 100
_RUN = 3
_ALL_KEPT = 2_000
"""Texts of fewer words keep every run; longer ones one in four."""
_KEPT = (1 << 64) // 4
_LEAST_RUNS = 8
_SIGN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and Han: written without blanks between words."""
_WORD = re.compile(rf"[{_SIGN}]|[^\W{_SIGN}]+")
_SIGN_RUN = 5
"""Signs that are about as long as three words."""
_UNSEEN = dict.fromkeys([0xAD, 0x640, *range(0x64B, 0x656), 0x670, *range(0x200B, 0x2010), 0x2060, 0xFEFF])
"""Soft hyphens, marks without width, the lengthening of Arabic words and their vowel signs: the same words with and without."""
_QUOTE = re.compile(r"“[^”“]*”|«[^»«]*»|„[^“”„]*[“”]|\"[^\"]*\"")
_MOSTLY = 0.5
_BREAK = " \0 "
"""Stands where a quotation was: no run of words goes across it."""

Sketch = frozenset[int]


def sketch(text: str, *, whole: bool | None = None) -> Sketch:
    """Return the sketch of a text.

    Args:
        text: its main text.
        whole: whether to keep every run; decided by its length where not said.
    """
    plain = unicodedata.normalize("NFC", _unquoted(text)).translate(_UNSEEN).lower()
    parts = [_WORD.findall(part) for part in plain.split(_BREAK)]
    words = [word for part in parts for word in part]
    runs = {run for part in parts for run in _runs(part)}
    hashes = {int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()) for run in runs}
    keep_all = len(words) < _ALL_KEPT if whole is None else whole
    return frozenset(hashes) if keep_all else frozenset(each for each in hashes if each < _KEPT)


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Return the runs of words; of signs where most of the words are signs."""
    long = _SIGN_RUN if 2 * sum(_is_sign(each) for each in words) > len(words) else _RUN
    return (" ".join(words[at : at + long]) for at in range(len(words) - long + 1))


def _is_sign(word: str) -> bool:
    return len(word) == 1 and "\u3040" <= word <= "\ufaff"


def _unquoted(text: str) -> str:
    """Leave out what is quoted, unless the text is mostly quotations."""
    out = _QUOTE.sub(_BREAK, text)
    return out if len(out) >= _MOSTLY * len(text) else text


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


@dataclass(frozen=True, slots=True)
class Size:
    """How large a sketch is.

    Attributes:
        runs: how many it has.
        share: how many of them every sketch of this text has, whole or not.
    """

    runs: int
    share: int

    @classmethod
    def of(cls, own: Sketch) -> "Size":
        """Return the size of a sketch."""
        return cls(len(own), len(_share(own)))

    def compared_with(self, other: "Size") -> int:
        """Return how many of its runs are compared: those of the share that all sketches keep, where the other kept no more."""
        return self.share if other.share == other.runs else self.runs


class Wordings(Protocol):
    """The sketches of many texts, numbered from 0 in the order they came."""

    def having(self, own: Sketch, /) -> Counter[int]:
        """Return the texts that have any of these runs, and how many; of each run the first `MOST_TEXTS` texts count."""
        ...

    def size(self, number: int, /) -> Size:
        """Return the size of a text's sketch."""
        ...

    def sketch(self, number: int, /) -> Sketch:
        """Return the sketch of a text."""
        ...


def first_akin(own: Sketch, earlier: Wordings) -> tuple[int, Derivation] | None:
    """Return the first text that this one is derived from, or that is derived from it, and how much; None where there is none."""
    shared, size = earlier.having(own), Size.of(own)
    for number in sorted(shared):
        other = earlier.size(number)
        if shared[number] >= PARTLY * min(size.compared_with(other), other.compared_with(size)):
            runs = earlier.sketch(number)
            how = max(derivation(own, runs), derivation(runs, own), key=("not", "partly", "wholly").index)
            if how != "not":
                return number, how
    return None


class Runs:
    """Which texts have a run, the first `MOST_TEXTS` of them: most runs are of one text only, for which a list is too large."""

    def __init__(self) -> None:
        self._texts: dict[int, int | list[int]] = {}

    def __len__(self) -> int:
        """Return how many different runs there are."""
        return len(self._texts)

    def put(self, run: int, number: int) -> None:
        """Say that a text has a run; texts come in order."""
        before = self._texts.setdefault(run, number)
        if isinstance(before, list):
            if len(before) < MOST_TEXTS:
                before.append(number)
        elif before != number:
            self._texts[run] = [before, number]

    def texts(self, run: int) -> Sequence[int]:
        """Return the texts that have a run, in order."""
        found = self._texts.get(run, ())
        return (found,) if isinstance(found, int) else found

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Return all runs with each text that has them, in order."""
        return ((run, number) for run in sorted(self._texts) for number in self.texts(run))


class Sketches:
    """Wordings in memory: some hundred bytes a run."""

    def __init__(self) -> None:
        self._held: list[tuple[array[int], Size]] = []
        self._runs = Runs()

    def add(self, own: Sketch) -> tuple[int, Derivation] | None:
        """Take in a sketch; return what `first_akin` finds among those before it."""
        found = first_akin(own, self)
        self.put(own)
        return found

    def put(self, own: Sketch) -> None:
        """Take in a sketch."""
        for each in own:
            self._runs.put(each, len(self._held))
        self._held.append((array("Q", own), Size.of(own)))

    def clear(self) -> None:
        """Forget all of them."""
        self._held, self._runs = [], Runs()

    def having(self, own: Sketch, /) -> Counter[int]:
        """Return the texts that have any of these runs, and how many."""
        return Counter(chain.from_iterable(map(self._runs.texts, own)))

    def size(self, number: int, /) -> Size:
        """Return the size of a text's sketch."""
        return self._held[number][1]

    def sketch(self, number: int, /) -> Sketch:
        """Return the sketch of a text."""
        return frozenset(self._held[number][0])


def _share(own: Sketch) -> Sketch:
    """Return the runs that every sketch of this text has, whole or not."""
    return frozenset(each for each in own if each < _KEPT)


def _is_cut(own: Sketch) -> bool:
    return max(own, default=0) < _KEPT
