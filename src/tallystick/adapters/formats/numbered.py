"""Takes apart cells that number their values: `(1) Mali (2) Chad`, `(1)-(2) Tunisia (3) Libya`, `1) Uzbek 2) Afghan`."""

import re

_NUMBER = re.compile(r"(?:\(|(?<!\w))(\d{1,2})\)(?:[-–]\(?(\d{1,2})\))?\s*")
_MAX_VALUES = 99
_EMPTY = " -–.,;:\u00a0"


def numbered(text: str) -> dict[int, str]:
    """Return the values of a cell by their numbers, empty ones left out; a cell without numbers has value 1.

    Numbers that do not begin with 1 and rise are taken for a part of the value.
    """
    marks: list[re.Match[str]] = []
    expected = 1
    for mark in _NUMBER.finditer(text):
        if int(mark[1]) == expected:
            marks.append(mark)
            expected = max(int(mark[2] or 0), expected) + 1
    if not marks or text[: marks[0].start()].strip():
        value = text.strip(_EMPTY)
        return {1: value} if value else {}
    values: dict[int, str] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : following.start() if following else None].strip(_EMPTY)
        first, last = int(mark[1]), int(mark[2] or mark[1])
        values.update(dict.fromkeys(range(first, min(last, _MAX_VALUES) + 1), value) if value else {})
    return values
