"""Which formats there are, and which of them a file is in.

A file is looked at from both ends only: members of a JSON object may come in any order, and a large one is read once.
"""

import re
from typing import Final

from tallystick.adapters.report_formats.ftm import read_ftm, write_ftm
from tallystick.adapters.report_formats.misp import write_misp
from tallystick.adapters.report_formats.misp_reading import read_misp
from tallystick.adapters.report_formats.parsing import MOST_BYTES
from tallystick.adapters.report_formats.prov import write_prov
from tallystick.adapters.report_formats.stix import write_stix
from tallystick.adapters.report_formats.stix_reading import read_stix
from tallystick.errors import InputError
from tallystick.node.reporting.sharing import Formats

__all__ = ["FORMATS", "MOST_BYTES", "look"]
_LOOKED_AT: Final = 64 << 10
_SIGNS: Final = {
    "stix": re.compile(rb'"type"\s*:\s*"bundle"'),
    "misp": re.compile(rb'\{\s*"(?:Event|response)"\s*:'),
    "ftm": re.compile(rb'"schema"\s*:\s*"\w+"'),
}


def look(content: bytes) -> str:
    """Return the name of the format a file is in.

    Raises:
        InputError: it is none that is read here.
    """
    ends = content[:_LOOKED_AT] + b"\n" + content[-_LOOKED_AT:]
    for name, sign in _SIGNS.items():
        if ends.lstrip().startswith((b"{", b"[")) and sign.search(ends):
            return name
    raise InputError("this is no format that reports are taken from", hint=f"one of {', '.join(_SIGNS)}; say it with --format")


FORMATS: Final = Formats(
    writers={"stix": write_stix, "misp": write_misp, "ftm": write_ftm, "prov": write_prov},
    readers={"stix": read_stix, "misp": read_misp, "ftm": read_ftm},
    look=look,
)
"""All formats, by name."""
