"""Which exit code each failure has: the one table of it.

Knows the error tree and click's own errors, prints two lines for a person, and nothing of a record.
"""

import os

import click

from tallystick import errors
from tallystick.cli.output import harmless

DONE = 0
NOTHING_FOUND = 1
USAGE = 2
INTERNAL = 70
INTERRUPTED = 130
BROKEN_PIPE = 141

CODES: dict[type[errors.Error], int] = {
    errors.Error: 8,
    errors.InputError: 3,
    errors.ConfigError: 4,
    errors.UnknownIdError: 3,
    errors.RecordError: 3,
    errors.InvalidInputError: 3,
    errors.RefusedError: 5,
    errors.NotAuthorizedError: 5,
    errors.NotApprovedError: 5,
    errors.QueryBudgetError: 5,
    errors.PurposeError: 5,
    errors.UnknownCircleError: 5,
    errors.UnknownEpochError: 5,
    errors.UnknownHandleError: 5,
    errors.UnavailableError: 6,
    errors.StoreBusyError: 6,
    errors.PeerUnavailableError: 6,
    errors.ProtocolError: 9,
    errors.LocalProtocolError: 9,
    errors.RemoteProtocolError: 9,
    errors.DeserializeError: 9,
    errors.VerifyError: 9,
    errors.IntegrityError: 7,
}

MEANINGS = {
    DONE: "done; for a search: something was found",
    NOTHING_FOUND: "the question was answered: nothing was found",
    USAGE: "the command line is wrong",
    3: "what was given is wrong: a file, a record, a name of a register",
    4: "a setting is wrong, or the store was written by a newer version",
    5: "a rule said no; nothing is broken",
    6: "something is not available now; try again later",
    7: "stored evidence does not verify: stop and ask for help",
    8: "it could not be done for another reason",
    9: "two nodes do not speak the same protocol, or a proof of the other does not verify; nothing was exchanged",
    INTERNAL: "a bug in tallystick",
    INTERRUPTED: "interrupted from the keyboard",
    BROKEN_PIPE: "the reader of the output went away",
}


def epilog() -> str:
    """Return the table as the last paragraph of `tallystick --help`."""
    return "\b\nExit codes:\n" + "\n".join(f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items())


def code_of(error: errors.Error) -> int:
    """Return the exit code of an error; every class has its row (a test sees to it)."""
    return CODES[type(error)]


def report(error: Exception) -> int:
    """Say on standard error what happened and what to do; return the exit code."""
    match error:
        case click.ClickException():
            error.show()
            return USAGE
        case click.Abort():
            _say("interrupted", "")
            return INTERRUPTED
        case errors.Error():
            _say(str(error), error.hint)
            return code_of(error)
        case OSError():
            reason = (error.strerror or "input or output failed").lower()
            _say(f"{reason}: {error.filename or 'a file'}", "check the path, its rights and the disk")
            return CODES[errors.InputError]
        case _:
            hint = "set TALLYSTICK_DEBUG=1 to see where, and report it; that output may hold personal data"
            _say(f"a bug in tallystick ({type(error).__name__})", hint)
            return INTERNAL


def _say(message: str, hint: str) -> None:
    plain = bool(os.environ.get("NO_COLOR"))
    click.echo(("error: " if plain else click.style("error: ", fg="red")) + harmless(message), err=True)
    if hint:
        click.echo(("hint:  " if plain else click.style("hint:  ", fg="cyan")) + harmless(hint), err=True)
