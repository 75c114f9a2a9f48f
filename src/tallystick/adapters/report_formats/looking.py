"""Which formats there are, and which of them a file is in."""

from typing import Final

from tallystick.adapters.report_formats.parsing import MOST_BYTES
from tallystick.adapters.report_formats.stix import write_stix
from tallystick.adapters.report_formats.stix_reading import read_stix
from tallystick.errors import InputError
from tallystick.node.reporting.sharing import Formats

__all__ = ["FORMATS", "MOST_BYTES", "look"]
_LOOKED_AT: Final = 64 << 10


def look(content: bytes) -> str:
    """Return the name of the format a file is in.

    Raises:
        InputError: it is none that is read here.
    """
    head = content[:_LOOKED_AT].lstrip()
    if not head.startswith((b"{", b"[")):
        raise InputError("this is no format that reports are taken from", hint="STIX 2.1 bundle; say --format if it is")
    if b'"bundle' in head:
        return "stix"
    raise InputError("this is no format that reports are taken from", hint="STIX 2.1 bundle; say --format if it is")


FORMATS: Final = Formats(writers={"stix": write_stix}, readers={"stix": read_stix}, look=look)
"""All formats, by name."""
