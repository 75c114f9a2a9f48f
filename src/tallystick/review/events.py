"""What can happen in a case, as frozen values that are kept for ever: a case is what its events make of it.

A correction is a further event. No event holds a value of a record; texts in an officer's own words are kept out of `repr`.
"""

from datetime import datetime
from typing import Literal

import msgspec

from tallystick.errors import IntegrityError
from tallystick.review.clocks import Urgency

Verdict = Literal["same", "not-same", "undecided"]
OutcomeCode = Literal["acted", "no-action", "other-person", "not-usable", "no-longer-needed"]
RecallReason = Literal["corrected", "withdrawn", "expired", "handling"]


class Event(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="event",
    tag=lambda name: "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:],
):
    """What every event says: when, and by whom; `node` where nobody did it, a member id where a partner did."""

    at: datetime
    by: str

    @property
    def kind(self) -> str:
        """The kind as it is written: `not-same`."""
        return str(self.__struct_config__.tag)


class Opened(Event, frozen=True, kw_only=True):
    """A hit became an alert. `cross_border`: whether the registering side and the place differ; None where nobody knows."""

    urgency: Urgency
    two_persons: bool = False
    cross_border: bool | None = None


class Told(Event, frozen=True, kw_only=True):
    """The holder was told of the hit, and said whom to call; at the holder: the notice came.

    `two_persons`: whether either side demands them; `country`: of the other organisation; `met`: country, kind and time of the
    encounter, as the notice says it; `reason`: why.
    """

    two_persons: bool
    country: str = ""
    contact: str = ""
    cross_border: bool | None = None
    urgency: Urgency | None = None
    met: tuple[str, str, str] = ("", "", "")
    reason: str = ""


class Decided(Event, frozen=True, kw_only=True):
    """A person said whether it is the same person. A later one revises it, and stands beside it."""

    verdict: Verdict
    reason: str


class Requested(Event, frozen=True, kw_only=True):
    """The requester asked for fields."""

    fields: tuple[str, ...]
    purpose: str
    reason: str
    urgency: Urgency
    confirmed: bool


class Approved(Event, frozen=True, kw_only=True):
    """An approver of the holder said yes; where two persons are demanded, the second must say the same.

    `former`: digest of the received disclosure that is passed on; empty for a record of the holder's own. `source`: digest of
    what would be disclosed then, and under which code; empty at the receiver.
    """

    fields: tuple[str, ...]
    handling: str
    expires_at: datetime
    reason: str
    former: str = ""
    source: str = ""


class Refused(Event, frozen=True, kw_only=True):
    """The holder said no."""

    reason: str


class Disclosed(Event, frozen=True, kw_only=True):
    """Data was sent, or came. `disclosure`: digest of the document, hexadecimal."""

    disclosure: str


class OutcomeReported(Event, frozen=True, kw_only=True):
    """What came of the hit."""

    code: OutcomeCode
    note: str


class Closed(Event, frozen=True, kw_only=True):
    """Nothing is left to do."""

    reason: str


class Recalled(Event, frozen=True, kw_only=True):
    """The holder called a disclosure back; the copy is gone when this is written at the receiver."""

    disclosure: str
    reason: RecallReason


class Withheld(Event, frozen=True, kw_only=True):
    """A disclosure that was called back never came to its receiver: it did not leave, or the receiver says that it has none.

    `disclosure`: digest of its document, hexadecimal.
    """

    disclosure: str
    reason: RecallReason


class Acknowledged(Event, frozen=True, kw_only=True):
    """A person of the receiver confirmed the recall, and what was done about it."""

    note: str


class Expired(Event, frozen=True, kw_only=True):
    """The disclosed copy is deleted at the receiver."""

    disclosure: str


class CopyUsed(Event, frozen=True, kw_only=True):
    """A person took a disclosed copy out for a use that its code allows, and said why."""

    disclosure: str
    use: str
    reason: str


class CopyTightened(Event, frozen=True, kw_only=True):
    """A person of the receiver put a disclosed copy under a tighter code."""

    disclosure: str
    handling: str


class FootingSaid(Event, frozen=True, kw_only=True):
    """How a report stands on which the case rests, as one side told the other.

    `report`: its random name; `change`: withdrawn, or graded, and then with the grades that hold; `disclosures`: those that
    rest on it; `message`: digest of the message.
    """

    report: str
    change: Literal["withdrawn", "graded"]
    credibility: str
    reliability: str
    changed_at: datetime
    disclosures: tuple[str, ...]
    message: str


class FootingTold(FootingSaid, frozen=True, kw_only=True):
    """The other side was told how a report stands."""


class FootingHeard(FootingSaid, frozen=True, kw_only=True):
    """The other side told how a report stands."""


class FootingHeeded(Event, frozen=True, kw_only=True):
    """A person of the side that heard a footing has looked at it, and said what was done. `heard`: whether that side is ours."""

    message: str
    heard: bool
    note: str


class HitWithdrawn(Event, frozen=True, kw_only=True):
    """The record behind the hit is gone at its holder."""


class Suppressed(Event, frozen=True, kw_only=True):
    """The person asked for is a known namesake of this false hit, and agreed to be known. `not_me`: which record says so."""

    not_me: int


class Restored(Event, frozen=True, kw_only=True):
    """The namesake took back his consent; the alert waits for a person as any other."""


AnyEvent = (
    Opened
    | Told
    | Decided
    | Requested
    | Approved
    | Refused
    | Disclosed
    | OutcomeReported
    | Closed
    | Recalled
    | Withheld
    | Acknowledged
    | Expired
    | CopyUsed
    | CopyTightened
    | FootingTold
    | FootingHeard
    | FootingHeeded
    | HitWithdrawn
    | Suppressed
    | Restored
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """Return an event as it is stored."""
    return _encoder.encode(event)


def decode(line: bytes) -> AnyEvent:
    """Read a stored event.

    Raises:
        IntegrityError: it is none.
    """
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError:
        raise IntegrityError("a stored event of a case cannot be read", hint="restore node.db from a backup") from None
