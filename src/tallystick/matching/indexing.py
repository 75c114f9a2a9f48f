"""What a store keeps beside a record so that one query reads a few rows.

Keys and counted classes depend on the record alone, never on the register: they stay true while it grows.
"""

from collections.abc import Sequence

from tallystick import _native
from tallystick.matching.parameters import Parameters


class Searcher:
    """Index entries for records, and the weighing of what a store returns for them."""

    def __init__(self, parameters: Parameters) -> None:
        self._native = _native.Searcher(parameters.text, parameters.frequencies)

    def entries(self, lines: Sequence[bytes]) -> list[tuple[list[int], list[int]]]:
        """Return (keys, counted classes) of each line, signed 64-bit numbers, sorted; keys distinct.

        Lines come from `model.encode`; a line that is no record is a ValueError.
        """
        return self._native.index(list(lines))

    def counted(self, query: bytes, candidates: Sequence[bytes]) -> list[int]:
        """Return the classes whose counts `weigh` asks for."""
        return self._native.counted(query, list(candidates))

    def weigh(
        self, query: bytes, candidates: Sequence[bytes], *, counts: dict[int, int], persons: int, prior_bits: float
    ) -> "list[tuple[int, float, float, _native._Decision]]":
        """Return (position, weight in bits, probability, decision) of every candidate, heaviest first."""
        return self._native.weigh(query, list(candidates), counts, persons, prior_bits)
