"""Cells that a spreadsheet program would take for a formula stand behind an apostrophe, and come back without it.

Whatever a cell says, `plain_cell(guarded_cell(cell)) == cell`.
"""

import re

_FORMULA = re.compile(r"'*(?:[=@\t]|[+-](?![\d\s().,/-]*\Z))")


def guarded_cell(cell: str) -> str:
    """Return a cell as it is written: what begins as a formula does behind one apostrophe more."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain_cell(cell: str) -> str:
    """Return what a written cell says."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
