"""Formats in which reports are given to others and taken over from them; `looking` says which one a file is in."""

from tallystick.adapters.report_formats.looking import FORMATS, MOST_BYTES

__all__ = ["FORMATS", "MOST_BYTES"]
