"""What all readers of foreign reports share: JSON with a limit, moments, and names of things.

Rules
 1. A file is no longer than its limit before anybody parses it, and not nested deeper than the parser goes.
 2. An error never shows a value of the file.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from tallystick.errors import InputError

MOST_BYTES: Final = 64 << 20
MOST_OBJECTS: Final = 200_000
_T = TypeVar("_T")
_NAMES: Final = uuid.UUID("6f0b5d53-6f0c-5b8c-9d2d-2f6d7f3c1a54")
"""Under which ids of ours are made; the same thing has the same id in every export."""


def decoded(content: bytes, kind: type[_T], what: str) -> _T:
    """Decode JSON.

    Raises:
        InputError: it is too large, too deep, no JSON, or none of this kind.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"{what} has more than {MOST_BYTES >> 20} MB", hint="let it be exported in parts")
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError:
        raise InputError(f"{what} is nested too deep", hint="no such file needs that") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InputError(f"this is no {what}", hint="formats are in docs/reference/report-formats.md") from None


def fitting(kind: type[_T], members: Mapping[str, object], what: str, *, strict: bool = True) -> _T:
    """Make a value of what a file says; members it has no field for are passed over.

    Args:
        kind: which struct.
        members: by name.
        what: what it is called in an error.
        strict: whether texts stand for texts alone.

    Raises:
        InputError: a member does not fit; it is told by its name.
    """
    known = getattr(kind, "__struct_fields__", ())
    try:
        return msgspec.convert({name: value for name, value in members.items() if name in known}, kind, strict=strict)
    except msgspec.ValidationError as error:
        place = str(error).rpartition("`$.")[2].rstrip("`") or "a member"
        raise InputError(f"{place[:60]} of a {what} does not fit", hint="see docs/reference/report-formats.md") from None


def made_id(*words: str) -> str:
    """Return the UUID of a thing, by what it is called."""
    return str(uuid.uuid5(_NAMES, "\n".join(words)))


def moment(text: object) -> datetime | None:
    """Return a moment, in UTC; None where it is none: nobody's date is made up."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def short_text(value: object, most: int = 500) -> str:
    """Return a text; empty where it is none, or too long."""
    return value if isinstance(value, str) and len(value) <= most else ""


def mapping(value: object) -> dict[str, Any]:
    """Return a mapping; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """Return a list; an empty one where it is none."""
    return value if isinstance(value, list) else []
