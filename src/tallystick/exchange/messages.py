"""What goes over the wire beside signed documents: evaluation requests and responses, redemptions, receipts.

Lengths are checked before anything is looked at; nothing here decodes a point. Spec: spec/exchange-v1.md, sections 5.5, 6, 7.1.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta

from tallystick.errors import RemoteProtocolError
from tallystick.exchange import canonical, signing
from tallystick.exchange.agreement import BULK, MAX_DOCUMENT_BYTES, SUITES, Circle
from tallystick.exchange.canonical import Digest, Document, Format, Id, Moment, Name, Number, Officer, Reference, Text500
from tallystick.exchange.signing import Signed

MODE: Final = 1
POINT_BYTES: Final = 32
PROOF_BYTES: Final = 64
SIZES: Final = (32, 64)
BULK_SIZES: Final = (256, 1024, 4096)
_ASK: Final = b"TSQ1"
_ANSWER: Final = b"TSA1"
_ASK_HEAD: Final = 8
_ANSWER_HEAD: Final = 12
MAX_REQUEST_BYTES: Final = _ASK_HEAD + POINT_BYTES * BULK_SIZES[-1]
_HINT: Final = "ask the other node which version it runs; nothing of it was used"

_DECIMAL: Final = re.compile(r"[0-9]{1,19}", re.ASCII)

Handle = Annotated[str, Meta(pattern=r"\A[0-9a-f]{14}\Z")]


def encode_request(suite: str, points: bytes) -> bytes:
    """Return the body of an evaluation request over blinded elements, one after the other."""
    return _ASK + bytes((SUITES[suite], MODE)) + (len(points) // POINT_BYTES).to_bytes(2) + points


def decode_request(body: bytes, suite: str, purpose: str) -> bytes:
    """Read the body of an evaluation request.

    Returns:
        The blinded elements, one after the other; whether they are elements is not known yet.

    Raises:
        RemoteProtocolError: a size that the purpose does not have, another suite or mode, or malformed.
    """
    sizes = BULK_SIZES if purpose == BULK else SIZES
    if len(body) not in {_ASK_HEAD + POINT_BYTES * count for count in sizes}:
        raise RemoteProtocolError("an evaluation request has a size that is none", hint=_HINT)
    count = (len(body) - _ASK_HEAD) // POINT_BYTES
    if body[:_ASK_HEAD] != _ASK + bytes((SUITES[suite], MODE)) + count.to_bytes(2):
        raise RemoteProtocolError("an evaluation request is malformed", hint=_HINT)
    return body[_ASK_HEAD:]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The body of a response: evaluated elements and their proof."""

    epoch: int
    evaluated: bytes = field(repr=False)
    proof: bytes = field(repr=False)


def response_bytes(count: int) -> int:
    """Return how long the response to a request of `count` points is."""
    return _ANSWER_HEAD + POINT_BYTES * count + PROOF_BYTES


def encode_response(suite: str, evaluation: Evaluation) -> bytes:
    """Return the body of an evaluation response."""
    count = len(evaluation.evaluated) // POINT_BYTES
    head = _ANSWER + bytes((SUITES[suite], MODE)) + count.to_bytes(2) + evaluation.epoch.to_bytes(4)
    return head + evaluation.evaluated + evaluation.proof


def decode_response(body: bytes, suite: str, count: int, epoch: int) -> Evaluation:
    """Read the body of the response to a request of `count` points in an epoch.

    Raises:
        RemoteProtocolError: another length, suite, mode, count or epoch than asked, or malformed.
    """
    end = response_bytes(count) - PROOF_BYTES
    if len(body) != end + PROOF_BYTES:
        raise RemoteProtocolError("an evaluation response has another size than its request", hint=_HINT)
    if body[:_ANSWER_HEAD] != _ANSWER + bytes((SUITES[suite], MODE)) + count.to_bytes(2) + epoch.to_bytes(4):
        raise RemoteProtocolError("an evaluation response does not fit its request", hint=_HINT)
    return Evaluation(epoch, body[_ANSWER_HEAD:end], body[end:])


def points_left(field_value: str) -> int:
    """Read what a responder says is left of a budget; -1 where it does not say it in decimal."""
    return int(field_value) if _DECIMAL.fullmatch(field_value) else -1


class Redemption(Document, frozen=True, kw_only=True):
    """What a requester says when it opens the handle of a hit."""

    format: Format
    handle: Handle
    officer: Officer
    purpose: Id
    reason: Text500
    reference: Reference


class RedemptionAnswer(Document, frozen=True, kw_only=True):
    """What the responder says at level 1."""

    case_class: Name
    contact: Text500
    format: Format
    handle: Handle
    known: Literal[True]
    level: Literal[1]
    reference: Reference


def decode_redemption(body: bytes) -> Redemption:
    """Read a redemption.

    Raises:
        RemoteProtocolError: malformed.
    """
    return canonical.decode(body, Redemption, MAX_DOCUMENT_BYTES)


def decode_redemption_answer(body: bytes, asked: Redemption) -> RedemptionAnswer:
    """Read the answer to a redemption.

    Raises:
        RemoteProtocolError: malformed, or the answer to another one.
    """
    answer = canonical.decode(body, RedemptionAnswer, MAX_DOCUMENT_BYTES)
    if answer.handle != asked.handle:
        raise RemoteProtocolError("a redemption was answered for another handle", hint=_HINT)
    return answer


class Receipt(Document, frozen=True, kw_only=True):
    """A requester says: what was removed up to this manifest is gone here."""

    applied_at: Moment
    circle: Id
    epoch: Number
    format: Format
    holder: Id
    manifest: Digest
    member: Id


def read_receipt(signed: Signed, circle: Circle, holder: str) -> Receipt:
    """Read a receipt.

    Args:
        signed: the receipt.
        circle: the circle in force.
        holder: the responder that it is for: this node.

    Raises:
        RemoteProtocolError: malformed, of another circle, or for another responder.
        VerifyError: not signed by the member that says it.
    """
    receipt = canonical.decode(signed.raw, Receipt, MAX_DOCUMENT_BYTES)
    canonical.seconds(receipt.applied_at)
    if (receipt.circle, receipt.holder) != (circle.agreement.circle, holder):
        raise RemoteProtocolError("a receipt is for another circle or member", hint=_HINT)
    signing.verify("receipt", signed, circle.keys, [receipt.member])
    return receipt
