"""Where a record is, in one word: as `find` prints it, and as `show` and `explain` take it."""

import re

from tallystick.errors import InputError

# A file name may hold a colon; it ends at the first ".jsonl:" or ".jsonl.gz:". No register has a slash or a colon.
_PLACE = re.compile(r"(?P<side>.+?\.jsonl(?:\.gz)?(?=:)|[^:/]+)[:/](?P<id>.+)\Z")


def read_place(text: str) -> tuple[str, str]:
    """Split REGISTER/ID, or FILE:ID for a file in the native format.

    Raises:
        InputError: it is neither.
    """
    found = _PLACE.match(text)
    if found is None:
        raise InputError(f"{text} names no record", hint="write REGISTER/ID, or FILE:ID")
    return found["side"], found["id"]


def place_of(side: str, record_id: str, *, is_file: bool) -> str:
    """Write where a record is."""
    return f"{side}{':' if is_file else '/'}{record_id}"
