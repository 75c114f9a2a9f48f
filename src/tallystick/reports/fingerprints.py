"""What two services that keep a text of the same origin can find out about each other's without showing any: its fingerprints.

Pure. A fingerprint is the hash of a run of words. Which runs are taken follows from the words alone, so both sides take the same.

Rules
 1. The main text only, as words in small letters; a character of a script without spaces is a word.
 2. Of every `WINDOW` runs of `RUN` words that follow each other, the one with the least hash is taken. Texts that share
    `SURE_WORDS` words in a row share a fingerprint, wherever the words stand, whatever stands around them.
 3. Texts that share no run of `RUN` words share none, but by chance (hashes of 80 bits).
 4. Of very many the least hashes are kept, `MOST` of them: the same choice on both sides.

Source: Schleimer, Wilkerson, Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from tallystick.model import Identifier, Record

RUN = 8
WINDOW = 12
SURE_WORDS = RUN + WINDOW - 1
MOST = 400
KIND = "wording"
NAME = "Origin"
"""The name of every origin: a number makes a match key together with a part of a name (spec/match-keys-v1.md, section 4.3)."""

ORIGIN = "origin-"
"""How the id of the record of an origin begins; what follows are the first characters of the id of its earliest report."""

_BYTES = 10
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]|[^\W_]+")


def fingerprints(text: str) -> frozenset[str]:
    """Return the fingerprints of a main text, 20 hexadecimal digits each; none of a text of fewer than `RUN` words."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    hashes = [_hash(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]
    taken = {min(hashes[at : at + WINDOW]) for at in range(max(len(hashes) - WINDOW, 0) + 1) if hashes}
    return _fewest(taken)


def origin_record(reports: Sequence[str], prints: Iterable[frozenset[str]]) -> Record | None:
    """Return what stands for the origin of some reports in a register.

    Args:
        reports: their ids, the earliest first; it names the origin.
        prints: the fingerprints of each.

    Returns:
        A record whose id begins with `ORIGIN`; None where the texts are too short for a fingerprint.
    """
    numbers = sorted(_fewest(frozenset().union(*prints)))
    if not numbers:
        return None
    return Record(
        id=f"{ORIGIN}{reports[0][:16]}",
        names=(NAME,),
        identifiers=tuple(Identifier(type=KIND, number=each) for each in numbers),
    )


def _hash(words: Sequence[str]) -> str:
    return hashlib.blake2b(" ".join(words).encode(), digest_size=_BYTES).hexdigest()


def _fewest(prints: Iterable[str]) -> frozenset[str]:
    return frozenset(sorted(prints)[:MOST])
