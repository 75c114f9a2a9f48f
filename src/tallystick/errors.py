"""Every way tallystick fails, as one tree.

    Error                       .hint says what to do next
    ├─ InputError               what you gave us is wrong
    │  ├─ ConfigError           a setting, or a store written by a newer version
    │  ├─ UnknownIdError        there is nothing of that id
    │  ├─ RecordError           a record breaks the schema
    │  └─ InvalidInputError     bytes that cannot be evaluated, or are no key
    ├─ RefusedError             a rule said no; nothing is broken
    │  ├─ NotAuthorizedError    who asks may not
    │  ├─ NotApprovedError      a human has not said yes
    │  ├─ QueryBudgetError      asked too much
    │  ├─ PurposeError          asked for what nobody agreed on
    │  ├─ UnknownCircleError    no such circle, or not with this member
    │  ├─ UnknownEpochError     an epoch that is not answered
    │  └─ UnknownHandleError    a handle of nobody
    ├─ UnavailableError         try later; the only class that may be retried
    │  ├─ StoreBusyError
    │  └─ PeerUnavailableError
    ├─ ProtocolError            two nodes do not speak alike; nothing was exchanged
    │  ├─ LocalProtocolError    by our fault
    │  └─ RemoteProtocolError   by the other node's
    │     ├─ DeserializeError   its bytes are no element, scalar or proof
    │     └─ VerifyError        its proof does not verify
    └─ IntegrityError           evidence does not verify: stop, never catch

Rules
 1. The first branch says whose fault it is; the class docstring is the text a user sees.
 2. A message is lower case, without full stop: what happened, to which id. The hint says what to do.
 3. No message ever holds a value of a record: no name, date, number or text.
 4. No error carries a status or an exit code; the faces hold those tables.
"""


class Error(Exception):
    """Something tallystick was asked to do could not be done."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message and the advice apart.

        Args:
            message: what happened, to which id; lower case, no full stop, no value of a record.
            hint: one sentence that says what to do next; empty when there is nothing to add.
        """
        super().__init__(message)
        self.hint = hint


class InputError(Error):
    """What was given is wrong; correct it and try again."""


class ConfigError(InputError):
    """A setting is wrong, or a store was written by a newer version."""


class UnknownIdError(InputError):
    """There is nothing under this id, number or name."""

    def __init__(self, message: str, *, hint: str = "", id: str = "") -> None:  # noqa: A002 - it is one
        """Keep the id apart, too: a face tells from it whether an address or a form named what is not there."""
        super().__init__(message, hint=hint)
        self.id = id


class RecordError(InputError):
    """A record breaks the record format."""


class InvalidInputError(InputError):
    """An input, a seed or a key cannot be used for an oblivious evaluation."""


class RefusedError(Error):
    """A rule said no; nothing is broken."""


class NotAuthorizedError(RefusedError):
    """Whoever asks has no right to this."""


class NotApprovedError(RefusedError):
    """A human must approve this first, and has not."""


class QueryBudgetError(RefusedError):
    """The query budget of this node, circle and purpose is used up."""

    retry_after_s: int = 0
    """When it would hold enough, in seconds; 0 where nobody has said."""


class PurposeError(RefusedError):
    """This purpose is none of those the circle agreed on."""


class UnknownCircleError(RefusedError):
    """There is no such circle, or whoever asks is no member of it."""


class UnknownEpochError(RefusedError):
    """This epoch is not answered, or there is no such part of its index."""


class UnknownHandleError(RefusedError):
    """Nobody is behind this handle: it is of another epoch, or the record is gone."""


class UnavailableError(Error):
    """Something needed is not available now; try again later."""


class StoreBusyError(UnavailableError):
    """The register's store is busy or cannot be reached."""


class PeerUnavailableError(UnavailableError):
    """The other node cannot be reached or does not answer."""

    may_have_heard = True
    """Whether it may have what was sent; False where no connection came about."""


class ProtocolError(Error):
    """Two nodes did not speak the same protocol; nothing was exchanged."""


class LocalProtocolError(ProtocolError):
    """This node was about to break the protocol; nothing was sent."""


class RemoteProtocolError(ProtocolError):
    """The other node broke the protocol; nothing it sent was used."""


class DeserializeError(RemoteProtocolError):
    """Bytes of the other node are no group element, scalar or proof."""


class VerifyError(RemoteProtocolError):
    """A proof of the other node does not verify: it did not use the key it published."""


class IntegrityError(Error):
    """Stored evidence does not verify; stop and ask for help."""
