"""Written names in, comparable names out. No I/O, no clock."""

from tallystick.names.reading import SCRIPTS, Columns, Part, Reading, read_columns, read_name, read_names

__all__ = ["SCRIPTS", "Columns", "Part", "Reading", "read_columns", "read_name", "read_names"]
