"""Which problem (RFC 9457) each failure becomes: the one table of it.

A problem says what kind of refusal it is and nothing else: its text depends on the class of the error alone, so that no
answer depends on a register (spec/exchange-v1.md, section 12).
"""

from dataclasses import dataclass

import msgspec

from tallystick import errors

PREFIX = "urn:tallystick:problem:"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of refusal.

    Attributes:
        name: the last part of its type.
        status: HTTP status.
        title: what a person reads.
        retry_after_s: when to come back; 0 for never.
    """

    name: str
    status: int
    title: str
    retry_after_s: int = 0

    def body(self) -> bytes:
        """Return the problem as JSON."""
        return msgspec.json.encode({"type": PREFIX + self.name, "title": self.title, "status": self.status})


MALFORMED = Problem("malformed", 400, "the message breaks the specification")
NOT_AUTHORIZED = Problem("not-authorized", 403, "not authorized")
UNKNOWN_CIRCLE = Problem("unknown-circle", 404, "no such circle")
UNKNOWN_EPOCH = Problem("unknown-epoch", 404, "this epoch is not answered")
UNKNOWN_HANDLE = Problem("unknown-handle", 404, "no such handle")
PURPOSE_NOT_AGREED = Problem("purpose-not-agreed", 403, "this purpose is not agreed")
TOO_LARGE = Problem("too-large", 413, "the message is too large")
BUDGET_SPENT = Problem("budget-spent", 429, "the query budget is spent", retry_after_s=3600)
UNAVAILABLE = Problem("unavailable", 503, "not available now", retry_after_s=5)

OF_ERROR: dict[type[errors.Error], Problem] = {
    errors.Error: UNAVAILABLE,
    errors.InputError: MALFORMED,
    errors.ConfigError: UNAVAILABLE,
    errors.UnknownIdError: MALFORMED,
    errors.RecordError: MALFORMED,
    errors.InvalidInputError: MALFORMED,
    errors.RefusedError: NOT_AUTHORIZED,
    errors.NotAuthorizedError: NOT_AUTHORIZED,
    errors.NotApprovedError: NOT_AUTHORIZED,
    errors.PurposeError: PURPOSE_NOT_AGREED,
    errors.QueryBudgetError: BUDGET_SPENT,
    errors.UnknownCircleError: UNKNOWN_CIRCLE,
    errors.UnknownEpochError: UNKNOWN_EPOCH,
    errors.UnknownHandleError: UNKNOWN_HANDLE,
    errors.ProtocolError: MALFORMED,
    errors.LocalProtocolError: UNAVAILABLE,
    errors.RemoteProtocolError: MALFORMED,
    errors.DeserializeError: MALFORMED,
    errors.VerifyError: MALFORMED,
    errors.UnavailableError: UNAVAILABLE,
    errors.PeerUnavailableError: UNAVAILABLE,
    errors.StoreBusyError: UNAVAILABLE,
    errors.IntegrityError: UNAVAILABLE,
}
"""Every error class has its row (a test sees to it)."""


def problem_of(error: Exception) -> Problem:
    """Return what a partner is told of an error; a bug is `unavailable`, and says no more."""
    return OF_ERROR.get(type(error), UNAVAILABLE) if isinstance(error, errors.Error) else UNAVAILABLE
