"""Entries: what a log says, as frozen values, and the one writing in bytes each of them has.

Rules
 1. The bytes that are hashed are the bytes stored; `decode(encode(entry)) == entry` and `encode(decode(line)) == line`.
 2. The writing is RFC 8785 (sorted members, no blanks, shortest escapes) of one flat object of texts and whole numbers.
    Bytes are base64, times are UTC in whole seconds and end in Z. A member without a value is absent.
 3. An unknown type, an unknown, missing or repeated member, another writing of the same: refused.
 4. No entry names a searched person: there is no member for it. Of a query there is a commitment, and its salt is kept elsewhere.
 5. No error shows a value of an entry.

Spec: spec/audit-log-v1.md, section 3.
"""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from tallystick.audit.tiles import MAX_ENTRY_BYTES
from tallystick.errors import InputError, IntegrityError

_UNSEEN = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
Name = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._/-]{0,126}\Z")]
"""An organisation, a circle: 1 to 127 of a-z, 0-9, dot, underscore, hyphen, slash."""
Pseudonym = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,63}\Z")]
"""An officer, by a name that only the officer's own organisation can resolve."""
Code = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,63}\Z")]
Text = Annotated[str, Meta(pattern=rf"\A[^{_UNSEEN}]{{1,300}}\Z")]
Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]
"""A SHA-256 hash, or a commitment."""
Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Number = Annotated[int, Meta(ge=1, le=(1 << 53) - 1)]
Time = Annotated[datetime, Meta(tz=True)]


class Entry(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="type",
    tag=lambda name: "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:],
):
    """What every entry says: when, in UTC and whole seconds."""

    time: Time

    @property
    def type(self) -> str:
        """The type as it is written: `query-asked`."""
        return str(self.__struct_config__.tag)


class QueryAsked(Entry, frozen=True, kw_only=True):
    """We ask; written before the request is sent. `agreement`: digest of the revision in force."""

    peer: Name
    circle: Name
    agreement: Digest
    epoch: Number
    purpose: Code
    legal_basis: Text
    officer: Pseudonym
    points: Number
    request: Digest
    commitment: Digest


class AnswerReceived(Entry, frozen=True, kw_only=True):
    """The answer to a request of ours; written before anybody sees what it says."""

    peer: Name
    circle: Name
    request: Digest
    response: Digest


class QueryAnswered(Entry, frozen=True, kw_only=True):
    """We were asked; written before the response is sent. Budgets follow from these: time and points are those charged."""

    peer: Name
    circle: Name
    agreement: Digest
    epoch: Number
    purpose: Code
    legal_basis: Text
    officer: Pseudonym
    points: Number
    request: Digest
    response: Digest


class QueryRefused(Entry, frozen=True, kw_only=True):
    """We were asked by somebody we know, and refused; written before the refusal is sent."""

    peer: Name
    circle: Name
    reason: Code
    request: Digest
    epoch: Number | None = None
    purpose: Code | None = None
    officer: Pseudonym | None = None
    points: Number | None = None


class RequestRefused(Entry, frozen=True, kw_only=True):
    """Somebody we know sent what is no question, or no good message at all, and was refused; written before the refusal is sent.

    `reason`: the problem it was told, or what its connection did. `circle`: where the peer is a member of it here.
    """

    peer: Name
    reason: Code
    request: Digest
    circle: Name | None = None


class RefusalsCounted(Entry, frozen=True, kw_only=True):
    """So many refusals of a peer, since the entry before that says so, have no entry each: there were too many."""

    peer: Name
    count: Number


class IndexPublished(Entry, frozen=True, kw_only=True):
    """A sealed index, or a delta of it, is offered to a circle."""

    circle: Name
    epoch: Number
    notches: Count
    manifest: Digest


class IndexFetched(Entry, frozen=True, kw_only=True):
    """A peer's sealed index, or a delta of it, was taken over."""

    peer: Name
    circle: Name
    epoch: Number
    notches: Count
    manifest: Digest


class RedemptionAsked(Entry, frozen=True, kw_only=True):
    """We ask a peer to open the handle of a hit; written before the request is sent."""

    peer: Name
    circle: Name
    epoch: Number
    purpose: Code
    legal_basis: Text
    officer: Pseudonym
    level: Number
    request: Digest


class RedemptionAnswered(Entry, frozen=True, kw_only=True):
    """We opened a handle, or refused to; written before the response is sent. `approval`: digest of our human's decision."""

    peer: Name
    circle: Name
    epoch: Number
    purpose: Code
    legal_basis: Text
    officer: Pseudonym
    level: Number
    request: Digest
    response: Digest
    approval: Digest | None = None


class CircleAgreed(Entry, frozen=True, kw_only=True):
    """We signed a revision of a circle's agreement."""

    circle: Name
    revision: Number
    agreement: Digest


class CircleLeft(Entry, frozen=True, kw_only=True):
    """A member left a circle: we, or a peer. `leave`: digest of the document that says so."""

    circle: Name
    revision: Number
    member: Name
    leave: Digest


class EpochBegun(Entry, frozen=True, kw_only=True):
    """A new key of ours is in use. `key`: digest of its public half; `parameters`: digest of the parameter set."""

    circle: Name
    epoch: Number
    key: Digest
    parameters: Digest


