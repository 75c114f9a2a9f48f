"""A text as a QR code: what a telephone reads off a screen instead of 32 letters being typed.

Bytes, level L (a screen is not torn), versions 1 to 13, as in ISO/IEC 18004. Draws nothing: modules come as rows of booleans.
"""

from collections.abc import Callable, Iterator
from itertools import chain, zip_longest
from typing import Final, TypeAlias

Rows: TypeAlias = tuple[tuple[bool, ...], ...]

MOST_BYTES: Final = 425
_BLOCKS: Final = (
    (7, (19,)), (10, (34,)), (15, (55,)), (20, (80,)), (26, (108,)), (18, (68, 68)), (20, (78, 78)), (24, (97, 97)),
    (30, (116, 116)), (18, (68, 68, 69, 69)), (20, (81,) * 4), (24, (92, 92, 93, 93)), (26, (107,) * 4),
)  # fmt: skip
"""Per version: bytes of error correction a block, bytes of data of each block."""
_LONG_COUNT_FROM: Final = 10
"""From this version on the length takes 16 bits."""
_VERSION_FROM: Final = 7
"""From this version on the version is written beside the finders."""
_FORMAT: Final = 0x537
_FORMAT_MASK: Final = 0x5412
_VERSION: Final = 0x1F25
_LEVEL_L: Final = 0b01
_FINDER: Final = 7
_MASKS: Final[tuple[Callable[[int, int], int], ...]] = (
    lambda y, x: (y + x) % 2,
    lambda y, _: y % 2,
    lambda _, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)


def qr_code(text: str) -> Rows | None:
    """Return the modules of a text, row by row, dark ones true, without the quiet zone; None where it is too long."""
    content = text.encode()
    version = next((each for each in range(1, len(_BLOCKS) + 1) if _fits(len(content), each)), 0)
    if not version:
        return None
    words = _interleaved(_data(content, version), version)
    return min((_drawn(version, words, mask) for mask in range(len(_MASKS))), key=_penalty)


def _fits(length: int, version: int) -> bool:
    return length + (3 if version >= _LONG_COUNT_FROM else 2) <= sum(_BLOCKS[version - 1][1])


def _data(content: bytes, version: int) -> bytes:
    """Mode, length, content, filled up."""
    length_bits = 16 if version >= _LONG_COUNT_FROM else 8
    bits = (0b0100 << length_bits | len(content)) << 8 * len(content) | int.from_bytes(content)
    used = (4 + length_bits + 8 * len(content) + 4 + 7) // 8  # four bits of end, up to a byte
    head = (bits << (8 * used - 4 - length_bits - 8 * len(content))).to_bytes(used)
    room = sum(_BLOCKS[version - 1][1])
    return (head + b"\xec\x11" * room)[:room]


def _interleaved(data: bytes, version: int) -> bytes:
    correction, sizes = _BLOCKS[version - 1]
    blocks, at = [], 0
    for size in sizes:
        blocks.append(data[at : at + size])
        at += size
    corrections = [_remainder(block, correction) for block in blocks]
    rows = chain(zip_longest(*blocks), zip_longest(*corrections))
    return bytes(word for row in rows for word in row if word is not None)


def _times(a: int, b: int) -> int:
    """Multiply in GF(256) with the polynomial 0x11D."""
    product = 0
    for _ in range(8):
        product ^= a * (b & 1)
        a, b = (a << 1) ^ (0x11D * (a >> 7)), b >> 1
    return product


def _remainder(block: bytes, degree: int) -> bytes:
    """Return the error correction of a block, after Reed and Solomon."""
    generator, root = [1], 1
    for _ in range(degree):
        generator = [a ^ _times(b, root) for a, b in zip([*generator, 0], [0, *generator], strict=True)]
        root = _times(root, 2)
    rest = [0] * degree
    for word in block:
        factor = word ^ rest[0]
        rest = [each ^ _times(part, factor) for each, part in zip([*rest[1:], 0], generator[1:], strict=True)]
    return bytes(rest)


