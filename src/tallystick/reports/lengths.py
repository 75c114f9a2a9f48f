"""How long a text of a person may be, counted as a reader counts it.

Rules
 1. A character is what a reader sees as one: an extended grapheme cluster (Unicode Standard Annex 29). A letter with its marks, a
    flag, a family of four joined to one picture are one character each, however many code points or bytes they take.
 2. A text has at most MOST_CHARS characters, and at most MOST_CODE_POINTS code points: nobody piles a book on one letter.
"""

from typing import Final

MOST_CHARS: Final = 2_000
MOST_CODE_POINTS: Final = 20_000
HINT: Final = f"write 1 to {MOST_CHARS:,} characters, as a reader counts them"


def fits(text: str) -> bool:
    """Tell whether a text is short enough (rule 2)."""
    if len(text) <= MOST_CHARS:  # a character has one code point at least
        return True
    return len(text) <= MOST_CODE_POINTS and characters(text) <= MOST_CHARS


def characters(text: str) -> int:
    """Return how many characters a reader sees."""
    import regex  # noqa: PLC0415  # loaded late: hardly any text is long enough to need it

    return len(regex.findall(r"\X", text))
