"""Canonical JSON, moments and digests: one sequence of bytes for one document, and no other (spec/exchange-v1.md, section 1).

Rules
 1. A size is checked before anything is parsed.
 2. Bytes that are not the canonical form of what they say are refused: white space, another order, a member twice, 1.0 for 1.
 3. An error names the place in the document, never a value, and no member that the specification does not name.
"""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from tallystick.errors import RemoteProtocolError

MAX_INTEGER: Final = (1 << 53) - 1
MAX_TEXT_CHARS: Final = 2000
# No control character, and none that turns the direction of what stands around it: people read these texts and sign.
_SEEN: Final = "[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"

Format = Literal["x1"]
Id = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,63}\Z")]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
DigestOrNone = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{64})?\Z")]
Moment = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]
Number = Annotated[int, Meta(ge=1, le=0xFFFF_FFFF)]
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Text300 = Annotated[str, Meta(pattern=rf"\A{_SEEN}*\Z", max_length=300)]
Text500 = Annotated[str, Meta(pattern=rf"\A{_SEEN}*\Z", max_length=500)]
Text2000 = Annotated[str, Meta(pattern=rf"\A{_SEEN}*\Z", max_length=MAX_TEXT_CHARS)]
Name = Annotated[str, Meta(pattern=rf"\A{_SEEN}+\Z", max_length=200)]
Reference = Annotated[str, Meta(pattern=rf"\A{_SEEN}*\Z", max_length=64)]
Officer = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,63}\Z")]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE: Final = re.compile(r" - at `(\$[a-z_.\[\]0-9]*(?:\[\.\.\.\])?[a-z_.\[\]0-9]*)`\Z")
_S = TypeVar("_S", bound="Document")


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is said in canonical JSON: every member is required, no other is allowed."""


def encode(document: Document) -> bytes:
    """Return the canonical form of a document."""
    return json.dumps(msgspec.to_builtins(document), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def decode(raw: bytes, kind: type[_S], limit_bytes: int) -> _S:
    """Read a document that came from another node.

    Args:
        raw: its bytes.
        kind: what it must be.
        limit_bytes: how long it may be; checked first.

    Raises:
        RemoteProtocolError: too long, not canonical JSON, or not of this kind.
    """
    name = kind.__name__.lower()
    if len(raw) > limit_bytes:
        raise RemoteProtocolError(f"{name} is longer than {limit_bytes} bytes", hint=_HINT)
    try:
        document = msgspec.json.decode(raw, type=kind)
        same = encode(document) == raw
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        place = _PLACE.search(str(error))
        at = f" at {place[1]}" if place else ""
        raise RemoteProtocolError(f"{name} is not what the specification says{at}", hint=_HINT) from None
    if not same:
        raise RemoteProtocolError(f"{name} is not in canonical form", hint=_HINT)
    return document


def digest(raw: bytes) -> str:
    """Return SHA-256 in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def seconds(moment: str) -> int:
    """Return a moment in seconds since 1970.

    Raises:
        RemoteProtocolError: there is no such moment.
    """
    try:
        then = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise RemoteProtocolError("a moment is none of the calendar", hint=_HINT) from None
    if moment_of(whole := round((then - _EPOCH).total_seconds())) != moment:
        raise RemoteProtocolError("a moment is not in its one form", hint=_HINT)
    return whole


def moment_of(at_s: int) -> str:
    """Return seconds since 1970 as a moment."""
    return (_EPOCH + timedelta(seconds=at_s)).strftime("%Y-%m-%dT%H:%M:%SZ")


_HINT: Final = "ask the other node which version it runs; nothing of it was used"
