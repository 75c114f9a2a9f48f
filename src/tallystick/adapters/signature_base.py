"""What RFC 9421 needs of structured fields: `Signature-Input` and `Signature` read, the signature base built.

Verifies nothing and knows no key. Reads one label of each field; members of other labels, such as a proxy adds, are passed over.

Rules
 1. The text of a member is never written anew: it is what a serializer of RFC 9651 writes, letter for letter, or it is refused.
 2. A base is built of printable ASCII in lines of its own; nothing that could begin another line gets into it.
 3. Every expression matches in one way only, so that no text takes longer than its length.

Source: RFC 9421, sections 2.3, 2.5 and 4; RFC 9651.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_KEY = r"[a-z*][a-z0-9_.*-]*+"
_STRING = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*+"'
_WHOLE = r"(?:0|[1-9][0-9]{0,14})"
_BINARY = r":[A-Za-z0-9+/]*+={0,2}:"
_VALUE = rf"(?:{_STRING}|{_BINARY}|-?[0-9.]++|\?[01]|[A-Za-z*][!#$%&'*+.^_`|~:/0-9A-Za-z-]*+)"
_PARAMETERS = rf"(?:;{_KEY}(?:={_VALUE})?)*+"
_LIST = rf"\((?:{_STRING}{_PARAMETERS}(?: {_STRING}{_PARAMETERS})*+)?\)"
_MEMBER = re.compile(rf"({_KEY})=((?:{_LIST}|{_VALUE}){_PARAMETERS})")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_COMPONENT = re.compile(rf"{_STRING}{_PARAMETERS}")
_PARAMETER = re.compile(rf';({_KEY})=(?:({_WHOLE})|"([\x20\x21\x23-\x5b\x5d-\x7e]*)")')
_INNER_LIST = re.compile(_LIST)
_LINE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """One member of `Signature-Input`.

    Attributes:
        text: all of it as it was sent: what stands in the last line of the base.
        components: identifiers of what is covered, as they were written, in order.
        parameters: whole numbers and strings, by name.
    """

    text: str
    components: tuple[str, ...]
    parameters: Mapping[str, int | str]


def read_input(field: str, label: str) -> SignatureInput:
    """Read the member of a `Signature-Input` field.

    Raises:
        ValueError: it has none of this label or two, or is not what a serializer writes, or has a parameter of another kind.
    """
    text = _member(field, label)
    covered = _INNER_LIST.match(text)
    if not covered:
        raise ValueError("what a signature covers is no list")
    at = end = covered.end()
    components = tuple(_COMPONENT.findall(text, 1, end - 1))
    parameters: dict[str, int | str] = {}
    while at < len(text):
        found = _PARAMETER.match(text, at)
        if not found or found[1] in parameters:
            raise ValueError("a parameter of a signature is none, or stands there twice")
        parameters[found[1]] = int(found[2]) if found[2] is not None else found[3]
        at = found.end()
    return SignatureInput(text, components, parameters)


def read_signature(field: str, label: str) -> bytes:
    """Read the member of a `Signature` field.

    Raises:
        ValueError: it has none of this label or two, or it is no byte sequence in its one writing.
    """
    text = _member(field, label)
    try:
        raw = base64.b64decode(text[1:-1], validate=True)
    except binascii.Error:
        raise ValueError("a signature is no byte sequence") from None
    if byte_sequence(raw) != text:
        raise ValueError("a signature is not written as it should be")
    return raw


def byte_sequence(raw: bytes) -> str:
    """Return bytes as a structured field writes them."""
    return f":{base64.b64encode(raw).decode()}:"


def signature_base(lines: Iterable[tuple[str, str]], text: str) -> bytes:
    """Return the base of a signature.

    Args:
        lines: identifier and value of each component, in order.
        text: the member of `Signature-Input`.

    Raises:
        ValueError: a component twice, or something that is not printable ASCII.
    """
    covered = dict(given := [*lines])
    if len(covered) != len(given):
        raise ValueError("a component is covered twice")
    written = [*(f"{identifier}: {value}" for identifier, value in given), f'"@signature-params": {text}']
    if not all(map(_LINE.fullmatch, written)):
        raise ValueError("what is covered is not printable ASCII")
    return "\n".join(written).encode("ascii")


def _member(field: str, label: str) -> str:
    """Return the value of a dictionary's member, as it was written."""
    found, at = "", 0
    while member := _MEMBER.match(field, at):
        if member[1] == label:
            if found:
                raise ValueError("a label stands in a field twice")
            found = member[2]
        at = member.end()
        if at == len(field):
            if not found:
                break
            return found
        comma = _COMMA.match(field, at)
        if not comma:
            break
        at = comma.end()
    raise ValueError("a field of a signature is malformed or lacks our label")
