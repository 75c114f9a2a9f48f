"""Which HTTP status each failure has at the desk: the one table of it.

Unlike partners, the node's own people are told what happened and what to do; no message holds a value of a record.
"""

from collections.abc import Container

from tallystick import errors

STATUS: dict[type[errors.Error], int] = {
    errors.Error: 500,
    errors.InputError: 400,
    errors.ConfigError: 500,
    errors.UnknownIdError: 400,
    errors.RecordError: 400,
    errors.InvalidInputError: 400,
    errors.RefusedError: 409,
    errors.NotAuthorizedError: 403,
    errors.NotApprovedError: 403,
    errors.QueryBudgetError: 429,
    errors.PurposeError: 409,
    errors.UnknownCircleError: 404,
    errors.UnknownEpochError: 404,
    errors.UnknownHandleError: 404,
    errors.UnavailableError: 503,
    errors.StoreBusyError: 503,
    errors.PeerUnavailableError: 503,
    errors.ProtocolError: 502,
    errors.LocalProtocolError: 500,
    errors.RemoteProtocolError: 502,
    errors.DeserializeError: 502,
    errors.VerifyError: 502,
    errors.IntegrityError: 500,
}
"""Every error class has its row (a test sees to it)."""


def status_of(error: errors.Error, named: Container[str] = ()) -> int:
    """Return the status of an error; what the path of a request names and is not there is a page that is not there.

    Args:
        error: what happened.
        named: the ids in the path; an unknown id that stood in a form instead is a mistake of the form.
    """
    return 404 if isinstance(error, errors.UnknownIdError) and error.id in named else STATUS[type(error)]
