"""What nodes tell each other after a hit: signed documents, one route, one receipt for each.

Bytes and their form only. What may follow what is decided by the states of a case; see spec/casework-v1.md.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from tallystick.errors import RemoteProtocolError
from tallystick.exchange import canonical, signing
from tallystick.exchange.agreement import Circle
from tallystick.exchange.canonical import Digest, DigestOrNone, Document, Format, Id, Moment, Number, Officer, Text300, Text500
from tallystick.exchange.messages import Handle, RedemptionAnswer
from tallystick.exchange.signing import Signed

MAX_MESSAGE_BYTES: Final = 1 << 20
MAX_RECEIPT_BYTES: Final = 16 << 10
_HINT: Final = "ask the other node which version it runs; nothing of it was used"

CaseId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Country = Annotated[str, Meta(pattern=r"\A(?:[a-z]{2})?\Z")]
FieldName = Annotated[str, Meta(pattern=r"\A[a-z_]{1,32}\Z")]
Fields = Annotated[list[FieldName], Meta(min_length=1, max_length=32)]
Time = Annotated[str, Meta(pattern=r"\A[0-9TZ:~/-]{0,32}\Z")]
Urgent = Literal["urgent", "direct", "routine"]
ReportId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
MAX_RESTING: Final = 32
"""How many disclosures one footing names."""


class Notice(Document, frozen=True, kw_only=True, tag_field="kind", tag="notice"):
    """The requester tells the holder of a hit; place and time of an encounter, where there was one."""

    country: Country
    encounter_country: Country
    encounter_kind: Literal["", "border", "arrest", "registration", "report"]
    encounter_time: Time
    epoch: Number
    handle: Handle
    purpose: Id
    reason: Text500
    two_persons: bool
    urgency: Urgent


class Request(Document, frozen=True, kw_only=True, tag_field="kind", tag="request"):
    """The requester asks for fields of the record."""

    confirmed: bool
    fields: Fields
    purpose: Id
    reason: Text500
    urgency: Urgent


class Refusal(Document, frozen=True, kw_only=True, tag_field="kind", tag="refusal"):
    """The holder says no to a request."""

    reason: Text500
    request: Digest


class Disclosure(Document, frozen=True, kw_only=True, tag_field="kind", tag="disclosure"):
    """The holder says yes, and discloses.

    `record`: the fields that have a value, as the record format writes them, canonical JSON in a string. `former`: digest of the
    disclosure this was made of, where the holder passes on what it received; then `owner` is not the holder.
    """

    approved_at: Moment
    expires_at: Moment
    fields: Fields
    former: DigestOrNone
    handling: Text500
    officers: Annotated[list[Officer], Meta(min_length=1, max_length=2)]
    owner: Id
    record: Annotated[str, Meta(max_length=MAX_MESSAGE_BYTES // 2)]
    request: Digest


class Outcome(Document, frozen=True, kw_only=True, tag_field="kind", tag="outcome"):
    """The requester says what came of the hit."""

    code: Literal["acted", "no-action", "other-person", "not-usable", "no-longer-needed"]
    note: Text500


class Recall(Document, frozen=True, kw_only=True, tag_field="kind", tag="recall"):
    """The holder calls a disclosure back: every copy must go."""

    disclosure: Digest
    reason: Literal["corrected", "withdrawn", "expired", "handling"]


class Acknowledgement(Document, frozen=True, kw_only=True, tag_field="kind", tag="acknowledgement"):
    """A person of the receiver says that a recall was carried out, and what was done with what had come of it."""

    disclosure: Digest
    note: Text300
    recall: Digest


class Missing(Document, frozen=True, kw_only=True, tag_field="kind", tag="missing"):
    """The receiver of a recall says that it never had the disclosure, and will not take it; its request waits for an answer.

    `recall`: digest of the recall.
    """

    disclosure: Digest
    recall: Digest


class Expiry(Document, frozen=True, kw_only=True, tag_field="kind", tag="expiry"):
    """The receiver says that its copy is deleted, because its time was over or it is needed no longer."""

    deleted_at: Moment
    disclosure: Digest


class Footing(Document, frozen=True, kw_only=True, tag_field="kind", tag="footing"):
    """How a report now stands on which the case, or what was disclosed in it, rests. Nothing of the report is in it.

    `report`: the random name of the report. `credibility`, `reliability`: the grades that hold; empty where it is withdrawn.
    `disclosures`: which ones of this case rest on it.
    """

    change: Literal["withdrawn", "graded"]
    changed_at: Moment
    credibility: Literal["", "1", "2", "3", "4", "5", "6"]
    disclosures: Annotated[list[Digest], Meta(max_length=MAX_RESTING)]
    reliability: Literal["", "A", "B", "C", "D", "E", "F"]
    report: ReportId


class Heed(Document, frozen=True, kw_only=True, tag_field="kind", tag="heed"):
    """A person of the receiver has looked at a footing, and says what was done. `footing`: digest of its message."""

    footing: Digest
    note: Text300


Body = Notice | Request | Refusal | Disclosure | Outcome | Recall | Acknowledgement | Missing | Expiry | Footing | Heed


class CaseMessage(Document, frozen=True, kw_only=True):
    """One message of a case. `officer`: who acts, `node` where nobody does."""

    at: Moment
    body: Body
    case: CaseId
    circle: Id
    format: Format
    officer: Officer
    receiver: Id
    sender: Id

    @property
    def kind(self) -> str:
        """What the body is, as it is written."""
        return str(self.body.__struct_config__.tag)


class CaseReceipt(Document, frozen=True, kw_only=True):
    """A node says: this message is kept here. `country` and `two_persons`: of this node."""

    at: Moment
    circle: Id
    country: Country
    format: Format
    member: Id
    message: Digest
    two_persons: bool


def make(message: CaseMessage, private_key: bytes) -> Signed:
    """Sign a message as its sender."""
    return Signed.made("case", canonical.encode(message), message.sender, private_key)


def read(signed: Signed, circle: Circle, *, sender: str, receiver: str) -> CaseMessage:
    """Read a message that came over a connection of `sender`.

    Raises:
        RemoteProtocolError: malformed, of another circle, or for another member.
        VerifyError: not signed by the sender alone.
    """
    message = canonical.decode(signed.raw, CaseMessage, MAX_MESSAGE_BYTES)
    for moment in _moments(message):
        canonical.seconds(moment)
    if (message.circle, message.sender, message.receiver) != (circle.agreement.circle, sender, receiver):
        raise RemoteProtocolError("a message of a case is of another circle or member", hint=_HINT)
    if isinstance(message.body, Footing):
        _check_footing(message.body)
    signing.verify("case", signed, circle.keys, [sender])
    return message


def _check_footing(body: Footing) -> None:
    """Refuse a footing that contradicts itself."""
    is_graded = body.change == "graded"
    if (bool(body.credibility), bool(body.reliability)) != (is_graded, is_graded):
        raise RemoteProtocolError("a footing is graded and has grades, or withdrawn and has none", hint=_HINT)
    if len(set(body.disclosures)) != len(body.disclosures):
        raise RemoteProtocolError("a footing names a disclosure twice", hint=_HINT)


def _moments(message: CaseMessage) -> list[str]:
    named = msgspec.structs.asdict(message.body)
    return [message.at, *(str(value) for name, value in named.items() if name.endswith("_at"))]


def make_receipt(receipt: CaseReceipt, private_key: bytes) -> Signed:
    """Sign a receipt as the member that gives it."""
    return Signed.made("case-receipt", canonical.encode(receipt), receipt.member, private_key)


def read_receipt(raw: bytes, circle: Circle, message: CaseMessage) -> CaseReceipt:
    """Read the receipt of a message.

    Raises:
        RemoteProtocolError: malformed, or of another message.
        VerifyError: not signed by the receiver alone.
    """
    signed = signing.decode_signed(raw, MAX_RECEIPT_BYTES)
    receipt = canonical.decode(signed.raw, CaseReceipt, MAX_RECEIPT_BYTES)
    canonical.seconds(receipt.at)
    expected = (message.circle, message.receiver, canonical.digest(canonical.encode(message)))
    if (receipt.circle, receipt.member, receipt.message) != expected:
        raise RemoteProtocolError("a receipt is of another message", hint=_HINT)
    signing.verify("case-receipt", signed, circle.keys, [message.receiver])
    return receipt


def contact_of(answer: str) -> str:
    """Return whom a holder said to call, from its answer to a redemption as it is kept."""
    return msgspec.json.decode(answer, type=RedemptionAnswer).contact
