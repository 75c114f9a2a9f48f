"""Written names in, comparable names out. No I/O, no clock."""

from tallystick.names.reading import SCRIPTS, Part, Reading, read_name, read_names

__all__ = ["SCRIPTS", "Part", "Reading", "read_name", "read_names"]
