"""How a node speaks to its operator: one line of JSON a message, on standard error.

No value of a record is ever in one: only ids, names of members and circles, routes and classes of errors.
"""

import logging
import os
import sys
import traceback

import structlog

log = structlog.get_logger("tallystick.server")


def bug(where: str, error: Exception, **ids: str) -> None:
    """Tell of an error that is none of ours to expect: its class only, since its text may hold a value of a record.

    With TALLYSTICK_DEBUG=1 all of it.
    """
    log.error("a bug", where=where, error=type(error).__name__, **ids)
    if os.environ.get("TALLYSTICK_DEBUG"):
        traceback.print_exception(error)


def configure() -> None:
    """Set up the messages of this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
