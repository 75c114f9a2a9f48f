"""Where the sentences of a text begin and end.

Pure. Rule: a full stop behind a title or an initial ends none.
"""

import re
from collections.abc import Iterator

_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_SHORT = "".join(
    rf"(?<!\b{each}\.)"
    for each in (
        "[A-Z]", "Mr", "Mrs", "Ms", "Mme", "Dr", "Prof", "Sr", "Sra", "St", "Gen", "Col", "Lt", "Sgt", "Rev", "Sen", "Sens",
        "Rep", "Reps", "Gov", "Capt", "Adm", "Maj", "Hon",
    )
)  # fmt: skip
"""Behind none of these does a full stop end a sentence."""
_NUMBERED = "".join(
    rf"(?!(?<=\b{stop})\s{what})"
    for stop, what in (
        (r"No\.", r"\d"), (r"Nr\.", r"\d"), (r"\d\.", rf"(?:{_MONTHS})"), (r"\d\d\.", rf"(?:{_MONTHS})"),
    )
)  # fmt: skip
"""Nor one in a number: `No. 5`, `22. August`."""
_END = rf"[.!?؟]+[”\"»’)]*(?=\s|$){_SHORT}{_NUMBERED}"
_SENTENCE = re.compile(rf"[^\n]*?(?:{_END}|(?=\n)|$)")
_LONGEST_SENTENCE = 2_000
"""What has no stop for longer is no sentence anybody wrote; searching one that never ends would take for ever."""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence, blanks left out; one of more than _LONGEST_SENTENCE characters in pieces."""
    for found in _SENTENCE.finditer(text):
        inside = found[0].strip()
        if inside:
            start = found.start() + found[0].index(inside)
            end = start + len(inside)
            for at in range(start, end, _LONGEST_SENTENCE):
                yield at, min(at + _LONGEST_SENTENCE, end)
