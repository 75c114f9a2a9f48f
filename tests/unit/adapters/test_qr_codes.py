"""QR codes: the size of the standard, the finders where a reader looks for them, light all around."""

import pytest

from tallystick.adapters.qr_codes import QUIET, Rows, qr_code

KNOWN = "otpauth://totp/North:approver-1?digits=6&secret=JBSWY3DPEHPK3PXP&algorithm=SHA1&issuer=North&period=30"
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


def part(rows: Rows, top: int, left: int) -> tuple[str, ...]:
    return tuple("".join(str(int(each)) for each in row[left : left + 7]) for row in rows[top : top + 7])


@pytest.mark.parametrize(("text", "modules"), [("x", 21), (KNOWN, 37), ("x" * 1000, 105)])
def test_a_code_has_its_finders_and_is_light_around(text: str, modules: int) -> None:
    rows = qr_code(text)
    assert rows is not None
    size = modules + 2 * QUIET
    assert {len(rows), *map(len, rows)} == {size}
    assert not any(any(row[:QUIET]) or any(row[-QUIET:]) for row in rows)
    assert not any(map(any, (*rows[:QUIET], *rows[-QUIET:])))
    far = QUIET + modules - 7
    assert [part(rows, top, left) for top, left in ((QUIET, QUIET), (QUIET, far), (far, QUIET))] == [FINDER] * 3


def test_another_text_is_another_code() -> None:
    assert qr_code(KNOWN) != qr_code(KNOWN.replace("approver-1", "approver-2"))


def test_what_is_too_long_is_none() -> None:
    assert qr_code("x" * 3000) is None
