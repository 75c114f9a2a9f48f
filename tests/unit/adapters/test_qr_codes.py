"""QR codes: read back by a reader of this test's own, and one that readers of others have read."""

import hashlib
from collections.abc import Callable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from tallystick.adapters.qr_codes import MOST_BYTES, Rows, qr_code

BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4]
CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26]
MASKS: list[Callable[[int, int], bool]] = [
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _: i % 2 == 0,
    lambda _, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: (i * j) % 2 + (i * j) % 3 == 0,
    lambda i, j: ((i * j) % 2 + (i * j) % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + (i * j) % 3) % 2 == 0,
]
KNOWN = "otpauth://totp/North:approver-1?digits=6&secret=JBSWY3DPEHPK3PXP&algorithm=SHA1&issuer=North&period=30"


def is_function(size: int, y: int, x: int) -> bool:
    """Tell whether a module says nothing of the text: by the areas of the standard, not by what was drawn."""
    version = (size - 17) // 4
    if (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9) or 6 in {y, x}:
        return True
    if version >= 7 and ((y < 6 and x >= size - 11) or (x < 6 and y >= size - 11)):
        return True
    last = size - 7
    centres = [] if version == 1 else [6, last] if version < 7 else [6, (6 + last) // 2, last]
    corners = {(6, 6), (6, last), (last, 6)}
    return any(abs(y - a) < 3 and abs(x - b) < 3 for a in centres for b in centres if (a, b) not in corners)


def read_bits(rows: Rows) -> Iterator[int]:
    size = len(rows)
    said = [rows[8][x] for x in (0, 1, 2, 3, 4)]
    mask = int("".join("1" if each else "0" for each in said), 2) ^ 0b10101
    assert mask >> 3 == 0b01  # level L
    upwards, right = True, size - 1
    while right > 0:
        right -= right == 6
        for y in range(size - 1, -1, -1) if upwards else range(size):
            for x in (right, right - 1):
                if not is_function(size, y, x):
                    yield rows[y][x] ^ MASKS[mask & 7](y, x)
        upwards, right = not upwards, right - 2


def times(a: int, b: int) -> int:
    found = 0
    while b:
        found ^= a if b & 1 else 0
        a, b = a << 1, b >> 1
        a ^= 0x11D if a & 0x100 else 0
    return found


def read_back(rows: Rows) -> str:
    version = (len(rows) - 17) // 4
    bits = list(read_bits(rows))
    words = [int("".join(map(str, map(int, bits[at : at + 8]))), 2) for at in range(0, len(bits) - 7, 8)]
    count, correction = BLOCKS[version - 1], CORRECTION[version - 1]
    data = len(words) - count * correction
    short, longer = divmod(data, count)
    blocks: list[list[int]] = [[] for _ in range(count)]
    place = iter(words)
    for at in range(short + bool(longer)):
        for number, block in enumerate(blocks):
            if at < short or number >= count - longer:
                block.append(next(place))
    content = [word for block in blocks for word in block]
    for _ in range(correction):
        for block in blocks:
            block.append(next(place))
    for block in blocks:
        assert_whole(block, correction)
    whole = int.from_bytes(bytes(content))
    left = 8 * len(content) - 4
    assert whole >> left == 0b0100
    left -= (length_bits := 16 if version > 9 else 8)
    length = whole >> left & ((1 << length_bits) - 1)
    return (whole >> (left - 8 * length) & ((1 << 8 * length) - 1)).to_bytes(length).decode()


def assert_whole(block: list[int], correction: int) -> None:
    """Hold a block to its error correction: it is zero at every root."""
    root = 1
    for _ in range(correction):
        value = 0
        for word in block:
            value = times(value, root) ^ word
        assert value == 0
        root = times(root, 2)


@given(st.text(st.characters(codec="utf-8"), max_size=140))
def test_a_text_is_read_back(text: str) -> None:
    rows = qr_code(text)
    if rows is None:
        assert len(text.encode()) > MOST_BYTES
    else:
        assert read_back(rows) == text


def test_every_version_is_read_back_and_what_is_longer_is_none() -> None:
    sizes = set()
    for length in (0, 1, 17, 18, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, MOST_BYTES):
        rows = qr_code("x" * length)
        assert rows is not None
        assert read_back(rows) == "x" * length
        sizes.add(len(rows))
    assert sizes == set(range(21, 70, 4))
    assert qr_code("x" * MOST_BYTES) is not None
    assert qr_code("x" * (MOST_BYTES + 1)) is None


def test_a_code_that_another_reader_has_read_stays_as_it_is() -> None:
    rows = qr_code(KNOWN)
    assert rows is not None
    modules = b"".join(bytes(map(int, row)) for row in rows)
    assert hashlib.sha256(modules).hexdigest() == "98e7b1296057c4b1438f2fd8bb8a9ffcc2d20a06e370ba4cf46fe0b71c627eed"
