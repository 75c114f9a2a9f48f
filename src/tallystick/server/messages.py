"""How a node speaks to its operator: one line of JSON a message, on standard error.

No value of a record is ever in one: only ids, names of members and circles, routes and classes of errors.
"""

import logging
import sys

import structlog


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