def _drawn(version: int, words: bytes, mask: int) -> Rows:
    fixed = _fixed(version, mask)
    size = 4 * version + 17
    bits = (word >> place & 1 for word in words for place in range(7, -1, -1))
    modules = dict(fixed)
    for y, x in _way(size, fixed):
        modules[y, x] = bool(next(bits, 0)) ^ (_MASKS[mask](y, x) == 0)
    return tuple(tuple(modules[y, x] for x in range(size)) for y in range(size))


def _way(size: int, fixed: dict[tuple[int, int], bool]) -> Iterator[tuple[int, int]]:
    """Yield the places of data: columns in pairs from the right, up and down in turn, the column of the clock left out."""
    columns = [x - (x <= _FINDER - 1) for x in range(size - 1, 0, -2)]
    for number, right in enumerate(columns):
        for y in range(size) if number % 2 else range(size - 1, -1, -1):
            for x in (right, right - 1):
                if (y, x) not in fixed:
                    yield y, x


def _fixed(version: int, mask: int) -> dict[tuple[int, int], bool]:
    """Return what does not depend on the text: finders, clocks, marks of alignment, format and version."""
    size = 4 * version + 17
    found: dict[tuple[int, int], bool] = {}
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for y in range(max(top - 1, 0), min(top + 8, size)):
            for x in range(max(left - 1, 0), min(left + 8, size)):
                ring = max(abs(y - top - 3), abs(x - left - 3))
                found[y, x] = ring not in {2, 4}
    for at in range(8, size - 8):
        found[6, at] = found[at, 6] = at % 2 == 0
    centres = _centres(version)
    for cy in centres:
        for cx in centres:
            if (cy, cx) in {(6, 6), (6, centres[-1]), (centres[-1], 6)}:
                continue
            for y in range(cy - 2, cy + 3):
                for x in range(cx - 2, cx + 3):
                    found[y, x] = max(abs(y - cy), abs(x - cx)) != 1
    _write_format(found, size, mask)
    _write_version(found, size, version)
    return found


def _centres(version: int) -> list[int]:
    last = 4 * version + 10
    if version == 1:
        return []
    return [6, last] if version < _VERSION_FROM else [6, (6 + last) // 2, last]


def _write_format(found: dict[tuple[int, int], bool], size: int, mask: int) -> None:
    said = _LEVEL_L << 3 | mask
    bits = (said << 10 | _rest(said << 10, _FORMAT, 10)) ^ _FORMAT_MASK
    first = [*((8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)), *((y, 8) for y in (7, 5, 4, 3, 2, 1, 0))]
    second = [*((size - 1 - n, 8) for n in range(7)), *((8, size - 8 + n) for n in range(8))]
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        found[one] = found[other] = bool(bits >> (14 - place) & 1)
    found[size - 8, 8] = True


def _write_version(found: dict[tuple[int, int], bool], size: int, version: int) -> None:
    if version < _VERSION_FROM:
        return
    bits = version << 12 | _rest(version << 12, _VERSION, 12)
    for place in range(18):
        y, x = place // 3, size - 11 + place % 3
        found[y, x] = found[x, y] = bool(bits >> place & 1)


def _rest(value: int, generator: int, degree: int) -> int:
    """Return the remainder of a division of polynomials over GF(2)."""
    while value.bit_length() > degree:
        value ^= generator << (value.bit_length() - 1 - degree)
    return value


def _penalty(rows: Rows) -> int:
    """Tell how hard a code is to read: long runs, blocks, what looks like a finder, too much of one colour."""
    lines = ["".join("1" if each else "0" for each in row) for row in (*rows, *zip(*rows, strict=True))]
    runs = sum(len(run) - 2 for line in lines for run in line.replace("01", "0 1").replace("10", "1 0").split() if len(run) > 4)  # noqa: PLR2004
    finders = sum(line.count("10111010000") + line.count("00001011101") for line in lines)
    size = len(rows)
    blocks = sum(
        rows[y][x] == rows[y][x + 1] == rows[y + 1][x] == rows[y + 1][x + 1] for y in range(size - 1) for x in range(size - 1)
    )
    dark = sum(map(sum, rows)) * 100 / size**2
    return runs + 3 * blocks + 40 * finders + 10 * int(abs(dark - 50) / 5)
