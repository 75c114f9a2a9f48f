"""Requests, approvals, refusals, and the disclosures that can be made of an approval and of nothing else.

Rules
 1. An approval names no field that was not requested; nobody approves their own request of another node's data, since
    requester and approver are of different organisations; where two persons are demanded, they are two.
 2. A disclosure is built from an approval. It holds exactly the approved fields, under the approved code, until the approved day.
 3. What is passed on is built from an approval, too, and is never looser or longer-lived than what it was made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tallystick.errors import InputError, NotApprovedError, RefusedError
from tallystick.review.clocks import Urgency
from tallystick.review.handling import Handling, Use

FIELDS: Final = (
    "names", "weak_names", "birth_dates", "birth_places", "nationalities", "identifiers", "gender", "addresses", "phones",
    "emails",
)  # fmt: skip
"""What can be disclosed of a record, by the names of the record format."""
MAX_RETENTION_DAYS: Final = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for fields of a record behind a hit.

    Attributes:
        fields: which, of FIELDS.
        purpose: a code of the agreement.
        reason: why, without personal data.
        urgency: how soon.
        by: who asks, a pseudonym.
        confirmed: whether the requester's side decided that it is the same person.
        at: when.
    """

    fields: tuple[str, ...]
    purpose: str
    reason: str = field(repr=False)
    urgency: Urgency
    by: str
    confirmed: bool
    at: datetime

    def __post_init__(self) -> None:
        """Refuse fields that are none.

        Raises:
            InputError: none, twice, or unknown.
        """
        check_fields(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A human of the holder said yes.

    Attributes:
        request: what was asked.
        fields: what is given, some of those asked.
        handling: how it may be used.
        expires_at: when every copy must be gone.
        officers: who approved: one, or two different ones.
        two_persons: whether two were demanded.
        reason: why.
        at: when it became complete.
    """

    request: Request
    fields: tuple[str, ...]
    handling: Handling
    expires_at: datetime
    officers: tuple[str, ...]
    two_persons: bool
    reason: str = field(repr=False)
    at: datetime

    def __post_init__(self) -> None:
        """Hold it to rule 1.

        Raises:
            InputError: fields that were not asked for, or an expiry that is none.
            NotApprovedError: too few persons, or one twice.
        """
        check_fields(self.fields)
        if not set(self.fields) <= set(self.request.fields):
            raise InputError("an approval names a field that was not requested", hint="approve some of the requested fields")
        if not self.at < self.expires_at <= self.at + timedelta(days=MAX_RETENTION_DAYS):
            raise InputError("an approval needs a retention", hint=f"1 to {MAX_RETENTION_DAYS} days")
        if len(set(self.officers)) != len(self.officers) or len(self.officers) < 1 + self.two_persons:
            raise NotApprovedError("two different persons must approve this", hint="another approver must approve it, too")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A human of the holder said no; the reason goes to the requester."""

    request: Request
    by: str
    reason: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What goes to the requester.

    Attributes:
        approval: what allows it.
        values: each approved field the record has a value of, as the record format writes it.
        owner: the organisation whose data it is.
    """

    approval: Approval
    values: Mapping[str, object] = field(repr=False)
    owner: str

    def __post_init__(self) -> None:
        """Hold it to rule 2.

        Raises:
            NotApprovedError: it is of no approval, or a value is of a field that was not approved.
        """
        if not isinstance(self.approval, Approval):
            raise NotApprovedError("nothing is disclosed without an approval", hint="an approver of the holder must say yes")
        if not set(self.values) <= set(self.approval.fields):
            raise NotApprovedError("a disclosure holds a field that was not approved", hint="approve it first")


def disclose(approval: Approval, record: Mapping[str, object], *, owner: str) -> Disclosure:
    """Return what an approval lets out of a record.

    Args:
        approval: of whom and what.
        record: all fields of the record that have a value.
        owner: the organisation whose data it is.
    """
    return Disclosure(approval=approval, values={name: record[name] for name in approval.fields if name in record}, owner=owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Disclosed data at its receiver.

    Attributes:
        owner: the organisation whose data it is.
        handling: as it came, or tighter.
        expires_at: when it must be gone.
        readers: who may look under TLP:RED.
    """

    owner: str
    handling: Handling
    expires_at: datetime
    readers: tuple[str, ...]

    def check(self, use: Use, by: str, now: datetime) -> None:
        """Refuse a use that code or expiry do not allow.

        Raises:
            RefusedError: they do not.
        """
        if now >= self.expires_at:
            raise RefusedError("the disclosed copy has expired", hint="ask its holder again, if it is still needed")
        self.handling.check(Use.LOOK_COLLEAGUE if use is Use.LOOK and by not in self.readers else use)

    def tightened(self, handling: Handling) -> "Copy":
        """Return the copy under a further code.

        Raises:
            RefusedError: that would loosen it.
        """
        if not handling.covers(self.handling):
            raise RefusedError(f"a handling code is only tightened: {self.handling} holds", hint="ask the owner of the data")
        return Copy(owner=self.owner, handling=handling, expires_at=self.expires_at, readers=self.readers)


def passed_on(
    copy: Copy, approval: Approval, values: Mapping[str, object], *, now: datetime, leaves_circle: bool = False
) -> Disclosure:
    """Return what an approval lets out of a disclosed copy, to the next member.

    Args:
        copy: what was received.
        approval: of whom and what.
        values: of the copy.
        now: the moment.
        leaves_circle: whether that member asks in another circle than the one the copy came in.

    Raises:
        RefusedError: the code of the copy does not allow it, or the approval would loosen it.
    """
    for use in (Use.PASS_ON, Use.PUBLISH)[: 1 + leaves_circle]:
        copy.check(use, approval.officers[0], now)
    if not approval.handling.covers(copy.handling):
        raise RefusedError(f"a handling code is only tightened: {copy.handling} holds", hint="approve under one that covers it")
    if approval.expires_at > copy.expires_at:
        raise RefusedError("what is passed on may not live longer than the copy", hint="approve it for fewer days")
    return disclose(approval, values, owner=copy.owner)


def check_fields(fields: tuple[str, ...]) -> None:
    """Refuse fields that are none.

    Raises:
        InputError: none, twice, or unknown.
    """
    if not fields or len(set(fields)) != len(fields) or not set(fields) <= set(FIELDS):
        raise InputError("these are no fields of a record", hint=f"take some of: {', '.join(FIELDS)}")
