"""A text as a QR code: what a telephone reads off a screen instead of 32 letters being typed.

By segno. Draws nothing: modules come as rows of booleans.
"""

from typing import Final, TypeAlias

Rows: TypeAlias = tuple[tuple[bool, ...], ...]

QUIET: Final = 4
"""Modules around a code that stay light, as ISO/IEC 18004 asks for."""


def qr_code(text: str) -> Rows | None:
    """Return the modules of a text with the quiet zone, row by row, dark ones true; None where it is too long."""
    import segno  # noqa: PLC0415 - where somebody sets up an authenticator, and nowhere else

    try:
        made = segno.make_qr(text, error="L")  # at least: a screen is not torn
    except segno.DataOverflowError:
        return None
    return tuple(tuple(map(bool, row)) for row in made.matrix_iter(border=QUIET))