class GrantApproved(Entry, frozen=True, kw_only=True):
    """An officer of ours approves a grant; it holds when a second one has. `grant`: digest of what both approve."""

    peer: Name
    circle: Name
    points: Number
    days: Number
    officer: Pseudonym
    grant: Digest


class BudgetGranted(Entry, frozen=True, kw_only=True):
    """A peer may ask so many points in bulk, in this epoch and until then; two officers approved it."""

    peer: Name
    circle: Name
    epoch: Number
    points: Number
    until: Time
    officer: Pseudonym
    second_officer: Pseudonym


class RemovalReceipt(Entry, frozen=True, kw_only=True):
    """A peer removed what our index lost up to a manifest, and signed for it: digests of manifest and receipt."""

    peer: Name
    circle: Name
    epoch: Number
    manifest: Digest
    receipt: Digest


class WitnessCosigned(Entry, frozen=True, kw_only=True):
    """As a witness, we cosigned the checkpoint of another log; written before the cosignature is sent."""

    log: Text
    size: Count
    root: Digest


class NodeStarted(Entry, frozen=True, kw_only=True):
    """A node began to work. `software`: name and version; `configuration`: digest of its settings."""

    software: Text
    configuration: Digest | None = None


class CaseAct(Entry, frozen=True, kw_only=True):
    """Something is about to be done after a hit, by a person of ours or by this node; written before it takes effect.

    `case`: the id both sides know it by; `document`: digest of what is sent or kept.
    """

    act: Code
    officer: Pseudonym
    case: Code | None = None
    circle: Name | None = None
    peer: Name | None = None
    purpose: Code | None = None
    legal_basis: Text | None = None
    document: Digest | None = None


class CaseHeard(Entry, frozen=True, kw_only=True):
    """A message of a case came from a peer; written before anybody sees it or anything follows. `officer` is the peer's."""

    peer: Name
    circle: Name
    case: Code
    act: Code
    officer: Pseudonym
    document: Digest


class Other(Entry, frozen=True, kw_only=True):
    """Something no other type is for. `text` names no person; `document`: digest of a document kept elsewhere."""

    kind: Code
    text: Text | None = None
    document: Digest | None = None


AnyEntry = (
    QueryAsked
    | AnswerReceived
    | QueryAnswered
    | QueryRefused
    | RequestRefused
    | RefusalsCounted
    | IndexPublished
    | IndexFetched
    | RedemptionAsked
    | RedemptionAnswered
    | CircleAgreed
    | CircleLeft
    | EpochBegun
    | GrantApproved
    | BudgetGranted
    | RemovalReceipt
    | WitnessCosigned
    | NodeStarted
    | CaseAct
    | CaseHeard
    | Other
)
TYPES: dict[str, type[Entry]] = {str(kind.__struct_config__.tag): kind for kind in AnyEntry.__args__}
"""Every type under its name."""

_encoder = msgspec.json.Encoder(order="sorted")
_decoder: msgspec.json.Decoder[AnyEntry] = msgspec.json.Decoder(AnyEntry)
_HINT = "the log was not written by its rules; keep it as evidence"


def encode(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry.

    Raises:
        InputError: it breaks a rule of its members; the message names the member.
    """
    line = _encoder.encode(entry)
    try:
        decoded = _decoder.decode(line)
    except msgspec.ValidationError as error:
        raise InputError(
            f"{entry.type} entry breaks the rules of a log: {_member(str(error))}", hint="see spec/audit-log-v1.md, section 3"
        ) from None
    if not _has_whole_times(decoded) or decoded != entry:
        raise InputError(f"a time of the {entry.type} entry is not UTC in whole seconds", hint="leave out the fraction")
    if len(line) > MAX_ENTRY_BYTES:
        raise InputError(f"{entry.type} entry is {len(line)} bytes long", hint=f"{MAX_ENTRY_BYTES} are allowed")
    return line


def decode(line: bytes) -> AnyEntry:
    """Read an entry.

    Raises:
        IntegrityError: these bytes are no entry, or not in the canonical writing.
    """
    if len(line) > MAX_ENTRY_BYTES:
        raise IntegrityError(f"entry is {len(line)} bytes long; {MAX_ENTRY_BYTES} are allowed", hint=_HINT)
    try:
        entry = _decoder.decode(line)
    except msgspec.ValidationError as error:
        raise IntegrityError(f"entry breaks the rules of a log: {_member(str(error))}", hint=_HINT) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise IntegrityError("entry is no JSON in UTF-8", hint=_HINT) from None
    if _encoder.encode(entry) != line or not _has_whole_times(entry):
        raise IntegrityError("entry is not in the canonical writing", hint=_HINT)
    return entry


def _has_whole_times(entry: AnyEntry) -> bool:
    is_whole = not entry.time.microsecond and entry.time.tzinfo is UTC
    return is_whole and (type(entry) is not BudgetGranted or (not entry.until.microsecond and entry.until.tzinfo is UTC))


def _member(message: str) -> str:
    """Say which member is wrong; an unknown one is not named, as its name may be a value."""
    _, at, place = message.partition(" - at `$.")
    return f"member {place.rstrip('`')}" if at else "a member is missing or unknown"
