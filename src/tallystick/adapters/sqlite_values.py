"""How SQLite columns hold what SQLite has no type for: moments, and lists of numbers."""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tallystick.adapters.store_values import utc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Write a moment as microseconds since 1970, UTC."""
    return (utc(moment) - _EPOCH) // timedelta(microseconds=1)


def moment_of(value: int) -> datetime:
    """Read what `micros` wrote."""
    return _EPOCH + timedelta(microseconds=value)


def pack(numbers: Iterable[int]) -> bytes:
    """Write signed 64-bit numbers, 8 bytes each, little-endian."""
    values = tuple(numbers)
    return struct.pack(f"<{len(values)}q", *values)


def unpack(data: bytes) -> tuple[int, ...]:
    """Read what `pack` wrote."""
    return struct.unpack(f"<{len(data) // 8}q", data)
